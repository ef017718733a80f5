"""A mapping: how the export of one tool is recognised, and which of its columns become which of ours."""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.language import Language, column_text, msg, tr
from itsmctl.model import Definitions, MappingDefinition
from itsmctl.views.page import Facts, Grid, Page, Section
from itsmctl.views.wording import listed

FORMATS = {"table": msg("CSV, JSON, XML, Excel, Parquet or SQLite"), "csv": "CSV", "xes": "XES"}
SHAPES = {
    "records": msg("a row for each ticket"),
    "updates": msg("a row for each change of a ticket"),
    "trace": msg("a trace of events for each ticket"),
}
TABLES = {
    "event": msg("a row for each change of a field"),
    "approval": msg("a row for each approval"),
    "link": msg("a row for each link"),
    "detail": msg("a row of cells that the record itself lacks"),
}
"""What a row is in a table that does not hold the records themselves."""


def page(definitions: Definitions, mapping: MappingDefinition, language: Language) -> Page:
    """The page of a mapping."""
    comma = tr(", ", language)
    names = tuple(" / ".join(some) for some in mapping.recognise)
    facts = (
        (tr("Tool", language), mapping.tool),
        (tr("Export", language), export_text(mapping, language)),
        (tr("Processes", language), listed(definitions.processes, mapping.processes, language)),
        (tr("Time zone", language), mapping.zone),
        (tr("Recognised by the columns", language), comma.join(names)),
        (tr("History from", language), comma.join(mapping.history)),
    )
    columns = tuple(
        (column_text(column, language), column, " / ".join(from_)) for column, from_ in mapping.columns.items()
    )
    heads = (tr("what", language), tr("column", language), tr("in the export", language))
    codes = tuple(_codes(mapping, language))
    return Page(
        title=f"{mapping.title.in_(language)} · {mapping.id}",
        subtitle=tr("mapping", language),
        blocks=(Facts(facts),),
        sections=(
            Section(tr("Columns", language), (Grid(heads, columns),)),
            Section(tr("Codes", language), (Grid((tr("column", language), tr("in the export", language), tr("becomes", language)), codes),)),
        ),
        source=str(mapping.where),
    )  # fmt: skip


def export_text(mapping: MappingDefinition, language: Language) -> str:
    """What kind of file it reads, and what a row of it is."""
    rows = SHAPES[mapping.shape] if mapping.table == "record" else TABLES[mapping.table]
    return tr(FORMATS[mapping.format], language) + tr("; ", language) + tr(rows, language)


def _codes(mapping: MappingDefinition, language: Language) -> Iterator[tuple[str, str, str]]:
    """(column, word of the tool, our code)"""
    for column, words in mapping.codes.items():
        for word, code in words.items():
            yield column_text(column, language), word, code

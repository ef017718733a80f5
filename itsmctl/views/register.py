"""A register: what a row of it holds, who keeps it, and how fresh it must be."""

from __future__ import annotations

from itsmctl.language import Language, msg, tr, trn
from itsmctl.model import Definitions, Register, RegisterColumn
from itsmctl.reports.coverage_words import kind_text
from itsmctl.views.page import Facts, Grid, Page, Section, Words
from itsmctl.views.wording import called, clauses_text

TYPES = {
    "boolean": msg("yes or no"),
    "code": msg("code"),
    "date": msg("day"),
    "moment": msg("moment"),
    "number": msg("number"),
    "person": msg("person"),
    "text": msg("text"),
}


def page(definitions: Definitions, register: Register, language: Language) -> Page:
    """The page of a register."""
    kept = [*register.files, *(kind_text(source, language) for source in register.sources)]
    kept += (
        [trn("{n} row beside the definition", "{n} rows beside the definition", len(register.entries), language)]
        if register.entries
        else []
    )
    fresh = trn("{n} month", "{n} months", register.fresh_for, language) if register.fresh_for else ""
    titles = {column.id: column.title.in_(language) for column in register.columns}
    facts = (
        (
            tr("Process", language),
            called(definitions.processes, register.process, language) if register.process else "",
        ),
        (tr("Kept by", language), called(definitions.roles, register.owner, language) if register.owner else ""),
        (tr("Kept in", language), tr(", ", language).join(kept)),
        (tr("A row is known by", language), tr(", ", language).join(titles.get(key, key) for key in register.key)),
        (tr("Fresh for", language), fresh),
        (tr("Clauses", language), clauses_text(definitions, register.clauses, language)),
    )
    heads = (tr("column", language), tr("holds", language), tr("needed", language), tr("what", language))
    rows = tuple(
        (c.title.in_(language) or c.id, _type(c, language), tr("yes", language) if c.required else "", c.description.in_(language))
        for c in register.columns
    )  # fmt: skip
    return Page(
        title=f"{register.title.in_(language)} · {register.id}",
        subtitle=tr("register", language),
        blocks=(Words(register.purpose.in_(language)), Facts(facts)),
        sections=(Section(tr("Columns", language), (Grid(heads, rows),)),),
        source=str(register.where),
    )


def _type(column: RegisterColumn, language: Language) -> str:
    if column.type == "reference":
        return kind_text(column.to, language)
    told = tr(TYPES[column.type], language)
    return f"{told}{tr(': ', language)}{tr(', ', language).join(column.values)}" if column.values else told

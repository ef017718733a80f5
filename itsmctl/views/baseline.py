"""A baseline: which findings were known when it was taken, who let them stand, and until when."""

from __future__ import annotations

from itsmctl.language import Language, moment_text, number_text, tr, zone_of
from itsmctl.model import Baseline, Definitions
from itsmctl.views.page import Facts, Grid, Page, Section, Words
from itsmctl.views.wording import called, day_text

UTC = "UTC"
SHOWN = 20
"""Records of one rule that a page names; the file has them all."""


def page(definitions: Definitions, baseline: Baseline, language: Language) -> Page:
    """The page of a baseline."""
    facts = (
        (tr("Taken", language), f"{moment_text(baseline.taken, zone_of(''))} {UTC}"),
        (tr("Ends", language), f"{moment_text(baseline.expires, zone_of(''))} {UTC}"),
        (tr("Author", language), baseline.author),
        (tr("Approved by", language), baseline.approver),
        (tr("As", language), called(definitions.roles, baseline.authority, language)),
        (tr("Approved", language), day_text(baseline.approved)),
    )
    heads = (tr("rule", language), tr("findings", language), tr("records", language), tr("why", language))
    rows = tuple(
        (known.rule, number_text(len(known.records)), _records(known.records, language), known.note.in_(language))
        for known in baseline.findings
    )
    return Page(
        title=f"{baseline.title.in_(language)} · {baseline.id}",
        subtitle=tr("baseline", language),
        blocks=(Words(baseline.reason.in_(language)), Facts(facts)),
        sections=(Section(tr("Known findings", language), (Grid(heads, rows),)),),
        source=str(baseline.where),
    )


def _records(records: tuple[str, ...], language: Language) -> str:
    """The records by name; of very many the first, and how many more."""
    told = tr(", ", language).join(records[:SHOWN])
    more = len(records) - SHOWN
    return told if more <= 0 else tr("{named} and {n} more", language, named=told, n=number_text(more))

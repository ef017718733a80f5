"""A procedure or work instruction: when it begins, and step by step who does what, how soon, and what shows it."""

from __future__ import annotations

from itsmctl.language import Language, msg, tr
from itsmctl.model import Definitions, Procedure
from itsmctl.views.page import Facts, Grid, Page, Points, Section, Words
from itsmctl.views.wording import called, period_text, review_text, target_text
from itsmctl.worktime import parse_duration

LEVELS = {"procedure": msg("procedure"), "work-instruction": msg("work instruction")}


def page(definitions: Definitions, procedure: Procedure, language: Language) -> Page:
    """The page of a procedure."""
    facts = (
        (tr("Process", language), called(definitions.processes, procedure.process, language)),
        (tr("Activities", language), tr(", ", language).join(procedure.activities)),
        (tr("Under", language), called(definitions.procedures, procedure.under, language) if procedure.under else ""),
        (tr("Owner", language), called(definitions.roles, procedure.owner, language)),
        (tr("Begins", language), procedure.begins.in_(language)),
        (tr("In force", language), period_text(procedure.effective, language)),
        (tr("Review", language), review_text(procedure, language)),
    )
    heads = ("", tr("step", language), tr("role", language), tr("within", language), tr("shown by", language))
    rows = tuple(
        (
            str(number),
            step.text.in_(language),
            called(definitions.roles, step.role, language) if step.role else "",
            target_text(parse_duration(step.within), language) if step.within else "",
            step.evidence.in_(language),
        )
        for number, step in enumerate(procedure.steps, 1)
    )
    below = (
        called(definitions.procedures, p.id, language)
        for p in definitions.procedures.values()
        if p.under == procedure.id
    )
    kind = tr(LEVELS[procedure.level], language)
    return Page(
        title=f"{procedure.title.in_(language)} · {procedure.id}",
        subtitle=tr("{type}, version {version}", language, type=kind, version=procedure.version),
        blocks=(Words(procedure.purpose.in_(language)), Facts(facts)),
        sections=(
            Section(tr("Steps", language), (Grid(heads, rows),)),
            Section(tr("Work instructions below it", language), (Points(tuple(below)),)),
        ),
        source=str(procedure.where),
    )  # fmt: skip

"""The duties that must not meet in one hand."""

from __future__ import annotations

from itsmctl.language import Language, msg, tr
from itsmctl.model import Definitions, SeparatedDuties, Separation
from itsmctl.views.page import Facts, Page, Points, Section, Words
from itsmctl.views.wording import clauses_text, listed, period_text, review_text

WITHIN = {"person": msg("never in one person"), "record": msg("not on one ticket")}


def page(definitions: Definitions, separation: Separation, language: Language) -> Page:
    """The page of a set of separated duties."""
    facts = (
        (tr("In force", language), period_text(separation.effective, language)),
        (tr("Review", language), review_text(separation, language)),
    )
    return Page(
        title=f"{separation.title.in_(language)} · {separation.id}",
        subtitle=tr("separation of duties", language),
        blocks=(Facts(facts),),
        sections=tuple(_duty(definitions, duty, language) for duty in separation.duties),
        source=str(separation.where),
    )


def _duty(definitions: Definitions, duty: SeparatedDuties, language: Language) -> Section:
    sides = tuple(
        tr(", ", language).join(
            part
            for part in (
                listed(definitions.roles, side.roles, language),
                listed(definitions.positions, side.positions, language),
            )
            if part
        )
        for side in duty.sides
    )
    facts = (
        (tr("Kept apart", language), tr(WITHIN[duty.within], language)),
        (tr("Tested by", language), tr(", ", language).join(duty.rules)),
        (tr("Clauses", language), clauses_text(definitions, duty.clauses, language)),
    )
    return Section(duty.title.in_(language) or duty.id, (Words(duty.reason.in_(language)), Points(sides), Facts(facts)))

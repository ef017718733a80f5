"""A position of the organisation with its six attributes: duties, standards, competences, assessment, training, roles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from itsmctl.language import Language, msg, tr, trn
from itsmctl.model import Competence, Definitions, Position
from itsmctl.views.held import held_on
from itsmctl.views.page import Facts, Grid, Page, Points, Section, Words
from itsmctl.views.wording import called, period_text, review_text, sentences

PROOFS = {
    "test": msg("test"),
    "training": msg("training"),
    "experience": msg("experience"),
    "certificate": msg("certificate"),
    "education": msg("education"),
}


def page(definitions: Definitions, position: Position, language: Language, day: date | None) -> Page:
    """The page of a position."""
    held = {(t.person, t.period): None for t in held_on(definitions, day) if t.position == position.id}
    holders = tuple((person, period_text(period, language)) for person, period in held)
    vacant = "" if holders else tr("Nobody holds this position.", language)
    kpis = Points(tuple(called(definitions.kpis, kpi, language) for kpi in position.kpis))
    roles = Points(tuple(called(definitions.roles, role, language) for role in position.roles))
    return Page(
        title=f"{position.title.in_(language)} · {position.id}",
        subtitle=tr("position", language),
        blocks=(Facts(((tr("Review", language), review_text(position, language)),)),),
        sections=(
            Section(tr("Held by", language), (Words(vacant), Grid((tr("person", language), tr("when", language)), holders))),
            Section(tr("Responsibilities", language), (sentences(position.responsibilities, language),)),
            Section(tr("Standards of work", language), (sentences(position.standards, language),)),
            Section(tr("Competences", language), (competences(position.competences, language),)),
            Section(tr("Judged by", language), (sentences(position.assessment, language), kpis)),
            Section(tr("Training", language), (sentences(position.training, language),)),
            Section(tr("Roles", language), (roles,)),
        ),
        source=str(position.where),
    )  # fmt: skip


def competences(wanted: Iterable[Competence], language: Language) -> Grid:
    """What a holder must be able to do, how that is shown, and how long it counts."""
    heads = (tr("competence", language), tr("shown by", language), tr("renewed", language))
    rows = tuple(
        (
            one.title.in_(language),
            tr(PROOFS.get(one.proof, one.proof), language),
            trn("every {n} month", "every {n} months", one.renew_months, language) if one.renew_months else "",
        )
        for one in wanted
    )
    return Grid(heads, rows)

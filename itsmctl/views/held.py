"""Who holds a role on a day, by what, and for whom somebody stands in: tenures as pages and programs show them."""

from __future__ import annotations

from datetime import date

from itsmctl.language import Language, tr
from itsmctl.model import Definitions
from itsmctl.model.holding import Tenure, tenures
from itsmctl.model.periods import in_force
from itsmctl.views.wording import called


def held_on(definitions: Definitions, day: date | None) -> tuple[Tenure, ...]:
    """Every tenure on a day, by role and then person; without a day, all that are written down."""
    found = tenures(definitions.assignments.values(), definitions.positions)
    there = (tenure for tenure in found if in_force(tenure.period, day))
    return tuple(sorted(there, key=lambda t: (t.role, t.person, t.position, t.period.start or date.min)))


def brought_by(definitions: Definitions, tenure: Tenure, language: Language) -> str:
    """What brings the role, and for whom the person stands in."""
    by = called(definitions.positions, tenure.position, language) if tenure.position else tr("appointment", language)
    if tenure.delegation is None:
        return by
    return f"{by} · " + tr("standing in for {person}", language, person=tenure.assignment.person)


def tenure_data(tenure: Tenure) -> dict[str, object]:
    """A tenure for a program."""
    period = tenure.period
    return {
        "person": tenure.person,
        "position": tenure.position,
        "standing_in_for": tenure.assignment.person if tenure.delegation else None,
        "from": str(period.start) if period.start else None,
        "to": str(period.end) if period.end else None,
        "source": source_of(tenure),
    }


def source_of(tenure: Tenure) -> str:
    """Where it is written down that the person holds the role, or stands in."""
    return str((tenure.delegation or tenure.assignment).where)

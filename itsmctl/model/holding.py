"""Who holds which role on which days: by assignments to it or to a position that brings it, and while standing in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from itsmctl.model.definition import Effective
from itsmctl.model.periods import in_force, without
from itsmctl.model.roles import Assignment, Delegation, Position
from itsmctl.values import value


@value
class Tenure:
    """A person holds a role on the days of a period.

    `position` is what brings the role, or '' where it is given by name; `delegation` is what the
    person stands in by, or None for the holder.
    """

    person: str
    role: str
    position: str
    period: Effective
    assignment: Assignment
    delegation: Delegation | None = None


def tenures(assignments: Iterable[Assignment], positions: Mapping[str, Position]) -> Iterator[Tenure]:
    """Every tenure; while a delegate stands in, the holder does not hold the role."""
    for assignment in assignments:
        position = positions.get(assignment.position)
        roles = [(assignment.role, "")] if assignment.role else []
        roles += [(role, position.id) for role in position.roles] if position else []
        away = [Effective(one.start, one.end) for one in assignment.delegations]
        for role, brought_by in roles:
            for period in without(assignment.effective, away):
                yield Tenure(assignment.person, role, brought_by, period, assignment)
            for one in assignment.delegations:
                yield Tenure(one.person, role, brought_by, Effective(one.start, one.end), assignment, one)


def held(all_tenures: Iterable[Tenure], person: str, role: str, day: date | None) -> bool:
    """Whether a person held a role on a day, be it standing in; without a day, whether ever."""
    return any(t.person == person and t.role == role and in_force(t.period, day) for t in all_tenures)

"""Who holds a role, and what a person holds: through assignments by name, and through positions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from itsmctl.model import Assignment, Definitions, Effective


@dataclass(frozen=True)
class Holding:
    """A person holds a role by an assignment; `position` is what brings the role, or '' where it is given by name."""

    person: str
    role: str
    position: str
    assignment: Assignment

    def holds_on(self, day: date | None) -> bool:
        """Whether it was so on a day; without a day, whether it ever was."""
        return day is None or in_force(self.assignment.effective, day)


def in_force(effective: Effective, day: date) -> bool:
    """Whether something is in force on a day."""
    return (effective.start is None or effective.start <= day) and (effective.end is None or day <= effective.end)


def holdings(definitions: Definitions) -> tuple[Holding, ...]:
    """Every role that anybody holds, by role and then person."""
    found = []
    for assignment in definitions.assignments.values():
        if assignment.role:
            found.append(Holding(assignment.person, assignment.role, "", assignment))
        if assignment.position in definitions.positions:
            roles = definitions.positions[assignment.position].roles
            found += [Holding(assignment.person, role, assignment.position, assignment) for role in roles]
    return tuple(sorted(found, key=lambda h: (h.role, h.person, h.position)))

"""Who holds which role in a management system, and where that is said; what laws about people share."""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.definitions.lint.system import System
from itsmctl.errors import Where
from itsmctl.model import Assignment, Position
from itsmctl.model.holding import Tenure, tenures


def held_roles(system: System) -> Iterator[Tenure]:
    """Every tenure of every role."""
    positions = {
        name: one.definition for one in system.all(Position) for name in (one.definition.id, *one.definition.aliases)
    }
    return tenures((one.definition for one in system.all(Assignment)), positions)


def place_of(system: System, tenure: Tenure) -> Where:
    """Where it is said who holds the role: the person of the assignment, or the delegation."""
    if tenure.delegation is not None:
        return tenure.delegation.where
    assignment = system.find(Assignment, tenure.assignment.id)
    return assignment.where("person") if assignment else tenure.assignment.where

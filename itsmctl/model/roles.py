"""What stands under `roles/`: roles, positions, who holds them, who answers for what, and what must be kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from itsmctl.errors import Where
from itsmctl.model.definition import Definition, Text
from itsmctl.values import value

Holders = Literal["one", "many"]
Account = Literal["person", "service", "shared"]


@value
class Competence:
    """What a holder must be able to do; a proof counts for `renew_months`, or for ever where that is 0."""

    id: str
    title: Text
    proof: str
    renew_months: int


@value
class Role(Definition):
    """A role of a process or of the management system."""

    process: str
    responsibilities: tuple[Text, ...]
    holders: Holders
    competences: tuple[Competence, ...]
    groups: tuple[str, ...] = ()
    """Groups in ticket exports whose members hold it without being named."""


@value
class Position(Definition):
    """A position (岗位) of the organisation with its six attributes, and the roles that its holder takes."""

    exists: bool
    holders: Holders
    responsibilities: tuple[Text, ...]
    standards: tuple[Text, ...]
    competences: tuple[Competence, ...]
    assessment: tuple[Text, ...]
    kpis: tuple[str, ...]
    training: tuple[Text, ...]
    roles: tuple[str, ...]


@value
class Delegation:
    """Days, both included, on which somebody else holds the role instead, with all its rights."""

    person: str
    start: date
    end: date
    reason: Text
    where: Where


@value
class Proof:
    """A competence that a person has shown, and the days on which that counts; None is open-ended."""

    competence: str
    start: date
    end: date | None
    proof: Text
    where: Where


@value
class Assignment(Definition):
    """Who holds a role (or a position), from when to when, and who stands in.

    `also_called` are names under which tools know the person; `account` says whether a person acts under them at all.
    """

    person: str
    also_called: tuple[str, ...]
    account: Account
    role: str
    position: str
    delegate: str
    delegations: tuple[Delegation, ...]
    competences: tuple[Proof, ...]
    appointed_by: str
    appointed_on: date | None


@value
class Raci(Definition):
    """Who is Responsible, Accountable, Consulted, Informed for each activity of one process."""

    process: str
    activities: Mapping[str, Mapping[str, tuple[str, ...]]]


@value
class Side:
    """Roles and positions that one person may combine with each other, but not with those of another side."""

    roles: tuple[str, ...]
    positions: tuple[str, ...]


@value
class SeparatedDuties:
    """Sides on more than one of which nobody may stand: ever (`person`), or on one ticket (`record`)."""

    id: str
    title: Text
    sides: tuple[Side, ...]
    within: Literal["person", "record"]
    reason: Text
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    where: Where


@value
class Separation(Definition):
    """The duties that must not meet in one hand 职责分离."""

    duties: tuple[SeparatedDuties, ...]

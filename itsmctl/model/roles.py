"""What stands under `roles/`: roles, positions, who holds them, and who answers for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from itsmctl.model.definition import Definition, Text


@dataclass(frozen=True)
class Role(Definition):
    """A role of a process or of the management system."""

    process: str
    responsibilities: tuple[Text, ...]


@dataclass(frozen=True)
class Position(Definition):
    """A position (岗位) of the organisation, and the roles that its holder takes."""

    roles: tuple[str, ...]


@dataclass(frozen=True)
class Assignment(Definition):
    """Who holds a role (or a position), from when to when."""

    person: str
    role: str
    position: str


@dataclass(frozen=True)
class Raci(Definition):
    """Who is Responsible, Accountable, Consulted, Informed for each activity of one process."""

    process: str
    activities: Mapping[str, Mapping[str, tuple[str, ...]]]

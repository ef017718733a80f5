"""Coverage by process: which part of what stands for a clause is one process's own, and how strong that part is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from itsmctl.coverage import ClauseCoverage, Judged, strength_of
from itsmctl.coverage.standing import Standing
from itsmctl.model import Definition

_D = TypeVar("_D", bound=Definition)


def process_of(definition: Definition) -> str:
    """The process that a definition belongs to, or '' for one that serves the whole management system."""
    return definition.id if definition.kind == "process" else str(getattr(definition, "process", "") or "")


def of_process(
    process: str, clauses: Sequence[ClauseCoverage], judged: Judged | None, *, controlled: bool
) -> tuple[ClauseCoverage, ...]:
    """The clauses for which a process has anything of its own, each with that alone and how strong it is."""
    return tuple(part for clause in clauses if (part := _part(process, clause, judged, controlled)) is not None)


def _part(process: str, clause: ClauseCoverage, judged: Judged | None, controlled: bool) -> ClauseCoverage | None:
    whole = clause.standing
    own = Standing(
        _own(process, whole.definitions),
        _own(process, whole.rules),
        _own(process, whole.enquiries),
        _own(process, whole.registers),
        whole.through,
    )
    if not any((own.definitions, own.rules, own.enquiries, own.registers)):
        return None
    outcome = judged.worst_of(own.rules) if judged else None
    strength = strength_of(clause.ways, own, outcome, controlled)
    return replace(clause, standing=own, outcome=outcome, strength=strength)


def _own(process: str, found: Sequence[_D]) -> tuple[_D, ...]:
    return tuple(definition for definition in found if process_of(definition) == process)

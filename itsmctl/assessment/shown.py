"""What tickets and definitions show, whatever people say: the results of rules, and the clauses that definitions stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from itsmctl.coverage import cover
from itsmctl.model import Definitions, Outcome, Severity, within


@dataclass(frozen=True)
class RuleShown:
    """What became of the records in the scope of one rule."""

    id: str
    severity: Severity
    clauses: tuple[str, ...]
    outcome: Outcome
    in_scope: int
    passed: int
    services: tuple[str, ...] = ()
    """Services with records that failed."""
    why: str = ""
    """Why it could not be tested, as a code; empty where it could."""

    @property
    def share(self) -> float:
        """The per cent shown to pass. What was waived or not looked at was not shown, and no record shows nothing."""
        return 100 * self.passed / self.in_scope if self.in_scope else 0.0


@dataclass(frozen=True)
class Shown:
    """All that can lower an answer."""

    rules: Mapping[str, RuleShown] | None = None
    """By id; None where no tickets were looked at."""
    clauses: Mapping[str, bool] = field(default_factory=dict)
    """Every leaf clause as FRAMEWORK:NUMBER, and whether a definition stands for it."""
    due: tuple[date | None, ...] = ()
    """Of every document that is reviewed at intervals, the last day for the next review; None where none was ever due."""
    approved: tuple[int, int] | None = None
    """How many of those documents stand as somebody who may approved them, and how many there are; None where nobody looked in git."""

    def reviewed(self, day: date | None) -> tuple[int, int]:
        """How many documents are not overdue for review on a day, and how many there are."""
        return sum(due is None or day is None or due >= day for due in self.due), len(self.due)

    def covered(self, reference: str) -> tuple[int, int]:
        """How many leaf clauses at or below FRAMEWORK:NUMBER have a definition, and how many there are."""
        below = [stands for name, stands in self.clauses.items() if within(name, reference)]
        return sum(below), len(below)

    def uncovered(self, reference: str) -> tuple[str, ...]:
        """The leaf clauses at or below FRAMEWORK:NUMBER without a definition."""
        return tuple(name for name, stands in self.clauses.items() if not stands and within(name, reference))


def clauses_shown(definitions: Definitions) -> dict[str, bool]:
    """Every leaf clause of the frameworks that some cap names, and whether a definition stands for it."""
    models = definitions.questionnaires.values()
    caps = [cap for model in models for criterion in model.criteria.values() for cap in criterion.caps]
    named = sorted({cap.coverage.partition(":")[0] for cap in caps if cap.coverage})
    coverage = cover(definitions, frameworks=named) if named else ()
    return {clause.reference: bool(clause.standing.definitions) for entry in coverage for clause in entry.clauses}


def reviews_due(definitions: Definitions) -> tuple[date | None, ...]:
    """When each document that is reviewed at intervals is to be reviewed next; what has ended is reviewed no more."""
    cycles = [(one, one.review) for one in definitions.every() if one.review and one.effective.end is None]
    return tuple(review.due(one.effective.start) for one, review in cycles)

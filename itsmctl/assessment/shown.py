"""What tickets and definitions show, whatever people say: the results of rules, and the clauses that definitions stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from itsmctl.coverage import FrameworkCoverage
from itsmctl.model import Outcome, Severity, within


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

    def covered(self, reference: str) -> tuple[int, int]:
        """How many leaf clauses at or below FRAMEWORK:NUMBER have a definition, and how many there are."""
        below = [stands for name, stands in self.clauses.items() if within(name, reference)]
        return sum(below), len(below)

    def uncovered(self, reference: str) -> tuple[str, ...]:
        """The leaf clauses at or below FRAMEWORK:NUMBER without a definition."""
        return tuple(name for name, stands in self.clauses.items() if not stands and within(name, reference))


def clauses_shown(coverage: Iterable[FrameworkCoverage]) -> dict[str, bool]:
    """Every leaf clause of the frameworks covered, and whether a definition stands for it."""
    return {clause.reference: bool(clause.standing.definitions) for entry in coverage for clause in entry.clauses}

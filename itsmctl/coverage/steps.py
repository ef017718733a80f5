"""What to do next about the gaps: one small step at a time, the smallest first (沿途下蛋)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from itsmctl.coverage import ClauseCoverage, FrameworkCoverage, Judged
from itsmctl.model import Definitions

StepCode = Literal["audit", "name", "export", "mend", "write", "define", "rule", "record", "ask"]

EFFORT: tuple[StepCode, ...] = ("audit", "name", "export", "mend", "write", "define", "rule", "record", "ask")
"""From the smallest to the largest: a command, a line of YAML, a column more, a habit, a document, a way of working."""


@dataclass(frozen=True)
class Step:
    """One thing to do: about which clauses, and what it is about (a kind of definition, or rules)."""

    code: StepCode
    clauses: tuple[str, ...]
    what: tuple[str, ...] = ()


def steps(coverage: FrameworkCoverage, definitions: Definitions, judged: Judged | None = None) -> tuple[Step, ...]:
    """Every step that would make a clause of this framework stronger, the smallest first."""
    found = list(_from_clauses(coverage.clauses, definitions, judged))
    outcomes = judged.outcomes if judged else {}
    unjudged = tuple(c.reference for c in coverage.clauses if any(rule.id not in outcomes for rule in c.standing.rules))
    if unjudged:
        found.append(Step("audit", unjudged))
    order = {clause.reference: position for position, clause in enumerate(coverage.clauses)}
    return tuple(sorted(found, key=lambda step: (EFFORT.index(step.code), order[step.clauses[0]])))


def _from_clauses(clauses: Sequence[ClauseCoverage], definitions: Definitions, judged: Judged | None) -> Iterator[Step]:
    free = {d.kind for d in definitions.every() if not d.clauses}
    missing: dict[str, list[str]] = {}
    for clause in clauses:
        own = (clause.reference,)
        yield from _from_outcomes(clause, judged)
        for kind, named in clause.gaps:
            if named:
                yield Step("name" if kind in free else "write", own, (kind,))
            else:
                missing.setdefault(kind, []).append(clause.reference)
        if not clause.standing.rules and any(way.by == "tickets" for way in clause.clause.checked):
            yield Step("rule", own)
        if clause.strength == "none" and clause.led_by == "registers":
            yield Step("record", own)
        if clause.strength == "none" and clause.led_by == "attestation":
            yield Step("ask", own)
    for kind, wanted in missing.items():
        yield Step("define", tuple(wanted), (kind,))


def _from_outcomes(clause: ClauseCoverage, judged: Judged | None) -> Iterator[Step]:
    outcomes = judged.outcomes if judged else {}
    codes: tuple[tuple[StepCode, str], ...] = (("mend", "fail"), ("export", "not_testable"))
    for code, outcome in codes:
        rules = tuple(rule.id for rule in clause.standing.rules if outcomes.get(rule.id) == outcome)
        if rules:
            yield Step(code, (clause.reference,), rules)

"""Coverage: for each clause of a framework, what stands for it, how strong that is, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from itsmctl.coverage.counterparts import counterparts
from itsmctl.coverage.standing import Everything, Standing, gaps_of, lend, standing
from itsmctl.model import Clause, Definitions, EvidenceClass, Framework, Outcome, Rule, WayOfChecking

Strength = Literal["strong", "partial", "attested", "none"]

STRENGTHS: tuple[Strength, ...] = ("strong", "partial", "attested", "none")

WORST_FIRST: tuple[Outcome, ...] = ("fail", "not_testable", "no_data", "pass")


@dataclass(frozen=True)
class Judged:
    """What an audit says: the outcome of each rule that it judged."""

    outcomes: Mapping[str, str]

    def worst_of(self, rules: Sequence[Rule]) -> Outcome | None:
        """The worst outcome of some rules, where one that was not judged is not testable; None where none was."""
        if not any(rule.id in self.outcomes for rule in rules):
            return None
        return worst(self.outcomes.get(rule.id, "not_testable") for rule in rules)


@dataclass(frozen=True)
class ClauseCoverage:
    """One clause with what stands for it."""

    framework: str
    clause: Clause
    standing: Standing
    ways: tuple[WayOfChecking, ...]
    """How it is checked: its own ways, or those of its counterparts."""
    gaps: tuple[tuple[str, bool], ...]
    """Kinds of definitions that it wants and does not have; True: one of them should name the clause."""
    counterparts: tuple[str, ...]
    """Clauses of other frameworks about the same subject, as FRAMEWORK:NUMBER."""
    strength: Strength
    outcome: Outcome | None
    """The worst among the outcomes of its rules; None where no audit judged any of them."""

    @property
    def reference(self) -> str:
        """FRAMEWORK:NUMBER."""
        return f"{self.framework}:{self.clause.number}"

    @property
    def testable(self) -> bool:
        """Whether ticket data can test it; rules that ask registers look at what people wrote down."""
        asked = any(rule.check != "register" for rule in self.standing.rules)
        return asked or any(way.by == "tickets" for way in self.ways)

    @property
    def led_by(self) -> EvidenceClass | None:
        """The most telling class of evidence."""
        return self.ways[0].by if self.ways else None


@dataclass(frozen=True)
class FrameworkCoverage:
    """A framework with every one of its leaf clauses, and the headings above them."""

    framework: Framework
    clauses: tuple[ClauseCoverage, ...]

    def count(self, strength: Strength) -> int:
        """How many clauses are of this strength."""
        return sum(clause.strength == strength for clause in self.clauses)


def cover(
    definitions: Definitions,
    judged: Judged | None = None,
    *,
    frameworks: Sequence[str] = (),
    controlled: bool = False,
) -> tuple[FrameworkCoverage, ...]:
    """Cover every leaf clause of the frameworks named, or of all.

    `controlled`: the definitions are, unchanged, those of a commit. Without that nobody can show who approved them, and
    nothing is strong.
    """
    everything = Everything(definitions.every())
    own = {
        f"{framework.id}:{leaf.number}": standing(framework.id, leaf, everything)
        for framework in definitions.frameworks.values()
        for leaf in framework.leaves()
    }
    wanted = frameworks or tuple(definitions.frameworks)
    found = []
    for framework in (definitions.frameworks[name] for name in wanted):
        clauses = [
            _clause(framework, leaf, definitions, own, everything, judged, controlled) for leaf in framework.leaves()
        ]
        found.append(FrameworkCoverage(framework, tuple(clauses)))
    return tuple(found)


def main_framework(found: Sequence[FrameworkCoverage]) -> FrameworkCoverage:
    """The one that the system is built on: most of its clauses say how they are checked, or something stands for them."""
    return max(
        found,
        key=lambda entry: (
            sum(bool(c.clause.checked) for c in entry.clauses),
            sum(c.strength != "none" and not c.standing.through for c in entry.clauses),
        ),
    )


def worst(outcomes: Iterable[str]) -> Outcome | None:
    """The worst of some outcomes; None where there are none."""
    found = set(outcomes)
    return next((outcome for outcome in WORST_FIRST if outcome in found), None)


def _clause(
    framework: Framework,
    clause: Clause,
    definitions: Definitions,
    own: Mapping[str, Standing],
    everything: Everything,
    judged: Judged | None,
    controlled: bool,
) -> ClauseCoverage:
    reference = f"{framework.id}:{clause.number}"
    others = counterparts(reference, definitions)
    # A clause that says itself how it is checked stands on its own feet; the others borrow from such clauses.
    lenders = {} if clause.checked else {name: own[name] for name, other in others.items() if other.checked}
    shown = lend(own[reference], lenders, rules=not _is_tested(framework, definitions))
    ways = clause.checked or tuple(way for other in others.values() for way in other.checked)
    outcome = judged.worst_of(shown.rules) if judged else None
    return ClauseCoverage(
        framework.id,
        clause,
        shown,
        ways,
        gaps_of(clause, reference, everything),
        tuple(others),
        strength_of(ways, shown, outcome, controlled),
        outcome,
    )


def _is_tested(framework: Framework, definitions: Definitions) -> bool:
    return any(name.startswith(f"{framework.id}:") for rule in definitions.rules.values() for name in rule.clauses)


def strength_of(ways: Sequence[WayOfChecking], shown: Standing, outcome: Outcome | None, controlled: bool) -> Strength:
    """Strong where definitions under control and records agree; one of the two alone is partial.

    Records are tickets where these can test the clause, else registers, which agree as long as no rule tells otherwise.
    What only people can say is attested.
    """
    classes = [way.by for way in ways]
    led_by_people = classes[:1] == ["attestation"]
    kept = bool(shown.registers) and not led_by_people and outcome in (None, "pass")
    agree = outcome == "pass" if "tickets" in classes else kept
    if controlled and shown.definitions and agree:
        return "strong"
    if shown.definitions or outcome in ("pass", "fail"):
        return "partial"
    if shown.registers:
        return "attested" if led_by_people else "partial"
    return "none"

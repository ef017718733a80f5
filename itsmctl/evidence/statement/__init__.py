"""The statement: for every leaf clause what stands for it, what was tested, and plainly what is not evidenced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from itsmctl import coverage
from itsmctl.coverage import ClauseCoverage, FrameworkCoverage, cover, main_framework
from itsmctl.coverage.processes import of_process
from itsmctl.evidence.reading import Judged, JudgedRule
from itsmctl.evidence.statement.freshness import stale
from itsmctl.evidence.statement.lacking import Lacking, lacking
from itsmctl.model import Definitions, Framework, Nonconformity, Process, Rule, covers

_Test = Callable[[Nonconformity], bool]


@dataclass(frozen=True)
class ClauseStatement:
    """What the pack shows for one clause, or for one process's part of it."""

    coverage: ClauseCoverage
    rules: tuple[JudgedRule, ...]
    enquiries: tuple[JudgedRule, ...]
    """They stand beside a clause and never count as evidence: by themselves they are no verdict."""
    open: tuple[Nonconformity, ...]
    """Nonconformities that were found and not closed on the day of the audit."""
    lacking: tuple[Lacking, ...]

    @property
    def number(self) -> str:
        return self.coverage.clause.number


@dataclass(frozen=True)
class ProcessStatement:
    """One process's own part of the statement."""

    process: Process
    rules: tuple[JudgedRule, ...]
    enquiries: tuple[JudgedRule, ...]
    clauses: tuple[ClauseStatement, ...]
    open: tuple[Nonconformity, ...]


@dataclass(frozen=True)
class FrameworkStatement:
    """A framework with every one of its leaf clauses, for the whole system and for each process."""

    coverage: FrameworkCoverage
    clauses: tuple[ClauseStatement, ...]
    processes: tuple[ProcessStatement, ...]

    @property
    def framework(self) -> Framework:
        return self.coverage.framework


def statements(definitions: Definitions, judged: Judged) -> tuple[FrameworkStatement, ...]:
    """State every leaf clause of every framework that a rule names, the one that the system is built on first.

    A framework that no rule names (ITIL as a mere vocabulary, say) was not what the audit was about.
    """
    named = {clause.partition(":")[0] for rule in definitions.rules.values() for clause in rule.clauses}
    wanted = [id_ for id_ in sorted(definitions.frameworks) if id_ in named]
    if not wanted:
        return ()
    outcomes = coverage.Judged({rule.id: rule.outcome for rule in judged.rules})
    facts = _Facts(
        definitions, judged, outcomes, bool(judged.commit) and not judged.dirty, stale(definitions, judged.as_of.date())
    )
    found = cover(definitions, outcomes, frameworks=wanted, controlled=facts.controlled)
    first = main_framework(found)
    return tuple(facts.framework(entry) for entry in sorted(found, key=lambda entry: entry is not first))


@dataclass(frozen=True)
class _Facts:
    """What every clause is stated from."""

    definitions: Definitions
    judged: Judged
    outcomes: coverage.Judged
    controlled: bool
    stale: Mapping[str, str]
    """The day of the newest row of each register that is too old."""

    def framework(self, found: FrameworkCoverage) -> FrameworkStatement:
        processes = [
            self._process(process, of_process(process.id, found.clauses, self.outcomes, controlled=self.controlled))
            for process in sorted(self.definitions.processes.values(), key=lambda process: process.id)
        ]
        return FrameworkStatement(
            found,
            tuple(self._clause(clause, _about(clause)) for clause in found.clauses),
            tuple(process for process in processes if process.clauses),
        )

    def _process(self, process: Process, clauses: Sequence[ClauseCoverage]) -> ProcessStatement:
        own = {rule.id for rule in self.definitions.rules.values() if rule.process == process.id}
        return ProcessStatement(
            process,
            tuple(rule for rule in self.judged.rules if rule.id in own),
            tuple(rule for rule in self.judged.enquiries if rule.id in own),
            tuple(self._clause(clause, _about(clause), process.id) for clause in clauses),
            self._open(lambda one: one.process == process.id),
        )

    def _clause(self, clause: ClauseCoverage, about: _Test, process: str = "") -> ClauseStatement:
        rules = _results(clause.standing.rules, self.judged.rules)
        concerned = self._open(lambda one: about(one) and process in ("", one.process))
        missing = lacking(clause, rules, self.stale, controlled=self.controlled)
        enquiries = _results(clause.standing.enquiries, self.judged.enquiries)
        return ClauseStatement(clause, rules, enquiries, concerned, missing)

    def _open(self, concerns: _Test) -> tuple[Nonconformity, ...]:
        day = self.judged.as_of.date()
        every = self.definitions.nonconformities.values()
        return tuple(one for one in every if _is_open(one, day) and concerns(one))


def _about(clause: ClauseCoverage) -> _Test:
    """Whether a nonconformity names the clause, or a rule that tests it."""
    rules = {rule.id for rule in clause.standing.rules}
    return lambda one: covers(one.clauses, clause.reference) or not rules.isdisjoint(one.rules)


def _is_open(one: Nonconformity, day: date) -> bool:
    return (one.found is None or one.found <= day) and (one.closed is None or one.closed > day)


def _results(rules: Iterable[Rule], judged: Iterable[JudgedRule]) -> tuple[JudgedRule, ...]:
    """What came of some rules, by id; one that the audit left out has no result."""
    wanted = {rule.id for rule in rules}
    return tuple(sorted((result for result in judged if result.id in wanted), key=lambda result: result.id))

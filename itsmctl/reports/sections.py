"""The audit by process, clause, service and rule, prepared for the pages of the report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from itsmctl.language import Language, clock_text
from itsmctl.model import Outcome
from itsmctl.reports import tally
from itsmctl.reports.called import value_text
from itsmctl.reports.levels import ClockLevels, ServiceLevels
from itsmctl.result import AuditResult, Explanation, RuleResult, Share

OUTCOMES: tuple[Outcome, ...] = ("fail", "not_testable", "no_data", "pass")
MOST_SERVICES = 40
"""Services with a section of their own, those with most tickets first; the table and result.json have them all."""
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Outcomes:
    """Some rules by how they came out."""

    id: str
    rules: tuple[RuleResult, ...]
    """Worst first."""

    @property
    def counts(self) -> tuple[tuple[Outcome, int], ...]:
        """How many came out how, in the order of OUTCOMES."""
        return tuple((outcome, sum(one.outcome == outcome for one in self.rules)) for outcome in OUTCOMES)


@dataclass(frozen=True)
class ServiceSection:
    """One service: its clocks, the failing rules with its share of the failures, and its records that are explained."""

    service: str
    clocks: tuple[tuple[str, ServiceLevels], ...]
    failing: tuple[tuple[RuleResult, Share], ...]
    records: tuple[Explanation, ...]


def by_process(result: AuditResult) -> tuple[Outcomes, ...]:
    """The rules of each process, the process with most that fail first, then with most that could not be tested."""
    found: dict[str, list[RuleResult]] = {}
    for entry in result.rules:
        found.setdefault(entry.rule.process, []).append(entry)
    groups = [Outcomes(process, worst_first(found[process])) for process in sorted(found)]
    return tuple(sorted(groups, key=lambda group: [-n for _, n in group.counts]))


def by_clause(result: AuditResult) -> tuple[tuple[str, tuple[Outcomes, ...]], ...]:
    """The rules of each clause, clauses as numbers go, under their framework; one rule may stand under several."""
    found: dict[str, list[RuleResult]] = {}
    for entry in result.rules:
        for clause in entry.rule.clauses:
            found.setdefault(clause, []).append(entry)
    frameworks: dict[str, list[Outcomes]] = {}
    for clause in sorted(found, key=_as_numbers):
        frameworks.setdefault(clause.partition(":")[0], []).append(Outcomes(clause, worst_first(found[clause])))
    order = sorted(frameworks, key=lambda name: (not name.startswith("iso-20000"), name))
    return tuple((name, tuple(frameworks[name])) for name in order)


def _as_numbers(clause: str) -> tuple[str, tuple[int, ...], str]:
    framework, _, number = clause.partition(":")
    return framework, tuple(int(part) for part in _NUMBER.findall(number)), number


def worst_first(rules: Iterable[RuleResult]) -> tuple[RuleResult, ...]:
    """Failing rules first, then as the outcomes stand, each worst first."""
    entries = list(rules)
    return tuple(entry for outcome in OUTCOMES for entry in tally.with_outcome(entries, outcome))


def by_service(result: AuditResult, clocks: Sequence[ClockLevels]) -> tuple[ServiceSection, ...]:
    """A section for each service on whose clocks something was judged, those with most tickets first."""
    levels: dict[str, list[tuple[str, ServiceLevels]]] = {}
    for clock in clocks:
        for service in clock.services:
            levels.setdefault(service.service, []).append((clock.clock, service))
    order = sorted(levels, key=lambda name: (-max(one.whole.judged for _, one in levels[name]), name))
    failing: dict[str, list[tuple[RuleResult, Share]]] = {}
    for entry in tally.with_outcome(result.rules, "fail"):
        for share in entry.breakdown:
            if share.column == "service" and share.failed:
                failing.setdefault(share.value, []).append((entry, share))
    return tuple(
        ServiceSection(
            name,
            tuple(levels[name]),
            tuple(failing.get(name, ())),
            tuple(one for one in result.explanations if one.columns.get("service", "") == name),
        )
        for name in order
    )


def name_of(result: AuditResult, service: str, language: Language) -> str:
    """What the catalogue calls a service; one that it does not have goes by the name in the export."""
    return value_text(result.names, "", "service", service, language)


def clock_name(result: AuditResult, clock: str, language: Language) -> str:
    """What people call a clock; a leg is called by what it promises and the agreement that does."""
    leg = result.leg_names.get(clock)
    return leg.in_(language) if leg else clock_text(clock, language)


def process_name(result: AuditResult, process: str, language: Language) -> str:
    """What the definitions call a process."""
    title = result.process_titles.get(process)
    return title.in_(language) if title else process

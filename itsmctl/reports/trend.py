"""What has changed since an earlier audit: promises, rules that came out otherwise, and shares that moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from itsmctl.language import clock_order, points_text
from itsmctl.model import Outcome
from itsmctl.result import AuditResult, RuleResult

MOST = 15
"""Rules told of each sort, those that moved most first."""
_RANK: Mapping[Outcome, int] = {"pass": 0, "no_data": 1, "not_testable": 2, "fail": 3}


@dataclass(frozen=True)
class RuleBefore:
    """How a rule came out in the earlier audit, and what it demanded then."""

    outcome: Outcome
    failed: int
    in_scope: int
    meaning: str


@dataclass(frozen=True)
class Before:
    """The earlier audit: when it judged, by which definitions, its rules by id, and (judged, met) by clock."""

    as_of: int
    digest: str
    rules: Mapping[str, RuleBefore]
    attainment: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class RuleChange:
    """A rule before and now; `better` is None where neither can be said, as something could not be looked at."""

    before: RuleBefore
    now: RuleResult
    better: bool | None


@dataclass(frozen=True)
class ClockChange:
    """A clock before and now, as (judged, met)."""

    clock: str
    before: tuple[int, int]
    now: tuple[int, int]

    @property
    def points(self) -> float:
        """By how many percentage points more tickets are in time, as the two shares are shown."""
        return round(round(_share(self.now), 1) - round(_share(self.before), 1), 1)

    @property
    def told(self) -> str:
        """The same with its sign."""
        return points_text(_share(self.now), _share(self.before))


@dataclass(frozen=True)
class Trend:
    """The whole comparison."""

    as_of: int
    other_definitions: bool
    clocks: tuple[ClockChange, ...]
    outcomes: tuple[RuleChange, ...]
    """Rules that came out otherwise, those that got worse first."""
    shares: tuple[RuleChange, ...]
    """Rules that failed both times, of which the share moved by at least a percentage point."""
    redefined: tuple[str, ...]
    """Rules that demand something else than before, and are not compared."""
    new: tuple[str, ...]
    gone: tuple[str, ...]


def trend(result: AuditResult, before: Before) -> Trend:
    """Compare an audit with an earlier one; a rule that means something else today is not compared."""
    now = {entry.rule.id: entry for entry in result.rules}
    both = sorted(set(now) & set(before.rules))
    same = [id for id in both if before.rules[id].meaning in ("", now[id].rule.meaning)]
    pairs = [(before.rules[id], now[id]) for id in same]
    return Trend(
        before.as_of,
        bool(before.digest) and before.digest != result.definitions.digest,
        _clocks(result, before),
        _outcomes(pairs),
        _shares(pairs),
        tuple(id for id in both if id not in same),
        tuple(sorted(set(now) - set(before.rules))),
        tuple(sorted(set(before.rules) - set(now))),
    )


def _clocks(result: AuditResult, before: Before) -> tuple[ClockChange, ...]:
    now: dict[str, tuple[int, int]] = {}
    for entry in result.attainment:
        judged, met = now.get(entry.clock, (0, 0))
        now[entry.clock] = (judged + entry.judged, met + entry.met)
    clocks = sorted(set(now) & set(before.attainment), key=clock_order)
    return tuple(
        ClockChange(clock, before.attainment[clock], now[clock])
        for clock in clocks
        if now[clock][0] and before.attainment[clock][0]
    )


def _outcomes(pairs: list[tuple[RuleBefore, RuleResult]]) -> tuple[RuleChange, ...]:
    changes = [RuleChange(was, entry, _better(was, entry)) for was, entry in pairs if was.outcome != entry.outcome]
    return tuple(
        sorted(
            changes, key=lambda change: (_RANK[change.before.outcome] - _RANK[change.now.outcome], change.now.rule.id)
        )
    )


def _better(was: RuleBefore, entry: RuleResult) -> bool | None:
    """From fail to pass is better, the other way round worse; what could not be looked at is neither."""
    looked_at = ("pass", "fail")
    return entry.outcome == "pass" if was.outcome in looked_at and entry.outcome in looked_at else None


def _shares(pairs: list[tuple[RuleBefore, RuleResult]]) -> tuple[RuleChange, ...]:
    moved = [
        (_share((entry.in_scope, entry.failed)) - _share((was.in_scope, was.failed)), was, entry)
        for was, entry in pairs
        if was.outcome == entry.outcome == "fail" and was.in_scope and entry.in_scope
    ]
    moved.sort(key=lambda one: (-abs(one[0]), one[2].rule.id))
    return tuple(RuleChange(was, entry, by < 0) for by, was, entry in moved if abs(by) >= 1)[:MOST]


def _share(counts: tuple[int, int]) -> float:
    whole, part = counts
    return 100 * part / whole

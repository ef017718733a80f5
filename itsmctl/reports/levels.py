"""Service levels prepared for reading: attainment by service and month, with its target and its noise marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from itsmctl.language import clock_order
from itsmctl.reports.tally import minimum_judged
from itsmctl.result import Attainment, AuditResult
from itsmctl.scorecard.periods import SETTLING, span_of
from itsmctl.zones import local_day

Standing = Literal["kept", "below", "few", "torn", "open", "none"]
"""Kept or below what was agreed; too few to judge; too many not testable to decide; nothing agreed; nothing to judge."""


@dataclass(frozen=True)
class Level:
    """One service in one month (or in all months) on one clock."""

    month: str
    judged: int
    met: int
    not_testable: int
    agreed: float | None
    standing: Standing
    partial: bool = False
    """Whether it is a month of which only a part was judged."""


@dataclass(frozen=True)
class ServiceLevels:
    """One service: its months, all of them, and the whole period."""

    service: str
    months: tuple[Level, ...]
    whole: Level

    @property
    def kept(self) -> int:
        """Months in which what was agreed was kept."""
        return sum(level.standing == "kept" for level in self.months)

    @property
    def firm(self) -> int:
        """Months that can be judged: kept, or below what was agreed."""
        return sum(level.standing in ("kept", "below") for level in self.months)


@dataclass(frozen=True)
class ClockLevels:
    """One clock: the months on the axis, the minimum a month needs, and the services with most tickets first."""

    clock: str
    months: tuple[str, ...]
    minimum: int
    services: tuple[ServiceLevels, ...]
    partial: frozenset[str] = frozenset()
    """Months of which only a part was judged."""

    @property
    def is_leg(self) -> bool:
        """Whether it is a leg that supports what is promised to customers, and is named after its agreement."""
        return "/" in self.clock

    @property
    def judged(self) -> int:
        """Tickets of all services that were judged."""
        return sum(service.whole.judged for service in self.services)

    @property
    def met(self) -> int:
        """Those of them that were in time."""
        return sum(service.whole.met for service in self.services)

    @property
    def not_testable(self) -> int:
        """Tickets of all services that have the promise, and of which nobody can tell."""
        return sum(service.whole.not_testable for service in self.services)

    @property
    def share(self) -> float:
        """The share of them, from 0 to 1; 0 where nothing was judged."""
        return self.met / self.judged if self.judged else 0.0

    def standing(self, standing: Standing) -> int:
        """How many services stand so over the whole period."""
        return sum(service.whole.standing == standing for service in self.services)


def levels(result: AuditResult) -> tuple[ClockLevels, ...]:
    """The attainment of a result by clock, what is promised to customers before the legs that support it."""
    clocks = sorted({entry.clock for entry in result.attainment}, key=clock_order)
    months = tuple(sorted({entry.month for entry in result.attainment}))
    partial = partial_months(result, months)
    return tuple(
        _clock(
            clock, months, partial, minimum_judged(result, clock), [e for e in result.attainment if e.clock == clock]
        )
        for clock in clocks
    )


def partial_months(result: AuditResult, months: Iterable[str]) -> frozenset[str]:
    """Those that are not over at the moment of the audit or at the end of its period, or began before what was judged."""
    ends = result.as_of if result.period_to is None else min(result.as_of, result.period_to)
    last = local_day(ends - 1, result.zone)
    first = _first_day(result)
    return frozenset(
        month
        for month in months
        if (span := span_of("month", date.fromisoformat(f"{month}-01"))).end > last or (first and first > span.start)
    )


def _first_day(result: AuditResult) -> date | None:
    """The first day that was judged; where it is that of the first ticket, so much earlier as tickets may keep one waiting."""
    if result.period_from is not None:
        return local_day(result.period_from, result.zone)
    opened = result.dataset.opened_from[:10]
    return date.fromisoformat(opened) - SETTLING if opened else None


def _clock(
    clock: str, months: tuple[str, ...], partial: frozenset[str], minimum: int, entries: list[Attainment]
) -> ClockLevels:
    by_service: dict[str, list[Attainment]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.service, entry.month)):
        by_service.setdefault(entry.service, []).append(entry)
    services = [_service(name, months, partial, minimum, found) for name, found in by_service.items()]
    services.sort(key=lambda levels: (-levels.whole.judged, levels.service))
    return ClockLevels(clock, months, minimum, tuple(services), partial)


def _service(
    name: str, months: tuple[str, ...], partial: frozenset[str], minimum: int, entries: list[Attainment]
) -> ServiceLevels:
    found = {entry.month: entry for entry in entries}
    return ServiceLevels(
        name,
        tuple(
            replace(_level(month, minimum, [found[month]] if month in found else []), partial=month in partial)
            for month in months
        ),
        _level("", minimum, entries),
    )


def _level(month: str, minimum: int, entries: Iterable[Attainment]) -> Level:
    """The level over some months; agreed is what the last of them promises."""
    entries = list(entries)
    judged, met = sum(entry.judged for entry in entries), sum(entry.met for entry in entries)
    untested = sum(entry.not_testable for entry in entries)
    agreed = next((entry.agreed for entry in reversed(entries) if entry.agreed is not None), None)
    return Level(month, judged, met, untested, agreed, _standing(judged, met, untested, agreed, minimum))


def _standing(judged: int, met: int, untested: int, agreed: float | None, minimum: int) -> Standing:
    """As the check `attainment` has it: what could not be tested may have been met or missed."""
    if not judged:
        return "none"
    if judged + untested < minimum:
        return "few"
    if agreed is None:
        return "open"
    if 100 * met >= agreed * (judged + untested):
        return "kept"
    return "below" if 100 * (met + untested) < agreed * (judged + untested) else "torn"

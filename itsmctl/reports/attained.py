"""Attainment month by month for a terminal: a line for each clock, and for the services that stay below what was agreed."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from itsmctl.charts.sparkline import BARS, UNKNOWN, sparkline
from itsmctl.language import Language, clock_text, is_span, month_text, msg, number_text, reached_text, tr
from itsmctl.reports.levels import ClockLevels, ServiceLevels, levels, partial_months
from itsmctl.reports.plain import cells, cut, fit, right, shown, wrap
from itsmctl.reports.sections import name_of
from itsmctl.result import AuditResult

MOST_MONTHS = 24
"""Months drawn, the last ones."""
MOST_SERVICES = 5
"""Services named under a clock, those that are furthest below."""
Line = tuple[str, list[float | None], int, int, int, bool]
"""What is measured, its per cent by month, how many met, of how many, of how many more nobody can tell, and whether that is below what was agreed."""


def attained(result: AuditResult, language: Language, width: int) -> list[tuple[str, bool]]:
    """Lines of at most so many columns, each with whether it is bad news; none for fewer than two months.

    Legs, which are named after the agreement that supports, are left to the report.
    """
    promised = [clock for clock in levels(result) if not clock.is_leg and len(clock.months) > 1]
    lines = [line for clock in promised for line in _of_clock(clock, result, language)]
    known = [share for _, shares, *_ in lines for share in shares if share is not None]
    if not known:
        return []
    low = max(0.0, floor((min(known) - 1) / 10) * 10.0)
    shares = max(len(shares) for _, shares, *_ in lines)
    reached = [reached_text(met, judged, unknown) for _, _, met, judged, unknown, _ in lines]
    wide = max(6, *map(len, reached))
    room = min(max(cells(label) for label, *_ in lines), width - shares - wide - 16)
    drawn = [
        (
            f"  {fit(cut(label, room), room)}  {sparkline(values, low, 100.0)}  {right(share, wide)}"
            f"  {tr('of {n}', language, n=number_text(judged + (unknown if is_span(judged, unknown) else 0)))}",
            below,
        )
        for (label, values, _, judged, unknown, below), share in zip(lines, reached, strict=True)
    ]
    key = _key(result, low, any(is_span(judged, unknown) for *_, judged, unknown, _ in lines), language)
    return [*drawn, *((f"  {line}", False) for line in wrap(key, width - 2))]


def _of_clock(clock: ClockLevels, result: AuditResult, language: Language) -> Iterator[Line]:
    """The clock over all services, then the services below what was agreed."""
    every = [[service.months[place] for service in clock.services] for place in range(len(clock.months))]
    months = [
        (sum(one.met for one in month), sum(one.judged for one in month), sum(one.not_testable for one in month))
        for month in every
    ]
    met, judged, unknown = (sum(column) for column in zip(*months, strict=True))
    yield clock_text(clock.clock, language), _shares(months, clock.minimum), met, judged, unknown, False
    below = [service for service in clock.services if service.whole.standing == "below"]
    for service in sorted(below, key=_short_of)[:MOST_SERVICES]:
        own = [(level.met, level.judged, level.not_testable) for level in service.months]
        name = shown(name_of(result, service.service, language)) if service.service else tr("no service", language)
        whole = service.whole
        yield f"  {name}", _shares(own, clock.minimum), whole.met, whole.judged, whole.not_testable, True


def _shares(months: list[tuple[int, int, int]], minimum: int) -> list[float | None]:
    """None where a month has too few tickets, or more than one in ten of which nobody can tell."""
    return [
        100 * met / judged if judged >= max(minimum, 1) and 10 * unknown <= judged + unknown else None
        for met, judged, unknown in months[-MOST_MONTHS:]
    ]


def _short_of(service: ServiceLevels) -> tuple[float, str]:
    """Furthest below first."""
    return service.whole.met / service.whole.judged - (service.whole.agreed or 0) / 100, service.service


def _key(result: AuditResult, low: float, torn: bool, language: Language) -> str:
    months = sorted({entry.month for entry in result.attainment})[-MOST_MONTHS:]
    few = msg("{first} to {last}; {lowest} {low}, {highest} {high}, {unknown} too few to say")
    unsure = msg("{first} to {last}; {lowest} {low}, {highest} {high}, {unknown} too few or too many unknown to say")
    told = tr(
        unsure if torn else few,
        language,
        first=month_text(months[0], language),
        last=month_text(months[-1], language),
        lowest=BARS[0],
        low=f"{low:g}%",
        highest=BARS[-1],
        high="100%",
        unknown=UNKNOWN,
    )
    partial = sorted(partial_months(result, months))
    if not partial:
        return told
    of = tr(", ", language).join(month_text(month, language) for month in partial)
    return told + tr("; ", language) + tr("only a part of {months}", language, months=of)

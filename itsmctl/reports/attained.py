"""Attainment month by month for a terminal: a line for each clock, and for the services that stay below what was agreed."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from itsmctl.charts.sparkline import BARS, UNKNOWN, sparkline
from itsmctl.language import Language, clock_text, month_text, number_text, percent_text, tr
from itsmctl.reports.levels import ClockLevels, ServiceLevels, levels, partial_months
from itsmctl.reports.plain import cells, cut, fit, right, shown
from itsmctl.reports.sections import name_of
from itsmctl.result import AuditResult

MOST_MONTHS = 24
"""Months drawn, the last ones."""
MOST_SERVICES = 5
"""Services named under a clock, those that are furthest below."""
Line = tuple[str, list[float | None], int, int, bool]
"""What is measured, its per cent by month, how many met, of how many, and whether that is below what was agreed."""


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
    room = min(max(cells(label) for label, *_ in lines), width - shares - 22)
    drawn = [
        (
            f"  {fit(cut(label, room), room)}  {sparkline(values, low, 100.0)}  {right(percent_text(met, judged), 6)}"
            f"  {tr('of {n}', language, n=number_text(judged))}",
            below,
        )
        for label, values, met, judged, below in lines
    ]
    return [*drawn, (f"  {cut(_key(result, low, language), width - 2)}", False)]


def _of_clock(clock: ClockLevels, result: AuditResult, language: Language) -> Iterator[Line]:
    """The clock over all services, then the services below what was agreed."""
    every = [[service.months[place] for service in clock.services] for place in range(len(clock.months))]
    months = [(sum(level.met for level in month), sum(level.judged for level in month)) for month in every]
    met, judged = (sum(column) for column in zip(*months, strict=True))
    yield clock_text(clock.clock, language), _shares(months, clock.minimum), met, judged, False
    below = [service for service in clock.services if service.whole.standing == "below"]
    for service in sorted(below, key=_short_of)[:MOST_SERVICES]:
        own = [(level.met, level.judged) for level in service.months]
        name = shown(name_of(result, service.service, language)) if service.service else tr("no service", language)
        yield f"  {name}", _shares(own, clock.minimum), service.whole.met, service.whole.judged, True


def _shares(months: list[tuple[int, int]], minimum: int) -> list[float | None]:
    return [100 * met / judged if judged >= max(minimum, 1) else None for met, judged in months[-MOST_MONTHS:]]


def _short_of(service: ServiceLevels) -> tuple[float, str]:
    """Furthest below first."""
    return service.whole.met / service.whole.judged - (service.whole.agreed or 0) / 100, service.service


def _key(result: AuditResult, low: float, language: Language) -> str:
    months = sorted({entry.month for entry in result.attainment})[-MOST_MONTHS:]
    told = tr(
        "{first} to {last}; {lowest} {low}, {highest} {high}, {unknown} too few to say",
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

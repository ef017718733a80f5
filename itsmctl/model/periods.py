"""Days on which something is in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from itsmctl.model.definition import Effective

_DAY = timedelta(1)


def in_force(period: Effective, day: date | None) -> bool:
    """Whether a day lies within a period; without a day, whether there is any, which is always so."""
    if day is None:
        return True
    return (period.start is None or period.start <= day) and (period.end is None or day <= period.end)


def common(one: Effective, other: Effective) -> Effective | None:
    """The days that two periods share; None where there is none."""
    starts = [day for day in (one.start, other.start) if day]
    ends = [day for day in (one.end, other.end) if day]
    start, end = max(starts, default=None), min(ends, default=None)
    return None if start and end and end < start else Effective(start, end)


def without(period: Effective, gaps: Sequence[Effective]) -> list[Effective]:
    """What is left of a period between the gaps."""
    left = [period]
    for gap in gaps:
        left = [part for whole in left for part in _cut(whole, gap)]
    return left


def edges(periods: Iterable[Effective]) -> list[date]:
    """Days between which nothing changes: the first of all, and each on which a period begins or has just ended."""
    found = {date.min}
    for period in periods:
        found |= {period.start} if period.start else set()
        found |= {period.end + _DAY} if period.end and period.end < date.max else set()
    return sorted(found)


def period_text(period: Effective) -> str:
    """A period as people write it, with … for an open end."""
    return f"{period.start or '…'} – {period.end or '…'}"


def _cut(period: Effective, gap: Effective) -> Iterator[Effective]:
    if common(period, gap) is None:
        yield period
        return
    if gap.start and (period.start is None or period.start < gap.start):
        yield Effective(period.start, gap.start - _DAY)
    if gap.end and (period.end is None or gap.end < period.end):
        yield Effective(gap.end + _DAY, period.end)

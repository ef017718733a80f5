"""Days on which something is in force; what laws about time share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from itsmctl.model import Effective

EARLIEST = date.min


def in_force(period: Effective, day: date | None) -> bool:
    """Whether a day lies within a period; without a day, whether the period has any."""
    if day is None:
        return True
    return (period.start is None or period.start <= day) and (period.end is None or day <= period.end)


def common(one: Effective, other: Effective) -> Effective | None:
    """The days that two periods share; None where there is none."""
    starts = [day for day in (one.start, other.start) if day]
    ends = [day for day in (one.end, other.end) if day]
    start, end = max(starts, default=None), min(ends, default=None)
    return None if start and end and end < start else Effective(start, end)


def edges(periods: Iterable[Effective]) -> list[date]:
    """Days between which nothing changes: the first of all, and each on which a period begins or has just ended."""
    found = {EARLIEST}
    for period in periods:
        found |= {period.start} if period.start else set()
        found |= {period.end + timedelta(1)} if period.end and period.end < date.max else set()
    return sorted(found)

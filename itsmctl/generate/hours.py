"""Counted time forwards: the moment at which so many open seconds have passed."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from itsmctl.model import Calendar
from itsmctl.worktime import open_intervals


class Hours:
    """A calendar over a stretch of time, tabulated once and asked often."""

    def __init__(self, calendar: Calendar, start: int, end: int) -> None:
        intervals = open_intervals(calendar, start, end)
        self._starts = [low for low, _ in intervals]
        self._ends = [high for _, high in intervals]
        self._before = [0, *accumulate(high - low for low, high in intervals)]

    def counted(self, start: int, end: int) -> int:
        """Open seconds within [start, end)."""
        return self._until(end) - self._until(start)

    def after(self, moment: int, seconds: int) -> int:
        """The first moment, inside opening hours, at which `seconds` (at least 1) have been counted from `moment`."""
        wanted = self._until(moment) + seconds
        index = bisect_right(self._before, wanted - 1) - 1
        return self._starts[index] + wanted - self._before[index]

    def _until(self, moment: int) -> int:
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return 0
        return self._before[index] + min(moment, self._ends[index]) - self._starts[index]

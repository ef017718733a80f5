"""Whether promises that support another one fit inside it, each in its own calendar: the worst moment to start, exactly."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from itsmctl.model import Calendar
from itsmctl.worktime.calendars import open_intervals
from itsmctl.worktime.zones import DAY

_MARGIN = 400 * DAY
"""How far past the window legs may end: more than a year, so that yearly opening hours are met again."""


@dataclass(frozen=True)
class Leg:
    """Counted seconds of a calendar that one party takes at most."""

    calendar: Calendar
    seconds: int


@dataclass(frozen=True)
class WorstCase:
    """Started at `start`, the legs end at `end` (None: never within a year) after `counted` seconds of the promise."""

    start: int
    end: int | None
    counted: int


def worst_case(calendar: Calendar, steps: Sequence[Sequence[Leg]], first: int, last: int) -> WorstCase:
    """The moment of [first, last) at which the legs use up most of the calendar's time, one that is easy to follow of several.

    Every leg takes the whole of its time, counted by its own calendar from the moment at which its step begins. Legs of
    one step begin together and the last to end ends the step; then the next step begins. What counts is the open time
    of `calendar` from the start to the end of the last step; a promise holds if that is not more than its target.

    Between the moments at which any calendar opens or closes, and those from which a leg ends at such a moment, what
    is used up is linear in the start and never has a peak in between (where two legs change places as the later one it
    has a dent). So it is enough to look at those moments and at the seconds beside them.
    """
    promise = _timeline(calendar, first, last)
    timelines = [[(_timeline(leg.calendar, first, last), leg.seconds) for leg in step] for step in steps]
    points = _points(promise, timelines) | {first, last - 1}
    near = {point + aside for point in points for aside in (-1, 0, 1)}
    # Of equals the one that is easiest to follow: a moment at which something opens, closes or ends, not a second beside it.
    starts = sorted((start for start in near if first <= start < last), key=lambda start: (start not in points, start))
    worst: WorstCase | None = None
    for start in starts:
        end = _end(timelines, start)
        if end is None:
            return WorstCase(start, None, 0)
        counted = promise.counted(end) - promise.counted(start)
        if worst is None or counted > worst.counted:
            worst = WorstCase(start, end, counted)
    assert worst is not None, "the window is empty"
    return worst


def always_open_with(inner: Calendar, outer: Calendar, first: int, last: int) -> bool:
    """Whether `outer` is open at every moment of [first, last) at which `inner` is."""
    return inner is outer or _covers(_Key(inner), _Key(outer), first, last)


@dataclass(frozen=True)
class _Timeline:
    """The open time of a calendar, with its running total."""

    intervals: Sequence[tuple[int, int]]
    starts: Sequence[int]
    before: Sequence[int]
    """Open seconds before each interval, and at last all of them."""

    def counted(self, at: int) -> int:
        """Open seconds up to a moment."""
        place = bisect_right(self.starts, at) - 1
        if place < 0:
            return 0
        low, high = self.intervals[place]
        return self.before[place] + min(at, high) - low

    def reaching(self, total: int, start: int) -> int | None:
        """The first moment from `start` on up to which so many seconds were open; None beyond the end."""
        if total <= self.counted(start):
            return start
        place = bisect_right(self.before, total - 1) - 1
        if place >= len(self.intervals):
            return None
        return self.intervals[place][0] + total - self.before[place]

    def edges(self) -> Iterable[int]:
        """Every moment at which it opens or closes."""
        return (edge for interval in self.intervals for edge in interval)


def _timeline(calendar: Calendar, first: int, last: int) -> _Timeline:
    return _laid_out(_Key(calendar), first, last)


class _Key:
    """A calendar as the key of a cache: calendars are equal when they are one and the same."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar

    def __hash__(self) -> int:
        return id(self.calendar)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.calendar is other.calendar


@lru_cache(maxsize=64)
def _laid_out(key: _Key, first: int, last: int) -> _Timeline:
    intervals = open_intervals(key.calendar, first - DAY, last + _MARGIN)
    before = list(accumulate((high - low for low, high in intervals), initial=0))
    return _Timeline(intervals, [low for low, _ in intervals], before)


@lru_cache(maxsize=1024)
def _covers(inner: _Key, outer: _Key, first: int, last: int) -> bool:
    wider = _laid_out(outer, first, last)
    inside = ((max(low, first), min(high, last)) for low, high in _laid_out(inner, first, last).intervals)
    return all(wider.counted(high) - wider.counted(low) == high - low for low, high in inside if low < high)


def _end(steps: Sequence[Sequence[tuple[_Timeline, int]]], start: int) -> int | None:
    """When the last step ends; None where the calendars do not open for long enough."""
    at = start
    for step in steps:
        for timeline, seconds in step:
            if timeline.reaching(timeline.counted(at) + seconds, at) is None:
                return None
        at = max(timeline.reaching(timeline.counted(at) + seconds, at) or at for timeline, seconds in step)
    return at


def _points(promise: _Timeline, steps: Sequence[Sequence[tuple[_Timeline, int]]]) -> set[int]:
    """The moments at which a calendar opens or closes, and those from which a leg ends at such a moment."""
    points = set(promise.edges())
    for step in reversed(steps):
        led = {_start_of(timeline, seconds, point) for timeline, seconds in step for point in points}
        points = led | {edge for timeline, _ in step for edge in timeline.edges()}
    return points | set(promise.edges())


def _start_of(timeline: _Timeline, seconds: int, end: int) -> int:
    """The earliest start from which so many counted seconds end at a moment; none at all end where they begin."""
    if not seconds:
        return end
    total = timeline.counted(end) - seconds
    return timeline.reaching(total, timeline.intervals[0][0]) or end if timeline.intervals and total > 0 else end

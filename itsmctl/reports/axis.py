"""A time axis for lives of minutes and of months: linear, except that an overlong stretch is broken and says so."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from itsmctl.language import local

OVERLONG, ENDLESS = 0.6, 0.9
"""A stretch without events is broken if it takes more than the first share of what is left to draw and hides two others,
or more than the second and hides one …"""
BROKEN_SHARE = 0.3
"""… and is then drawn on this share of it."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = (
    _MINUTE,
    5 * _MINUTE,
    15 * _MINUTE,
    30 * _MINUTE,
    _HOUR,
    3 * _HOUR,
    6 * _HOUR,
    12 * _HOUR,
    _DAY,
    2 * _DAY,
    7 * _DAY,
    14 * _DAY,
    28 * _DAY,
    91 * _DAY,
    364 * _DAY,
)


@dataclass(frozen=True)
class Stretch:
    """From one knot to the next, in time and in width (0 to 1)."""

    start: int
    end: int
    left: float
    right: float
    broken: bool


@dataclass(frozen=True)
class Axis:
    """Where each moment lies between 0 and 1."""

    stretches: tuple[Stretch, ...]

    @property
    def start(self) -> int:
        return self.stretches[0].start

    @property
    def end(self) -> int:
        return self.stretches[-1].end

    def __call__(self, moment: int) -> float:
        found = bisect_right([stretch.start for stretch in self.stretches], moment) - 1
        stretch = self.stretches[max(found, 0)]
        if stretch.end == stretch.start:
            return stretch.left
        share = (moment - stretch.start) / (stretch.end - stretch.start)
        return stretch.left + min(max(share, 0.0), 1.0) * (stretch.right - stretch.left)


def axis_over(knots: Iterable[int]) -> Axis:
    """The axis from the first knot to the last; a knot is a moment at which something happens."""
    moments = sorted(set(knots))
    if len(moments) == 1:
        moments.append(moments[0] + _MINUTE)
    lengths = [end - start for start, end in zip(moments, moments[1:], strict=False)]
    widths, broken = _widths(lengths)
    stretches, left = [], 0.0
    for start, length, share, is_broken in zip(moments, lengths, widths, broken, strict=False):
        stretches.append(Stretch(start, start + length, left, left + share, is_broken))
        left += share
    return Axis(tuple(stretches))


def _widths(lengths: list[int]) -> tuple[list[float], list[bool]]:
    widths, broken = [0.0] * len(lengths), [False] * len(lengths)
    left, rest = 1.0, sum(lengths)
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        others = rest - lengths[index]
        hidden = len(lengths) - sum(broken) - 1
        if not hidden or lengths[index] <= (OVERLONG if hidden > 1 else ENDLESS) * rest:
            break
        widths[index], broken[index] = BROKEN_SHARE * left, True
        left, rest = left - widths[index], others
    for index, length in enumerate(lengths):
        if not broken[index]:
            widths[index] = left * length / rest
    return widths, broken


@dataclass(frozen=True)
class Tick:
    """A round moment on the axis; `day` tells that it is a midnight."""

    at: int
    position: float
    day: bool
    label: str


def ticks(axis: Axis, zone: ZoneInfo, apart: float) -> tuple[Tick, ...]:
    """Round local moments at least `apart` (a share of the width) from each other, none inside a broken stretch."""
    found: list[Tick] = []
    step = _step(axis, apart)
    for stretch in axis.stretches:
        if stretch.broken:
            continue
        for at in _round_moments(stretch.start, stretch.end, step, zone):
            position = axis(at)
            if not found or position - found[-1].position >= apart:
                found.append(_tick(at, position, zone, first=not found))
    return tuple(found)


def _tick(at: int, position: float, zone: ZoneInfo, first: bool) -> Tick:
    """The tick with its label: the date at midnight, the time otherwise, both for the first."""
    wall = local(at, zone)
    midnight = wall.hour == wall.minute == 0
    label = f"{wall:%m-%d}" if midnight else f"{wall:%m-%d %H:%M}" if first else f"{wall:%H:%M}"
    return Tick(at, position, midnight, label)


def _step(axis: Axis, apart: float) -> int:
    plain = [stretch for stretch in axis.stretches if not stretch.broken]
    seconds = sum(stretch.end - stretch.start for stretch in plain)
    share = sum(stretch.right - stretch.left for stretch in plain)
    wanted = seconds * apart / share
    return next((step for step in _STEPS if step >= wanted), _STEPS[-1])


@lru_cache(1024)  # every report draws the same lives
def _round_moments(start: int, end: int, step: int, zone: ZoneInfo) -> tuple[int, ...]:
    """Multiples of a step on the local clock (from midnight, or from a Monday) within [start, end]."""
    midnight = local(start, zone).replace(hour=0, minute=0, second=0, tzinfo=None)
    if step >= _DAY:
        midnight -= timedelta(days=(midnight.toordinal() - 1) % (step // _DAY))
    begin, last = (local(moment, zone).replace(tzinfo=None) for moment in (start, end))
    wall = midnight + (begin - midnight) // timedelta(seconds=step) * timedelta(seconds=step)
    found: list[int] = []
    while wall <= last:
        at = _epoch(wall, zone)
        if start <= at <= end:
            found.append(at)
        wall += timedelta(seconds=step)
    return tuple(found)


def _epoch(wall: datetime, zone: ZoneInfo) -> int:
    return int((wall.replace(tzinfo=zone) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())

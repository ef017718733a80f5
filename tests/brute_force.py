"""An independent counter of service hours, written the opposite way from the product, which it never imports.

It walks UTC minute by minute, asks the zone what the wall clock shows in each, and looks whether those hours are open.
Prefix sums over the minutes then make each question cheap. Opening hours and zone offsets must be whole minutes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from itertools import accumulate
from operator import getitem
from zoneinfo import ZoneInfo

from itsmctl.errors import Where
from itsmctl.model import Calendar, Effective, Slot, SpecialDay, Text

Hours = Sequence[tuple[int, int]]
"""Opening hours of a local day as (from, to) in minutes after midnight."""


def build_calendar(
    zone: str,
    week: Sequence[Hours],
    special: Mapping[str, tuple[str, Hours]] | None = None,
    *,
    day_minutes: int = 480,
    id: str = "test",
) -> Calendar:
    """A calendar for a test: seven weekdays from Monday, and special days as {date: (title, hours)}."""
    days = {
        date.fromisoformat(day): SpecialDay(date.fromisoformat(day), Text(title, "假日"), _slots(hours))
        for day, (title, hours) in (special or {}).items()
    }
    slots = tuple(_slots(hours) for hours in week)
    return Calendar("calendar", id, Text(id), Effective(), Where(), (), zone, slots, days, day_minutes)


def _slots(hours: Hours) -> tuple[Slot, ...]:
    return tuple(Slot(start, end) for start, end in hours)


@dataclass(frozen=True)
class WallClock:
    """What the wall clock of a zone shows in each UTC minute from `first` (epoch seconds) on."""

    zone: str
    first: int
    days: array[int]
    """Proleptic ordinal of the local day."""
    minutes: array[int]
    """Minutes after local midnight."""
    changes: tuple[int, ...]
    """Epoch seconds of the minutes at which the wall clock jumped."""

    @property
    def last(self) -> int:
        return self.first + 60 * len(self.days)


@cache
def zone_of(name: str) -> ZoneInfo:
    """A zone of the tzdata package, which the product reads: what the machine has may be of another year."""
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as stream:
        return ZoneInfo.from_file(stream, key=name)


@lru_cache(maxsize=16)
def walk(zone: str, first_day: date, last_day: date) -> WallClock:
    """Read the wall clock of a zone in each UTC minute from one UTC day up to another."""
    info = zone_of(zone)
    now = datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC)
    first, count = int(now.timestamp()), (last_day - first_day).days * 1440
    days, minutes, changes = array("i"), array("h"), []
    minute = timedelta(minutes=1)
    before = None
    for index in range(count):
        local = now.astimezone(info)
        shown = local.hour * 60 + local.minute
        days.append(local.toordinal())
        minutes.append(shown)
        if before is not None and shown != (before + 1) % 1440:
            changes.append(first + index * 60)
        before = shown
        now += minute
    return WallClock(zone, first, days, minutes, tuple(changes))


@dataclass(frozen=True)
class OpenMinutes:
    """A calendar as one byte per UTC minute, with the number of open minutes before each."""

    first: int
    open: bytes
    before: array[int]

    @property
    def last(self) -> int:
        return self.first + 60 * len(self.open)


def open_minutes(calendar: Calendar, wall: WallClock) -> OpenMinutes:
    """Ask of each minute whether the calendar is open when the wall clock shows that."""
    assert calendar.zone == wall.zone
    hours = {day: _minutes_of(calendar, day) for day in set(wall.days)}
    flags = bytes(map(getitem, map(hours.__getitem__, wall.days), wall.minutes))
    return OpenMinutes(wall.first, flags, array("i", accumulate(flags, initial=0)))


def _minutes_of(calendar: Calendar, ordinal: int) -> bytes:
    day = date.fromordinal(ordinal)
    slots = calendar.special[day].slots if day in calendar.special else calendar.week[day.weekday()]
    flags = bytearray(1440)
    for slot in slots:
        for minute in range(slot.start, slot.end):
            flags[minute] = 1
    return bytes(flags)


def open_between(minutes: OpenMinutes, start: int, stop: int) -> int:
    """Open seconds of [start, stop)."""
    return _open_before(minutes, stop) - _open_before(minutes, start)


def _open_before(minutes: OpenMinutes, at: int) -> int:
    index, second = divmod(at - minutes.first, 60)
    if index < 0 or at > minutes.last:
        raise ValueError("outside the minutes walked")
    return minutes.before[index] * 60 + (second if second and minutes.open[index] else 0)


def _free_of(start: int, stop: int, pauses: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The parts of [start, stop) in no pause: cut at every edge, then ask of each part whether a pause covers it."""
    edges = sorted({start, stop, *(edge for pause in pauses for edge in pause if start < edge < stop)})
    parts = zip(edges, edges[1:], strict=False)
    return [(a, b) for a, b in parts if not any(begin <= a and b <= end for begin, end in pauses)]


def counted(minutes: OpenMinutes, start: int, stop: int, pauses: Sequence[tuple[int, int]] = ()) -> int:
    """Seconds of [start, stop) that are open and in no pause."""
    return sum(open_between(minutes, a, b) for a, b in _free_of(start, stop, pauses))


def deadline(minutes: OpenMinutes, start: int, target: int, pauses: Sequence[tuple[int, int]] = ()) -> int | None:
    """The first instant at which `counted` from start reaches the target, or None if not in the minutes walked."""
    if target <= 0:
        return start
    for begin, end in _free_of(start, minutes.last, pauses):
        here = open_between(minutes, begin, end)
        if here >= target:
            wanted = _open_before(minutes, begin) + target
            index = bisect_left(minutes.before, -(-wanted // 60))
            return minutes.first + index * 60 - (minutes.before[index] * 60 - wanted)
        target -= here
    return None


@dataclass(frozen=True)
class RecordAnswer:
    """What a record's clock counted, and where it stopped; `stop` is as_of while it runs."""

    counted: int
    stop: int
    running: bool
    paused_now: bool
    cancelled: bool


def record_answer(
    minutes: OpenMinutes,
    roles: Mapping[str, str],
    reopens: bool,
    moments: Sequence[tuple[int, str]],
    start: int,
    as_of: int,
) -> RecordAnswer:
    """Judge a state history by asking at each instant which state it is in; roles are pause, stop and cancel.

    For clocks with stop states and records with history; the stop must not lie before the start.
    """
    instants = sorted({start, as_of, *(_times(moments, as_of))})
    role = {at: roles.get(_state_at(moments, as_of, at), "") for at in instants}
    ended = [at for at in instants if role[at] in ("stop", "cancel")]
    stop: int | None = None
    if ended and not reopens:
        stop = ended[0]
    elif ended and ended[-1] == as_of:
        stop = min(at for at in instants if all(role[later] in ("stop", "cancel") for later in instants if later >= at))
    until = as_of if stop is None else stop
    total = sum(
        open_between(minutes, a, b)
        for a, b in zip(instants, instants[1:], strict=False)
        if start <= a and b <= until and role[a] == ""
    )
    cancelled = stop is not None and role[as_of if reopens else stop] == "cancel"
    return RecordAnswer(total, until, stop is None, stop is None and role[as_of] == "pause", cancelled)


def _times(moments: Sequence[tuple[int, str]], as_of: int) -> list[int]:
    latest: list[int] = []
    for at, _ in moments:
        if at <= as_of:
            latest.append(max([at, *latest]))
    return latest


def _state_at(moments: Sequence[tuple[int, str]], as_of: int, instant: int) -> str:
    """The last state, in the order written, that began at or before the instant."""
    known = [state for at, state in moments if at <= as_of]
    begun = [state for at, state in zip(_times(moments, as_of), known, strict=True) if at <= instant]
    return begun[-1] if begun else ""

"""Service calendars laid on the UTC time line: open intervals, open seconds, and the day table that SQL joins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from itsmctl.model import Calendar, Slot, SpecialDay
from itsmctl.worktime.zones import DAY, offset_spans
from itsmctl.zones import EVER, midnight_after

CLOSED = "closed"
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_KEY_DAYS = 100_000

Stretch = tuple[int, int, bool, str]
"""(from, to, open, reason); the reason of an open stretch is ''."""


@dataclass(frozen=True)
class DayTable:
    """One entry per UTC day (epoch // 86400) from `first_day`; F(t) = before + open part of the day up to t."""

    first_day: int
    segments: int
    """The most open segments that any of the days has, at least 1."""
    before: tuple[int, ...]
    """Open seconds from the first day's midnight to each day's midnight."""
    opens: tuple[tuple[tuple[int, int], ...], ...]
    """Each day's open segments, in seconds after UTC midnight, sorted and apart."""


def has_hours(calendar: Calendar) -> bool:
    """Whether the calendar names any opening hours at all."""
    weeks = (calendar.week, *(week for _, week in calendar.later))
    return any(map(any, weeks)) or any(day.slots for day in calendar.special.values())


def known_before(calendar: Calendar) -> int:
    """The first moment whose day may differ from its weekday without anybody having published it yet."""
    return midnight_after(calendar.known_until, calendar.zone) if calendar.known_until else EVER


def stretches(calendar: Calendar, start: int, end: int) -> Iterator[Stretch]:
    """Cover [start, end) in order with stretches that are open, or closed for one reason.

    Local hours are placed on each span of constant offset by itself, so that an hour that occurs twice counts twice
    and one that the clocks skip counts not at all, wherever a slot begins or ends.
    """
    weeks = [(first.toordinal() - _EPOCH_ORDINAL, _plans(hours), hours) for first, hours in calendar.later]
    ordinary = _plans(calendar.week)
    special = {day.toordinal() - _EPOCH_ORDINAL: entry for day, entry in calendar.special.items()}
    for begin, stop, offset in offset_spans(calendar.zone, start, end):
        for day in range((begin + offset) // DAY, (stop + offset - 1) // DAY + 1):
            usual, hours = ordinary, calendar.week
            for first, plans, later in weeks:
                usual, hours = (plans, later) if first <= day else (usual, hours)
            weekday = (day + 3) % 7
            plan = _special_plan(special[day], hours[weekday]) if day in special else usual[weekday]
            midnight = day * DAY - offset
            for from_second, to_second, is_open, reason in plan:
                low, high = max(midnight + from_second, begin), min(midnight + to_second, stop)
                if low < high:
                    yield low, high, is_open, reason


def _plans(week: Sequence[tuple[Slot, ...]]) -> list[tuple[Stretch, ...]]:
    return [_plan(slots, CLOSED) for slots in week]


def open_intervals(calendar: Calendar, start: int, end: int) -> list[tuple[int, int]]:
    """The open time within [start, end) as sorted half-open UTC intervals that neither touch nor overlap."""
    merged: list[tuple[int, int]] = []
    for low, high, is_open, _ in stretches(calendar, start, end):
        if not is_open:
            continue
        if merged and merged[-1][1] == low:
            merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return merged


def open_seconds(calendar: Calendar, start: int, end: int) -> int:
    """Open seconds within [start, end); 0 where end is not after start."""
    return sum(high - low for low, high in open_intervals(calendar, start, end))


def day_table(calendar: Calendar, first_day: int, last_day: int) -> DayTable:
    """Tabulate the calendar over the UTC days first_day to last_day, both included."""
    opens: list[list[tuple[int, int]]] = [[] for _ in range(first_day, last_day + 1)]
    for low, high in open_intervals(calendar, first_day * DAY, (last_day + 1) * DAY):
        for day in range(low // DAY, (high - 1) // DAY + 1):
            midnight = day * DAY
            opens[day - first_day].append((max(low - midnight, 0), min(high - midnight, DAY)))
    before, total = [], 0
    for segments in opens:
        before.append(total)
        total += sum(high - low for low, high in segments)
    most = max((len(segments) for segments in opens), default=0)
    return DayTable(first_day, max(most, 1), tuple(before), tuple(tuple(segments) for segments in opens))


def day_columns(segments: int) -> tuple[str, ...]:
    """The column names of `day_rows`: k, cum, s1, e1, s2, e2 and so on."""
    return ("k", "cum", *(f"{edge}{n}" for n in range(1, segments + 1) for edge in "se"))


def day_rows(table: DayTable, key: int, segments: int) -> list[tuple[int, ...]]:
    """Rows of `day_columns(segments)` with k = key * 100000 + day, unused segments as (86400, 86400)."""
    last_day = table.first_day + len(table.opens) - 1
    if table.first_day < 0 or last_day >= _KEY_DAYS or table.segments > segments:
        raise ValueError(f"days {table.first_day} to {last_day} with {table.segments} segments do not fit the key")
    padding = (DAY, DAY)
    rows = []
    for index, (before, opens) in enumerate(zip(table.before, table.opens, strict=True)):
        edges = [edge for segment in opens for edge in segment]
        key_of_day = key * _KEY_DAYS + table.first_day + index
        rows.append((key_of_day, before, *edges, *(padding * (segments - len(opens)))))
    return rows


@lru_cache(maxsize=1024)
def _plan(slots: tuple[Slot, ...], reason: str) -> tuple[Stretch, ...]:
    """A local day from 0 to 86400 as stretches; slots may come in any order and overlap."""
    plan: list[Stretch] = []
    reached = 0
    for slot in sorted(slots, key=lambda slot: (slot.start, slot.end)):
        low, high = max(slot.start * 60, reached), slot.end * 60
        if low >= high:
            continue
        if reached < low:
            plan.append((reached, low, False, reason))
        plan.append((low, high, True, ""))
        reached = high
    return (*plan, (reached, DAY, False, reason)) if reached < DAY else tuple(plan)


def _special_plan(special: SpecialDay, usual: Sequence[Slot]) -> tuple[Stretch, ...]:
    """The special day in place of its weekday; it lends its title to closed time unless it only adds hours."""
    adds_only = special.slots and all(_covers(special.slots, slot) for slot in usual)
    return _plan(special.slots, CLOSED if adds_only else str(special.title) or CLOSED)


def _covers(slots: tuple[Slot, ...], wanted: Slot) -> bool:
    opens = ((low, high) for low, high, is_open, _ in _plan(slots, "") if is_open)
    hidden = sum(max(min(high, wanted.end * 60) - max(low, wanted.start * 60), 0) for low, high in opens)
    return hidden >= (wanted.end - wanted.start) * 60

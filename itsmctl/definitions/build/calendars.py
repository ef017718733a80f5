"""Calendars under `catalog/`: the hours of the week, and the days that differ."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, text
from itsmctl.errors import ItsmctlError
from itsmctl.source import Path_
from itsmctl.worktime import parse_slot

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def calendar(b: Builder) -> model.Calendar:
    week = _week(b, ("week",), b.data.get("week", {}))
    special: dict[date, model.SpecialDay] = {}
    for position, entry in enumerate(b.data.get("days", ())):
        path: Path_ = ("days", position)
        day = b.day(entry["date"], (*path, "date"))
        if day is None:
            continue
        if day in special:
            b.report("day-twice", "{day} stands twice in this calendar", (*path, "date"), day=day)
        hours = [_slots(b, written, (*path, "hours", i)) for i, written in enumerate(entry.get("hours", ()))]
        if any(tomorrow for _, tomorrow in hours):
            b.report(
                "crosses-midnight",
                "the hours of a special day end at 24:00 at the latest; give the next day its own entry",
                (*path, "hours"),
            )
        special[day] = model.SpecialDay(
            day,
            text(entry.get("title")),
            _merged(b, [slot for today, _ in hours for slot in today], (*path, "hours")),
            b.day(entry.get("published"), (*path, "published")),
        )
    later = _later(b)
    if not any(map(any, (week, *(hours for _, hours in later)))) and not any(day.slots for day in special.values()):
        b.report("never-open", "this calendar has no open hours, so no clock would ever run", ("week",))
    length = b.data.get("day-length")
    minutes = b.duration(length, ("day-length",)).seconds // 60 if length else sum(s.end - s.start for s in week[0])
    return model.Calendar(
        **b.common(),
        zone=b.zone(b.data["zone"], ("zone",)),
        week=week,
        special=special,
        day_minutes=minutes,
        source=text(b.data.get("source")),
        known_until=b.day(b.data.get("known-until"), ("known-until",)),
        later=later,
    )


def _week(b: Builder, path: Path_, written: Mapping[str, Any]) -> tuple[tuple[model.Slot, ...], ...]:
    """Seven weekdays from Monday; hours that cross midnight go on in the next day."""
    week: list[list[model.Slot]] = [[] for _ in WEEKDAYS]
    for index, name in enumerate(WEEKDAYS):
        for position, hours in enumerate(written.get(name, ())):
            today, tomorrow = _slots(b, hours, (*path, name, position))
            week[index] += today
            week[(index + 1) % 7] += tomorrow
    return tuple(_merged(b, slots, (*path, WEEKDAYS[i])) for i, slots in enumerate(week))


def _later(b: Builder) -> tuple[tuple[date, tuple[tuple[model.Slot, ...], ...]], ...]:
    """The weeks that take over from a day on, which must come in the order of their days."""
    later: list[tuple[date, tuple[tuple[model.Slot, ...], ...]]] = []
    for position, entry in enumerate(b.data.get("changes", ())):
        path: Path_ = ("changes", position)
        since = b.day(entry["from"], (*path, "from"))
        week = _week(b, (*path, "week"), entry["week"])
        if since is None:
            continue
        if later and since <= later[-1][0]:
            template = "the changes of the week come in the order of their days, each day once"
            b.report("changes-out-of-order", template, (*path, "from"))
        later.append((since, week))
    return tuple(later)


def _slots(b: Builder, written: object, path: Path_) -> tuple[list[model.Slot], list[model.Slot]]:
    try:
        today, tomorrow = parse_slot(str(written), b.document.where(path))
        return list(today), list(tomorrow)
    except ItsmctlError as error:
        b.problems += error.problems
        return [], []


def _merged(b: Builder, slots: list[model.Slot], path: Path_) -> tuple[model.Slot, ...]:
    """Sort the slots of a day, join those that touch, and report those that overlap."""
    joined: list[model.Slot] = []
    for slot in sorted(slots, key=lambda s: (s.start, s.end)):
        if joined and slot.start < joined[-1].end:
            b.report("hours-overlap", "opening hours overlap on one day", path)
        if joined and slot.start <= joined[-1].end:
            joined[-1] = model.Slot(joined[-1].start, max(joined[-1].end, slot.end))
        else:
            joined.append(slot)
    return tuple(joined)

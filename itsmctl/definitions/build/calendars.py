"""Calendars under `catalog/`: the hours of the week, and the days that differ."""

from __future__ import annotations

from datetime import date

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, text
from itsmctl.errors import ItsmctlError
from itsmctl.source import Path_
from itsmctl.worktime import parse_slot

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def calendar(b: Builder) -> model.Calendar:
    week: list[list[model.Slot]] = [[] for _ in WEEKDAYS]
    for index, name in enumerate(WEEKDAYS):
        for position, written in enumerate(b.data.get("week", {}).get(name, ())):
            today, tomorrow = _slots(b, written, ("week", name, position))
            week[index] += today
            week[(index + 1) % 7] += tomorrow
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
            day, text(entry.get("title")), _merged(b, [slot for today, _ in hours for slot in today], (*path, "hours"))
        )
    merged = tuple(_merged(b, slots, ("week", WEEKDAYS[i])) for i, slots in enumerate(week))
    if not any(merged) and not any(day.slots for day in special.values()):
        b.report("never-open", "this calendar has no open hours, so no clock would ever run", ("week",))
    length = b.data.get("day-length")
    minutes = b.duration(length, ("day-length",)).seconds // 60 if length else sum(s.end - s.start for s in merged[0])
    return model.Calendar(
        **b.common(),
        zone=b.zone(b.data["zone"], ("zone",)),
        week=merged,
        special=special,
        day_minutes=minutes,
        source=text(b.data.get("source")),
        known_until=b.day(b.data.get("known-until"), ("known-until",)),
    )


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

"""A calendar as it stood on each of its days, or as it stands now."""

from __future__ import annotations

from dataclasses import replace

from itsmctl.model import Calendar, CalendarVersion


def calendar_as(calendar: Calendar, version: CalendarVersion) -> Calendar:
    """The calendar in the version that an agreement asks for; the same one where the versions do not differ.

    At each instant means as everybody knew it then: a special day that was announced after it had passed changed
    nothing, and each week is the one of its time. Current means that what is known now holds for all days.
    """
    late = {day for day, entry in calendar.special.items() if entry.published and entry.published > day}
    if not late and not calendar.later:
        return calendar
    if version == "current":
        week = calendar.later[-1][1] if calendar.later else calendar.week
        return replace(calendar, id=f"{calendar.id}@current", week=week, later=())
    kept = {day: entry for day, entry in calendar.special.items() if day not in late}
    return replace(calendar, special=kept)

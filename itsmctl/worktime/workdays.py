"""Business days that are as long as the weekday on which they fall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from itsmctl.model import Calendar
from itsmctl.worktime.calendars import open_intervals
from itsmctl.zones import midnight, midnight_after, zone_info

MOST_DAYS = 3_653
"""How many days are looked at for an open one: ten years."""


def open_days(calendar: Calendar, first: date, last: date) -> Iterator[tuple[int, int]]:
    """(when it closes, open seconds) of each local day from `first` to `last` on which the calendar opens at all."""
    day = first
    while day <= last:
        hours = open_intervals(calendar, midnight(day, calendar.zone), midnight_after(day, calendar.zone))
        if hours:
            yield hours[-1][1], sum(end - start for start, end in hours)
        day += timedelta(days=1)


def business_days_from(calendar: Calendar, start: int, number: int) -> int | None:
    """The open seconds of so many open days in a row; the first is the one on which time is left at `start`.

    None where the calendar does not open on that many days within ten years.
    """
    if not number:
        return 0
    first = datetime.fromtimestamp(start, UTC).astimezone(zone_info(calendar.zone)).date()
    total = 0
    for closes, seconds in open_days(calendar, first, first + timedelta(days=MOST_DAYS)):
        if closes <= start:
            continue
        total += seconds
        number -= 1
        if not number:
            return total
    return None

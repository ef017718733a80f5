"""Working days of the tool's site, and the nights on which changes may be made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from itsmctl.generate.dice import Dice
from itsmctl.generate.rhythm import DAY, Period, midnight
from itsmctl.model import Calendar

_HOUR = 3600
_LONG, _BEFORE = 4, 10
"""So many closed days in a row are a festival, and so many days before it nothing is changed."""


class Diary:
    """The working days of a period, by their place in it."""

    def __init__(self, when: Period, calendars: Sequence[Calendar]) -> None:
        closed = {day for calendar in calendars for day, special in calendar.special.items() if not special.slots}
        extra = {day for calendar in calendars for day, special in calendar.special.items() if special.slots}
        working = [day for day in when.days if day not in closed and (day.weekday() < 5 or day in extra)]
        self._days = tuple(midnight(day) for day in working)
        frozen = _frozen(closed)
        self.nights = tuple(
            place
            for place, (day, following) in enumerate(zip(working, working[1:], strict=False))
            if (following - day).days == 1 and day not in frozen and not _peak(day)
        )
        """Places of working days that another one follows at once, outside the freezes."""

    def __len__(self) -> int:
        return len(self._days)

    def at(self, place: int, dice: Dice, first: int = 9, last: int = 17) -> int:
        """A moment of a working day between two hours; days beyond the period go on one after the other."""
        last_place = len(self._days) - 1
        start = self._days[min(max(place, 0), last_place)] + max(place - last_place, 0) * DAY
        return start + dice.between(first * _HOUR, last * _HOUR - 1)

    def place_of(self, moment: int) -> int | None:
        """The place of the night on whose day a moment lies, if it is one."""
        return next((p for p in self.nights if self._days[p] <= moment < self._days[p] + DAY), None)

    def day(self, place: int) -> int:
        """The first moment of a working day."""
        return self._days[place]


def _frozen(closed: set[date]) -> set[date]:
    frozen: set[date] = set()
    for day in closed:
        if all((day + timedelta(days=n)) in closed or (day + timedelta(days=n)).weekday() > 4 for n in range(_LONG)):
            frozen |= {day + timedelta(days=n) for n in range(-_BEFORE, 1)}
    return frozen


def _peak(day: date) -> bool:
    """The peak season and Christmas."""
    return (day.month == 11 and day.day <= 15) or (day.month == 12 and day.day >= 18) or (day.month, day.day) < (1, 3)

"""When tickets are opened: growth, a bad month, quiet week-ends and holidays, two office days, nights for monitoring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from itsmctl.generate.dice import Dice, shares
from itsmctl.generate.people import SITES, Site
from itsmctl.model import Calendar
from itsmctl.zones import zone_info

DAY = 86_400
ZONE = zone_info("Asia/Shanghai")
"""The zone of the tool, in which it exports local times."""

_WEEKDAYS = (128, 112, 106, 108, 96, 12, 8)
_HOURS = (
    (7, 20),
    (8, 90),
    (9, 190),
    (10, 170),
    (11, 110),
    (13, 90),
    (14, 150),
    (15, 130),
    (16, 105),
    (17, 55),
    (19, 6),
)
_OFF = 7
"""Per cent of the usual tickets on a public holiday."""


@dataclass(frozen=True)
class Period:
    """The months of a history, as local days of the tool; `as_of` is the moment of the export."""

    days: tuple[date, ...]
    months: tuple[str, ...]
    as_of: int

    @property
    def start(self) -> int:
        return midnight(self.days[0])


@dataclass(frozen=True)
class Opening:
    """A ticket to be: when it is opened, where, and whether monitoring opens it."""

    at: int
    site: Site
    monitored: bool


def period(start: date, months: int) -> Period:
    """The days from `start` over so many months."""
    ends = [_later(start, n) for n in range(months + 1)]
    days = tuple(start + timedelta(days=n) for n in range((ends[-1] - start).days))
    names = tuple(dict.fromkeys(f"{day:%Y-%m}" for day in days))
    return Period(days, names, midnight(ends[-1]) - 30)


def openings(when: Period, records: int, bad_month: str, calendars: Sequence[Calendar], dice: Dice) -> list[Opening]:
    """So many tickets over the period, in order of time; the last one is monitoring's, in the last hours."""
    holidays = {day for calendar in calendars for day, special in calendar.special.items() if not special.slots}
    extra = {day for calendar in calendars for day, special in calendar.special.items() if special.slots}
    weights = [_weight(day, index, bad_month, day in holidays, day in extra) for index, day in enumerate(when.days)]
    found = []
    for day, count in zip(when.days, shares(records - 1, weights), strict=True):
        found += [_opening(day, dice) for _ in range(count)]
    latest = when.as_of - 1_800
    found = [
        opening if opening.at < latest else Opening(latest - dice.between(1, 9_000), opening.site, True)
        for opening in found
    ]
    found.append(Opening(latest, SITES[0], True))
    return sorted(found, key=lambda opening: (opening.at, opening.site.id))


def month_of(moment: int) -> str:
    """The local month of a moment, 2026-03."""
    return _month_of_hour(moment // 3600)


def month_end(moment: int) -> int:
    """The moment at which the local month of a moment ends."""
    day = day_of(moment)
    return midnight(_later(day.replace(day=1), 1))


def months_between(first: str, last: str) -> Iterator[str]:
    """Every month from the first to the last, both included."""
    year, month = (int(part) for part in first.split("-"))
    while f"{year}-{month:02d}" <= last:
        yield f"{year}-{month:02d}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def day_of(moment: int) -> date:
    """The local day of a moment."""
    return datetime.fromtimestamp(moment, ZONE).date()


@lru_cache(maxsize=10_000)
def _month_of_hour(hour: int) -> str:
    return f"{datetime.fromtimestamp(hour * 3600, ZONE):%Y-%m}"


def midnight(day: date) -> int:
    """The first moment of a local day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp())


def _weight(day: date, index: int, bad_month: str, holiday: bool, extra: bool) -> int:
    weight = _WEEKDAYS[2 if extra else day.weekday()] * (1000 + index)
    if f"{day:%Y-%m}" == bad_month:
        weight = weight * 13 // 10
    return max(weight * _OFF // 100 if holiday else weight, 1)


def _opening(day: date, dice: Dice) -> Opening:
    site = dice.weighted([(site, site.weight) for site in SITES])
    monitored = dice.permille(130)
    if monitored:
        return Opening(midnight(day) + dice.below(DAY), site, True)
    hour = dice.weighted(_HOURS)
    local = datetime(day.year, day.month, day.day, hour, dice.below(60), dice.below(60), tzinfo=zone_info(site.zone))
    return Opening(int(local.astimezone(UTC).timestamp()), site, False)


def _later(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(start.day, last))

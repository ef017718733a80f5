"""Time zones by the tzdata package alone, never the machine's own files."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from itsmctl.errors import NOWHERE, ItsmctlError, Problem, Where, did_you_mean

_OFFSET = re.compile(r"(?:UTC|GMT|Z)?\s*([+\-−])\s*(\d{1,2})(?::?(\d\d))?", re.IGNORECASE)
_SHORT = {
    "AEST": "Australia/Sydney, Australia/Brisbane",
    "AST": "America/Halifax, Asia/Riyadh",
    "BST": "Europe/London, Asia/Dhaka",
    "CDT": "America/Chicago, America/Havana",
    "CEST": "Europe/Berlin, Europe/Paris",
    "CST": "Asia/Shanghai, America/Chicago, America/Havana",
    "EDT": "America/New_York, America/Toronto",
    "IST": "Asia/Kolkata, Europe/Dublin, Asia/Jerusalem",
    "MDT": "America/Denver, America/Boise",
    "MESZ": "Europe/Berlin, Europe/Vienna, Europe/Zurich",
    "MEZ": "Europe/Berlin, Europe/Vienna, Europe/Zurich",
    "PDT": "America/Los_Angeles, America/Vancouver",
    "PST": "America/Los_Angeles, Asia/Manila",
}
"""Zones that an abbreviation may mean: none is nearer than the others."""
_KNOWN_AS = {
    **dict.fromkeys(("beijing", "peking", "china", "guangzhou", "shenzhen", "北京", "上海", "中国"), "Asia/Shanghai"),
    **dict.fromkeys(("munich", "frankfurt", "hamburg", "germany"), "Europe/Berlin"),
}
"""Places that people write, and that no zone is named after."""


@cache
def zone_names() -> tuple[str, ...]:
    """Every IANA zone name that is understood, sorted."""
    return tuple(sorted(resources.files("tzdata").joinpath("zones").read_text("utf-8").split()))


@cache
def zone_info(name: str) -> ZoneInfo:
    """The rules of an IANA zone; raises ItsmctlError with the nearest name, also where only a city is given."""
    if name not in zone_names():
        raise ItsmctlError(unknown_zone(name))
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as stream:
        return ZoneInfo.from_file(stream, key=name)


def unknown_zone(name: str, where: Where = NOWHERE) -> Problem:
    """What is said of a word that names no zone; a wrong guess would move every time, so only what is near is proposed."""
    values = {"zone": name}
    word = name.strip()
    if offset := _OFFSET.fullmatch(word):
        template = "{zone!r} is an offset, which may change with the season; name the city by whose clock the tool wrote, such as Asia/Shanghai or Europe/Berlin"
        sign, hours, minutes = offset[1], int(offset[2]), int(offset[3] or 0)
        fixed = f"Etc/GMT{'-' if sign == '+' else '+'}{hours}" if hours else "UTC"
        if not minutes and fixed in zone_names():
            template = "{zone!r} is an offset, which may change with the season; name the city by whose clock the tool wrote, such as Asia/Shanghai or Europe/Berlin ({fixed} has this offset all year)"
            values["fixed"] = fixed
        return Problem("unknown-zone", template, where, values)
    if word.upper() in _SHORT:
        template = "{zone!r} is short for more than one zone, or for half a year of one; name the city: {cities}"
        return Problem("unknown-zone", template, where, {**values, "cities": _SHORT[word.upper()]})
    template = "{zone!r} is not an IANA time zone such as Europe/Berlin"
    return Problem("unknown-zone", template, where, values, suggestion=_nearest(word))


def _nearest(word: str) -> str:
    """The zone of that city, or whose name differs by a slip of the pen; '' where none is so near."""
    city = word.rsplit("/", 1)[-1].replace(" ", "_").casefold()
    if city in _KNOWN_AS:
        return _KNOWN_AS[city]
    cities = {zone.rsplit("/", 1)[-1]: zone for zone in reversed(zone_names())}
    near = did_you_mean(word, zone_names(), nearness=_SLIP)
    return near or cities.get(did_you_mean(word.replace(" ", "_"), cities, nearness=_SLIP), "")


_SLIP = 0.8
"""How alike two names are of which one may be a slip of the other: Berln is Berlin, Beijing is not."""
EVER = 2**53
"""Later than any moment in epoch seconds, and still exact in every engine and in JSON."""


def midnight(day: date, zone: str) -> int:
    """When a day begins in a zone, in epoch seconds; the last year of the calendar means for ever."""
    if day.year == date.max.year:
        return EVER
    return int(datetime(day.year, day.month, day.day, tzinfo=zone_info(zone or "UTC")).timestamp())


def midnight_after(day: date, zone: str) -> int:
    """When a day has ended in a zone, in epoch seconds."""
    return EVER if day.year == date.max.year else midnight(day + timedelta(days=1), zone)


def local_day(at: int, zone: str) -> date:
    """The day on which a moment in epoch seconds lies in a zone."""
    return datetime.fromtimestamp(at, zone_info(zone or "UTC")).date()

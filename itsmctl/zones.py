"""Time zones by the tzdata package alone, never the machine's own files."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from itsmctl.errors import ItsmctlError, Problem, did_you_mean


@cache
def zone_names() -> tuple[str, ...]:
    """Every IANA zone name that is understood, sorted."""
    return tuple(sorted(resources.files("tzdata").joinpath("zones").read_text("utf-8").split()))


@cache
def zone_info(name: str) -> ZoneInfo:
    """The rules of an IANA zone; raises ItsmctlError with the nearest name, also where only a city is given."""
    if name not in zone_names():
        template = "{zone!r} is not an IANA time zone such as Europe/Berlin"
        raise ItsmctlError(Problem("unknown-zone", template, values={"zone": name}, suggestion=nearest_zone(name)))
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as stream:
        return ZoneInfo.from_file(stream, key=name)


def nearest_zone(name: str) -> str:
    """The zone whose name, or whose city, is nearest; '' where none is near."""
    cities = {zone.rsplit("/", 1)[-1]: zone for zone in reversed(zone_names())}
    city = did_you_mean(name.strip().replace(" ", "_"), cities)
    return did_you_mean(name, zone_names()) or (cities[city] if city else "")


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

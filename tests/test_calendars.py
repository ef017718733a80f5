"""The reference calendars say what was published, and nothing beyond it."""

from __future__ import annotations

from datetime import date
from functools import cache

import published_holidays
import pytest

from itsmctl.definitions import load
from itsmctl.errors import Where
from itsmctl.model import Calendar, Definitions
from itsmctl.reference import reference_root
from itsmctl.worktime import parse_slot


@cache
def reference() -> Definitions:
    return load(reference_root())


@pytest.mark.parametrize("id_", sorted(published_holidays.PUBLISHED))
def test_special_days_are_those_that_were_published(id_: str) -> None:
    for package in ("chinese_calendar", "holidays"):
        pytest.importorskip(
            package, reason=f"the package {package}, which collects what was published, is not installed"
        )
    calendar = reference().calendars[id_]
    assert calendar.known_until is not None
    wanted = [
        (
            entry.day,
            entry.en,
            entry.zh,
            [(s.start, s.end) for text in _windows(entry.hours) for s in parse_slot(text, Where(""))[0]],
        )
        for entry in published_holidays.published(id_, calendar.known_until)
    ]
    found = [
        (d.day, d.title.en, d.title.zh, [(s.start, s.end) for s in d.slots])
        for _, d in sorted(calendar.special.items())
    ]
    assert found == wanted


def _windows(hours: str) -> list[str]:
    return [window.strip().strip('"') for window in hours.split(",") if window]


@pytest.mark.parametrize("id_", sorted(reference().calendars))
def test_a_calendar_with_special_days_says_until_when_and_by_whom(id_: str) -> None:
    calendar = reference().calendars[id_]
    if calendar.special:
        assert calendar.known_until is not None and calendar.known_until >= max(calendar.special)
        assert calendar.source.en and calendar.source.zh
        assert calendar.known_until.month == 12 and calendar.known_until.day == 31
    else:
        assert calendar.known_until is None, "where every day follows from the week, all of them are known"


def test_nothing_is_claimed_of_china_beyond_the_last_notice() -> None:
    chinese = {id_ for id_, c in reference().calendars.items() if c.zone == "Asia/Shanghai"}
    assert {reference().calendars[id_].known_until for id_ in chinese} == {date(2026, 12, 31)}


def _open_minutes(calendar: Calendar, day: date) -> int:
    slots = calendar.special[day].slots if day in calendar.special else calendar.week[day.weekday()]
    return sum(slot.end - slot.start for slot in slots)


@pytest.mark.parametrize(
    ("id_", "day", "minutes"),
    [
        ("supplier-hengtong", date(2026, 2, 14), 690),  # a Saturday on which China works
        ("cn-office", date(2026, 2, 14), 450),
        ("warehouse-shanghai", date(2026, 2, 17), 0),  # first day of the lunar year
        ("warehouse-shanghai", date(2026, 2, 19), 960),  # offices are closed, ships are not
        ("supplier-jiechi", date(2026, 2, 22), 960),  # a Sunday
        ("warehouse-rotterdam", date(2026, 4, 27), 0),  # King's Day
        ("warehouse-rotterdam", date(2026, 5, 1), 960),  # no holiday in the Netherlands
        ("eu-office", date(2026, 5, 1), 0),
        ("eu-office", date(2027, 12, 24), 240),
        ("supplier-rheinwerk", date(2026, 12, 25), 960),
    ],
)
def test_hours_of_a_day(id_: str, day: date, minutes: int) -> None:
    assert _open_minutes(reference().calendars[id_], day) == minutes

"""Clocks with switches in SQL, one by one, and played forward: every case to the second, in zones and years that differ."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from brute_force import OpenMinutes, open_minutes, walk
from brute_force_lived import Answer, Case, answer, as_reason
from dataset import write_dataset
from lived_cases import DAY, HISTORY, Life, definitions, lives, rows_of
from test_clock_brute_force import calendars

from itsmctl.engine.clocks import create_clocks
from itsmctl.engine.lived import Plan, governing_offer, terms_of
from itsmctl.engine.session import Session
from itsmctl.engine.tables import Loading, load_tables
from itsmctl.model import TIME_COLUMNS, ClockPolicy, Definitions
from itsmctl.worktime import Change, RecordClock, lived_clock

RECORDS = 20_000
"""Each has two clocks."""
AUDITS = 2
WINDOWS = {
    "Europe/London": (1971, 9),  # back from a year-round summer time
    "Asia/Shanghai": (1986, 4),  # summer time for the first time
    "Asia/Kathmandu": (1985, 11),  # from five and a half hours to five and three quarters
    "America/Caracas": (2007, 11),  # back by half an hour
    "Pacific/Apia": (2011, 11),  # a day that never was
    "Asia/Pyongyang": (2018, 4),  # forward by half an hour
    "Asia/Tehran": (2022, 8),  # summer time for the last time
    "Europe/Berlin": (2026, 3),
    "America/New_York": (2006, 10),  # the last autumn under the older rule
    "Africa/Cairo": (2051, 4),  # on the last Friday of April
    "America/St_Johns": (2038, 3),  # half-hour offset, after the end of 32 bits
    "Australia/Lord_Howe": (2064, 4),  # southern, changes by half an hour
    "America/Santiago": (2081, 9),  # southern, changes at midnight
    "Australia/Adelaide": (2099, 10),  # half-hour offset, southern
}
"""Year and month around which records live; each has a change of the clocks within two months."""
LOST_DAY = int(datetime(2011, 12, 30, 10, tzinfo=UTC).timestamp())
"""When Apia went from the 29th to the 31st: no clock on the wall showed it."""


@pytest.mark.parametrize("zone", WINDOWS)
def test_three_ways_to_count_a_life_agree(zone: str, tmp_path: Path) -> None:
    year, month = WINDOWS[zone]
    begin = date(year, month, 1)
    last = date.fromordinal(begin.toordinal() + 130)
    begin = date.fromordinal(begin.toordinal() - 20)
    walls = {other: walk(other, begin, last) for other in {zone, "Asia/Kathmandu", "America/New_York"}}
    wall = walls[zone]
    turn = wall.changes[0] if wall.changes else LOST_DAY
    six = [replace(calendar, id=f"c{i}") for i, calendar in enumerate(calendars(wall))]
    by_id = {calendar.id: calendar for calendar in six}

    @cache
    def minutes(calendar: str, other: str) -> OpenMinutes:
        there = other or zone
        return open_minutes(replace(by_id[calendar], zone=there), walls[there])

    rng = random.Random(f"lived {zone}")
    seen: Counter[str] = Counter()
    for number in range(AUDITS):
        as_of = rng.randint(turn + 60, turn + 20 * DAY) if number else turn + 1800
        middle = datetime.fromtimestamp(as_of - 6 * DAY, ZoneInfo(zone)).date()
        signed = definitions(rng, six, middle)
        listed = list(lives(-(-RECORDS // len(WINDOWS) // AUDITS), wall, as_of, rng))
        precision = 60 if number else 1
        told, months = _ask_sql(tmp_path / str(number), listed, signed, as_of, zone, precision)
        plan = Plan(signed, HISTORY, as_of, precision)
        for life in listed:
            for name in ("resolution", "response"):
                case = Case(signed, minutes, life, name, as_of, precision, plan.tracked)
                sql = told[str(life.row["record_id"]), name]
                one, clock = _ask_ledger(plan, life, name)
                if clock and clock.cycles and clock.reason != "stop-before-start":
                    wanted = _month(_policy(case), clock, as_of, zone)
                    assert months[str(life.row["record_id"]), name] == wanted, (life, name, clock)
                assert sql == one, (life, name, case.governing)
                assert answer(case) == one, (life, name, case.governing)
                seen[one.verdict] += 1
    assert set(seen) >= {
        "met",
        "breached",
        "running_ok",
        "running_breached",
        "paused_ok",
        "cancelled",
        "not-started",
        "no-target",
        "no-history",
    }, seen


def _ask_sql(
    folder: Path, listed: list[Life], signed: Definitions, as_of: int, zone: str, precision: int
) -> tuple[dict[tuple[str, str], Answer], dict[tuple[str, str], str | None]]:
    records, events = rows_of(listed)
    write_dataset(folder, records, events, zone=zone, history=sorted(HISTORY))
    with Session(threads=1) as session:
        load_tables(session, Loading(folder, {}, zone, as_of, None, None, ()))
        create_clocks(session, signed, as_of, frozenset(TIME_COLUMNS), HISTORY, precision)
        rows = session.rows(
            "SELECT r.record_id, c.clock, c.verdict, c.reason, c.month, c.counted, c.target, c.stop FROM clock AS c JOIN record AS r ON r.tix = c.tix"
        )
    told = {
        (str(record), str(name)): _told(as_reason(str(verdict), str(reason or "")), *numbers)
        for record, name, verdict, reason, _, *numbers in rows
    }
    return told, {(str(record), str(name)): month and str(month) for record, name, _, _, month, *_ in rows}


_WITHOUT_NUMBERS = ("not-started", "no-agreement", "no-zone", "after-as-of")


def _told(verdict: str, counted: object, target: object, stop: object) -> Answer:
    """What can be compared: where nothing is measured, there is nothing to say about it."""
    if verdict in _WITHOUT_NUMBERS or verdict.startswith("missing:"):
        return Answer(verdict)
    numbers = [value if isinstance(value, int) else None for value in (counted, target, stop)]
    if verdict == "cancelled" and counted is None:
        return Answer(verdict)
    if verdict == "stop-before-start":
        return Answer(verdict, stop=numbers[2])
    return Answer(verdict, *numbers)


def _ask_ledger(plan: Plan, life: Life, name: str) -> tuple[Answer, RecordClock | None]:
    offer = governing_offer(plan, name, life.row)
    if offer is None:
        return Answer("no-agreement"), None
    terms = terms_of(plan, offer, life.row)
    if terms is None:
        return Answer("no-zone"), None
    clock = lived_clock(terms, life.row, [Change(*change) for change in life.changes], plan.as_of)
    word = as_reason(clock.verdict, clock.reason)
    if not clock.cycles:
        return Answer(word), clock
    for cycle in clock.cycles:
        assert [piece.start for piece in cycle.ledger[1:]] == [piece.end for piece in cycle.ledger[:-1]]
        assert cycle.counted + cycle.paused + cycle.closed == max(cycle.stop - cycle.start, 0)
        assert sum(piece.seconds for piece in cycle.ledger) == max(cycle.stop - cycle.start, 0)
    decisive = clock.cycles[clock.decisive]
    target = None if decisive.target < 0 else decisive.target
    return _told(word, decisive.counted, target, None if decisive.running else decisive.stop), clock


def _month(policy: ClockPolicy, clock: RecordClock, as_of: int, zone: str) -> str | None:
    """The month in which a record counts, on the wall of the audit's zone."""
    cycle = clock.cycles[clock.decisive]
    moments = {"opened": cycle.start, "resolved": cycle.stop, "deadline": cycle.deadline}
    moment = moments[policy.period_of_ticket]
    if moment is None or moment > as_of + 399 * DAY:
        return None
    day = datetime.fromtimestamp(moment, ZoneInfo(zone)).date()
    if policy.open_at_cutoff == "carry" and cycle.running:
        day = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return f"{day:%Y-%m}"


def _policy(case: Case) -> ClockPolicy:
    governing = case.governing
    return governing.clocks[case.name].policy if governing else ClockPolicy()

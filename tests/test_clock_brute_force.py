"""The calendar arithmetic against a counter that walks minutes: 100,000 cases in zones that change their clocks."""

from __future__ import annotations

import random
from datetime import date

import pytest
from brute_force import (
    OpenMinutes,
    WallClock,
    build_calendar,
    counted,
    deadline,
    open_between,
    open_minutes,
    record_answer,
    walk,
)

from itsmctl.model import Calendar, ClockDefinition, Text
from itsmctl.result import Cycle
from itsmctl.worktime import day_rows, day_table, measure, open_intervals, open_seconds, record_clock

DAY = 86_400
CASES = 100_000
ZONES = {
    "Europe/Berlin": (date(2026, 3, 1), date(2026, 12, 1)),
    "Europe/Dublin": (date(2026, 3, 1), date(2026, 12, 1)),
    "America/New_York": (date(2026, 2, 15), date(2026, 12, 1)),
    "America/St_Johns": (date(2010, 2, 15), date(2010, 12, 1)),  # half-hour offset, changed at 00:01
    "America/Santiago": (date(2026, 3, 1), date(2026, 11, 1)),  # southern, changes at midnight
    "America/Havana": (date(2026, 2, 15), date(2026, 12, 1)),  # midnight occurs twice
    "Africa/Casablanca": (date(2026, 1, 15), date(2026, 8, 1)),  # back for Ramadan, a month apart
    "Antarctica/Troll": (date(2026, 3, 1), date(2026, 12, 1)),  # two hours at once
    "Asia/Tehran": (date(2021, 3, 1), date(2021, 12, 1)),  # half-hour offset, midnight skipped
    "Australia/Adelaide": (date(2026, 3, 1), date(2026, 12, 1)),  # half-hour offset, southern
    "Australia/Lord_Howe": (date(2026, 3, 1), date(2026, 12, 1)),  # changes by half an hour
    "Pacific/Apia": (date(2011, 3, 1), date(2012, 3, 1)),  # 30 December 2011 never was
}
OFFICE = ((540, 720), (810, 1080))
NIGHT = ((0, 360), (1320, 1440))
EDGES = ((0, 20), (90, 150), (165, 195), (1425, 1440))  # begins and ends within the skipped and the repeated hour


def calendars(wall: WallClock) -> list[Calendar]:
    """Six shapes of service hours, one of them with special days on and around the days of change."""
    zone = wall.zone
    special: dict[str, tuple[str, tuple[tuple[int, int], ...]]] = {}
    for change in wall.changes:
        ordinal = wall.days[(change - wall.first) // 60]
        special[date.fromordinal(ordinal - 1).isoformat()] = ("Half day", ((540, 721),))
        special[date.fromordinal(ordinal).isoformat()] = ("Make-up day", ((60, 155), (600, 900)))
        special[date.fromordinal(ordinal + 1).isoformat()] = ("Holiday", ())
    return [
        build_calendar(zone, [OFFICE] * 5 + [(), ()], special),
        build_calendar(zone, [NIGHT] * 7),
        build_calendar(zone, [EDGES] * 7),
        build_calendar(zone, [((0, 1440),)] * 7),
        build_calendar(zone, [(), ((0, 1439),), (), ((421, 1003), (1003, 1100)), (), ((1, 1440),), ((0, 77),)]),
        build_calendar(zone, [((540, 1020), (600, 1100))] * 7, special),
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_cases_agree(zone: str) -> None:
    wall = walk(zone, *ZONES[zone])
    assert wall.changes, "the days walked must contain a change of the clocks"
    rng = random.Random(f"cases {zone}")
    share = -(-CASES // len(ZONES) // 6)
    for calendar in calendars(wall):
        minutes = open_minutes(calendar, wall)
        _check_table(calendar, minutes)
        for _ in range(share):
            _check_case(calendar, minutes, wall, rng)


def _check_table(calendar: Calendar, minutes: OpenMinutes) -> None:
    """The day table, by the formula that SQL uses, and the intervals, against every edge of an open minute run."""
    first_day, last_day = minutes.first // DAY, minutes.last // DAY - 1
    table = day_table(calendar, first_day, last_day)
    rows = {row[0] - 700_000: row[1:] for row in day_rows(table, 7, table.segments + 1)}

    def before(at: int) -> int:
        cum, *edges = rows[at // DAY]
        pairs = zip(edges[::2], edges[1::2], strict=True)
        return cum + sum(min(max(at % DAY - low, 0), high - low) for low, high in pairs)

    flags = minutes.open
    edges = [i for i in range(1, len(flags)) if flags[i] != flags[i - 1]]
    runs = open_intervals(calendar, minutes.first, minutes.last)
    inner = [(edge - minutes.first) // 60 for run in runs for edge in run if minutes.first < edge < minutes.last]
    assert inner == edges
    for index in edges:
        for at in (minutes.first + index * 60 - 1, minutes.first + index * 60, minutes.first + index * 60 + 29):
            assert before(at) == open_between(minutes, minutes.first, at), at


def _moment(wall: WallClock, rng: random.Random) -> int:
    if rng.random() < 0.5:
        near = rng.choice(wall.changes) + rng.randint(-2 * DAY, 2 * DAY)
        near = rng.choice((near, rng.choice(wall.changes) + rng.choice((-3600, -1800, -1, 0, 1, 1800, 3600))))
        return min(max(near, wall.first + 5 * DAY), wall.last - 50 * DAY)
    return rng.randrange(wall.first + 5 * DAY, wall.last - 50 * DAY)


def _check_case(calendar: Calendar, minutes: OpenMinutes, wall: WallClock, rng: random.Random) -> None:
    start = _moment(wall, rng)
    length = rng.choice((0, 1, rng.randint(0, 7200), rng.randint(0, DAY), rng.randint(0, 4 * DAY), 3600, 14 * DAY))
    stop = start + length
    pauses = []
    for _ in range(rng.choice((0, 0, 1, 2, 4))):
        begin = rng.randint(start - 7200, stop + 3600)
        pauses.append((begin, begin + rng.choice((-60, 0, 1, 900, rng.randint(0, max(length, 1)), DAY)), "user"))
    bare = [(begin, end) for begin, end, _ in pauses if begin < end]
    wanted = counted(minutes, start, stop, bare)
    target = max(rng.choice((0, wanted, wanted - 1, wanted + 1, rng.randint(0, 40 * 3600))), 0)
    running, paused_now = rng.random() < 0.3, rng.random() < 0.3
    cycle = measure(calendar, start, stop, pauses, target, running=running, paused_now=paused_now)
    case = (calendar, start, stop, pauses, target)
    _check_sums(cycle, minutes, bare, wanted, case)
    due = deadline(minutes, start, target, bare)
    assert cycle.deadline == due if due is not None else (cycle.deadline or minutes.last) >= minutes.last, case
    late, early = ("running_breached", "paused_ok" if paused_now else "running_ok") if running else ("breached", "met")
    assert cycle.verdict == (late if wanted > target else early), case


def _check_sums(
    cycle: Cycle, minutes: OpenMinutes, pauses: list[tuple[int, int]], wanted: int, case: tuple[object, ...]
) -> None:
    opened = open_between(minutes, cycle.start, cycle.stop)
    length = cycle.stop - cycle.start
    assert (cycle.counted, cycle.paused, cycle.closed) == (wanted, opened - wanted, length - opened), case
    at = cycle.start
    sums = {"counted": 0, "paused": 0, "closed": 0}
    for piece in cycle.ledger:
        assert piece.start == at < piece.end, case
        at = piece.end
        sums[piece.kind] += piece.seconds
        assert open_between(minutes, piece.start, piece.end) == (0 if piece.kind == "closed" else piece.seconds), case
        if piece.kind == "counted":
            assert not any(begin < piece.end and piece.start < end for begin, end in pauses), case
    assert at == cycle.stop, case
    assert sums == {"counted": cycle.counted, "paused": cycle.paused, "closed": cycle.closed}, case


ROLES = {
    "awaiting-user": "pause",
    "awaiting-supplier": "pause",
    "resolved": "stop",
    "closed": "stop",
    "cancelled": "cancel",
}
STATES = ("new", "in-progress", *ROLES, "awaiting-user", "in-progress")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe"])
@pytest.mark.parametrize("reopens", [True, False])
def test_record_clocks_agree(zone: str, reopens: bool) -> None:
    wall = walk(zone, date(2026, 2, 1), date(2026, 6, 15))
    calendar = calendars(wall)[0]
    minutes = open_minutes(calendar, wall)
    rng = random.Random(f"records {zone} {reopens}")
    clock = ClockDefinition("resolution", Text(), "opened_at", "resolved_at", ROLES, reopens, ())
    seen = set()
    for _ in range(4000):
        start = _moment(wall, rng)
        steps = [rng.choice((0, 0, 60, 7200, -1800, rng.randint(0, DAY))) for _ in range(rng.randint(1, 9))]
        moments = [(start + sum(steps[:n]) + 1800 * (n > 0), rng.choice(STATES)) for n in range(len(steps))]
        moments[0] = (start, "new")
        as_of = max(start, moments[-1][0] + rng.choice((0, 60, DAY, -3600)))
        target = rng.choice((0, 4 * 3600, 8 * 3600))
        answer = record_answer(minutes, ROLES, reopens, moments, start, as_of)
        got = record_clock(clock, calendar, target, {"opened_at": start}, moments, as_of)
        case = (start, moments, as_of)
        if answer.stop < start:
            assert got.reason == "stop-before-start", case
            continue
        (cycle,) = got.cycles
        assert (cycle.counted, cycle.stop, cycle.running) == (answer.counted, answer.stop, answer.running), case
        assert cycle.counted == open_seconds(calendar, start, cycle.stop) - sum(
            open_seconds(calendar, begin, end) for begin, end, _ in got.pauses
        ), case
        late, early = "breached", "met"
        if answer.running:
            late, early = "running_breached", "paused_ok" if answer.paused_now else "running_ok"
        expected = "cancelled" if answer.cancelled else late if answer.counted > target else early
        assert got.verdict == cycle.verdict == expected, case
        seen.add(expected)
    assert seen >= {"met", "breached", "cancelled"}
    assert not reopens or seen >= {"running_ok", "running_breached", "paused_ok"}

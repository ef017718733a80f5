"""The vectors V01 to V30 of the clock semantics, by name."""

from __future__ import annotations

import gettext
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from brute_force import build_calendar
from click.testing import CliRunner, Result
from clock_ways import agreement, judged, promise
from clock_ways import clock as ticket_clock

from itsmctl import language
from itsmctl.cli import clock as clock_command
from itsmctl.cli import group
from itsmctl.errors import ItsmctlError
from itsmctl.model import (
    ClockDefinition,
    ClockPolicy,
    Definitions,
    Text,
)
from itsmctl.worktime import (
    NO_TARGET,
    RecordClock,
    measure,
    moment_text,
    parse_duration,
    record_clock,
)

BERLIN, SHANGHAI, NEW_YORK = "Europe/Berlin", "Asia/Shanghai", "America/New_York"
WEEKEND = [(), ()]
EASTER = {"2026-04-03": ("Good Friday", ()), "2026-04-06": ("Easter Monday", ())}
CHRISTMAS = {"2026-12-24": ("Christmas Eve", ((540, 720),)), "2026-12-25": ("Christmas Day", ())}
GOLDEN_WEEK = {f"2026-10-0{day}": ("National Day", ()) for day in range(1, 8)}
MAKE_UP = {"2026-10-10": ("Make-up working day", ((540, 1080),))}

CALENDARS = {
    "K1": build_calendar(BERLIN, [((540, 1020),)] * 5 + WEEKEND, id="K1"),
    "easter": build_calendar(BERLIN, [((540, 1020),)] * 5 + WEEKEND, EASTER),
    "christmas": build_calendar(BERLIN, [((540, 1020),)] * 5 + WEEKEND, CHRISTMAS),
    "shanghai": build_calendar(SHANGHAI, [((540, 1080),)] * 5 + WEEKEND, {**GOLDEN_WEEK, **MAKE_UP}),
    "lunch": build_calendar(SHANGHAI, [((540, 720), (810, 1080))] * 5 + WEEKEND),
    "always": build_calendar(BERLIN, [((0, 1440),)] * 7),
    "nightly": build_calendar(BERLIN, [((0, 360), (1320, 1440))] * 7),
    "new-york": build_calendar(NEW_YORK, [((540, 1020),)] * 5 + WEEKEND),
    "eight-to-five": build_calendar(BERLIN, [((480, 1020),)] * 5 + WEEKEND, day_minutes=540),
}


@dataclass(frozen=True)
class Vector:
    """Minutes counted from start to stop, and where given the deadline and verdict for a target in minutes."""

    name: str
    calendar: str
    start: str
    stop: str
    counted: int
    target: int | None = None
    deadline: str = ""
    verdict: str = ""
    pauses: tuple[tuple[str, str], ...] = ()
    running: bool = False
    paused_now: bool = False


VECTORS = (
    Vector("V01", "K1", "2026-03-03T10:00", "2026-03-03T14:00", 240),
    Vector("V02", "K1", "2026-03-06T16:00", "2026-03-09T10:00", 120, 240, "2026-03-09T12:00", "met"),
    Vector("V03", "K1", "2026-03-07T12:00", "2026-03-09T09:30", 30, 60, "2026-03-09T10:00", "met"),
    Vector("V04", "K1", "2026-03-06T13:00", "2026-03-06T15:00", 120, 240, "2026-03-06T17:00", "met"),
    Vector("V05", "easter", "2026-04-02T15:00", "2026-04-07T11:00", 240, 480, "2026-04-07T15:00", "met"),
    Vector("V06", "christmas", "2026-12-24T10:00", "2026-12-28T10:00", 180),
    Vector("V07", "shanghai", "2026-09-30T17:00", "2026-10-12T10:00", 1740),
    Vector("V08", "lunch", "2026-03-03T11:00", "2026-03-03T14:00", 90),
    Vector("V09", "always", "2026-03-29T01:00", "2026-03-29T04:00", 120),
    Vector("V10", "always", "2026-10-25T01:00", "2026-10-25T04:00", 240),
    Vector("V11 spring", "nightly", "2026-03-28T22:00", "2026-03-29T06:00", 420),
    Vector("V11 autumn", "nightly", "2026-10-24T22:00", "2026-10-25T06:00", 540),
    Vector("V12", "K1", "2026-03-27T16:00", "2026-03-30T10:00", 120),
    Vector("V13", "always", "2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", 60),
    Vector("V14", "always", "2026-03-03T23:00", "2026-03-04T01:00", 120),
    Vector("V15", "K1", "2026-03-03T10:00", "2026-03-03T15:00", 180, pauses=(("2026-03-03T11:00", "2026-03-03T13:00"),)),
    Vector("V16", "K1", "2026-03-03T10:00", "2026-03-04T12:00", 480, 480, "2026-03-04T12:00", "met",
           (("2026-03-03T16:00", "2026-03-04T10:00"),)),
    Vector("V17", "K1", "2026-03-03T10:00", "2026-03-03T15:00", 120,
           pauses=(("2026-03-03T11:00", "2026-03-03T13:00"), ("2026-03-03T12:00", "2026-03-03T14:00"))),
    Vector("V18", "K1", "2026-03-06T16:00", "2026-03-09T10:00", 120, pauses=(("2026-03-06T18:00", "2026-03-09T08:00"),)),
    Vector("V19", "K1", "2026-03-03T10:00", "2026-03-31T17:00", 120, 121, "2026-04-01T09:01", "paused_ok",
           (("2026-03-03T12:00", "2026-03-31T17:00"),), True, True),
    Vector("V20", "K1", "2026-03-31T15:30", "2026-03-31T23:59", 90, 90, "2026-03-31T17:00", "running_ok", (), True),
    Vector("V24 9-5", "K1", "2026-03-03T14:00", "2026-03-04T09:00", 180),
    Vector("V24 8-5", "eight-to-five", "2026-03-06T21:00", "2026-03-09T09:30", 90),
    Vector("V26 Berlin", "K1", "2026-03-03T16:00+01:00", "2026-03-04T10:00+01:00", 120),
    Vector("V26 New York", "new-york", "2026-03-03T16:00+01:00", "2026-03-04T10:00+01:00", 420),
    Vector("V28", "K1", "2026-03-03T10:00", "2026-03-03T10:00", 0, 240, "2026-03-03T14:00", "met"),
    Vector("V29", "K1", "2026-03-03T10:00", "2026-03-03T09:00", 0, 240, "", "not_testable"),
    Vector("V30 Friday 17:00", "K1", "2026-03-06T13:00", "2026-03-06T17:00", 240, 240, "2026-03-06T17:00", "met"),
    Vector("V30 Monday 08:59", "K1", "2026-03-06T13:00", "2026-03-09T08:59", 240, 240, "2026-03-06T17:00", "met"),
    Vector("V30 Monday 09:01", "K1", "2026-03-06T13:00", "2026-03-09T09:01", 241, 240, "2026-03-06T17:00", "breached"),
)  # fmt: skip


def at(text: str, zone: str = BERLIN) -> int:
    """Epoch seconds of a time as written, local in the zone where it has no offset."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_vector(vector: Vector) -> None:
    calendar = CALENDARS[vector.calendar]
    zone = calendar.zone
    start, stop = at(vector.start, zone), at(vector.stop, zone)
    pauses = [(at(begin, zone), at(end, zone), "awaiting-user") for begin, end in vector.pauses]
    target = None if vector.target is None else vector.target * 60
    cycle = measure(calendar, start, stop, pauses, target, running=vector.running, paused_now=vector.paused_now)
    assert cycle.counted == vector.counted * 60
    assert cycle.counted + cycle.paused + cycle.closed == max(stop - start, 0)
    assert cycle.verdict == (vector.verdict or "not_testable")
    assert cycle.deadline == (at(vector.deadline, zone) if vector.deadline else None)
    assert cycle.target == (NO_TARGET if target is None else target)


RESOLUTION = ClockDefinition(
    "resolution",
    Text("Resolution"),
    "opened_at",
    "resolved_at",
    {"awaiting-user": "pause", "resolved": "stop", "closed": "stop"},
    reopens=True,
    targets=(),
)


def three_ways(
    tmp_path: Path, policy: ClockPolicy, changes: Sequence[tuple[str, str, str, str]], hours: Mapping[str, float]
) -> RecordClock:
    """Live a P3 of 3 March 2026, 09:00, by K1 in SQL and in the ledger, which must agree; `hours` are the targets by priority."""
    targets = [promise(n, priority=priority) for priority, n in hours.items()]
    return judged(tmp_path, [agreement(ticket_clock(*targets, policy=policy))], changes)["resolution"]


V21 = (("2026-03-03T12:00", "priority", "P3", "P1"), ("2026-03-03T13:30", "state", "in-progress", "resolved"))
V22 = (
    ("2026-03-03T09:30", "state", "in-progress", "awaiting-user"),
    ("2026-03-03T11:30", "state", "awaiting-user", "in-progress"),
    ("2026-03-03T12:00", "priority", "P3", "P1"),
    ("2026-03-03T14:30", "state", "in-progress", "resolved"),
)
V23 = (
    ("2026-03-03T12:00", "state", "in-progress", "resolved"),
    ("2026-03-04T10:00", "state", "resolved", "in-progress"),
    ("2026-03-04T11:30", "state", "in-progress", "resolved"),
)
P1_IN_4H = {"P1": 4, "P3": 40}


def spent(clock: RecordClock) -> list[int]:
    """Minutes counted in each round."""
    return [cycle.counted // 60 for cycle in clock.cycles]


def test_v21_priority_change_continues_from_opening(tmp_path: Path) -> None:
    clock = three_ways(tmp_path, ClockPolicy(), V21, P1_IN_4H)
    assert (spent(clock), clock.verdict) == ([270], "breached")


def test_v21_priority_change_restarts(tmp_path: Path) -> None:
    clock = three_ways(tmp_path, ClockPolicy(on_priority_change="restart"), V21, P1_IN_4H)
    assert (spent(clock), clock.verdict) == ([180, 90], "met")
    assert [cycle.target for cycle in clock.cycles] == [40 * 3600, 4 * 3600]


def test_v21_the_first_target_is_kept(tmp_path: Path) -> None:
    clock = three_ways(tmp_path, ClockPolicy(on_priority_change="keep-first"), V21, P1_IN_4H)
    assert (spent(clock), clock.verdict, clock.cycles[0].target) == ([270], "met", 40 * 3600)


def test_v21_the_strictest_target_counts(tmp_path: Path) -> None:
    lowered = (("2026-03-03T12:00", "priority", "P1", "P3"), V21[1])
    clock = three_ways(tmp_path, ClockPolicy(on_priority_change="strictest"), lowered, P1_IN_4H)
    assert (spent(clock), clock.verdict, clock.cycles[0].target) == ([270], "breached", 4 * 3600)


def test_v22_pauses_before_the_priority_change_are_kept(tmp_path: Path) -> None:
    clock = three_ways(tmp_path, ClockPolicy(), V22, P1_IN_4H)
    assert (spent(clock), clock.verdict) == ([210], "met")


def test_v22_pauses_before_the_priority_change_are_lost(tmp_path: Path) -> None:
    policy = ClockPolicy(on_priority_change="continue-without-earlier-pauses")
    clock = three_ways(tmp_path, policy, V22, P1_IN_4H)
    assert (spent(clock), clock.verdict) == ([330], "breached")


def test_v23_reopening_includes_the_time_resolved(tmp_path: Path) -> None:
    clock = three_ways(tmp_path, ClockPolicy(on_reopen="resume-including-resolved"), V23, P1_IN_4H)
    assert (spent(clock), clock.verdict) == ([630], "met")


def test_v23_reopening_begins_a_new_cycle(tmp_path: Path) -> None:
    clock = three_ways(tmp_path, ClockPolicy(on_reopen="new-cycle"), V23, P1_IN_4H)
    assert (spent(clock), clock.verdict) == ([180, 90], "met")
    assert [cycle.verdict for cycle in clock.cycles] == ["met", "met"]


@pytest.mark.parametrize(
    ("stop", "counted", "late"), [("06T17:00", 240, False), ("09T08:59", 240, True), ("09T09:01", 241, True)]
)
def test_v30_by_deadline(stop: str, counted: int, late: bool, tmp_path: Path) -> None:
    """Four hours from Friday 13:00 end at 17:00: before Monday's opening nothing more has counted, and yet it is late."""
    changes = (("2026-03-06T13:00", "priority", "P3", "P1"), (f"2026-03-{stop}", "state", "in-progress", "resolved"))
    policy = ClockPolicy(on_priority_change="restart", verdict_by="deadline")
    clock = three_ways(tmp_path, policy, changes, P1_IN_4H)
    assert (spent(clock)[-1], clock.cycles[-1].deadline) == (counted, at("2026-03-06T17:00"))
    assert clock.verdict == ("breached" if late else "met")


def test_v23_reopening_excludes_the_time_resolved() -> None:
    moments = [
        (at("2026-03-03T09:00"), "in-progress"),
        (at("2026-03-03T12:00"), "resolved"),
        (at("2026-03-04T10:00"), "in-progress"),
        (at("2026-03-04T11:30"), "resolved"),
        (at("2026-03-09T11:30"), "closed"),
    ]
    clock = record_clock(
        RESOLUTION, CALENDARS["K1"], 270 * 60, {"opened_at": moments[0][0]}, moments, at("2026-03-31T00:00")
    )
    (cycle,) = clock.cycles
    assert (cycle.counted, cycle.paused, clock.verdict) == (270 * 60, 360 * 60, "met")
    assert clock.pauses == ((at("2026-03-03T12:00"), at("2026-03-04T10:00"), "resolved"),)
    assert [(piece.kind, piece.reason, piece.seconds // 60) for piece in cycle.ledger] == [
        ("counted", "", 180),
        ("paused", "resolved", 300),
        ("closed", "closed", 960),
        ("paused", "resolved", 60),
        ("counted", "", 90),
    ]


@pytest.mark.parametrize(("target", "deadline"), [("24h", "2026-03-05T17:00"), ("1bd", "2026-03-03T17:00")])
def test_v25_a_day_is_24_counted_hours_or_one_business_day(target: str, deadline: str) -> None:
    start = at("2026-03-03T09:00")
    seconds = parse_duration(target).seconds_in(CALENDARS["K1"].day_minutes)
    assert measure(CALENDARS["K1"], start, start, [], seconds).deadline == at(deadline)


def test_v25_one_day_is_refused() -> None:
    with pytest.raises(ItsmctlError) as caught:
        parse_duration("1d")
    (problem,) = caught.value.problems
    assert problem.code == "ambiguous-days"
    assert "24h" in problem.message and "1bd" in problem.message


@pytest.mark.parametrize(("day", "seen"), [("2026-03-03", "09:00"), ("2026-03-10", "10:00")])
def test_v27_new_york_changes_before_berlin(day: str, seen: str) -> None:
    assert moment_text(at(f"{day}T15:00"), NEW_YORK)[11:16] == seen


def test_every_vector_is_tested() -> None:
    functions = (re.match(r"test_(v\d\d)_", name) for name in globals())
    names = {vector.name[:3] for vector in VECTORS} | {match[1].upper() for match in functions if match}
    assert names == {f"V{number:02}" for number in range(1, 31)}


# The same through the command

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call `itsmctl clock` on the calendars above."""
    definitions = Definitions(Path(), False, (), "", calendars=CALENDARS)
    monkeypatch.setattr(clock_command, "load", lambda root: definitions)

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(group, ["clock", *arguments], catch_exceptions=False)

    return call


def command_line(vector: Vector, *more: str) -> list[str]:
    pauses = [part for begin, end in vector.pauses for part in ("--pause", f"{begin}/{end}")]
    target = [] if vector.target is None else ["--target", f"{vector.target}m"]
    return ["--calendar", vector.calendar, "--from", vector.start, "--to", vector.stop, *pauses, *target, *more]


@pytest.mark.parametrize("vector", [v for v in VECTORS if not v.running], ids=lambda vector: vector.name)
def test_command_agrees(run: Run, vector: Vector) -> None:
    result = run(*command_line(vector, "--format", "json"))
    answer = json.loads(result.stdout)
    zone = CALENDARS[vector.calendar].zone
    assert result.exit_code == 0
    sums = ["counted_seconds", "paused_seconds", "closed_seconds"]
    assert list(answer) == [*sums, "deadline", "verdict", "known_until", "ledger"]
    known = CALENDARS[vector.calendar].known_until
    assert answer["known_until"] == (str(known) if known else None)
    assert answer["counted_seconds"] == vector.counted * 60
    assert answer["verdict"] == (vector.verdict or None)
    assert (answer["deadline"] and at(answer["deadline"])) == (at(vector.deadline, zone) if vector.deadline else None)
    kinds = {"counted": 0, "paused": 0, "closed": 0}
    for piece in answer["ledger"]:
        assert list(piece) == ["from", "to", "kind", "seconds", "reason"]
        assert at(piece["to"]) - at(piece["from"]) == piece["seconds"]
        kinds[piece["kind"]] += piece["seconds"]
    assert kinds == {kind: answer[f"{kind}_seconds"] for kind in kinds}
    assert sum(kinds.values()) == max(at(vector.stop, zone) - at(vector.start, zone), 0)


def test_times_carry_the_offset_of_the_calendar(run: Run) -> None:
    answer = json.loads(
        run("--calendar", "always", "--from", "2026-10-25T01:00", "--to", "2026-10-25T04:00", "--format", "json").stdout
    )
    assert [(piece["from"], piece["to"]) for piece in answer["ledger"]] == [
        ("2026-10-25T01:00:00+02:00", "2026-10-25T04:00:00+01:00")
    ]


def test_text_shows_each_piece_and_the_sum(run: Run) -> None:
    result = run(*command_line(VECTORS[1]))
    assert result.stdout.splitlines() == [
        "K1 · Europe/Berlin",
        "",
        "  from              to                time",
        "  2026-03-06 16:00  2026-03-06 17:00   1 h  counted",
        "  2026-03-06 17:00  2026-03-09 09:00  64 h  outside service hours",
        "  2026-03-09 09:00  2026-03-09 10:00   1 h  counted",
        "  sum                                 66 h",
        "",
        "  counted 2 h · paused 0 min · outside service hours 64 h",
        "  target 4 h · deadline 2026-03-09 12:00 · met",
    ]


def test_text_names_the_holiday_and_fits_80_columns(run: Run) -> None:
    result = run("--calendar", "easter", "--from", "2026-04-02T15:00:07", "--to", "2026-04-07T11:00", "--lang", "en")
    (line,) = [line for line in result.stdout.splitlines() if "Good Friday" in line]
    assert line.split() == ["2026-04-03", "00:00", "2026-04-04", "00:00", "24", "h", "Good", "Friday"]
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    assert "target" not in result.stdout


def test_text_in_chinese_names_the_holiday_and_lines_up(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_catalogue", lambda _: gettext.NullTranslations())
    result = run("--calendar", "easter", "--from", "2026-04-02T15:00", "--to", "2026-04-07T11:00", "--lang", "zh")
    shown = [line.split("h  ") for line in result.stdout.splitlines() if "假日" in line]
    assert [what for _, what in shown] == ["假日", "假日"]
    assert len({len(before) for before, _ in shown}) == 1


def test_text_of_a_stop_before_the_start(run: Run) -> None:
    result = run("--calendar", "K1", "--from", "2026-03-03T10:00", "--to", "2026-03-03T09:00")
    assert result.stdout.splitlines()[1] == "The end comes before the start: nothing can be measured."


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--calendar", "k1", "--from", "2026-03-03", "--to", "2026-03-04"), "unknown-calendar"),
        (("--calendar", "K1", "--from", "3/3/2026", "--to", "2026-03-04"), "bad-time"),
        (("--calendar", "K1", "--from", "2026-03-29T02:30", "--to", "2026-03-30"), "nonexistent-time"),
        (("--calendar", "K1", "--from", "2026-03-03", "--to", "2026-03-04", "--pause", "2026-03-03"), "bad-pause"),
        (
            ("--calendar", "K1", "--from", "2026-03-03", "--to", "2026-03-04", "--pause", "2026-03-04/2026-03-03"),
            "bad-pause",
        ),
        (("--calendar", "K1", "--from", "2026-03-03", "--to", "2026-03-04", "--target", "1d"), "ambiguous-days"),
    ],
)
def test_bad_input_reaches_the_entry_point(run: Run, arguments: tuple[str, ...], code: str) -> None:
    with pytest.raises(ItsmctlError) as caught:
        run(*arguments)
    assert [problem.code for problem in caught.value.problems] == [code]
    if code == "unknown-calendar":
        assert caught.value.problems[0].suggestion == "K1"


def test_a_missing_option_is_a_usage_error(run: Run) -> None:
    assert run("--calendar", "K1").exit_code == 2

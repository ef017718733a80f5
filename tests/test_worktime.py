"""Calendar arithmetic: offsets, open time, measuring, records' clocks, durations, and the laws they obey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from brute_force import build_calendar
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itsmctl.errors import ItsmctlError
from itsmctl.model import Calendar, ClockDefinition, ClockRole, Slot, Text
from itsmctl.worktime import (
    HORIZON,
    NO_TARGET,
    Duration,
    RecordClock,
    day_columns,
    day_rows,
    day_table,
    duration_text,
    known_before,
    measure,
    moment_text,
    offset_spans,
    open_intervals,
    open_seconds,
    parse_duration,
    parse_moment,
    parse_slot,
    record_clock,
)
from itsmctl.zones import zone_info, zone_names

HOUR, DAY, WEEK = 3600, 86_400, 7 * 86_400
BERLIN = "Europe/Berlin"
OFFICE = [((540, 1020),)] * 5 + [(), ()]
K1 = build_calendar(BERLIN, OFFICE)
ALWAYS = build_calendar(BERLIN, [((0, 1440),)] * 7)
NEVER = build_calendar(BERLIN, [()] * 7)


def at(text: str, zone: str = BERLIN) -> int:
    """Epoch seconds of a time as written, local in the zone where it has no offset."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp())


def hours(*pairs: tuple[int, int]) -> Calendar:
    """A calendar in Berlin with the same hours on each day."""
    return build_calendar(BERLIN, [pairs] * 7)


# Zones


def test_offset_spans_break_at_the_second_of_the_change() -> None:
    start, end = at("2026-01-01T00:00Z"), at("2027-01-01T00:00Z")
    spring, autumn = at("2026-03-29T01:00Z"), at("2026-10-25T01:00Z")
    assert offset_spans(BERLIN, start, end) == [(start, spring, 3600), (spring, autumn, 7200), (autumn, end, 3600)]


def test_offset_spans_are_clipped_and_empty_where_nothing_is_asked() -> None:
    spring = at("2026-03-29T01:00Z")
    assert offset_spans(BERLIN, spring - 1, spring + 1) == [(spring - 1, spring, 3600), (spring, spring + 1, 7200)]
    assert offset_spans(BERLIN, spring, spring) == offset_spans(BERLIN, spring, spring - 1) == []


def test_offset_spans_of_decades_are_few_and_without_gaps() -> None:
    spans = offset_spans("Asia/Shanghai", at("1970-01-01T00:00Z"), at("2100-01-01T00:00Z"))
    assert len(spans) == 13, "twelve changes from 1986 to 1991"
    assert all(left[1] == right[0] and left[2] != right[2] for left, right in zip(spans, spans[1:], strict=False))


def test_changes_a_week_apart_are_all_found() -> None:
    spans = offset_spans("America/Recife", at("2000-10-01T00:00Z"), at("2000-11-01T00:00Z"))
    assert [offset // HOUR for _, _, offset in spans] == [-3, -2, -3]
    assert [moment_text(end, "UTC") for _, end, _ in spans[:2]] == [
        "2000-10-08T03:00:00+00:00",
        "2000-10-15T02:00:00+00:00",
    ]


def test_the_first_and_last_year_are_no_trap() -> None:
    assert open_seconds(ALWAYS, at("0001-01-01T00:00Z"), at("0001-01-02T00:00Z")) == DAY
    assert open_seconds(ALWAYS, at("9999-12-30T00:00Z"), at("9999-12-31T00:00Z")) == DAY


def test_an_unknown_zone_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ItsmctlError) as caught:
        zone_info("Europe/Berln")
    assert [(p.code, p.suggestion) for p in caught.value.problems] == [("unknown-zone", "Europe/Berlin")]
    assert {"UTC", "Asia/Shanghai", BERLIN} <= set(zone_names())


@pytest.mark.parametrize(
    ("word", "said", "near"),
    [
        ("Beijing", "IANA", "Asia/Shanghai"),
        ("Asia/Beijing", "IANA", "Asia/Shanghai"),
        ("北京", "IANA", "Asia/Shanghai"),
        ("Munich", "IANA", "Europe/Berlin"),
        ("Peking University", "IANA", ""),
        ("GMT+8", "(Etc/GMT-8 has this offset all year)", ""),
        ("UTC+08:00", "(Etc/GMT-8 has this offset all year)", ""),
        ("-5", "(Etc/GMT+5 has this offset all year)", ""),
        ("+05:30", "name the city by whose clock", ""),
        ("CST", "Asia/Shanghai, America/Chicago", ""),
        ("ist", "Asia/Kolkata", ""),
        ("XST", "IANA", ""),
    ],
)
def test_no_zone_is_proposed_that_would_move_every_time(word: str, said: str, near: str) -> None:
    with pytest.raises(ItsmctlError) as caught:
        zone_info(word)
    (problem,) = caught.value.problems
    assert problem.code == "unknown-zone" and said in problem.message
    assert problem.suggestion == near


def test_a_zone_that_is_proposed_for_an_offset_has_it() -> None:
    with pytest.raises(ItsmctlError) as caught:
        zone_info("+08:00")
    fixed = zone_info(str(caught.value.problems[0].values["fixed"]))
    assert datetime(2026, 7, 1, tzinfo=fixed).utcoffset() == timedelta(hours=8)


def test_moments_are_read_in_the_zone_unless_they_say_otherwise() -> None:
    noon = at("2026-03-03T12:00Z")
    written = (
        "2026-03-03T13:00",
        "2026-03-03 13:00:00",
        "2026-03-03T12:00Z",
        "2026-03-03T20:00+08:00",
        " 2026-03-03T13:00 ",
    )
    assert {parse_moment(text, BERLIN) for text in written} == {noon}
    assert parse_moment("2026-03-03", BERLIN) == at("2026-03-03T00:00")


def test_a_repeated_local_time_is_its_first_occurrence() -> None:
    assert parse_moment("2026-10-25T02:30", BERLIN) == parse_moment("2026-10-25T02:30+02:00", BERLIN)


@pytest.mark.parametrize("text", ["2026-03-29T02:00", "2026-03-29T02:59:59"])
def test_a_local_time_that_the_clocks_skip_is_refused(text: str) -> None:
    with pytest.raises(ItsmctlError) as caught:
        parse_moment(text, BERLIN)
    assert caught.value.problems[0].code == "nonexistent-time"
    assert text in caught.value.problems[0].message


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30", "2026-03-03T10:00:00.5", "3/3/2026"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ItsmctlError) as caught:
        parse_moment(text, BERLIN)
    assert caught.value.problems[0].code == "bad-time"


# Open time


@pytest.mark.parametrize(
    ("slot", "spring", "autumn"),
    [
        ((90, 150), 30, 90),  # 01:30-02:30: ends in the hour
        ((150, 210), 30, 90),  # 02:30-03:30: begins in it
        ((135, 165), 0, 60),  # 02:15-02:45: lies in it
        ((120, 180), 0, 120),  # 02:00-03:00: is it
        ((60, 120), 60, 60),  # 01:00-02:00: ends where it begins
        ((180, 240), 60, 60),  # 03:00-04:00: begins where it ends
    ],
)
def test_slot_edges_in_the_skipped_and_the_repeated_hour(slot: tuple[int, int], spring: int, autumn: int) -> None:
    calendar = hours(slot)
    assert open_seconds(calendar, at("2026-03-29T00:00"), at("2026-03-30T00:00")) == spring * 60
    assert open_seconds(calendar, at("2026-10-25T00:00"), at("2026-10-26T00:00")) == autumn * 60


def test_a_slot_within_the_repeated_hour_opens_twice() -> None:
    assert open_intervals(hours((135, 165)), at("2026-10-25T00:00"), at("2026-10-26T00:00")) == [
        (at("2026-10-25T02:15+02:00"), at("2026-10-25T02:45+02:00")),
        (at("2026-10-25T02:15+01:00"), at("2026-10-25T02:45+01:00")),
    ]


def test_open_intervals_are_joined_across_midnight_and_changes_of_the_clock() -> None:
    start, end = at("2026-01-01T00:00Z"), at("2027-01-01T00:00Z")
    assert open_intervals(ALWAYS, start, end) == [(start, end)]


def test_a_day_that_never_was_is_not_open() -> None:
    apia = build_calendar("Pacific/Apia", [((0, 1440),)] * 7, {"2011-12-30": ("Never", ((540, 600),))})
    start, end = at("2011-12-29T00:00-10:00"), at("2012-01-01T00:00+14:00")
    assert open_seconds(apia, start, end) == end - start == 2 * DAY


def test_a_leap_day_is_a_day() -> None:
    assert open_seconds(K1, at("2028-02-29T00:00"), at("2028-03-01T00:00")) == 8 * HOUR


def test_slots_in_any_order_that_overlap_count_once() -> None:
    assert (
        open_seconds(hours((600, 720), (540, 660), (600, 610)), at("2026-03-03T00:00"), at("2026-03-04T00:00"))
        == 3 * HOUR
    )


def test_day_table_holds_each_utc_day() -> None:
    shanghai = build_calendar("Asia/Shanghai", [((0, 180), (540, 720), (810, 1080))] * 7)
    first = at("2026-03-02T00:00Z") // DAY
    table = day_table(shanghai, first, first + 1)
    # 00:00-03:00 in Shanghai is 16:00-19:00 UTC of the day before.
    opens = ((1 * HOUR, 4 * HOUR), (19_800, 36_000), (16 * HOUR, 19 * HOUR))
    assert (table.segments, table.before, table.opens) == (3, (0, 37_800), (opens, opens))
    assert day_columns(3) == ("k", "cum", "s1", "e1", "s2", "e2", "s3", "e3")
    assert day_rows(table, 4, 4)[1] == (
        400_000 + first + 1,
        37_800,
        3600,
        14_400,
        19_800,
        36_000,
        57_600,
        68_400,
        DAY,
        DAY,
    )


def test_day_rows_that_would_collide_or_lose_a_segment_are_refused() -> None:
    lunch = hours((540, 720), (810, 1080))
    with pytest.raises(ValueError, match="do not fit"):
        day_rows(day_table(lunch, -1, 3), 1, 2)
    with pytest.raises(ValueError, match="do not fit"):
        day_rows(day_table(lunch, 99_999, 100_000), 1, 2)
    with pytest.raises(ValueError, match="do not fit"):
        day_rows(day_table(lunch, 0, 3), 1, 1)


# Measuring


def test_ledger_names_holidays_and_pauses() -> None:
    special = {
        "2026-04-03": ("Good Friday", ()),
        "2026-04-02": ("Half day", ((540, 720),)),
        "2026-04-04": ("Make-up day", ((540, 600),)),
    }
    calendar = build_calendar(BERLIN, OFFICE, special)
    cycle = measure(
        calendar,
        at("2026-04-02T11:00"),
        at("2026-04-04T09:30"),
        [(at("2026-04-02T11:30"), at("2026-04-02T20:00"), "awaiting-user")],
        0,
    )
    assert [(piece.kind, piece.reason, piece.seconds // 60) for piece in cycle.ledger] == [
        ("counted", "", 30),
        ("paused", "awaiting-user", 30),
        ("closed", "Half day", 720),
        ("closed", "Good Friday", 1440),
        ("closed", "closed", 540),
        ("counted", "", 30),
    ]


def test_a_holiday_on_a_weekend_keeps_its_name_and_a_make_up_day_does_not_lend_it() -> None:
    special = {"2026-10-03": ("National Day", ()), "2026-10-10": ("Make-up day", ((540, 1020),))}
    calendar = build_calendar(BERLIN, OFFICE, special)
    for day, reasons in (("03", {"National Day"}), ("10", {"closed", ""}), ("17", {"closed"})):
        start = at(f"2026-10-{day}T00:00")
        assert {piece.reason for piece in measure(calendar, start, start + DAY, [], None).ledger} == reasons


def test_overlapping_pauses_pause_once_for_the_reason_that_came_first() -> None:
    start = at("2026-03-03T10:00")
    pauses = [
        (start + 2 * HOUR, start + 4 * HOUR, "b"),
        (start + HOUR, start + 3 * HOUR, "a"),
        (start + HOUR, start + 2 * HOUR, "c"),
    ]
    cycle = measure(K1, start, start + 5 * HOUR, pauses, None)
    assert [(piece.kind, piece.reason) for piece in cycle.ledger] == [
        ("counted", ""),
        ("paused", "a"),
        ("paused", "b"),
        ("counted", ""),
    ]
    assert (cycle.counted, cycle.paused) == (2 * HOUR, 3 * HOUR)


def test_a_pause_before_the_start_and_one_without_length_change_nothing() -> None:
    start = at("2026-03-03T10:00")
    pauses = [(start - DAY, start, "early"), (start + 60, start + 60, "empty"), (start + 600, start + 300, "backwards")]
    assert measure(K1, start, start + HOUR, pauses, None) == measure(K1, start, start + HOUR, [], None)


def test_a_pause_that_began_before_the_start_counts_from_the_start() -> None:
    start = at("2026-03-03T10:00")
    assert measure(K1, start, start + HOUR, [(start - DAY, start + 600, "early")], None).paused == 600


@pytest.mark.parametrize(
    ("running", "paused", "target", "verdict"),
    [
        (False, False, 3600, "met"),
        (False, False, 3599, "breached"),
        (True, False, 3600, "running_ok"),
        (True, False, 3599, "running_breached"),
        (True, True, 3600, "paused_ok"),
        (True, True, 3599, "running_breached"),
        (False, False, None, "not_testable"),
    ],
)
def test_verdicts_at_the_limit(running: bool, paused: bool, target: int | None, verdict: str) -> None:
    start = at("2026-03-03T10:00")
    cycle = measure(K1, start, start + 3600, [], target, running=running, paused_now=paused)
    assert cycle.verdict == verdict
    assert cycle.deadline == (None if target is None else start + target)
    assert cycle.target == (NO_TARGET if target is None else target)


def test_target_zero_is_due_at_once_and_met_only_by_nothing_counted() -> None:
    saturday = at("2026-03-07T12:00")
    assert measure(K1, saturday, saturday + HOUR, [], 0).verdict == "met"
    assert measure(K1, saturday, saturday + HOUR, [], 0).deadline == saturday
    assert measure(K1, at("2026-03-09T09:00"), at("2026-03-09T09:01"), [], 0).verdict == "breached"


def test_stop_before_start_is_not_testable_and_counts_nothing() -> None:
    cycle = measure(ALWAYS, 1000, 999, [(0, 2000, "x")], 60)
    assert (cycle.verdict, cycle.counted, cycle.paused, cycle.closed, cycle.ledger, cycle.deadline) == (
        "not_testable",
        0,
        0,
        0,
        (),
        None,
    )


def test_a_calendar_without_hours_is_not_testable_and_ends() -> None:
    cycle = measure(NEVER, 0, DAY, [], 60)
    assert (cycle.verdict, cycle.deadline, cycle.closed) == ("not_testable", None, DAY)


def test_a_calendar_that_stops_opening_has_no_deadline() -> None:
    once = build_calendar(BERLIN, [()] * 7, {"2026-03-03": ("Once", ((540, 600),))})
    start = at("2026-03-03T09:00")
    assert measure(once, start, start, [], HOUR).deadline == start + HOUR
    cycle = measure(once, start, start + DAY, [], HOUR + 1)
    assert (cycle.deadline, cycle.verdict) == (None, "met")


def test_a_deadline_is_looked_for_up_to_the_horizon() -> None:
    assert measure(ALWAYS, 0, 0, [], HORIZON).deadline == HORIZON
    assert measure(ALWAYS, 0, 0, [], HORIZON + 1).deadline is None


def test_a_pause_known_beyond_the_stop_holds_the_deadline_up() -> None:
    start = at("2026-03-03T10:00")
    pauses = [(start + 2 * HOUR, start + 3 * HOUR, "x")]
    assert measure(K1, start, start + HOUR, pauses, 4 * HOUR).deadline == start + 5 * HOUR


# Records' clocks

ROLES: dict[str, ClockRole] = {"awaiting-user": "pause", "resolved": "stop", "closed": "stop", "cancelled": "cancel"}
OPENED = at("2026-03-03T09:00")
AS_OF = at("2026-03-31T17:00")


def clock(roles: dict[str, ClockRole] = ROLES, stops_at: str = "resolved_at", reopens: bool = True) -> ClockDefinition:
    return ClockDefinition("resolution", Text(), "opened_at", stops_at, roles, reopens, ())


def run(
    *moments: tuple[float, str],
    definition: ClockDefinition | None = None,
    target: int | None = 4 * HOUR,
    as_of: int = AS_OF,
    calendar: Calendar = K1,
    state: str = "",
    opened: int | None = OPENED,
    **times: int,
) -> RecordClock:
    """A record opened on a Tuesday at 09:00, with its states given by hours after that."""
    history = [(OPENED + round(hour * HOUR), name) for hour, name in moments]
    return record_clock(
        definition or clock(), calendar, target, {"opened_at": opened, **times}, history, as_of, state=state
    )


def spent(result: RecordClock) -> tuple[float, str]:
    (cycle,) = result.cycles
    return cycle.counted / HOUR, result.verdict


def test_a_resolved_record_that_is_closed_later_stopped_when_resolved() -> None:
    result = run((0, "new"), (1, "in-progress"), (3, "resolved"), (100, "closed"))
    assert spent(result) == (3, "met")
    assert result.cycles[0].stop == OPENED + 3 * HOUR


def test_of_several_states_at_one_instant_the_last_counts() -> None:
    assert spent(run((0, "new"), (2, "awaiting-user"), (2, "resolved"))) == (2, "met")
    assert spent(run((0, "new"), (2, "resolved"), (2, "awaiting-user"), (3, "in-progress"), (4, "resolved"))) == (
        3,
        "met",
    )
    assert spent(run((0, "new"), (1, "awaiting-user"), (1, "in-progress"), (4, "resolved"))) == (4, "met")


def test_times_that_run_backwards_take_the_latest_time_before() -> None:
    assert spent(run((0, "new"), (2, "awaiting-user"), (1, "in-progress"), (4, "resolved"))) == (4, "met")
    assert spent(run((0, "new"), (2, "in-progress"), (1, "resolved"))) == (2, "met")


def test_moments_after_as_of_are_not_known_yet() -> None:
    result = run((0, "new"), (2, "awaiting-user"), (6, "resolved"), as_of=OPENED + 3 * HOUR)
    assert spent(result) == (2, "paused_ok")
    assert result.cycles[0].running and result.cycles[0].stop == OPENED + 3 * HOUR
    future_first = run((0, "new"), (900, "in-progress"), (2, "resolved"))
    assert spent(future_first) == (2, "met")


def test_a_moment_at_as_of_is_known() -> None:
    assert spent(run((0, "new"), (2, "resolved"), as_of=OPENED + 2 * HOUR)) == (2, "met")
    assert spent(run((0, "new"), (2, "awaiting-user"), as_of=OPENED + 2 * HOUR)) == (2, "paused_ok")


def test_a_first_stop_that_is_final() -> None:
    final = clock(reopens=False)
    moments = ((0, "new"), (3, "resolved"), (4, "in-progress"), (7, "resolved"))
    assert spent(run(*moments, definition=final)) == (3, "met")
    assert spent(run(*moments)) == (6, "breached")


def test_cancelled_by_the_last_state() -> None:
    assert spent(run((0, "new"), (3, "cancelled"))) == (3, "cancelled")
    assert spent(run((0, "new"), (3, "cancelled"), (4, "in-progress"), (5, "resolved"))) == (4, "met")
    assert spent(run((0, "new"), (3, "resolved"), (5, "cancelled"))) == (3, "cancelled")
    assert spent(run((0, "new"), (3, "resolved"), (5, "cancelled"), definition=clock(reopens=False))) == (3, "met")


def test_a_stop_before_the_start_is_not_testable() -> None:
    result = run((-1, "resolved"))
    assert (result.verdict, result.reason, result.cycles[0].ledger) == ("not_testable", "stop-before-start", ())


def test_a_record_without_start_or_not_yet_opened_has_no_cycle() -> None:
    assert run(opened=None).reason == "missing:opened_at"
    assert run(as_of=OPENED - 1).reason == "after-as-of"
    assert run(opened=None).cycles == run(as_of=OPENED - 1).cycles == ()


def test_without_history_pauses_are_unknown() -> None:
    assert spent(run(resolved_at=OPENED + 4 * HOUR)) == (4, "met")
    late = run(resolved_at=OPENED + 5 * HOUR)
    assert (late.verdict, late.reason, late.cycles[0].counted) == ("not_testable", "no-history", 5 * HOUR)
    assert late.cycles[0].verdict == "not_testable"
    assert spent(run(resolved_at=OPENED + 5 * HOUR, definition=clock({"resolved": "stop"}))) == (5, "breached")
    assert spent(run(resolved_at=OPENED + 5 * HOUR, as_of=OPENED + HOUR)) == (1, "running_ok")


def test_a_record_that_ended_without_saying_when_is_not_testable() -> None:
    assert run(closed_at=OPENED + HOUR).reason == "missing:resolved_at"
    assert run(state="resolved").reason == "missing:resolved_at"
    response = clock({}, "responded_at")
    assert run((0, "new"), definition=response, resolved_at=OPENED + HOUR).reason == "missing:responded_at"
    assert spent(run((0, "new"), definition=response)) == (168, "running_breached")
    assert (run(state="cancelled").verdict, run(state="cancelled").cycles) == ("cancelled", ())
    assert spent(run(state="cancelled", resolved_at=OPENED + HOUR)) == (1, "cancelled")


def test_a_clock_without_stop_states_stops_at_its_column_or_when_cancelled() -> None:
    response = clock({"awaiting-user": "pause", "cancelled": "cancel"}, "responded_at")
    moments = ((0, "new"), (1, "awaiting-user"), (2, "in-progress"), (5, "cancelled"))
    assert spent(run(*moments, definition=response, responded_at=OPENED + 3 * HOUR)) == (2, "met")
    assert spent(run(*moments, definition=response)) == (4, "cancelled")


def test_reasons_of_a_clock_that_cannot_be_judged() -> None:
    assert run((0, "new"), (1, "resolved"), target=None).reason == "no-target"
    assert run((0, "new"), (1, "resolved"), calendar=NEVER).reason == "no-open-hours"


def test_nothing_is_judged_beyond_the_last_day_that_the_calendar_knows() -> None:
    known = replace(ALWAYS, known_until=date(2026, 3, 3))
    end = known_before(known)
    assert end == at("2026-03-04T00:00")
    hours = (end - OPENED) // HOUR
    assert spent(run((0, "new"), (hours, "resolved"), calendar=known)) == (hours, "breached")
    late = run((0, "new"), (hours + 1, "resolved"), calendar=known)
    assert (late.verdict, late.reason) == ("not_testable", "calendar-not-known")
    assert run((0, "new"), as_of=end + 1, calendar=known).reason == "calendar-not-known"
    assert run((0, "new"), (hours + 1, "cancelled"), calendar=known).verdict == "cancelled"
    assert known_before(ALWAYS) > at("2999-01-01T00:00")


# Durations and opening hours


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30m", Duration(1800)),
        ("4h", Duration(4 * HOUR)),
        ("2h30m", Duration(9000)),
        ("90m", Duration(5400)),
        ("24h", Duration(DAY)),
        ("45s", Duration(45)),
        ("0m", Duration(0)),
        ("1bd", Duration(0, 1)),
        ("2bd4h", Duration(4 * HOUR, 2)),
        ("PT4H", Duration(4 * HOUR)),
        ("PT1H30M", Duration(5400)),
        (" 4h ", Duration(4 * HOUR)),
    ],
)
def test_durations(text: str, duration: Duration) -> None:
    assert parse_duration(text) == duration


def test_business_days_have_the_length_of_the_calendar() -> None:
    assert parse_duration("2bd1h").seconds_in(450) == 2 * 450 * 60 + HOUR


@pytest.mark.parametrize("text", ["1d", "1d4h", "3 days", "P1D", "P1DT4H", "P2W", "1w", "1 day", "2wd"])
def test_days_are_refused_with_what_to_write_instead(text: str) -> None:
    with pytest.raises(ItsmctlError) as caught:
        parse_duration(text)
    (problem,) = caught.value.problems
    assert problem.code == ("ambiguous-days" if text != "2wd" else "bad-duration")


def test_a_number_of_days_is_told_in_both_meanings() -> None:
    with pytest.raises(ItsmctlError, match=r"write 72h if the clock counts 72 hours, or 3bd for business days"):
        parse_duration("3d")


@pytest.mark.parametrize("text", ["", "4", "h", "PT", "1.5h", "-1h", "30m2h", "4H", "four hours", "4h and more"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ItsmctlError) as caught:
        parse_duration(text)
    assert [problem.code for problem in caught.value.problems] == ["bad-duration"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(19_800, "5h30m"), (45, "45s"), (0, "0m"), (90_061, "25h1m1s"), (3600, "1h"), (-60, "-1m")]
)
def test_duration_text(seconds: int, text: str) -> None:
    assert duration_text(seconds) == text


@settings(derandomize=True, database=None)
@given(st.integers(0, 10**9))
def test_duration_text_reads_back(seconds: int) -> None:
    assert parse_duration(duration_text(seconds)) == Duration(seconds)


@pytest.mark.parametrize(
    ("text", "today", "tomorrow"),
    [
        ("09:00-12:00", [(540, 720)], []),
        ("9:00 - 12:00", [(540, 720)], []),
        ("00:00-24:00", [(0, 1440)], []),
        ("22:00-06:00", [(1320, 1440)], [(0, 360)]),
        ("22:00-24:00", [(1320, 1440)], []),
        ("22:00-00:00", [(1320, 1440)], []),
    ],
)
def test_opening_hours(text: str, today: Sequence[tuple[int, int]], tomorrow: Sequence[tuple[int, int]]) -> None:
    assert parse_slot(text) == (tuple(Slot(*pair) for pair in today), tuple(Slot(*pair) for pair in tomorrow))


@pytest.mark.parametrize(
    "text", ["", "9-12", "09:00", "09:00-09:00", "24:00-06:00", "09:60-10:00", "09:00-24:01", "25:00-26:00"]
)
def test_what_are_no_opening_hours_is_refused(text: str) -> None:
    with pytest.raises(ItsmctlError) as caught:
        parse_slot(text)
    (problem,) = caught.value.problems
    assert problem.code == "bad-hours" and problem.suggestion


# Laws

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "America/St_Johns", "UTC")
slots = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda pair: pair[0] < pair[1])
weeks = st.lists(st.lists(slots, max_size=3).map(tuple), min_size=7, max_size=7)
calendars = st.builds(build_calendar, st.sampled_from(ZONES), weeks)
moments = st.integers(at("2026-01-01T00:00Z"), at("2026-12-01T00:00Z"))
lengths = st.integers(0, 20 * DAY)
pauses = st.lists(st.tuples(moments, lengths).map(lambda p: (p[0], p[0] + p[1], "x")), max_size=4)
quick = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)


@quick
@given(weeks, moments, lengths, st.integers(-20, 20))
def test_shifting_by_whole_weeks_keeps_what_counts(
    week: Sequence[Sequence[tuple[int, int]]], start: int, length: int, n: int
) -> None:
    calendar = build_calendar("Asia/Shanghai", week)
    assert open_seconds(calendar, start, start + length) == open_seconds(
        calendar, start + n * WEEK, start + length + n * WEEK
    )


@quick
@given(calendars, moments, lengths, lengths, pauses)
def test_splitting_an_interval_adds_up(
    calendar: Calendar, start: int, first: int, second: int, held: list[tuple[int, int, str]]
) -> None:
    middle, stop = start + first, start + first + second
    whole = measure(calendar, start, stop, held, None)
    parts = [measure(calendar, start, middle, held, None), measure(calendar, middle, stop, held, None)]
    assert (whole.counted, whole.paused, whole.closed) == tuple(
        sum(part) for part in zip(*((p.counted, p.paused, p.closed) for p in parts), strict=True)
    )
    assert whole.counted == open_seconds(calendar, start, stop) - whole.paused


@quick
@given(calendars, moments, lengths, pauses)
def test_another_pause_never_adds(
    calendar: Calendar, start: int, length: int, held: list[tuple[int, int, str]]
) -> None:
    stop = start + length
    assert measure(calendar, start, stop, held, None).counted <= measure(calendar, start, stop, held[1:], None).counted


@quick
@given(st.sampled_from(ZONES), weeks, st.integers(0, 6), slots, moments, lengths)
def test_wider_hours_never_take_away(
    zone: str, week: list[tuple[tuple[int, int], ...]], day: int, slot: tuple[int, int], start: int, length: int
) -> None:
    wider = [*week]
    wider[day] = (*wider[day], slot)
    narrow = open_seconds(build_calendar(zone, week), start, start + length)
    assert narrow <= open_seconds(build_calendar(zone, wider), start, start + length)


@quick
@given(calendars, moments, pauses, st.integers(1, 200 * HOUR))
def test_deadline_and_counted_are_inverse(
    calendar: Calendar, start: int, held: list[tuple[int, int, str]], target: int
) -> None:
    due = measure(calendar, start, start, held, target).deadline
    if due is None:
        assert measure(calendar, start, start + HORIZON, held, target).counted < target
        return
    assert measure(calendar, start, due, held, target).counted == target
    assert measure(calendar, start, due - 1, held, target).counted == target - 1
    assert measure(calendar, start, due, held, target).verdict == "met"


@quick
@given(calendars, moments, lengths, pauses)
def test_ledgers_have_no_gap_and_no_equal_neighbours(
    calendar: Calendar, start: int, length: int, held: list[tuple[int, int, str]]
) -> None:
    cycle = measure(calendar, start, start + length, held, None)
    edges = [start, *(piece.end for piece in cycle.ledger)]
    assert [piece.start for piece in cycle.ledger] == edges[:-1] and edges[-1] == start + length
    kinds = [(piece.kind, piece.reason) for piece in cycle.ledger]
    assert all(left != right for left, right in zip(kinds, kinds[1:], strict=False))


@quick
@given(st.sampled_from(zone_names()), st.integers(at("1900-01-01T00:00Z"), at("2200-01-01T00:00Z")))
def test_every_zone_has_the_offset_that_its_clocks_show(zone: str, moment: int) -> None:
    shown = datetime.fromtimestamp(moment, zone_info(zone)).utcoffset()
    (span,) = offset_spans(zone, moment, moment + 1)
    assert timedelta(seconds=span[2]) == shown
    assert parse_moment(moment_text(moment, zone), "UTC") == moment

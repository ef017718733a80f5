"""The bugs of other tools, by number and place, and the edge cases that every clock must decide: each a story of one ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from brute_force import build_calendar
from clock_ways import ALWAYS, BERLIN, HOUR, K1, OFFICE, agreement, at, clock, hours, judged, promise, state
from dataset import write_dataset

from itsmctl.engine.clocks import create_clocks
from itsmctl.engine.session import Session
from itsmctl.engine.tables import load_tables
from itsmctl.engine.tables.loading import Loading
from itsmctl.model import ClockCondition, ClockPolicy, Condition, Definitions, Effective, PauseLimit, Slot
from itsmctl.model.clocks import OnPriorityChange
from itsmctl.worktime import (
    NO_TARGET,
    calendar_as,
    measure,
    moment_text,
    open_intervals,
    open_seconds,
    parse_duration,
    parse_moment,
    parse_slot,
)

DAY = 24 * HOUR
RESOLVED_FRIDAY = state(
    ("2026-03-06T16:00", "awaiting-user"), ("2026-03-09T10:00", "in-progress"), ("2026-03-09T11:00", "resolved")
)


# Sixteen bugs


def test_bug_01_glpi_6902_pending_time_survives_a_change_of_priority(tmp_path: Path) -> None:
    paused = state(
        ("2026-03-03T09:30", "awaiting-user"), ("2026-03-03T11:30", "in-progress"), ("2026-03-03T14:30", "resolved")
    )
    raised = ("2026-03-03T12:00", "priority", "P3", "P1")
    both = clock(promise(4, priority="P1"), promise(40, priority="P3"))
    (one,) = judged(tmp_path, [agreement(both)], [*paused[:2], raised, paused[2]]).values()
    assert (hours(one), one.verdict) == ([3.5], "met")


def test_bug_02_glpi_10594_a_pause_over_a_weekend_moves_a_deadline_in_days_by_open_hours_only() -> None:
    pause = (at("2026-03-06T16:00"), at("2026-03-09T10:00"), "awaiting-user")
    target = parse_duration("1bd").seconds_in(K1.day_minutes)
    cycle = measure(K1, at("2026-03-06T15:00"), at("2026-03-09T11:00"), [pause], target)
    assert (cycle.counted, cycle.paused, cycle.deadline) == (2 * HOUR, 2 * HOUR, at("2026-03-09T17:00"))


def test_bug_03_glpi_24481_no_breach_while_pending(tmp_path: Path) -> None:
    (one,) = judged(tmp_path, [agreement(clock(promise(4)))], state(("2026-03-03T11:00", "awaiting-user"))).values()
    assert (hours(one), one.verdict) == ([2], "paused_ok")


def test_bug_04_glpi_pr_15948_the_pauses_of_one_clock_are_not_those_of_another(tmp_path: Path) -> None:
    response = clock(promise(1), name="response", states={}, stops_at="responded_at")
    both = judged(tmp_path, [agreement(response, clock(promise(4)))], RESOLVED_FRIDAY, opened="2026-03-06T15:00",
                  responded_at=at("2026-03-09T10:30"))  # fmt: skip
    assert (hours(both["response"]), both["response"].verdict) == ([3.5], "breached")
    assert (hours(both["resolution"]), both["resolution"].verdict) == ([2], "met")


def test_bug_05_glpi_23359_time_resolved_before_a_reopening_is_no_pause_of_the_user(tmp_path: Path) -> None:
    life = state(
        ("2026-03-03T12:00", "resolved"), ("2026-03-04T10:00", "in-progress"), ("2026-03-04T11:30", "resolved")
    )
    (one,) = judged(tmp_path, [agreement(clock(promise(5)))], life).values()
    assert hours(one) == [4.5]
    assert {piece.reason for piece in one.cycles[0].ledger if piece.kind == "paused"} == {"resolved"}


def test_bug_06_glpi_687_opened_outside_hours_counts_from_the_opening(tmp_path: Path) -> None:
    life = state(("2026-03-09T11:00", "resolved"))
    (one,) = judged(tmp_path, [agreement(clock(promise(1)))], life, opened="2026-03-07T12:00").values()
    assert (hours(one), one.cycles[0].deadline, one.verdict) == ([2], at("2026-03-09T10:00"), "breached")


def test_bug_07_glpi_pr_22678_a_deadline_across_two_slots_does_not_land_at_midnight() -> None:
    lunch = build_calendar(BERLIN, [((540, 720), (810, 1080))] * 5 + [(), ()])
    morning, evening = at("2026-03-03T11:00"), at("2026-03-03T17:00")
    assert measure(lunch, morning, morning, [], 2 * HOUR).deadline == at("2026-03-03T14:30")
    assert measure(lunch, evening, evening, [], 2 * HOUR).deadline == at("2026-03-04T10:00")


def test_bug_08_glpi_15429_hours_follow_the_zone_of_the_calendar_not_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Apia")
    (one,) = judged(tmp_path, [agreement(clock(promise(4)))], RESOLVED_FRIDAY, opened="2026-03-06T15:00").values()
    assert hours(one) == [2]


def test_bug_09_zammad_3180_all_day_loses_no_minute_at_midnight(tmp_path: Path) -> None:
    (one,) = judged(
        tmp_path,
        [agreement(clock(promise(4)), calendar=ALWAYS)],
        state(("2026-03-04T01:00", "resolved")),
        opened="2026-03-03T23:00",
    ).values()
    assert hours(one) == [2]
    assert parse_slot("00:00-24:00") == ((Slot(0, 1440),), ())


def test_bug_10_zammad_390_every_day_that_takes_time_away_is_named_in_the_ledger() -> None:
    odd = build_calendar(BERLIN, OFFICE, {"2026-03-04": ("Day of the office party", ())})
    ledger = measure(odd, at("2026-03-03T16:00"), at("2026-03-05T10:00"), [], None).ledger
    (closed,) = [piece for piece in ledger if piece.reason == "Day of the office party"]
    assert closed.seconds == DAY


def test_bug_11_osticket_6739_a_subset_of_weekdays_keeps_the_sums_right() -> None:
    tuesdays = build_calendar(BERLIN, [(), ((540, 600),), (), (), (), (), ()])
    start = at("2026-03-03T09:30")
    assert measure(tuesdays, start, start, [], 2 * HOUR).deadline == at("2026-03-17T09:30")
    assert open_seconds(tuesdays, at("2026-03-01T00:00"), at("2026-04-01T00:00")) == 5 * HOUR


def test_bug_12_dbt_zendesk_25_history_keeps_the_offset_it_had(tmp_path: Path) -> None:
    winter, summer = at("2026-01-13T08:00Z"), at("2026-07-14T07:00Z")
    assert [open_intervals(K1, noon, noon + DAY)[0][0] for noon in (winter, summer)] == [winter, summer]
    life = state(("2026-01-13T10:00+01:00", "resolved"))
    (one,) = judged(
        tmp_path, [agreement(clock(promise(4)))], life, opened="2026-01-13T09:00+01:00", as_of="2026-07-14T12:00"
    ).values()
    assert hours(one) == [1]


def test_bug_13_pm4py_558_559_holidays_are_used_days_are_not_24_hours_and_zones_stay(tmp_path: Path) -> None:
    holiday = build_calendar(BERLIN, OFFICE, {"2026-03-04": ("Holiday", ())}, id="holiday")
    one = clock(promise(0, business_days=2))
    (got,) = judged(
        tmp_path, [agreement(one, calendar=holiday)], state(("2026-03-05T17:00", "resolved")), calendars=[holiday]
    ).values()
    assert (hours(got), got.verdict, got.cycles[0].deadline) == ([16], "met", at("2026-03-05T17:00+01:00"))


def test_bug_14_kie_1648_a_deadline_before_opening_waits_for_the_opening() -> None:
    early = at("2026-03-03T06:00")
    assert measure(K1, early, early, [], HOUR).deadline == at("2026-03-03T10:00")


@pytest.mark.parametrize("policy", [ClockPolicy(), ClockPolicy(on_reopen="new-cycle")])
def test_bug_15_servicenow_kb0522964_where_history_was_archived_nothing_is_made_up(
    policy: ClockPolicy, tmp_path: Path
) -> None:
    """The history ends in a state that is not the one exported: a pause may be lost, so no verdict stands on it."""
    row = {
        "record_id": "R1",
        "opened_at": at("2026-03-03T09:00"),
        "state": "resolved",
        "priority": "P3",
        "resolved_at": at("2026-03-03T16:00"),
    }
    write_dataset(tmp_path / "data", [row], [("R1", at("2026-03-03T10:00"), "state", "in-progress", "awaiting-user")])
    definitions = Definitions(
        Path(), False, (), "", agreements={"a": agreement(clock(promise(4), policy=policy))}, calendars={"K1": K1}
    )
    with Session(threads=1) as session:
        load_tables(
            session, Loading(tmp_path / "data", {}, "UTC", at("2026-03-31T00:00"), None, None, (), None, ("state",))
        )
        create_clocks(session, definitions, at("2026-03-31T00:00"), frozenset({"resolved_at"}), frozenset({"state"}))
        assert session.one("SELECT verdict, reason FROM clock") == ("not_testable", "history-gap:state")


def test_bug_16_jira_kb_954252774_a_closed_cycle_is_not_judged_again_by_a_later_goal(tmp_path: Path) -> None:
    life = state(
        ("2026-03-03T16:00", "resolved"), ("2026-03-04T10:00", "in-progress"), ("2026-03-04T11:30", "resolved")
    )
    raised = ("2026-03-04T10:30", "priority", "P3", "P1")
    new_cycle = clock(promise(4, priority="P1"), promise(8, priority="P3"), policy=ClockPolicy(on_reopen="new-cycle"))
    (one,) = judged(tmp_path, [agreement(new_cycle)], [*life[:2], raised, life[2]]).values()
    assert [(cycle.target // HOUR, cycle.verdict) for cycle in one.cycles] == [(8, "met"), (4, "met")]
    assert hours(one) == [7, 1.5]


# Edge cases that must be decided

TWICE = [("2026-03-03T11:00", "priority", "P3", "P2"), ("2026-03-03T12:00", "priority", "P2", "P1")]
BY_PRIORITY = (promise(4, priority="P1"), promise(8, priority="P2"), promise(40, priority="P3"))


def test_a_priority_that_changes_twice(tmp_path: Path) -> None:
    life = [*TWICE, *state(("2026-03-03T15:00", "resolved"))]
    (one,) = judged(
        tmp_path, [agreement(clock(*BY_PRIORITY, policy=ClockPolicy(on_priority_change="restart")))], life
    ).values()
    assert (hours(one), one.verdict) == ([2, 1, 3], "met")


def test_a_priority_that_is_set_for_the_first_time_is_no_change(tmp_path: Path) -> None:
    life = [("2026-03-03T10:00", "priority", "", "P2"), *state(("2026-03-03T15:00", "resolved"))]
    restart = clock(*BY_PRIORITY, policy=ClockPolicy(on_priority_change="restart"))
    (one,) = judged(tmp_path, [agreement(restart)], life).values()
    assert (hours(one), one.cycles[0].target // HOUR, one.verdict) == ([6], 8, "met")


RECORDED = [("2026-03-03T12:00", "state", "", "in-progress"), ("2026-03-03T12:00", "priority", "", "P2")]


@pytest.mark.parametrize("change", ["keep-first", "strictest", "continue-without-earlier-pauses"])
def test_what_a_record_was_stored_with_it_was_from_the_opening(change: OnPriorityChange, tmp_path: Path) -> None:
    """Answered at 10:00 and entered at 12:00: the row that stored the record is all that it ever said."""
    policy = ClockPolicy(on_priority_change=change)
    promised = clock(*BY_PRIORITY, policy=policy, name="response", stops_at="responded_at", states={})
    told = {"responded_at": at("2026-03-03T10:00")}

    def of(life: list[tuple[str, str, str, str]], folder: str, **columns: object) -> tuple[str, str, int]:
        (one,) = judged(tmp_path / folder, [agreement(promised)], life, **told, **columns).values()
        return one.verdict, one.reason, one.cycles[0].target if one.cycles else 0

    later = [*RECORDED, ("2026-03-04T09:00", "priority", "P2", "P1")]
    assert of(RECORDED, "stored", recorded_at=at("2026-03-03T12:00")) == ("met", "", 8 * HOUR)
    assert of(later, "raised later", recorded_at=at("2026-03-03T12:00")) == ("met", "", 8 * HOUR)
    for folder, columns in (
        ("nobody knows when it was stored", {}),
        ("stored before", {"recorded_at": at("2026-03-03T11:00")}),
        ("stored a second later", {"recorded_at": at("2026-03-03T12:00") + 1}),
    ):
        assert of(RECORDED, folder, **columns) == ("not_testable", "no-target", NO_TARGET), folder
    given = [RECORDED[0], ("2026-03-03T12:30", "priority", "", "P2")]
    assert of(given, "given in a row of its own", recorded_at=at("2026-03-03T12:00"))[0] == "not_testable"


def test_an_assignee_does_not_answer_before_the_row_that_stored_the_record(tmp_path: Path) -> None:
    life = [RECORDED[0], ("2026-03-03T12:00", "assignee", "", "ann")]
    answered = clock(promise(8), policy=ClockPolicy(response_is="assignment"), name="response", states={})
    (one,) = judged(tmp_path, [agreement(answered)], life, recorded_at=at("2026-03-03T12:00")).values()
    assert hours(one) == [3]


@pytest.mark.parametrize("recorded", [None, "2026-03-03T12:00"])
def test_the_state_in_which_a_record_is_stored_answers_nobody(recorded: str | None, tmp_path: Path) -> None:
    life = [("2026-03-03T12:00", "state", "", "new"), ("2026-03-03T14:00", "state", "new", "in-progress")]
    answered = clock(promise(8), policy=ClockPolicy(response_is="status-change"), name="response", states={})
    (one,) = judged(tmp_path, [agreement(answered)], life, recorded_at=at(recorded) if recorded else None).values()
    assert hours(one) == [5]


def test_a_change_of_priority_is_not_known_without_its_history(tmp_path: Path) -> None:
    life = state(("2026-03-03T15:00", "resolved"))
    strict = clock(*BY_PRIORITY, policy=ClockPolicy(on_priority_change="strictest"))
    (one,) = judged(tmp_path, [agreement(strict)], life, history=frozenset({"state"})).values()
    assert (one.verdict, one.reason) == ("not_testable", "no-history:priority")


def test_a_round_that_was_late_stays_late_after_a_restart(tmp_path: Path) -> None:
    """Otherwise the clock of a late ticket could be wound back by touching its priority."""
    life = [("2026-03-03T15:00", "priority", "P1", "P3"), *state(("2026-03-03T16:00", "resolved"))]
    (one,) = judged(
        tmp_path, [agreement(clock(*BY_PRIORITY, policy=ClockPolicy(on_priority_change="restart")))], life
    ).values()
    assert (hours(one), one.decisive, one.verdict) == ([6, 1], 0, "breached")


def test_another_service_in_mid_life(tmp_path: Path) -> None:
    moved = [("2026-03-03T12:00", "service", "mail", "erp"), *state(("2026-03-03T16:00", "resolved"))]
    policy = ClockPolicy(agreement_version="at-each-instant")
    mail = agreement(clock(promise(40), policy=policy), id="mail", services=["mail"])
    erp = agreement(clock(promise(4), policy=policy), id="erp", services=["erp"])
    (one,) = judged(tmp_path, [mail, erp], moved).values()
    assert (hours(one), one.cycles[0].target, one.verdict) == ([7], 4 * HOUR, "breached")


@pytest.mark.parametrize(("version", "target"), [("at-open", 40), ("at-resolution", 4), ("at-each-instant", 4)])
def test_an_agreement_that_another_replaces_in_mid_life(version: str, target: int, tmp_path: Path) -> None:
    policy = ClockPolicy(agreement_version=version)  # type: ignore[arg-type]
    old = agreement(clock(promise(40), policy=policy), id="old", effective=Effective(None, date(2026, 3, 3)))
    new = agreement(clock(promise(4)), id="new", effective=Effective(date(2026, 3, 4)))
    (one,) = judged(tmp_path, [old, new], state(("2026-03-04T16:00", "resolved"))).values()
    assert (one.cycles[0].target // HOUR, hours(one)) == (target, [15])


def test_the_zone_is_that_of_the_site(tmp_path: Path) -> None:
    policy = ClockPolicy(zone_from="customer", zones={"boston": "America/New_York"})
    life = state(("2026-03-04T10:00", "resolved"))
    (one,) = judged(
        tmp_path / "a",
        [agreement(clock(promise(4), policy=policy))],
        life,
        opened="2026-03-03T16:00",
        customer="boston",
    ).values()
    assert hours(one) == [7]
    (one,) = judged(tmp_path / "b", [agreement(clock(promise(4), policy=policy))], life, customer="nowhere").values()
    assert (one.verdict, one.reason) == ("not_testable", "no-zone:customer")


def test_a_calendar_that_changes_while_a_ticket_is_open(tmp_path: Path) -> None:
    longer = tuple((Slot(480, 1080),) if day < 5 else () for day in range(7))
    changed = replace(K1, id="changed", later=((date(2026, 3, 4), longer),))
    life = state(("2026-03-04T10:00", "resolved"))
    (one,) = judged(
        tmp_path / "then",
        [agreement(clock(promise(4)), calendar=changed)],
        life,
        calendars=[changed],
        opened="2026-03-03T15:00",
    ).values()
    assert hours(one) == [4]
    current = clock(promise(4), policy=ClockPolicy(calendar_version="current"))
    (one,) = judged(
        tmp_path / "now", [agreement(current, calendar=changed)], life, calendars=[changed], opened="2026-03-03T15:00"
    ).values()
    assert hours(one) == [5]


@pytest.mark.parametrize(
    ("published", "then", "now"), [(None, 1, 1), (date(2026, 3, 1), 1, 1), (date(2026, 3, 9), 9, 1)]
)
def test_a_holiday_that_was_announced_too_late(published: date | None, then: int, now: int) -> None:
    day = replace(
        build_calendar(BERLIN, OFFICE, {"2026-03-04": ("Holiday", ())}).special[date(2026, 3, 4)], published=published
    )
    calendar = replace(K1, special={date(2026, 3, 4): day})
    start, stop = at("2026-03-03T17:00"), at("2026-03-05T10:00")
    assert open_seconds(calendar_as(calendar, "at-each-instant"), start, stop) == then * HOUR
    assert open_seconds(calendar_as(calendar, "current"), start, stop) == now * HOUR


def test_pause_and_stop_in_the_same_second(tmp_path: Path) -> None:
    life = state(("2026-03-03T11:00", "awaiting-user"), ("2026-03-03T11:00", "resolved"))
    (one,) = judged(tmp_path, [agreement(clock(promise(4)))], life).values()
    assert (hours(one), one.verdict, one.pauses) == ([2], "met", ())


def test_a_pause_without_end_and_one_before_the_start(tmp_path: Path) -> None:
    late = clock(promise(4), starts_at="responded_at")
    life = state(
        ("2026-03-03T10:00", "awaiting-user"),
        ("2026-03-03T11:00", "in-progress"),
        ("2026-03-03T15:00", "awaiting-user"),
    )
    (one,) = judged(tmp_path, [agreement(late)], life, responded_at=at("2026-03-03T12:00")).values()
    assert (hours(one), one.verdict) == ([3], "paused_ok")


def test_resuming_without_a_pause_changes_nothing(tmp_path: Path) -> None:
    life = [("2026-03-03T10:00", "state", "in-progress", "in-progress"), *state(("2026-03-03T12:00", "resolved"))]
    (one,) = judged(tmp_path, [agreement(clock(promise(4)))], life).values()
    assert (hours(one), one.verdict) == ([3], "met")


def test_reopening_after_closure(tmp_path: Path) -> None:
    life = state(
        ("2026-03-03T12:00", "resolved"),
        ("2026-03-04T12:00", "closed"),
        ("2026-03-05T09:00", "in-progress"),
        ("2026-03-05T11:00", "closed"),
    )
    for folder, policy, counted in (("a", ClockPolicy(), [5]), ("b", ClockPolicy(on_reopen="new-cycle"), [3, 2])):
        (one,) = judged(tmp_path / folder, [agreement(clock(promise(4), policy=policy))], life).values()
        assert hours(one) == counted


def test_a_pause_longer_than_agreed_counts_again(tmp_path: Path) -> None:
    limited = clock(promise(4), limits={"awaiting-user": PauseLimit(2 * HOUR)})
    life = state(
        ("2026-03-03T10:00", "awaiting-user"), ("2026-03-03T15:00", "in-progress"), ("2026-03-03T16:00", "resolved")
    )
    (one,) = judged(tmp_path, [agreement(limited)], life).values()
    assert (hours(one), one.verdict) == ([5], "breached")
    assert [(p.kind, p.seconds // HOUR) for p in one.cycles[0].ledger] == [
        ("counted", 1),
        ("paused", 2),
        ("counted", 4),
    ]


def test_pauses_together_take_at_most_their_share(tmp_path: Path) -> None:
    half = clock(promise(4), policy=ClockPolicy(max_pause_share=50))
    life = state(
        ("2026-03-03T10:00", "awaiting-user"), ("2026-03-03T16:00", "in-progress"), ("2026-03-03T17:00", "resolved")
    )
    (one,) = judged(tmp_path, [agreement(half)], life).values()
    assert (hours(one), one.verdict) == ([4], "met")


def test_a_clock_of_ones_own_with_conditions_on_any_columns(tmp_path: Path) -> None:
    """It starts when a supplier has the ticket, pauses while its priority is low, and begins anew when another takes it."""
    own = clock(
        promise(3), states={"resolved": "stop"}, name="supplier",
        conditions=(
            ClockCondition("start", (Condition("group", "in", ("carrier", "builder")),), "start-1"),
            ClockCondition("pause", (Condition("priority", "in", ("P4",)),), "can-wait"),
            ClockCondition("reset", (Condition("group", "in", ("builder",)),), "reset-1"),
        ),
    )  # fmt: skip
    life = [
        ("2026-03-03T10:00", "group", "desk", "carrier"), ("2026-03-03T11:00", "priority", "P3", "P4"), ("2026-03-03T12:00", "priority", "P4", "P3"),
        ("2026-03-03T13:00", "group", "carrier", "builder"), *state(("2026-03-03T15:00", "resolved")),
    ]  # fmt: skip
    (one,) = judged(tmp_path / "a", [agreement(own)], life).values()
    assert (hours(one), one.cycles[0].start, one.verdict) == ([2, 2], at("2026-03-03T10:00"), "met")
    (never,) = judged(tmp_path / "b", [agreement(own)], state(("2026-03-03T15:00", "resolved")), group="desk").values()
    assert (never.verdict, never.reason) == ("cancelled", "not-started")


def test_a_response_is_what_was_agreed_and_a_resolution_answers_at_the_latest(tmp_path: Path) -> None:
    life = [
        ("2026-03-03T10:00", "state", "new", "in-progress"),
        ("2026-03-03T11:00", "assignee", "", "ann"),
        ("2026-03-03T12:00", "state", "in-progress", "resolved"),
    ]
    for kind, changes, counted in (
        ("status-change", life, 1),
        ("assignment", life, 2),
        ("assignment", [life[0], life[2]], 3),
    ):
        response = clock(
            promise(1),
            name="response",
            states={"resolved": "stop"},
            stops_at="responded_at",
            policy=ClockPolicy(response_is=kind),
        )  # type: ignore[arg-type]
        (one,) = judged(
            tmp_path / f"{kind}{counted}", [agreement(response)], changes, assignee="ann" if counted == 2 else None
        ).values()
        assert hours(one) == [counted]


def test_a_cancelled_record_may_count(tmp_path: Path) -> None:
    life = state(("2026-03-03T15:00", "cancelled"))
    (one,) = judged(tmp_path / "no", [agreement(clock(promise(4)))], life).values()
    assert one.verdict == "cancelled"
    (one,) = judged(
        tmp_path / "yes", [agreement(clock(promise(4), policy=ClockPolicy(cancelled_counts=True)))], life
    ).values()
    assert (hours(one), one.verdict) == ([6], "breached")


OPENED = [("2026-03-03T09:00", "state", "", "in-progress")]


def test_what_runs_at_the_end_may_be_left_out(tmp_path: Path) -> None:
    (one,) = judged(
        tmp_path, [agreement(clock(promise(4), policy=ClockPolicy(open_at_cutoff="exclude")))], OPENED
    ).values()
    assert (one.verdict, one.reason) == ("cancelled", "open-at-cutoff")


def test_business_days_as_long_as_their_weekday(tmp_path: Path) -> None:
    """Friday has four hours and Monday eight: two days from Friday are twelve hours, by day length they would be sixteen."""
    short = build_calendar(BERLIN, [((540, 1020),)] * 4 + [((540, 780),), (), ()], id="short")
    by_weekday = clock(promise(0, business_days=2), policy=ClockPolicy(business_day="weekday"))
    life = state(("2026-03-10T09:00", "resolved"))
    (one,) = judged(
        tmp_path, [agreement(by_weekday, calendar=short)], life, calendars=[short], opened="2026-03-06T10:00"
    ).values()
    assert (one.cycles[0].target // HOUR, hours(one), one.verdict) == (12, [11], "met")


@pytest.mark.parametrize(
    ("stop", "precision", "verdict"),
    [("13:00", 60, "not_testable"), ("13:01", 60, "breached"), ("12:59", 60, "met"), ("13:00", 1, "met")],
)
def test_a_verdict_within_the_precision_of_the_export(stop: str, precision: int, verdict: str, tmp_path: Path) -> None:
    careful = clock(promise(4), policy=ClockPolicy(within_precision="not-testable"))
    (one,) = judged(
        tmp_path, [agreement(careful)], state((f"2026-03-03T{stop}", "resolved")), precision=precision
    ).values()
    assert one.verdict == verdict


def test_a_target_of_nothing_is_late_at_the_first_second(tmp_path: Path) -> None:
    for second, verdict in (("09:00:00", "met"), ("09:00:01", "breached")):
        (one,) = judged(
            tmp_path / verdict,
            [agreement(clock(promise(0), policy=ClockPolicy(verdict_by="deadline")))],
            state((f"2026-03-03T{second}", "resolved")),
        ).values()
        assert one.verdict == verdict


def test_a_ticket_open_for_fifty_years_and_leap_days_in_between(tmp_path: Path) -> None:
    patient = clock(promise(4), policy=ClockPolicy(on_reopen="new-cycle"))
    opened = "1976-02-28T12:00"
    life = [(opened, "state", "", "in-progress")]
    (one,) = judged(tmp_path, [agreement(patient, calendar=ALWAYS)], life, opened=opened).values()
    assert (one.verdict, one.cycles[0].counted) == ("running_breached", at("2026-03-31T17:00") - at(opened))


def test_the_moment_of_the_audit_inside_a_pause(tmp_path: Path) -> None:
    life = state(("2026-03-03T11:00", "awaiting-user"), ("2026-03-05T11:00", "in-progress"))
    (one,) = judged(
        tmp_path,
        [agreement(clock(promise(4), policy=ClockPolicy(on_reopen="new-cycle")))],
        life,
        as_of="2026-03-04T12:00",
    ).values()
    assert (hours(one), one.verdict) == ([2], "paused_ok")


def test_hours_that_cross_midnight_and_times_that_never_were() -> None:
    assert parse_slot("22:00-06:00") == ((Slot(1320, 1440),), (Slot(0, 360),))
    assert moment_text(parse_moment("2026-10-25T02:30", BERLIN), BERLIN) == "2026-10-25T02:30:00+02:00"

"""Laws that clocks with switches obey, whatever happens to a ticket: what may never add, never take away, and always add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from brute_force import build_calendar
from clock_ways import STATES, at, clock, promise
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from itsmctl.model import Calendar, ClockDefinition, ClockPolicy, PauseLimit
from itsmctl.worktime import Change, RecordClock, Reign, Terms, lived_clock

HOUR, DAY = 3600, 86_400
WEEK = 7 * DAY
OPENED = at("2026-03-03T09:00")
TRACKED = frozenset({"state", "priority"})
TARGETS = (promise(4, priority="P1"), promise(8, priority="P2"), promise(40, priority="P3"))

slots = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda pair: pair[0] < pair[1])
weeks = st.lists(st.lists(slots, max_size=2).map(tuple), min_size=7, max_size=7).filter(any)
zones = st.sampled_from(
    ("Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Shanghai", "America/Santiago")
)
calendars = st.builds(build_calendar, zones, weeks)
happenings = st.lists(
    st.tuples(
        st.integers(0, 3 * DAY),
        st.sampled_from(("state", "state", "priority")),
        st.sampled_from(("in-progress", "awaiting-user", "resolved", "closed")),
        st.sampled_from(("P1", "P2", "P3")),
    ),
    max_size=9,
)
quick = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def life(steps: Sequence[tuple[int, str, str, str]], shift: int = 0) -> list[Change]:
    """A history from steps in time; it begins with the opening."""
    now = {"state": "new", "priority": "P3"}
    at_ = OPENED + shift
    changes = [Change(at_, "state", "", "new")]
    for step, column, state, priority in steps:
        at_ += step
        new = state if column == "state" else priority
        changes.append(Change(at_, column, now[column], new))
        now[column] = new
    return changes


def lived(
    definition: ClockDefinition, calendar: Calendar, changes: Sequence[Change], as_of: int | None = None
) -> RecordClock:
    until = changes[-1].at + DAY if as_of is None else as_of
    terms = Terms(definition, lambda values, at: Reign(0, definition, calendar), (), TRACKED)
    last = {change.column: change.new for change in changes}
    record = {"opened_at": changes[0].at, "resolved_at": None, "closed_at": None, "priority": "P3", **last}
    return lived_clock(terms, record, changes, until)


def with_policy(**switches: object) -> ClockDefinition:
    return clock(*TARGETS, policy=ClockPolicy(**switches))  # type: ignore[arg-type]


def counted(one: RecordClock) -> int:
    return sum(cycle.counted for cycle in one.cycles)


@quick
@given(weeks, happenings, st.integers(-20, 20), st.sampled_from(("restart", "strictest", "keep-first")))
def test_shifting_by_whole_weeks_changes_nothing(
    week: list[tuple[tuple[int, int], ...]], steps: list[tuple[int, str, str, str]], n: int, change: str
) -> None:
    calendar = build_calendar("Asia/Kolkata", week)
    definition = with_policy(on_priority_change=change, on_reopen="new-cycle", verdict_by="deadline")
    one, other = lived(definition, calendar, life(steps)), lived(definition, calendar, life(steps, n * WEEK))
    assert [c.counted for c in one.cycles] == [c.counted for c in other.cycles]
    assert (one.verdict, one.decisive) == (other.verdict, other.decisive)


@quick
@given(calendars, happenings)
def test_rounds_add_up_to_the_clock_that_ran_on(calendar: Calendar, steps: list[tuple[int, str, str, str]]) -> None:
    whole = counted(lived(with_policy(verdict_by="deadline"), calendar, life(steps)))
    assert counted(lived(with_policy(on_reopen="new-cycle"), calendar, life(steps))) == whole
    assert counted(lived(with_policy(on_priority_change="restart"), calendar, life(steps))) == whole
    assert counted(lived(with_policy(on_reopen="resume-including-resolved"), calendar, life(steps))) >= whole


@quick
@given(calendars, happenings, st.integers(0, 9))
def test_another_pause_never_adds(calendar: Calendar, steps: list[tuple[int, str, str, str]], place: int) -> None:
    changes = life(steps)
    running = [c for c in changes if c.column == "state" and c.new in ("in-progress", "new")]
    assume(running)
    held = running[place % len(running)]
    paused = [replace(c, new="awaiting-user") if c is held else c for c in changes]
    for switches in ({"verdict_by": "deadline"}, {"max_pause_share": 30.0}):
        definition = with_policy(**switches)
        assert counted(lived(definition, calendar, paused)) <= counted(lived(definition, calendar, changes))


@quick
@given(calendars, happenings, st.integers(0, 20 * HOUR), st.integers(0, 20 * HOUR))
def test_a_longer_pause_allowed_never_adds(
    calendar: Calendar, steps: list[tuple[int, str, str, str]], one: int, more: int
) -> None:
    free = with_policy(verdict_by="deadline")
    tight = replace(free, limits={"awaiting-user": PauseLimit(one)})
    wide = replace(free, limits={"awaiting-user": PauseLimit(one + more)})
    sums = [counted(lived(definition, calendar, life(steps))) for definition in (free, wide, tight)]
    assert sums == sorted(sums)


@quick
@given(calendars, happenings, st.floats(0, 100), st.floats(0, 100))
def test_a_larger_share_of_pauses_never_adds(
    calendar: Calendar, steps: list[tuple[int, str, str, str]], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    sums = [
        counted(lived(with_policy(max_pause_share=share), calendar, life(steps))) for share in (None, high, low, 0.0)
    ]
    assert sums == sorted(sums)


@quick
@given(zones, weeks, st.integers(0, 6), slots, happenings)
def test_wider_hours_never_take_away(
    zone: str,
    week: list[tuple[tuple[int, int], ...]],
    day: int,
    slot: tuple[int, int],
    steps: list[tuple[int, str, str, str]],
) -> None:
    wider = [*week]
    wider[day] = (*wider[day], slot)
    definition = with_policy(on_priority_change="restart")
    narrow = counted(lived(definition, build_calendar(zone, week), life(steps)))
    assert narrow <= counted(lived(definition, build_calendar(zone, wider), life(steps)))


@quick
@given(calendars, happenings)
def test_who_is_late_by_counting_is_late_by_deadline(
    calendar: Calendar, steps: list[tuple[int, str, str, str]]
) -> None:
    one, other = (
        lived(with_policy(on_reopen="new-cycle", verdict_by=by), calendar, life(steps))
        for by in ("counted", "deadline")
    )
    assert [(c.start, c.stop, c.counted, c.deadline) for c in one.cycles] == [
        (c.start, c.stop, c.counted, c.deadline) for c in other.cycles
    ]
    for by_counting, by_deadline in zip(one.cycles, other.cycles, strict=True):
        if "breached" in by_counting.verdict:
            assert "breached" in by_deadline.verdict


@quick
@given(calendars, happenings)
def test_the_strictest_target_is_none_of_the_longer_ones(
    calendar: Calendar, steps: list[tuple[int, str, str, str]]
) -> None:
    rounds = {change: lived(with_policy(on_priority_change=change, verdict_by="deadline"), calendar, life(steps)).cycles[-1].target
              for change in ("strictest", "keep-first", "continue-from-open")}  # fmt: skip
    assert rounds["strictest"] <= min(rounds["keep-first"], rounds["continue-from-open"])


@quick
@given(calendars, happenings)
def test_deadline_and_counted_are_inverse(calendar: Calendar, steps: list[tuple[int, str, str, str]]) -> None:
    """Judged at its deadline a clock that still runs has counted its target exactly, and a second before one second less."""
    changes = [change for change in life(steps) if change.new not in ("resolved", "closed")]
    definition = with_policy(on_priority_change="keep-first")
    (cycle,) = lived(definition, calendar, changes).cycles
    states = [change.new for change in changes if change.column == "state"]
    assume(cycle.deadline is not None and changes[-1].at < cycle.deadline < changes[-1].at + 100 * DAY)
    assume(states[-1] != "awaiting-user")
    assert cycle.deadline is not None
    assert lived(definition, calendar, changes, cycle.deadline).cycles[0].counted == cycle.target
    assert lived(definition, calendar, changes, cycle.deadline - 1).cycles[0].counted == cycle.target - 1


def test_the_states_of_the_laws_are_those_of_the_clock() -> None:
    assert set(STATES) >= {"awaiting-user", "resolved", "closed"}

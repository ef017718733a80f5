"""The worst moment to start is really the worst: nothing sampled is worse, and `measure` agrees about the moment named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from itsmctl.errors import Where
from itsmctl.model import Calendar, Effective, Slot, SpecialDay, Text
from itsmctl.worktime import Leg, always_open_with, measure, open_seconds, worst_case

HOUR = 3600


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def calendar(week: Sequence[Sequence[tuple[int, int]]], zone: str = "UTC", closed: Sequence[date] = ()) -> Calendar:
    slots = tuple(tuple(Slot(low, high) for low, high in day) for day in week)
    special = {day: SpecialDay(day, Text("Holiday"), ()) for day in closed}
    return Calendar("calendar", "c", Text(), Effective(), Where(), (), zone, slots, special, 480)


ALWAYS = calendar([[(0, 1440)]] * 7)
OFFICE = calendar([[(540, 1020)]] * 5 + [[], []])
EARLY = calendar([[(420, 900)]] * 5 + [[], []])


def used(promise: Calendar, steps: Sequence[Sequence[Leg]], start: int) -> int:
    """What is used up of the promise, by the arithmetic that judges records."""
    end = start
    for step in steps:
        deadlines = [measure(leg.calendar, end, end, (), leg.seconds).deadline for leg in step]
        end = max(moment for moment in deadlines if moment is not None)
    return open_seconds(promise, start, end)


def test_office_hours_inside_a_promise_around_the_clock() -> None:
    """Opened when the office has just closed on Friday: the weekend is the customer's time too."""
    worst = worst_case(ALWAYS, [[Leg(OFFICE, 2 * HOUR)]], at("2026-03-02"), at("2026-03-16"))
    assert worst.counted == (7 + 9 + 48 + 2) * HOUR
    assert worst.start == at("2026-03-06T17:00") and worst.end == at("2026-03-09T11:00")


def test_a_promise_in_office_hours_is_not_used_up_at_night() -> None:
    worst = worst_case(OFFICE, [[Leg(ALWAYS, 20 * HOUR)]], at("2026-03-02"), at("2026-03-16"))
    assert worst.counted == 8 * HOUR


def test_calendars_that_are_shifted_cost_what_lies_between_them() -> None:
    """A second after 14:00 one second of work is left when the early team goes home at 15:00: the office waits until 17:00."""
    worst = worst_case(OFFICE, [[Leg(EARLY, HOUR)]], at("2026-03-02"), at("2026-03-16"))
    assert (worst.counted, worst.start) == (3 * HOUR - 1, at("2026-03-02T14:00") + 1)
    longer = worst_case(OFFICE, [[Leg(EARLY, 3 * HOUR)]], at("2026-03-02"), at("2026-03-16"))
    assert (longer.counted, longer.start) == (5 * HOUR - 1, at("2026-03-02T12:00") + 1)


def test_legs_of_a_step_run_side_by_side_and_steps_follow_each_other() -> None:
    first, last = at("2026-03-02"), at("2026-03-16")
    side_by_side = worst_case(ALWAYS, [[Leg(ALWAYS, 2 * HOUR), Leg(ALWAYS, 5 * HOUR)]], first, last)
    in_a_row = worst_case(ALWAYS, [[Leg(ALWAYS, 2 * HOUR)], [Leg(ALWAYS, 5 * HOUR)]], first, last)
    assert (side_by_side.counted, in_a_row.counted) == (5 * HOUR, 7 * HOUR)


def test_a_holiday_of_the_supplier_is_found() -> None:
    holiday = calendar([[(540, 1020)]] * 5 + [[], []], closed=[date(2026, 5, 1), date(2026, 5, 4)])
    worst = worst_case(OFFICE, [[Leg(holiday, HOUR)]], at("2026-01-01"), at("2027-01-01"))
    assert worst.counted == used(OFFICE, [[Leg(holiday, HOUR)]], worst.start) == 17 * HOUR


def test_a_leg_that_never_ends_is_told() -> None:
    once = calendar([[]] * 7)
    assert worst_case(ALWAYS, [[Leg(once, HOUR)]], at("2026-01-01"), at("2026-02-01")).end is None


def test_a_leg_of_no_time_hides_no_worse_start() -> None:
    monday = calendar([[], [(0, 661)], [], [], [], [], []], "UTC")
    sunday, early = (
        calendar([[], [], [], [], [], [], [(0, 300)]], "UTC"),
        calendar([[], [(0, 300)], [], [], [], [], []], "UTC"),
    )
    worst = worst_case(monday, [[Leg(sunday, 0)], [Leg(early, 1)]], at("2026-03-23"), at("2026-04-02"))
    assert worst.counted == used(monday, [[Leg(sunday, 0)], [Leg(early, 1)]], worst.start) == 361 * 60 + 1


def test_open_whenever_the_other_is() -> None:
    first, last = at("2026-01-01"), at("2027-01-01")
    assert always_open_with(OFFICE, ALWAYS, first, last) and always_open_with(OFFICE, OFFICE, first, last)
    assert not always_open_with(ALWAYS, OFFICE, first, last) and not always_open_with(OFFICE, EARLY, first, last)


def days() -> st.SearchStrategy[list[tuple[int, int]]]:
    edges = st.lists(st.integers(0, 1440), min_size=2, max_size=4, unique=True).map(sorted)
    slots = edges.map(lambda found: list(zip(found[::2], found[1::2], strict=False)))
    return st.one_of(st.just([]), slots)


zones = st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York"])


def is_open_enough(week: list[list[tuple[int, int]]]) -> bool:
    """Five hours: of a minute on Sundays, the legs would take years, and their end is not looked for so far away."""
    return sum(end - start for slots in week for start, end in slots) >= 300


calendars = st.builds(calendar, st.lists(days(), min_size=7, max_size=7).filter(is_open_enough), zones)
legs = st.builds(Leg, calendars, st.integers(0, 60 * HOUR))
chains = st.lists(st.lists(legs, min_size=1, max_size=2), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(calendars, chains, st.sampled_from(["2026-03-23", "2026-06-01", "2026-10-19"]), st.data())
def test_no_start_is_worse_than_the_worst(
    promise: Calendar, steps: list[list[Leg]], day: str, data: st.DataObject
) -> None:
    first, last = at(day), at(day) + 10 * 24 * HOUR
    worst = worst_case(promise, steps, first, last)
    assert worst.end is not None and worst.counted == used(promise, steps, worst.start)
    starts = data.draw(st.lists(st.integers(first, last - 1), min_size=20, max_size=20))
    starts += [first + hour * HOUR for hour in range(0, 240, 7)]
    assert max(used(promise, steps, start) for start in starts) <= worst.counted

"""When the next review of a definition is due."""

from __future__ import annotations

from datetime import date

import pytest

from itsmctl.errors import Where
from itsmctl.model import ReviewCycle, months_after


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 3, 31), 12, date(2027, 3, 31)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_a_month_that_is_too_short_ends_on_its_last_day(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


def test_before_the_first_review_the_cycle_runs_from_the_first_day_in_force() -> None:
    never = ReviewCycle(12, None, Where("x.yaml", 1, 1))
    assert never.due(date(2025, 1, 1)) == date(2026, 1, 1)
    assert never.due(None) is None
    assert ReviewCycle(6, date(2026, 3, 31), Where("x.yaml", 1, 1)).due(date(2025, 1, 1)) == date(2026, 9, 30)

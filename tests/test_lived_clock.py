"""Clocks with switches in SQL, one by one, and played forward: every case to the second, in zones and years that differ.

A sample; `benchmarks/clocks.py` compares 200,000 clocks.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from lived_ways import clock_of, count_three_ways, runs_backwards, some_lives, without_rounds
from test_spans import Sorting

from itsmctl.engine.session import Session

RECORDS = 5_600
"""Each has two clocks."""
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


@pytest.mark.parametrize("zone", WINDOWS)
def test_three_ways_to_count_a_life_agree(zone: str, tmp_path: Path) -> None:
    year, month = WINDOWS[zone]
    seen = count_three_ways(zone, date(year, month, 1), RECORDS // len(WINDOWS), f"lived {zone}", tmp_path)
    assert set(seen) >= {
        "met",
        "breached",
        "running_ok",
        "running_breached",
        "paused_ok",
        "cancelled",
        "no-target",
        "no-history",
    }, seen


def test_a_clock_without_switches_takes_the_target_that_fitted_at_its_stop(tmp_path: Path) -> None:
    """The plain way and the lived one are two statements; priorities and services change at any time of these lives."""
    seen = count_three_ways("Europe/Berlin", date(2026, 3, 1), 1_500, "plain", tmp_path, plain=True)
    assert set(seen) >= {"met", "breached", "running_ok", "running_breached", "cancelled", "no-target"}, seen


@pytest.mark.parametrize("seed", range(8))
def test_lives_without_rounds_are_counted_at_once(seed: int, tmp_path: Path) -> None:
    """What no clock tells apart cuts no life, and one sum over each is enough; the ledger and the minutes know nothing of that."""
    seen = count_three_ways("Europe/Berlin", date(2026, 3, 1), 300, f"once {seed}", tmp_path, once=True)
    assert set(seen) >= {"met", "breached", "running_ok", "cancelled", "no-target"}, seen


@pytest.mark.parametrize("once", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_a_clock_whose_agreement_is_over_is_not_forgotten(seed: int, once: bool, tmp_path: Path) -> None:
    """Where the agreement in force at the resolution judges, and none is: that is said of the clock, which is still there."""
    seen = count_three_ways("Europe/Berlin", date(2026, 3, 1), 300, f"alone {seed}", tmp_path, once=once, common=False)
    assert seen["no-agreement"], seen


@pytest.mark.parametrize("once", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_a_history_in_order_and_one_that_is_sorted_are_judged_alike(seed: int, once: bool, tmp_path: Path) -> None:
    """Every column of every clock, also of records whose times run backwards."""
    listed, signed, as_of = some_lives("Europe/Berlin", date(2026, 3, 1), 400, f"sorted {seed}")
    signed = without_rounds(signed) if once else signed
    assert any(runs_backwards(life, as_of) for life in listed)
    in_order = clock_of(Session, tmp_path / "order", listed, signed, as_of, "Europe/Berlin")
    assert len(in_order) > 400
    assert in_order == clock_of(Sorting, tmp_path / "sorted", listed, signed, as_of, "Europe/Berlin")

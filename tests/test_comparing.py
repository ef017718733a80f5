"""Statistics of before and after: published examples, hand calculations, and laws."""

from __future__ import annotations

from math import inf, isclose
from random import Random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmctl.scorecard.comparing import (
    Interval,
    Proportion,
    exact,
    median_change,
    median_interval,
    mix_of,
    rate_change,
    share_change,
    wilson,
)


def test_wilson_gives_the_interval_of_newcombe_1998() -> None:
    # Newcombe, Statistics in Medicine 17 (1998) 857: 81 of 263 gives 0.2553 to 0.3662, 0 of 20 gives 0 to 0.1611.
    assert wilson(Proportion(81, 263)).low == pytest.approx(0.2553, abs=5e-5)
    assert wilson(Proportion(81, 263)).high == pytest.approx(0.3662, abs=5e-5)
    assert wilson(Proportion(0, 20)) == Interval(0.0, pytest.approx(0.1611, abs=5e-5))


def test_the_exact_interval_is_that_of_clopper_and_pearson() -> None:
    # The same paper: 81 of 263 gives 0.2527 to 0.3676, 15 of 148 gives 0.0578 to 0.1617.
    assert exact(Proportion(81, 263)).low == pytest.approx(0.2527, abs=5e-5)
    assert exact(Proportion(81, 263)).high == pytest.approx(0.3676, abs=5e-5)
    assert exact(Proportion(15, 148)).low == pytest.approx(0.0578, abs=5e-5)
    assert exact(Proportion(15, 148)).high == pytest.approx(0.1617, abs=5e-5)


def test_the_difference_of_shares_is_that_of_newcombe_method_10() -> None:
    # Newcombe, Statistics in Medicine 17 (1998) 873, table II (a): 56 of 70 less 48 of 80, method 10: 0.0524 to 0.3339.
    change = share_change(Proportion(48, 80), Proportion(56, 70))
    assert change is not None and change.clear
    assert change.value == pytest.approx(0.2)
    assert change.interval.low == pytest.approx(0.0524, abs=5e-5)
    assert change.interval.high == pytest.approx(0.3339, abs=5e-5)


def test_a_side_without_records_is_no_change() -> None:
    assert share_change(Proportion(0, 0), Proportion(3, 4)) is None
    assert rate_change(0, 30, 0, 30) is None
    assert median_change([1, 2, 3, 4], [1, 2, 3, 4, 5]) is None
    assert mix_of({"a": Proportion(1, 2)}, {"b": Proportion(1, 2)}) is None


def test_the_median_lies_between_two_values_by_the_sign_test() -> None:
    # n = 10: places 2 and 9, as P(X <= 1) = 11/1024 <= 0.025 < 56/1024.
    assert median_interval([float(v) for v in range(1, 11)]) == Interval(2.0, 9.0)
    assert median_interval([1.0, 2.0, 3.0, 4.0, 5.0]) == Interval(-inf, inf)


def test_a_halved_rate_with_its_interval() -> None:
    # 20 in 100 days, then 10 in 100 days: 10 of 30 are after; Clopper-Pearson of 10/30 is 0.17287 to 0.52812.
    change = rate_change(20, 100, 10, 100)
    assert change is not None and not change.clear
    assert change.value == pytest.approx(-0.5)
    assert change.interval.low == pytest.approx(0.17287 / 0.82713 - 1, abs=1e-4)
    assert change.interval.high == pytest.approx(0.52812 / 0.47188 - 1, abs=1e-4)
    longer = rate_change(20, 100, 20, 200)
    assert longer is not None and longer.value == pytest.approx(-0.5)


def test_the_interval_of_the_ratio_of_medians_holds_the_truth_as_often_as_it_says() -> None:
    dice, held = Random(4), 0
    for _ in range(200):
        before = [dice.lognormvariate(2, 1) for _ in range(60)]
        after = [0.7 * dice.lognormvariate(2, 1) for _ in range(60)]
        change = median_change(before, after)
        assert change is not None and isclose(change.value, median(after) / median(before) - 1)
        held += change.interval.holds(-0.3)
    assert 180 <= held <= 200


def test_the_mix_explains_a_change_that_no_stratum_made() -> None:
    before = {"P1": Proportion(40, 80), "P4": Proportion(19, 20)}
    after = {"P1": Proportion(10, 20), "P4": Proportion(76, 80)}
    mix = mix_of(before, after)
    assert mix is not None
    assert (mix.before, mix.after) == (0.59, 0.86)
    assert mix.of_strata == pytest.approx(0.0) and mix.of_mix == pytest.approx(0.27)


def test_what_only_one_period_has_cannot_be_compared() -> None:
    mix = mix_of({"a": Proportion(1, 2), "gone": Proportion(6, 6)}, {"a": Proportion(2, 2), "new": Proportion(0, 9)})
    assert mix is not None and mix.compared == 0.25
    assert (mix.before, mix.after) == (0.5, 1.0)


shares = st.integers(0, 60).flatmap(lambda n: st.builds(Proportion, st.integers(0, n), st.just(n)))


@given(shares, shares)
def test_a_change_lies_in_its_interval_and_turns_its_sign(before: Proportion, after: Proportion) -> None:
    there, back = share_change(before, after), share_change(after, before)
    if there is None or back is None:
        assert not before.n or not after.n
        return
    assert there.interval.low <= there.value <= there.interval.high
    assert there.interval.low == pytest.approx(-back.interval.high)


@given(st.lists(st.floats(0.1, 1e6), min_size=5, max_size=80))
def test_nothing_changed_is_never_clear(values: list[float]) -> None:
    change = median_change(values, values)
    assert change is not None and change.value == pytest.approx(0) and not change.clear


@given(st.integers(1001, 6000), st.data())
def test_many_are_told_nearly_as_exactly_as_few(n: int, data: st.DataObject) -> None:
    share = Proportion(data.draw(st.integers(0, n)), n)
    assert exact(share).holds(share.share)
    assert median_interval(list(range(n))).holds((n - 1) / 2)

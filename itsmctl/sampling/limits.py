"""The upper deviation limit: the highest rate of the population with which a sample such as this one still agrees."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import assert_never

from itsmctl.sampling import tails
from itsmctl.sampling.sizing import Method

_STEPS = 2**30
"""A rate is found to a billionth, rounded up: the limit may be a little too high, never too low."""


@lru_cache(maxsize=4096)
def upper_limit(method: Method, n: int, k: int, risk: Fraction, population: int) -> Fraction:
    """The one-sided upper limit of the rate where k of n deviate; exact where the whole population was examined."""
    if population and n >= population:
        return Fraction(k, n)
    if k >= n:
        return Fraction(1)
    match method:
        case "binomial":
            return _rate(lambda rate: tails.binomial(n, k, rate), risk)
        case "poisson":
            return min(_rate(lambda rate: tails.poisson(k, n * rate), risk), Fraction(1))
        case "hypergeometric":
            return Fraction(_most_deviations(n, k, risk, population), population)
        case _:
            assert_never(method)


def _most_deviations(n: int, k: int, risk: Fraction, population: int) -> int:
    """The largest number of deviations in the population with which k in the sample is likelier than the risk."""
    possible = range(k, population - (n - k) + 1)
    too_many = bisect_left(
        possible, True, key=lambda deviations: tails.hypergeometric(n, k, population, deviations).within(risk)
    )
    return possible[too_many - 1]


def _rate(at_most: Callable[[Fraction], tails.Chance], risk: Fraction) -> Fraction:
    """The rate at which the chance of so few deviations falls to the risk (Clopper and Pearson, one-sided)."""
    step = bisect_left(range(_STEPS + 1), True, key=lambda step: at_most(Fraction(step, _STEPS)).within(risk))
    return Fraction(min(step, _STEPS), _STEPS)

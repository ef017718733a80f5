"""The chance of at most so many deviations in a sample, exactly: whole numbers, never floating point."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction
from math import comb
from typing import NamedTuple

_DIGITS = Context(prec=60)
"""e to a power is no fraction: sixty digits leave a risk such as 0.05 no chance of a tie."""


class Chance(NamedTuple):
    """So many of so many equally likely ways; not reduced, because these numbers are too long for that."""

    ways: int
    whole: int

    def within(self, risk: Fraction) -> bool:
        """Whether it is no likelier than the risk."""
        return self.ways * risk.denominator <= risk.numerator * self.whole


def binomial(n: int, c: int, rate: Fraction) -> Chance:
    """P(X ≤ c) for n records of an endless population in which `rate` deviate."""
    bad, whole = rate.numerator, rate.denominator
    good = whole - bad
    if c >= n:
        return Chance(1, 1)
    term, total = 1, 1  # C(n, k) bad^k good^(c - k), summed by Horner's rule so that powers stay small
    for k in range(1, c + 1):
        term = term * (n - k + 1) * bad // k
        total = total * good + term
    return Chance(total * good ** (n - c), whole**n)


def hypergeometric(n: int, c: int, population: int, deviations: int) -> Chance:
    """P(X ≤ c) for n records drawn without putting back from a population in which so many deviate."""
    fewest = max(0, n - (population - deviations))
    good = population - deviations
    ways = sum(comb(deviations, k) * comb(good, n - k) for k in range(fewest, min(c, n) + 1))
    return Chance(ways, comb(population, n))


def poisson(c: int, mean: Fraction) -> Chance:
    """P(X ≤ c) for a number of deviations with that mean, to sixty digits."""
    m = _DIGITS.divide(Decimal(mean.numerator), Decimal(mean.denominator))
    term, total = Decimal(1), Decimal(1)
    for k in range(1, c + 1):
        term = _DIGITS.divide(_DIGITS.multiply(term, m), Decimal(k))
        total = _DIGITS.add(total, term)
    return Chance(*_DIGITS.multiply(total, _DIGITS.exp(-m)).as_integer_ratio())

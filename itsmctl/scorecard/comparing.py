"""Before and after, as honest statistics tell it: how large a change is, how sure that is, and what the mix had to do with it.

Everything here is a function of counts and numbers. Intervals are at 95 per cent unless another confidence is asked for;
where an interval reaches across "no change", a difference may be chance, and `clear` is false.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp, fsum, inf, log, sqrt
from statistics import NormalDist, median

from itsmctl.sampling import tails

CONFIDENCE = 0.95
_STEPS = 60
"""Halvings of an exact limit: past what a float tells apart."""
MANY = 1000
"""Beyond so many, exact sums cost seconds and the normal approximation is as good."""


@dataclass(frozen=True)
class Proportion:
    """So many of so many."""

    hits: int
    n: int

    @property
    def share(self) -> float:
        """The part, from 0 to 1; of nothing it is nothing."""
        return self.hits / self.n if self.n else 0.0


@dataclass(frozen=True)
class Interval:
    """From a lower to an upper limit; an infinite limit says that nothing bounds it."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a value lies within, limits included."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Change:
    """What became different: the difference of two shares, or a ratio less one (−0.25 is a quarter less)."""

    value: float
    interval: Interval

    @property
    def clear(self) -> bool:
        """Whether it is more than chance would make of equal periods, so far as the interval tells."""
        return not self.interval.holds(0.0)


@dataclass(frozen=True)
class Mix:
    """What a change of a share consists of: its strata themselves, and how much each of them weighs.

    `standardised` is the later share, had the strata weighed as before; `of_strata` + `of_mix` is the whole change.
    `compared` is the part of the earlier records whose stratum is there later too; the rest could not be compared.
    """

    before: float
    after: float
    standardised: float
    compared: float

    @property
    def of_strata(self) -> float:
        """The change that is left with the mix of before."""
        return self.standardised - self.before

    @property
    def of_mix(self) -> float:
        """The change that the mix alone made."""
        return self.after - self.standardised


def wilson(share: Proportion, confidence: float = CONFIDENCE) -> Interval:
    """The score interval of a share (Wilson 1927); without a record it reaches from 0 to 1."""
    if not share.n:
        return Interval(0.0, 1.0)
    z, p, n = _z(confidence), share.share, share.n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low = 0.0 if share.hits == 0 else max(0.0, middle - reach)
    return Interval(low, 1.0 if share.hits == n else min(1.0, middle + reach))


def share_change(before: Proportion, after: Proportion, confidence: float = CONFIDENCE) -> Change | None:
    """After less before, from −1 to 1, with the hybrid score interval (Newcombe 1998); None where one side has no record."""
    if not before.n or not after.n:
        return None
    p, q = before.share, after.share
    first, second = wilson(before, confidence), wilson(after, confidence)
    value = q - p
    low = value - sqrt((q - second.low) ** 2 + (first.high - p) ** 2)
    high = value + sqrt((second.high - q) ** 2 + (p - first.low) ** 2)
    return Change(value, Interval(low, high))


def median_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """Limits for the median from the values in order, whatever their distribution; unbounded where there are too few."""
    ordered, n = sorted(values), len(values)
    place = _place(n, confidence)
    return Interval(ordered[place - 1], ordered[n - place]) if place else Interval(-inf, inf)


def median_change(before: Sequence[float], after: Sequence[float], confidence: float = CONFIDENCE) -> Change | None:
    """The median after over the median before, less one (Price and Bonett 2002, on logarithms).

    None where a side has fewer than five values or a median that is not above zero.
    """
    if min(len(before), len(after)) < 5 or median(before) <= 0 or median(after) <= 0:
        return None
    first, second = log(median(before)), log(median(after))
    spread = sqrt(_log_median_variance(before) + _log_median_variance(after))
    reach = _z(confidence) * spread
    ratio = second - first
    return Change(exp(ratio) - 1, Interval(exp(ratio - reach) - 1, exp(ratio + reach) - 1))


def rate_change(
    before: int, time_before: float, after: int, time_after: float, confidence: float = CONFIDENCE
) -> Change | None:
    """The events in a time after over those before, less one, each against its length of time; the interval is exact.

    Given how many there were in all, those after are a binomial part. None where there was no event, or no time.
    """
    if before + after == 0 or time_before <= 0 or time_after <= 0:
        return None
    scale = time_before / time_after
    value = after / before * scale - 1 if before else inf
    part = exact(Proportion(after, before + after), confidence)
    return Change(value, Interval(_odds(part.low) * scale - 1, _odds(part.high) * scale - 1))


def total_change(
    before: Sequence[float],
    time_before: float,
    after: Sequence[float],
    time_after: float,
    confidence: float = CONFIDENCE,
) -> Change | None:
    """The sum of amounts in a time after over that before, less one, each against its length of time.

    Both how many there are and how large they are is left to chance (a compound Poisson sum, on logarithms), so few large
    amounts make a wide interval. None where a side has no amount above zero, or no time.
    """
    first, second = fsum(before), fsum(after)
    if first <= 0 or second <= 0 or time_before <= 0 or time_after <= 0:
        return None
    spread = sqrt(sum(fsum(x * x for x in some) / fsum(some) ** 2 for some in (before, after)))
    ratio = log(second / time_after) - log(first / time_before)
    reach = _z(confidence) * spread
    return Change(exp(ratio) - 1, Interval(exp(ratio - reach) - 1, exp(ratio + reach) - 1))


def exact(share: Proportion, confidence: float = CONFIDENCE) -> Interval:
    """The exact interval of a share (Clopper and Pearson 1934): never too narrow. Of more than MANY, the score interval."""
    if share.n > MANY:
        return wilson(share, confidence)
    risk = (1 - confidence) / 2
    low = 0.0 if share.hits == 0 else 1 - _upper(Proportion(share.n - share.hits, share.n), risk)
    high = 1.0 if share.hits == share.n else _upper(share, risk)
    return Interval(low, high)


def mix_of(before: Mapping[str, Proportion], after: Mapping[str, Proportion]) -> Mix | None:
    """Direct standardisation by strata (such as service and priority); None where a side is empty or they share none.

    Only strata of both periods can be compared, so the earlier share is theirs as well.
    """
    common = sorted(name for name in before if before[name].n and name in after and after[name].n)
    total, later = sum(before[name].n for name in common), sum(after[name].n for name in common)
    if not common:
        return None
    return Mix(
        sum(before[name].hits for name in common) / total,
        sum(after[name].hits for name in common) / later,
        sum(before[name].n * after[name].share for name in common) / total,
        total / sum(one.n for one in before.values()),
    )


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf(1 - (1 - confidence) / 2)


def _odds(part: float) -> float:
    return part / (1 - part) if part < 1 else inf


def _upper(share: Proportion, risk: float) -> float:
    """The rate at which so few hits are as unlikely as the risk, by halving; binomial sums in logarithms of their terms."""
    low, high = share.share, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _at_most(share, middle) > risk:
            low = middle
        else:
            high = middle
    return high


def _at_most(share: Proportion, rate: float) -> float:
    """P(X ≤ hits) of a binomial number."""
    if rate >= 1:
        return 1.0 if share.hits >= share.n else 0.0
    total, term = 0.0, share.n * log(1 - rate)
    for k in range(share.hits + 1):
        total += exp(term)
        term += log((share.n - k) / (k + 1) * rate / (1 - rate)) if k < share.n else 0.0
    return min(total, 1.0)


def _place(n: int, confidence: float) -> int:
    """The largest place from each end whose two values hold the median with the confidence; 0 where none does."""
    if n > MANY:
        return int((n - _z(confidence) * sqrt(n)) / 2)
    risk = Fraction(str(round((1 - confidence) / 2, 12)))
    place = 0
    while place < n // 2 and tails.binomial(n, place, Fraction(1, 2)).within(risk):
        place += 1
    return place


def _log_median_variance(values: Sequence[float]) -> float:
    """The variance of the logarithm of the median, from the distance of two values about it."""
    ordered, n = sorted(values), len(values)
    place = max(1, round((n + 1) / 2 - sqrt(n)))
    if n > MANY:
        z = (n - 2 * place + 1) / sqrt(n)
    else:
        chance = tails.binomial(n, place - 1, Fraction(1, 2))
        z = NormalDist().inv_cdf(1 - chance.ways / chance.whole)
    low, high = max(ordered[place - 1], 1e-9), ordered[n - place]
    return ((log(high) - log(low)) / (2 * z)) ** 2

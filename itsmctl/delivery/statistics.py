"""Figures with what chance would allow at 95%: Wilson for shares, order statistics for medians, Byar for counts."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, sqrt

from itsmctl.delivery.quality import MINIMUM, Better, Clear, Figure
from itsmctl.scorecard.comparing import Proportion, median_interval, wilson

_Z = 1.959963984540054
UNKNOWN = Figure(None, None, None, 0)


def share(part: int, whole: int) -> Figure:
    """A share in per cent."""
    if not whole:
        return UNKNOWN
    proportion = Proportion(part, whole)
    reach = wilson(proportion)
    return Figure(100 * proportion.share, 100 * reach.low, 100 * reach.high, whole)


def median(ordered: Sequence[float]) -> Figure:
    """The middle of values in order; without bounds where there are too few values to have any."""
    n = len(ordered)
    if not n:
        return UNKNOWN
    value, reach = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2, median_interval(ordered)
    if not isfinite(reach.low):
        return Figure(value, None, None, n)
    return Figure(value, reach.low, reach.high, n)


def count(n: int, divided_by: float = 1.0) -> Figure:
    """A number of things that happen one by one, or a rate of them."""
    low = n * (1 - 1 / (9 * n) - _Z / (3 * sqrt(n))) ** 3 if n else 0.0
    more = n + 1
    high = more * (1 - 1 / (9 * more) + _Z / (3 * sqrt(more))) ** 3
    return Figure(n / divided_by, low / divided_by, high / divided_by, n)


def verdict(before: Figure, now: Figure, better: Better) -> Clear:
    """Better or worse only where the two intervals have nothing in common, which is stricter than a test of the difference."""
    if before.value is None or now.value is None:
        return "unknown"
    if min(before.n, now.n) < MINIMUM:
        return "few"
    if None in (before.low, before.high, now.low, now.high):
        return "chance"
    lower, higher = (now.high or 0.0) < (before.low or 0.0), (now.low or 0.0) > (before.high or 0.0)
    if better == "neither" or not (lower or higher):
        return "chance"
    return "better" if higher == (better == "more") else "worse"

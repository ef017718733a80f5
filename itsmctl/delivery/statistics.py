"""Figures with what chance would allow at 95 %: Wilson for shares, order statistics for medians, Byar for counts."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, sqrt

from itsmctl.delivery.quality import MINIMUM, Better, Clear, Figure

_Z = 1.959963984540054
UNKNOWN = Figure(None, None, None, 0)


def share(part: int, whole: int) -> Figure:
    """A share in per cent."""
    if not whole:
        return UNKNOWN
    p, z2 = part / whole, _Z * _Z / whole
    middle, half = p + z2 / 2, _Z * sqrt(p * (1 - p) / whole + z2 / (4 * whole))
    low = 100 * (middle - half) / (1 + z2) if part else 0.0
    high = 100 * (middle + half) / (1 + z2) if part < whole else 100.0
    return Figure(100 * p, low, high, whole)


def median(ordered: Sequence[float]) -> Figure:
    """The middle of values in order."""
    n = len(ordered)
    if not n:
        return UNKNOWN
    value = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    spread = _Z * sqrt(n) / 2
    low, high = max(0, floor(n / 2 - spread) - 1), min(n - 1, ceil(n / 2 + spread))
    return Figure(value, ordered[low], ordered[high], n)


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

"""A row of bars in the text of a terminal, one character each, for trends that fit in a line."""

from __future__ import annotations

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"
UNKNOWN = "·"
"""Stands where there is no value."""
GOES_ON = "…"
"""Stands behind a last bar of which the period is not whole."""


def sparkline(values: Sequence[float | None], low: float, high: float) -> str:
    """A bar for each value, the lowest for `low` and less, the highest for `high` and more."""
    return "".join(UNKNOWN if value is None else BARS[_height(value, low, high)] for value in values)


def _height(value: float, low: float, high: float) -> int:
    share = (value - low) / (high - low) if high > low else 1.0
    return min(len(BARS) - 1, max(0, int(share * len(BARS))))

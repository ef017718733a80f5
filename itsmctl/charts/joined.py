"""The line that joins the points of a trend: dashed from and to what stands for only a part of a period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from itsmctl.reports.markup import element

Place = tuple[float, float, bool]
"""Where a point lies, and whether only a part of its period was judged."""


def lines(places: Sequence[Place]) -> list[str]:
    """One line through the points of whole periods next to each other, and a dashed one to or from each other point."""
    return [
        element("polyline", class_=look, points=" ".join(f"{x:.1f},{y:.1f}" for x, y, _ in run))
        for look, run in _runs(places)
    ]


def _runs(places: Sequence[Place]) -> Iterator[tuple[str, list[Place]]]:
    whole: list[Place] = []
    for one, following in pairwise(places):
        if one[2] or following[2]:
            if whole:
                yield "trend", whole
            whole = []
            yield "trend part", [one, following]
        else:
            whole = [*(whole or [one]), following]
    if whole:
        yield "trend", whole

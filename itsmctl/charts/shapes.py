"""What a chart is drawn with: columns, trends, bars, cells and streams, each mark with its own words, its looks by class."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import leather
from leather.shapes import Shape

from itsmctl.reports.plain import shown

PART = "part"
"""The kind of a mark of only a part of a period."""
WIDEST = 30
"""A column never gets wider than this, however few there are."""
DARK = 4
"""From this step on the ground of a cell is dark, and what is written on it light."""
STEPS = 6


class Scale(Protocol):
    """What a scale of leather does: it says where a value lies between two ends, and which values to name."""

    def project(self, value: object, range_min: float, range_max: float) -> Decimal:
        """Where a value lies."""

    def project_interval(self, value: object, range_min: float, range_max: float) -> tuple[Decimal, Decimal]:
        """Where a name begins and ends."""

    def ticks(self) -> Sequence[str | float]:
        """The values to name at the axis."""


@dataclass(frozen=True)
class Point:
    """One mark: where it lies, what it says when pointed at, its class, where it begins when stacked, and what is written at it."""

    x: str | float
    y: str | float | None
    tip: str
    kind: str = ""
    base: float = 0
    label: str = ""
    value: str = ""


class Layer(Shape):  # type: ignore[misc]
    """One series of points drawn in one way; a class because leather asks for one."""

    name = ""

    def __init__(self, points: Sequence[Point]) -> None:
        self.points = points

    def validate_series(self, series: leather.Series) -> None:
        """Any points can be drawn."""

    def legend_to_svg(self, series: leather.Series, palette: Iterator[str]) -> list[tuple[ET.Element, float]]:
        """There is none: marks are labelled where they are."""
        return []

    def to_svg(
        self, width: float, height: float, across: Scale, up: Scale, series: leather.Series, palette: Iterator[str]
    ) -> ET.Element:
        """The marks of the points, in a group of the layer's class."""
        group = ET.Element("g", {"class": self.name})
        for mark in self.marks(width, height, across, up):
            group.append(mark)
        return group

    def marks(self, width: float, height: float, across: Scale, up: Scale) -> Iterator[ET.Element]:
        """The marks of the points, on a canvas of this size."""
        raise NotImplementedError


class Columns(Layer):
    """A column for each name, from its base up; those of several layers stand on each other."""

    name = "columns"

    def marks(self, width: float, height: float, across: Scale, up: Scale) -> Iterator[ET.Element]:
        """A rectangle for each point that has a height."""
        for p in self.points:
            if not p.y:
                continue
            left, end = _interval(across, p.x, width)
            top, bottom = (float(up.project(value, height, 0)) for value in (p.base + float(p.y), p.base))
            yield _told(p, _rect(left, top, end - left, bottom - top, p.kind))
            if p.label:
                yield _text((left + end) / 2, top - 5, p.label, "value", "middle")


class Cut(Columns):
    """Columns that are too high for the chart: drawn up to `y`, broken near their top, with their number written there."""

    def marks(self, width: float, height: float, across: Scale, up: Scale) -> Iterator[ET.Element]:
        """The column, and the break across it."""
        yield from super().marks(width, height, across, up)
        for p in self.points:
            left, end = _interval(across, p.x, width)
            y = float(up.project(p.y, height, 0)) + 12
            yield ET.Element("path", {"d": f"M{left - 3:.1f} {y + 3:.1f}L{end + 3:.1f} {y - 3:.1f}", "class": "break"})


class Edge(Layer):
    """A line upright at the end of a name, with its label at the top of it."""

    name = "edge"

    def marks(self, width: float, height: float, across: Scale, up: Scale) -> Iterator[ET.Element]:
        """A line for each point."""
        for p in self.points:
            x = (
                sum(float(edge) for edge in across.project_interval(p.x, 0, width)) / 2
                + width / len(across.ticks()) / 2
            )
            yield ET.Element("path", {"d": f"M{x:.1f} -4V{height:.1f}", "class": "agreed"})
            yield _text(x + 5, 6, p.label, "agreed-label", "start")


class Sides(Layer):
    """What is written beside the rows, right of the chart."""

    name = "sides"

    def marks(self, width: float, height: float, across: Scale, up: Scale) -> Iterator[ET.Element]:
        """A text for each point."""
        for p in self.points:
            yield _text(width + 8, float(up.project(p.y, height, 0)) + 4, p.label, "value", "start")


class Trend(Layer):
    """A line through the points that have a value, broken where one has none; each is a dot, the last one may be labelled.

    To and from a point of only a part of a period, which its kind says, the line is dashed.
    """

    name = "trend"

    def marks(self, width: float, height: float, across: Scale, up: Scale) -> Iterator[ET.Element]:
        """The line, then the dots on it: hollow where the kind says so, a diamond for what is `bad`."""
        whole, dashed, before = "", "", ""
        dots = []
        partly = False
        for p in self.points:
            if p.y is None:
                before = ""
                continue
            x, y = float(across.project(p.x, 0, width)), float(up.project(p.y, height, 0))
            here, was_part, partly = f"{x:.1f} {y:.1f}", partly, PART in p.kind
            if before and (was_part or partly):
                dashed += f"M{before}L{here}"
                whole += f"M{here}"
            else:
                whole += f"{'L' if before else 'M'}{here}"
            before = here
            dots.append(_told(p, _dot(x, y, p.kind)))
            if p.label:
                dots.append(_text(x + 7, y + 4, p.label, "value", "start"))
        yield ET.Element("path", {"d": whole or "M0 0", "class": "line"})
        if dashed:
            yield ET.Element("path", {"d": dashed, "class": "line part"})
        yield from dots


class Promise(Layer):
    """A dashed line across at what was agreed, with its label beside the chart."""

    name = "promise"

    def marks(self, width: float, height: float, across: Scale, up: Scale) -> Iterator[ET.Element]:
        """A line for each point."""
        for p in self.points:
            y = float(up.project(p.y, height, 0))
            yield ET.Element("path", {"d": f"M0 {y:.1f}H{width:.1f}", "class": f"agreed {p.kind}".strip()})
            yield _text(width + 5, y + 4, p.label, "agreed-label", "start")


class Bars(Layer):
    """For each name a bar with its label above it and its value behind it: long labels need no margin."""

    name = "bars-of"

    def marks(self, width: float, height: float, across: Scale, up: Scale) -> Iterator[ET.Element]:
        """Label, track, bar and value, for each point."""
        for p in self.points:
            y = float(up.project(p.y, height, 0))
            end = float(across.project(p.x, 0, width))
            yield _text(0, y - 3, p.label, "name", "start")
            yield _rect(0, y + 3, width, 6, "track")
            yield _told(p, _rect(0, y + 3, max(end, 1.0), 6, p.kind))
            yield _text(width, y - 3, p.value, "value", "end")


class Cells(Layer):
    """A cell for each pair of names, darker for more, with its number where it fits; its kind is the step of its ground."""

    name = "cells"

    def marks(self, width: float, height: float, across: Scale, up: Scale) -> Iterator[ET.Element]:
        """A rectangle for each point, and what is written in it."""
        for p in self.points:
            left, end = _interval(across, p.x, width, gap=1)
            low, high = _interval(up, p.y, height, gap=1)
            top, bottom = height - high, height - low  # rows go down
            yield _told(p, _rect(left, top, end - left, bottom - top, p.kind))
            if p.label:
                yield _text((left + end) / 2, (top + bottom) / 2 + 4, p.label, f"in {p.kind}", "middle")


class Streams(Layer):
    """From the names on the left to those on the right, as wide as much goes there; `base` is how much."""

    name = "streams"

    def marks(self, width: float, height: float, across: Scale, up: Scale) -> Iterator[ET.Element]:
        """A curve for each point, stacked at both its ends, and the names on the right."""
        order = {str(name): place for place, name in enumerate(reversed(up.ticks()))}
        row = height / max(len(order), 1)
        wide = 0.82 * row / max([_total(self.points, end, name) for end in ("x", "y") for name in order] + [1.0])
        taken: dict[tuple[str, str], float] = {}
        for p in sorted(self.points, key=lambda p: (order[str(p.x)], order[str(p.y)])):
            ends = []
            for side, name in (("x", str(p.x)), ("y", str(p.y))):
                start = row * (order[name] + 0.5) - wide * _total(self.points, side, name) / 2
                ends.append(start + taken.get((side, name), 0.0) + wide * p.base / 2)
                taken[side, name] = taken.get((side, name), 0.0) + wide * p.base
            middle = width / 2
            curve = f"M0 {ends[0]:.1f}C{middle:.1f} {ends[0]:.1f} {middle:.1f} {ends[1]:.1f} {width:.1f} {ends[1]:.1f}"
            line = ET.Element("path", {"d": curve, "class": f"stream {p.kind}".strip()})
            line.set("style", f"stroke-width:{max(wide * p.base, 0.7):.1f}")
            yield _told(p, line)
        for name, place in order.items():
            yield _text(width + 8, row * (place + 0.5) + 4, name, "name", "start")


def step(value: float, most: float) -> str:
    """The class of a cell's ground: h0 for nothing, h1 to h6 for shares of the most."""
    return f"h{max(1, -(-STEPS * value // most)):.0f}" if value and most else "h0"


def _total(points: Sequence[Point], side: str, name: str) -> float:
    return sum(p.base for p in points if str(p.x if side == "x" else p.y) == name)


def _interval(scale: Scale, value: object, extent: float, gap: float | None = None) -> tuple[float, float]:
    """Where a name begins and ends from left to right: with leather's gaps, but never wider than a column may be, or ours."""
    start, end = (float(edge) for edge in scale.project_interval(value, 0, extent))
    middle, half = (start + end) / 2, (end - start) / 2
    half = min(half, WIDEST / 2) if gap is None else half / 0.9 - gap
    return middle - half, middle + half


def _told(point: Point, mark: ET.Element) -> ET.Element:
    """The mark with what it says when pointed at."""
    if not point.tip:
        return mark
    group = ET.Element("g")
    ET.SubElement(group, "title").text = shown(point.tip)
    group.append(mark)
    return group


def _rect(left: float, top: float, width: float, height: float, kind: str) -> ET.Element:
    places = {"x": left, "y": top, "width": width, "height": height}
    return ET.Element("rect", {**{name: str(place) for name, place in places.items()}, "class": f"mark {kind}".strip()})


def _dot(x: float, y: float, kind: str) -> ET.Element:
    """Round, or a diamond where it is bad: shape as well as colour."""
    if kind == "bad":
        return ET.Element("path", {"d": f"M{x - 5.5:.1f} {y:.1f}l5.5-5.5 5.5 5.5-5.5 5.5z", "class": "dot-mark bad"})
    return ET.Element("circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "3.4", "class": f"dot-mark {kind}".strip()})


def _text(x: float, y: float, words: str, kind: str, anchor: str) -> ET.Element:
    label = ET.Element("text", {"x": str(x), "y": str(y), "class": kind, "text-anchor": anchor})
    label.text = shown(words, 80)
    return label

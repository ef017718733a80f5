"""A chart as SVG: leather lays out scales, ticks and axes; what is drawn takes its looks from the page's style sheet."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import leather
from leather import theme

from itsmctl.charts.shapes import Layer, Scale
from itsmctl.language import Language, tr
from itsmctl.reports.markup import text_width
from itsmctl.reports.plain import shown

Tick = str | float

FONT = 11
_GAP = 8
_EDGE = 6
"""Room around a chart, for what its marks write at its rim."""
_LOOKS = ("fill", "stroke", "stroke-width", "font-family", "font-size")
"""What leather writes into each element and our style sheet says once."""
_PLACES = ("x", "y", "x1", "x2", "y1", "y2", "width", "height")

# The margins around a chart are those of its page, and it has no legend: what is drawn is labelled where it is.
theme.margin = 0.0
theme.legend_font_char_height = theme.legend_gap = 0
theme.tick_font_char_height, theme.tick_size = FONT + 4, 3


@dataclass(frozen=True)
class Told:
    """A chart in words: `id` makes its names on the page unique, the description has its main numbers for who cannot see it."""

    id: str
    title: str
    description: str


@dataclass(frozen=True)
class Figure:
    """A chart for a page: what it says, the drawing, its numbers as a table, and swatches of its classes where it needs a key."""

    told: Told
    svg: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    key: tuple[tuple[str, str], ...] = ()
    wide: bool = False
    note: str = ""


class Axis(leather.Axis):  # type: ignore[misc]
    """An axis that knows how wide its labels are in any script, and draws lines across the chart only where asked."""

    def __init__(
        self,
        ticks: Sequence[Tick] | None = None,
        label: Callable[[Tick], str] = str,
        *,
        lines: bool = False,
        at_end: Collection[Tick] = (),
    ):
        """Of the names in `at_end` it is the end that is labelled, not the middle, as of a band up to a number."""
        super().__init__(ticks, lambda value, index, count: shown(label(value), 80))
        self._label, self._lines = label, lines
        self._at_end = {shown(label(value), 80) for value in at_end}

    def estimate_label_margin(self, scale: Scale, orient: str) -> float:
        """The room for the longest label, or for one line of labels."""
        labels = [shown(self._label(value), 80) for value in self._ticks or scale.ticks()]
        if orient == "left":
            widest = max((text_width(label, FONT) for label in labels), default=0.0)
            return widest + _GAP if widest else 0.0
        return FONT + _GAP if any(labels) else 0.0

    def to_svg(self, width: float, height: float, scale: Scale, orient: str) -> ET.Element:
        """The labels, and the lines where this axis has any."""
        group: ET.Element = super().to_svg(width, height, scale, orient)
        for tick in group.iter("g"):
            for part in list(tick):
                if part.tag == "text" and not part.text or part.tag == "line" and not self._lines:
                    tick.remove(part)
                elif part.tag == "text" and part.text in self._at_end:
                    part.set("x", str(float(part.get("x", 0)) + width / len(scale.ticks()) / 2))
        return group


NO_AXIS = Axis(label=lambda value: "")
"""For a chart whose marks carry their own labels."""


def sentences(language: Language, *said: str) -> str:
    """Sentences one after the other; those that say nothing are left out."""
    first, *others = [one for one in said if one]
    for after in others:
        first = tr("{one} {two}", language, one=first, two=after)
    return first


def numbers(low: float, high: float) -> Scale:
    """A scale of numbers that ends at round ones; one without extent goes from 0 to 1."""
    scale: Scale = leather.Linear(low, high)
    return scale


def names(values: Iterable[str]) -> Scale:
    """A scale of names from left to right, each with its own place."""
    scale: Scale = leather.Ordinal(list(values))
    return scale


def rows(values: Iterable[str]) -> Scale:
    """A scale of names from the top down; leather's goes up."""
    scale: Scale = leather.Ordinal(list(values)[::-1])
    return scale


def draw(
    told: Told,
    layers: Sequence[Layer],
    across: tuple[Scale, Axis],
    up: tuple[Scale, Axis],
    *,
    width: int = 720,
    height: int = 220,
    beside: Iterable[str] = (),
) -> str:
    """The chart, `width` by `height`, with room right of it for what its marks write `beside` it; equal input gives equal bytes."""
    chart = leather.Chart()
    chart.set_x_scale(across[0])
    chart.set_x_axis(across[1])
    chart.set_y_scale(up[0])
    chart.set_y_axis(up[1])
    for layer in (layer for layer in layers if layer.points):
        chart.add_series(leather.Series(layer.points, x=lambda p, i: p.x, y=lambda p, i: p.y), layer)
    name = told.id
    right = max((text_width(shown(label, 80), FONT) + _GAP for label in beside), default=0.0)
    view = f"{-_EDGE} {-2 * _EDGE} {number(width + right + 2 * _EDGE)} {height + 3 * _EDGE}"
    root = ET.Element("svg", {"class": "plot", "viewBox": view, "role": "img"})
    root.set("aria-labelledby", f"{name}-t {name}-d")
    ET.SubElement(root, "title", id=f"{name}-t").text = shown(told.title)
    ET.SubElement(root, "desc", id=f"{name}-d").text = shown(told.description, 3000)
    drawn = chart.to_svg_group(width, height)
    drawn.remove(drawn[0])  # the background is the page's
    root.append(drawn)
    _tidy(root)
    return ET.tostring(root, encoding="unicode")


def _tidy(root: ET.Element) -> None:
    """Leave the looks to the style sheet, and of every number one decimal, which is all that anybody sees."""
    for node in root.iter():
        for look in _LOOKS:
            node.attrib.pop(look, None)
        if not node.get("transform", "-"):
            del node.attrib["transform"]
        for place in _PLACES:
            if place in node.attrib:
                node.set(place, number(float(node.attrib[place])))


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{round(value, 1) + 0.0:g}"

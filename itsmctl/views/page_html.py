"""A page of facts, tables and drawings as one self-contained HTML file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from itsmctl.charts.sparkline import BARS, GOES_ON, UNKNOWN
from itsmctl.language import Language
from itsmctl.reports import pages
from itsmctl.views.page import Page


@dataclass(frozen=True)
class Drawing:
    """An SVG with what it shows, and a word for each class that it draws with."""

    svg: str
    caption: str
    key: tuple[tuple[str, str], ...] = ()
    """(class of a mark, what it means)"""


def html(page: Page, language: Language, drawings: Sequence[Drawing] = ()) -> str:
    """The page with its drawings before its sections."""
    return pages.page(
        "page.html.j2",
        language,
        page=page,
        drawings=drawings,
        kind_of=lambda one: type(one).__name__,
        is_long=lambda facts: max((len(value) for _, value in facts.rows), default=0) > LONG,
        bars_of=bars_of,
    )


LONG = 80
"""Facts of which one is longer stand below each other."""
_TREND = re.compile(f"([{BARS}{UNKNOWN}]+)({GOES_ON}?)(?: (.?))?")
_WIDE, _HIGH = 11, 22


def bars_of(cell: str) -> str:
    """The cell as a drawing where it is a row of bars, with what stands behind it; '' where it is none."""
    found = _TREND.fullmatch(cell)
    if not found:
        return ""
    marks = "".join(_bar(place, bar) for place, bar in enumerate(found[1]))
    width = _WIDE * len(found[1])
    svg = f'<svg viewBox="0 0 {width} {_HIGH}" width="{width}" height="{_HIGH}" role="img" aria-label="{cell}">{marks}</svg>'
    return f'<span class="bars">{svg}{found[2]}{escape(found[3] or "")}</span>'


def _bar(place: int, bar: str) -> str:
    left = place * _WIDE
    if bar == UNKNOWN:
        return f'<circle cx="{left + 4}" cy="{_HIGH - 2}" r="1.5"/>'
    height = 2 + 2.5 * BARS.index(bar)
    return f'<rect x="{left}" y="{_HIGH - height:g}" width="{_WIDE - 3}" height="{height:g}"/>'

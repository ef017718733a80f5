"""Attainment of one service against what was agreed, as a small chart among many.

A report has up to a hundred of these, and leather takes sixteen times as long for each, so they are drawn by ourselves.
"""

from __future__ import annotations

from math import floor

from itsmctl.charts.joined import lines
from itsmctl.language import Language, is_span, month_text, number_text, reached_text, tr
from itsmctl.reports.levels import Level, ServiceLevels
from itsmctl.reports.markup import element, words

WIDTH, HEIGHT = 300, 118
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 44, 12, 22


def attainment(levels: ServiceLevels, service: str, language: Language) -> str:
    """One service, by what people call it: a point per month, the agreed level dashed; hollow where too few tickets to judge, or where only a part of the month was judged."""
    judged = [(index, level) for index, level in enumerate(levels.months) if level.judged]
    low = _floor(levels)
    parts = [element("title", words(_attainment_told(levels, service, language), 1000))]
    parts += _agreed(levels, low)
    firm = [(index, level) for index, level in judged if level.standing not in ("few", "torn")]
    parts += lines([(_x(index, levels), _y(level, low), level.partial) for index, level in firm])
    for index, level in judged:
        parts.append(_point(_x(index, levels), _y(level, low), level, language))
    for index in sorted({0, len(levels.months) - 1}):
        anchor = "start" if index == 0 else "end"
        label = month_text(levels.months[index].month, language)
        x = _LEFT if index == 0 else WIDTH - _RIGHT + 4
        parts.append(element("text", words(label), x=x, y=HEIGHT - 5, class_="chart-label", text_anchor=anchor))
    return element("svg", *parts, class_="chart", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img")


def _attainment_told(levels: ServiceLevels, service: str, language: Language) -> str:
    told = [
        f"{_month(level, language)} {reached_text(level.met, level.judged, level.not_testable)} ({number_text(_of(level))})"
        for level in levels.months
        if level.judged
    ]
    return tr("{service}: {months}", language, service=service, months=tr("; ", language).join(told))


def _of(level: Level) -> int:
    """Of how many its share is: also of those of which nobody can tell, where it stands as a span."""
    return level.judged + (level.not_testable if is_span(level.judged, level.not_testable) or not level.judged else 0)


def _month(level: Level, language: Language) -> str:
    month = month_text(level.month, language)
    return tr("{month} in part", language, month=month) if level.partial else month


def _floor(levels: ServiceLevels) -> float:
    """Where the scale begins: a round number under every point and under what was agreed."""
    shares = [100 * level.met / level.judged for level in levels.months if level.judged]
    agreed = [level.agreed for level in levels.months if level.agreed is not None]
    return max(0.0, min(90.0, floor((min([*shares, *agreed, 100.0]) - 4) / 10) * 10.0))


def _x(index: int, levels: ServiceLevels) -> float:
    steps = max(len(levels.months) - 1, 1)
    return _LEFT + 4 + (WIDTH - _LEFT - _RIGHT - 4) * index / steps


def _y(level: Level, low: float) -> float:
    return _scale(100 * level.met / level.judged, low)


def _scale(percent: float, low: float) -> float:
    return _TOP + (HEIGHT - _TOP - _BOTTOM) * (100 - percent) / (100 - low)


def _agreed(levels: ServiceLevels, low: float) -> list[str]:
    right = WIDTH - _RIGHT + 8
    bottom, top = _scale(low, low), _scale(100, low)
    parts = [
        element("line", x1=_LEFT, x2=right, y1=bottom, y2=bottom, class_="base"),
        element("line", x1=_LEFT, x2=right, y1=top, y2=top, class_="grid"),
        element("text", f"{low:g}%", x=right + 4, y=bottom + 4, class_="chart-label"),
    ]
    agreed = levels.whole.agreed
    if agreed is None:
        return [*parts, element("text", "100%", x=right + 4, y=top + 4, class_="chart-label")]
    y = _scale(agreed, low)
    parts.append(element("line", x1=_LEFT, x2=right, y1=y, y2=y, class_="agreed"))
    parts.append(element("text", f"{agreed:g}%", x=right + 4, y=y + 4, class_="chart-label agreed-label"))
    if y - top > 13:
        parts.append(element("text", "100%", x=right + 4, y=top + 4, class_="chart-label"))
    return parts


def _point(x: float, y: float, level: Level, language: Language) -> str:
    """Round when kept, a diamond when below, hollow when too few or of a part of a month: shape as well as colour."""
    tip = tr(
        "{month}: {met} of {judged} ({percent})",
        language,
        month=_month(level, language),
        met=number_text(level.met),
        judged=number_text(_of(level)),
        percent=reached_text(level.met, level.judged, level.not_testable),
    )
    look = f"point {level.standing}{' part' if level.partial else ''}"
    if level.standing == "below":
        shape = element("path", d=f"M{x - 5.5:.1f} {y:.1f}l5.5 -5.5 5.5 5.5 -5.5 5.5z", class_=look)
    else:
        shape = element("circle", cx=x, cy=y, r=3.6, class_=look)
    return element("g", element("title", words(tip)), shape)

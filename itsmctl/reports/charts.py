"""Small charts as SVG: attainment of one service against what was agreed, and work opened and resolved per month."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from itsmctl.language import Language, month_text, number_text, percent_text, tr
from itsmctl.reports.levels import Level, ServiceLevels
from itsmctl.reports.markup import element, words

WIDTH, HEIGHT = 300, 118
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 44, 12, 22


def attainment(levels: ServiceLevels, language: Language) -> str:
    """One service: a point per month, the agreed level dashed; hollow where too few tickets to judge."""
    judged = [(index, level) for index, level in enumerate(levels.months) if level.judged]
    low = _floor(levels)
    parts = [element("title", words(_attainment_told(levels, language), 1000))]
    parts += _agreed(levels, low)
    firm = [(index, level) for index, level in judged if level.standing not in ("few", "torn")]
    if len(firm) > 1:
        points = " ".join(f"{_x(index, levels):.1f},{_y(level, low):.1f}" for index, level in firm)
        parts.append(element("polyline", points=points, class_="trend"))
    for index, level in judged:
        parts.append(_point(_x(index, levels), _y(level, low), level, language))
    for index in sorted({0, len(levels.months) - 1}):
        anchor = "start" if index == 0 else "end"
        label = month_text(levels.months[index].month, language)
        x = _LEFT if index == 0 else WIDTH - _RIGHT + 4
        parts.append(element("text", words(label), x=x, y=HEIGHT - 5, class_="chart-label", text_anchor=anchor))
    return element("svg", *parts, class_="chart", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img")


def _attainment_told(levels: ServiceLevels, language: Language) -> str:
    told = [
        f"{month_text(level.month, language)} {percent_text(level.met, level.judged)} ({number_text(level.judged)})"
        for level in levels.months
        if level.judged
    ]
    return tr("{service}: {months}", language, service=levels.service, months=tr("; ", language).join(told))


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
    """Round when kept, a cross-shaped diamond when below, hollow when too few: shape as well as colour."""
    tip = tr(
        "{month}: {met} of {judged} ({percent})",
        language,
        month=month_text(level.month, language),
        met=number_text(level.met),
        judged=number_text(level.judged),
        percent=percent_text(level.met, level.judged),
    )
    if level.standing == "below":
        shape = element("path", d=f"M{x - 5.5:.1f} {y:.1f}l5.5 -5.5 5.5 5.5 -5.5 5.5z", class_="point below")
    else:
        shape = element("circle", cx=x, cy=y, r=3.6, class_=f"point {level.standing}")
    return element("g", element("title", words(tip)), shape)


_PLOT_WIDTH, _PLOT_HEIGHT = 900, 190


def months(counts: Sequence[tuple[str, int, int]], language: Language) -> str:
    """Two bars per month: opened solid, resolved outlined."""
    top = max((max(opened, resolved) for _, opened, resolved in counts), default=0) or 1
    slot = (_PLOT_WIDTH - 60) / max(len(counts), 1)
    bar = min(slot * 0.36, 26.0)
    every = 1 + int(66 / slot)
    parts = [element("title", words(_months_told(counts, language), 3000)), *_levels_of(top)]
    base = _PLOT_HEIGHT - 24
    for index, (month, opened, resolved) in enumerate(counts):
        middle = 60 + slot * (index + 0.5)
        for left, n, kind in ((middle - bar - 1, opened, "opened"), (middle + 1, resolved, "resolved")):
            height = (base - 12) * n / top
            tip = element("title", words(f"{month_text(month, language)} · {number_text(n)}"))
            box = element("rect", x=left, y=base - height, width=bar, height=height, class_=f"column {kind}")
            parts.append(element("g", tip, box))
        if index % every == 0:
            label = month_text(month, language)
            parts.append(
                element("text", words(label), x=middle, y=base + 17, class_="chart-label", text_anchor="middle")
            )
    return element("svg", *parts, class_="chart wide", viewBox=f"0 0 {_PLOT_WIDTH} {_PLOT_HEIGHT}", role="img")


def _levels_of(top: int) -> list[str]:
    """The base line, and lines at half and full height with their numbers."""
    base = _PLOT_HEIGHT - 24
    parts = [element("line", x1=54, x2=_PLOT_WIDTH, y1=base, y2=base, class_="base")]
    for n in (top, top // 2):
        y = base - (base - 12) * n / top
        parts.append(element("line", x1=54, x2=_PLOT_WIDTH, y1=y, y2=y, class_="grid"))
        label = number_text(n)
        parts.append(element("text", label, x=48, y=y + 4, class_="chart-label", text_anchor="end"))
    return parts


def _months_told(counts: Sequence[tuple[str, int, int]], language: Language) -> str:
    told = [
        tr(
            "{month}: {opened} opened, {resolved} resolved",
            language,
            month=month_text(month, language),
            opened=number_text(opened),
            resolved=number_text(resolved),
        )
        for month, opened, resolved in counts
    ]
    return tr("; ", language).join(told)

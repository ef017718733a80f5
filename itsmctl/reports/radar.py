"""A radar of an assessment as SVG: the score of each dimension, as people say and as it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin

from itsmctl.assessment.levels import DimensionResult
from itsmctl.language import Language, tr
from itsmctl.reports.assessment_words import percent
from itsmctl.reports.markup import element, words
from itsmctl.reports.plain import wrap

WIDTH, HEIGHT, RADIUS = 440, 320, 120
LINE = 12
RINGS = (0.25, 0.5, 0.75, 1.0)


def radar(results: Sequence[DimensionResult], language: Language) -> str:
    """What is shown as an area, what is said as a dashed line around it; a dimension without answers lies at the middle."""
    told = tr("; ", language).join(
        f"{one.dimension.title.in_(language)}{tr(': ', language)}{tr('said', language)} {percent(one.said.score)}, "
        f"{tr('shown', language)} {percent(one.shown.score)}"
        for one in results
    )
    count = len(results)
    parts = [element("title", words(told, 3000))]
    parts += [_outline([ring] * count, fill="none", stroke="var(--line)") for ring in RINGS]
    parts += [element("line", x1=WIDTH / 2, y1=HEIGHT / 2, x2=x, y2=y, stroke="var(--line)") for x, y in _rim(count)]
    shown = [one.shown.score or 0.0 for one in results]
    parts.append(_outline(shown, fill="var(--accent)", fill_opacity="0.22", stroke="var(--accent)", stroke_width=2))
    said = [one.said.score or 0.0 for one in results]
    parts.append(_outline(said, fill="none", stroke="var(--ink)", stroke_dasharray="4 3"))
    parts += [_label(one, place, count, language) for place, one in enumerate(results)]
    return element("svg", *parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img")


def _rim(count: int) -> list[tuple[float, float]]:
    return [_point(place, count, 1) for place in range(count)]


def _point(place: int, count: int, share: float) -> tuple[float, float]:
    """The first dimension points up, the others follow clockwise."""
    angle = 2 * pi * place / count
    return WIDTH / 2 + RADIUS * share * sin(angle), HEIGHT / 2 - RADIUS * share * cos(angle)


def _outline(shares: Sequence[float], **look: str | int) -> str:
    points = (_point(place, len(shares), share) for place, share in enumerate(shares))
    return element("polygon", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points), **look)


def _label(result: DimensionResult, place: int, count: int, language: Language) -> str:
    """The name of a dimension with what is shown, in as many lines as keep it within the drawing."""
    x, y = _point(place, count, 1.09)
    side = x - WIDTH / 2
    anchor = "middle" if abs(side) < RADIUS / 10 else "start" if side > 0 else "end"
    # Many dimensions leave room for a short name alone; the table beside the drawing has the titles and the shares.
    title = f"{result.dimension.title.in_(language)} {percent(result.shown.score)}"
    text = title if count <= 8 else result.dimension.id
    lines = [text] if anchor == "middle" else wrap(text, LINE)
    top = y + 4 - 7 * (len(lines) - 1)
    return "".join(
        element("text", words(line), x=x, y=top + 14 * number, text_anchor=anchor) for number, line in enumerate(lines)
    )

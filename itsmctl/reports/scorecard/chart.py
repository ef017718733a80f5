"""The trend of one indicator as a small drawing: a point for each period, and the target as a dashed line."""

from __future__ import annotations

from xml.sax.saxutils import escape

from itsmctl.language import Language
from itsmctl.reports.scorecard import words as say
from itsmctl.scorecard.figures import Figure, Indicator

WIDTH, HEIGHT, EDGE = 150, 34, 5
_CLASSES = {"reached": "", "missed": " below", "alarm": " below", "uncertain": " open"}


def chart(one: Indicator, language: Language) -> str:
    """An SVG that says each value when pointed at; '' where no period has one."""
    told = [(n, figure) for n, figure in enumerate(one.figures) if figure.value is not None]
    if not told:
        return ""
    ends = [end for end in (one.kpi.target.at_least, one.kpi.target.at_most) if end is not None]
    values = [figure.value for _, figure in told if figure.value is not None]
    low, high = min(*ends, *values), max(*ends, *values)

    def x(n: int) -> str:
        last = max(len(one.figures) - 1, 1)
        return f"{EDGE + (WIDTH - 2 * EDGE) * n / last:.1f}"

    def y(value: float) -> str:
        share = (value - low) / (high - low) if high > low else 0.5
        return f"{HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * share:.1f}"

    lines = [f'<line class="agreed" x1="0" x2="{WIDTH}" y1="{y(end)}" y2="{y(end)}"/>' for end in ends]
    path = " ".join(f"{x(n)},{y(figure.value or 0.0)}" for n, figure in told)
    points = [_point(one, figure, x(n), y(figure.value or 0.0), language) for n, figure in told]
    name = escape(one.kpi.title.in_(language), {'"': "&quot;"})
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}">'
        + "".join(lines)
        + f'<polyline class="trend" points="{path}"/>'
        + "".join(points)
        + "</svg>"
    )


def _point(one: Indicator, figure: Figure, x: str, y: str, language: Language) -> str:
    words = f"{say.period_label(figure, language)}: {say.value_text(one.kpi, figure.value, language)}"
    return f'<circle class="point{_CLASSES.get(figure.standing, "")}" cx="{x}" cy="{y}" r="3"><title>{escape(words)}</title></circle>'

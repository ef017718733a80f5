"""The trend of one indicator as a small chart among many: a point for each period, hollow where it is not whole, and the target as a dashed line."""

from __future__ import annotations

from itsmctl.charts.joined import lines
from itsmctl.language import Language, tr
from itsmctl.reports.markup import element, words
from itsmctl.reports.scorecard import words as say
from itsmctl.scorecard.figures import Figure, Indicator

WIDTH, HEIGHT, EDGE = 150, 34, 5
_CLASSES = {"reached": "", "missed": " below", "alarm": " below", "uncertain": " open"}


def indicator_chart(one: Indicator, language: Language) -> str:
    """An SVG that says each value when pointed at; '' where no period has one."""
    told = [(n, figure, figure.value) for n, figure in enumerate(one.figures) if figure.value is not None]
    if not told:
        return ""
    ends = [end for end in (one.kpi.target.at_least, one.kpi.target.at_most) if end is not None]
    low, high = say.extent(one)

    def x(n: int) -> float:
        return EDGE + (WIDTH - 2 * EDGE) * n / max(len(one.figures) - 1, 1)

    def y(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * share

    return element(
        "svg",
        *(element("line", class_="agreed", x1=0, x2=WIDTH, y1=y(end), y2=y(end)) for end in ends),
        *lines([(x(n), y(value), not figure.complete) for n, figure, value in told]),
        *(_point(one, figure, x(n), y(value), language) for n, figure, value in told),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=one.kpi.title.in_(language),
    )


def _point(one: Indicator, figure: Figure, x: float, y: float, language: Language) -> str:
    tip = f"{say.period_label(figure, language)}{tr(': ', language)}{say.value_text(one.kpi, figure.value, language)}"
    look = f"point{_CLASSES.get(figure.standing, '')}{'' if figure.complete else ' part'}"
    return element("circle", element("title", words(tip)), class_=look, cx=x, cy=y, r=3)

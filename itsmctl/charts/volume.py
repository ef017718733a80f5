"""Work that comes in and work that is done, month by month: where the line stays under the columns, work piles up."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from itsmctl.charts.plot import Axis, Figure, Told, draw, names, numbers
from itsmctl.charts.shapes import PART, Columns, Point, Trend
from itsmctl.language import Language, month_text, number_text, tr

LABELS = 9
"""Months named under the chart, at most."""


def volume(
    months: Sequence[tuple[str, int, int]], language: Language, partial: Collection[str] = frozenset()
) -> Figure:
    """A column for what was opened in a month, and a line through what was resolved; hollow and dashed for months of which only a
    part was judged."""
    every = -(-len(months) // LABELS)
    part = {month: PART if month in partial else "" for month, *_ in months}
    tips = [_tip(_name(month, part[month], language), came, went, language) for month, came, went in months]
    opened = [
        Point(month, n, tip, f"soft {part[month]}".strip()) for (month, n, _), tip in zip(months, tips, strict=True)
    ]
    resolved = [Point(month, n, tip, part[month]) for (month, _, n), tip in zip(months, tips, strict=True)]
    told = Told("volume", tr("Opened and resolved per month", language), _says(months, language))
    svg = draw(
        told,
        [Columns(opened), Trend(resolved)],
        (
            names(month for month, *_ in months),
            Axis([month for month, *_ in months[::every]], lambda month: month_text(str(month), language)),
        ),
        (
            numbers(0, max(max(counts) for _, *counts in months) or 1),
            Axis(label=lambda n: number_text(int(n)), lines=True),
        ),
        width=1000,
    )
    head = (tr("Month", language), tr("opened", language), tr("resolved", language))
    rows = tuple(
        (_name(month, part[month], language), number_text(came), number_text(went)) for month, came, went in months
    )
    legend = [("soft", head[1]), ("", head[2])]
    if any(part.values()):
        legend.append((PART, tr("only a part of the month was judged", language)))
    return Figure(told, svg, head, rows, tuple(legend), wide=True)


def _name(month: str, part: str, language: Language) -> str:
    name = month_text(month, language)
    return tr("{month} in part", language, month=name) if part else name


def _tip(month: str, opened: int, resolved: int, language: Language) -> str:
    return tr(
        "{month}: {opened} opened, {resolved} resolved",
        language,
        month=month,
        opened=number_text(opened),
        resolved=number_text(resolved),
    )


def _says(months: Sequence[tuple[str, int, int]], language: Language) -> str:
    return tr(
        "From {first} to {last}, {opened} opened and {resolved} resolved.",
        language,
        first=month_text(months[0][0], language),
        last=month_text(months[-1][0], language),
        opened=number_text(sum(opened for _, opened, _ in months)),
        resolved=number_text(sum(resolved for *_, resolved in months)),
    )

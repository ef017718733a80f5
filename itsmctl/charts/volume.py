"""Work that comes in and work that is done, month by month: where the line stays under the columns, work piles up."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.charts.plot import Axis, Figure, Told, draw, names, numbers
from itsmctl.charts.shapes import Columns, Point, Trend
from itsmctl.language import Language, month_text, number_text, tr

LABELS = 9
"""Months named under the chart, at most."""


def volume(months: Sequence[tuple[str, int, int]], language: Language) -> Figure:
    """A column for what was opened in a month, and a line through what was resolved."""
    every = -(-len(months) // LABELS)
    tips = [_tip(*month, language) for month in months]
    opened = [Point(month, n, tip, "soft") for (month, n, _), tip in zip(months, tips, strict=True)]
    resolved = [Point(month, n, tip) for (month, _, n), tip in zip(months, tips, strict=True)]
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
    rows = tuple((month_text(month, language), number_text(came), number_text(went)) for month, came, went in months)
    return Figure(told, svg, head, rows, (("soft", head[1]), ("", head[2])), wide=True)


def _tip(month: str, opened: int, resolved: int, language: Language) -> str:
    return tr(
        "{month}: {opened} opened, {resolved} resolved",
        language,
        month=month_text(month, language),
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

"""Incidents that come back: kinds of incident by month, those first that no problem explains."""

from __future__ import annotations

from itsmctl.charts.plot import Axis, Figure, Told, draw, names, rows, sentences
from itsmctl.charts.shapes import Cells, Point, Sides, step
from itsmctl.figures import Recurrence, Recurring
from itsmctl.language import Language, month_text, number_text, tr, trn
from itsmctl.model import Names
from itsmctl.reports.called import UNNAMED, value_text
from itsmctl.reports.plain import cut

PROCESS = "incident"
"""Of which the kinds are."""
ROW = 26
WIDE = 50
"""Terminal columns for what the incidents have in common."""
WRITTEN = 14
"""Months up to which the cells have their numbers written in."""


def recurrence(counted: Recurrence, called: Names, language: Language) -> Figure:
    """A row for each kind, a cell for each month."""
    kinds = _kinds(counted, called, language)
    label = {kind: _short(kind, place) for place, kind in enumerate(kinds)}
    most = max(n for row in counted.rows for n in row.months)
    written = len(counted.months) <= WRITTEN
    points = [
        Point(
            month,
            label[kind],
            f"{kind} · {month_text(month, language)}{tr(': ', language)}{number_text(n)}",
            step(n, most),
            label=number_text(n) if written and n else "",
        )
        for kind, row in zip(kinds, counted.rows, strict=True)
        for month, n in zip(counted.months, row.months, strict=True)
    ]
    sides = [
        Point(counted.months[0], label[kind], "", label=_side(row, language))
        for kind, row in zip(kinds, counted.rows, strict=True)
    ]
    told = Told(
        "recurrence",
        tr("Incidents that come back: candidates for a problem", language),
        _says(counted, kinds, language),
    )
    every = -(-len(counted.months) // 7)
    svg = draw(
        told,
        [Cells(points), Sides(sides)],
        (names(counted.months), Axis(counted.months[::every], lambda month: month_text(str(month), language))),
        (rows(label.values()), Axis()),
        width=850,
        height=ROW * len(kinds) + 20,
        beside=[point.label for point in sides],
    )
    table = tuple(
        (kind, *(number_text(n) for n in row.months), number_text(row.records), _linked(row))
        for kind, row in zip(kinds, counted.rows, strict=True)
    )
    head = (
        tr("Service · category · subcategory", language),
        *(month_text(month, language) for month in counted.months),
        tr("Records", language),
        tr("With a problem", language),
    )
    return Figure(told, svg, head, table, wide=True)


def _kinds(counted: Recurrence, called: Names, language: Language) -> list[str]:
    """What each kind is called; by its codes where another is called the same."""
    told = [_kind(row, called, language) for row in counted.rows]
    return [
        kind if told.count(kind) == 1 else _kind(row, UNNAMED, language)
        for row, kind in zip(counted.rows, told, strict=True)
    ]


def _kind(row: Recurring, called: Names, language: Language) -> str:
    values = {"service": row.service, "category": row.category, "subcategory": row.subcategory}
    return " · ".join(value_text(called, PROCESS, column, value, language) for column, value in values.items() if value)


def _short(kind: str, place: int) -> str:
    """The name as far as it fits; two that begin alike are told apart by their place."""
    short = cut(kind, WIDE)
    return short if short == kind else f"{cut(kind, WIDE - 4)} ({place + 1})"


def _linked(row: Recurring) -> str:
    return "–" if row.linked is None else number_text(row.linked)


def _side(row: Recurring, language: Language) -> str:
    if row.linked is None:
        return number_text(row.records)
    return tr("{n}, {linked} with a problem", language, n=number_text(row.records), linked=number_text(row.linked))


def _says(counted: Recurrence, kinds: list[str], language: Language) -> str:
    worst = counted.rows[0]
    said = trn(
        "{n} kind of incident came back three times or more within a month without a problem.",
        "{n} kinds of incident came back three times or more within a month without a problem.",
        counted.candidates,
        language,
    )
    most = tr("Most often: {kind}, {records} records.", language, kind=kinds[0], records=number_text(worst.records))
    return sentences(language, said, most)

"""Open work over time, the oldest at the bottom: a backlog that ages grows from below."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from itsmctl.charts.plot import Axis, Figure, Told, draw, names, numbers
from itsmctl.charts.shapes import Columns, Point
from itsmctl.figures import AGES, Backlog, OpenWork
from itsmctl.language import Language, date_text, local, number_text, percent_text, tr, trn

LABELS = 8
"""Dates named under the chart, at most."""


def backlog(counted: Backlog, zone: ZoneInfo, language: Language) -> Figure:
    """A stacked column for each moment, with its ages from the oldest up."""
    moments = counted.moments
    days = [f"{local(moment.at, zone):%Y-%m-%d}" for moment in moments]
    layers = []
    for age in reversed(range(len(AGES) + 1)):
        points = [
            Point(
                day,
                moment.ages[age],
                f"{day} · {age_text(age, language)}{tr(': ', language)}{number_text(moment.ages[age])}",
                f"a{age + 1}",
                base=sum(moment.ages[age + 1 :]),
            )
            for day, moment in zip(days, moments, strict=True)
        ]
        layers.append(Columns(points))
    told = Told("backlog", tr("Open work, by age", language), _says(moments, zone, language))
    every = -(-len(days) // LABELS)
    svg = draw(
        told,
        layers,
        (names(days), Axis(days[::every])),
        (
            numbers(0, max(sum(moment.ages) for moment in moments) or 1),
            Axis(label=lambda n: number_text(int(n)), lines=True),
        ),
        width=1000,
        height=230,
    )
    ages = tuple(age_text(age, language) for age in range(len(AGES) + 1))
    rows = tuple(
        (day, *(number_text(n) for n in moment.ages), number_text(sum(moment.ages)))
        for day, moment in zip(days, moments, strict=True)
    )
    key = tuple((f"a{age + 1}", ages[age]) for age in reversed(range(len(ages))))
    return Figure(
        told, svg, (tr("At midnight of", language), *ages, tr("Open", language)), rows, key, wide=True,
        note=_undated(counted.undated, language),
    )  # fmt: skip


def age_text(age: int, language: Language) -> str:
    """An age of open work in words."""
    if age == 0:
        return tr("up to a day", language)
    if age == len(AGES):
        return tr("over {n} days", language, n=AGES[-1])
    return tr("up to {n} days", language, n=AGES[age])


def _says(moments: tuple[OpenWork, ...], zone: ZoneInfo, language: Language) -> str:
    last = moments[-1]
    most = max(moments, key=lambda moment: (sum(moment.ages), -moment.at))
    return tr(
        "{n} open on {day}, {old} of them for over {age} days ({percent}); at most {most}, on {peak}.",
        language,
        n=number_text(sum(last.ages)),
        day=date_text(last.at, zone, language),
        old=number_text(last.ages[-1]),
        age=AGES[-1],
        percent=percent_text(last.ages[-1], sum(last.ages)),
        most=number_text(sum(most.ages)),
        peak=date_text(most.at, zone, language),
    )


def _undated(n: int, language: Language) -> str:
    if not n:
        return ""
    return trn(
        "{n} record is over, but nothing tells since when: it is left out.",
        "{n} records are over, but nothing tells since when: they are left out.",
        n,
        language,
    )

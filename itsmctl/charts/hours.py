"""When work comes in: a cell for each hour of the week, in the zone of the calendar that promises are measured by."""

from __future__ import annotations

from itsmctl.charts.plot import Axis, Figure, Told, draw, names, rows, sentences
from itsmctl.charts.shapes import Cells, Point, step
from itsmctl.figures import Hours
from itsmctl.language import Language, msg, number_text, percent_text, tr

WEEKDAYS = (msg("Mon"), msg("Tue"), msg("Wed"), msg("Thu"), msg("Fri"), msg("Sat"), msg("Sun"))
EVERY = 6
"""Hours named under the chart."""


def hours(counted: Hours, language: Language) -> Figure:
    """Darker is more; service hours are framed."""
    days = [tr(day, language) for day in WEEKDAYS]
    most = max(map(max, counted.opened))
    points = [
        Point(
            str(hour),
            day,
            f"{day} {hour}:00–{hour + 1}:00: {number_text(n)}",
            step(n, most) + (" service" if (place, hour) in counted.service else ""),
        )
        for place, day in enumerate(days)
        for hour, n in enumerate(counted.opened[place])
    ]
    told = Told("hours", tr("When work comes in", language), _says(counted, days, language))
    svg = draw(
        told,
        [Cells(points)],
        (
            names(str(hour) for hour in range(24)),
            Axis([str(hour) for hour in range(0, 24, EVERY)], lambda hour: f"{hour}:00"),
        ),
        (rows(days), Axis()),
        width=480,
        height=190,
    )
    table = tuple(
        (day, *(number_text(n) for n in counted.opened[place]), number_text(sum(counted.opened[place])))
        for place, day in enumerate(days)
    )
    head = (tr("Weekday", language), *(str(hour) for hour in range(24)), tr("Records", language))
    key = (
        (("h1 service", tr("service hours of {calendar}", language, calendar=counted.calendar)),)
        if counted.service
        else ()
    )
    return Figure(
        told,
        svg,
        head,
        table,
        key,
        note=tr("Hours in {zone}; the stronger the colour, the more.", language, zone=counted.zone),
    )


def _says(counted: Hours, days: list[str], language: Language) -> str:
    cells = {(day, hour): n for day, row in enumerate(counted.opened) for hour, n in enumerate(row)}
    day, hour = min(cells, key=lambda cell: (-cells[cell], cell))
    total = sum(cells.values())
    said = tr(
        "Busiest is {day} from {hour}:00 to {next}:00, with {most} of {n} records.",
        language, n=number_text(total), day=days[day], hour=hour, next=hour + 1, most=number_text(cells[day, hour]),
    )  # fmt: skip
    if not counted.service:
        return said
    outside = sum(n for cell, n in cells.items() if cell not in counted.service)
    late = tr(
        "{n} come in outside service hours ({percent}).",
        language,
        n=number_text(outside),
        percent=percent_text(outside, total),
    )
    return sentences(language, said, late)

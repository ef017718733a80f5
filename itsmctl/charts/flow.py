"""The paths of records through the states of a process, the most frequent first, and what is left."""

from __future__ import annotations

from itsmctl.charts.plot import NO_AXIS, Figure, Told, draw, numbers, rows
from itsmctl.charts.shapes import Bars, Point
from itsmctl.figures import Flow
from itsmctl.language import Language, number_text, percent_text, tr
from itsmctl.model import Names
from itsmctl.reports.called import value_text
from itsmctl.reports.plain import cells, cut

ROW, WIDTH = 36, 480
LARGEST, COLUMN = 12.5, 7.5
"""The size of letters on a telephone, where they are largest, and how wide a column of the widest usual ones is in it."""


def flow(counted: Flow, process: str, called: Names, language: Language) -> Figure:
    """A bar for each of the most frequent paths, and one for all others."""
    told = Told(
        f"paths-{counted.process}",
        tr("{process}: paths taken", language, process=process),
        _says(counted, called, language),
    )
    listed = [(_path_text(path, counted, called, language), n) for path, n in counted.variants]
    rest = counted.records - sum(n for _, n in listed)
    others = tr("{n} other paths", language, n=number_text(counted.paths - len(listed)))
    shown = [*listed, (others, rest)] if rest else listed
    points = [
        Point(
            n,
            str(place),
            f"{path}{tr(': ', language)}{number_text(n)}",
            "" if place < len(listed) else "soft",
            label=cut(path, _room(value)),
            value=value,
        )
        for place, (path, n) in enumerate(shown)
        for value in [f"{percent_text(n, counted.records)} · {number_text(n)}"]
    ]
    most = max(n for _, n in shown)
    svg = draw(
        told,
        [Bars(points)],
        (numbers(0, most), NO_AXIS),
        (rows([str(place) for place in range(len(shown))]), NO_AXIS),
        width=WIDTH,
        height=ROW * len(shown),
    )
    table = tuple((path, number_text(n), percent_text(n, counted.records)) for path, n in shown)
    return Figure(told, svg, (tr("Path", language), tr("Records", language), "%"), table)


def _room(value: str) -> int:
    """Columns of a path that fit beside the value over its bar; the table has the whole path."""
    return int((WIDTH - cells(value) * COLUMN * 1.1) / COLUMN) - 1


def _path_text(path: tuple[str, ...], counted: Flow, called: Names, language: Language) -> str:
    """The states of a path in order."""
    return " → ".join(value_text(called, counted.process, "state", state, language) for state in path)


def _says(counted: Flow, called: Names, language: Language) -> str:
    (path, n), *_ = counted.variants
    return tr(
        "{records} records took {paths} different paths; the most frequent one took {percent} of them: {path}.",
        language,
        records=number_text(counted.records),
        paths=number_text(counted.paths),
        percent=percent_text(n, counted.records),
        path=_path_text(path, counted, called, language),
    )

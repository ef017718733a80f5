"""Who hands work to whom: groups on both sides, streams as wide as the work that goes there."""

from __future__ import annotations

from itsmctl.charts.plot import NO_AXIS, Axis, Figure, Told, draw, names, rows
from itsmctl.charts.shapes import Point, Streams
from itsmctl.figures import OTHERS, Network
from itsmctl.language import Language, number_text, percent_text, tr
from itsmctl.reports.plain import cut

ROW = 34
WIDE = 36
"""Terminal columns for the name of a group."""
LISTED = 30
"""Pairs in the table, the most frequent."""


def network(counted: Network, language: Language) -> Figure:
    """From the left to the right; groups that give and take most stand first, all others last."""
    busy: dict[str, int] = {}
    for giver, taker, n in counted.handovers:
        busy[giver] = busy.get(giver, 0) + n
        busy[taker] = busy.get(taker, 0) + n
    order = sorted(busy, key=lambda group: (group == OTHERS, -busy[group], group))
    label = {group: _short(_group(group, language), order.index(group)) for group in order}
    points = [
        Point(
            label[giver],
            label[taker],
            f"{_group(giver, language)} → {_group(taker, language)}{tr(': ', language)}{number_text(n)}",
            "others" if OTHERS in (giver, taker) else "",
            base=n,
        )
        for giver, taker, n in counted.handovers
    ]
    told = Told("handovers", tr("Hand-overs between groups", language), _says(counted, language))
    listed = [label[group] for group in order]
    svg = draw(
        told,
        [Streams(points)],
        (names(listed), NO_AXIS),
        (rows(listed), Axis()),
        width=780,
        height=ROW * len(listed),
        beside=listed,
    )
    table = tuple(
        (f"{_group(giver, language)} → {_group(taker, language)}", number_text(n), percent_text(n, counted.total))
        for giver, taker, n in counted.handovers[:LISTED]
    )
    head = (tr("From and to", language), tr("Hand-overs", language), "%")
    return Figure(told, svg, head, table, wide=True)


def _group(group: str, language: Language) -> str:
    return tr("other groups", language) if group == OTHERS else group


def _short(group: str, place: int) -> str:
    """The name as far as it fits; two that begin alike are told apart by their place."""
    short = cut(group, WIDE)
    return short if short == group else f"{cut(group, WIDE - 4)} ({place + 1})"


def _says(counted: Network, language: Language) -> str:
    named = [pair for pair in counted.handovers if OTHERS not in pair[:2]] or list(counted.handovers)
    giver, taker, n = named[0]
    return tr(
        "{total} hand-overs between {groups} groups; most often from {giver} to {taker}: {n} ({percent}).",
        language,
        total=number_text(counted.total),
        groups=number_text(counted.groups),
        giver=_group(giver, language),
        taker=_group(taker, language),
        n=number_text(n),
        percent=percent_text(n, counted.total),
    )

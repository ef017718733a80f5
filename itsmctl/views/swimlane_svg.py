"""A process as swim-lanes in SVG: one file that needs nothing else, in the reader's language, light and dark."""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.language import Language, tr
from itsmctl.model import Interface, Process
from itsmctl.reports.markup import element, text_width, words
from itsmctl.reports.plain import cut, wrap
from itsmctl.views.picture import ARROW, picture
from itsmctl.views.swimlane import GATE, HEADER, LABEL_LINE, PAD, Band, Drawing, Edge, Node, draw

TITLE, PILL, PILL_GAP, CHARACTER = 46, 22, 6, 12.5
HEADING = 11
"""How wide a column of the heading is: a title that would run out of the drawing ends with …"""
SIGNS = {"gives": "→", "takes": "←", "consults": "⇠"}


def svg(process: Process, language: Language, titles: dict[str, str]) -> str:
    """The drawing; `titles` says what the processes are called that this one meets."""
    drawing = draw(process, language)
    names = {activity.id: activity.title.in_(language) for activity in process.activities}
    pills = list(_pills(process, drawing, titles, language))
    host = _host(process, drawing) if pills else None
    rows = max((row for *_, row in pills), default=-1) + 1
    extra = rows * (PILL + PILL_GAP) + 2 * PAD if pills else 0.0
    bands = list(drawing.bands)
    below = drawing.height
    if host is not None:
        band = bands[host]
        grown = max(extra - band.height, 0.0)
        bands[host] = Band(band.id, band.title, band.top, band.height + grown)
        top, height = band.top + PAD, drawing.height + grown
    elif pills:
        bands.append(Band("interfaces", tr("Interfaces", language), below, extra))
        top, height = below + PAD, below + extra
    else:
        top, height = below, below
    parts = [_band(band, drawing.width, number) for number, band in enumerate(bands)]
    parts += [_edge(edge) for edge in drawing.edges]
    parts += [_node(node, names) for node in drawing.nodes.values()]
    parts += [_label(edge) for edge in drawing.edges if edge.label]
    parts += [_pill(text, tip, x, top + row * (PILL + PILL_GAP)) for text, tip, x, row in pills]
    heading = element(
        "text", words(cut(process.title.in_(language), int(drawing.width / HEADING))), x=0, y=-20, class_="heading"
    )
    told = "; ".join(f"{edge.source} → {edge.target}" for edge in drawing.edges if "-fork-" not in edge.id)
    return picture(
        process.title.in_(language),
        told,
        element("g", heading, *parts, transform=f"translate(12 {TITLE})"),
        drawing.width + 24,
        height + TITLE + 12,
        language,
    )


def _host(process: Process, drawing: Drawing) -> int | None:
    """The lane for the interfaces: the last one, where no activity stands in it."""
    last = len(drawing.bands) - 1
    return last if last > 0 and process.lanes[last].id not in {a.lane for a in process.activities} else None


def _pills(
    process: Process, drawing: Drawing, titles: dict[str, str], language: Language
) -> Iterator[tuple[str, str, float, int]]:
    """Text, tip, middle and row of each interface, under the activity that it belongs to."""
    rows: list[list[tuple[float, float]]] = []
    merged: dict[tuple[str, str], list[Interface]] = {}
    for interface in process.interfaces:
        merged.setdefault((interface.activity, interface.process), []).append(interface)
    for (activity, other), some in merged.items():
        signs = "".join(dict.fromkeys(SIGNS[interface.direction] for interface in some))
        signs = signs.replace("→←", "⇄").replace("←→", "⇄")
        text = f"{activity} {signs} {titles.get(other, other)}"
        tip = tr("; ", language).join(interface.what.in_(language) for interface in some)
        middle = drawing.nodes[activity].x
        yield text, tip, middle, _free_row(rows, middle, _pill_width(text))


def _free_row(rows: list[list[tuple[float, float]]], middle: float, width: float) -> int:
    """The first row in which nothing else stands there; the place is taken."""
    left, right = middle - width / 2 - PILL_GAP, middle + width / 2 + PILL_GAP
    for number, taken in enumerate(rows):
        if all(right <= low or left >= high for low, high in taken):
            taken.append((left, right))
            return number
    rows.append([(left, right)])
    return len(rows) - 1


def _pill_width(text: str) -> float:
    return text_width(text, CHARACTER) + 22


def _band(band: Band, width: float, number: int) -> str:
    lines = wrap(band.title, 16)
    first = band.top + band.height / 2 - (len(lines) - 1) * 8 + 4
    label = [
        element("text", words(line), x=HEADER / 2, y=first + 16 * i, class_="lane-label")
        for i, line in enumerate(lines)
    ]
    return element(
        "g",
        element("rect", x=0, y=band.top, width=width, height=band.height, class_=f"lane lane-{number % 2}"),
        element("rect", x=0, y=band.top, width=HEADER, height=band.height, class_="lane-head"),
        *label,
    )


def _edge(edge: Edge) -> str:
    """A line; its head stands at the box or event, not at a decision on the way there."""
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in edge.points)
    head = {} if edge.target.startswith(("fork-", "join-")) else {"marker_end": ARROW}
    return element("path", d=path, class_="flow back" if edge.back else "flow", **head)


def _label(edge: Edge) -> str:
    x, y = edge.label_at
    anchor = {"text_anchor": "end"} if edge.label_anchor == "end" else {}
    lines = [
        element("text", words(line), x=x, y=y - LABEL_LINE * (len(edge.label) - 1 - i), class_="flow-label", **anchor)
        for i, line in enumerate(edge.label)
    ]
    return element("g", *lines)


def _node(node: Node, names: dict[str, str]) -> str:
    left, top = node.x - node.width / 2, node.y - node.height / 2
    match node.shape:
        case "start" | "end":
            return element("circle", cx=node.x, cy=node.y, r=node.width / 2 - 2, class_=f"event {node.shape}")
        case "fork" | "join":
            half = GATE / 2
            corners = f"M{node.x:.1f} {node.y - half:.1f}l{half} {half}l-{half} {half}l-{half} -{half}z"
            return element("path", d=corners, class_="gate")
        case "task":
            lines = wrap(names[node.id], 20)[:3]
            first = node.y - (len(lines) * 16) / 2 + 8
            return element(
                "g",
                element("rect", x=left, y=top, width=node.width, height=node.height, rx=7, class_="task"),
                element("text", words(node.id), x=left + 10, y=top + 16, class_="task-id"),
                *(
                    element("text", words(line), x=node.x, y=first + 16 * i + 6, class_="task-name")
                    for i, line in enumerate(lines)
                ),
            )


def _pill(text: str, tip: str, middle: float, top: float) -> str:
    width = _pill_width(text)
    return element(
        "g",
        element("title", words(tip, 600)),
        element("rect", x=middle - width / 2, y=top, width=width, height=PILL, rx=PILL / 2, class_="pill"),
        element("text", words(text), x=middle, y=top + 15, class_="pill-label"),
    )

"""Which services rest on which, as SVG: what is offered to the business on top, what carries it below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from itsmctl.language import Language, tr
from itsmctl.model import Definitions, Service
from itsmctl.reports.markup import element, text_width, words
from itsmctl.reports.plain import wrap
from itsmctl.views.picture import ARROW, picture
from itsmctl.views.service import STAGES, TYPES, affected_by

BOX_WIDTH, BOX_HEIGHT, GAP, LEVEL_GAP, TOP = 178, 58, 22, 74, 66


def around(definitions: Definitions, service: str) -> tuple[str, ...]:
    """The service, all that it rests on near or far, and all that rests on it."""
    found = {service, *affected_by(definitions, service)}
    waiting = [service]
    while waiting:
        for name in definitions.services[waiting.pop()].depends_on:
            if name not in found and name in definitions.services:
                found.add(name)
                waiting.append(name)
    return tuple(sorted(found))


def levels_of(definitions: Definitions, names: tuple[str, ...]) -> list[list[str]]:
    """The services from top to bottom: each stands above everything that it rests on."""
    depth: dict[str, int] = {}

    def place(name: str, path: tuple[str, ...]) -> int:
        if name not in depth:
            above = [s for s in names if name in definitions.services[s].depends_on and s not in path]
            depth[name] = max((place(s, (*path, name)) + 1 for s in above), default=0)
        return depth[name]

    for name in names:
        place(name, ())
    count = max(depth.values(), default=0) + 1
    levels = [sorted(n for n in names if depth[n] == level) for level in range(count)]
    for level in range(1, count):
        levels[level].sort(key=lambda name: _middle(definitions, name, levels[level - 1]))
    return levels


def _middle(definitions: Definitions, name: str, above: list[str]) -> float:
    """Where the services that rest on this one stand on average, so that lines cross less."""
    places = [i for i, other in enumerate(above) if name in definitions.services[other].depends_on]
    return sum(places) / len(places) if places else len(above) / 2


@dataclass(frozen=True)
class Layout:
    """Where every box of a map stands (its upper left corner, by service), and how large the whole is."""

    title: str
    places: Mapping[str, tuple[float, float]]
    width: float
    height: float


def layout(definitions: Definitions, service: Service, language: Language) -> Layout:
    """The boxes of the map around one service."""
    levels = levels_of(definitions, around(definitions, service.id))
    widest = max(len(level) for level in levels)
    title = tr("{service}: what rests on it, and what it rests on", language, service=service.title.in_(language))
    width = max(widest * (BOX_WIDTH + GAP) - GAP, text_width(title, 19)) + 48
    places: dict[str, tuple[float, float]] = {}
    for row, level in enumerate(levels):
        left = (width - (len(level) * (BOX_WIDTH + GAP) - GAP)) / 2
        for column, name in enumerate(level):
            places[name] = (left + column * (BOX_WIDTH + GAP), TOP + row * (BOX_HEIGHT + LEVEL_GAP))
    return Layout(title, places, width, TOP + len(levels) * (BOX_HEIGHT + LEVEL_GAP) - LEVEL_GAP + 28)


def svg(definitions: Definitions, service: Service, language: Language) -> str:
    """The map around one service."""
    drawn = layout(definitions, service, language)
    places = drawn.places
    parts = [element("text", words(drawn.title), x=24, y=30, class_="heading")]
    lines = [(a, b) for a in places for b in definitions.services[a].depends_on if b in places]
    parts += [_line(places[a], places[b]) for a, b in lines]
    parts += [_box(definitions.services[name], *place, service.id, language) for name, place in places.items()]
    told = "; ".join(f"{a} → {b}" for a, b in lines)
    return picture(drawn.title, told, element("g", *parts), drawn.width, drawn.height, language)


def _line(above: tuple[float, float], below: tuple[float, float]) -> str:
    x1, y1 = above[0] + BOX_WIDTH / 2, above[1] + BOX_HEIGHT
    x2, y2 = below[0] + BOX_WIDTH / 2, below[1] - 3
    bend = (y2 - y1) / 2
    path = f"M{x1:.1f} {y1:.1f}C{x1:.1f} {y1 + bend:.1f} {x2:.1f} {y2 - bend:.1f} {x2:.1f} {y2:.1f}"
    return element("path", d=path, class_="flow", marker_end=ARROW)


def _box(service: Service, x: float, y: float, here: str, language: Language) -> str:
    lines = wrap(service.title.in_(language) or service.id, 20)[:2]
    kind = f"box {service.type} {service.stage}" + (" here" if service.id == here else "")
    first = y + BOX_HEIGHT / 2 - 8 * (len(lines) - 1) - 3
    under = tr(TYPES[service.type] if service.stage == "live" else STAGES[service.stage], language)
    return element(
        "g",
        element("title", words(service.description.in_(language), 400)),
        element("rect", x=x, y=y, width=BOX_WIDTH, height=BOX_HEIGHT, rx=8, class_=kind),
        *(
            element("text", words(line), x=x + BOX_WIDTH / 2, y=first + 16 * i, class_="box-name middle")
            for i, line in enumerate(lines)
        ),
        element("text", words(under), x=x + BOX_WIDTH / 2, y=y + BOX_HEIGHT - 8, class_="note middle"),
    )

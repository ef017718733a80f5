"""The pages about definitions, in one language: what `itsmctl show` tells of each, with its drawings beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from itsmctl.control.people import day_of
from itsmctl.language import Language, tr
from itsmctl.model import Calendar, Service
from itsmctl.site.addresses import Addresses
from itsmctl.site.facts import Portal
from itsmctl.site.found import found_section
from itsmctl.site.parts import PART_OF
from itsmctl.views import calendar, calendar_months, framework, history, raci, service, service_map
from itsmctl.views.kinds import VIEWS, Asked
from itsmctl.views.page import Page, Section
from itsmctl.views.service import Audience
from itsmctl.views.summary import summary

WIDE = 1100
"""Pixels beyond which a drawing takes the whole width of the page, and is scrolled where that is less."""


@dataclass(frozen=True)
class Spot:
    """A place in a drawing that stands for something which has a page."""

    kind: str
    id: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Picture:
    """A drawing in a file of its own, what it shows in words, and the places in it that lead on."""

    path: str
    svg: str
    alt: str
    spots: tuple[Spot, ...] = ()
    narrow: Picture | None = None
    """The same for a window in which this one is too wide."""

    @property
    def width(self) -> str:
        """In pixels, as the drawing has it."""
        return self.svg.partition(' width="')[2].partition('"')[0]

    @property
    def height(self) -> str:
        """In pixels, as the drawing has it."""
        return self.svg.partition(' height="')[2].partition('"')[0]

    @property
    def wide(self) -> bool:
        """Whether it would be too small to read beside anything else."""
        return float(self.width or 0) > WIDE


@dataclass(frozen=True)
class Sheet:
    """A page of the portal about one definition or person; `path` is from the top of its language."""

    kind: str
    id: str
    path: str
    title: str
    about: str
    page: Page
    pictures: tuple[Picture, ...]
    file: str
    """The file that defines it, for its last change."""


def sheets(portal: Portal, known: Addresses, language: Language) -> tuple[Sheet, ...]:
    """A page for everything that has one, by kind in the order of the menu, then by title."""
    asked = Asked(portal.definitions, language, portal.day, portal.day.year if portal.day else 0)
    made = []
    for kind in PART_OF:
        some = [sheet for id_, one in _every(portal, kind) for sheet in _sheets(portal, known, asked, kind, id_, one)]
        made += sorted(some, key=lambda sheet: (sheet.title if kind != "rule" else sheet.id, sheet.path))
    return tuple(made)


def _every(portal: Portal, kind: str) -> Iterator[tuple[str, Any]]:
    if kind == "framework":
        yield from portal.definitions.frameworks.items()
        return
    found = VIEWS[kind].found(portal.definitions)
    # A matrix is found by its process as well, and has one page.
    yield from ((id_, one) for id_, one in found.items() if getattr(one, "id", id_) == id_)


def _sheets(portal: Portal, known: Addresses, asked: Asked, kind: str, id_: str, one: Any) -> Iterator[Sheet]:
    """The page of a definition; of a service one for its users, and one for its technicians."""
    target, language = known.pages[kind, id_], asked.language
    audiences: tuple[tuple[Audience, str], ...] = (("all", target.path),)
    if kind == "service":
        audiences = (("users", target.path), ("technicians", target.path.replace("service/", "technicians/", 1)))
    for audience, path in audiences:
        page = _page(portal, asked, kind, one, audience)
        sections = [
            *page.sections,
            *found_section(portal, kind, id_, language, audience),
            *_history(portal, kind, id_, language),
        ]
        yield Sheet(
            kind,
            id_,
            path,
            target.title,
            summary(one, language),
            replace(page, sections=tuple(sections)),
            () if audience == "users" else tuple(_pictures(portal, kind, id_, one, asked)),
            str(one.where.file) if hasattr(one, "where") else "",
        )


def _page(portal: Portal, asked: Asked, kind: str, one: Any, audience: Audience) -> Page:
    if kind == "framework":
        return framework.page(portal.covered[one.id], portal.definitions, asked.language)
    if kind == "service":
        return service.page(portal.definitions, one, asked.language, asked.day, audience)
    return VIEWS[kind].page(one, asked)


def _pictures(portal: Portal, kind: str, id_: str, one: Any, asked: Asked) -> Iterator[Picture]:
    """The drawing of the kind; of a process its matrix as well."""
    if kind == "framework":
        return
    draw = VIEWS[kind].drawings.get("svg")
    told = {
        "process": tr("The activities in their lanes", asked.language),
        "raci": tr("Who does what, as a heat map", asked.language),
        "service": tr("What rests on it, and what it rests on", asked.language),
        "calendar": tr("The hours of the year, day by day", asked.language),
    }
    if draw:
        narrow = _narrow(id_, one, asked, told[kind]) if isinstance(one, Calendar) else None
        yield Picture(f"pictures/{kind}-{id_}.svg", draw(one, asked), told[kind], _spots(one, asked), narrow)
    matrix = next((m for m in portal.definitions.racis.values() if kind == "process" and m.process == id_), None)
    if matrix:
        svg = raci.svg(portal.definitions, matrix, asked.language)
        yield Picture(f"pictures/raci-{matrix.id}.svg", svg, told["raci"])


def _narrow(id_: str, one: Calendar, asked: Asked, alt: str) -> Picture:
    year = asked.year or calendar.year_of(one)
    return Picture(f"pictures/calendar-{id_}-months.svg", calendar_months.svg(one, asked.language, year), alt)


def _spots(one: Any, asked: Asked) -> tuple[Spot, ...]:
    """The boxes of other services in the map of one."""
    if not isinstance(one, Service):
        return ()
    places = service_map.layout(asked.definitions, one, asked.language).places
    return tuple(
        Spot("service", id_, x, y, service_map.BOX_WIDTH, service_map.BOX_HEIGHT)
        for id_, (x, y) in places.items()
        if id_ != one.id
    )


def _history(portal: Portal, kind: str, id_: str, language: Language) -> Iterator[Section]:
    """The versions of a controlled document, as `itsmctl show history` tells them."""
    record = (portal.records or {}).get((kind, id_))
    if record:
        page = history.page(record, language)
        yield Section(tr("Document control", language), page.blocks)
        yield from page.sections


def last_change(portal: Portal, sheet: Sheet) -> tuple[str, str, str]:
    """(day, short commit, what it was about) of the last change of the file that defines it; '' where git cannot tell."""
    entry = (portal.changes or {}).get(sheet.file)
    return (str(day_of(entry.committed_at)), entry.hash[:12], entry.subject) if entry else ("", "", "")

"""Blocks of a page as the templates take them: texts as markup with their links, sections with the ids of their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from itsmctl.site.addresses import Addresses, anchor, linked
from itsmctl.views.page import Block, Drawn, Facts, Grid, Page, Points, Words

if TYPE_CHECKING:
    from markupsafe import Markup

_NUMBER = re.compile(r"[≥≤]? ?-?[0-9][0-9,.]*(?: ?%)?")
MARKS = {
    "✕": "is-fail",
    "?": "is-not_testable",
    "○": "is-no_data",
    "✓": "is-pass",
    "●": "is-strong",
    "◐": "is-partial",
    "◌": "is-attested",
}
"""Cells that begin with one of these signs say how something stands."""


@dataclass(frozen=True)
class Cell:
    """A text as markup, and how it is set."""

    text: Markup
    look: str = ""


@dataclass(frozen=True)
class Shape:
    """A block: its kind, and its rows of cells; `heads` are those of a table, set as the column below them."""

    kind: str
    rows: tuple[tuple[Cell, ...], ...]
    heads: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Place:
    """A section: the id of its place, its heading, and what stands under it."""

    id: str
    title: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Setter:
    """Sets the texts of the page at `here`."""

    here: str
    known: Addresses

    def markup(self, text: str, within: str = "") -> Markup:
        """A text with its links."""
        from markupsafe import Markup

        return Markup(linked(text, self.here, self.known, within))  # nosec: `linked` escapes

    def cell(self, text: str, within: str = "") -> Cell:
        """A cell; numbers and standings are set in their own way."""
        if _NUMBER.fullmatch(text):
            return Cell(self.markup(text), "num")
        return Cell(self.markup(text, within), MARKS.get(text[:1], "") if text[1:2] == " " else "")

    def shape(self, block: Block) -> Shape:
        """A block."""
        match block:
            case Facts(rows):
                return Shape("facts", tuple((Cell(self.markup(name)), self.cell(told)) for name, told in rows if told))
            case Grid(columns, rows):
                within = tuple(self.known.frameworks.get(name, "") for name in columns)
                return _grid(columns, tuple(tuple(map(self.cell, row, within)) for row in rows))
            case Points(items):
                return Shape("points", tuple((self.cell(item),) for item in items if item))
            case Words(told):
                return Shape("words", ((self.cell(told),),) if told else ())
            case Drawn(lines):
                return Shape("drawn", tuple((Cell(self.markup(line)),) for line in lines))

    def shapes(self, blocks: Iterable[Block]) -> tuple[Shape, ...]:
        """Blocks that have anything to show."""
        return tuple(shape for shape in map(self.shape, blocks) if shape.rows)

    def places(self, page: Page, *, by_number: bool = False) -> tuple[Place, ...]:
        """The sections that have anything to show; `by_number`: their places are called by the number of their headings."""
        return tuple(self._places(page, by_number))

    def _places(self, page: Page, by_number: bool) -> Iterator[Place]:
        taken: dict[str, int] = {}
        for section in page.sections:
            shapes = self.shapes(section.blocks)
            if shapes:
                name = anchor(section.title.partition(" ")[0] if by_number else section.title)
                taken[name] = taken.get(name, 0) + 1
                yield Place(name if taken[name] == 1 else f"{name}-{taken[name]}", section.title, shapes)


def _grid(columns: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...]) -> Shape:
    """A table without the columns in which nothing stands; the head of a column of numbers stands over them."""
    filled = [place for place in range(len(columns)) if any(row[place].text for row in rows)]
    numbers = [all(row[place].look == "num" or not row[place].text for row in rows) for place in filled]
    heads = tuple((columns[place], "num" if number else "") for place, number in zip(filled, numbers, strict=True))
    return Shape("grid", tuple(tuple(row[place] for place in filled) for row in rows), heads)

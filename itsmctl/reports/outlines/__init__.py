"""A report as headings, paragraphs, tables and lists: told once, and written as text, Markdown, a page or a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from itsmctl.language import Language

Cell = str | int
Look = Literal["", "good", "bad", "open"]
"""How a row is to be looked at; what it says stands in its words too."""


@dataclass(frozen=True)
class Table:
    """Rows under a head; the first cell of a row names it. `numbers` are the columns that are set to the right."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: tuple[int, ...] = ()
    looks: tuple[Look, ...] = ()
    """One for each row, or none at all."""
    note: str = ""
    whole: tuple[tuple[Cell, ...], ...] = ()
    """All rows where `rows` are the first of them; a workbook has them all."""

    def look(self, row: int) -> Look:
        """How a row is to be looked at."""
        return self.looks[row] if row < len(self.looks) else ""


@dataclass(frozen=True)
class Part:
    """A section; `anchor` is its address in a page."""

    title: str
    anchor: str = ""
    lead: str = ""
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it to read."""
        return not (self.lead or self.paragraphs or self.points or self.tables or self.parts)


@dataclass(frozen=True)
class Outline:
    """The whole report."""

    language: Language
    kind: str
    """What it is, above the title."""
    title: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    foot: tuple[tuple[str, str], ...] = ()


def every_table(parts: tuple[Part, ...], above: str = "") -> Iterator[tuple[str, Table]]:
    """Each table with the titles that it stands under."""
    for part in parts:
        title = f"{above} · {part.title}" if above else part.title
        for table in part.tables:
            yield title, table
        yield from every_table(part.parts, title)

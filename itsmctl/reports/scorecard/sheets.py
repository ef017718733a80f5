"""A view of a scorecard as tables: what text and page have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from itsmctl.reports.plain import cells, fit, longest_piece, right, wrap

Mark = Literal["", "good", "poor", "bad", "soft"]
_COLORS: dict[Mark, str] = {"good": "32", "poor": "33", "bad": "31", "soft": "2"}
BETWEEN = 2
LEAST, WORD = 14, 20
"""A text column gets narrower than the first of these only where nothing else helps, and never than its longest word of at most the second."""


@dataclass(frozen=True)
class Cell:
    """A text; its mark and its share (0 to 1, for a heat map) repeat what it says."""

    text: str
    mark: Mark = ""
    share: float | None = None


@dataclass(frozen=True)
class Table:
    """Rows under heads; `right` are the columns whose texts are numbers. Without rows it says `empty`."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    right: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()
    empty: str = ""
    heat: bool = False


@dataclass(frozen=True)
class Sheet:
    """One view: a title, a sentence or two, and tables."""

    title: str
    lead: tuple[str, ...]
    tables: tuple[Table, ...]


def render(sheet: Sheet, width: int = 80, color: bool = False) -> str:
    """The sheet in so many columns, ending in a newline."""
    lines = [_bold(sheet.title, color)]
    for text in sheet.lead:
        lines += wrap(text, width)
    for table in sheet.tables:
        lines += ["", _bold(table.title, color), *_table(table, width, color)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _bold(text: str, color: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if color else text


def _table(table: Table, width: int, color: bool) -> Iterator[str]:
    if not table.rows:
        yield from wrap(table.empty, width, "  ")
    else:
        heads, key = _heads(table, width - 2)
        sizes = _sizes(heads, table, width - 2)
        for row in ([Cell(head) for head in heads], *table.rows):
            yield from _lines(row, sizes, table.right, color)
        yield from wrap(key, width, "  ")
    for note in table.notes:
        yield from wrap(note, width, "  ")


def _heads(table: Table, room: int) -> tuple[tuple[str, ...], str]:
    """The heads; over a heat map that would be too wide, numbers instead, with what they stand for."""
    narrowest = sum(
        max(_longest(head), *(cells(row[n].text) for row in table.rows)) for n, head in enumerate(table.heads[1:], 1)
    )
    if not table.heat or narrowest + BETWEEN * len(table.heads) + LEAST <= room:
        return table.heads, ""
    numbered = [f"{n}\u00a0{head}" for n, head in enumerate(table.heads[1:], 1)]
    return (table.heads[0], *(str(n) for n in range(1, len(table.heads)))), "   ".join(numbered)


def _longest(text: str) -> int:
    """The width below which a text would have to be broken inside a word."""
    return max((cells(word) for word in text.split()), default=0)


def _sizes(heads: Sequence[str], table: Table, room: int) -> list[int]:
    """The width of each column: numbers as wide as they are, texts what is left, the widest giving way first."""
    bodies = [[row[n].text for row in table.rows] for n in range(len(heads))]
    sizes = [
        max([_longest(head), *map(cells, body)] if n in table.right else map(cells, (head, *body)))
        for n, (head, body) in enumerate(zip(heads, bodies, strict=True))
    ]
    words = {
        n: max([1, *(word for text in (heads[n], *bodies[n]) if (word := longest_piece(text)) <= WORD)])
        for n in range(len(sizes))
        if n not in table.right
    }
    for least in (LEAST, 0):
        while sum(sizes) + BETWEEN * (len(sizes) - 1) > room:
            shrinking = [n for n in words if sizes[n] > max(least, words[n])]
            if not shrinking:
                break
            sizes[max(shrinking, key=lambda n: sizes[n])] -= 1
    return sizes


def _lines(row: Sequence[Cell], sizes: Sequence[int], numbers: frozenset[int], color: bool) -> Iterator[str]:
    """One row, each text wrapped in its column."""
    told = [wrap(cell.text, size) or [""] for cell, size in zip(row, sizes, strict=True)]
    for place in range(max(map(len, told))):
        parts = []
        for n, (cell, size, lines) in enumerate(zip(row, sizes, told, strict=True)):
            line = lines[place] if place < len(lines) else ""
            text = right(line, size) if n in numbers else fit(line, size)
            parts.append(f"\x1b[{_COLORS[cell.mark]}m{text}\x1b[0m" if color and cell.mark else text)
        yield "  " + (" " * BETWEEN).join(parts)

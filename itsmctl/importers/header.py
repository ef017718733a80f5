"""Which row of a file has the names of its columns: the first with anything in it, unless a user or a mapping names another.

Many tools print a title, a filter or a moment above the table. To leave that out unasked would be to lose it unsaid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.rows import KEPT_TEXT

TITLE = "title-above-header"
"""The problem of a file that begins with a title; its value `row` is the row that looks like the header."""

_TABLE = 3
_LOOK = 20


Cell = TypeVar("Cell", covariant=True)


@dataclass(frozen=True)
class Row(Generic[Cell]):
    """A row with anything in it, by its number as a spreadsheet counts: rows that are empty too, and a cell over several lines once."""

    number: int
    cells: Sequence[Cell]


@dataclass(frozen=True)
class HeaderRow:
    """A row that is named, and whether names of columns are those that are meant."""

    number: int
    fits: Callable[[Sequence[str]], bool]


def any_names(_names: Sequence[str]) -> bool:
    """What fits where a user names the row."""
    return True


def first_rows(rows: Iterable[Row[Cell]], named: Sequence[HeaderRow]) -> Iterator[Row[Cell]]:
    """Of the rows of a file, as many from the first one on as it takes to find the header."""
    last = max((one.number for one in named), default=0)
    left = _LOOK
    for row in rows:
        yield row
        left -= row.number > last
        if not left:
            return


def refuse_title(rows: Sequence[Row[object]], where: Where, most: int = 1) -> None:
    """Raise ItsmctlError where the first of some rows has `most` filled cells, and most others as many as a table: it is a title.

    Some programs write a title into each cell that it spans. It may have more cells, up to half as many as a row below that has
    nothing but names.
    """
    first, *others = [[cell for cell in row.cells if cell != ""] for row in rows] or [[]]
    first = [*dict.fromkeys(first)]
    wide = [place for place, cells in enumerate(others, 1) if len(cells) >= _TABLE]
    if first and len(wide) > 1 and 2 * len(wide) > len(others):
        # The first of the widest: above it names of groups of columns may stand.
        header = max(wide, key=lambda place: len(others[place - 1]))
        if len(first) > max(most, len(others[header - 1]) // 2 if _are_names(others[header - 1]) else 0):
            return
        template = (
            "row {row}, which begins with {cell!r}, looks like the header, and what stands above it like a title; say so with "
            "`--header-row {row}`, or with `header-row: {row}` in a mapping of your own"
        )
        values = {"row": rows[header].number, "cell": str(others[header - 1][0])[:KEPT_TEXT]}
        raise ItsmctlError(Problem(TITLE, template, where, values))


def _are_names(cells: Sequence[object]) -> bool:
    """Whether cells may be the names of columns, each another and without a digit."""
    texts = [str(cell) for cell in cells]
    return len({*texts}) == len(texts) and not any(letter.isdigit() for text in texts for letter in text)


def no_such_row(row: int, where: Where) -> ItsmctlError:
    """The refusal of a row that is named as the header, and in which nothing stands."""
    template = "nothing stands in row {row}, which is named as the header"
    return ItsmctlError(Problem("no-header-row", template, where, {"row": row}))


def left_above(name: str, header: int, rows: int) -> tuple[tuple[str, str], ...]:
    """The warning that something stands above a header that was named; a title may name people, and is not repeated."""
    if not rows:
        return ()
    return (
        ("rows-above-header", f"{name}: rows above row {header}, which is named as the header, were left out: {rows}"),
    )

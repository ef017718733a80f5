"""The CSV files of registers: UTF-8, commas, a header; every row knows where it stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.letters import composed
from itsmctl.model import Definition, Register
from itsmctl.source import decode, read_bytes


@dataclass(frozen=True)
class Line:
    """One row as written: where it stands, and its cells by column."""

    where: Where
    cells: Mapping[str, str | int | float | bool]


@dataclass(frozen=True)
class Table:
    """A file as written, and what keeps it from being a table; `lines` are the rows that fit the header."""

    file: str
    header: tuple[str, ...]
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...] = field(default=())


def shown_beside(file: str, name: str) -> str:
    """The path of a file named beside another, as messages show it."""
    return (PurePosixPath(file).parent / name).as_posix()


def named_by(definition: Definition) -> list[str]:
    """The files with rows that a definition names, as messages show them; none but for a register."""
    files = definition.files if isinstance(definition, Register) else ()
    return [shown_beside(definition.where.file, name) for name in files]


def read_table(path: Path, shown: str) -> Table:
    """Read a CSV file; raises ItsmctlError where it cannot be read at all."""
    text = composed(decode(read_bytes(path, shown), shown))
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = tuple(next(rows, ()))
        found = list(_lines(rows, header, shown))
    except csv.Error as error:
        template = "this is not CSV: {why}"
        raise ItsmctlError(
            Problem("not-csv", template, Where(shown, max(rows.line_num, 1)), {"why": str(error)})
        ) from error
    problems = list(_about_header(header, shown))
    problems += [one for one in found if isinstance(one, Problem)]
    return Table(shown, header, tuple(one for one in found if isinstance(one, Line)), tuple(problems))


def _lines(rows: Iterator[list[str]], header: tuple[str, ...], shown: str) -> Iterator[Line | Problem]:
    number, before = 0, 1
    for cells in rows:
        line, before = before + 1, rows.line_num  # type: ignore[attr-defined]
        if not cells:
            continue  # an empty line, as at the end of many files
        number += 1
        where = Where(shown, line, 1, number)
        if len(cells) == len(header):
            yield Line(where, dict(zip(header, cells, strict=True)))
            continue
        template = "the row has {count} cells, the header has {wanted}"
        yield Problem("row-length", template, where, {"count": len(cells), "wanted": len(header)})


def _about_header(header: tuple[str, ...], shown: str) -> Iterator[Problem]:
    if not header:
        yield Problem("no-header", "the file is empty; its first line must name the columns", Where(shown, 1, 1))
    for position, name in enumerate(header):
        if name in header[:position]:
            template = "column {column!r} stands twice in the header"
            yield Problem("column-twice", template, Where(shown, 1, _place(header, position)), {"column": name})


def _place(header: tuple[str, ...], position: int) -> int:
    """Where a column's name begins on the first line, if no name before it is quoted."""
    return sum(len(name) + 1 for name in header[:position]) + 1


def place_in_header(table: Table, name: str) -> Where:
    """The place of a name in the header of a table."""
    return Where(table.file, 1, _place(table.header, table.header.index(name)))

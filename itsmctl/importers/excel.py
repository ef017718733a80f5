"""Excel workbooks (xlsx): each sheet is one table under its first row with cells; dates are dates, not their look.

A sheet is held in memory while it is read. What it will need is measured before, in pieces, and refused beyond the limit.
"""

from __future__ import annotations

import re
import zipfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain, zip_longest
from pathlib import Path

from itsmctl.engine.session import memory_bytes
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.container import DAMAGED, Plain
from itsmctl.importers.excel_dates import DatesOfColumn, look_at_dates
from itsmctl.importers.excel_shown import Shown, Unplaced, column_number, sheets_of, shown_rows
from itsmctl.importers.export import Export, numbered
from itsmctl.importers.header import HeaderRow, Row, any_names, first_rows, left_above, no_such_row, refuse_title
from itsmctl.importers.objects import object_columns, spread
from itsmctl.importers.rows import Tables
from itsmctl.letters import composed

MAX_INFLATED = 2**31
"""A workbook is held in memory while it is read; one whose parts inflate beyond this is refused."""

MAX_SPARSE, MAX_CELLS = 5_000_000, 2**26
"""Cells of a sheet from its first to its last row and column, empty ones among them, which all are held in memory: so many at any
rate, and so many where at least one in twenty is filled."""

CELL_BYTES = 48
"""What a cell takes in memory beside its text, measured (docs/decisions/0020-workbooks.md)."""

_CELL = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_NOWHERE = re.compile(rb"""\sr\s*=\s*["'](?:[A-Za-z]{4,99}[0-9]|[A-Za-z]+[0-9]{8}|[A-Za-z]{100})""")
"""A cell in no column or row that a sheet can have: calamine asks for memory up to there, and ends the process without it."""
_SHARED = re.compile(rb"""\st\s*=\s*["']s["'][^<>]*>\s*<(?:\w+:)?v>\s*(\d{1,10})\s*<""")
_TEXT_END = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>")
_SHARED_TEXTS = "sharedStrings.xml"
_CHUNK, _OVERLAP = 2**20, 200
_MANY = 1000

Cell = int | float | str | bool | date | datetime | time | timedelta


def open_excel(plain: Plain, scratch: Path, memory_limit: str, named: Sequence[HeaderRow] = ()) -> list[Export]:
    """Read every sheet; raises ItsmctlError for a damaged, protected or monstrous workbook, or an empty one."""
    from python_calamine import CalamineError, load_workbook

    _check_size(plain)
    _check_sheets(plain, memory_bytes(memory_limit))
    tables = Tables(plain, scratch)
    try:
        with tables, load_workbook(str(plain.path)) as book, zipfile.ZipFile(plain.path) as archive:
            sheets = sheets_of(archive)
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name)
                shown = shown_rows(archive, sheets.parts[name], sheets.timed) if name in sheets.parts else iter(())
                _, left = sheet.start or (0, 0)
                told = _Told()
                _read(_as_shown(_seen(sheet.iter_rows(), told), shown, left, told), name, tables, named)
                if told.typed:
                    tables[name].typed = told.only_typed()
                if told.cells:
                    note = f"{plain.name}#{name}: cells with an error of Excel, or with a formula whose result was not saved: {told.cells}, such as {told.first!r}"
                    tables[name].notes.append(("error-cells", note))
    except CalamineError as error:
        template = "not readable as an Excel workbook: {why}"
        raise ItsmctlError(Problem("bad-workbook", template, Where(plain.shown), {"why": error})) from error
    except Unplaced as error:
        template = "{text!r} stands left of the table, or in a cell that does not say where it is; open the workbook in Excel, and save it again"
        raise ItsmctlError(Problem("bad-workbook", template, Where(plain.shown), {"text": str(error)})) from error
    exports = tables.exports("xlsx")
    for one in named:
        if one.fits is any_names and not any(export.header_row for export in exports):
            raise no_such_row(one.number, Where(plain.shown))
    return exports


def _read(rows: Iterator[Sequence[Cell]], sheet: str, tables: Tables, named: Sequence[HeaderRow]) -> None:
    # An empty row is none, as a blank line of CSV.
    filled = (Row(number, row) for number, row in enumerate(rows, 1) if any(cell != "" for cell in row))
    first = list(first_rows(filled, named))
    if not first:
        return
    header_row, place = _header(first, named)
    header, *others = first[place:]
    refuse_title(first[place:], Where(f"{tables.shown}#{sheet}"))
    names = _names_in(header)
    table = tables[sheet]
    table.header_row = header_row
    table.notes += left_above(f"{tables.name}#{sheet}", header_row, place)
    nested = object_columns(names, ([text(cell) for cell in row.cells] for row in others))
    table.name_columns([name for name in names if name and name not in nested])
    seen = {name: DatesOfColumn() for name in names if name}
    for row in (row.cells for row in chain(others, filled)):
        cells = [text(cell) for cell in row]
        for name, cell in zip(names, row, strict=False):
            if name and cell:
                seen[name].see(cell)
        if any(cell and not name for name, cell in zip_longest(names, cells, fillvalue="")):
            table.reject(", ".join(cells), "too-many-cells")
        else:
            named_cells = {name: cell for name, cell in zip(names, cells, strict=False) if name}
            table.add(spread(named_cells, nested) if nested else named_cells)
    table.notes += look_at_dates(seen, Where(f"{tables.shown}#{sheet}"))


def _header(first: Sequence[Row[Cell]], named: Sequence[HeaderRow]) -> tuple[int, int]:
    """The number of the header where it is one of those named, and the place of its row among the first with anything in them."""
    for one in named:
        for place, row in enumerate(first):
            if row.number == one.number and one.fits([name for name in _names_in(row) if name]):
                return one.number, place
    return 0, 0


def _names_in(row: Row[Cell]) -> list[str]:
    return _named([text(cell).strip() for cell in row.cells])


@dataclass
class _Told:
    """How many cells would have been read as empty, and what stands in the first."""

    cells: int = 0
    first: str = ""
    formulas: set[str] = field(default_factory=set)
    typed: set[str] = field(default_factory=set)
    """Texts that begin with =, as a formula does."""

    def only_typed(self) -> frozenset[str]:
        """The texts that are no formula; where there are very many, none is told from one."""
        return frozenset(self.typed - self.formulas) if len(self.typed) <= _MANY else frozenset()


def _seen(rows: Iterable[Sequence[Cell]], told: _Told) -> Iterator[Sequence[Cell]]:
    """The rows as they are, while the texts in them are told that look like formulas."""
    for row in rows:
        told.typed.update(composed(cell) for cell in row if isinstance(cell, str) and cell.startswith("="))
        yield row


def _as_shown(
    rows: Iterable[Sequence[Cell]], shown: Iterator[tuple[int, list[Shown]]], left: int, told: _Told
) -> Iterator[Sequence[Cell]]:
    """The rows of a sheet that begins at column `left`, with what Excel shows in cells that calamine tells otherwise."""
    known = enumerate(rows)
    for place, cells in shown:
        texts = [one.text for one in cells if one.text]
        told.cells += len(texts)
        told.formulas.update(composed(text) for text in texts if text.startswith("="))
        told.first = told.first or "".join(texts[:1])
        for number, row in known:
            if number == place:
                yield _with(row, cells, left)
                break
            yield row
        else:  # calamine ends a sheet where no cell says anything to it
            yield _with((), cells, left)
    yield from (row for _, row in known)


def _with(row: Sequence[Cell], shown: Sequence[Shown], left: int) -> list[Cell]:
    cells = list(row)
    for one in shown:
        column = one.column - left
        if column < 0:
            raise Unplaced(one.text)
        cells += [""] * (column + 1 - len(cells))
        cell = cells[column]
        if cell == "":
            cells[column] = one.text
        elif not one.text and isinstance(cell, date) and not isinstance(cell, datetime):
            cells[column] = datetime.combine(cell, time())
    return cells


def _named(names: list[str]) -> list[str]:
    """The names of the columns, repeated ones numbered; a column without one stays without."""
    unique = iter(numbered([name for name in names if name]))
    return [next(unique) if name else "" for name in names]


def text(cell: Cell) -> str:
    """A cell as a text export would show it."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 2**53:
            return str(int(cell))
        case datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def _check_size(plain: Plain) -> None:
    with zipfile.ZipFile(plain.path) as archive:
        inflated = sum(info.file_size for info in archive.infolist())
    if inflated > MAX_INFLATED:
        template = "inflates to more than {limit} bytes from {compressed}; unpack it first if that is meant"
        values = {"limit": MAX_INFLATED, "compressed": plain.bytes}
        raise ItsmctlError(Problem("archive-bomb", template, Where(plain.shown), values))


@dataclass(frozen=True)
class _Sheet:
    """What a part of a workbook holds: its cells, the last row and column that it names, and the bytes of the texts it shares."""

    cells: int
    rows: int
    columns: int
    shared: int


def _check_sheets(plain: Plain, limit: int) -> None:
    """Refuse a sheet that would take too much memory: by a cell far outside of its table, by its size, or by a text in every cell."""
    for part, needed in _needs(plain):
        if needed > limit:
            template = (
                "{sheet} would take about {needed} MB of memory to read, and {limit} MB are allowed; save it as CSV, which is "
                "read in pieces, or raise --memory-limit"
            )
            values = {"sheet": Path(part).stem, "needed": needed // 10**6, "limit": limit // 10**6}
            raise ItsmctlError(Problem("workbook-too-large", template, Where(plain.shown), values))


def memory_needed(plain: Plain) -> int:
    """About how many bytes of memory the largest sheet will take; raises ItsmctlError for what is no sheet that can be read."""
    return max((needed for _, needed in _needs(plain)), default=0)


def _needs(plain: Plain) -> Iterator[tuple[str, int]]:
    """Each part of a workbook with what it will take in memory."""
    try:
        with zipfile.ZipFile(plain.path) as archive:
            parts = archive.infolist()
            texts = next((part for part in parts if part.filename.endswith(_SHARED_TEXTS)), None)
            lengths = _lengths(archive, texts) if texts else array("q")
            for part in parts:
                sheet = _measure(archive, part, lengths)
                _check_span(plain, part, sheet)
                if part is not texts:
                    cells = CELL_BYTES * sheet.rows * sheet.columns
                    yield part.filename, cells + part.file_size + sum(lengths) + sheet.shared
    except (*DAMAGED, OSError) as error:  # a part that is said to lie before the file begins is an OSError
        template = "not readable as an Excel workbook: {why}"
        raise ItsmctlError(Problem("bad-workbook", template, Where(plain.shown), {"why": error})) from error


def _check_span(plain: Plain, part: zipfile.ZipInfo, sheet: _Sheet) -> None:
    """Refuse a sheet with a cell far outside of its table: what lies between would be held in memory."""
    if sheet.rows * sheet.columns > max(MAX_SPARSE, min(MAX_CELLS, 20 * sheet.cells)):
        template = (
            "{sheet} reaches to row {rows} and column {columns} with {cells} cells; delete what stands far outside of "
            "the table, and save the workbook again"
        )
        values = {"sheet": Path(part.filename).stem, "rows": sheet.rows, "columns": sheet.columns, "cells": sheet.cells}
        raise ItsmctlError(Problem("sparse-sheet", template, Where(plain.shown), values))


def _lengths(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> array[int]:
    """The bytes of each text that cells share by its number; every such cell gets a copy of its own."""
    lengths, last, at, before = array("q"), 0, 0, b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            for end in _TEXT_END.finditer(piece := before + chunk):
                place = at - len(before) + end.end()
                if place > last:
                    lengths.append(place - last)
                    last = place
            at, before = at + len(chunk), piece[-_OVERLAP:]
    return lengths


def _measure(archive: zipfile.ZipFile, part: zipfile.ZipInfo, lengths: Sequence[int]) -> _Sheet:
    """Look through a part of a workbook in pieces."""
    cells = rows = columns = shared = 0
    before = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            # What a cut between two pieces divides is put together, and counted twice at worst.
            found = _CELL.findall(piece := before + chunk)
            if nowhere := _NOWHERE.search(piece):
                raise ValueError(f"a cell lies where no sheet reaches: {nowhere[0].decode('latin-1').strip()[:40]}")
            cells += len(found)
            rows = max(rows, *(int(row) for row in {row for _, row in found})) if found else rows
            columns = max(columns, *map(column_number, {letters for letters, _ in found})) if found else columns
            texts = map(int, _SHARED.findall(piece))
            shared += sum(lengths[text] for text in texts if text < len(lengths))
            before = piece[-_OVERLAP:]
    return _Sheet(cells, rows, columns, shared)

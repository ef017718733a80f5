"""Excel workbooks (xlsx): each sheet is one table under its first row with cells; dates are dates, not their look."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.container import Plain
from itsmctl.importers.export import Export, numbered
from itsmctl.importers.rows import Tables

MAX_INFLATED = 2**31
"""A workbook is held in memory while it is read; one whose parts inflate beyond this is refused."""

Cell = int | float | str | bool | date | datetime | time | timedelta


def open_excel(plain: Plain, scratch: Path) -> list[Export]:
    """Read every sheet; raises ItsmctlError for a damaged, protected or monstrous workbook, or an empty one."""
    from python_calamine import CalamineError, load_workbook

    _check_size(plain)
    tables = Tables(plain, scratch)
    try:
        with tables, load_workbook(str(plain.path)) as book:
            for name in book.sheet_names:
                _read(book.get_sheet_by_name(name).iter_rows(), name, tables)
    except CalamineError as error:
        template = "not readable as an Excel workbook: {why}"
        raise ItsmctlError(Problem("bad-workbook", template, Where(plain.shown), {"why": error})) from error
    return tables.exports("xlsx")


def _read(rows: Iterator[Sequence[Cell]], sheet: str, tables: Tables) -> None:
    header = next((row for row in rows if any(cell != "" for cell in row)), None)
    if header is None:
        return
    names = _named([text(cell).strip() for cell in header])
    table = tables[sheet]
    table.name_columns([name for name in names if name])
    for row in rows:
        cells = [text(cell) for cell in row]
        if not any(cells):
            continue  # as a blank line of CSV
        if any(cell and not name for name, cell in zip(names, cells, strict=False)):
            table.reject(", ".join(cells), "too-many-cells")
        else:
            table.add({name: cell for name, cell in zip(names, cells, strict=False) if name})


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

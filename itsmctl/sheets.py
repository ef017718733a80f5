"""Sheets of a workbook (XLSX) back from whoever filled them in, whatever program saved them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem, Where, did_you_mean
from itsmctl.language import LANGUAGES, tr

Cell = int | float | str | bool | time | date | datetime | timedelta
Lines = Sequence[Sequence[Cell]]


def read_sheets(path: Path) -> Mapping[str, Lines]:
    """Every sheet by its name; raises ItsmctlError where the file is no workbook."""
    from python_calamine import CalamineError, CalamineWorkbook

    where = Where(str(path))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except OSError as error:
        template = "cannot read the file: {why}"
        raise ItsmctlError(
            Problem("unreadable-file", template, where, {"why": error.strerror or str(error)})
        ) from error
    except CalamineError as error:
        template = "this is not a workbook that can be read: {why}"
        raise ItsmctlError(Problem("not-a-workbook", template, where, {"why": str(error)})) from error


def sheet_named(sheets: Mapping[str, Lines], name: str, path: Path) -> tuple[str, Lines]:
    """The sheet of that name in any language, with the name that it has."""
    names = [tr(name, language) for language in LANGUAGES]
    found = next((one for one in names if one in sheets), None)
    if found is None:
        near = next(filter(None, (did_you_mean(one, sheets) for one in names)), "")
        values = {"name": " / ".join(names), "found": ", ".join(sheets)}
        template = "there is no sheet {name}; there are: {found}"
        raise ItsmctlError(Problem("sheet-missing", template, Where(str(path)), values, suggestion=near))
    return found, sheets[found]


def columns_named(
    header: Sequence[Cell], known: Mapping[str, str], needed: Sequence[str], place: str
) -> tuple[dict[str, tuple[int, str]], list[Problem]]:
    """Where each column of `known` (key to English heading) stands, and its heading; in any language and any order.

    Beside it, a problem for every one of `needed` that is not there.
    """
    titles = {tr(name, language).casefold(): key for key, name in known.items() for language in LANGUAGES}
    found: dict[str, tuple[int, str]] = {}
    for at, cell in enumerate(header):
        title = text_of(cell).strip()
        key = titles.get(title.casefold())
        if key and key not in found:
            found[key] = (at, title)
    others = [text_of(cell) for cell in header if text_of(cell).strip().casefold() not in titles and text_of(cell)]
    problems = []
    for key in needed:
        if key not in found:
            names = [tr(known[key], language) for language in LANGUAGES]
            near = next(filter(None, (did_you_mean(name, others) for name in names)), "")
            values = {"name": " / ".join(names), "found": ", ".join(map(text_of, header)) or "–"}
            template = "there is no column {name}; the first row holds: {found}"
            problems.append(Problem("column-missing", template, Where(place, row=1), values, suggestion=near))
    return found, problems


def text_of(cell: Cell) -> str:
    """A cell as the text that a person sees: whole numbers without a point, days without a time."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)

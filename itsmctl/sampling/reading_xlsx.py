"""The working paper in XLSX back from whoever filled it in, whatever program saved it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem, Where, did_you_mean
from itsmctl.language import LANGUAGES, msg, tr
from itsmctl.sampling.answers import COLUMN_NAMES, PART_NAMES, PARTS, Paper, Part, Row
from itsmctl.sampling.population import unescape

PLAN_SHEET = msg("Plan")
FINGERPRINT = "fingerprint"
Cell = int | float | str | bool | time | date | datetime | timedelta
NEEDED = ("unit", "result")
"""Columns without which a sheet says nothing; whoever needs more may add columns of his own."""


def read_workbook(path: Path, fingerprint: str) -> Paper:
    """Read the rows of a workbook; raises ItsmctlError where it is unreadable, or belongs to another sample."""
    sheets = _sheets(path)
    problems: list[Problem] = []
    rows: list[Row] = []
    places: dict[Part, Where] = {}
    _check_fingerprint(_find(sheets, PLAN_SHEET, path), fingerprint, path)
    for part in PARTS:
        name, lines = _find(sheets, PART_NAMES[part], path)
        place = f"{path} [{name}]"
        places[part] = Where(place)
        found, wrong = _rows(part, lines, place)
        rows += found
        problems += wrong
    if problems:
        raise ItsmctlError(problems)
    return Paper(tuple(rows), places)


def _sheets(path: Path) -> Mapping[str, Sequence[Sequence[Cell]]]:
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


def _find(
    sheets: Mapping[str, Sequence[Sequence[Cell]]], name: str, path: Path
) -> tuple[str, Sequence[Sequence[Cell]]]:
    """The sheet of that name in any language."""
    names = [tr(name, language) for language in LANGUAGES]
    found = next((one for one in names if one in sheets), None)
    if found is None:
        near = next(filter(None, (did_you_mean(one, sheets) for one in names)), "")
        values = {"name": " / ".join(names), "found": ", ".join(sheets)}
        template = "there is no sheet {name}; there are: {found}"
        raise ItsmctlError(Problem("sheet-missing", template, Where(str(path)), values, suggestion=near))
    return found, sheets[found]


def _check_fingerprint(sheet: tuple[str, Sequence[Sequence[Cell]]], fingerprint: str, path: Path) -> None:
    name, lines = sheet
    for number, line in enumerate(lines, 1):
        if line and text_of(line[0]) == FINGERPRINT:
            if len(line) > 1 and text_of(line[1]) == fingerprint:
                return
            template = "this is the working paper of another sample: its fingerprint is not that of {file}"
            where = Where(f"{path} [{name}]", row=number)
            raise ItsmctlError(Problem("other-sample", template, where, {"file": "sample.yaml"}))
    template = "the row 'fingerprint' is missing, so nobody can tell which sample this paper is of"
    raise ItsmctlError(Problem("no-fingerprint", template, Where(f"{path} [{name}]")))


def _rows(part: Part, lines: Sequence[Sequence[Cell]], place: str) -> tuple[list[Row], list[Problem]]:
    """The rows under the header; a row in which nothing stands is none."""
    columns, problems = _columns(lines[0] if lines else (), place)
    if problems:
        return [], problems
    rows: list[Row] = []
    for number, line in enumerate(lines[1:], 2):
        texts = {key: text_of(line[at]) if at < len(line) else "" for key, (at, _) in columns.items()}
        places = {key: Where(place, row=number, column_name=title) for key, (_, title) in columns.items()}
        if not any(texts.values()):
            continue
        stripped = {key: text if key == "unit" else text.strip() for key, text in texts.items()}
        rows.append(Row(part, stripped | {"unit": unescape(texts["unit"])}, places))
    return rows, []


def _columns(header: Sequence[Cell], place: str) -> tuple[dict[str, tuple[int, str]], list[Problem]]:
    """Where each column stands, and its heading; headings may be in any language, and in any order."""
    titles = {tr(name, language).casefold(): key for key, name in COLUMN_NAMES.items() for language in LANGUAGES}
    found: dict[str, tuple[int, str]] = {}
    for at, cell in enumerate(header):
        title = text_of(cell).strip()
        key = titles.get(title.casefold())
        if key and key not in found:
            found[key] = (at, title)
    others = [text_of(cell) for cell in header if text_of(cell).strip().casefold() not in titles and text_of(cell)]
    problems = []
    for key in NEEDED:
        if key not in found:
            names = [tr(COLUMN_NAMES[key], language) for language in LANGUAGES]
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

"""The working paper in XLSX back from whoever filled it in, whatever program saved it."""

from __future__ import annotations

from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.language import msg
from itsmctl.sampling.answers import COLUMN_NAMES, PART_NAMES, PARTS, Paper, Part, Row
from itsmctl.sampling.population import unescape
from itsmctl.sheets import Lines, columns_named, read_sheets, sheet_named, text_of

PLAN_SHEET = msg("Plan")
FINGERPRINT = "fingerprint"
NEEDED = ("unit", "result")
"""Columns without which a sheet says nothing; whoever needs more may add columns of his own."""


def read_workbook(path: Path, fingerprint: str) -> Paper:
    """Read the rows of a workbook; raises ItsmctlError where it is unreadable, or belongs to another sample."""
    sheets = read_sheets(path)
    problems: list[Problem] = []
    rows: list[Row] = []
    places: dict[Part, Where] = {}
    _check_fingerprint(sheet_named(sheets, PLAN_SHEET, path), fingerprint, path)
    for part in PARTS:
        name, lines = sheet_named(sheets, PART_NAMES[part], path)
        place = f"{path} [{name}]"
        places[part] = Where(place)
        found, wrong = _rows(part, lines, place)
        rows += found
        problems += wrong
    if problems:
        raise ItsmctlError(problems)
    return Paper(tuple(rows), places)


def _check_fingerprint(sheet: tuple[str, Lines], fingerprint: str, path: Path) -> None:
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


def _rows(part: Part, lines: Lines, place: str) -> tuple[list[Row], list[Problem]]:
    """The rows under the header; a row in which nothing stands is none."""
    columns, problems = columns_named(lines[0] if lines else (), COLUMN_NAMES, NEEDED, place)
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

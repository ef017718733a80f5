"""Workbooks (XLSX) in which nothing runs: sheets with a header that stays and a filter, texts that stay texts, real dates.

What came from a ticket must not run as a formula on the auditor's machine; the same content gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zipfile import ZIP_STORED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LONGEST_CELL = 32_767
"""A cell of a workbook holds no more."""
LONGEST_NAME = 31
"""The name of a sheet is no longer."""

Cell = str | int | datetime | None
"""A text, a whole number, a moment in UTC, or nothing."""

_MADE = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""A workbook says when it was made; the same inputs must give the same bytes."""
_FIRST_DAY = datetime(1900, 3, 1, tzinfo=UTC)
"""Spreadsheets count days from 1900, and believe that that year had a 29 February."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


class Book:
    """A workbook that is being written."""

    def __init__(self, title: str, comments: str) -> None:
        from xlsxwriter import Workbook

        self._stream = io.BytesIO()
        self._book = Workbook(
            self._stream,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self._book.set_properties({"title": title[:200], "comments": comments, "created": _MADE})
        base = {"text_wrap": True, "valign": "top"}
        self._text = self._book.add_format({**base, "num_format": "@", "quote_prefix": True})
        self._number = self._book.add_format({**base, "num_format": "#,##0"})
        self._moment = self._book.add_format({**base, "num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        self._head = self._book.add_format(
            {"num_format": "@", "bold": True, "bottom": 1, "bg_color": "#E8EEF4", "text_wrap": True}
        )
        self._link = self._book.add_format({**base, "font_color": "#1D5A96", "underline": 1})
        self._names: set[str] = set()
        self._contents: Worksheet | None = None
        self._listed: list[tuple[str, str, int]] = []

    def sheet(self, name: str, columns: Sequence[tuple[str, int]], lines: Iterable[Sequence[Cell]]) -> Worksheet:
        """Add a sheet with (title, width) for each column; its name is made to fit and to be the only one."""
        called = self._free(name)
        sheet = self._book.add_worksheet(called)
        for place, (title, width) in enumerate(columns):
            sheet.set_column(place, place, width, self._text)
            sheet.write_string(0, place, title, self._head)
        last = 0
        for number, line in enumerate(lines, 1):
            last = number
            for place, cell in enumerate(line):
                self._write(sheet, number, place, cell)
        sheet.freeze_panes(1, 1 if len(columns) > 4 else 0)
        sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        self._listed.append((called, name, last))
        return sheet

    def contents(self, name: str, columns: Sequence[tuple[str, int]]) -> None:
        """Add a sheet that leads to each one after it by its whole name, and says how many rows it has."""
        self._contents = self.sheet(name, columns, ())
        self._listed.clear()

    def finish(self) -> bytes:
        """The bytes of the workbook; its parts are not compressed, as what deflate yields depends on the zlib at hand."""
        if self._contents:
            for row, (called, name, rows) in enumerate(self._listed, 1):
                place = called.replace("'", "''")
                self._contents.write_url(row, 0, f"internal:'{place}'!A1", self._link, name[:LONGEST_CELL])
                self._contents.write_number(row, 1, rows, self._number)
            self._contents.autofilter(0, 0, max(len(self._listed), 1), 1)
        self._book.close()
        stored = io.BytesIO()
        with ZipFile(self._stream) as written, ZipFile(stored, "w", ZIP_STORED) as archive:
            for part in written.infolist():
                archive.writestr(ZipInfo(part.filename), written.read(part))
        return stored.getvalue()

    def _write(self, sheet: Worksheet, row: int, place: int, cell: Cell) -> None:
        if isinstance(cell, datetime):
            if cell >= _FIRST_DAY:
                sheet.write_datetime(row, place, cell.astimezone(UTC).replace(tzinfo=None), self._moment)
            else:
                sheet.write_string(row, place, f"{cell:%Y-%m-%dT%H:%M:%SZ}", self._text)
        elif isinstance(cell, int):
            sheet.write_number(row, place, cell, self._number)
        elif cell:
            sheet.write_string(row, place, cell, self._text)

    def _free(self, name: str) -> str:
        """The name without what a sheet's cannot hold, cut, and with a number where another sheet has it already."""
        plain = _NOT_IN_NAMES.sub("_", name).strip("' ") or "_"
        wanted, number = _short(plain, LONGEST_NAME), 1
        # Excel keeps this name, in any case of letters, for itself.
        while wanted.casefold() in self._names | {"history"}:
            number += 1
            end = f"~{number}"
            wanted = _short(plain, LONGEST_NAME - len(end)) + end
        self._names.add(wanted.casefold())
        return wanted


def _short(name: str, units: int) -> str:
    """The beginning of a name in so many units of UTF-16, in which Excel counts; it must not end with an apostrophe."""
    return name.encode("utf-16-le", "replace")[: 2 * units].decode("utf-16-le", "ignore").rstrip("' ")

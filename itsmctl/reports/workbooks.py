"""Workbooks (XLSX) in which nothing runs: sheets with a header that stays and a filter, texts that stay texts, real dates.

What came from a ticket must not run as a formula on the auditor's machine; the same content gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from itsmctl.reports import spreadsheet
from itsmctl.reports.plain import cells
from itsmctl.reports.spreadsheet import HEAD, LINK, MOMENT, NUMBER, TEXT, letters

LONGEST_CELL = 32_767
"""A cell of a workbook holds no more; a text that is longer is cut."""
LINE, HIGHEST = 15, 409
"""How high a line is, and the highest row, in points. Excel finds out how high a wrapped row is when it opens it, others do not."""
LONGEST_NAME = 31
"""The name of a sheet is no longer."""

Cell = str | int | datetime | None
"""A text, a whole number, a moment in UTC, or nothing."""

_FIRST_DAY = datetime(1900, 3, 1, tzinfo=UTC)
"""Spreadsheets count days from 1900, and believe that that year had a 29 February."""
_DAYS_BEFORE_1970 = 25_569
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass
class _Sheet:
    """A sheet: its rows are written already, but not what stands around them."""

    called: str
    name: str
    columns: Sequence[tuple[str, int]]
    rows: list[str]
    last: int
    choices: tuple[int, Sequence[str]] | None
    links: list[tuple[int, str]] = field(default_factory=list)
    """Rows of which the first cell leads to the sheet of a name."""


class Book:
    """A workbook that is being written."""

    def __init__(self, title: str, comments: str) -> None:
        self._title, self._comments = title[:200], comments
        self._sheets: list[_Sheet] = []
        self._texts: dict[str, int] = {}
        self._used = 0
        self._names: set[str] = set()
        self._contents: _Sheet | None = None

    def sheet(
        self,
        name: str,
        columns: Sequence[tuple[str, int]],
        lines: Iterable[Sequence[Cell]],
        choices: tuple[int, Sequence[str]] | None = None,
    ) -> None:
        """Add a sheet with (title, width) for each column; its name is made to fit and to be the only one.

        `choices` are the words to choose from in a column, by its place.
        """
        called = self._free(name)
        widths = [width for _, width in columns]
        rows = [self._row(1, [title for title, _ in columns], widths, HEAD)]
        rows += (self._row(number, line, widths) for number, line in enumerate(lines, 2))
        self._sheets.append(_Sheet(called, name, columns, [row for row in rows if row], len(rows), choices))

    def contents(self, name: str, columns: Sequence[tuple[str, int]]) -> None:
        """Add a sheet that leads to each one after it by its whole name, and says how many rows it has."""
        self.sheet(name, columns, ())
        self._contents = self._sheets[-1]

    def finish(self) -> bytes:
        """The bytes of the workbook; its parts are not compressed, as what deflate yields depends on the zlib at hand."""
        if self._contents:
            self._lead(self._contents)
        stored = io.BytesIO()
        with ZipFile(stored, "w", ZIP_STORED) as archive:
            for name, text in self._parts():
                archive.writestr(ZipInfo(name), text.encode("utf-8", "replace"))
        return stored.getvalue()

    def _parts(self) -> Iterator[tuple[str, str]]:
        names = [sheet.called for sheet in self._sheets]
        yield "[Content_Types].xml", spreadsheet.content_types(len(names))
        yield "_rels/.rels", spreadsheet.relations()
        yield "xl/_rels/workbook.xml.rels", spreadsheet.relations_of_workbook(len(names))
        for number, sheet in enumerate(self._sheets, 1):
            yield f"xl/worksheets/sheet{number}.xml", _sheet(sheet, tab=number == 1)
        filters = [_area(sheet, absolute=True) for sheet in self._sheets]
        yield "xl/workbook.xml", spreadsheet.workbook(names, filters)
        yield "xl/sharedStrings.xml", spreadsheet.texts(self._texts, self._used)
        yield "xl/styles.xml", spreadsheet.STYLES
        yield "docProps/core.xml", spreadsheet.properties(self._title, self._comments)

    def _lead(self, contents: _Sheet) -> None:
        listed = self._sheets[self._sheets.index(contents) + 1 :]
        for row, sheet in enumerate(listed, 2):
            cells = (
                self._text(sheet.name, f"A{row}", LINK),
                f'<c r="B{row}" s="{NUMBER}"><v>{sheet.last - 1}</v></c>',
            )
            contents.rows.append(f'<row r="{row}">{"".join(cells)}</row>')
            contents.links.append((row, sheet.called))
        contents.last = len(listed) + 1

    def _row(self, number: int, line: Sequence[Cell], widths: Sequence[int], style: int = TEXT) -> str:
        """The XML of a row, as high as its longest text; a row without anything in it has none."""
        filled = "".join(
            [
                self._cell(cell, f"{column}{number}", style)
                for column, cell in zip(letters(), line, strict=False)
                if cell not in (None, "")
            ]
        )
        high = max((_lines(cell, width) for cell, width in zip(line, widths, strict=False)), default=1)
        height = f' ht="{min(high * LINE, HIGHEST)}"' if high > 1 else ""
        return f'<row r="{number}"{height}>{filled}</row>' if filled else ""

    def _cell(self, cell: Cell, place: str, style: int) -> str:
        if isinstance(cell, int):
            return f'<c r="{place}" s="{NUMBER}"><v>{cell:.16G}</v></c>'
        if isinstance(cell, datetime):
            if cell < _FIRST_DAY:
                return self._text(f"{cell:%Y-%m-%dT%H:%M:%SZ}", place, style)
            days, seconds = divmod(cell.timestamp(), 86_400)
            return f'<c r="{place}" s="{MOMENT}"><v>{_DAYS_BEFORE_1970 + days + seconds / 86_400:.16G}</v></c>'
        return self._text(str(cell), place, style)

    def _text(self, text: str, place: str, style: int) -> str:
        """A cell with a text, which is kept once for the whole workbook."""
        text = text[:LONGEST_CELL]
        self._used += 1
        return f'<c r="{place}" s="{style}" t="s"><v>{self._texts.setdefault(text, len(self._texts))}</v></c>'

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


def _area(sheet: _Sheet, *, absolute: bool = False) -> str:
    """The cells from the header to the last row; a filter needs a row beneath the header."""
    columns = letters()
    column = columns[len(sheet.columns) - 1]
    last = max(sheet.last, 2)
    return f"$A$1:${column}${last}" if absolute else f"A1:{column}{last}"


def _sheet(sheet: _Sheet, *, tab: bool) -> str:
    """The XML of a sheet, in the order that the format asks for."""
    columns = letters()
    widths = [
        (found[0][0], found[-1][0], width)
        for width, group in groupby(enumerate(sheet.columns, 1), lambda column: column[1][1])
        for found in [list(group)]
    ]
    cols = "".join(
        f'<col min="{first}" max="{last}" width="{spreadsheet.width(width)}" style="{TEXT}" customWidth="1"/>'
        for first, last, width in widths
    )
    asked = ""
    if sheet.choices and sheet.last > 1:
        column, words = sheet.choices
        asked = spreadsheet.choice(f"{columns[column]}2:{columns[column]}{sheet.last}", words)
    links = "".join(spreadsheet.link(f"A{row}", name) for row, name in sheet.links)
    return spreadsheet.sheet(
        f"A1:{columns[len(sheet.columns) - 1]}{sheet.last}",
        cols,
        "".join(sheet.rows),
        f'<autoFilter ref="{_area(sheet)}"/>' + asked + (f"<hyperlinks>{links}</hyperlinks>" if links else ""),
        frozen_column=len(sheet.columns) > 4,
        tab=tab,
    )


def _lines(cell: Cell, width: int) -> int:
    """How many lines a text takes in a column so wide; words that do not fit leave room at the end of a line."""
    if not isinstance(cell, str) or (2 * len(cell) <= width and "\n" not in cell):
        return 1
    return sum(max(1, -(-cells(line) // max(width - 2, 1))) for line in cell[:LONGEST_CELL].split("\n"))

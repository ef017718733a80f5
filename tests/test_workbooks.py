"""Workbooks: what XlsxWriter would write, and nothing that a text could smuggle in."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as some
from python_calamine import CalamineWorkbook

from itsmctl.reports.workbooks import LONGEST_CELL, Book, Cell

COLUMNS = [("Record", 22), ("n", 12), ("Moment", 12), ("Kommentar & <“x”>", 40), ("", 8)]
LINES: list[list[Cell]] = [
    ["=1+1", 7, datetime(2026, 3, 29, 0, 0, 0, tzinfo=UTC), " leading", None],
    ['a & b < c > "d"', 0, datetime(1900, 3, 1, 12, 0, 0, tzinfo=UTC), "two\nlines", "空"],
    [None, None, None, None, None],
    ["_x0041_ \x07", -12, None, "=1+1", ""],
    *(
        ["at", n, datetime(2016, 2, 29, 8, 44, 1, tzinfo=UTC) + timedelta(seconds=n * 5_003), "x", None]
        for n in range(99)
    ),
]


def _parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _by_xlsxwriter() -> bytes:
    """The same sheets as `test_...` writes, by the library."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        top = {"text_wrap": True, "valign": "top"}
        text = book.add_format({**top, "num_format": "@", "quote_prefix": True})
        head = book.add_format({"num_format": "@", "bold": True, "bottom": 1, "bg_color": "#E8EEF4", "text_wrap": True})
        number = book.add_format({**top, "num_format": "#,##0"})
        moment = book.add_format({**top, "num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        for name, columns in (("wide", COLUMNS), ("it's narrow", COLUMNS[:4])):
            sheet = book.add_worksheet(name)
            for place, (title, width) in enumerate(columns):
                sheet.set_column(place, place, width, text)
                if title:
                    sheet.write_string(0, place, title, head)
            for row, line in enumerate(LINES, 1):
                for place, cell in enumerate(line[: len(columns)]):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(row, place, cell.replace(tzinfo=None), moment)
                    elif isinstance(cell, int):
                        sheet.write_number(row, place, cell, number)
                    elif cell:
                        sheet.write_string(row, place, cell, text)
            sheet.freeze_panes(1, 1 if len(columns) > 4 else 0)
            sheet.autofilter(0, 0, len(LINES), len(columns) - 1)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)
            sheet.data_validation(1, 0, len(LINES), 0, {"validate": "list", "source": ["ja & nein", "空"]})
    return stream.getvalue()


def test_sheets_and_texts_are_those_of_another_program() -> None:
    book = Book("t", "c")
    choices = (0, ["ja & nein", "空"])
    book.sheet("wide", COLUMNS, LINES, choices)
    book.sheet("it's narrow", COLUMNS[:4], [line[:4] for line in LINES], choices)
    ours, theirs = _parts(book.finish()), _parts(_by_xlsxwriter())
    for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml"):
        assert re.sub(' ht="[^"]*"', "", ours[name]) == re.sub(' spans="[^"]*"', "", theirs[name])
    names = re.compile("<definedName .*?</definedName>")
    assert sorted(names.findall(ours["xl/workbook.xml"].replace("'wide'", "wide"))) == sorted(
        names.findall(theirs["xl/workbook.xml"])
    )


def test_a_row_is_as_high_as_its_longest_text() -> None:
    """Excel would find out by itself when it opens the file; LibreOffice lets wrapped texts lie over each other."""
    book = Book("t", "c")
    rows = [
        ["short", 1],
        ["a text that is longer than its column", 2],
        ["字" * 30, None],
        ["one\ntwo\nthree", 3],
        ["x" * 9000, 4],
    ]
    book.sheet("s", [("name", 20), ("n", 10)], rows)
    sheet = _parts(book.finish())["xl/worksheets/sheet1.xml"]
    heights = dict(re.findall(r'<row r="(\d)"(?: ht="(\d+)")?>', sheet))
    assert heights == {"1": "", "2": "", "3": "45", "4": "60", "5": "45", "6": "409"}


def test_formats_are_those_of_another_program() -> None:
    """But for the theme: the font and its colour are named."""
    book = Book("t", "c")
    book.sheet("s", COLUMNS, LINES)
    ours, theirs = _parts(book.finish())["xl/styles.xml"], _parts(_by_xlsxwriter())["xl/styles.xml"]
    formats = re.compile("<xf .*?(?:/>|</xf>)")
    assert formats.findall(ours)[:6] == formats.findall(theirs)[:6]
    for part in ("fills", "borders", "numFmts"):
        found = re.compile(f"<{part} .*</{part}>")
        assert found.findall(ours) == found.findall(theirs)


def test_a_list_of_sheets_leads_to_each_by_its_whole_name() -> None:
    book = Book("t", "c")
    book.sheet("first", [("h", 5)], [["x"]])
    book.contents("Contents", [("Sheet", 90), ("Rows", 10)])
    names = ["it's <a> & a name that is too long for a sheet", "short"]
    for name in names:
        book.sheet(name, [("h", 5)], [["x"], ["y"]])
    content = book.finish()
    read = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert read.get_sheet_by_name("Contents").to_python() == [["Sheet", "Rows"], *([name, 2] for name in names)]
    text = _parts(content)["xl/worksheets/sheet2.xml"]
    places = re.findall(r'<hyperlink ref="(A\d)" location="(.*?)" display="(.*?)"/>', text)
    called = read.sheet_names[2].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    quoted = called.replace("'", "''")
    assert places == [("A2", f"'{quoted}'!A1", called), ("A3", "'short'!A1", "short")]
    assert '<autoFilter ref="A1:B3"/>' in text


@pytest.mark.parametrize("text", ["<r><t>x</t></r>", "<r>&</r>", "</t></si>", "]]>", "&amp;"])
def test_no_text_becomes_markup(text: str) -> None:
    book = Book(text, text)
    book.sheet(text, [(text, 5)], [[text]])
    content = book.finish()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows == [[text], [text]]


def test_a_text_that_is_too_long_for_a_cell_is_cut() -> None:
    book = Book("t", "c")
    book.sheet("s", [("h", 5)], [["x" * (LONGEST_CELL + 1)]])
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.finish())).get_sheet_by_name("s").to_python()
    assert rows[1] == ["x" * LONGEST_CELL]


@given(some.text(some.characters(exclude_categories=("Cs",), exclude_characters="\r"), min_size=1, max_size=40))
def test_a_text_comes_back_as_it_was(text: str) -> None:
    book = Book("t", "c")
    book.sheet("s", [("h", 5)], [[text]])
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.finish())).get_sheet_by_name("s").to_python()
    assert rows[1] == [text]

"""Cells of a workbook that Excel shows otherwise than calamine tells them: errors such as #N/A and formulas of which no result was
saved, which it reads as empty, and midnights, which it reads as days. They would look like fields that nobody filled in, or moments
without a time of day.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath

_ERROR = re.compile(rb"""<(?:\w+:)?c\s([^<>]*\bt\s*=\s*["']e["'][^<>]*)(?<!/)>(.*?)</(?:\w+:)?c>""", re.DOTALL)
_FORMULA = re.compile(
    rb"""<(?:\w+:)?c\s([^<>]*)(?<!/)>\s*<(?:\w+:)?f\b[^<>]*?(?:/>|>([^<]*)</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_TEXT_TYPE = re.compile(rb"""\bt\s*=\s*["']str["']""")
_SHEET, _RELATION = re.compile(rb"<(?:\w+:)?sheet\s([^<>]*)>"), re.compile(rb"<(?:\w+:)?Relationship\s([^<>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_WORKBOOK = "xl/workbook.xml"
_STYLES, _STYLE = (
    re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL),
    re.compile(rb"<(?:\w+:)?xf\b([^<>]*)>"),
)
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s([^<>]*)>")
_WITH_HOURS = frozenset(map(str, (18, 19, 20, 21, 22, 45, 46, 47)))
"""The numbers of the formats with a time of day that every workbook has."""
_NO_LETTERS = re.compile(r""""[^"]*"|\\.|[_*].|\[(?!h+\])[^\]]*\]""", re.IGNORECASE)
"""What stands in a format for itself: texts, single letters, colours and languages."""
_CHUNK, _OVERLAP = 2**20, 2**14


class Unplaced(Exception):
    """A cell with something that calamine does not tell stands left of the table, or does not say where; the argument is its text."""


@dataclass(frozen=True, order=True)
class Shown:
    """A cell; rows and columns count from 0, `text` is what Excel shows, or the formula, and empty for a midnight."""

    row: int
    column: int
    text: str


@dataclass(frozen=True)
class Sheets:
    """The part of a workbook in which each sheet lies, by the sheet's name, and the styles that show a time of day."""

    parts: Mapping[str, str]
    timed: Sequence[int]


def sheets_of(archive: zipfile.ZipFile) -> Sheets:
    """What a workbook says of its sheets and styles."""
    names = set(archive.namelist())
    related = f"{PurePosixPath(_WORKBOOK).parent}/_rels/{PurePosixPath(_WORKBOOK).name}.rels"
    if not {_WORKBOOK, related} <= names:
        return Sheets({}, ())
    targets, timed = {}, []
    for relation in _RELATION.findall(archive.read(related)):
        told = _attributes(relation)
        target = told.get("Target", "")
        target = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        targets[told.get("Id", "")] = target
        if told.get("Type", "").endswith("/styles") and target in names:
            timed = _timed(archive.read(target))
    found = {}
    for sheet in _SHEET.findall(archive.read(_WORKBOOK)):
        told = _attributes(sheet)
        part = targets.get(next((told[one] for one in told if one.endswith(":id")), ""), "")
        if part in names:
            found[told.get("name", "")] = part
    return Sheets(found, timed)


def _timed(styles: bytes) -> list[int]:
    """The numbers of the styles whose format has hours."""
    formats = [_attributes(one) for one in _FORMAT.findall(styles)]
    with_hours = {
        told.get("numFmtId", "") for told in formats if "h" in _NO_LETTERS.sub("", told.get("formatCode", "")).lower()
    }
    own = {told.get("numFmtId", "") for told in formats}
    listed = _STYLE.findall(found[0]) if (found := _STYLES.search(styles)) else []
    wanted = with_hours | (_WITH_HOURS - own)
    return [number for number, one in enumerate(listed) if _attributes(one).get("numFmtId", "") in wanted]


def shown_rows(archive: zipfile.ZipFile, part: str, timed: Sequence[int]) -> Iterator[tuple[int, list[Shown]]]:
    """Row by row the cells of a sheet that calamine tells otherwise; raises Unplaced for one that does not say where it stands."""
    midnights = [_midnight(style, quote) for style in timed for quote in (b'"', b"'")]
    for row, cells in groupby(_cells(_pieces(archive, part), midnights), key=lambda cell: cell.row):
        yield row, list(cells)


def _midnight(style: int, quote: bytes) -> re.Pattern[bytes]:
    """Finds whole days, give or take what a computation leaves, in a style that shows a time of day.

    It begins with what is found fast, in the midst of the cell.
    """
    return re.compile(
        rb"""s=%(quote)b%(style)d%(quote)b[^<>]*>\s*(?:<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?"""
        rb"""<(?:\w+:)?v>\s*\d+(?:\.(?:0{6}\d*|9{6}\d*|0*))?\s*</""" % {b"quote": quote, b"style": style}
    )


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A part in pieces; each begins with the end of the one before, so that no cell is cut in all of them."""
    before = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield (piece := before + chunk)
            before = piece[-_OVERLAP:]


def _cells(pieces: Iterable[bytes], midnights: Sequence[re.Pattern[bytes]]) -> Iterator[Shown]:
    last = (-1, -1)
    for piece in pieces:
        found = {*_midnights(piece, midnights)}
        if b"<f" in piece or b":f" in piece or b'"e"' in piece or b"'e'" in piece:
            found |= {*_errors(piece), *_uncomputed(piece)}
        for cell in sorted(found):
            if (cell.row, cell.column) > last:
                last = (cell.row, cell.column)
                yield cell


def _errors(piece: bytes) -> Iterator[Shown]:
    for attributes, inside in _ERROR.findall(piece):
        value = _VALUE.search(inside)
        yield _placed(attributes, value[1] if value else b"#ERROR!")


def _uncomputed(piece: bytes) -> Iterator[Shown]:
    for attributes, formula in _FORMULA.findall(piece):
        if not _TEXT_TYPE.search(attributes):  # a text that came out empty
            yield _placed(attributes, b"=" + formula)


def _placed(attributes: bytes, text: bytes) -> Shown:
    shown = html.unescape(text.decode("utf-8", "replace"))
    if place := _PLACE.search(attributes):
        return Shown(int(place[2]) - 1, column_number(place[1]) - 1, shown)
    raise Unplaced(shown)


def _midnights(piece: bytes, midnights: Sequence[re.Pattern[bytes]]) -> Iterator[Shown]:
    for midnight in midnights:
        for found in midnight.finditer(piece):
            begin = max(piece.rfind(b"<", 0, found.start()), 0)
            # One without a place stays a day, which is no moment.
            if place := _PLACE.search(piece, begin, piece.index(b">", begin)):
                yield Shown(int(place[2]) - 1, column_number(place[1]) - 1, "")


def column_number(letters: bytes) -> int:
    """The number of a column: `A` is 1, `AA` is 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def _attributes(text: bytes) -> dict[str, str]:
    found = _ATTRIBUTE.findall(text)
    return {
        name.decode(): html.unescape((double or single).decode("utf-8", "replace")) for name, double, single in found
    }

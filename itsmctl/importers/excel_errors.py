"""Cells of a workbook that calamine reads as empty, though something stands there: errors such as #N/A, and formulas of which no
result was saved. Left out they would look like fields that nobody filled in.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterable, Iterator
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
_CHUNK, _OVERLAP = 2**20, 2**14


@dataclass(frozen=True, order=True)
class Unshown:
    """A cell that would be read as empty; rows and columns count from 0, `text` is what Excel shows, or the formula."""

    row: int
    column: int
    text: str


def parts_of_sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of a workbook in which each sheet lies, by the sheet's name."""
    names = set(archive.namelist())
    related = f"{PurePosixPath(_WORKBOOK).parent}/_rels/{PurePosixPath(_WORKBOOK).name}.rels"
    if not {_WORKBOOK, related} <= names:
        return {}
    targets = {}
    for relation in _RELATION.findall(archive.read(related)):
        told = _attributes(relation)
        target = told.get("Target", "")
        targets[told.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    found = {}
    for sheet in _SHEET.findall(archive.read(_WORKBOOK)):
        told = _attributes(sheet)
        part = targets.get(next((told[one] for one in told if one.endswith(":id")), ""), "")
        if part in names:
            found[told.get("name", "")] = part
    return found


def unshown_rows(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[int, list[Unshown]]]:
    """Row by row the cells of a sheet that would be read as empty."""
    for row, cells in groupby(_unshown(_pieces(archive, part)), key=lambda cell: cell.row):
        yield row, list(cells)


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A part in pieces; each begins with the end of the one before, so that no cell is cut in all of them."""
    before = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield (piece := before + chunk)
            before = piece[-_OVERLAP:]


def _unshown(pieces: Iterable[bytes]) -> Iterator[Unshown]:
    last = (-1, -1)
    for piece in pieces:
        if b"<f" not in piece and b":f" not in piece and b'"e"' not in piece and b"'e'" not in piece:
            continue
        for cell in sorted({*_errors(piece), *_uncomputed(piece)}):
            if (cell.row, cell.column) > last:
                last = (cell.row, cell.column)
                yield cell


def _errors(piece: bytes) -> Iterator[Unshown]:
    for attributes, inside in _ERROR.findall(piece):
        value = _VALUE.search(inside)
        yield from _placed(attributes, value[1] if value else b"#ERROR!")


def _uncomputed(piece: bytes) -> Iterator[Unshown]:
    for attributes, formula in _FORMULA.findall(piece):
        if not _TEXT_TYPE.search(attributes):  # a text that came out empty
            yield from _placed(attributes, b"=" + formula)


def _placed(attributes: bytes, text: bytes) -> Iterator[Unshown]:
    if place := _PLACE.search(attributes):
        shown = html.unescape(text.decode("utf-8", "replace"))
        yield Unshown(int(place[2]) - 1, column_number(place[1]) - 1, shown)


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

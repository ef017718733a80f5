"""Texts and tables on A4 pages as PDF, in which every byte follows from the words.

Chinese is set in STSong-Light, a font that every reader of PDF replaces by one of its own; no font file is needed, and none
of this machine's fonts gets in. Streams are not compressed: what deflate yields depends on the zlib at hand.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from itsmctl import __version__
from itsmctl.language import Language
from itsmctl.reports.plain import shown
from itsmctl.reports.typesetting import CHINESE, Run, Style, broken, by_font, width_of

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

_WIDTH, _HEIGHT = 595.28, 841.89
_MARGIN = 57.0
_FOOT = 28.0
_INK, _SOFT, _RULE = "#17212b", "#566270", "#dfe4ea"
_GAP = 6.0
"""Between the columns of a table."""
_PAD = 2.5
"""Above and below the lines of a row."""
_TALL = 70.0
"""A row that is taller than this may go over pages."""
_AFTER_TABLE = 8.0

STYLES = {
    "text": Style(8.5, 11.5, _INK),
    "small": Style(8, 11, _INK, after=3),
    "soft": Style(8.5, 11.5, _SOFT),
    "title": Style(22, 28, _INK, bold=True, after=12),
    "h1": Style(14, 18, _INK, bold=True, before=20, after=6, needs=120),
    "h2": Style(10.5, 14, _INK, bold=True, before=12, after=2, needs=100),
}
_FOOTER = Style(7.5, 11, "#666666")


@dataclass(frozen=True)
class Paragraph:
    """Lines of words; a line that is too long is broken."""

    lines: Sequence[Sequence[Run]]
    style: str = "text"


@dataclass(frozen=True)
class Table:
    """Rows of cells, each of its column's width, over as many pages as it takes; its head is repeated on each."""

    rows: Sequence[Sequence[Paragraph]]
    widths: Sequence[float]
    head: bool = False


def text(words: str, style: str = "text") -> Paragraph:
    """A paragraph of one colour."""
    return Paragraph(((run(words),),), style)


def run(words: str, color: str = "") -> Run:
    """Words that look like what they are, in a colour."""
    return shown(words), color


def printed(title: str, foot: str, story: Iterable[Paragraph | Table], language: Language) -> bytes:
    """The bytes of a document with a line and the page number at the foot of each page."""
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(
        stream,
        pagesize=(_WIDTH, _HEIGHT),
        invariant=1,
        pageCompression=0,
        lang="zh-Hans" if language == "zh" else "en",
    )
    canvas.setTitle(title)
    canvas.setCreator(f"itsmctl {__version__}")
    pages = _Pages(canvas, shown(foot))
    for block in story:
        if isinstance(block, Table):
            pages.table(block)
        else:
            pages.paragraph(block)
    pages.end()
    canvas.save()
    return stream.getvalue()


class _Pages:
    """Pages that fill from the top; `top` is where the next block begins."""

    def __init__(self, canvas: Canvas, foot: str) -> None:
        self.canvas = canvas
        self.foot = foot
        self.number = 1
        self.top = _HEIGHT - _MARGIN
        self.fresh = True
        self.after = 0.0
        self.letters: list[str] = []
        self.rules: list[str] = []
        self.set: tuple[str, ...] = ()
        self.colored = ""

    @property
    def left(self) -> float:
        """What is left of the page."""
        return self.top - _MARGIN

    def paragraph(self, block: Paragraph) -> None:
        style = STYLES[block.style]
        self.space(style.before)
        if self.left < style.needs:
            self.turn()
        for line in _lines(block, _WIDTH - 2 * _MARGIN):
            if self.left < style.leading:
                self.turn()
            self.line(line, style, _MARGIN, self.top)
            self.top -= style.leading
            self.fresh = False
        self.after = style.after

    def table(self, block: Table) -> None:
        self.space(0)
        rows = [
            [_lines(cell, width - _GAP) for cell, width in zip(row, block.widths, strict=True)] for row in block.rows
        ]
        head = (block.rows[0], rows[0]) if block.head else None
        for number, (row, cells) in enumerate(zip(block.rows, rows, strict=True)):
            self.row(row, cells, block.widths, head if number else None)
        self.after = _AFTER_TABLE

    def row(
        self,
        row: Sequence[Paragraph],
        cells: Sequence[Sequence[Sequence[Run]]],
        widths: Sequence[float],
        head: tuple[Sequence[Paragraph], Sequence[Sequence[Sequence[Run]]]] | None,
    ) -> None:
        """One row; one that is tall is cut where the page ends."""
        styles = [STYLES[cell.style] for cell in row]
        height = _tall(styles, cells)
        while height > self.left:
            room = self.left - 2 * _PAD
            if height > _TALL and room > 2 * max(style.leading for style in styles):
                ends = [int(room // style.leading) for style in styles]
                self.cells(styles, [cell[:end] for cell, end in zip(cells, ends, strict=True)], widths)
                cells = [cell[end:] for cell, end in zip(cells, ends, strict=True)]
                height = _tall(styles, cells)
            self.turn()
            if head:
                self.row(*head, widths, None)
        self.cells(styles, cells, widths)
        self.top -= height
        self.rules.append(f"{_MARGIN:.2f} {self.top:.2f} m {_MARGIN + sum(widths):.2f} {self.top:.2f} l S")
        self.fresh = False

    def cells(self, styles: Sequence[Style], cells: Sequence[Sequence[Sequence[Run]]], widths: Sequence[float]) -> None:
        x = _MARGIN
        for style, lines, width in zip(styles, cells, widths, strict=True):
            for number, line in enumerate(lines):
                self.line(line, style, x, self.top - _PAD - number * style.leading)
            x += width

    def line(self, line: Sequence[Run], style: Style, x: float, top: float) -> None:
        """One line of words, the upper edge of which is at `top`."""
        add = self.letters.append
        add(f"1 0 0 1 {x:.2f} {top - (style.leading + style.size / 2) / 2:.2f} Tm")
        for words, color in line:
            if self.colored != (color := color or style.color):
                self.colored = color
                add(f"{_color(color)} rg")
            for font, part in by_font(words, bold=style.bold):
                if self.set != (chosen := (font, f"{style.size:g}")):
                    self.set = chosen
                    add(f"{self.canvas._doc.getInternalFontName(font)} {style.size:g} Tf")
                add(_escaped(part, font))

    def space(self, before: float) -> None:
        """What stands between two blocks, but not at the top of a page."""
        if not self.fresh:
            self.top -= max(self.after, before)

    def turn(self) -> None:
        """Go on at the top of the next page."""
        self.end()
        self.number += 1
        self.top, self.fresh = _HEIGHT - _MARGIN, True

    def end(self) -> None:
        """Put the page together, with its foot."""
        self.line([(self.foot, "")], _FOOTER, _MARGIN, _FOOT + _FOOTER.leading)
        number = str(self.number)
        self.line([(number, "")], _FOOTER, _WIDTH - _MARGIN - width_of(number, _FOOTER), _FOOT + _FOOTER.leading)
        self.canvas.addLiteral("\n".join([f"{_color(_RULE)} RG 0.5 w", *self.rules, "BT", *self.letters, "ET"]))
        self.canvas.showPage()
        self.letters, self.rules, self.set, self.colored = [], [], (), ""


def _lines(block: Paragraph, width: float) -> list[list[Run]]:
    style = STYLES[block.style]
    return [line for runs in block.lines for line in broken(runs, style, width)]


def _tall(styles: Sequence[Style], cells: Sequence[Sequence[Sequence[Run]]]) -> float:
    return 2 * _PAD + max(style.leading * len(lines) for style, lines in zip(styles, cells, strict=True))


@lru_cache(64)
def _color(color: str) -> str:
    return " ".join(f"{int(color[place : place + 2], 16) / 255:.4f}" for place in (1, 3, 5))


_NOT_PLAIN = {
    code: f"\\{byte:03o}"
    for byte in range(256)
    for code in map(ord, bytes([byte]).decode("cp1252", "ignore"))
    if byte < 32 or byte > 126 or chr(byte) in "()\\"
}
"""What a string of PDF cannot hold as it is."""


def _escaped(words: str, font: str) -> str:
    """The operator that draws words of one font."""
    if font == CHINESE:
        return f"<{words.encode('utf-16-be', 'replace').hex()}> Tj"
    return f"({words.translate(_NOT_PLAIN)}) Tj"

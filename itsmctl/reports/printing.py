"""Texts and tables on A4 pages as PDF, in which every byte follows from the words.

Chinese is set in STSong-Light, a font that every reader of PDF replaces by one of its own; no font file is needed, and none
of this machine's fonts gets in. Streams are not compressed: what deflate yields depends on the zlib at hand.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import cache, partial
from html import escape
from typing import TYPE_CHECKING, Any

from itsmctl import __version__
from itsmctl.language import Language
from itsmctl.reports.plain import shown

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

CHINESE = "STSong-Light"
LATIN, BOLD = "Helvetica", "Helvetica-Bold"
_MARGIN = 51.0


def printed(title: str, foot: str, story: Iterable[Flowable], language: Language) -> bytes:
    """The bytes of a document with a line and the page number at the foot of each page."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    _register()
    stream = io.BytesIO()
    document = SimpleDocTemplate(
        stream,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=title,
        creator=f"itsmctl {__version__}",
        invariant=1,
        pageCompression=0,
        lang="zh-Hans" if language == "zh" else "en",
    )
    footer = partial(_footer, foot)
    document.build(list(story), onFirstPage=footer, onLaterPages=footer)
    return stream.getvalue()


def text(words: str, style: str = "text") -> Flowable:
    """A paragraph."""
    return markup(runs(words), style)


def short(words: str) -> Flowable | str:
    """A text that needs no line break is drawn as it is, which is many times faster than setting a paragraph."""
    return words if words.isascii() and len(words) < 9 else text(words, "small")


def markup(marked: str, style: str = "text") -> Flowable:
    """A paragraph of marked-up text."""
    return _paragraph()(marked, _styles(CHINESE in marked)[style])


def runs(words: str) -> str:
    """The text as markup: what Helvetica does not have is set in the Chinese font."""
    words = shown(words)
    if words.isascii():
        return escape(words)
    found: list[tuple[bool, str]] = []
    for character in words:
        latin = _is_latin(character)
        if found and found[-1][0] == latin:
            found[-1] = (latin, found[-1][1] + character)
        else:
            found.append((latin, character))
    return "".join(escape(part) if latin else f'<font name="{CHINESE}">{escape(part)}</font>' for latin, part in found)


def table(rows: Sequence[Sequence[Flowable | str]], widths: Sequence[float], *, head: bool = False) -> Flowable:
    """A table over as many pages as it takes; its head is repeated on each."""
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import LongTable

    line = HexColor("#dfe4ea")
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("FONT", (0, 0), (-1, -1), LATIN, 8.5, 11.5),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, line),
    ]
    return LongTable(
        rows,
        colWidths=list(widths),
        repeatRows=1 if head else 0,
        style=style,
        spaceAfter=8,
        splitInRow=1,
        hAlign="LEFT",
    )


@cache
def _paragraph() -> Any:
    """A paragraph that is broken into lines once for each width: a table that goes over pages asks on every page again."""
    from reportlab.platypus import Paragraph

    class BrokenOnce(Paragraph):  # type: ignore[misc]
        size: tuple[float, float] | None = None

        def wrap(self, width: float, height: float) -> tuple[float, float]:
            if self.size is None or self.size[0] != width or not hasattr(self, "blPara"):
                self.size = super().wrap(width, height)
            return self.size

    return BrokenOnce


def _is_latin(character: str) -> bool:
    try:
        return bool(character.encode("cp1252"))
    except UnicodeEncodeError:
        return False


@cache
def _styles(chinese: bool) -> dict[str, Any]:
    """The styles; Chinese breaks between any two characters, everything else between words."""
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle

    text = ParagraphStyle(
        "text",
        fontName=LATIN,
        fontSize=8.5,
        leading=11.5,
        wordWrap="CJK" if chinese else None,
        textColor=HexColor("#17212b"),
    )
    make = partial(ParagraphStyle, parent=text)
    return {
        "text": text,
        "small": make("small", fontSize=8, leading=11, spaceAfter=3),
        "soft": make("soft", textColor=HexColor("#566270")),
        "title": make("title", fontName=BOLD, fontSize=22, leading=28, spaceAfter=12),
        "h1": make("h1", fontName=BOLD, fontSize=14, leading=18, spaceBefore=20, spaceAfter=6, keepWithNext=1),
        "h2": make("h2", fontName=BOLD, fontSize=10.5, leading=14, spaceBefore=12, spaceAfter=2, keepWithNext=1),
    }


@cache
def _register() -> None:
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont

    registerFont(UnicodeCIDFont(CHINESE))


def _footer(foot: str, canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont(CHINESE, 7.5)
    canvas.setFillGray(0.4)
    canvas.drawString(_MARGIN + 6, 28, foot)
    canvas.drawRightString(document.pagesize[0] - _MARGIN - 6, 28, str(document.page))
    canvas.restoreState()

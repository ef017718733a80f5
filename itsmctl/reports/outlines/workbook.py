"""An outline as a workbook: what it is on the first sheet, a list of the others, then a sheet for each table, whole."""

from __future__ import annotations

from itsmctl.language import tr
from itsmctl.reports.outlines import Outline, Part, every_table
from itsmctl.reports.plain import cells
from itsmctl.reports.workbooks import Book

_WIDEST = 60


def workbook(outline: Outline) -> bytes:
    """The bytes of the workbook; the same report gives the same bytes."""
    book = Book(outline.title, outline.kind)
    about = [(outline.kind, outline.title), ("", outline.lead), *outline.facts, *_words(outline.parts), *outline.foot]
    language = outline.language
    book.sheet(tr("About", language), [(tr("What", language), 28), (tr("Value", language), 90)], about)
    book.contents(tr("Contents", language), [(tr("Sheet", language), 90), (tr("Rows", language), 10)])
    for title, table in every_table(outline.parts):
        lines = table.whole or table.rows
        widths = [
            min(_WIDEST, max(10, cells(name) + 4, *(cells(str(line[column])) + 2 for line in lines[:200])))
            for column, name in enumerate(table.head)
        ]
        book.sheet(title, list(zip(table.head, widths, strict=True)), lines)
    return book.finish()


def _words(parts: tuple[Part, ...]) -> list[tuple[str, str]]:
    """What stands outside of tables."""
    found: list[tuple[str, str]] = []
    for part in parts:
        found += [(part.title, words) for words in (part.lead, *part.paragraphs, *part.points) if words]
        found += _words(part.parts)
    return found

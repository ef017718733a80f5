"""An outline for a terminal, in so many columns: a table that is too wide for them gives its widest columns less."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from itsmctl.language import number_text
from itsmctl.reports.outlines import Cell, Outline, Part, Table
from itsmctl.reports.plain import cells, fit, right, shown, wrap

_COLORS = {"good": "32", "bad": "31", "open": "33"}
_MARKS = {"good": "✓", "bad": "✕", "open": "?", "": " "}
_LEAST, _LONGEST_WORD = 6, 16


def text(outline: Outline, width: int = 80, color: bool = False) -> str:
    """The report, ending in a newline."""
    lines = [shown(outline.kind), *(_bold(line, color) for line in wrap(shown(outline.title), width))]
    lines += wrap(shown(outline.lead), width)
    margin = max((cells(label) for label, _ in outline.facts), default=0) + 2
    lines += [""] if outline.facts else []
    for label, value in outline.facts:
        for number, line in enumerate(wrap(shown(value), width - margin)):
            lines.append(fit("" if number else label, margin) + line)
    for part in outline.parts:
        lines += ["", *_part(part, width, color, 0)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _bold(line: str, color: bool) -> str:
    return f"\x1b[1m{line}\x1b[0m" if color else line


def _part(part: Part, width: int, color: bool, depth: int) -> Iterator[str]:
    for line in wrap(shown(part.title), width):
        yield _bold(line, color)
    if not depth:
        yield "─" * min(cells(shown(part.title)), width)
    for words in (part.lead, *part.paragraphs):
        yield from wrap(shown(words, 2000), width)
    for point in part.points:
        first, *more = wrap(shown(point, 2000), width - 4) or [""]
        yield f"  - {first}"
        yield from (f"    {line}" for line in more)
    for table in part.tables:
        yield from _table(table, width, color)
    for inner in part.parts:
        yield from ("", *_part(inner, width, color, depth + 1))


def _table(table: Table, width: int, color: bool) -> Iterator[str]:
    rows = [[shown(_text(cell)) for cell in row] for row in (table.head, *table.rows)]
    sizes = _sizes(rows, width - 2 - 2 * (len(table.head) - 1))
    for number, row in enumerate(rows):
        look = table.look(number - 1) if number else ""
        for mark, line in zip((_MARKS[look], *" " * 99), _lines(row, sizes, table.numbers), strict=False):
            whole = f"{mark} {line}".rstrip()
            yield f"\x1b[{_COLORS[look]}m{whole}\x1b[0m" if color and look else whole
    yield from wrap(shown(table.note, 1000), width)


def _lines(row: list[str], sizes: list[int], numbers: tuple[int, ...]) -> Iterator[str]:
    """A row, each cell on as many lines as it needs in its column."""
    columns = [wrap(cell, size) or [""] for cell, size in zip(row, sizes, strict=True)]
    for parts in zip_longest(*columns, fillvalue=""):
        yield "  ".join(
            right(part, size) if column in numbers else fit(part, size)
            for column, (part, size) in enumerate(zip(parts, sizes, strict=True))
        )


def _sizes(rows: list[list[str]], room: int) -> list[int]:
    """How wide each column is: as its longest cell, the widest giving way until all fit, first as far as words stay whole."""
    columns = list(zip(*rows, strict=True))
    sizes = [max(cells(cell) for cell in column) for column in columns]
    words = [
        max(min(_LONGEST_WORD, cells(word)) for cell in column for word in (cell.split() or [""])) for column in columns
    ]
    for least in (words, [_LEAST] * len(sizes)):
        while sum(sizes) > room:
            widest = max(range(len(sizes)), key=lambda column: (sizes[column] > least[column], sizes[column]))
            if sizes[widest] <= least[widest]:
                break
            sizes[widest] -= 1
    return sizes


def _text(cell: Cell) -> str:
    return number_text(cell) if isinstance(cell, int) else cell

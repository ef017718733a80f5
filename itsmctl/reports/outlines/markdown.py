"""An outline as Markdown that every forge and wiki shows: headings, lists and pipe tables."""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.language import number_text, tr
from itsmctl.reports.outlines import Cell, Outline, Part, Table
from itsmctl.reports.replay.markdown import escaped

_MARKS = {"good": "✓ ", "bad": "✕ ", "open": "? ", "": ""}


def markdown(outline: Outline) -> str:
    """The report, ending in a newline; nothing from a ticket becomes markup."""
    lines = [f"# {escaped(outline.title)}", "", escaped(outline.kind), ""]
    if outline.lead:
        lines += [f"**{escaped(outline.lead)}**", ""]
    between = tr(": ", outline.language)
    lines += [f"- {escaped(label)}{between}{escaped(value)}" for label, value in outline.facts]
    for part in outline.parts:
        lines += ["", *_part(part, 2)]
    if outline.foot:
        lines += ["", "---", "", *(f"{escaped(label)}{between}{escaped(value)}  " for label, value in outline.foot)]
    return "\n".join(lines).rstrip() + "\n"


def _part(part: Part, depth: int) -> Iterator[str]:
    yield f"{'#' * min(depth, 6)} {escaped(part.title)}"
    for words in (part.lead, *part.paragraphs):
        if words:
            yield from ("", escaped(words))
    if part.points:
        yield ""
        yield from (f"- {escaped(point)}" for point in part.points)
    for table in part.tables:
        yield from ("", *_table(table))
    for inner in part.parts:
        yield from ("", *_part(inner, depth + 1))


def _table(table: Table) -> Iterator[str]:
    yield _line([escaped(name) for name in table.head])
    yield _line(["--:" if column in table.numbers else "---" for column in range(len(table.head))])
    for number, row in enumerate(table.rows):
        first, *others = (escaped(_text(cell)) for cell in row)
        yield _line([_MARKS[table.look(number)] + first, *others])
    if table.note:
        yield from ("", escaped(table.note))


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(cell: Cell) -> str:
    return number_text(cell) if isinstance(cell, int) else cell

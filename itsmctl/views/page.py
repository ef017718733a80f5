"""A page about one definition: a title, sections, and in them facts, tables, lists and words; as text or Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from itsmctl.reports.plain import cells, fit, hanging, longest_piece, visible, wrap

LEAST_COLUMN = 6


@dataclass(frozen=True)
class Facts:
    """Labels with their values; one without a value is left out."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Grid:
    """A table: its column heads and rows; a cell may be empty."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Drawn:
    """Lines that already look as they should, for a terminal and a code block alike."""

    lines: tuple[str, ...]


Block = Facts | Grid | Points | Words | Drawn


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; one with nothing to show is left out."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Page:
    """Everything about one definition that a person wants to read at once."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    source: str
    """Where it is defined, `catalog/services.yaml:10:1`."""


def text(page: Page, width: int) -> str:
    """The page for a terminal of so many columns."""
    lines = [*wrap(page.title, width), *wrap(page.subtitle, width)]
    for block in page.blocks:
        lines += _block_text(block, width)
    for section in page.sections:
        body = [line for block in section.blocks for line in _block_text(block, width)]
        if body:
            lines += ["", *wrap(section.title, width), "─" * min(cells(section.title), width), *body[body[0] == "" :]]
    return "\n".join([*lines, "", *wrap(page.source, width)]) + "\n"


def _block_text(block: Block, width: int) -> list[str]:
    match block:
        case Facts(rows):
            label = max((cells(name) for name, value in rows if value), default=0) + 2
            return ["", *(line for name, value in rows if value for line in _fact(name, value, label, width))]
        case Grid(columns, rows):
            return ["", *_grid_text(columns, rows, width)] if rows else []
        case Points(items):
            return ["", *(line for item in items for line in hanging("• ", item, width))] if items else []
        case Words(told):
            return ["", *wrap(told, width)] if told else []
        case Drawn(lines):
            return ["", *map(visible, lines)] if lines else []


def _fact(name: str, value: str, label: int, width: int) -> list[str]:
    return hanging(fit(name, label), value, width)


def _grid_text(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...], width: int) -> Iterator[str]:
    """A table whose wide columns wrap so that the whole fits."""
    widths = _widths(columns, rows, width)
    if any(columns):
        yield from _row(columns, widths)
        yield "  ".join("─" * w for w in widths)
    for row in rows:
        yield from _row(row, widths)


def _widths(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...], width: int) -> list[int]:
    """As wide as their content; where that is too much, the widest columns give way first, and whole words last."""
    cells_of = [[row[i] for row in (columns, *rows)] for i in range(len(columns))]
    widths = [max(map(cells, column)) for column in cells_of]
    words = [max(longest_piece(cell) for cell in column) for column in cells_of]
    room = width - 2 * (len(columns) - 1)
    for least in (words, [LEAST_COLUMN] * len(columns)):
        while sum(widths) > room and (over := [i for i, w in enumerate(widths) if w > max(least[i], LEAST_COLUMN)]):
            widths[max(over, key=lambda i: widths[i])] -= 1
    return widths


def _row(row: tuple[str, ...], widths: list[int]) -> Iterator[str]:
    wrapped = [wrap(cell, w) or [""] for cell, w in zip(row, widths, strict=True)]
    for number in range(max(len(lines) for lines in wrapped)):
        parts = [fit(lines[number] if number < len(lines) else "", w) for lines, w in zip(wrapped, widths, strict=True)]
        yield "  ".join(parts).rstrip()


def markdown(page: Page) -> str:
    """The page as Markdown, for a wiki or a pull request."""
    lines = [f"# {_plain(page.title)}", "", _plain(page.subtitle)]
    for block in page.blocks:
        lines += _block_markdown(block)
    for section in page.sections:
        body = [line for block in section.blocks for line in _block_markdown(block)]
        if body:
            lines += ["", f"## {_plain(section.title)}", *body]
    return "\n".join([*lines, "", f"`{page.source}`"]) + "\n"


def _block_markdown(block: Block) -> list[str]:
    match block:
        case Facts(rows):
            return ["", *(f"- **{_plain(name)}**: {_plain(value)}" for name, value in rows if value)]
        case Grid(columns, rows):
            if not rows:
                return []
            head = ["| " + " | ".join(_cell(c) for c in columns) + " |", "|" + " --- |" * len(columns)]
            return ["", *head, *("| " + " | ".join(_cell(c) for c in row) + " |" for row in rows)]
        case Points(items):
            return ["", *(f"- {_plain(item)}" for item in items)] if items else []
        case Words(told):
            return ["", _plain(told)] if told else []
        case Drawn(lines):
            return ["", "```text", *map(visible, lines), "```"] if lines else []


def _plain(value: str) -> str:
    """Text whose signs Markdown and HTML must not take for their own."""
    for sign in "\\`*_<>[]":
        value = value.replace(sign, f"\\{sign}" if sign not in "<>" else {"<": "&lt;", ">": "&gt;"}[sign])
    return visible(" ".join(value.split()))


def _cell(value: str) -> str:
    return _plain(value).replace("|", "\\|")

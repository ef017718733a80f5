"""What an import could not read, by reason and column, the most frequent first: reject.parquet in a few lines."""

from __future__ import annotations

from pathlib import Path

from itsmctl.engine.session import Session, exported
from itsmctl.language import Language, msg, number_text, tr, trn
from itsmctl.reports.plain import cut, shown

MOST = 5
"""How many kinds are told; the others are counted."""
_LONGEST = 40
_REASONS = {
    "bad-boolean": msg("neither yes nor no"),
    "bad-encoding": msg("bytes that the encoding does not have"),
    "bad-number": msg("no number"),
    "bad-time": msg("no time in a form that the mapping names"),
    "cut-history": msg("only a page of the history of a record, as the file itself says"),
    "duplicate-id": msg("an id that an earlier row has"),
    "left-out": msg("left out, as the mapping says"),
    "no-record-id": msg("no id of a record"),
    "nonexistent-time": msg("a time that the zone's clocks never showed"),
    "nul-byte": msg("a NUL character"),
    "orphan": msg("a record that no file has"),
    "row-too-long": msg("too long for a cell or a row"),
    "too-few-cells": msg("fewer cells than the header has"),
    "too-many-cells": msg("more cells than the header has"),
    "unbalanced-quotes": msg("a quotation mark that nothing closes"),
    "unknown-code": msg("a value that the mapping does not translate"),
    "unknown-process": msg("a process that the mapping does not know"),
}
_OF_A_VALUE = frozenset(
    {"bad-boolean", "bad-number", "bad-time", "nonexistent-time", "unknown-code", "unknown-process"}
)
"""Reasons of which an example helps; a whole row would show what stands in tickets."""


def reject_lines(dataset: Path, language: Language) -> list[str]:
    """The kinds of rejects, each with its column, how many there are, and where the first of them stands."""
    order = "ORDER BY source_file, source_row"
    with Session() as session:
        rows = session.rows(
            f'SELECT reason, "column", count(*), first(value {order}), first(source_file {order}), first(source_row {order}) '
            f'FROM {exported(dataset, "reject")} GROUP BY reason, "column" ORDER BY count(*) DESC, reason, "column"'
        )
    lines = [_line([_text(cell) for cell in row], language) for row in rows[:MOST]]
    more = len(rows) - MOST
    return [*lines, trn("{n} more kind", "{n} more kinds", more, language)] if more > 0 else lines


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _line(cells: list[str], language: Language) -> str:
    reason, column, count, value, file, row = cells
    what = tr(_REASONS[reason], language) if reason in _REASONS else reason
    said = f"{shown(column)}{tr(': ', language)}{what}" if column else what
    values = {"what": said, "n": number_text(int(count)), "file": shown(file), "row": number_text(int(row or 0))}
    if reason in _OF_A_VALUE:
        return tr("{what}: {n}, first {value} in {file}, row {row}", language, value=repr(cut(value, _LONGEST)), **values)  # fmt: skip
    return tr("{what}: {n}, first in {file}, row {row}", language, **values)

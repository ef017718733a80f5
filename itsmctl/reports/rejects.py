"""What an import could not read, by reason and column, the most frequent first: reject.parquet in a few lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from itsmctl.language import Language, msg, number_text, tr, trn
from itsmctl.model import UNREAD
from itsmctl.reports.plain import cut, shown

if TYPE_CHECKING:
    from itsmctl.result import SetAside

MOST = 5
"""How many kinds are told; the others are counted."""
_LONGEST = 40
_REASONS = {
    "bad-boolean": msg("neither yes nor no"),
    "bad-encoding": msg("bytes that the encoding does not have"),
    "bad-number": msg("no number"),
    "bad-time": msg("no time in a form that the mapping names"),
    "contradicted": msg("told otherwise by another row of the same id"),
    "cut-history": msg("only a page of the history of a record, as the file itself says"),
    "duplicate-id": msg("an id that an earlier row has"),
    "footer-row": msg("a line beneath the list, no record"),
    "header-again": msg("the header once more"),
    "left-out": msg("left out, as the mapping says"),
    "no-record-id": msg("no id of a record"),
    "no-state": msg("a row of a log that tells no state"),
    "no-time": msg("a row of a log that tells no time"),
    "no-time-of-day": msg("a day without a time of day"),
    "nonexistent-time": msg("a time that the zone's clocks never showed"),
    "nul-byte": msg("a NUL character"),
    "orphan": msg("a record that no file has"),
    "row-too-long": msg("too long for a cell or a row"),
    "spreadsheet-error": msg("an error of a spreadsheet, or a formula without a result"),
    "superseded": msg("an earlier state of a record that a later row tells"),
    "total-row": msg("a total of the others, no record"),
    "too-few-cells": msg("fewer cells than the header has"),
    "too-many-cells": msg("more cells than the header has"),
    "unbalanced-quotes": msg("a quotation mark that nothing closes"),
    "unknown-code": msg("a value that the mapping does not translate"),
    "unknown-process": msg("a process that the mapping does not know"),
}
_OF_A_VALUE = frozenset({*UNREAD, "unknown-code", "unknown-process"})
"""Reasons of which an example helps; a whole row would show what stands in tickets."""


def reject_lines(kinds: Sequence[SetAside], language: Language) -> list[str]:
    """The kinds of rejects, each with its column, how many there are, and where the first of them stands."""
    more = len(kinds) - MOST
    lines = [_line(kind, language) for kind in kinds[:MOST]]
    return [*lines, trn("{n} more kind", "{n} more kinds", more, language)] if more > 0 else lines


def _line(kind: SetAside, language: Language) -> str:
    what = tr(_REASONS[kind.reason], language) if kind.reason in _REASONS else kind.reason
    said = f"{shown(kind.column)}{tr(': ', language)}{what}" if kind.column else what
    values = {"what": said, "n": number_text(kind.count), "file": shown(kind.file), "row": number_text(kind.row)}
    if kind.reason in _OF_A_VALUE:
        return tr("{what}: {n}, first {value} in {file}, row {row}", language, value=repr(cut(kind.value, _LONGEST)), **values)  # fmt: skip
    return tr("{what}: {n}, first in {file}, row {row}", language, **values)

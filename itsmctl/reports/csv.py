"""findings.csv: one line per verdict that failed, for a spreadsheet.

UTF-8 with a byte order mark (without it Excel garbles Chinese), lines end in CRLF (RFC 4180). A cell that a spreadsheet
could take for a formula gets an apostrophe in front: the text of a ticket must not run on the auditor's machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from itsmctl.language import Language, reason_text, severity_text
from itsmctl.model import Rule

COLUMNS = (
    "rule",
    "title",
    "severity",
    "clauses",
    "record_id",
    "observed",
    "expected",
    "at",
    "reason",
    "waiver",
)
BYTE_ORDER_MARK = "\ufeff"
LINE_END = "\r\n"
_FORMULA = "=+-@\t\r\n＝＋－＠"
_SPECIAL = re.compile('[,"\r\n]')


def findings(failures: Iterable[Sequence[str]], rules: Iterable[Rule], language: Language = "en") -> Iterator[str]:
    """The text of findings.csv by lines, the header with its byte order mark first; write them without newline translation.

    `failures` are texts as `engine.results.read_failures` gives them.
    """
    safe = cache(_safe)  # most cells repeat others
    about = {
        rule.id: ",".join(
            safe(cell)
            for cell in (
                rule.id,
                rule.title.in_(language),
                severity_text(rule.severity, language),
                " ".join(rule.clauses),
            )
        )
        for rule in rules
    }
    yield BYTE_ORDER_MARK + ",".join(COLUMNS) + LINE_END
    for rule, record_id, observed, expected, moment, reason, waiver in failures:
        if rule in about:
            why = safe(reason_text(reason, language)) if reason else ""
            cells = (about[rule], safe(record_id), safe(observed), safe(expected), moment, why, safe(waiver))
            yield ",".join(cells) + LINE_END


def _safe(cell: str) -> str:
    """A harmless cell, in quotation marks where RFC 4180 wants them."""
    text = harmless(cell)
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


def harmless(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet could read it as a formula."""
    first = cell[:1]
    if first.isalnum() or not first:
        return cell
    return f"'{cell}" if first in _FORMULA or cell.lstrip()[:1] in (*_FORMULA,) else cell

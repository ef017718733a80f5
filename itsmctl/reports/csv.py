"""findings.csv: one line per verdict that failed, for a spreadsheet.

UTF-8 with a byte order mark (without it Excel garbles Chinese), lines end in CRLF (RFC 4180). A cell that a spreadsheet
could take for a formula gets an apostrophe in front: the text of a ticket must not run on the auditor's machine.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from itsmctl.language import Language, iso, reason_text, severity_text
from itsmctl.model import Rule
from itsmctl.result import Verdict

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
_FORMULA = "=+-@\t\r\n＝＋－＠"
_FLUSH = 1 << 20
"""Characters of text that are handed on at once."""


def findings(verdicts: Iterable[Verdict], rules: Iterable[Rule], language: Language = "en") -> Iterator[str]:
    """The text of findings.csv in pieces, the header with its byte order mark first; write them without newline translation."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow(COLUMNS)
    for row in findings_rows(verdicts, rules, language):
        if buffer.tell() > _FLUSH:
            yield _emptied(buffer)
        writer.writerow(row)
    yield _emptied(buffer)


def findings_rows(
    verdicts: Iterable[Verdict], rules: Iterable[Rule], language: Language = "en"
) -> Iterator[tuple[str, ...]]:
    """The harmless cells of each verdict that failed, in the order of COLUMNS and of the verdicts."""
    about = {
        rule.id: tuple(
            harmless(cell)
            for cell in (
                rule.id,
                rule.title.in_(language),
                severity_text(rule.severity, language),
                " ".join(rule.clauses),
            )
        )
        for rule in rules
    }
    for verdict in verdicts:
        if verdict.passed is not False or verdict.rule not in about:
            continue
        yield (
            *about[verdict.rule],
            harmless(verdict.record_id),
            harmless(verdict.observed),
            harmless(verdict.expected),
            iso(verdict.at) or "",
            harmless(reason_text(verdict.reason, language)) if verdict.reason else "",
            harmless(verdict.waiver),
        )


def harmless(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet could read it as a formula."""
    first = cell[:1]
    if first.isalnum() or not first:
        return cell
    return f"'{cell}" if first in _FORMULA or cell.lstrip()[:1] in (*_FORMULA,) else cell


def _emptied(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text

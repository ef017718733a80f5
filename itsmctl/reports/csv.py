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
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def findings(verdicts: Iterable[Verdict], rules: Iterable[Rule], language: Language = "en") -> Iterator[str]:
    """Lines of findings.csv, the header with its byte order mark first; write them without newline translation."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow(COLUMNS)
    for row in findings_rows(verdicts, rules, language):
        yield _emptied(buffer)
        writer.writerow([harmless(cell) for cell in row])
    yield _emptied(buffer)


def findings_rows(
    verdicts: Iterable[Verdict], rules: Iterable[Rule], language: Language = "en"
) -> Iterator[tuple[str, ...]]:
    """The cells of each verdict that failed, in the order of COLUMNS and of the verdicts."""
    known = {rule.id: rule for rule in rules}
    for verdict in verdicts:
        if verdict.passed is not False:
            continue
        rule = known[verdict.rule]
        yield (
            rule.id,
            rule.title.in_(language),
            severity_text(rule.severity, language),
            " ".join(rule.clauses),
            verdict.record_id,
            verdict.observed,
            verdict.expected,
            iso(verdict.at) or "",
            reason_text(verdict.reason, language),
            verdict.waiver,
        )


def harmless(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet could read it as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell


def _emptied(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text

"""findings.csv: one line per verdict that failed, with the row of the export that its record came from, for a spreadsheet.

UTF-8 with a byte order mark (without it Excel garbles Chinese), lines end in CRLF (RFC 4180). A cell that a spreadsheet
could take for a formula gets an apostrophe in front: the text of a ticket must not run on the auditor's machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from itsmctl.engine.session import Session, file_text, quote
from itsmctl.engine.sql import moment_text
from itsmctl.language import Language, reason_text, severity_text
from itsmctl.model import GROUPED, SOURCE_COLUMNS, Rule

COLUMNS = (
    "rule",
    "title",
    "severity",
    "clauses",
    "record_id",
    *SOURCE_COLUMNS,
    "observed",
    "expected",
    "at",
    "reason",
    "waiver",
    "baseline",
)
BYTE_ORDER_MARK = "\ufeff"
LINE_END = "\r\n"
_BLANKS = "\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_FORMULA = f"^([\t\r\n]|[{_BLANKS}]*[=+@＝＋－＠-])"
_FORMULA_CELL = re.compile(_FORMULA)
_AT_ONCE = 4096
"""Rows of the file that become one piece of text."""
_SORTED = 32 * _AT_ONCE
"""Rows of the file whose text is held at once; the rest may lie on disk."""
_SPECIAL = '[,"\r\n]'


def findings(session: Session, verdicts: Path, rules: Iterable[Rule], language: Language = "en") -> Iterator[str]:
    """The text of findings.csv by pieces, the header with its byte order mark first; write them without newline translation.

    `verdicts` is the Parquet file of an audit, and `session` holds the records that it judged: where each of them was read
    stands there. What was judged of groups, files or registers has no row. Lines are put together where the rows are: making
    values of tens of thousands of them takes longer than all else that is done with them.
    """
    yield BYTE_ORDER_MARK + ",".join(COLUMNS) + LINE_END
    source = f"read_parquet({quote(file_text(verdicts))}, file_row_number = true)"
    cells = ("v.record_id", "v.observed", "v.expected", "w.text", "v.waiver", "v.baseline")
    record, observed, expected, why, waiver, baseline = (safe_sql(f"coalesce({cell}, '')") for cell in cells)
    about = ("rule", "title", "severity", "clauses", "of_records")
    session.run(
        'CREATE OR REPLACE TEMP TABLE about ("rule" VARCHAR, title VARCHAR, severity VARCHAR, clauses VARCHAR, of_records BOOLEAN)'
    )
    session.insert("about", about, [_about(rule, language) for rule in rules])
    session.run("CREATE OR REPLACE TEMP TABLE why (reason VARCHAR, text VARCHAR)")
    reasons = session.rows(f"SELECT DISTINCT reason FROM {source} WHERE passed = false AND reason <> ''")
    session.insert("why", ("reason", "text"), [(code, reason_text(str(code), language)) for (code,) in reasons])
    head = " || ',' || ".join(safe_sql(f"a.{cell}") for cell in ('"rule"', "title", "severity", "clauses"))
    file = safe_sql("coalesce(r.source_file, '')")
    moment = f"coalesce({moment_text('epoch(v.at)')}, '')"
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE line AS SELECT v.file_row_number AS place, concat_ws(',', a.head, {record}, {file},
            coalesce(CAST(r.source_row AS VARCHAR), ''), {observed}, {expected}, {moment}, {why}, {waiver}, {baseline}) || chr(13) || chr(10) AS text
        FROM {source} AS v JOIN (SELECT a."rule", a.of_records, {head} AS head FROM about AS a) AS a ON a."rule" = v."rule"
        LEFT JOIN record AS r ON r.record_id = CASE WHEN a.of_records THEN v.record_id END
        LEFT JOIN why AS w ON w.reason = v.reason WHERE v.passed = false"""
    )
    for (part,) in session.rows(f"SELECT DISTINCT place // {_SORTED} AS part FROM line ORDER BY part"):
        pieces = session.stream(
            f"""SELECT string_agg(text, '' ORDER BY place) FROM line
            WHERE place BETWEEN ? * {_SORTED} AND ? * {_SORTED} + {_SORTED - 1}
            GROUP BY place // {_AT_ONCE} ORDER BY place // {_AT_ONCE}""",
            (part, part),
        )
        yield from (str(piece) for (piece,) in pieces)
    session.run("DROP TABLE line")


def _about(rule: Rule, language: Language) -> tuple[str | bool, ...]:
    told = rule.title.in_(language), severity_text(rule.severity, language), " ".join(rule.clauses)
    return rule.id, *told, rule.check not in GROUPED


def safe_sql(text: str) -> str:
    """SQL for a harmless cell, in quotation marks where RFC 4180 wants them."""
    cell = harmless_sql(text)
    quoted = f"""'"' || replace({cell}, '"', '""') || '"'"""
    return f"CASE WHEN regexp_matches({text}, {quote(_SPECIAL)}) THEN {quoted} ELSE {cell} END"


def harmless_sql(text: str) -> str:
    """SQL for the text with an apostrophe in front where a spreadsheet could read it as a formula."""
    return f"CASE WHEN regexp_matches({text}, {quote(_FORMULA)}) THEN '''' || {text} ELSE {text} END"


def as_it_was_sql(cell: str) -> str:
    """SQL for the text of a harmless cell."""
    rest = f"substr({cell}, 2)"
    return (
        f"CASE WHEN starts_with({cell}, '''') AND regexp_matches({rest}, {quote(_FORMULA)}) THEN {rest} ELSE {cell} END"
    )


def harmless(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet could read it as a formula."""
    return f"'{cell}" if _FORMULA_CELL.match(cell) else cell

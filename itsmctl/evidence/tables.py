"""CSV, Parquet and JSON files of a pack: the same bytes everywhere, and nothing that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from itsmctl.engine.session import Session, file_text, name, quote
from itsmctl.engine.sql import moment_text
from itsmctl.reports.csv import BYTE_ORDER_MARK, LINE_END, harmless, safe_sql
from itsmctl.reports.indented import indented

MOST_LINES = 100_000
"""A longer list of verdicts, most of which say the same, is told as Parquet alone."""
VERDICT_COLUMNS = ("rule", "record_id", "passed", "observed", "expected", "at", "reason", "waiver", "baseline")
_TYPES: Mapping[type, str] = {str: "VARCHAR", int: "BIGINT"}
_MOMENT = 'epoch("at")'
_AT_ONCE = 4096


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file in the form of findings.csv: UTF-8 with a byte order mark, CRLF, formulas made harmless."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=LINE_END)
    writer.writerow(header)
    writer.writerows([harmless(_cell(value)) for value in row] for row in rows)
    return (BYTE_ORDER_MARK + text.getvalue()).encode("utf-8", "replace")


def json_bytes(value: object) -> bytes:
    """A JSON file with sorted keys."""
    return (indented(value) + "\n").encode("utf-8", "replace")


def write_table(session: Session, columns: Mapping[str, type], rows: Sequence[Sequence[object]], path: Path) -> None:
    """Write rows of texts and whole numbers as Parquet, in their order."""
    shape = ", ".join(f"{name(column)} {_TYPES[type_]}" for column, type_ in columns.items())
    session.run(f"CREATE OR REPLACE TEMP TABLE written ({shape})")
    session.insert("written", tuple(columns), rows)
    session.write_parquet("SELECT * FROM written", path)


def write_verdicts(session: Session, verdicts: Path, path: Path) -> bool:
    """Write every verdict of a file as CSV; False, and nothing written, where there are too many for a spreadsheet."""
    source = f"read_parquet({quote(file_text(verdicts))}, file_row_number = true)"
    (count,) = session.one(f"SELECT count(*) FROM {source}")
    if int(str(count)) > MOST_LINES:
        return False
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        file.writelines(_lines(session, source))
    return True


def _lines(session: Session, source: str) -> Iterator[str]:
    """The text of the file by pieces, put together where its rows are."""
    yield BYTE_ORDER_MARK + ",".join(VERDICT_COLUMNS) + LINE_END
    told = {
        **{column: f"coalesce({name(column)}, '')" for column in VERDICT_COLUMNS},
        "passed": "CASE WHEN passed THEN 'yes' WHEN NOT passed THEN 'no' ELSE '' END",
        "at": f"coalesce({moment_text(_MOMENT)}, '')",
    }
    cells = ", ".join(safe_sql(told[column]) for column in VERDICT_COLUMNS)
    pieces = session.stream(
        f"""SELECT string_agg(line, '' ORDER BY place) FROM (
            SELECT file_row_number AS place, concat_ws(',', {cells}) || chr(13) || chr(10) AS line FROM {source}
        ) GROUP BY place // {_AT_ONCE} ORDER BY place // {_AT_ONCE}"""
    )
    yield from (str(piece) for (piece,) in pieces)


def _cell(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)

"""Parquet files, read by the database itself; every column becomes text, a moment in ISO 8601."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.engine.session import Session, name, quote
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.container import Plain
from itsmctl.importers.export import RAW, REJECT, Export
from itsmctl.importers.rows import KEPT_TEXT, MAX_CELL, MAX_COLUMNS, too_many_columns


def open_parquet(session: Session, plain: Plain) -> list[Export]:
    """Find the columns of a Parquet file; raises ItsmctlError where it is damaged."""
    described = session.rows_or_reason(f"DESCRIBE SELECT * FROM {_source(plain)}")
    counted = session.rows_or_reason(f"SELECT count(*) FROM {_source(plain)}")
    if isinstance(described, str) or isinstance(counted, str):
        raise _unreadable(plain, described if isinstance(described, str) else str(counted))
    if len(described) > MAX_COLUMNS:
        raise too_many_columns(plain.shown)
    columns = tuple(str(row[0]) for row in described)
    return [Export(plain, "parquet", columns, plain.path, "", "", clean=True, rows=int(counted[0][0] or 0))]


def stage_parquet(session: Session, export: Export, number: int, columns: Sequence[str], missing: Sequence[str]) -> int:
    """Append the rows to RAW as file `number` and return how many there are."""
    types = {str(row[0]): str(row[1]) for row in session.rows(f"DESCRIBE SELECT * FROM {_source(export.source)}")}
    names = "".join(f", c{columns.index(column)}" for column in export.columns)
    words = ", ".join(quote(word) for word in dict.fromkeys(("", *missing)))
    cells = "".join(
        f", CASE WHEN {_text(column, types[column])} NOT IN ({words}) THEN {_text(column, types[column])} END"
        for column in export.columns
    )
    rows = session.rows_or_reason(
        f"INSERT INTO {RAW} (file, row{names}) SELECT {number}, file_row_number + 1{cells} "
        f"FROM read_parquet({_literal(export.source)}, file_row_number = true)"
    )
    if isinstance(rows, str):
        raise _unreadable(export.source, rows)
    _set_aside(session, number, [f"c{columns.index(column)}" for column in export.columns])
    return export.rows


def _set_aside(session: Session, number: int, cells: Sequence[str]) -> None:
    """Move rows with an endless cell, or with a NUL, from RAW to REJECT."""
    for reason, test in (("row-too-long", f"length({{}}) > {MAX_CELL}"), ("nul-byte", "contains({}, chr(0))")):
        bad = f"file = {number} AND ({' OR '.join(test.format(cell) for cell in cells)})"
        shown = f"left(replace(concat_ws(', ', {', '.join(cells)}), chr(0), '\u2400'), {KEPT_TEXT})"
        session.run(
            f"INSERT INTO {REJECT} SELECT file, row, NULL, '', {shown}, {quote(reason)}, true FROM {RAW} WHERE {bad}"
        )
        session.run(f"DELETE FROM {RAW} WHERE {bad}")


def _text(column: str, kind: str) -> str:
    cell = name(column)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime(make_timestamp(epoch_us({cell})), '%Y-%m-%dT%H:%M:%S.%fZ')"
    if kind.startswith("TIMESTAMP"):
        return f"strftime({cell}, '%Y-%m-%dT%H:%M:%S.%f')"
    if kind.startswith(("STRUCT", "MAP")) or kind.endswith("[]"):
        return f"CAST(to_json({cell}) AS VARCHAR)"
    return f"CAST({cell} AS VARCHAR)"


def _source(plain: Plain) -> str:
    return f"read_parquet({_literal(plain)})"


def _literal(plain: Plain) -> str:
    return quote("".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(plain.path)))


def _unreadable(plain: Plain, why: str) -> ItsmctlError:
    return ItsmctlError(
        Problem("bad-parquet", "not readable as Parquet: {why}", Where(plain.shown), {"why": why.splitlines()[0]})
    )

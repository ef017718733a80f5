"""Parquet files, read by the database itself; every column becomes text, a moment in ISO 8601."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.engine.session import Row, Session, name, quote
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.container import MAX_INFLATED, MAX_RATIO, Plain
from itsmctl.importers.export import RAW, REJECT, Export, numbered
from itsmctl.importers.rows import KEPT_TEXT, MAX_CELL, MAX_COLUMNS, too_many_columns
from itsmctl.letters import composed

MAX_ROWS = 1_000_000
"""More rows than this are believed where the file has at least a bit for each: a run of one value is stored as one."""


def open_parquet(session: Session, plain: Plain) -> list[Export]:
    """Find the columns of a Parquet file; raises ItsmctlError where it is damaged."""
    described = _rows(session, plain, f"DESCRIBE SELECT * FROM {_source(plain)}")
    if len(described) > MAX_COLUMNS:
        raise too_many_columns(plain.shown)
    groups = f"SELECT DISTINCT row_group_id, row_group_num_rows AS n FROM parquet_metadata({_literal(plain)})"
    ((promised,),) = _rows(session, plain, f"SELECT sum(n) FROM ({groups})")
    size = plain.path.stat().st_size
    template = "{found} rows in {compressed} bytes are no tickets; export them anew"
    _refuse_bomb(plain, int(promised or 0), max(MAX_ROWS, 8 * size), template)
    ((rows,),) = _rows(session, plain, f"SELECT count(*) FROM {_source(plain)}")
    texts = [
        f"coalesce(strlen({_text(str(row[0]), str(row[1]))}), 0)" for row in described if not _is_short(str(row[1]))
    ]
    if texts:
        ((letters,),) = _rows(session, plain, f"SELECT sum({' + '.join(texts)}) FROM {_source(plain)}")
        template = "inflates to more than {limit} bytes from {compressed}; unpack it first if that is meant"
        _refuse_bomb(plain, int(letters or 0), max(MAX_INFLATED, MAX_RATIO * size), template)
    columns = numbered([composed(str(row[0])) for row in described])
    return [Export(plain, "parquet", columns, plain.path, "", "", clean=True, rows=int(rows or 0))]


def _rows(session: Session, plain: Plain, query: str) -> Sequence[Row]:
    """What a query over the file answers; raises ItsmctlError where the file is damaged."""
    answer = session.rows_or_reason(query)
    if isinstance(answer, str):
        raise _unreadable(plain, answer)
    return answer


def _refuse_bomb(plain: Plain, found: int, most: int, template: str) -> None:
    """Raise ItsmctlError where a file of a few pages would become more than any disk holds."""
    if found > most:
        values = {"found": found, "limit": most, "compressed": plain.path.stat().st_size}
        raise ItsmctlError(Problem("archive-bomb", template, Where(plain.shown), values))


def _is_short(kind: str) -> bool:
    """Whether values of a type are a few characters, whatever they say."""
    return kind.startswith(_SHORT) and not kind.endswith("]")


_SHORT = (
    "TIMESTAMP", "DATE", "TIME", "INTERVAL", "DECIMAL", "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT",
    "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "UUID",
)  # fmt: skip


def stage_parquet(session: Session, export: Export, number: int, columns: Sequence[str], missing: Sequence[str]) -> int:
    """Append the rows to RAW as file `number` and return how many there are."""
    described = session.rows(f"DESCRIBE SELECT * FROM {_source(export.source)}")
    names = "".join(f", c{columns.index(column)}" for column in export.columns)
    words = ", ".join(quote(word) for word in dict.fromkeys(("", *missing)))
    cells = "".join(
        f", CASE WHEN {_text(str(column), str(kind))} NOT IN ({words}) THEN {_text(str(column), str(kind))} END"
        for column, kind, *_ in described
    )
    _rows(
        session,
        export.source,
        f"INSERT INTO {RAW} (file, row{names}) SELECT {number}, file_row_number + 1{cells} "
        f"FROM read_parquet({_literal(export.source)}, file_row_number = true)",
    )
    _set_aside(session, number, [f"c{columns.index(column)}" for column in export.columns])
    return export.rows


def _set_aside(session: Session, number: int, cells: Sequence[str]) -> None:
    """Move rows with an endless cell, or with a NUL, from RAW to REJECT."""
    for reason, test in (("row-too-long", f"length({{}}) > {MAX_CELL}"), ("nul-byte", "contains({}, chr(0))")):
        bad = f"file = {number} AND ({' OR '.join(test.format(cell) for cell in cells)})"
        shown = f"left(replace(concat_ws(', ', {', '.join(cells)}), chr(0), '\u2400'), {KEPT_TEXT})"
        session.run(
            f"INSERT INTO {REJECT} SELECT file, row, NULL, NULL, '', {shown}, {quote(reason)}, true FROM {RAW} WHERE {bad}"
        )
        session.run(f"DELETE FROM {RAW} WHERE {bad}")


def _text(column: str, kind: str) -> str:
    cell = name(column)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime(make_timestamp(epoch_us({cell})), '%Y-%m-%dT%H:%M:%S.%fZ')"
    if kind.startswith("TIMESTAMP"):
        return f"strftime({cell}, '%Y-%m-%dT%H:%M:%S.%f')"
    if kind.startswith(("STRUCT", "MAP")) or kind.endswith("[]"):
        return f"nfc_normalize(CAST(to_json({cell}) AS VARCHAR))"
    return f"CAST({cell} AS VARCHAR)" if _is_short(kind) else f"nfc_normalize(CAST({cell} AS VARCHAR))"


def _source(plain: Plain) -> str:
    return f"read_parquet({_literal(plain)})"


def _literal(plain: Plain) -> str:
    return quote("".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(plain.path)))


def _unreadable(plain: Plain, why: str) -> ItsmctlError:
    return ItsmctlError(
        Problem("bad-parquet", "not readable as Parquet: {why}", Where(plain.shown), {"why": why.splitlines()[0]})
    )

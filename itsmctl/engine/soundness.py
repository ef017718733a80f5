"""Refuse a dataset of another's making whose tables are not what they promise: what is missing, doubled or of another type would be misjudged.

Import writes none of this: what it cannot read it puts into `reject`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from itsmctl.engine.session import Session, exported, name, quote
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.model import BOOLEAN_COLUMNS, NUMBER_COLUMNS, TIME_COLUMNS

_NEVER_EMPTY = {
    "record": ("record_id", "process"),
    "event": ("record_id", "seq", "at", "field"),
    "approval": ("record_id",),
    "link": ("record_id",),
}
_MOMENTS = frozenset({*TIME_COLUMNS, "at"})
_COUNTS = frozenset({*NUMBER_COLUMNS, "seq", "source_row"})
_TYPES = {
    "TIMESTAMP": ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"),
    "BIGINT": ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
    "BOOLEAN": ("BOOLEAN",),
    "VARCHAR": ("VARCHAR",),
}


def check_tables(session: Session, folder: Path, tables: Mapping[str, Sequence[str]]) -> None:
    """Raise ItsmctlError where a column of a dataset holds another type, a row lacks what it is known by, or records share an id."""
    for table, columns in tables.items():
        for found in chain(_strange_types(session, folder, table, columns), _empty(session, folder, table)):
            raise ItsmctlError(found)
    _check_ids(session, folder)


def check_numbers(session: Session, folder: Path) -> None:
    """Raise ItsmctlError where two changes of a record share a number, so that nobody knows which came first."""
    shared = f"SELECT record_id, seq FROM {exported(folder, 'event')} GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY 1, 2"
    for record_id, seq in session.rows_of_files(f"{shared} LIMIT 1"):
        template = "an earlier row has the number {number} of the record {record}, too; its changes are numbered in their order"
        where = _place(
            session, folder, "event", f"record_id = {quote(str(record_id))} AND seq = {int(str(seq))}", "seq", 1
        )
        raise ItsmctlError(Problem("not-a-dataset", template, where, {"number": seq, "record": record_id}))


def _strange_types(session: Session, folder: Path, table: str, columns: Sequence[str]) -> Iterator[Problem]:
    described = session.rows_of_files(f"DESCRIBE SELECT {', '.join(map(name, columns))} FROM {exported(folder, table)}")
    template = "the column {column} is of the type {found}, and must be of {wanted}"
    for column, found, *_ in described:
        wanted = _type_of(str(column))
        if found not in _TYPES[wanted]:
            values = {"column": column, "found": found, "wanted": wanted}
            yield Problem("not-a-dataset", template, Where(str(folder / f"{table}.parquet")), values)


def _type_of(column: str) -> str:
    if column in _MOMENTS:
        return "TIMESTAMP"
    if column in _COUNTS:
        return "BIGINT"
    return "BOOLEAN" if column in BOOLEAN_COLUMNS else "VARCHAR"


def _empty(session: Session, folder: Path, table: str) -> Iterator[Problem]:
    """Rows that lack what they are known by; where there are none, what the files say about their parts tells it."""
    for column in _NEVER_EMPTY.get(table, ()):
        test = f"{name(column)} IS NULL" + (f" OR {name(column)} = ''" if _type_of(column) == "VARCHAR" else "")
        for where in _first_place(session, folder, table, test, column):
            template = "{column} must not be empty; what cannot be read belongs into reject.parquet"
            yield Problem("not-a-dataset", template, where, {"column": column})
    if table == "event":
        for where in _first_place(session, folder, table, "seq < 1", "seq"):
            yield Problem("not-a-dataset", "the changes of a record are numbered from 1", where)


def _first_place(session: Session, folder: Path, table: str, test: str, column: str) -> Iterator[Where]:
    if session.rows_of_files(f"SELECT 1 FROM {exported(folder, table)} WHERE {test} LIMIT 1"):
        yield _place(session, folder, table, test, column)


def _check_ids(session: Session, folder: Path) -> None:
    source = exported(folder, "record")
    beside = f"SELECT record_id, lag(record_id) OVER () AS before FROM {source}"
    if not session.rows_of_files(f"SELECT 1 FROM ({beside}) AS r WHERE record_id <= before LIMIT 1"):
        return  # they are sorted, as import writes them, and no two are the same
    shared = f"SELECT record_id FROM {source} GROUP BY 1 HAVING count(*) > 1 ORDER BY 1"
    for (record_id,) in session.rows_of_files(f"{shared} LIMIT 1"):
        template = "an earlier row has the id {record}, too; every record has one of its own"
        where = _place(session, folder, "record", f"record_id = {quote(str(record_id))}", "record_id", 1)
        raise ItsmctlError(Problem("not-a-dataset", template, where, {"record": record_id}))


def _place(session: Session, folder: Path, table: str, test: str, column: str, after: int = 0) -> Where:
    """The first row that meets a test, or one of those after it, in the file in which it stands."""
    source = exported(folder, table, ", filename = true, file_row_number = true")
    rows = f"SELECT filename, file_row_number + 1 FROM {source} WHERE {test} ORDER BY 1, 2 LIMIT 1 OFFSET {after}"
    ((file, row),) = session.rows_of_files(rows)
    return Where(str(file), row=int(str(row)), column_name=column)

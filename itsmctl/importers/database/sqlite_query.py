"""SQLite by table or query, opened read-only; a whole database file is read without this, as any other file is."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from itsmctl.importers.database import Place, Query, quoted_name

_TABLES = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1"


def tables(place: Place) -> Sequence[str]:
    """The tables and views that can be read."""
    with _opened(place) as database:
        return [str(name) for (name,) in database.execute(_TABLES)]


def write(query: Query, path: Path) -> None:
    """Write what the query gives to a CSV file."""
    sql = query.sql or f"SELECT * FROM {quoted_name(query.table, chr(34))}"
    with (
        _opened(query.place) as database,
        path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file,
    ):
        found = database.execute(sql)
        if found.description is None:
            query.place.refuse("the statement gives no rows", "not-a-query")
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow([column[0] for column in found.description])
        for row in found:
            rows.writerow(
                [value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value for value in row]
            )


def _only_reading(action: int, *_: str | None) -> int:
    """Of a statement only what reads is carried out: a database that is opened for reading still makes files for VACUUM INTO and ATTACH."""
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY


_READING = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)


@contextmanager
def _opened(place: Place) -> Iterator[sqlite3.Connection]:
    try:
        address = f"{Path(place.database).resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as database:
            database.execute("PRAGMA query_only = ON")
            database.execute("PRAGMA trusted_schema = OFF")
            database.set_authorizer(_only_reading)
            database.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            yield database
    except (sqlite3.Error, UnicodeDecodeError) as error:  # a message may quote bytes of the file
        place.refuse(error)

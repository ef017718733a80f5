"""SQLite database files, opened read-only: each table with rows is one table of the export."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers import ocel_sqlite
from itsmctl.importers.container import Plain
from itsmctl.importers.export import Export
from itsmctl.importers.rows import MAX_CELL, Table, Tables

_TABLES = """SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY rootpage"""


def open_sqlite(plain: Plain, scratch: Path) -> list[Export]:
    """Read every table of a database; raises ItsmctlError where it is damaged, or all are empty."""
    tables = Tables(plain, scratch)
    try:
        with (
            tables,
            closing(sqlite3.connect(f"{plain.path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database,
        ):
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA cell_size_check = ON")
            database.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            names = list(table_names(database))
            if ocel_sqlite.is_log(names):
                ocel_sqlite.read(database, tables)
                names = []
            for name in names:
                _read(database, name, tables[name])
    except (sqlite3.Error, UnicodeDecodeError) as error:  # a message may quote bytes of the file
        template = "not readable as an SQLite database: {why}"
        raise ItsmctlError(Problem("bad-database", template, Where(plain.shown), {"why": error})) from error
    return tables.exports("sqlite")


def _read(database: sqlite3.Connection, name: str, table: Table) -> None:
    rows = database.execute(f"SELECT * FROM {_quoted(name)}")
    names = [str(column[0]) for column in rows.description]
    table.name_columns(names)
    for row in rows:
        table.add(dict(zip(names, map(_text, row), strict=True)))


def table_names(database: sqlite3.Connection) -> Iterator[str]:
    """The tables of the owner, in the order in which they were made; views and virtual tables are code, not data."""
    for (name,) in database.execute(_TABLES).fetchall():
        yield str(name)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return value[: MAX_CELL + 1].decode("utf-8", "surrogateescape")
    return str(value)

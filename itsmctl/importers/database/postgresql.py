"""PostgreSQL, by pg8000: COPY streams the text of every value, so that nothing is converted twice."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from itsmctl.importers.database import Place, Query, quoted_name

_TABLES = """SELECT CASE WHEN table_schema = 'public' THEN '' ELSE table_schema || '.' END || table_name FROM information_schema.tables
    WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"""
_SETTINGS = ("TIME ZONE 'UTC'", "DateStyle = 'ISO, YMD'", "IntervalStyle = 'iso_8601'", "client_encoding = 'UTF8'")
"""Times with a zone come in UTC with their offset; those without come as they are, and need a zone."""
_WAIT = 30


def tables(place: Place) -> Sequence[str]:
    """The tables and views that can be read."""
    with _connected(place) as connection:
        return [str(name) for (name,) in connection.run(_TABLES)]


def write(query: Query, path: Path) -> None:
    """Write what the query gives to a CSV file, within a transaction that can only read."""
    sql = query.sql or f"SELECT * FROM {quoted_name(query.table, chr(34))}"
    with _connected(query.place) as connection:
        connection.run("START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # Preparing refuses more than one statement; COPY by itself would take what follows a semicolon for another.
        connection.prepare(f"SELECT * FROM (\n{sql}\n) AS asked").close()
        with path.open("wb") as file:
            connection.run(f"COPY (\n{sql}\n) TO STDOUT (FORMAT csv, HEADER true)", stream=file)
        connection.run("ROLLBACK")


@contextmanager
def _connected(place: Place) -> Iterator[Connection]:
    try:
        connection = Connection(
            place.user or "postgres",
            host=place.host,
            port=place.port or 5432,
            database=place.database,
            password=place.password or None,
            ssl_context=ssl.create_default_context() if place.encrypted else None,
            timeout=_WAIT,
            application_name="itsmctl",
        )
        with closing(connection):
            for setting in _SETTINGS:
                connection.run(f"SET {setting}")
            connection.run("SET default_transaction_read_only = on")
            yield connection
    except (DatabaseError, InterfaceError, OSError) as error:
        said = error.args[0] if error.args else error
        place.refuse(said["M"] if isinstance(said, dict) and "M" in said else said)

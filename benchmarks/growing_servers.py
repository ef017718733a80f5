"""Databases that are started for measuring, as the tests start them, each filled with as many tickets as are asked for."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from growing_files import written

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from importing import servers  # noqa: E402 - as the line above says where it is

Fill = Callable[[int], str]
"""Makes the table `ticket` anew with so many rows, and returns the address to ask."""

_POSTGRESQL = """CREATE TABLE ticket AS SELECT 'T' || lpad(n::text, 8, '0') AS number, '2026-03-01T00:00:00Z'::timestamptz + n * interval '1 second'
    AS opened_at, CASE n % 2 WHEN 0 THEN 'closed' ELSE 'new' END AS state, 'Printer ' || n || ' jams on floor ' || n % 90 AS title
    FROM generate_series(1, {rows}) AS n"""
_MARIADB = """CREATE TABLE ticket AS SELECT concat('T', lpad(seq, 8, '0')) AS number, CAST('2026-03-01' AS datetime) + INTERVAL seq SECOND
    AS opened_at, if(seq % 2, 'new', 'closed') AS state, concat('Printer ', seq, ' jams on floor ', seq % 90) AS title
    FROM seq_1_to_{rows}"""


@contextmanager
def postgresql() -> Iterator[Fill | None]:
    """A PostgreSQL; None where its programs are not here."""
    with ExitStack() as stack:
        try:
            port = stack.enter_context(servers.postgresql())
        except pytest.skip.Exception:
            yield None
            return
        from pg8000.exceptions import DatabaseError
        from pg8000.native import Connection

        os.environ["PGPASSWORD"] = servers.PASSWORD

        def connect() -> Connection:
            return Connection("postgres", host="127.0.0.1", port=port, password=servers.PASSWORD)

        connection = stack.enter_context(closing(servers.ready(connect, DatabaseError)))

        def fill(rows: int) -> str:
            connection.run("DROP TABLE IF EXISTS ticket")
            connection.run(_POSTGRESQL.format(rows=rows))
            return f"postgresql://postgres@127.0.0.1:{port}/postgres"

        yield fill


@contextmanager
def mariadb() -> Iterator[Fill | None]:
    """A MariaDB; None where its programs are not here."""
    with ExitStack() as stack:
        try:
            port = stack.enter_context(servers.mariadb())
        except pytest.skip.Exception:
            yield None
            return
        import pymysql

        connection = stack.enter_context(
            closing(pymysql.connect(host="127.0.0.1", port=port, user="root", autocommit=True))
        )
        connection.cursor().execute("CREATE DATABASE desk")

        def fill(rows: int) -> str:
            cursor = connection.cursor()
            cursor.execute("DROP TABLE IF EXISTS desk.ticket")
            cursor.execute("USE desk")
            cursor.execute(_MARIADB.format(rows=rows))
            return f"mariadb://root@127.0.0.1:{port}/desk"

        yield fill


@contextmanager
def sqlite_query() -> Iterator[Fill | None]:
    """An SQLite database, of which one table is asked."""
    with tempfile.TemporaryDirectory(prefix="itsmctl-bench-") as folder:

        def fill(rows: int) -> str:
            written("sqlite", file := Path(folder) / "desk.db", rows)
            return f"sqlite:///{file}"

        yield fill


SERVED: Mapping[str, Callable[[], AbstractContextManager[Fill | None]]] = {
    "sqlite, asked": sqlite_query, "postgresql": postgresql, "mariadb": mariadb,
}  # fmt: skip

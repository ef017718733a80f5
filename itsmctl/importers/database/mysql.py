"""MySQL and MariaDB, by PyMySQL: rows come as they are read, each value in the text of the server."""

from __future__ import annotations

import csv
import ssl
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pymysql
from pymysql import converters
from pymysql.constants import FIELD_TYPE
from pymysql.cursors import SSCursor

from itsmctl.importers.database import Place, Query, quoted_name

_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = database() ORDER BY 1"
_BEFORE = (
    "SET SESSION time_zone = '+00:00'",
    "SET SESSION TRANSACTION READ ONLY",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
_AS_TEXT = {**converters.conversions}
for _answer in [kind for kind in _AS_TEXT if isinstance(kind, int)]:
    del _AS_TEXT[_answer]
"""What PyMySQL needs to ask; what it would make of answers is left out, so that their text stays."""
_WAIT = 30


def tables(place: Place) -> Sequence[str]:
    """The tables and views that can be read."""
    with _asked(place, _TABLES) as cursor:
        return [str(name) for (name,) in cursor]


def write(query: Query, path: Path) -> None:
    """Write what the query gives to a CSV file, within a transaction that can only read."""
    sql = query.sql or f"SELECT * FROM {quoted_name(query.table, '`')}"
    with (
        _asked(query.place, sql) as cursor,
        path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file,
    ):
        if cursor.description is None:
            query.place.refuse("the statement gives no rows", "not-a-query")
        types = [column[1] for column in cursor.description]
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow([column[0] for column in cursor.description])
        for row in cursor:
            rows.writerow([_text(value, kind) for value, kind in zip(row, types, strict=True)])


def _text(value: object, kind: object) -> str | None:
    """The text of a value: a TIMESTAMP is a moment, told in UTC as the session is; a DATETIME has no zone, and needs one."""
    if value is None:
        return None
    if kind == FIELD_TYPE.BIT and isinstance(value, bytes):
        return str(int.from_bytes(value, "big"))
    text = value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)
    return f"{text}Z" if kind == FIELD_TYPE.TIMESTAMP else text


@contextmanager
def _asked(place: Place, sql: str) -> Iterator[SSCursor]:
    try:
        connection = pymysql.connect(
            host=place.host,
            port=place.port or 3306,
            user=place.user or None,
            password=place.password,
            database=place.database,
            charset="utf8mb4",
            cursorclass=SSCursor,
            conv=_AS_TEXT,
            connect_timeout=_WAIT,
            ssl=ssl.create_default_context() if place.encrypted else None,
        )
        with closing(connection), closing(connection.cursor()) as cursor:
            for statement in _BEFORE:
                cursor.execute(statement)
            cursor.execute(sql)
            yield cursor
    except (pymysql.MySQLError, OSError) as error:
        place.refuse(error.args[-1] if error.args else error)

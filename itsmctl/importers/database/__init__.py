"""Tables and queries of databases: asked read-only, streamed into a UTF-8 file, and read from there like any other export."""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from itsmctl.beside import Beside
from itsmctl.errors import ItsmctlError, Problem, Where, did_you_mean
from itsmctl.importers.container import Plain, digest_of
from itsmctl.importers.csv import open_csv
from itsmctl.importers.export import Export

KINDS = ("postgresql", "mysql", "mariadb", "sqlite")
_PASSWORDS = {"postgresql": "PGPASSWORD", "mysql": "MYSQL_PWD", "mariadb": "MYSQL_PWD", "sqlite": ""}
"""Where the clients of these databases look for a password, so that it need not stand on a command line."""


@dataclass(frozen=True)
class Place:
    """Where a database is, and who asks; the password is never shown."""

    kind: str
    host: str
    port: int
    user: str
    password: str
    database: str
    encrypted: bool

    @property
    def shown(self) -> str:
        """The address without the password."""
        if self.kind == "sqlite":
            return f"sqlite:///{self.database}"
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.kind}://{user}{self.host}{port}/{self.database}"

    def refuse(self, why: object, code: str = "database-error") -> NoReturn:
        """Raise ItsmctlError with what the database says, without the password in it."""
        said = " ".join(str(why).split())
        if self.password:
            said = said.replace(self.password, "***")
        raise ItsmctlError(Problem(code, "the database says: {why}", Where(self.shown), {"why": said}))


@dataclass(frozen=True)
class Query:
    """What is asked of a database: a whole table, or what a SELECT gives."""

    place: Place
    table: str = ""
    sql: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The same as options of a command, without the password."""
        return ("--from", self.place.shown, *(("--query", self.sql) if self.sql else ("--table", self.table)))

    @property
    def name(self) -> str:
        """What a dataset calls this source."""
        return f"{Path(self.place.database).name}#{self.table or 'query'}"


def place_of(url: str) -> Place:
    """The database of an address such as postgresql://user@host:5432/name; raises ItsmctlError where it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or 0
    except ValueError as error:
        raise _bad("the address of the database cannot be read: {why}", why=error) from error
    kind = "postgresql" if parts.scheme == "postgres" else parts.scheme
    if kind not in KINDS:
        template = "databases of kind {kind!r} are not read; known are: {allowed}"
        raise _bad(template, did_you_mean(kind, KINDS), kind=kind, allowed=", ".join(f"{one}://" for one in KINDS))
    database = unquote(parts.path.removeprefix("/"))
    if not database or (kind != "sqlite" and not parts.hostname):
        template = "the address names no database; write it like {example}"
        example = "sqlite:///tickets.db" if kind == "sqlite" else f"{kind}://user@host/database"
        raise _bad(template, example=example)
    return Place(
        kind,
        parts.hostname or "",
        port,
        unquote(parts.username or ""),
        _password(parts, kind),
        database,
        _encrypted(parts),
    )


def _password(parts: SplitResult, kind: str) -> str:
    return unquote(parts.password) if parts.password else os.environ.get(_PASSWORDS[kind], "")


def _encrypted(parts: SplitResult) -> bool:
    said = parse_qs(parts.query)
    unknown = sorted(set(said) - {"ssl"})
    if unknown or said.get("ssl", ["true"])[-1] not in ("true", "false"):
        template = "after the question mark only ssl=true or ssl=false can stand, not {found!r}"
        raise _bad(template, found=parts.query)
    return said.get("ssl", ["false"])[-1] == "true"


def _bad(template: str, suggestion: str = "", **values: object) -> ItsmctlError:
    said: Mapping[str, object] = values
    return ItsmctlError(Problem("bad-database-address", template, Where("--from"), said, suggestion=suggestion))


def queries_of(url: str, tables: Sequence[str], sql: str) -> list[Query]:
    """What is asked of a database; raises ItsmctlError with its tables where nothing is."""
    place = place_of(url)
    if not tables and not sql:
        template = "name what is to be read with --table or --query; the database has: {tables}"
        known = ", ".join(_reader(place).tables(place)) or "-"
        raise ItsmctlError(Problem("no-table", template, Where(place.shown), {"tables": known}))
    if place.kind in ("mysql", "mariadb") and re.search(r"\b(outfile|dumpfile)\b", _QUOTED.sub("", sql), re.IGNORECASE):
        place.refuse("INTO OUTFILE writes; only what reads is asked", "not-a-query")
    return [
        *(Query(place, table=table) for table in tables),
        *([Query(place, sql=sql.strip().rstrip(";"))] if sql else []),
    ]


_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`""", re.DOTALL)
"""Texts and quoted names of MySQL and MariaDB; what stands outside of them is told by its words, as comments may part them."""


def open_query(query: Query, scratch: Path) -> Export:
    """Ask the database, and open what it says as an export; raises ItsmctlError with its own words where it refuses."""
    path = scratch / f"database-{len(list(scratch.iterdir()))}.csv"
    _reader(query.place).write(query, path)
    shown = f"{query.place.shown}#{query.table or 'query'}"
    digest = Beside(lambda: digest_of(path, shown))
    plain = Plain(path, shown, query.name, "", digest, path.stat().st_size)
    return replace(open_csv(plain, scratch, "utf-8", ","), format="database")


def quoted_name(table: str, mark: str) -> str:
    """The name of a table, perhaps with its schema before it, in the quotation marks of a database."""
    return ".".join(f"{mark}{part.replace(mark, mark * 2)}{mark}" for part in table.split("."))


class _Reader(Protocol):
    """The two things that are asked of a kind of database, by its module."""

    def tables(self, place: Place) -> Sequence[str]: ...

    def write(self, query: Query, path: Path) -> None: ...


def _reader(place: Place) -> _Reader:
    module = {"postgresql": "postgresql", "sqlite": "sqlite_query"}.get(place.kind, "mysql")
    try:
        reader: _Reader = importlib.import_module(f"{__name__}.{module}")
    except ModuleNotFoundError as error:
        template = "reading {kind} needs the package {package}: pip install 'itsmctl[databases]'"
        values = {"kind": place.kind, "package": error.name}
        raise ItsmctlError(Problem("no-driver", template, Where(place.shown), values)) from error
    return reader

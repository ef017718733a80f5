"""Tickets straight from a database: read-only, every type as what it is, and no password anywhere."""

from __future__ import annotations

import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from importing.mappings import ROOT, mapping
from importing.servers import PASSWORD, mariadb, postgresql, ready

from itsmctl.cli import group, run
from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError
from itsmctl.importers.database import open_query, place_of, queries_of
from itsmctl.importers.importing import import_files
from itsmctl.importers.receipt import Receipt

READ = mapping(
    format="table",
    recognise=("no", "opened"),
    time_formats=("iso",),
    columns={
        "record_id": ("no",),
        "number": ("no",),
        "state": ("state",),
        "title": ("title",),
        "opened_at": ("opened",),
        "closed_at": ("closed",),
        "reopen_count": ("reopened",),
        "reported_sla_met": ("met",),
    },  # fmt: skip
)
COLUMNS = "record_id, state, title, strftime(opened_at, '%Y-%m-%d %H:%M:%S'), strftime(closed_at, '%Y-%m-%d %H:%M:%S'), reopen_count, reported_sla_met, attributes"  # fmt: skip
ROWS = [
    ("T-1", "new", 'Line one\nline "two", 三', "2026-03-04 08:05:00", "2026-03-04 01:00:30", 2, True, '{"cost": "12.50"}'),
    ("T-2", None, None, "2026-03-29 01:30:00", None, 0, False, '{"cost": "0.10"}'),
]  # fmt: skip
"""`opened` has no zone, and is read in that of the import (UTC); `closed` is 09:00:30 in Shanghai, where the server stands."""

POSTGRESQL = """CREATE TABLE ticket (no text, state text, title text, opened timestamp, closed timestamptz, reopened int, met boolean, cost numeric(8,2));
INSERT INTO ticket VALUES ('T-1', 'new', E'Line one\\nline "two", 三', '2026-03-04 08:05', '2026-03-04 09:00:30+08', 2, true, 12.5), ('T-2', NULL, NULL, '2026-03-29 01:30', NULL, 0, false, 0.1);
CREATE SCHEMA other; CREATE VIEW other.one AS SELECT * FROM ticket"""
MARIADB = """CREATE TABLE ticket (no varchar(20), state varchar(20), title text, opened datetime, closed timestamp NULL, reopened int, met bit(1), cost decimal(8,2)) CHARACTER SET utf8mb4;
INSERT INTO ticket VALUES ('T-1', 'new', 'Line one\nline "two", 三', '2026-03-04 08:05', '2026-03-04 09:00:30', 2, 1, 12.5), ('T-2', NULL, NULL, '2026-03-29 01:30', NULL, 0, 0, 0.1)"""


@pytest.fixture(scope="module")
def postgresql_url() -> Iterator[str]:
    pg = pytest.importorskip("pg8000.native")
    with postgresql() as port:

        def connect() -> Any:
            return pg.Connection("postgres", host="127.0.0.1", port=port, password=PASSWORD)

        with closing(ready(connect, pg.DatabaseError)) as connection:
            for statement in POSTGRESQL.split(";"):
                connection.run(statement)
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"


@pytest.fixture(scope="module")
def mariadb_url() -> Iterator[str]:
    pymysql = pytest.importorskip("pymysql")
    with mariadb() as port:
        with closing(pymysql.connect(host="127.0.0.1", port=port, user="root", charset="utf8mb4", autocommit=True)) as connection:  # fmt: skip
            cursor = connection.cursor()
            for statement in ("CREATE DATABASE desk", "USE desk", *MARIADB.split(";\n"), f"CREATE USER reader IDENTIFIED BY '{PASSWORD}'", "GRANT ALL ON desk.* TO reader"):  # fmt: skip
                cursor.execute(statement)
        yield f"mariadb://reader@127.0.0.1:{port}/desk"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    with closing(sqlite3.connect(tmp_path / "desk.db")) as database:
        database.executescript(
            """CREATE TABLE ticket (no, state, title, opened, closed, reopened, met, cost);
            INSERT INTO ticket VALUES ('T-1', 'new', 'Line one' || char(10) || 'line "two", 三', '2026-03-04 08:05', '2026-03-04T09:00:30+08:00', 2, 1, '12.50'),
            ('T-2', NULL, NULL, '2026-03-29 01:30', NULL, 0, 0, '0.10')"""
        )
    return f"sqlite:///{tmp_path / 'desk.db'}"


@pytest.fixture(params=["postgresql", "mariadb", "sqlite"])
def url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    monkeypatch.setenv("MYSQL_PWD", PASSWORD)
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


def bring(url: str, out: Path, *, tables: tuple[str, ...] = (), sql: str = "") -> tuple[Receipt, list[Any]]:
    receipt = import_files([], READ, {}, "UTC", out, queries=queries_of(url, tables, sql))
    with Session() as session:
        return receipt, session.rows(f"SELECT {COLUMNS} FROM read_parquet('{out / 'record.parquet'}') ORDER BY 1")


def test_a_table_gives_its_rows_with_every_type_as_what_it_is(url: str, tmp_path: Path) -> None:
    receipt, rows = bring(url, tmp_path / "out", tables=("ticket",))
    assert rows == ROWS
    (file,) = receipt.files
    assert (file.format, file.rows_read, file.rows_imported, receipt.rejects) == ("database", 2, 2, 0)
    assert file.name.endswith("#ticket")
    assert PASSWORD not in receipt.to_json()


def test_a_query_gives_what_it_asks_for_and_the_same_bytes_again(url: str, tmp_path: Path) -> None:
    asked = "SELECT * FROM ticket WHERE no = 'T-2' ORDER BY no;"
    once, rows = bring(url, tmp_path / "once", sql=asked)
    again, _ = bring(url, tmp_path / "again", sql=asked)
    assert rows == ROWS[1:]
    assert once == again


WRITING = (
    "DROP TABLE ticket",
    "DELETE FROM ticket",
    "UPDATE ticket SET state = 'x'",
    "SELECT 1; DROP TABLE ticket",
    "WITH gone AS (DELETE FROM ticket RETURNING *) SELECT * FROM gone",
    "SELECT * FROM ticket INTO OUTFILE 'x'",
)


def test_nothing_can_be_written(url: str, tmp_path: Path) -> None:
    for statement in WRITING:
        with pytest.raises(ItsmctlError):
            bring(url, tmp_path / "out", sql=statement)
            pytest.fail(statement)
        assert not (tmp_path / "out").exists()
    _, rows = bring(url, tmp_path / "after", tables=("ticket",))
    assert rows == ROWS


@pytest.mark.parametrize("statement", ["VACUUM INTO '{file}'", "ATTACH '{file}' AS other", "PRAGMA user_version = 7"])
def test_no_file_is_made_beside_an_sqlite_database(sqlite_url: str, tmp_path: Path, statement: str) -> None:
    before = Path(sqlite_url.removeprefix("sqlite:///")).read_bytes()
    with pytest.raises(ItsmctlError, match="not authorized|authorization denied"):
        bring(sqlite_url, tmp_path / "out", sql=statement.format(file=tmp_path / "made"))
    assert [path.name for path in tmp_path.iterdir()] == ["desk.db"]
    assert (tmp_path / "desk.db").read_bytes() == before


def test_what_writes_a_file_is_known_between_comments_and_not_in_texts() -> None:
    for sql in (
        "SELECT 1 INTO/* */OUTFILE 'x'",
        "SELECT 1 /*!INTO*/ /*!DUMPFILE*/ 'x'",
        "SELECT 'it\\'s' INTO -- \nOUTFILE 'x'",
    ):
        with pytest.raises(ItsmctlError, match="OUTFILE writes"):
            queries_of("mysql://a@b/c", (), sql)
    assert queries_of("mysql://a@b/c", (), "SELECT `outfile`, 'into outfile' FROM t")
    assert queries_of("postgresql://a@b/c", (), "SELECT outfile FROM t")


def test_rows_are_written_as_they_come_and_never_held(url: str, tmp_path: Path) -> None:
    """Some 20 MB of answers: what is held of them is what lies between the server and the file."""
    wide = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) SELECT a.i, b.i AS j, {text} AS t FROM n AS a, n AS b, n AS c"
    text = "printf('%.*c', 2500, 'x')" if url.startswith("sqlite") else "repeat('x', 2500)"
    tracemalloc.start()
    export = open_query(queries_of(url, (), wide.format(text=text))[0], tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert export.source.bytes > 20_000_000
    assert peak < 4_000_000


def test_what_the_database_says_is_passed_on(url: str, tmp_path: Path) -> None:
    with pytest.raises(ItsmctlError) as refused:
        bring(url, tmp_path / "out", tables=("tickets",))
    assert "tickets" in str(refused.value)
    with pytest.raises(ItsmctlError, match="the database has: .*ticket"):
        queries_of(url, (), "")


def test_a_schema_can_stand_before_a_table(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    _, rows = bring(postgresql_url, tmp_path / "out", tables=("other.one",))
    assert rows == ROWS


def test_a_wrong_password_is_never_shown(
    postgresql_url: str, mariadb_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for url in (postgresql_url, mariadb_url):
        wrong = url.replace("@", ":wr0ng-pass@")
        assert run(["import", "--from", wrong, "--table", "ticket", "--root", str(ROOT), "-o", "x"]) == 2
        out, err = capfd.readouterr()
        assert "the database says" in err
        assert "wr0ng" not in out + err


def test_the_command_imports_proposes_and_checks(sqlite_url: str, tmp_path: Path) -> None:
    def invoke(*words: str) -> Any:
        return CliRunner().invoke(group, ["import", *words, "--root", str(ROOT)])

    proposed = invoke("--from", sqlite_url, "--table", "ticket", "--suggest")
    assert proposed.exit_code == 0, proposed.output
    assert f"itsmctl import --from {sqlite_url} --table ticket --mapping" in proposed.output
    columns = yaml.load(proposed.output, yaml.BaseLoader)["columns"]
    assert (columns["state"], columns["title"], columns["opened_at"]) == ("state", "title", "opened")
    (tmp_path / "own.yaml").write_text(proposed.output, encoding="utf-8")
    done = invoke("--from", sqlite_url, "--table", "ticket", "--mapping", str(tmp_path / "own.yaml"), "--zone", "UTC", "-o", str(tmp_path / "out"))  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "2 records" in done.output
    assert invoke("--table", "ticket", "-o", "x").exit_code == 2
    assert invoke("-o", "x").exit_code == 2


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("oracle://x/y", "databases of kind 'oracle' are not read"),
        ("postgresql://host", "the address names no database"),
        ("postgresql:///name", "the address names no database"),
        ("postgresql://host:port/name", "cannot be read"),
        ("postgresql://host/name?sslmode=off", "only ssl=true or ssl=false"),
        ("tickets", "databases of kind '' are not read"),
    ],
)
def test_an_address_that_is_none_is_refused(address: str, message: str) -> None:
    with pytest.raises(ItsmctlError, match=message):
        place_of(address)


def test_the_password_of_an_address_is_not_shown() -> None:
    place = place_of(f"postgres://me:{PASSWORD.replace('%', '%25')}@db:1/x?ssl=true")
    assert (place.password, place.encrypted, place.shown) == (PASSWORD, True, "postgresql://me@db:1/x")

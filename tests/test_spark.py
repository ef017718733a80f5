"""The Spark engine as far as no Spark is needed for it: what it translates, and what it says when something is missing."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from benches import bench
from dataset import at, write_dataset
from sqlglot import exp, parse_one

from itsmctl.cli import run
from itsmctl.engine.session import Session
from itsmctl.engine.spark.dialect import translated
from itsmctl.engine.spark.starting import SparkPlace, check_place
from itsmctl.engine.spark.statements import after_delete, after_update, with_values
from itsmctl.errors import ItsmctlError


def spark_of(sql: str, numbers: frozenset[str] = frozenset()) -> str:
    return translated(parse_one(sql, read="duckdb"), numbers)


@pytest.mark.parametrize(
    ("duckdb", "spark"),
    [
        ("SELECT concat('a', n)", "SELECT CONCAT('a', COALESCE(CAST(n AS STRING), ''))"),
        ("SELECT lower(t)", "SELECT LOWER(TRANSLATE(t, 'İΣ', 'iσ'))"),
        ("SELECT round(x, 1)", "SELECT (ROUND(x * CAST(10 AS DOUBLE), 0) / CAST(10 AS DOUBLE))"),
        ("SELECT max_by(a, b)", "SELECT MAX_BY(a, CASE WHEN NOT a IS NULL THEN b END)"),
        ("SELECT any_value(a)", "SELECT ANY_VALUE(a) IGNORE NULLS"),
        ("SELECT 100.0 * n", "SELECT DOUBLE('100.0') * n"),
        ("SELECT n // 2", "SELECT n DIV 2"),
        ("SELECT a ORDER BY a", "SELECT a ORDER BY a NULLS LAST"),
        ("SELECT floor(epoch(at))", "SELECT FLOOR(UNIX_SECONDS(CAST(at AS TIMESTAMP)))"),
        ("SELECT '\\d''' ", "SELECT '\\\\d\\''"),
        (
            "SELECT strftime(make_timestamp(n * 1000000), '%Y-%m-%dT%H:%M:%SZ')",
            "SELECT DATE_FORMAT(TIMESTAMP_MICROS(n * 1000000), 'yyyy-MM-dd\\'T\\'HH:mm:ss\\'Z\\'')",
        ),
        (
            "SELECT tix FROM told WHERE tix NOT IN (SELECT tix FROM settled)",
            "SELECT tix FROM told WHERE NOT EXISTS(SELECT 1 FROM (SELECT tix FROM settled) AS found(found_number) "
            "WHERE found.found_number = tix)",
        ),
        ("SELECT trim(t, '-')", "SELECT TRIM('-' FROM t)"),
        ("SELECT a WHERE t NOT IN (SELECT t FROM b)", "SELECT a WHERE NOT t IN (SELECT t FROM b)"),
        (
            "SELECT unnest(generate_series(a, b)) AS n",
            "SELECT EXPLODE(CASE WHEN a <= b THEN SEQUENCE(a, b) END) AS n",
        ),
        (
            "SELECT * FROM (WITH t AS MATERIALIZED (SELECT 1 AS a) SELECT a FROM t) AS u",
            "SELECT * FROM (WITH t AS (SELECT 1 AS a) SELECT a FROM t) AS u",
        ),
    ],
)
def test_what_means_something_else_on_spark_is_written_otherwise(duckdb: str, spark: str) -> None:
    assert spark_of(duckdb) == spark


def test_what_duckdb_takes_off_a_text_is_named_to_spark() -> None:
    """An approval `approved` with an ideographic blank behind it was one on one engine alone."""
    (taken,) = re.findall("TRIM\\('(.*)' FROM t\\)", spark_of("SELECT trim(t)"))
    with Session() as session:
        every = "range(1, 1114112) AS c(i) WHERE i NOT BETWEEN 55296 AND 57343"
        off = session.rows(
            f"SELECT chr(CAST(i AS INTEGER)) FROM {every} AND trim(concat('a', chr(CAST(i AS INTEGER)))) = 'a' ORDER BY i"
        )
    assert [letter for (letter,) in off] == list(taken)


def test_only_numbers_with_a_fraction_are_written_with_care() -> None:
    assert "typeof" not in spark_of("SELECT CAST(n AS VARCHAR)").lower()
    assert "typeof" in spark_of("SELECT CAST(n AS VARCHAR)", frozenset({"n"})).lower()


def test_values_take_the_place_of_their_marks_and_of_no_others() -> None:
    sql = with_values("SELECT '?' AS mark, ? AS a, ? AS b, ? AS c, ? AS d, ? AS e", ("it's ?", 3, 0.5, None, True))
    told = "'it''s ?' AS a, CAST(3 AS BIGINT) AS b, CAST('0.5' AS DOUBLE) AS c, NULL AS d, true AS e"
    assert sql == f"SELECT '?' AS mark, {told}"


def test_an_update_is_what_the_table_holds_afterwards() -> None:
    tree = parse_one("UPDATE t SET a = s.a FROM (SELECT k, a FROM u) AS s WHERE s.k = t.k", read="duckdb")
    assert isinstance(tree, exp.Update)
    assert after_update(tree, ["k", "a"]).sql("spark") == (
        "SELECT `t`.`k`, CASE WHEN s._hit THEN s.a ELSE `t`.`a` END AS `a` FROM t "
        "LEFT JOIN (SELECT *, TRUE AS _hit FROM (SELECT k, a FROM u) AS source) AS s ON s.k = t.k"
    )


def test_a_delete_leaves_the_rows_of_which_nothing_says_that_they_go() -> None:
    tree = parse_one("DELETE FROM t WHERE a = 1", read="duckdb")
    assert isinstance(tree, exp.Delete)
    assert after_delete(tree, ["a"]).sql("spark") == (
        "SELECT `a` FROM (SELECT `t`.`a`, CASE WHEN a = 1 THEN TRUE ELSE FALSE END AS _hit FROM t) AS kept WHERE NOT _hit"
    )


@pytest.fixture(scope="module")
def tickets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tickets") / "dataset"
    write_dataset(folder, [{"record_id": "INC1", "opened_at": at("2026-01-05T09:00:00+00:00")}])
    return folder


Told = tuple[int, str]
Ask = Callable[..., Told]


@pytest.fixture
def ask(capfd: pytest.CaptureFixture[str]) -> Ask:
    """Audit in this process: the exit code, and all that was said."""

    def call(*arguments: object) -> Told:
        capfd.readouterr()
        code = run(["audit", *map(str, arguments)])
        return code, "".join(capfd.readouterr())

    return call


def test_a_master_that_is_none_is_refused_before_anything_starts(tickets: Path, ask: Ask) -> None:
    pytest.importorskip("pyspark", reason="without PySpark that is said first")
    code, said = ask("--tickets", tickets, "--engine", "spark", "--spark-master", "spark//here")
    assert code == 2
    assert "'spark//here' is not the address of a Spark master; write local[N], spark://HOST:PORT" in said


def test_a_master_that_does_not_answer_is_told_at_once(tickets: Path, ask: Ask) -> None:
    pytest.importorskip("pyspark", reason="without PySpark that is said first")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        master = f"spark://127.0.0.1:{free.getsockname()[1]}"
        code, said = ask("--tickets", tickets, "--engine", "spark", "--spark-master", master)
    assert code == 2
    assert f"no Spark master answers at {master}" in said


def test_without_pyspark_the_command_that_installs_it_is_told(
    tickets: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    code, said = ask("--tickets", tickets, "--engine", "spark", "--lang", "zh")
    assert code == 2
    assert "pip install 'itsmctl[spark]'" in said


def test_without_java_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="without PySpark that is said first")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(ItsmctlError, match="Spark needs Java 17"):
        check_place(SparkPlace("local[1]"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--spark-master", "local[2]"), "go with --engine spark"),
        (("--engine", "spark", "--spark-conf", "memory"), "write it as KEY=VALUE"),
    ],
)
def test_options_that_do_not_fit_are_a_mistake_of_usage(
    tickets: Path, ask: Ask, arguments: tuple[str, ...], said: str
) -> None:
    code, told = ask("--tickets", tickets, *arguments)
    assert (code, said in told) == (2, True)


def test_verdicts_are_written_with_a_folder_for_each_rule_and_marked_as_whole(
    tickets: Path, ask: Ask, tmp_path: Path
) -> None:
    place = tmp_path / "verdicts"
    for _ in range(2):  # an earlier output is replaced
        code, said = ask("--tickets", tickets, "--rule", "INC-01", "--all-verdicts", "--verdicts", place)
        assert code in (0, 1), said
        assert (place / "_SUCCESS").is_file()
        assert [entry.name for entry in sorted(place.glob("rule=*"))] == ["rule=INC-01"]


def test_a_folder_with_something_else_is_not_replaced_by_verdicts(tickets: Path, ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    code, said = ask("--tickets", tickets, "--rule", "INC-01", "--verdicts", tmp_path)
    assert (code, (tmp_path / "mine.txt").is_file()) == (2, True)


def test_a_dataset_may_be_partitioned(tickets: Path, ask: Ask, tmp_path: Path) -> None:
    for file in tickets.iterdir():
        place = tmp_path / file.name
        if file.suffix == ".parquet":
            (place / "part").mkdir(parents=True)
            place = place / "part" / "part-0.parquet"
        place.write_bytes(file.read_bytes())
    whole, parts = (ask("--tickets", place, "--format", "json") for place in (tickets, tmp_path))
    assert parts == whole


def test_the_comparison_of_engines_counts_every_file_of_the_result(tmp_path: Path) -> None:
    """A report that differs made it end with 0, as if all were the same."""
    engines = bench("spark")
    for engine, page in (("duckdb", "1 failed"), ("spark", "2 failed")):
        (tmp_path / engine).mkdir()
        (tmp_path / engine / "result.json").write_text("{}", encoding="utf-8")
        (tmp_path / engine / "report.html").write_text(page, encoding="utf-8")
    (tmp_path / "spark" / "more.csv").touch()
    assert engines.unlike_files(tmp_path / "duckdb", tmp_path / "spark") == ["more.csv", "report.html"]
    assert engines.unlike_files(tmp_path / "spark", tmp_path / "spark") == []

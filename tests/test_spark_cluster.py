"""Spark itself: the same verdicts as DuckDB, function by function, over the whole library, and while a worker dies.

Starting Spark takes longer than most test files, and PySpark is half a gigabyte: `make spark` installs it and runs these.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from standalone import Standalone, standalone

from itsmctl.engine.session import Row, Session
from itsmctl.engine.spark.cluster import on_cluster
from itsmctl.engine.spark.starting import SparkPlace
from itsmctl.engine.tables.codes import filled
from itsmctl.errors import ItsmctlError
from itsmctl.generate.misdeeds import MISDEEDS
from itsmctl.generate.violations import VIOLATIONS

pytestmark = [
    pytest.mark.skipif(not os.environ.get("ITSMCTL_SPARK"), reason="PySpark is half a gigabyte: run make spark"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # PySpark leaves sockets open
    pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java, and there is none"),
]
BENCHMARK = Path(__file__).parent.parent / "benchmarks" / "spark.py"
PROGRAM = [sys.executable, "-c", "from itsmctl.cli import main; main()"]
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""A machine of Java that ends soon: what it translates thoroughly it hardly runs again, and that takes a third of the processor."""
SMALL = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.executor.memory": "600m",
    "spark.driver.extraJavaOptions": QUICK,
    "spark.executor.extraJavaOptions": QUICK,
}
"""What is quickest where there are few rows: no code is generated, and no plan made twice."""


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history with every planted violation: a smaller one has no case that some of them fit."""
    folder = tmp_path_factory.mktemp("history")
    run("generate", "--records", 2000, "--seed", 1, "-o", folder / "export", "-q")
    planted = {one["rule"] for one in json.loads((folder / "export" / "truth.json").read_text("utf-8"))["planted"]}
    assert {one.rule for one in (*VIOLATIONS.values(), *MISDEEDS)} <= planted
    run("import", folder / "export", "--zone", "Asia/Shanghai", "-o", folder / "dataset", "-q")
    return folder / "dataset"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standalone]:
    with standalone(tmp_path_factory.mktemp("cluster")) as started:
        yield started


def run(*arguments: object) -> None:
    code, said = told(
        subprocess.Popen([*PROGRAM, *map(str, arguments)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    )
    assert code in (0, 1), said


def told(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    _, said = process.communicate()
    return process.returncode, said.decode(errors="replace")


def audit(dataset: Path, out: Path, *options: object) -> subprocess.Popen[bytes]:
    command = ["audit", "--tickets", dataset, "-o", out, "-q", "--all-verdicts", *options]
    return subprocess.Popen([*PROGRAM, *map(str, command)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)


def on_spark(master: str) -> list[str]:
    settings = [word for pair in SMALL.items() for word in ("--spark-conf", "=".join(pair))]
    return ["--engine", "spark", "--spark-master", master, *settings]


def same_files(one: Path, other: Path) -> bool:
    """Whether two results are the same, file by file and byte by byte."""
    one_has, other_has = ({file.name: file.read_bytes() for file in place.iterdir()} for place in (one, other))
    return one_has == other_has and {"result.json", "verdicts.parquet", "report.html"} <= set(one_has)


def same_rows(file: Path, folder: Path) -> bool:
    """Whether a file of verdicts and a folder of them by rule hold the same rows, each as often."""
    columns = 'rule, record_id, passed, observed, expected, "at", reason, waiver, baseline'
    one, other = (f"SELECT {columns} FROM read_parquet('{path}')" for path in (file, f"{folder}/**/*.parquet"))
    with Session() as session:
        differing = [session.rows(f"{a} EXCEPT ALL {b}") for a, b in ((one, other), (other, one))]
        return differing == [[], []] and session.one(f"SELECT count(*) FROM ({one})") > (1000,)


WORDS = (
    "'İstanbul ΟΔΟΣ Straße'", "''", "'  two  words '", "'\t\u3000\u00a0x'", "'\u200b\ufeff\u3000'", "'a,b、c；d e'", "'back\\slash ''quoted'''", "'第一1二三'",
    "'2026-03-29T01:30:00+08:00'", "'2026-03'", "'2026-2-3 04:05'", "'no time'", "'🙂é'", "NULL",
)  # fmt: skip
NUMBERS = (
    "0.25", "2.675", "-1.005", "1e7", "123456789.5", "1e15", "1e16", "1.5e-5", "0.0001", "-0.05", "3", "99.95", "NULL",
)  # fmt: skip
OF_TEXT = (
    "lower(t)", "length(t)", "substr(t, 2, 3)", "trim(t)", filled("t"),
    "concat('<', t, '>', CAST(NULL AS VARCHAR), 5)", "concat_ws(',', t, NULL, 'x')", "replace(t, 'a', 'b')", "coalesce(t, '-')",
    "regexp_matches(t, '[\\s]+\\w')", "regexp_replace(lower(t), '[\\s\\p{P}\\p{S}]+', '', 'g')", "regexp_extract(t, '[a-z]+')",
    "TRY_CAST(t AS TIMESTAMP) < TRY_CAST('2026-03-29' AS TIMESTAMP)", "t IS DISTINCT FROM ''", "lpad(t, 3, '0')", "t IN ('', 'x')",
    "greatest(t, 'b')", "least(t, 'b', NULL)", "nullif(t, '')",
)  # fmt: skip
OF_NUMBERS = (
    "CAST(reopen_count AS VARCHAR)", "CAST(round(reopen_count, 1) AS VARCHAR)", "concat(round(reopen_count, 1), ' %')",
    "CAST(floor(reopen_count) AS BIGINT)", "abs(reopen_count) + 0.1", "CAST(reopen_count AS BIGINT) // 7 + CAST(reopen_count AS BIGINT) % 7",
    "reopen_count / 3", "100.0 * CAST(reopen_count AS BIGINT) / 7",
    "CASE WHEN abs(reopen_count) < 4e9 THEN strftime(make_timestamp(CAST(reopen_count AS BIGINT) * 1000000), '%Y-%m-%dT%H:%M:%SZ') END",
)  # fmt: skip
QUERIES = (
    *(f"SELECT t, {function} AS x FROM word" for function in OF_TEXT),
    *(f"SELECT reopen_count, {function} AS x FROM number" for function in OF_NUMBERS),
    "SELECT t, row_number() OVER (ORDER BY t) AS x, lag(t) OVER (ORDER BY t DESC) AS y FROM word",
    "SELECT t, unnest(regexp_split_to_array(t, '[,;\\s、，；\u3000]+')) AS x FROM word",
    "SELECT t, unnest(regexp_extract_all(lower(t), '[\u4e00-\u9fff]+|[a-z]+')) AS x FROM word",
    "SELECT n, unnest(generate_series(n, 2)) AS x FROM (VALUES (0), (2), (3)) AS k(n)",
    "SELECT string_agg(t, '|' ORDER BY t) AS a, count(t) AS b, count(*) AS c, min(t) AS d, max(t) AS e FROM word",
    "SELECT string_agg(DISTINCT k, ',' ORDER BY k) AS a, any_value(v) AS b, max_by(v, n) AS c, min_by(v, n) AS d, "
    "count(*) FILTER (WHERE n > 1) AS e FROM (VALUES ('b', NULL, 3), ('a', 'x', 2), ('b', 'x', 2)) AS k(k, v, n)",
    "SELECT quantile_disc(reopen_count, CAST(50 AS DOUBLE) / 100) AS a, bool_or(reopen_count > 1) AS b FROM number",
    "SELECT w.t FROM word AS w WHERE w.t NOT IN (SELECT t FROM word WHERE t < 'b') OR w.t IN (SELECT t FROM word WHERE t > 'c')",
    "SELECT tix FROM (VALUES (1), (2), (3)) AS k(tix) WHERE tix NOT IN (SELECT tix FROM (VALUES (2), (2)) AS m(tix))",
    "SELECT k.tix, k.tix NOT IN (SELECT n FROM (VALUES (2)) AS m(n)) AS x FROM (VALUES (1), (2)) AS k(tix) WHERE k.tix NOT IN (SELECT 3 AS n WHERE false) OR k.tix > 1",
    "SELECT grouping(b) AS g, a, b, count(*) AS n FROM (VALUES (1, 2), (1, 3)) AS k(a, b) GROUP BY GROUPING SETS ((a, b), (a))",
)


def fill(session: Session) -> None:
    session.run("CREATE TABLE word (t VARCHAR)")
    session.run("CREATE TABLE number (reopen_count DOUBLE)")
    for table, values in (("word", WORDS), ("number", NUMBERS)):
        session.run(f"INSERT INTO {table} SELECT * FROM (VALUES {', '.join(f'({value})' for value in values)}) AS v(x)")


def test_functions_mean_the_same_on_both_engines(tmp_path: Path) -> None:
    place = SparkPlace("local[2]", tmp_path, tuple(SMALL.items()))
    differing: list[object] = []
    with Session() as here, on_cluster(place, Session(), tmp_path) as there:
        fill(here)
        fill(there)
        for query in QUERIES:
            one, other = (answers(session, query) for session in (here, there))
            if one != other:
                differing.append((query, [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]][:3]))
        changes(here)
        changes(there)
        assert there.rows("SELECT t, n FROM changed ORDER BY t") == here.rows("SELECT t, n FROM changed ORDER BY t")
        assert there.home().rows("SELECT t FROM word ORDER BY t") == here.rows("SELECT t FROM word ORDER BY t")
    assert not differing, "\n".join(map(str, differing))


def answers(session: Session, query: str) -> list[str]:
    try:
        return sorted(map(repr, map(_plain, session.rows(query))))
    except ItsmctlError as error:
        return [str(error)]


def _plain(row: Row) -> tuple[object, ...]:
    """A row whose whole numbers are of one kind, whatever each engine makes of them."""
    return tuple(int(value) if isinstance(value, float) and value.is_integer() else value for value in row)


def changes(session: Session) -> None:
    session.run("CREATE TABLE changed AS SELECT t, length(t) AS n FROM word WHERE t IS NOT NULL")
    session.run("UPDATE changed SET n = 100 WHERE t IN (SELECT t FROM word WHERE t LIKE 'a%')")
    session.run(
        "UPDATE changed SET n = s.n + changed.n FROM (SELECT t, 1000 AS n FROM word WHERE t < 'a') AS s WHERE s.t = changed.t"
    )
    session.run("DELETE FROM changed WHERE (t, n) NOT IN (SELECT t, n FROM changed WHERE n > 4)")
    session.run("DELETE FROM changed AS c USING word AS w WHERE w.t = c.t AND w.t = 'no time'")


def test_the_whole_library_gives_the_same_bytes_though_a_worker_dies(
    dataset: Path, cluster: Standalone, tmp_path: Path
) -> None:
    by_rule = ("--verdicts", tmp_path / "by-rule")
    spark = audit(dataset, tmp_path / "spark", *on_spark(cluster.master), "--spark-work", tmp_path / "work", *by_rule)
    while spark.poll() is None and not list((tmp_path / "work").glob(".itsmctl-spark-*/*-judgement/_SUCCESS")):
        time.sleep(0.5)
    assert spark.poll() is None, told(spark)
    cluster.kill_worker()
    duckdb = audit(dataset, tmp_path / "duckdb")
    assert told(duckdb)[0] == 1
    code, said = told(spark)
    assert (code, said) == (1, "")
    assert same_files(tmp_path / "duckdb", tmp_path / "spark")
    assert same_rows(tmp_path / "duckdb" / "verdicts.parquet", tmp_path / "by-rule")
    assert "Removing executor" in cluster.said() or "Removing worker" in cluster.said()
    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.parametrize("history", ["flawed", "spoilt", "bpic13", "uci"])
def test_every_history_gives_the_same_rows_by_the_whole_library(history: str) -> None:
    """Two public logs, cells that nobody should have written, and the faults that no history can carry; those that one can are judged above, while a worker dies."""
    command = [sys.executable, BENCHMARK, history, "--records", "300", "--master", "local[2]"]
    settings = [word for pair in SMALL.items() for word in ("--setting", "=".join(pair))]
    ran = subprocess.run([*command, *settings], capture_output=True, text=True)
    if "left out" in ran.stdout:
        pytest.skip(ran.stdout.strip())
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "only by duckdb 0, only by spark 0" in ran.stdout
    assert ran.stdout.rstrip().endswith("other bytes: none")


def test_tables_that_are_too_large_to_be_sent_around_are_joined_alike(dataset: Path, tmp_path: Path) -> None:
    """Small ones are sent to whoever joins them, so that nothing small shows how large ones are joined."""
    rules = ("--rule", "INC-0*", "--rule", "DQ-0*")
    large = ("--spark-conf", "spark.sql.autoBroadcastJoinThreshold=-1")
    code, said = told(audit(dataset, tmp_path / "spark", *on_spark("local[2]"), *large, *rules))
    assert (code, said) == (1, "")
    assert told(audit(dataset, tmp_path / "duckdb", *rules))[0] == 1
    assert same_files(tmp_path / "duckdb", tmp_path / "spark")


def test_a_killed_audit_leaves_no_result_and_running_again_gives_one(
    dataset: Path, cluster: Standalone, tmp_path: Path
) -> None:
    rules = ("--rule", "DQ-0*")
    spark = (*on_spark(cluster.master), "--spark-work", tmp_path / "work", *rules)
    first = audit(dataset, tmp_path / "out", *spark)
    while first.poll() is None and not list((tmp_path / "work").glob(".itsmctl-spark-*/*-event/_SUCCESS")):
        time.sleep(0.5)
    first.kill()
    assert told(first)[0] < 0
    assert not (tmp_path / "out").exists()
    assert len(list((tmp_path / "work").iterdir())) == 1
    assert told(audit(dataset, tmp_path / "out", *spark))[0] in (0, 1)
    assert list((tmp_path / "work").iterdir()) == []
    assert told(audit(dataset, tmp_path / "duckdb", *rules))[0] in (0, 1)
    assert same_files(tmp_path / "duckdb", tmp_path / "out")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for children under /proc")
@pytest.mark.parametrize("moment", ["starting", "working"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interruption_ends_java_too(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, moment: str
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    quick = (*on_spark("local[1]"), "--spark-work", tmp_path / "work")
    spark = audit(dataset, tmp_path / "out", *quick)
    children = Path(f"/proc/{spark.pid}/task/{spark.pid}/children")
    while not (java := children.read_text()) or (
        moment == "working" and not list(tmp_path.glob("work/.itsmctl-spark-*/*-event"))
    ):
        assert spark.poll() is None, told(spark)
        time.sleep(0.1)
    spark.send_signal(signal.Signals[name])
    code, said = told(spark)
    assert (code, said.strip()) == (130, "interrupted; nothing half-written is left")
    assert [path.name for path in tmp_path.rglob("*")] in (["temporary"], ["temporary", "work"], ["work", "temporary"])
    until = time.monotonic() + 30
    while any(Path("/proc", number).exists() for number in java.split()):
        assert time.monotonic() < until, "Java goes on"
        time.sleep(0.1)


def test_what_spark_cannot_judge_is_refused_with_the_name_of_the_rule(tmp_path: Path) -> None:
    """In a session of somebody else's, as managed services have it, which goes on afterwards."""
    from pyspark.sql import SparkSession

    theirs = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    theirs.conf.set("spark.sql.session.timeZone", "Asia/Shanghai")
    try:
        with on_cluster(SparkPlace(), Session(), tmp_path) as session:
            with pytest.raises(ItsmctlError, match="rules MY-01: "):
                session.rows("""SELECT 'MY-01' AS "rule", no_such_function(1) AS x""")
            moment = "SELECT strftime(make_timestamp(0), '%Y-%m-%dT%H:%M:%SZ')"
            assert session.rows(moment) == [("1970-01-01T00:00:00Z",)]
        assert theirs.sql("SELECT current_timezone()").collect()[0][0] == "Asia/Shanghai"
    finally:
        theirs.stop()

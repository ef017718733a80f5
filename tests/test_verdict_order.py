"""`verdicts.parquet` is sorted by rule and record however many groups of rows it has, and is the same bytes with any number of threads."""

from __future__ import annotations

from pathlib import Path

import pytest

from itsmctl.engine.session import Session, quote
from itsmctl.engine.verdicts import create_verdict_table, in_order

RECORDS = 50_000
"""More than two groups of rows."""
UNTESTED = ("DQ-04", "INC-04", "INC-05")
TESTED = ("DQ-08", "INC-01", "INC-06")


def _written(path: Path, threads: int) -> bytes:
    """The bytes of the verdicts that were made in the database."""
    with Session(threads=threads) as session:
        create_verdict_table(session)
        ids = (
            f"SELECT 'INC' || lpad(CAST(range AS VARCHAR), 7, '0') AS record_id, range AS \"at\" FROM range({RECORDS})"
        )
        session.run(f'INSERT INTO unlooked SELECT 0, record_id, "at" FROM ({ids})')
        for rule in UNTESTED:
            session.run(f"INSERT INTO untested VALUES ({quote(rule)}, 'column-not-exported:service', 0, {RECORDS})")
        for rule in TESTED:  # in no order: two connections judge at once
            session.run(
                f"INSERT INTO tested SELECT {quote(rule)}, record_id, false, 'a', 'b', \"at\", NULL, NULL, NULL FROM ({ids}) WHERE \"at\" % 3 = 0 ORDER BY hash(record_id)"
            )
        session.write_parquet(in_order([*UNTESTED, *TESTED]), path)
    return path.read_bytes()


def test_verdicts_are_sorted_across_groups_of_rows(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.parquet"
    _written(path, 2)
    with Session() as session:
        rows = session.rows(f'SELECT "rule", record_id FROM read_parquet({quote(str(path))}, file_row_number = true) ORDER BY file_row_number')  # fmt: skip
    assert len(rows) == len(UNTESTED) * RECORDS + len(TESTED) * (RECORDS // 3 + 1)
    assert rows == sorted(rows)


@pytest.mark.parametrize("threads", [1, 8])
def test_any_number_of_threads_writes_the_same_bytes(tmp_path: Path, threads: int) -> None:
    assert _written(tmp_path / "some.parquet", threads) == _written(tmp_path / "two.parquet", 2)


def test_verdicts_that_another_engine_made_are_the_same_bytes(tmp_path: Path) -> None:
    ours, theirs, made = (tmp_path / name for name in ("ours.parquet", "theirs.parquet", "made.parquet"))
    rows = "SELECT 'INC-01' AS \"rule\", concat('INC', range) AS record_id, false AS passed, 'a' AS observed, 'b' AS expected, range AS \"at\", NULL AS reason, NULL AS waiver, NULL AS baseline FROM range(100)"
    with Session() as session:
        create_verdict_table(session)
        session.run(f"INSERT INTO tested {rows}")
        session.write_parquet(in_order(["INC-01"]), ours)
        session.write_parquet("SELECT * FROM verdict", made)
        session.run("DROP VIEW verdict")
        session.run(
            f'CREATE VIEW verdict AS SELECT nullif("rule", \'\') AS "rule", * EXCLUDE ("rule") FROM read_parquet({quote(str(made))})'
        )
        session.write_parquet(in_order(["INC-01"]), theirs)
        said = session.rows(
            f"SELECT DISTINCT repetition_type FROM parquet_schema({quote(str(ours))}) WHERE type IS NOT NULL"
        )
    assert said == [("OPTIONAL",)]
    assert ours.read_bytes() == theirs.read_bytes()

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

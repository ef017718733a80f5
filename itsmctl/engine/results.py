"""Verdicts back from their Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import starmap
from pathlib import Path

from itsmctl.engine.session import Session, file_text, quote
from itsmctl.result import Verdict


def read_verdicts(path: Path, *, failed_only: bool = False) -> Iterator[Verdict]:
    """The verdicts of a file in its order, or only those that failed."""
    where = "WHERE passed = false" if failed_only else ""
    with Session() as session:
        rows = session.rows(
            f"""SELECT "rule", record_id, passed, coalesce(observed, ''), coalesce(expected, ''), CAST(epoch("at") AS BIGINT),
            coalesce(reason, ''), coalesce(waiver, '') FROM read_parquet({quote(file_text(path))}) {where}"""
        )
    return starmap(Verdict, rows)


def records_judged(path: Path, rule: str) -> list[tuple[str, int]]:
    """Every record that the file holds a verdict of a rule about, and how many, by record id."""
    with Session() as session:
        rows = session.rows(
            f'SELECT record_id, count(*) FROM read_parquet({quote(file_text(path))}) WHERE "rule" = ? GROUP BY 1 ORDER BY 1',
            (rule,),
        )
    return [(str(record), int(str(count))) for record, count in rows]

"""Verdicts back from their Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from itsmctl.engine.evaluate import verdict_of
from itsmctl.engine.session import Session, quote
from itsmctl.result import Verdict


def read_verdicts(path: Path, *, failed_only: bool = False) -> Iterator[Verdict]:
    """The verdicts of a file in its order, or only those that failed."""
    where = "WHERE passed = false" if failed_only else ""
    with Session() as session:
        rows = session.rows(
            f"""SELECT "rule", record_id, passed, observed, expected, CAST(epoch("at") AS BIGINT), reason
            FROM read_parquet({quote(str(path))}) {where}"""
        )
    for rule, *rest in rows:
        yield verdict_of(str(rule), tuple(rest))

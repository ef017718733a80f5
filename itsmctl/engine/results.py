"""Verdicts back from their Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import starmap
from pathlib import Path
from typing import cast

from itsmctl.engine.session import Session, quote
from itsmctl.engine.sql import moment_text
from itsmctl.result import Verdict


def read_verdicts(path: Path, *, failed_only: bool = False) -> Iterator[Verdict]:
    """The verdicts of a file in its order, or only those that failed."""
    where = "WHERE passed = false" if failed_only else ""
    with Session() as session:
        rows = session.rows(
            f"""SELECT "rule", record_id, passed, coalesce(observed, ''), coalesce(expected, ''), CAST(epoch("at") AS BIGINT),
            coalesce(reason, ''), coalesce(waiver, '') FROM read_parquet({quote(str(path))}) {where}"""
        )
    return starmap(Verdict, rows)


def read_failures(path: Path) -> list[tuple[str, ...]]:
    """The verdicts of a file that failed, as texts: rule, record, observed, expected, moment in ISO 8601, reason, waiver.

    Values would say the same, but making tens of thousands of them takes longer than all else that is done with them.
    """
    moment = moment_text('epoch("at")')
    with Session() as session:
        rows = session.rows(
            f"""SELECT "rule", record_id, coalesce(observed, ''), coalesce(expected, ''), coalesce({moment}, ''),
            coalesce(reason, ''), coalesce(waiver, '') FROM read_parquet({quote(str(path))}) WHERE passed = false"""
        )
    return cast("list[tuple[str, ...]]", rows)

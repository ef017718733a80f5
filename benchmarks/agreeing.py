"""Whether another program and itsmctl agree, row for row, on which records fail the rules that both judge."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

Failure = tuple[str, str]
"""Rule and record."""


@dataclass(frozen=True)
class Difference:
    """What only one of two programs says."""

    peer: str
    shared: int
    only_ours: Sequence[Failure]
    only_theirs: Sequence[Failure]

    @property
    def agrees(self) -> bool:
        return not self.only_ours and not self.only_theirs

    def lines(self) -> list[str]:
        """Every row that differs, for a terminal."""
        sides = (("only itsmctl", self.only_ours), (f"only {self.peer}", self.only_theirs))
        return [f"{self.peer}: {side} fails {record} by {rule}" for side, rows in sides for rule, record in rows]


def compare(peer: str, rules: Sequence[str], result: Path, written: Path) -> Difference:
    """The failures of these rules in a result folder, and in the CSV that a peer wrote."""
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT rule, record_id FROM read_parquet(?) WHERE NOT passed", [str(result / "verdicts.parquet")]
        ).fetchall()
    ours = {(rule, record) for rule, record in found if rule in rules}
    with written.open(encoding="utf-8", newline="") as stream:
        theirs = {(rule, record) for rule, record in csv.reader(stream)}
    return Difference(peer, len(ours & theirs), sorted(ours - theirs), sorted(theirs - ours))

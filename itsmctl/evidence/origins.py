"""Where in the export each finding of a result came from: `findings.csv` tells it, and the tables of a pack tell it again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from itsmctl.engine.session import Session, file_text, quote
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.export import csv_source
from itsmctl.reports.csv import COLUMNS, as_it_was_sql, harmless_sql

_LONGEST = 2**24
"""Bytes of the longest finding that is read."""


def create_origins(session: Session, verdicts: Path, findings: Path, rules: Iterable[str]) -> None:
    """`origin(place, source_file, source_row)`: the row of the export of each failure about a record, by its place in `verdicts`.

    Both files tell the failures of the rules in one order. Raises ItsmctlError where they do not tell the same.
    """
    wanted = ", ".join(quote(rule) for rule in rules) or "NULL"
    source = f"read_parquet({quote(file_text(verdicts))}, file_row_number = true)"
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE failure AS SELECT row_number() OVER (ORDER BY file_row_number) AS n, file_row_number AS place,
            "rule", nullif({harmless_sql("record_id")}, '') AS record_id
        FROM {source} WHERE passed = false AND "rule" IN ({wanted})"""
    )
    read = f"""CREATE OR REPLACE TEMP TABLE finding AS SELECT row_number() OVER () AS n, "rule", record_id, source_file, source_row
        FROM {csv_source(findings, COLUMNS, ",", (), _LONGEST)}"""
    if _header(findings) != list(COLUMNS) or not session.attempt(read) or _differ(session):
        message = "it does not tell the findings that the verdicts beside it tell; audit again"
        raise ItsmctlError(Problem("result-edited", message, Where(str(findings))))
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE origin AS
        SELECT a.place, {as_it_was_sql("b.source_file")} AS source_file, CAST(b.source_row AS BIGINT) AS source_row
        FROM failure AS a JOIN finding AS b ON b.n = a.n WHERE b.source_row IS NOT NULL"""
    )


def _header(findings: Path) -> list[str]:
    with findings.open(encoding="utf-8-sig", errors="replace") as file:
        return file.readline().strip().split(",")


def _differ(session: Session) -> bool:
    (count,) = session.one(
        """SELECT count(*) FROM failure AS a FULL JOIN finding AS b ON b.n = a.n
        WHERE a."rule" IS DISTINCT FROM b."rule" OR a.record_id IS DISTINCT FROM b.record_id"""
    )
    return count != 0

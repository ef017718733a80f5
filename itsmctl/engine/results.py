"""Verdicts back from their Parquet file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from pathlib import Path

from itsmctl.engine.session import Session, file_text, quote
from itsmctl.engine.verdicts import verdict_of
from itsmctl.result import ExportRow, Verdict


def read_verdicts(path: Path, *, failed_only: bool = False) -> Iterator[Verdict]:
    """The verdicts of a file in its order, or only those that failed."""
    where = "WHERE passed = false" if failed_only else ""
    with Session() as session:
        rows = session.rows(
            f"""SELECT "rule", record_id, passed, coalesce(observed, ''), coalesce(expected, ''), CAST(epoch("at") AS BIGINT),
            coalesce(reason, ''), coalesce(waiver, ''), coalesce(baseline, '') FROM read_parquet({quote(file_text(path))}) {where}"""
        )
    return starmap(Verdict, rows)


def failures(
    session: Session, path: Path, rules: Iterable[str], most: int
) -> Iterator[tuple[Verdict, ExportRow | None]]:
    """The verdicts of some rules that failed, in the order of the file, and of each rule at most so many.

    Each comes with the row of the export that `origin(place, source_file, source_row)` has for its place in the file. They are
    streamed: whatever the file holds, few are in memory.
    """
    source = f"read_parquet({quote(file_text(path))}, file_row_number = true)"
    wanted = ", ".join(quote(rule) for rule in rules) or "NULL"
    rows = session.stream(
        f"""SELECT "rule", record_id, passed, observed, expected, CAST(epoch("at") AS BIGINT), reason, waiver, baseline,
            source_file, source_row FROM (
            SELECT * FROM {source} WHERE passed = false AND "rule" IN ({wanted})
            QUALIFY row_number() OVER (PARTITION BY "rule" ORDER BY file_row_number) <= {int(most)}
        ) AS v LEFT JOIN origin AS o ON o.place = v.file_row_number ORDER BY file_row_number"""
    )
    for rule, *told, file, row in rows:
        verdict = verdict_of(str(rule), tuple(told))
        yield verdict, None if row is None else ExportRow(verdict.record_id, str(file or ""), int(str(row)))


def write_failures(session: Session, path: Path, rules: Sequence[Sequence[str]], to: Path) -> int:
    """Write the verdicts that failed as Parquet, each with what is known of its rule (id, title, severity, clauses).

    Those about a record tell the row of the export that `origin(place, source_file, source_row)` has for their place in the file.
    Verdicts of other rules are left out; returns how many were written.
    """
    session.run('CREATE OR REPLACE TEMP TABLE about ("rule" VARCHAR, title VARCHAR, severity VARCHAR, clauses VARCHAR)')
    session.insert("about", ("rule", "title", "severity", "clauses"), rules)
    source = f"read_parquet({quote(file_text(path))}, file_row_number = true)"
    return session.write_parquet(
        f"""SELECT a."rule", a.title, a.severity, a.clauses, v.record_id, o.source_file, o.source_row, v.observed,
            v.expected, v."at", v.reason, v.waiver, v.baseline
        FROM {source} AS v JOIN about AS a ON a."rule" = v."rule" LEFT JOIN origin AS o ON o.place = v.file_row_number
        WHERE v.passed = false ORDER BY v.file_row_number""",
        to,
    )


def counted(path: Path) -> dict[str, tuple[int, int, int]]:
    """How many verdicts of each rule failed, could not be told, and were waived."""
    with Session() as session:
        rows = session.rows(
            f"""SELECT "rule", count(*) FILTER (WHERE passed = false AND waiver IS NULL),
            count(*) FILTER (WHERE passed IS NULL AND waiver IS NULL), count(waiver)
            FROM read_parquet({quote(file_text(path))}) GROUP BY 1"""
        )
    return {str(rule): (int(str(failed)), int(str(untold)), int(str(waived))) for rule, failed, untold, waived in rows}


def records_judged(path: Path, rule: str) -> list[tuple[str, int]]:
    """Every record that the file holds a verdict of a rule about, and how many, by record id."""
    with Session() as session:
        rows = session.rows(
            f'SELECT record_id, count(*) FROM read_parquet({quote(file_text(path))}) WHERE "rule" = ? GROUP BY 1 ORDER BY 1',
            (rule,),
        )
    return [(str(record), int(str(count))) for record, count in rows]

"""What a reader of a dataset should know before trusting it: each warning has a stable code and says how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from itsmctl.engine.session import Session
from itsmctl.importers.canonical import ORDERED, Export

ROUND_COUNTS = (1000, 5000, 10000, 50000, 100000)
"""Where tools cut an export off without saying so."""


@dataclass(frozen=True)
class Gaps:
    """How many runs of ticket numbers are missing, and how many numbers that is."""

    runs: int
    numbers: int


Warnings = Iterator[tuple[str, str]]


def look(
    session: Session, x: Export, missing: tuple[str, ...], duplicates: int, hindsight: Mapping[str, int], gaps: Gaps
) -> Warnings:
    """Yield (code, message) for everything worth a warning."""
    for export, rows in zip(x.staged.exports, x.staged.rows_read, strict=True):
        if rows in ROUND_COUNTS:
            yield (
                "round-row-count",
                f"{export.source.name} has exactly {rows} rows; was the export cut off at a limit of the tool?",
            )
    if missing:
        yield "missing-columns", f"the export lacks columns for: {', '.join(missing)}"
    if duplicates:
        yield "duplicates", f"{duplicates} rows repeat an earlier row in every cell and were merged with it"
    for column, count in x.moments.ambiguous.items():
        yield (
            "ambiguous-times",
            f"{column}: {count} times fall into an hour that the zone's clocks showed twice; the first was taken",
        )
    for column, count in hindsight.items():
        yield (
            "hindsight-column",
            f"{column}: {count} rows know it before it happened; its changes were left out of the history",
        )
    yield from _order(session, x)
    if gaps.runs:
        yield "number-gaps", f"{gaps.runs} gaps in the ticket numbers, {gaps.numbers} numbers in all"


def number_gaps(session: Session, x: Export) -> Gaps:
    """How many runs of ticket numbers are missing between the first and the last, and how many numbers that is."""
    if "number" not in x.found:
        return Gaps(0, 0)
    runs, numbers = session.one(
        "SELECT count(*), sum(n - before - 1) FROM (SELECT n, lag(n) OVER (PARTITION BY prefix ORDER BY n) AS before FROM "
        r"(SELECT DISTINCT regexp_extract(number, '^(.*?)[0-9]{1,18}$', 1) AS prefix, "
        r"CAST(regexp_extract(number, '([0-9]{1,18})$', 1) AS BIGINT) AS n FROM record "
        r"WHERE regexp_matches(number, '[0-9]$'))) WHERE n - before > 1"
    )
    return Gaps(int(runs or 0), int(numbers or 0))


def _order(session: Session, x: Export) -> Warnings:
    if x.mapping.shape == "records":
        return
    (timeless,) = session.one(f"SELECT count(*) FROM {ORDERED} WHERE utc IS NULL")
    if timeless:
        yield (
            "rows-without-time",
            f"{int(timeless)} rows have no readable time of their own; they are not part of the history",
        )
    late = session.rows(
        f"SELECT DISTINCT id FROM (SELECT id, id = lag(id) OVER () AND utc < lag(utc) OVER () AS back FROM {ORDERED} "
        "WHERE utc IS NOT NULL) WHERE back ORDER BY id"
    )
    if late:
        shown = ", ".join(ticket for (ticket,) in late[:5] if isinstance(ticket, str)) + (
            ", …" if len(late) > 5 else ""
        )
        yield "time-order", f"{len(late)} tickets have updates whose times run backwards: {shown}"

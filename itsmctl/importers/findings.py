"""What a reader of a dataset should know before trusting it: each warning has a stable code and says how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from itsmctl.engine.numbering import holes, numbers_seen
from itsmctl.engine.session import Session
from itsmctl.importers.canonical import ORDERED, Export
from itsmctl.importers.export import RAW, REJECT, Staged
from itsmctl.importers.export import Export as Table
from itsmctl.importers.receipt import LeftOut, Receipt
from itsmctl.importers.recognition import lacking, repeated
from itsmctl.importers.values import Moments
from itsmctl.model import Gap

ROUND_COUNTS = (1000, 5000, 10000, 50000, 100000)
"""Where tools cut an export off without saying so."""


DAYS_AS_NUMBERS = r"[2-6]\d{4}([.,]\d{1,12})?"
"""Moments from 1954 to 2091 as Excel counts days, the time of day behind the point."""

MOST_GAPS = 5
"""Runs of missing numbers that a receipt names."""

Warnings = Iterator[tuple[str, str]]


def look(
    session: Session, x: Export, missing: tuple[str, ...], duplicates: int, hindsight: Mapping[str, int]
) -> Warnings:
    """Yield (code, message) for everything worth a warning."""
    for export, rows in zip(x.staged.exports, x.staged.rows_read, strict=True):
        yield from of_export(export, rows)
    yield from of_pages(x.staged)
    for export in x.staged.exports:
        if columns := lacking(export, x.found):
            yield "missing-in-file", f"{export.name} alone lacks columns for: {', '.join(columns)}"
    if missing:
        yield "missing-columns", f"the export lacks columns for: {', '.join(missing)}"
    for column, names in repeated(x.mapping, x.staged.columns).items():
        yield (
            "repeated-column",
            f"{', '.join(names)}: stands in the header more than once, and nobody knows which is meant, so that {column} is not read; name one in a mapping of your own",
        )
    if duplicates:
        yield "duplicates", f"rows that repeat an earlier row in every cell, merged with it: {duplicates}"
    yield from of_times(x.moments)
    for column, count in hindsight.items():
        yield (
            "hindsight-column",
            f"{column}: its changes were left out of the history, as rows know it before it happened: {count}",
        )
    yield from of_days_as_numbers(session, x.staged)
    yield from _of_any_process(session, x)
    yield from _order(session, x)
    yield from _shortened(session, x)


def of_export(export: Table, rows: int) -> Warnings:
    """A warning for an export that looks cut off."""
    if rows in ROUND_COUNTS:
        yield (
            "round-row-count",
            f"{export.name} has exactly {rows} rows; was the export cut off at a limit of the tool?",
        )


def of_pages(staged: Staged) -> Warnings:
    """A warning where answers of a tool say that there are more records than all of them hold together."""
    for total in sorted({export.announced for export in staged.exports if export.announced}):
        pages = [
            (export.name, rows)
            for export, rows in zip(staged.exports, staged.rows_read, strict=True)
            if export.announced == total
        ]
        held = sum(rows for _, rows in pages)
        if held < total:
            names = ", ".join(name for name, _ in pages)
            yield "pages-missing", f"{names}: of {total} records, as it says, it holds {held}; export every page"
    unfinished = [export.name for export in staged.exports if export.more]
    if unfinished and len(unfinished) == len(staged.exports):
        yield "pages-missing", f"{', '.join(unfinished)}: says that another page follows; export every page"


def of_times(moments: Moments) -> Warnings:
    """A warning for each column with times that happened twice, and for dates whose order other dates decided."""
    for column, count in moments.ambiguous.items():
        yield (
            "ambiguous-times",
            f"{column}: times in an hour that the zone's clocks showed twice, of which the first was taken: {count}",
        )
    yield from moments.followers


def left_out(tables: Sequence[LeftOut]) -> Warnings:
    """A warning for each table of a file that no mapping reads."""
    for table in tables:
        yield "left-out", f"{table.name} was left out, as no mapping reads it: {table.rows} rows"


def folders(names: Sequence[str]) -> Warnings:
    """A warning for the folders within those named, of which nothing was read."""
    if names:
        listed = ", ".join(sorted(names))
        yield (
            "folders-not-read",
            f"nothing was read of the folders within the one that was named: {listed}; name them too",
        )


def _shortened(session: Session, x: Export) -> Warnings:
    """A warning where a spreadsheet has written long ids as powers of ten: their last digits are lost, and different ids alike."""
    count, example = session.one(
        r"SELECT count(*), min(record_id) FROM record WHERE regexp_full_match(record_id, '[0-9]([.,][0-9]+)?[eE]\+?[0-9]{2,}')"
    )
    if isinstance(example, str):
        column = x.found["record_id"].shown
        yield (
            "shortened-ids",
            f"{column}: ids such as {example!r} were numbers that a spreadsheet shortened; export the column as text: {int(count or 0)}",
        )


def of_days_as_numbers(session: Session, staged: Staged) -> Warnings:
    """A warning for each column with moments as Excel counts days: few decimals of them are no minutes, so that they are not read."""
    files = ", ".join(str(export.number) for export in staged.exports)
    rows = session.rows(
        f"SELECT \"column\", count(*), min(value) FROM {REJECT} WHERE file IN ({files}) AND reason = 'bad-time' "
        f"AND regexp_full_match(trim(value), '{DAYS_AS_NUMBERS}') GROUP BY 1 ORDER BY 1"
    )
    for column, count, value in rows:
        yield (
            "days-as-numbers",
            f"{column!s}: numbers such as {str(value)!r} are moments as Excel counts days, and are not read; give the cells a format with day and time in Excel, export again from the tool, or where they have five decimals or more write `excel-days` under `time-formats` of a mapping of your own: {int(str(count))}",
        )


def _of_any_process(session: Session, x: Export) -> Warnings:
    """A warning where a mapping tells processes apart by a column, and nothing stands there: what is read may be of another."""
    column, process = x.mapping.process_column, x.mapping.process
    if not column or not process:
        return
    there = column in x.staged.columns
    names = column if there else ", ".join(x.mapping.alternatives.get("process_column", (column,)))
    cell = x.staged.sql(column) if there else "NULL"
    (count,) = session.one(
        f"SELECT count(DISTINCT {x.found['record_id'].sql(x.staged)}) FROM {RAW} WHERE coalesce(trim({cell}), '') = ''"
    )
    if count:
        yield (
            "process-assumed",
            f"nothing under {names} says of which process these records are, so that they were read as {process}: {int(str(count))}",
        )


def with_gaps(session: Session, receipt: Receipt) -> Receipt:
    """The receipt with the runs of ticket numbers that no record has between the first and the last: how many, and the largest.

    Asked of all records together: what files of other mappings hold is not missing, and neither is a number that stands in a
    row which could not be read, or which was not taken.
    """
    if "number" not in receipt.mapped:
        return receipt
    rows = session.rows(
        f"""SELECT before, after, missing, count(*) OVER () AS runs, CAST(sum(missing) OVER () AS BIGINT) AS numbers
        FROM ({holes("record", numbers_seen(session, REJECT))}) AS hole ORDER BY missing DESC, after LIMIT {MOST_GAPS}"""
    )
    if not rows:
        return receipt
    *_, runs, numbers = rows[0]
    told = ("number-gaps", f"gaps in the ticket numbers: {int(str(runs))}, numbers missing: {int(str(numbers))}")
    return replace(
        receipt,
        number_gaps=int(str(runs)),
        largest_gaps=tuple(Gap(str(before), str(after), int(str(missing))) for before, after, missing, *_ in rows),
        warnings=tuple(sorted({*receipt.warnings, told})),
    )


def _order(session: Session, x: Export) -> Warnings:
    if x.mapping.shape == "records":
        return
    (timeless,) = session.one(f"SELECT count(*) FROM {ORDERED} WHERE utc IS NULL")
    if timeless:
        yield (
            "rows-without-time",
            f"rows without a readable time of their own, left out of the history: {int(timeless)}",
        )
    late = session.rows(
        f"SELECT DISTINCT id FROM (SELECT id, id = lag(id) OVER () AND utc < lag(utc) OVER () AS back FROM {ORDERED} "
        "WHERE utc IS NOT NULL) WHERE back ORDER BY id"
    )
    if late:
        shown = ", ".join(ticket for (ticket,) in late[:5] if isinstance(ticket, str)) + (
            ", …" if len(late) > 5 else ""
        )
        yield "time-order", f"tickets with updates whose times run backwards: {len(late)} ({shown})"

"""One ticket in files that different mappings read: what they tell differently is known of neither, as of two rows of one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from itsmctl.engine.session import Session, name, quote
from itsmctl.importers.export import REJECT
from itsmctl.importers.recognition import Source
from itsmctl.model import PEOPLE_COLUMNS, RECORD_COLUMNS, TIME_COLUMNS


@dataclass(frozen=True)
class Told:
    """What the files that one mapping reads tell of records, and how."""

    records: str
    """The table of them."""
    found: Mapping[str, Source]
    lacking: Mapping[str, tuple[str, ...]]
    """The columns that a file does not have, by its name."""
    codes: Mapping[str, Mapping[str, str]]
    minutes: bool
    """Whether moments are told to the minute only."""


def set_disagreements_aside(session: Session, told: Sequence[Told]) -> None:
    """Move from `record` to REJECT each cell that a later record of the same id and process, in `later_record`, tells otherwise.

    Words are compared by what they mean to their mapping, names without regard to capitals, moments to the minute where one
    of the two has no seconds. A column that either file lacks is told by one alone.
    """
    session.run(
        "CREATE TABLE disagreement (record_id VARCHAR, canonical VARCHAR, shown VARCHAR, value VARCHAR, source_file VARCHAR, source_row BIGINT)"
    )
    for first, later in permutations(told, 2):
        if _told_twice(session, first, later):
            for cells in _differing(first, later):
                session.run(f"INSERT INTO disagreement {cells}")
    session.run(
        f"INSERT INTO {REJECT} SELECT DISTINCT n.number, d.source_row, d.record_id, NULL, d.shown, d.value, 'contradicted', false "
        "FROM disagreement AS d JOIN export_number AS n ON n.name = d.source_file"
    )
    for (column,) in session.rows("SELECT DISTINCT canonical FROM disagreement ORDER BY 1"):
        session.run(
            f"UPDATE record SET {name(str(column))} = NULL WHERE record_id IN (SELECT record_id FROM disagreement WHERE canonical = ?)",
            [column],
        )
    session.run("DROP TABLE disagreement")


def _told_twice(session: Session, first: Told, later: Told) -> int:
    """Make `pair` of the records of the first mapping and the rows of the later one about the same ticket; how many there are.

    Many mappings are many pairs of them, nearly all without a ticket in common: one statement over all would not fit into memory.
    """
    session.run(
        "CREATE OR REPLACE TEMP TABLE pair AS SELECT a.record_id, l.source_file, l.source_row FROM record AS a "
        f"JOIN {first.records} AS f ON f.record_id = a.record_id AND f.source_file = a.source_file AND f.source_row = a.source_row "
        "JOIN later_record AS l ON l.record_id = a.record_id "
        f"JOIN {later.records} AS b ON b.record_id = l.record_id AND b.source_file = l.source_file AND b.source_row = l.source_row "
        "WHERE b.process = a.process"
    )
    (pairs,) = session.one("SELECT count(*) FROM pair")
    return int(str(pairs))


def _differing(first: Told, later: Told) -> Iterator[str]:
    """SELECT of the cells of `record` that the later mapping tells otherwise in its row of `pair`, for each column."""
    for column in RECORD_COLUMNS:
        if column in first.found and column in later.found and column != "record_id":
            a, b = (f"{alias}.{name(column)}" for alias in ("a", "b"))
            one, other = _compared(column, a, first, later), _compared(column, b, later, first)
            yield (
                f"SELECT a.record_id, {quote(column)} AS canonical, {quote(first.found[column].shown)} AS shown, "
                f"CAST(coalesce({a}, {b}) AS VARCHAR) AS value, a.source_file, a.source_row FROM {later.records} AS b "
                "JOIN pair AS p ON p.record_id = b.record_id AND p.source_file = b.source_file AND p.source_row = b.source_row "
                f"JOIN record AS a ON a.record_id = p.record_id WHERE {one} IS DISTINCT FROM {other}"
                f"{_has(column, 'a', first)}{_has(column, 'b', later)}"
            )


def _compared(column: str, cell: str, own: Told, other: Told) -> str:
    if column in TIME_COLUMNS:
        return f"date_trunc('minute', {cell})" if own.minutes or other.minutes else cell
    if column in PEOPLE_COLUMNS:
        return f"lower(trim({cell}))"
    meant = "".join(f" WHEN {quote(word)} THEN {quote(code)}" for word, code in own.codes.get(column, {}).items())
    return f"CASE {cell}{meant} ELSE {cell} END" if meant else cell


def _has(column: str, alias: str, told: Told) -> str:
    without = ", ".join(quote(file) for file, lacking in sorted(told.lacking.items()) if column in lacking)
    return f" AND {alias}.source_file NOT IN ({without})" if without else ""

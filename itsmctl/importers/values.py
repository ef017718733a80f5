"""Cells with a type: times to UTC, numbers, booleans and codes, and a reject row for each cell that is not one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from itsmctl.engine.session import Session, quote
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.export import RAW, REJECT, Staged
from itsmctl.importers.faces import FACE, Column, Face, in_groups, read_faces
from itsmctl.importers.recognition import FALSE, TRUE, Source
from itsmctl.importers.times import (
    Piece,
    is_day_sql,
    local_pieces,
    twice_sql,
    utc_sql,
)
from itsmctl.model import BOOLEAN_COLUMNS, NUMBER_COLUMNS, TIME_COLUMNS, MappingDefinition

MOMENT = "moment"
"""FACE with t0, t1, … BIGINT, the UTC seconds of each exported time column."""

UNREAD_TIMES = ("bad-time", "no-time-of-day", "nonexistent-time")
"""Reasons for which a time is set aside."""

_NUMBER = r"[+-]?\d{1,18}(\.0+)?"


@dataclass(frozen=True)
class Moments:
    """The time columns of an export, each by its name or by those that are joined: format of each, and what is worth a warning."""

    names: tuple[str, ...]
    formats: Mapping[str, str]
    ambiguous: Mapping[str, int]
    precision_seconds: int
    local: bool
    """Whether any time says nothing of an offset, and was read on the clock of the zone."""
    followers: tuple[tuple[str, str], ...] = ()
    """Warnings, each with its code, where dates do not say themselves whether the day or the month comes first, and others decided it for them."""

    def sql(self, name: str) -> str:
        """The column of MOMENT that holds an exported time column."""
        return f"t{self.names.index(name)}"


def time_cells(found: Mapping[str, Source], mapping: MappingDefinition, staged: Staged) -> Mapping[str, str]:
    """SQL for the text of each exported column that holds times: those mapped to a time column, and the moment of each update.

    A day and a time of day that stand in two columns are one text. Raises ItsmctlError where it would be called as another column is.
    """
    named = [(s.shown, replace(s, take=None).as_exported(staged)) for c in TIME_COLUMNS if (s := found.get(c))]
    if mapping.at in staged.columns:
        named.append((mapping.at, staged.sql(mapping.at)))
    cells: dict[str, str] = {}
    for name, cell in named:
        if cells.setdefault(name, cell) != cell:
            template = (
                "joined columns are called {name!r}, as another column that is read is; join them `with` something else"
            )
            raise ItsmctlError(Problem("joined-name", template, mapping.where, {"name": name}))
    return cells


def convert_times(
    session: Session,
    staged: Staged,
    record_id: Source,
    cells: Mapping[str, str],
    mapping: MappingDefinition,
    zone: str,
) -> Moments:
    """Fill MOMENT and reject what is no time; raises ItsmctlError for times without a zone when none is given."""
    columns, faces = read_faces(session, staged, cells, mapping)
    pieces = _pieces(session, columns, faces, staged, zone)
    utc = [f"CASE WHEN z{i} IS NULL THEN {utc_sql(f'l{i}', pieces)} ELSE l{i} - z{i} END" for i in range(len(columns))]
    session.run(
        f"CREATE TABLE {MOMENT} AS SELECT *{''.join(f', {sql} AS t{i}' for i, sql in enumerate(utc))} FROM {FACE}"
    )
    session.run(f"DROP TABLE {FACE}")
    changes = _clock_changes(session, columns, pieces)
    for c, (_, gone) in zip(columns, changes, strict=True):
        if c.unreadable:
            where = f"{c.cell} IS NOT NULL AND l{c.number} IS NULL"
            _reject(session, staged, record_id, c.cell, where, c.name, "bad-time")
        if gone:
            where = f"l{c.number} IS NOT NULL AND t{c.number} IS NULL"
            _reject(session, staged, record_id, c.cell, where, c.name, "nonexistent-time")
    for c, face in zip(columns, faces, strict=True):
        if face.midnights:
            _set_days_aside(session, staged, record_id, c)
    return Moments(
        tuple(cells),
        {c.name: c.formats for c in columns},
        {c.name: repeated for c, (repeated, _) in zip(columns, changes, strict=True) if repeated},
        1 if any(face.odd for face in faces) else 60,
        any(face.zoneless for face in faces),
        tuple(warning for c in columns for warning in c.followers),
    )


def _set_days_aside(session: Session, staged: Staged, record_id: Source, column: Column) -> None:
    """Set aside days without a time of day: read as midnight, they would be early or late by as much as a day."""
    told = column.sql(is_day_sql)
    (days,) = session.one(f"SELECT count({column.cell}) FROM {RAW} WHERE {told}")
    if days:
        where = f"{told} AND t{column.number} IS NOT NULL"
        _reject(session, staged, record_id, column.cell, where, column.name, "no-time-of-day")
        session.run(f"UPDATE {MOMENT} SET t{column.number} = NULL WHERE raw IN (SELECT rowid FROM {RAW} WHERE {told})")


def _clock_changes(session: Session, columns: Sequence[Column], pieces: Sequence[Piece]) -> Sequence[tuple[int, int]]:
    """How many times of each column the zone's clocks showed twice, and how many never."""
    if not columns or not any(piece.twice or piece.offset is None for piece in pieces):
        return [(0, 0)] * len(columns)
    counts = [
        f"count(*) FILTER (WHERE z{i} IS NULL AND {twice_sql(f'l{i}', pieces)}), count(l{i}) - count(t{i})"
        for i in range(len(columns))
    ]
    counted = in_groups(session.one(f"SELECT {', '.join(counts)} FROM {MOMENT}"), 2)
    return [(int(repeated or 0), int(gone or 0)) for repeated, gone in counted]


def reject_values(session: Session, staged: Staged, found: Mapping[str, Source], mapping: MappingDefinition) -> None:
    """Reject each cell that is no number, no boolean, or outside the codes of its column."""
    tested = [(source, test) for column, source in found.items() if (test := _unreadable(column, mapping))]
    # Such columns have few values, each of which is looked at once: of a mere DISTINCT DuckDB would test all rows before.
    asked = " UNION ALL ".join(
        f"SELECT {i} FROM (SELECT max(value) AS cell FROM (SELECT {source.sql(staged)} AS value FROM {RAW}) GROUP BY value) "
        f"WHERE {bad('cell')}"
        for i, (source, (bad, _)) in enumerate(tested)
    )
    for (i,) in session.rows(f"SELECT DISTINCT * FROM ({asked})") if tested else ():
        source, (bad, reason) = tested[int(str(i))]
        text = source.sql(staged)
        _reject(session, staged, found["record_id"], text, bad(text), source.shown, reason)


def _unreadable(canonical: str, mapping: MappingDefinition) -> tuple[Callable[[str], str], str] | None:
    """SQL that tells whether a text cannot be what a column holds, and the reason; None where every text can."""
    if canonical in NUMBER_COLUMNS:
        return lambda text: f"{text} IS NOT NULL AND {number_sql(text)} IS NULL", "bad-number"
    if canonical in BOOLEAN_COLUMNS:
        return lambda text: f"{text} IS NOT NULL AND {boolean_sql(text)} IS NULL", "bad-boolean"
    if codes := mapping.codes.get(canonical):
        known = ", ".join(quote(word) for word in codes)
        return lambda text: f"{text} NOT IN ({known})", "unknown-code"
    return None


def number_sql(text: str) -> str:
    """SQL for a whole number; NULL where the text is none."""
    return f"CASE WHEN regexp_full_match(trim({text}), {quote(_NUMBER)}) THEN CAST(trim({text}) AS DECIMAL(38, 9))::BIGINT END"


def boolean_sql(text: str) -> str:
    """SQL for true or false in English or Chinese; NULL where the text is neither."""
    yes, no = (", ".join(quote(word) for word in words) for words in (TRUE, FALSE))
    return f"CASE WHEN lower(trim({text})) IN ({yes}) THEN true WHEN lower(trim({text})) IN ({no}) THEN false END"


def _pieces(
    session: Session, columns: Sequence[Column], faces: Sequence[Face], staged: Staged, zone: str
) -> list[Piece]:
    """How the local times that are there become UTC; raises ItsmctlError if there are any and no zone."""
    local = [(column, face) for column, face in zip(columns, faces, strict=True) if face.zoneless]
    if not local:
        return [Piece(0, 0)]
    if not zone:
        raise _no_zone(session, staged, local[0][0])
    return local_pieces(zone, min(face.low for _, face in local), max(face.high for _, face in local))


def _no_zone(session: Session, staged: Staged, column: Column) -> ItsmctlError:
    value, file, row = session.one(
        f"SELECT {column.cell}, file, row FROM {FACE} f JOIN {RAW} r ON r.rowid = f.raw "
        f"WHERE l{column.number} IS NOT NULL AND z{column.number} IS NULL ORDER BY f.raw LIMIT 1"
    )
    shown = {export.number: export.shown for export in staged.exports}
    where = Where(shown[int(file or 0)], row=int(row or 0), column_name=column.name)
    template = (
        "times without a zone, such as {value!r}; say in which zone the tool wrote them, as in --zone Europe/Berlin"
    )
    return ItsmctlError(Problem("no-zone", template, where, {"value": value}))


def _reject(
    session: Session, staged: Staged, record_id: Source, cell: str, where: str, column: str, reason: str
) -> None:
    """Put cells in quarantine; `where` may speak of RAW and, for times, of MOMENT beside it."""
    beside = f"JOIN {MOMENT} m ON m.raw = r.rowid" if reason in UNREAD_TIMES else ""
    session.run(
        f"INSERT INTO {REJECT} SELECT file, row, {record_id.sql(staged)}, NULL, ?, {cell}, ?, false "
        f"FROM {RAW} r {beside} WHERE {where}",
        [column, reason],
    )

"""Several exports become one dataset: records of several processes, and what other files say about them, joined by key.

A key is the id of a record, or its number where only one record has it. A row whose key no record has is an orphan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from itsmctl.engine.session import Session, name, quote
from itsmctl.importers.details import Detail
from itsmctl.importers.disagreeing import Told, set_disagreements_aside
from itsmctl.importers.export import REJECT, Export
from itsmctl.model import (
    APPROVAL_COLUMNS,
    BOOLEAN_COLUMNS,
    EVENT_COLUMNS,
    LINK_COLUMNS,
    RECORD_COLUMNS,
    SOURCE_COLUMNS,
    TEXT_COLUMNS,
    TIME_COLUMNS,
)

_LATEST = ("due_at", "resolved_at", "closed_at", "actual_end", "planned_end", "reviewed_at")
"""Of several moments in the details of a record the last counts for these, for others the first."""


@dataclass(frozen=True)
class Part:
    """What one mapping made of its records: a table of them, and the files of their events and links."""

    told: Told
    events: Path
    links: Path
    sources: tuple[str, ...]
    """The names of its exports."""
    without_history: bool


@dataclass(frozen=True)
class Joined:
    """What came of it, for the receipt."""

    events: int
    orphans: Mapping[str, int]
    """Rows without a record, by export."""
    silent: int
    """Records of which the history tells nothing, though there is one."""
    history: tuple[str, ...]
    last_moment: int | None


def join(
    session: Session, parts: Sequence[Part], details: Sequence[Detail], exports: Sequence[Export], place: Path
) -> Joined:
    """Write the tables record, event, approval and link into a folder, from the parts and what belongs to them."""
    tables = list(enumerate(details))
    completing = [(number, detail) for number, detail in tables if detail.mapping.table == "detail"]
    repeated = _create_record(session, parts, exports, changing=bool(completing))
    if repeated:
        set_disagreements_aside(session, [part.told for part in parts])
        _leave_to_their_records(session, parts)
    _create_known(session)
    orphans: dict[str, int] = {}
    for number, detail in tables:
        orphans |= _create_detail(session, detail, number)
    for number, detail in completing:
        _complete_records(session, detail, number)
    told = [number for number, detail in tables if detail.mapping.table == "event"]
    history, silent = _create_told(session, told, parts)
    apart = len(parts) > 1 and not told and not repeated
    changes = _apart_event_query(parts) if apart else _event_query(parts)
    with session.beside(lambda other: other.write_parquet(changes, place / "event.parquet")) as events:
        records = f"SELECT {_columns(RECORD_COLUMNS)} FROM record ORDER BY record_id"
        session.write_parquet(records, place / "record.parquet")
        approvals = [number for number, detail in tables if detail.mapping.table == "approval"]
        session.write_parquet(_approval_query(approvals), place / "approval.parquet")
        links = [number for number, detail in tables if detail.mapping.table == "link"]
        session.write_parquet(_link_query(links, parts), place / "link.parquet")
        (last,) = session.one('SELECT max(epoch_ms("at")) // 1000 FROM told')
    return Joined(events.result(), orphans, silent, history, last if isinstance(last, int) else None)


def _create_record(session: Session, parts: Sequence[Part], exports: Sequence[Export], *, changing: bool) -> bool:
    """`record`, all records, as a table where they will be `changing`; True where several parts have one id.

    Of those with one id the first counts, the others, which `later_record` then tells, are rejected.
    """
    every = " UNION ALL ".join(f"SELECT * FROM {part.told.records}" for part in parts)
    session.run("CREATE TABLE export_number (name VARCHAR, number BIGINT)")
    session.insert("export_number", ("name", "number"), [(export.name, export.number) for export in exports])
    session.run(f"CREATE VIEW every_record AS {every}")
    (rows, kinds) = session.one("SELECT count(*), count(DISTINCT record_id) FROM every_record")
    if rows != kinds:
        session.run(
            "CREATE TABLE later_record AS SELECT record_id, source_file, source_row FROM (SELECT record_id, source_file, source_row, "
            "row_number() OVER (PARTITION BY record_id ORDER BY source_file, source_row) AS place FROM every_record) WHERE place > 1"
        )
        session.run(
            f"INSERT INTO {REJECT} SELECT n.number, source_row, record_id, NULL, 'record_id', record_id, 'duplicate-id', true "
            "FROM later_record JOIN export_number AS n ON n.name = source_file"
        )
        session.run(
            "CREATE TABLE record AS SELECT * FROM every_record AS e WHERE NOT EXISTS (SELECT 1 FROM later_record AS l "
            "WHERE l.record_id = e.record_id AND l.source_file = e.source_file AND l.source_row = e.source_row)"
        )
    else:
        session.run(f"CREATE {'TABLE' if changing else 'VIEW'} record AS SELECT * FROM every_record")
    return rows != kinds


def _leave_to_their_records(session: Session, parts: Sequence[Part]) -> None:
    """Take out what a file tells of a rejected record whose id is that of a record of another process: they are two tickets."""
    for part in parts:
        session.run(
            f"CREATE OR REPLACE TEMP TABLE stranger AS SELECT p.record_id FROM {part.told.records} AS p "
            "JOIN record AS r ON r.record_id = p.record_id WHERE r.process <> p.process"
        )
        if session.one("SELECT count(*) FROM stranger") == (0,):
            continue
        for path in (part.events, part.links):
            kept = path.with_suffix(".kept.parquet")
            inside = "record_id NOT IN (SELECT record_id FROM stranger)"
            session.write_parquet(f"SELECT * FROM read_parquet({quote(str(path))}) WHERE {inside}", kept)
            kept.replace(path)


def _create_known(session: Session) -> None:
    """`known(key, record_id)`."""
    session.run(
        "CREATE TABLE known AS SELECT record_id AS key, record_id FROM record UNION ALL "
        "SELECT number AS key, min(record_id) FROM record WHERE number IS NOT NULL "
        "AND number NOT IN (SELECT record_id FROM record) GROUP BY number HAVING count(*) = 1"
    )


def _create_detail(session: Session, detail: Detail, number: int) -> dict[str, int]:
    """`detail_N`, the rows with the record they belong to; the orphans are rejected, and counted by export."""
    table = f"read_parquet({quote(str(detail.path))})"
    session.run(
        f"CREATE TABLE detail_{number} AS SELECT k.record_id, d.* FROM {table} AS d JOIN known AS k ON k.key = d.key"
    )
    session.run(
        f"INSERT INTO {REJECT} SELECT file, row, NULL, NULL, ?, key, 'orphan', true FROM {table} AS d "
        "WHERE NOT EXISTS (SELECT 1 FROM known AS k WHERE k.key = d.key)",
        [detail.found["record_id"].shown],
    )
    orphans = {}
    for export in detail.staged.exports:
        session.run(
            f"UPDATE {REJECT} SET record_id = (SELECT min(k.record_id) FROM known AS k WHERE k.key = {REJECT}.record_id) "
            "WHERE file = ?",
            [export.number],
        )
        (count,) = session.one(f"SELECT count(*) FROM {REJECT} WHERE file = ? AND reason = 'orphan'", [export.number])
        if count:
            orphans[export.name] = int(count)
    return orphans


def _complete_records(session: Session, detail: Detail, number: int) -> None:
    """Fill the empty cells of the records."""
    columns = [column for column in detail.found if column != "record_id"]
    if not columns:
        return
    values = ", ".join(f"{_of_several(column)} AS {name(column)}" for column in columns)
    filled = ", ".join(f"{name(column)} = coalesce(record.{name(column)}, d.{name(column)})" for column in columns)
    session.run(
        f"UPDATE record SET {filled} FROM (SELECT record_id, {values} FROM detail_{number} GROUP BY record_id) AS d "
        "WHERE d.record_id = record.record_id"
    )


def _of_several(column: str) -> str:
    """SQL for what counts of a column where several rows belong to one record: a promise is kept if all are."""
    cell = name(column)
    if column in BOOLEAN_COLUMNS:
        return f"bool_and({cell})"
    if column in TIME_COLUMNS:
        return f"max({cell})" if column in _LATEST else f"min({cell})"
    return f"arg_min({cell}, (file, row)) FILTER (WHERE {cell} IS NOT NULL)"


def _create_told(session: Session, numbers: Sequence[int], parts: Sequence[Part]) -> tuple[tuple[str, ...], int]:
    """`told`, all changes that history files tell, and `begun`, what the fields were before the first of them.

    Returns the columns of the record that they are about, and how many records they do not mention.
    """
    rows = [
        f'SELECT record_id, "at", actor, actor_group, field, old, new, file, row FROM detail_{number} WHERE "at" IS NOT NULL'
        for number in numbers
    ]
    session.run(f"CREATE TABLE told AS {' UNION ALL '.join(rows)}" if rows else f"CREATE TABLE told ({_TOLD})")
    fields = {str(field) for (field,) in session.rows("SELECT DISTINCT field FROM told")}
    history = tuple(column for column in TEXT_COLUMNS if column in fields)
    sources = [source for part in parts if part.without_history for source in part.sources]
    listed = ", ".join(map(quote, sources)) or "NULL"
    session.run(
        "CREATE TABLE first_told AS SELECT record_id, field, arg_min(coalesce(old, ''), (\"at\", file, row)) AS value "
        "FROM told GROUP BY record_id, field"
    )
    session.run(
        "CREATE TABLE mentioned_record AS SELECT r.* FROM record AS r "
        f"WHERE r.source_file IN ({listed}) AND r.record_id IN (SELECT record_id FROM told)"
    )
    begun = [
        f'SELECT r.record_id, coalesce(r.opened_at, r.recorded_at) AS "at", r.opened_by AS actor, r.source_file, r.source_row, {quote(column)} AS field, '
        f"CASE WHEN f.record_id IS NULL THEN r.{name(column)} ELSE nullif(f.value, '') END AS new FROM mentioned_record AS r "
        f"LEFT JOIN first_told AS f ON f.record_id = r.record_id AND f.field = {quote(column)} "
        # Where the history tells of a field for no ticket of the process, it is silent about it, not unchanged.
        f"WHERE r.process IN (SELECT t.process FROM first_told JOIN record AS t USING (record_id) WHERE field = {quote(column)})"
        for column in history
    ]
    union = (
        " UNION ALL ".join(begun)
        or "SELECT '' AS record_id, CAST(NULL AS TIMESTAMP) AS \"at\", '' AS actor, '' AS source_file, 0 AS source_row, '' AS field, NULL AS new"
    )
    session.run(f'CREATE TABLE begun AS SELECT * FROM ({union}) WHERE new IS NOT NULL AND "at" IS NOT NULL')
    (silent,) = session.one(
        f"SELECT count(*) FROM record WHERE source_file IN ({listed}) AND record_id NOT IN (SELECT record_id FROM told)"
    )
    return history, int(silent or 0) if numbers else 0


_TOLD = (
    'record_id VARCHAR, "at" TIMESTAMP, actor VARCHAR, actor_group VARCHAR, field VARCHAR, old VARCHAR, new VARCHAR, '
    "file BIGINT, row BIGINT"
)


def _event_query(parts: Sequence[Part]) -> str:
    """Events of the parts keep their order; where a history file tells of a record, moments order them all."""
    return f"""SELECT record_id, row_number() OVER (PARTITION BY record_id ORDER BY told_at NULLS FIRST, origin, file, n, field) AS seq,
        {_columns((*EVENT_COLUMNS[2:], *SOURCE_COLUMNS))}
        FROM (SELECT *, CASE WHEN bool_or(origin = 2) OVER (PARTITION BY record_id) THEN "at" END AS told_at FROM (
            SELECT record_id, "at", actor, CAST(NULL AS VARCHAR) AS actor_group, field, CAST(NULL AS VARCHAR) AS old, new,
                CAST(NULL AS VARCHAR) AS attributes, source_file, source_row, 0 AS origin, 0 AS file, 0 AS n FROM begun
            UNION ALL SELECT {_columns([c for c in EVENT_COLUMNS if c != "seq"])}, source_file, source_row, 1, 0, seq FROM read_parquet({_files([part.events for part in parts])})
            UNION ALL SELECT record_id, "at", actor, actor_group, field, old, new, NULL, e.name, row, 2, file, row FROM told
                LEFT JOIN export_number AS e ON e.number = told.file
        )) ORDER BY record_id, seq"""


def _apart_event_query(parts: Sequence[Part]) -> str:
    """Events of parts that share no record, and of which no history file tells: each keeps its place and its number."""
    return f"SELECT {_columns((*EVENT_COLUMNS, *SOURCE_COLUMNS))} FROM read_parquet({_files([part.events for part in parts])}) ORDER BY record_id, seq"


def _approval_query(numbers: Sequence[int]) -> str:
    columns = _columns(APPROVAL_COLUMNS)
    rows = [f"SELECT {columns}, file, row FROM detail_{number}" for number in numbers]
    nothing = f"SELECT {', '.join(f'CAST(NULL AS {_type(c)}) AS {name(c)}' for c in APPROVAL_COLUMNS)}, 0 AS file, CAST(0 AS BIGINT) AS row WHERE false"
    return (
        f"SELECT {columns}, e.name AS source_file, row AS source_row FROM ({' UNION ALL '.join(rows or [nothing])}) AS a "
        'LEFT JOIN export_number AS e ON e.number = a.file ORDER BY record_id, "at" NULLS FIRST, file, row'
    )


def _type(column: str) -> str:
    return "TIMESTAMP" if column == "at" else "VARCHAR"


def _link_query(numbers: Sequence[int], parts: Sequence[Part]) -> str:
    """All relations; a target that is a key of a record here is that record."""
    rows = [f"SELECT {_columns(LINK_COLUMNS)} FROM read_parquet({_files([part.links for part in parts])})"]
    rows += [f"SELECT {_columns(LINK_COLUMNS)} FROM detail_{number} WHERE target IS NOT NULL" for number in numbers]
    return (
        "SELECT DISTINCT l.record_id, l.type, coalesce(k.record_id, l.target) AS target "
        f"FROM ({' UNION ALL '.join(rows)}) AS l LEFT JOIN known AS k ON k.key = l.target ORDER BY ALL"
    )


def _files(paths: Sequence[Path]) -> str:
    return f"[{', '.join(quote(str(path)) for path in paths)}]"


def _columns(columns: Sequence[str]) -> str:
    return ", ".join(name(column) for column in columns)

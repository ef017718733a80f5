"""From rows of RAW to the canonical tables: which row is the final state of a ticket, and what changed before it.

Only columns that a mapping lists as history become events: the others are known in hindsight, on every row alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from itsmctl.engine.session import Session, name, quote
from itsmctl.engine.tables.codes import named
from itsmctl.importers.export import RAW, Staged, original
from itsmctl.importers.recognition import CASE, Source
from itsmctl.importers.values import MOMENT, Moments, boolean_sql, number_sql
from itsmctl.model import (
    BOOLEAN_COLUMNS,
    FORESEEN_COLUMNS,
    NAMING_COLUMNS,
    NUMBER_COLUMNS,
    RECORD_COLUMNS,
    TIME_COLUMNS,
    MappingDefinition,
)

ORDERED = "ordered"
"""Every row in the order of its ticket's life: o BIGINT, id, utc (seconds), raw, h0, h1, … (history), k0, k1, … (order)."""

LAST = "last"
"""Every ticket once: id, raw (its last row), and in an event log first_at, when its first event was."""

LINK_TYPES = ("parent", "problem", "change", "incident", "release", "caused_by")


@dataclass(frozen=True)
class Export:
    """All that the canonical tables are made from."""

    staged: Staged
    mapping: MappingDefinition
    found: Mapping[str, Source]
    moments: Moments
    history: tuple[str, ...]


def hindsight_columns(session: Session, x: Export) -> dict[str, int]:
    """History columns that hold times later than their own row's, with the number of such rows; due times may."""
    suspects = [c for c in x.mapping.history if c in TIME_COLUMNS and c in x.found and c not in FORESEEN_COLUMNS]
    if not suspects or x.mapping.at not in x.moments.names:
        return {}
    at = x.moments.sql(x.mapping.at)
    counts = [f"count(*) FILTER (WHERE {x.moments.sql(x.found[c].shown)} > {at})" for c in suspects]
    ahead = session.one(f"SELECT {', '.join(counts)} FROM {MOMENT}")
    return {column: int(count or 0) for column, count in zip(suspects, ahead, strict=True) if count}


def put_in_order(session: Session, x: Export) -> None:
    """Fill ORDERED: by ticket, then by the mapping's order, then as in the file."""
    people = (("actor", x.mapping.actor), ("crew", x.mapping.actor_group))
    columns = [
        f"{x.found['record_id'].sql(x.staged, 'r.')} AS id",
        f"{_moment(x, x.mapping.at)} AS utc",
        "r.rowid AS raw, r.file, r.row AS line",
        *(f"{_text(x, column)} AS {label}" for label, column in people),
        *(f"{_told(x, column)} AS h{i}" for i, column in enumerate(x.history)),
    ]
    if x.mapping.shape == "trace":
        kept = [column for column in kept_columns(x) if not column.startswith(CASE)]
        columns.append(f"{_json(x.staged, kept)} AS attributes")
    keys = _order(session, x)
    columns += [f"{key} AS k{i}" for i, key in enumerate(keys)]
    order = ", ".join(["id", *(f"k{i} NULLS FIRST" for i in range(len(keys))), "raw"])
    session.run(
        f"CREATE TABLE {ORDERED} AS SELECT row_number() OVER () AS o, * FROM "
        f"(SELECT {', '.join(columns)} FROM {RAW} r JOIN {MOMENT} m ON m.raw = r.rowid ORDER BY {order})"
    )
    (put, all_rows) = session.one(f"SELECT (SELECT count(*) FROM {ORDERED}), (SELECT count(*) FROM {RAW})")
    if put != all_rows:
        raise RuntimeError(f"of {all_rows!r} rows {put!r} were put in order; the others would be lost without a word")


def repeated_rows(session: Session, x: Export) -> int:
    """How many rows repeat, in every cell, the row before them in the life of a ticket."""
    cells = [f"c{i}" for i in range(len(x.staged.columns))]
    keys = [column for column in x.mapping.order_by if column in x.staged.columns]
    same = "".join(f" AND k{i} IS NOT DISTINCT FROM lag(k{i}) OVER ()" for i in range(len(keys)))
    pairs = (
        f"SELECT raw, earlier FROM (SELECT raw, lag(raw) OVER () AS earlier, id = lag(id) OVER () "
        f"AND utc IS NOT DISTINCT FROM lag(utc) OVER (){same} AS same FROM {ORDERED}) WHERE same"
    )
    # The few suspects stand on the right of each join, where DuckDB keeps rows in memory.
    (count,) = session.one(
        f"SELECT count(*) FROM {RAW} b JOIN (SELECT a.*, o.earlier FROM {RAW} a JOIN ({pairs}) o ON a.rowid = o.raw) a "
        "ON b.rowid = a.earlier "
        f"WHERE row({', '.join('a.' + cell for cell in cells)}) IS NOT DISTINCT FROM row({', '.join('b.' + cell for cell in cells)})"
    )
    return int(count or 0)


def event_query(x: Export) -> str:
    """SQL for the event table, sorted.

    ORDERED already has the order, and a window without one of its own follows the rows as they come: sorting half a
    million changes anew would cost as much as reading the export.
    """
    changes = _trace_changes(x) if x.mapping.shape == "trace" else _update_changes(x)
    numbered = f"SELECT row_number() OVER () AS n, id IS DISTINCT FROM lag(id) OVER () AS fresh, * FROM ({changes})"
    return (
        "SELECT id AS record_id, n + 1 - max(CASE WHEN fresh THEN n END) OVER (ROWS UNBOUNDED PRECEDING) AS seq, "
        'make_timestamp(utc * 1000000) AS "at", actor, crew AS actor_group, field, old, new, attributes, '
        f"{_file_name(x, 'file')} AS source_file, line AS source_row FROM ({numbered})"
    )


def find_last(session: Session, x: Export) -> None:
    """Fill LAST, a step at a time: joins within one query hold their tables all at once, beyond a small limit."""
    ends = (
        f"SELECT id, raw FROM (SELECT id, raw, lead(id) OVER () AS next FROM {ORDERED}) WHERE id IS DISTINCT FROM next"
    )
    if x.mapping.shape != "trace":
        session.run(f"CREATE TABLE {LAST} AS {ends}")
        return
    session.run(f"CREATE TABLE ending AS {ends}")
    session.run(f"CREATE TABLE beginning AS SELECT id, min(utc) AS first_at FROM {ORDERED} GROUP BY id")
    session.run(f"CREATE TABLE {LAST} AS SELECT e.id, e.raw, b.first_at FROM ending e JOIN beginning b ON b.id = e.id")
    for table in ("ending", "beginning"):
        session.run(f"DROP TABLE {table}")


def record_query(x: Export) -> str:
    """SQL for the record table, in any order; a ticket's last row is its final state."""
    columns = ", ".join(f"{_record_column(x, column)} AS {name(column)}" for column in RECORD_COLUMNS)
    return f"SELECT {columns} FROM {RAW} r JOIN {LAST} l ON r.rowid = l.raw JOIN {MOMENT} m ON m.raw = l.raw"


def link_query(x: Export) -> str:
    """SQL for the link table, sorted: from the records already made, and from columns that list other records."""
    parts = [
        f"SELECT record_id, {quote(kind)} AS type, {name(kind)} AS target FROM record WHERE {name(kind)} IS NOT NULL"
        for kind in LINK_TYPES
        if kind in x.found
    ]
    parts += [
        f"SELECT {x.found['record_id'].sql(x.staged)} AS record_id, {quote(kind)} AS type, trim(target) AS target "
        f"FROM {RAW}, unnest(string_split({x.staged.sql(column)}, ',')) AS u(target) WHERE trim(target) <> ''"
        for listed, kind in x.mapping.links.items()
        for column in x.staged.columns
        if original(column) == listed
    ]
    nothing = "SELECT '' AS record_id, '' AS type, '' AS target WHERE false"
    return " UNION ALL ".join(parts or [nothing]) + " ORDER BY record_id, type, target"


def kept_columns(x: Export) -> tuple[str, ...]:
    """The exported columns that no canonical column shows, in file order."""
    shown = {exported for source in x.found.values() if source.take is None for exported in source.exported}
    if x.mapping.shape != "records" or x.mapping.table != "record":  # an event shows them; a list of records does not
        shown |= {x.mapping.at, x.mapping.actor, x.mapping.actor_group}
    return tuple(column for column in x.staged.columns if column not in shown)


def _order(session: Session, x: Export) -> list[str]:
    """Sort keys: times as times, numbers as numbers, anything else as text.

    Where some row of a ticket has no number though most rows of the export have one, the ticket is in the order of its times.
    """
    keys: list[str] = []
    timed = False
    for column in x.mapping.order_by:
        if column not in x.staged.columns:
            continue
        cell = x.staged.sql(column)
        if column in x.moments.names:
            keys.append(f"m.{x.moments.sql(column)}")
            continue
        rows, total, numbers = session.one(
            f"SELECT count(*), count({cell}), count(try_cast({cell} AS BIGINT)) FROM {RAW}"
        )
        number = f"try_cast(r.{cell} AS BIGINT)"
        if numbers == rows:
            keys.append(number)
        elif int(total or 0) < 2 * int(numbers or 0):
            ticket = x.found["record_id"].sql(x.staged, "r.")
            keys.append(f"CASE WHEN count({number}) OVER (PARTITION BY {ticket}) = count(*) OVER (PARTITION BY {ticket}) THEN {number} END")  # fmt: skip
            timed = True
        else:
            keys.append(f"r.{cell}")
    return [*keys, _moment(x, x.mapping.at)] if timed else keys


def _moment(x: Export, column: str) -> str:
    return f"m.{x.moments.sql(column)}" if column in x.moments.names else "CAST(NULL AS BIGINT)"


def _text(x: Export, column: str) -> str:
    return f"r.{x.staged.sql(column)}" if column in x.staged.columns else "CAST(NULL AS VARCHAR)"


def _told(x: Export, column: str) -> str:
    """SQL for what a row tells of a history column: the same person, group or moment is no change, however it is written."""
    exported = x.found[column].sql(x.staged, "r.")
    if column in TIME_COLUMNS:
        moment = _moment(x, x.found[column].shown)
        return f"coalesce(strftime(make_timestamp({moment} * 1000000), '%Y-%m-%dT%H:%M:%SZ'), {exported})"
    return named(exported) if column in NAMING_COLUMNS else exported


def _update_changes(x: Export) -> str:
    """One row per real change of a history column, first values included; rows without a time are passed over."""
    numbers = range(len(x.history))
    before = "".join(f", lag(h{i}) OVER () AS b{i}" for i in numbers)
    life = f"SELECT *, id IS DISTINCT FROM lag(id) OVER () AS fresh{before} FROM {ORDERED} WHERE utc IS NOT NULL"
    known = "".join(f", CASE WHEN NOT fresh THEN b{i} END AS p{i}" for i in numbers)
    changed = (
        ", ".join(f"CASE WHEN h{i} IS DISTINCT FROM p{i} THEN {i} END" for i in numbers) or "CAST(NULL AS INTEGER)"
    )
    field, old, new = (
        _numbered(texts)
        for texts in ([quote(c) for c in x.history], [f"p{i}" for i in numbers], [f"h{i}" for i in numbers])
    )
    # First the numbers of what changed become rows, only then their texts: texts in lists are dear.
    return (
        f"SELECT id, utc, file, line, actor, crew, CAST(NULL AS VARCHAR) AS attributes, {field} AS field, {old} AS old, {new} AS new "
        f"FROM (SELECT *, unnest(list_filter([{changed}], lambda change: change IS NOT NULL)) AS i FROM (SELECT *{known} FROM ({life})))"
    )


def _numbered(texts: Sequence[str]) -> str:
    """SQL for that of some texts whose number is `i`."""
    return (
        f"CASE i {' '.join(f'WHEN {i} THEN {text}' for i, text in enumerate(texts))} END"
        if texts
        else "CAST(NULL AS VARCHAR)"
    )


def _trace_changes(x: Export) -> str:
    """One row per event of the log, whatever it changed."""
    state = "h0" if x.history else "CAST(NULL AS VARCHAR)"
    return (
        f"SELECT id, utc, file, line, actor, crew, 'state' AS field, CASE WHEN id = lag(id) OVER () THEN lag({state}) OVER () END AS old, "
        f"{state} AS new, nullif(attributes, '{{}}') AS attributes FROM {ORDERED} WHERE utc IS NOT NULL"
    )


def _record_column(x: Export, column: str) -> str:
    source = x.found.get(column)
    match column:
        case "record_id":
            return "l.id"
        case "process":
            return _process(x)
        case "attributes":
            kept = kept_columns(x)
            if x.mapping.shape == "trace":
                kept = tuple(name for name in kept if name.startswith(CASE))
            return _json(x.staged, kept)
        case "source_file":
            return _file_name(x, "r.file")
        case "source_row":
            return "r.row"
        case "opened_at" if source is None and x.mapping.shape == "trace":
            return "make_timestamp(l.first_at * 1000000)"
    if column in TIME_COLUMNS:
        return f"make_timestamp({_moment(x, source.shown if source else '')} * 1000000)"
    if column in NUMBER_COLUMNS:
        return number_sql(source.sql(x.staged, "r.")) if source else "CAST(NULL AS BIGINT)"
    if column in BOOLEAN_COLUMNS:
        return boolean_sql(source.sql(x.staged, "r.")) if source else "CAST(NULL AS BOOLEAN)"
    return source.sql(x.staged, "r.") if source else "CAST(NULL AS VARCHAR)"


def _file_name(x: Export, number: str) -> str:
    """SQL for the name of the export with a number."""
    names = [f"WHEN {export.number} THEN {quote(export.name)}" for export in x.staged.exports]
    return f"CASE {number} {' '.join(names)} END"


def _process(x: Export) -> str:
    if x.mapping.process_column not in x.staged.columns or "process" not in x.mapping.codes:
        return quote(x.mapping.process)
    cell = f"r.{x.staged.sql(x.mapping.process_column)}"
    cases = " ".join(f"WHEN {quote(said)} THEN {quote(meant)}" for said, meant in x.mapping.codes["process"].items())
    return f"CASE {cell} {cases} ELSE {quote(x.mapping.process)} END"


def _json(staged: Staged, columns: Sequence[str]) -> str:
    """SQL for a JSON object of the cells that have a value."""
    members = []
    for column in columns:
        cell = f"r.{staged.sql(column)}"
        members.append(f"{quote(_json_text(column.removeprefix(CASE)) + ': ')} || CAST(to_json({cell}) AS VARCHAR)")
    return f"'{{' || concat_ws(', ', {', '.join(members)}) || '}}'" if members else "'{}'"


def _json_text(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)

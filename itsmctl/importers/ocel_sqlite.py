"""OCEL 2.0 as an SQLite database: a table for each type of object and event, and tables of who touched whom."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator

from itsmctl.importers import ocel
from itsmctl.importers.ocel import texts
from itsmctl.importers.rows import Tables

_OWN = ("ocel_id", "ocel_time", "ocel_changed_field")


def is_log(names: Collection[str]) -> bool:
    """Tell a log by the tables that every one has."""
    return {"event", "object", "event_object", "event_map_type", "object_map_type"} <= set(names)


def read(database: sqlite3.Connection, tables: Tables) -> None:
    """Add the rows of a log to its four tables; raises sqlite3.Error where a table that it names is missing."""
    relations_of = _lookup(database, "object_object", "ocel_source_id", "ocel_target_id")
    objects_of = _lookup(database, "event_object", "ocel_event_id", "ocel_object_id")
    for otype, table in _types(database, "object"):
        for oid, attributes in _objects(database, table):
            relations = database.execute(relations_of, [oid])
            found = [(_text(qualifier), _text(target)) for qualifier, target in relations]
            _add(tables, ocel.object_rows(oid, otype, attributes, found))
    for etype, table in _types(database, "event"):
        cursor = database.execute(f"SELECT * FROM {table}")
        names = [str(column[0]) for column in cursor.description]
        for row in cursor:
            cells = dict(zip(names, map(_text, row), strict=True))
            touched = database.execute(objects_of, [cells["ocel_id"]])
            found = [(_text(qualifier), _text(oid)) for qualifier, oid in touched]
            said = [(name, cell, "") for name, cell in cells.items() if name not in _OWN]
            _add(tables, ocel.event_rows(cells["ocel_id"], etype, cells.get("ocel_time"), said, found))


def _lookup(database: sqlite3.Connection, table: str, key: str, other: str) -> str:
    """What asks for the qualifiers and ends of all relations of one key.

    Where the log was written without an index the relations are first laid out by it beside the file, since one look
    through all of them for each object takes hours of a large log.
    """
    asked = f"SELECT ocel_qualifier, {other} FROM {table} WHERE {key} = ?"
    if any("SCAN" in plan[-1] for plan in database.execute(f"EXPLAIN QUERY PLAN {asked}", [""])):
        database.execute(f"CREATE TEMP TABLE sorted_{table} AS SELECT {key}, ocel_qualifier, {other} FROM {table}")
        database.execute(f"CREATE INDEX temp.by_{table} ON sorted_{table} ({key})")
        return asked.replace(f"FROM {table} ", f"FROM temp.sorted_{table} ")
    return asked


def _types(database: sqlite3.Connection, kind: str) -> list[tuple[str, str]]:
    """Each type with the name of its table, quoted."""
    rows = database.execute(f"SELECT ocel_type, ocel_type_map FROM {kind}_map_type ORDER BY ocel_type").fetchall()
    return [(str(name), '"' + f"{kind}_{mapped}".replace('"', '""') + '"') for name, mapped in rows]


def _objects(database: sqlite3.Connection, table: str) -> Iterator[tuple[str, list[ocel.Attribute]]]:
    """Each object with its attributes; a row with a changed field changes that alone.

    A second row that begins an object at the same moment is an object of its own: an id that was given twice.
    """
    cursor = database.execute(f"SELECT * FROM {table} ORDER BY ocel_id, ocel_time, rowid")
    names = [str(column[0]) for column in cursor.description]
    current, begun, attributes = "", "", list[ocel.Attribute]()
    for row in cursor:
        cells = dict(zip(names, map(_text, row), strict=True))
        oid = str(cells["ocel_id"])
        changed, since = cells.get("ocel_changed_field"), str(cells.get("ocel_time") or "")
        if attributes and (oid != current or (not changed and since == begun)):
            yield current, attributes
            attributes, begun = [], ""
        current, begun = oid, begun if changed else since
        told = [changed] if changed else [name for name in names if name not in _OWN and cells[name] is not None]
        attributes += [(name, cells.get(name), since) for name in told]
    if current:
        yield current, attributes


def _add(tables: Tables, rows: Iterator[ocel.Row]) -> None:
    for part, row in rows:
        tables[part].add(texts(row))


def _text(value: object) -> str | None:
    return None if value is None else str(value)

"""OCEL 2.0, object-centric event logs, in each of their forms, as the same four tables.

`objects`: ocel:oid, ocel:otype, and a column for each attribute, at its latest value. `changes`: ocel:oid, ocel:field,
ocel:old, ocel:new, ocel:time, a row for each change of an attribute. `events`: ocel:eid, ocel:activity, ocel:time, ocel:oid,
ocel:qualifier, and the attributes, a row for each object that an event touched. `relations`: ocel:oid, ocel:qualifier,
ocel:target.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from itsmctl.importers.json_text import Value

OBJECTS, CHANGES, EVENTS, RELATIONS = "objects", "changes", "events", "relations"

Row = tuple[str, dict[str, Value]]
Attribute = tuple[str, Value, str]
"""Name, value, and since when."""
Relation = tuple[Value, Value]
"""Qualifier, and the id of an object."""


def is_part(name: str, value: Mapping[str, Value]) -> bool:
    """Tell an event or object of the JSON form by the array it stands in and what it has."""
    if name not in (OBJECTS, EVENTS) or "id" not in value or "type" not in value:
        return False
    return "attributes" in value or "relationships" in value


def rows(name: str, value: Mapping[str, Value]) -> Iterator[Row]:
    """The rows of one event or object of the JSON form, with their tables."""
    attributes = [
        (str(one.get("name")), one.get("value"), str(one.get("time") or "")) for one in _dicts(value.get("attributes"))
    ]
    relations = [(one.get("qualifier"), one.get("objectId")) for one in _dicts(value.get("relationships"))]
    if name == OBJECTS:
        yield from object_rows(value.get("id"), value.get("type"), attributes, relations)
    else:
        yield from event_rows(value.get("id"), value.get("type"), value.get("time"), attributes, relations)


def object_rows(
    oid: Value, otype: Value, attributes: Sequence[Attribute], relations: Sequence[Relation]
) -> Iterator[Row]:
    """An object at its latest, each change of an attribute, and each relation."""
    latest: dict[str, Value] = {}
    changes: list[Row] = []
    for name, value, time in sorted(attributes, key=lambda one: one[2]):
        change = {"ocel:oid": oid, "ocel:field": name, "ocel:old": latest.get(name), "ocel:new": value}
        changes.append((CHANGES, {**change, "ocel:time": time}))
        latest[name] = value
    yield OBJECTS, {"ocel:oid": oid, "ocel:otype": otype, **latest}
    yield from changes
    for qualifier, target in relations:
        yield RELATIONS, {"ocel:oid": oid, "ocel:qualifier": qualifier, "ocel:target": target}


def event_rows(
    eid: Value, activity: Value, time: Value, attributes: Sequence[Attribute], relations: Sequence[Relation]
) -> Iterator[Row]:
    """An event once for each object that it touched; one that touched none is a row without an object."""
    said = {name: value for name, value, _ in attributes}
    for qualifier, oid in relations or [(None, None)]:
        event = {"ocel:eid": eid, "ocel:field": "activity", "ocel:activity": activity, "ocel:time": time}
        yield EVENTS, {**event, "ocel:oid": oid, "ocel:qualifier": qualifier, **said}


def texts(row: Mapping[str, Value]) -> dict[str, str | None]:
    """A row whose values are plain, as cells."""
    return {name: value if isinstance(value, str) else None for name, value in row.items()}


def _dicts(value: Value) -> list[dict[str, Value]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []

"""OCEL 2.0, object-centric event logs, as JSON, XML or SQLite: objects, events, and which event touched which object.

Whatever the form, the tables and columns are the same:
`objects` (id, type, one column per attribute, at its latest value), `changes` (object, name, value, time),
`events` (one row per event and object: event, activity, time, object, qualifier, attributes) and `relations`
(object, qualifier, target).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsmctl.importers.json_text import Value

OBJECTS, CHANGES, EVENTS, RELATIONS = "objects", "changes", "events", "relations"
LINKED = "relationships"

Row = tuple[str, dict[str, Value]]


def is_part(name: str, value: Mapping[str, Value]) -> bool:
    """Tell an event or object of OCEL by the array it stands in and what it has."""
    if name not in (OBJECTS, EVENTS) or "id" not in value or "type" not in value:
        return False
    return "attributes" in value or LINKED in value


def rows(name: str, value: Mapping[str, Value]) -> Iterator[Row]:
    """The rows of one event or object with their tables."""
    attributes, links = _objects(value.get("attributes")), _objects(value.get(LINKED))
    if name == OBJECTS:
        yield from object_rows(value.get("id"), value.get("type"), attributes, links)
    else:
        yield from event_rows(value.get("id"), value.get("type"), value.get("time"), attributes, links)


def object_rows(
    id: Value, type: Value, attributes: list[dict[str, Value]], links: list[dict[str, Value]]
) -> Iterator[Row]:
    """An object at its latest, each change of an attribute, and each relation."""
    dated = sorted(attributes, key=lambda one: str(one.get("time") or ""))
    latest = {str(one.get("name")): one.get("value") for one in dated}
    yield OBJECTS, {"id": id, "type": type, **latest}
    for one in dated:
        yield CHANGES, {"object": id, "name": one.get("name"), "value": one.get("value"), "time": one.get("time")}
    for one in links:
        yield RELATIONS, {"object": id, "qualifier": one.get("qualifier"), "target": one.get("objectId")}


def event_rows(
    id: Value, type: Value, time: Value, attributes: list[dict[str, Value]], links: list[dict[str, Value]]
) -> Iterator[Row]:
    """An event once for each object that it touched."""
    said = {str(one.get("name")): one.get("value") for one in attributes}
    for one in links or [{}]:
        named = {"event": id, "activity": type, "time": time, "object": one.get("objectId")}
        yield EVENTS, {**named, "qualifier": one.get("qualifier"), **said}


def _objects(value: Value) -> list[dict[str, Value]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []

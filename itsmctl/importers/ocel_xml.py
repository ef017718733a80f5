"""OCEL 2.0 as XML, read as a stream: each object and event becomes its rows as soon as it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from itsmctl.importers import ocel
from itsmctl.importers.container import Plain
from itsmctl.importers.elements import parse
from itsmctl.importers.export import Export
from itsmctl.importers.ocel import texts
from itsmctl.importers.rows import Tables

FIRST = ("object-types", "event-types", "objects", "events")
"""What an OCEL log may begin with; an XES log, whose root has the same name, begins with none of them."""


class _Log:
    """The object or event that is open, and what it has so far."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._section = ""
        self._depth = 0
        self._own: dict[str, str] = {}
        self._attributes: list[ocel.Attribute] = []
        self._relations: list[ocel.Relation] = []
        self._name: tuple[str, str] | None = None
        self._text: list[str] = []

    def start(self, tag: str, attributes: list[str]) -> None:
        self._depth += 1
        found = dict(zip(attributes[::2], attributes[1::2], strict=True))
        if self._depth == 2:
            self._section = tag
        elif self._depth == 3 and self._section in (ocel.OBJECTS, ocel.EVENTS):
            self._own, self._attributes, self._relations = found, [], []
        elif tag == "attribute" and "name" in found:
            self._name, self._text = (found["name"], found.get("time", "")), []
        elif tag in ("relationship", "object") and "object-id" in found:
            self._relations.append((found.get("qualifier"), found["object-id"]))

    def text(self, text: str) -> None:
        if self._name is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if tag == "attribute" and self._name is not None:
            name, time = self._name
            self._attributes.append((name, "".join(self._text), time))
            self._name = None
        elif self._depth == 2 and self._section == ocel.OBJECTS:
            own = self._own
            self._add(ocel.object_rows(own.get("id"), own.get("type"), self._attributes, self._relations))
        elif self._depth == 2 and self._section == ocel.EVENTS:
            own = self._own
            times = own.get("time")
            self._add(ocel.event_rows(own.get("id"), own.get("type"), times, self._attributes, self._relations))

    def _add(self, rows: Iterator[ocel.Row]) -> None:
        for part, row in rows:
            self._tables[part].add(texts(row))


def open_ocel_xml(plain: Plain, scratch: Path) -> list[Export]:
    """Read the tables of a log; raises ItsmctlError for what is not well-formed, or has no rows."""
    with Tables(plain, scratch) as tables:
        log = _Log(tables)
        parse(plain, log.start, log.end, log.text)
    return tables.exports("xml")

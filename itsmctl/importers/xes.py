"""XES event logs, read as a stream: each event becomes one row of its own attributes and those of its trace.

Attributes of the trace are columns named `case:KEY`. Attributes nested in another are named `PARENT/KEY`.
Entities are refused, so no file can make the parser fetch anything or grow without end.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.container import Plain
from itsmctl.importers.export import RAW, Export, csv_source
from itsmctl.importers.recognition import CASE

_CHUNK = 2**20
_LONGEST = 2**26


class _Log:
    """The state of reading: which trace and event is open, and the columns met so far, in order of appearance."""

    def __init__(self, write: Callable[[list[str | None]], object]) -> None:
        self.columns: dict[str, None] = {}
        self.root = ""
        self.rows = 0
        self._write = write
        self._depth = 0
        self._path: list[str] = []
        self._trace: dict[str, str] | None = None
        self._event: dict[str, str] | None = None
        self._events: list[dict[str, str]] = []

    def start(self, tag: str, attributes: list[str]) -> None:
        """An element opens; `attributes` are names and values in turn, as expat orders them."""
        self._depth += 1
        if self._event is not None:
            self._keep(self._event, "", attributes)
        elif self._trace is not None:
            if tag == "event" and not self._path:
                self._event = {}
            else:
                self._keep(self._trace, CASE, attributes)
        elif tag == "trace" and self._depth == 2:
            self._trace, self._events = {}, []
        elif self._depth == 1:
            self.root = tag

    def end(self, _tag: str) -> None:
        """An element closes; with its trace the events are written."""
        self._depth -= 1
        if self._path:
            self._path.pop()
        elif self._event is not None:
            self._events.append(self._event)
            self._event = None
        elif self._trace is not None:
            for event in self._events or [{}]:
                self._write_row({**self._trace, **event})
            self._trace = None

    def _keep(self, cells: dict[str, str], prefix: str, attributes: list[str]) -> None:
        if len(attributes) == 4 and attributes[0] == "key" and attributes[2] == "value":  # nearly all of a log
            key, value = attributes[1], attributes[3]
        else:
            found = dict(zip(attributes[::2], attributes[1::2], strict=True))
            key, value = found.get("key", ""), found.get("value", "")
        self._path.append(key)
        if value:
            name = key if len(self._path) == 1 else "/".join(part for part in self._path if part)
            cells[prefix + name] = value

    def _write_row(self, cells: dict[str, str]) -> None:
        self.rows += 1
        for name in cells:
            if name not in self.columns:
                self.columns[name] = None
        self._write([str(self.rows), *map(cells.get, self.columns)])


def open_xes(plain: Plain, scratch: Path) -> Export:
    """Read an event log into a CSV file in `scratch`; raises ItsmctlError for what is not well-formed XES."""
    target = scratch / f"xes-{len(list(scratch.iterdir()))}.csv"
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(["row"])
        log = _Log(writer.writerow)
        _parse(plain, log)
    if log.root != "log":
        template = "the root element is <{root}>; an XES event log has <log>"
        raise ItsmctlError(Problem("not-xes", template, Where(plain.shown), {"root": log.root}))
    if not log.rows:
        raise ItsmctlError(Problem("no-rows", "the event log has no traces", Where(plain.shown)))
    return Export(plain, "xes", tuple(log.columns), target, "", ",", clean=True)


def stage_xes(session: Session, export: Export, number: int, columns: tuple[str, ...], missing: tuple[str, ...]) -> int:
    """Append the events to RAW as file `number` and return how many there are."""
    names = [f"c{columns.index(column)}" for column in export.columns]
    source = csv_source(export.path, ["row", *names], ",", missing, _LONGEST, padded=True)
    cells = ", ".join(names)
    session.run(f"INSERT INTO {RAW} (file, row, {cells}) SELECT {number}, CAST(row AS BIGINT), {cells} FROM {source}")
    (count,) = session.one(f"SELECT count(*) FROM {RAW} WHERE file = {number}")
    return int(count or 0)


def _parse(plain: Plain, log: _Log) -> None:
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = log.start
    parser.EndElementHandler = log.end

    def refuse(*_: object) -> NoReturn:
        where = Where(plain.shown, parser.CurrentLineNumber)
        raise ItsmctlError(
            Problem("xml-entities", "the file declares XML entities, which an event log has no use for", where)
        )

    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        with plain.path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        where = Where(plain.shown, error.lineno, error.offset + 1)
        values = {"what": expat.errors.messages[error.code]}
        raise ItsmctlError(Problem("not-xml", "not readable as XML: {what}", where, values)) from error

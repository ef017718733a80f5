"""XES event logs, read as a stream: each event becomes one row of its own attributes and those of its trace.

Attributes of the trace are columns named `case:KEY`. Attributes nested in another are named `PARENT/KEY`.
Entities are refused, so no file can make the parser fetch anything or grow without end.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.container import Plain
from itsmctl.importers.elements import parse
from itsmctl.importers.export import Export
from itsmctl.importers.recognition import CASE


class _Log:
    """The state of reading: which trace and event is open, and the columns met so far, in order of appearance."""

    def __init__(self, write: Callable[[list[str | None]], object]) -> None:
        self.columns: dict[str, None] = {}
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
        parse(plain, log.start, log.end)
    if not log.rows:
        raise ItsmctlError(Problem("no-rows", "the event log has no traces", Where(plain.shown)))
    return Export(plain, "xes", tuple(log.columns), target, "", ",", clean=True, rows=log.rows)

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
from itsmctl.importers.elements import DEEPEST, TooDeep, parse
from itsmctl.importers.export import Export, numbered
from itsmctl.importers.plain_events import MARK, Irregular, Shortened
from itsmctl.importers.recognition import CASE
from itsmctl.importers.rows import MAX_CELL, MAX_COLUMNS, too_many_columns
from itsmctl.letters import composed

_LONGEST = 100_000
"""Events of one trace, which are in memory until it ends: its attributes may stand behind them."""


class _Log:
    """The state of reading: which trace and event is open, and the columns met so far, in order of appearance."""

    def __init__(self, shown: str, write: Callable[[list[str | None]], object], taken_out: Shortened | None) -> None:
        self.columns: dict[str, None] = {}
        self.rows = 0
        self._shown, self._write, self._taken_out = shown, write, taken_out
        self._depth = 0
        self._path: list[str] = []
        self._trace: dict[str, str] | None = None
        self._event: dict[str, str] | None = None
        self._run: list[dict[str, str]] = []
        self._events: list[dict[str, str]] = []

    def start(self, tag: str, attributes: list[str]) -> None:
        """An element opens; `attributes` are names and values in turn, as expat orders them."""
        self._depth += 1
        if self._event is not None:
            self._keep(self._event, "", attributes)
        elif self._trace is not None:
            if tag == "event" and not self._path:
                self._event, self._run = {}, self._taken(attributes)
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
            self._events += self._run or [self._event]
            self._event = None
            if len(self._events) > _LONGEST:
                template = "a trace of more than {limit} events; this is no log of tickets"
                raise ItsmctlError(Problem("trace-too-long", template, Where(self._shown), {"limit": _LONGEST}))
        elif self._trace is not None:
            for event in self._events or [{}]:
                self._write_row({**self._trace, **event})
            self._trace = None

    def _keep(self, cells: dict[str, str], prefix: str, attributes: list[str]) -> None:
        if len(attributes) == 4 and attributes[0] == "key" and attributes[2] == "value":  # nearly all of a log
            key, value = attributes[1], attributes[3]
        else:
            found = dict(zip(attributes[::2], attributes[1::2], strict=True))
            if self._taken_out and MARK in found:  # an event within an attribute, which is an attribute then
                raise Irregular
            key, value = found.get("key", ""), found.get("value", "")
        if len(value) > MAX_CELL:
            template = "a value of more than {limit} characters; this is no log of tickets"
            raise ItsmctlError(Problem("value-too-long", template, Where(self._shown), {"limit": MAX_CELL}))
        self._path.append(key)
        if len(self._path) > DEEPEST:
            raise TooDeep
        if value:
            name = key if len(self._path) == 1 else "/".join(part for part in self._path if part)
            cells[prefix + name] = value

    def _taken(self, attributes: list[str]) -> list[dict[str, str]]:
        """The events that were taken out where one opens; none where it is written out."""
        return self._taken_out.events(attributes[1]) if self._taken_out and MARK in attributes else []

    def _write_row(self, cells: dict[str, str]) -> None:
        self.rows += 1
        if not cells.keys() <= self.columns.keys():
            self.columns.update(dict.fromkeys(cells))
            if len(self.columns) > MAX_COLUMNS:
                raise too_many_columns(self._shown)
        self._write([str(self.rows), *map(cells.get, self.columns)])


def open_xes(plain: Plain, scratch: Path) -> Export:
    """Read an event log into a CSV file in `scratch`; raises ItsmctlError for what is not well-formed XES."""
    target = scratch / f"xes-{len(list(scratch.iterdir()))}.csv"
    try:
        log = _read(plain, target, Shortened(plain.path))
    except (Irregular, ItsmctlError):  # as it is written, a mistake has its line and column too
        log = _read(plain, target, None)
    if not log.rows:
        raise ItsmctlError(Problem("no-rows", "the event log has no traces", Where(plain.shown)))
    return Export(
        plain, "xes", numbered([composed(column) for column in log.columns]), target, "", ",", clean=True, rows=log.rows
    )


def _read(plain: Plain, target: Path, taken_out: Shortened | None) -> _Log:
    """Read a log, as it is written or with its plain events taken out, which gives the same rows sooner."""
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(["row"])
        log = _Log(plain.shown, writer.writerow, taken_out)
        parse(plain, log.start, log.end, pieces=taken_out.pieces() if taken_out else None)
    return log

"""XML exports with a row per child of the root: ServiceNow's unload, iTop's set, and any other of that shape.

A cell is an element within the row, named by its path with dots; an attribute is a cell of its own, named
`element@attribute`. Rows of different tags are different tables. A repeated element is one cell, joined with commas.
"""

from __future__ import annotations

from pathlib import Path

from itsmctl.importers.container import Plain
from itsmctl.importers.elements import DEEPEST, TooDeep, parse
from itsmctl.importers.export import Export
from itsmctl.importers.rows import MAX_CELL, Tables


class _Reader:
    """The state of reading: where in which row, and its cells so far."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._path: list[str] = []
        self._depth = 0
        self._cells: dict[str, str] = {}
        self._texts: list[list[str]] = []
        self._size = 0

    def start(self, tag: str, attributes: list[str]) -> None:
        self._depth += 1
        if self._depth < 2:
            return
        if self._depth > DEEPEST:
            raise TooDeep
        if self._depth == 2:
            self._cells, self._path, self._texts, self._size = {}, [], [], 0
        else:
            self._path.append(tag)
        self._texts.append([])
        name = ".".join(self._path)
        for key, value in zip(attributes[::2], attributes[1::2], strict=True):
            self._keep(f"{name}@{key}", value)

    def text(self, text: str) -> None:
        if self._texts:
            self._size += len(text)
            if self._size <= 2 * MAX_CELL:  # beyond that the row is lost anyway, and memory is not
                self._texts[-1].append(text)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self._depth < 1:
            return
        text = "".join(self._texts.pop())
        if self._depth > 1:
            if text.strip() or ".".join(self._path) not in self._cells:
                self._keep(".".join(self._path), text if text.strip() else "")
            self._path.pop()
        elif self._size > MAX_CELL:
            self._tables[tag].reject(next(iter(self._cells.values()), ""), "row-too-long")
        else:
            self._tables[tag].add(self._cells)

    def _keep(self, name: str, value: str) -> None:
        before = self._cells.get(name)
        self._cells[name] = f"{before}, {value}" if before and value else before or value


def open_xml(plain: Plain, scratch: Path) -> list[Export]:
    """Read every table of an XML export; raises ItsmctlError for what is not well-formed, or has no rows."""
    with Tables(plain, scratch) as tables:
        reader = _Reader(tables)
        parse(plain, reader.start, reader.end, reader.text)
    return tables.exports("xml")

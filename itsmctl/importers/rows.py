"""Tables that a reader writes row by row, as text, for the database to take in at once: any format but CSV ends here.

Columns may turn up on the way. What cannot be kept as text, or is beyond measure, is set aside with its reason.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.container import Plain
from itsmctl.importers.encoding import composed_file
from itsmctl.importers.export import RAW, REJECT, Export, Format, csv_source, numbered
from itsmctl.letters import composed

MAX_COLUMNS = 4096
"""More columns than this are no table of tickets."""
MAX_CELL = 2**21
"""Characters in one cell; a row with a longer one is quarantined."""
KEPT_TEXT = 1000

_LONGEST = 2**28


class Table:
    """One table of a file, on its way to disk."""

    def __init__(self, plain: Plain, part: str, stem: Path) -> None:
        self.columns: dict[str, None] = {}
        self.rows = 0
        self.notes: list[tuple[str, str]] = []
        self.announced, self.more = 0, False
        self.header_row = 0
        self.typed: frozenset[str] = frozenset()
        self._plain, self.part = plain, part
        self._good_path, self._bad_path = stem.with_suffix(".good.csv"), stem.with_suffix(".bad.csv")
        self._good, self._write = _writer(self._good_path, ["row"])
        self._bad, self._drop = _writer(self._bad_path, ["row", "value", "reason"])

    def add(self, cells: Mapping[str, str | None]) -> None:
        """Append a row; cells that it does not name are empty."""
        self.rows += 1
        for name in cells:
            if name not in self.columns:
                self._new_column(name)
        if reason := _unkeepable(cells):
            text = ", ".join(cell[:KEPT_TEXT] for cell in cells.values() if cell)[:KEPT_TEXT]
            self._drop.writerow([self.rows, _printable(text), reason])
        else:
            self._write.writerow([self.rows, *map(cells.get, self.columns)])

    def reject(self, text: str, reason: str) -> None:
        """Append a row that cannot be read."""
        self.rows += 1
        self._drop.writerow([self.rows, _printable(text[:KEPT_TEXT]), reason])

    def name_columns(self, names: Sequence[str]) -> None:
        """Take up columns before any row has them."""
        for name in names:
            if name not in self.columns:
                self._new_column(name)

    def close(self) -> None:
        """Write what is still to be written."""
        self._good.close()
        self._bad.close()

    def export(self, kind: Format) -> Export:
        """The table, closed, as an export to be staged."""
        return Export(
            self._plain,
            kind,
            numbered([composed(column) for column in self.columns]),
            self._good_path,
            "",
            ",",
            clean=True,
            notes=tuple(self.notes),
            announced=self.announced,
            more=self.more,
            header_row=self.header_row,
            typed=self.typed,
            part=self.part,
            bad=self._bad_path,
            rows=self.rows,
        )

    def _new_column(self, name: str) -> None:
        if len(self.columns) >= MAX_COLUMNS:
            raise too_many_columns(self._plain.shown)
        self.columns[name] = None


class Tables:
    """The tables of one file by name, in the order in which they turn up."""

    def __init__(self, plain: Plain, scratch: Path) -> None:
        self._plain, self._scratch = plain, scratch
        self._stem = f"rows-{len(list(scratch.iterdir()))}"
        self._tables: dict[str, Table] = {}

    @property
    def shown(self) -> str:
        """What messages call the file."""
        return self._plain.shown

    @property
    def name(self) -> str:
        """What a dataset calls the file."""
        return self._plain.name

    def __getitem__(self, part: str) -> Table:
        if part not in self._tables:
            if len(self._tables) >= MAX_TABLES:
                template = "more than {limit} tables in one file; export the tickets alone"
                raise ItsmctlError(
                    Problem("too-many-tables", template, Where(self._plain.shown), {"limit": MAX_TABLES})
                )
            stem = self._scratch / f"{self._stem}-{len(self._tables)}"
            self._tables[part] = Table(self._plain, part, stem)
        return self._tables[part]

    def __enter__(self) -> Tables:
        return self

    def __exit__(self, *_: object) -> None:
        for table in self._tables.values():
            table.close()

    def exports(self, kind: Format) -> list[Export]:
        """Every table that has rows, once they are closed; raises ItsmctlError where none has."""
        kept = [table.export(kind) for table in self._tables.values() if table.rows]
        if not kept:
            raise ItsmctlError(Problem("no-rows", "the file has no rows", Where(self._plain.shown)))
        return kept


MAX_TABLES = 256
"""Tables in one file; each takes two open files while it is read."""


def stage_rows(session: Session, export: Export, number: int, columns: Sequence[str], missing: Sequence[str]) -> int:
    """Append a table to RAW as file `number` and return how many rows it has, good and bad."""
    index = {column: i for i, column in enumerate(columns)}
    names = [f"c{index[column]}" for column in export.columns]
    cells = "".join(f", {name}" for name in names)
    source = csv_source(composed_file(export.path), ["row", *names], ",", missing, _LONGEST, padded=True)
    session.run(f"INSERT INTO {RAW} (file, row{cells}) SELECT {number}, CAST(row AS BIGINT){cells} FROM {source}")
    if export.bad is not None:
        source = csv_source(export.bad, ["row", "value", "reason"], ",", (), _LONGEST)
        session.run(
            f"INSERT INTO {REJECT} SELECT {number}, CAST(row AS BIGINT), NULL, NULL, '', value, reason, true FROM {source}"
        )
    return export.rows


def too_many_columns(shown: str) -> ItsmctlError:
    """The refusal of a table beyond MAX_COLUMNS."""
    template = "more than {limit} columns; this is no table of tickets"
    return ItsmctlError(Problem("too-many-columns", template, Where(shown), {"limit": MAX_COLUMNS}))


class _Writer(Protocol):
    def writerow(self, cells: Iterable[object], /) -> object: ...


def _writer(path: Path, header: list[str]) -> tuple[IO[str], _Writer]:
    stream = path.open("w", encoding="utf-8", newline="")
    writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    return stream, writer


def _unkeepable(cells: Mapping[str, str | None]) -> str:
    for cell in cells.values():
        if not cell:
            continue
        if len(cell) > MAX_CELL:
            return "row-too-long"
        if "\0" in cell:
            return "nul-byte"
        if not cell.isascii() and not _encodes(cell):
            return "bad-encoding"
    return ""


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _printable(text: str) -> str:
    shown = text.replace("\0", "\N{SYMBOL FOR NULL}")
    return shown.encode("utf-8", "replace").decode("utf-8")

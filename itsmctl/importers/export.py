"""One exported file, opened: its columns and where its rows lie, ready to be staged as text in the database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from itsmctl.engine.session import Session, file_text, quote
from itsmctl.importers.container import Plain

RAW = "raw"
"""Every row as text: file BIGINT, row BIGINT (1-based), c0, c1, … VARCHAR in the order of `Staged.columns`."""

REJECT = "rejected"
"""file BIGINT, row BIGINT, record_id, "column", value, reason VARCHAR, whole BOOLEAN (the row itself is lost, not one value)."""


Format = Literal["csv", "xes", "json", "xml", "xlsx", "parquet", "sqlite", "database"]


@dataclass(frozen=True)
class Export:
    """One table of an exported file, whose columns are known; `path` is what is staged from it.

    `part` is its name where the file holds several, and `rows` how many it has where that is known already. Rows that
    the reader could not read stand, numbered and with their reason, in the CSV file `bad`.
    """

    source: Plain
    format: Format
    columns: tuple[str, ...]
    path: Path
    encoding: str
    delimiter: str
    clean: bool
    notes: tuple[tuple[str, str], ...] = ()
    part: str = ""
    bad: Path | None = None
    rows: int = 0
    written_as: str = ""
    """The encoding of the text at `path`, which may have been written anew; `encoding` is that of the file as given."""
    unnamed: tuple[int, ...] = ()
    """The places, counted from 0, of columns to which the header gives no name: they are left out, and every cell in them is empty."""
    announced: int = 0
    """How many records there are in all, where the file says so: an answer of a tool often holds but a page of them."""
    more: bool = False
    """Whether the file says that another page follows."""
    header_row: int = 0
    """The row with the names of the columns, where a user or a mapping named it."""
    typed: frozenset[str] = frozenset()
    """Texts of a workbook that begin with = and are no formulas: somebody typed them."""
    number: int = 0
    """Its place among all that are imported together, by which RAW and REJECT know it."""

    @property
    def name(self) -> str:
        """The file, and the part of it, as a dataset tells its sources apart."""
        return f"{self.source.name}#{self.part}" if self.part else self.source.name

    @property
    def shown(self) -> str:
        """The same for a message."""
        return f"{self.source.shown}#{self.part}" if self.part else self.source.shown


@dataclass(frozen=True)
class Staged:
    """What lies in RAW: the exports that one mapping reads, and their columns, c0 first."""

    exports: tuple[Export, ...]
    columns: tuple[str, ...]
    rows_read: tuple[int, ...] = field(default=())

    def sql(self, column: str) -> str:
        """The SQL name of an exported column."""
        return f"c{self.columns.index(column)}"


def numbered(names: Sequence[str]) -> tuple[str, ...]:
    """Column names of which the second `Label` is called `Label (2)`, and so on."""
    seen: dict[str, int] = {}
    unique: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(unique)


def original(column: str) -> str:
    """What a column is called in the header, if it is the second or a later one of its name."""
    return re.sub(r" \([1-9][0-9]*\)$", "", column)


def create_raw(session: Session, width: int) -> None:
    """Make RAW, empty."""
    cells = "".join(f", c{i} VARCHAR" for i in range(width))
    session.run(f"CREATE TABLE {RAW} (file BIGINT, row BIGINT{cells})")


def create_reject(session: Session) -> None:
    """Make REJECT, empty."""
    session.run(
        f'CREATE TABLE {REJECT} (file BIGINT, row BIGINT, record_id VARCHAR, number VARCHAR, "column" VARCHAR, value VARCHAR, reason VARCHAR, whole BOOLEAN)'
    )


def csv_source(
    path: Path, names: Sequence[str], delimiter: str, missing: Sequence[str], longest: int, *, padded: bool = False
) -> str:
    """SQL that reads a UTF-8 CSV file strictly, every cell as text, the values of `missing` as NULL.

    The file is read in pieces of one and a half times `longest`, several at once. A line longer than `longest` bytes is
    an error, and so is a short one unless rows may be `padded` with NULL.
    """
    columns = ", ".join(f"{quote(name)}: 'VARCHAR'" for name in names)
    words = (word for word in dict.fromkeys(("", *missing)) if not set(word) & {delimiter, '"', "\n", "\r"})
    padding = "null_padding = true, parallel = false" if padded else "null_padding = false"
    return (
        f"read_csv({quote(file_text(path))}, header = true, auto_detect = false, columns = {{{columns}}}, "
        f"delim = {quote(delimiter)}, quote = '\"', escape = '\"', nullstr = [{', '.join(quote(word) for word in words)}], "
        f"max_line_size = {longest}, buffer_size = {longest + longest // 2}, strict_mode = true, ignore_errors = false, compression = 'none', {padding})"
    )

"""One exported file, opened: its columns and where its rows lie, ready to be staged as text in the database."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Export:
    """An exported file whose header is known; `path` is a UTF-8 CSV file with that header, or a text yet to clean."""

    source: Plain
    format: Literal["csv", "xes"]
    columns: tuple[str, ...]
    path: Path
    encoding: str
    delimiter: str
    clean: bool
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Staged:
    """What lies in RAW: the files by number, and the exported columns, c0 first."""

    exports: tuple[Export, ...]
    columns: tuple[str, ...]
    rows_read: tuple[int, ...] = field(default=())

    def sql(self, column: str) -> str:
        """The SQL name of an exported column."""
        return f"c{self.columns.index(column)}"


def create_tables(session: Session, width: int) -> None:
    """Make RAW and REJECT, empty."""
    cells = "".join(f", c{i} VARCHAR" for i in range(width))
    session.run(f"CREATE TABLE {RAW} (file BIGINT, row BIGINT{cells})")
    session.run(
        f'CREATE TABLE {REJECT} (file BIGINT, row BIGINT, record_id VARCHAR, "column" VARCHAR, value VARCHAR, reason VARCHAR, whole BOOLEAN)'
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

"""A file of any kind, told by what is in it and never by its name, becomes the tables that it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers import csv, excel, json, ocel_xml, parquet, rows, sqlite, xes, xml
from itsmctl.importers.container import Plain
from itsmctl.importers.elements import first_tags
from itsmctl.importers.encoding import first_character
from itsmctl.importers.export import RAW, REJECT, Export, Staged, create_raw
from itsmctl.importers.header import HeaderRow, any_names
from itsmctl.importers.recognition import header_rows
from itsmctl.model import DateOrder, MappingDefinition

MEMORY = "512MiB"
"""What an import may hold, the program included; rows beyond it lie on disk, so that memory does not grow with the files."""


@dataclass(frozen=True)
class ImportOptions:
    """What a user may say instead of letting it be detected."""

    encoding: str = ""
    delimiter: str = ""
    date_order: DateOrder = ""
    header_row: int = 0
    memory_limit: str = MEMORY


def open_file(
    session: Session, plain: Plain, scratch: Path, options: ImportOptions, mappings: Iterable[MappingDefinition] = ()
) -> list[Export]:
    """Every table of a file, under the header row that the options name, or a mapping whose columns stand there.

    Raises ItsmctlError where it cannot be read.
    """
    named = [HeaderRow(options.header_row, any_names)] if options.header_row else header_rows(mappings)
    exports = _open(session, plain, scratch, options, named)
    return exports if len(exports) > 1 else [replace(one, part="") for one in exports]


def _open(
    session: Session, plain: Plain, scratch: Path, options: ImportOptions, named: Sequence[HeaderRow]
) -> list[Export]:
    with plain.path.open("rb") as stream:
        magic = stream.read(16)
    if magic.startswith(b"PAR1"):
        return parquet.open_parquet(session, plain)
    if magic.startswith(b"SQLite format 3\0"):
        return sqlite.open_sqlite(plain, scratch)
    if magic.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return excel.open_excel(plain, scratch, options.memory_limit, named)
    match first_character(plain.path):
        case "<":
            root, first = first_tags(plain)
            if root == "log" and first in ocel_xml.FIRST:
                return ocel_xml.open_ocel_xml(plain, scratch)
            return [xes.open_xes(plain, scratch)] if root == "log" else xml.open_xml(plain, scratch)
        case "{" | "[":
            return json.open_json(plain, scratch)
        case _:
            return [csv.open_csv(plain, scratch, options.encoding, options.delimiter, named)]


def stage(session: Session, exports: Sequence[Export], mapping: MappingDefinition, scratch: Path) -> Staged:
    """Fill RAW with the rows of the exports that a mapping reads; raises ItsmctlError where one has none."""
    columns = tuple(dict.fromkeys(column for export in exports for column in export.columns))
    create_raw(session, len(columns))
    rows_read: list[int] = []
    for export in exports:
        read = _stage(session, export, columns, mapping.missing, scratch)
        if not read:
            raise ItsmctlError(Problem("no-rows", "the file has a header and no rows", Where(export.shown)))
        if export.header_row:
            _count_from_header(session, export)
        rows_read.append(read)
    return Staged(tuple(exports), columns, tuple(rows_read))


def _count_from_header(session: Session, export: Export) -> None:
    """Count the rows beneath a header that was named on from its own number, so that they are found in the file by theirs."""
    for table in (RAW, REJECT):
        session.run(f"UPDATE {table} SET row = row + {export.header_row} WHERE file = {export.number}")


def _stage(session: Session, export: Export, columns: Sequence[str], missing: Sequence[str], scratch: Path) -> int:
    match export.format:
        case "csv" | "database" if export.bad is None:
            return csv.stage_csv(session, export, export.number, columns, missing, scratch)
        case "parquet":
            return parquet.stage_parquet(session, export, export.number, columns, missing)
        case _:
            return rows.stage_rows(session, export, export.number, columns, missing)

"""A dataset as CSV files that any program reads, and back: what was written out comes in again, row for row, with its receipt.

Beside the tables lies `export.json`: the receipt, and the rows and SHA-256 of each file, so that a table that somebody
edited is not taken for what the tool of the tickets said.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from itsmctl.engine.session import Session, file_text, name, quote
from itsmctl.engine.tables.files import TABLE_FILES, check_files
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers import receipt
from itsmctl.importers.container import check_unchanged, digest_of, stamps_of
from itsmctl.importers.dataset import FILES, TABLES
from itsmctl.importers.receipt import Receipt, read_receipt, unchanged
from itsmctl.model import BOOLEAN_COLUMNS, NUMBER_COLUMNS, SOURCE_COLUMNS, TIME_COLUMNS
from itsmctl.output import check_place, replacing, schema_beside, scratch_beside

FORMAT = "itsmctl/export/v1"
FILE = "export.json"
_FILES = (*(f"{table}.csv" for table in TABLES), FILE)
_TYPES = {
    **dict.fromkeys((*TIME_COLUMNS, "at"), "TIMESTAMP"),
    **dict.fromkeys((*NUMBER_COLUMNS, "source_row", "seq"), "BIGINT"),
    **dict.fromkeys(BOOLEAN_COLUMNS, "BOOLEAN"),
}
_LONGEST = 2**28
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def is_exported(folder: Path) -> bool:
    """Tell whether a folder holds a dataset as CSV, of this or another version."""
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(data, dict) and str(data.get("format", "")).startswith("itsmctl/export/")


def export_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of export.json."""
    return schema_beside(__file__, "export")


def write_out(dataset: Path, out: Path) -> Receipt:
    """Write the tables of a dataset as CSV into the folder `out`, which appears whole or not at all."""
    check_place(out, _FILES, FILE)
    with Session() as session, replacing(out) as place, unchanged(dataset) as found:
        check_files(session, dataset)
        tables = {}
        for table in TABLES:
            path = place / f"{table}.csv"
            source = dataset / f"{table}.parquet"
            columns = _columns(table, [str(column) for _, column in session.columns_of([source])])
            text = ", ".join(name(column) for column in columns if column not in _TYPES)
            query = f"SELECT {_listed(columns)} FROM read_parquet({quote(file_text(source))})"
            # Text always stands in quotes, so that no text and an empty one are not the same.
            how = f"FORMAT csv, HEADER, FORCE_QUOTE ({text}), TIMESTAMPFORMAT {quote(_MOMENT)}"
            (rows,) = session.one(f"COPY ({query}) TO {quote(str(path))} ({how})")
            tables[path.name] = {"rows": int(rows or 0), "sha256": digest_of(path, str(path))}
        said = {"format": FORMAT, "receipt": json.loads(found.to_json()), "tables": tables}
        text = json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        (place / FILE).write_text(text, encoding="utf-8", newline="\n")
    return found


def read_back(folder: Path, out: Path, memory_limit: str) -> Receipt:
    """Make the dataset again that was written into a folder; raises ItsmctlError where a table is not as it was written, or changes meanwhile."""
    stamps = stamps_of([folder / FILE, *(folder / f"{table}.csv" for table in TABLES)])
    said = _manifest(folder)
    check_place(out, FILES, receipt.FILE)
    with (
        scratch_beside(out) as spill,
        Session(memory_limit=memory_limit, spill=spill) as session,
        replacing(out) as place,
    ):
        (place / receipt.FILE).write_text(said, encoding="utf-8", newline="\n")
        found = read_receipt(place)
        for table in TABLES:
            session.write_parquet(_read(folder / f"{table}.csv", table), place / f"{table}.parquet")
        check_unchanged(stamps)
    return found


def _manifest(folder: Path) -> str:
    """The text of the receipt, once every table is as it was written."""
    where = Where(str(folder / FILE))
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            template = "the export has format {found!r}, this version reads {wanted!r}; export the dataset again"
            raise ItsmctlError(Problem("dataset-version", template, where, {"found": data["format"], "wanted": FORMAT}))
        digests = {f"{table}.csv": data["tables"][f"{table}.csv"]["sha256"] for table in TABLES}
        text = json.dumps(data["receipt"], ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    except (ValueError, KeyError, TypeError) as error:
        raise ItsmctlError(
            Problem("not-a-dataset", "this is no export of a dataset: {why}", where, {"why": error})
        ) from error
    _check(folder, digests)
    return text


def _check(folder: Path, digests: dict[str, str]) -> None:
    template = (
        "the table was changed after itsmctl wrote it, so it is no longer what the receipt speaks of; to import edited "
        "tickets, move the file to another folder and import it by a mapping of its own"
    )
    paths = [(folder / file, digest) for file, digest in digests.items()]
    altered = [path for path, digest in paths if digest_of(path, str(path)) != digest]
    if altered:
        raise ItsmctlError(Problem("altered-export", template, Where(str(path))) for path in altered)


def _read(path: Path, table: str) -> str:
    with path.open(encoding="utf-8") as stream:
        told = _columns(table, stream.readline().strip().replace('"', "").split(","))
    columns = ", ".join(f"{quote(column)}: {quote(_TYPES.get(column, 'VARCHAR'))}" for column in told)
    return (
        f"SELECT {_listed(told)} FROM read_csv({quote(file_text(path))}, header = true, auto_detect = false, "
        f"columns = {{{columns}}}, delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false, "
        f"new_line = '\\n', timestampformat = {quote(_MOMENT)}, max_line_size = {_LONGEST}, parallel = false, compression = 'none')"
    )


def _columns(table: str, found: Sequence[str]) -> tuple[str, ...]:
    """The columns of a table, with those that tell where its rows were read if it has them."""
    more = SOURCE_COLUMNS if set(SOURCE_COLUMNS) <= set(found) else ()
    return tuple(dict.fromkeys((*TABLE_FILES[table], *more)))


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(name(column) for column in columns)

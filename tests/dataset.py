"""A dataset folder from plain rows, as an import would leave it: for tests that begin where importers end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from itsmctl.importers.receipt import FILE, Receipt, ReceiptFile, Unread
from itsmctl.model import (
    APPROVAL_COLUMNS,
    BOOLEAN_COLUMNS,
    EVENT_COLUMNS,
    LINK_COLUMNS,
    NUMBER_COLUMNS,
    RECORD_COLUMNS,
    REJECT_COLUMNS,
    SOURCE_COLUMNS,
    TIME_COLUMNS,
    UNREAD,
)

Row = Mapping[str, object]
Change = Sequence[object]
"""(record_id, at, field, old, new) and where wanted actor and actor_group."""

_DERIVED = {"process", "attributes", "source_file", "source_row"}
_TIMES = {*TIME_COLUMNS, "at"}
_NUMBERS = {*NUMBER_COLUMNS, "seq", "source_row"}
_ORDER = {
    "record": "record_id",
    "event": "record_id, seq",
    "approval": "record_id",
    "link": "record_id, type",
    "reject": "ALL",
}


def at(text: str) -> int:
    """Epoch seconds of an ISO 8601 moment with its offset."""
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo is not None, f"{text} needs an offset"
    return int(moment.timestamp())


def write_dataset(
    folder: Path,
    records: Iterable[Row],
    events: Iterable[Change] = (),
    *,
    rejects: Iterable[Row] = (),
    links: Iterable[Row] = (),
    approvals: Iterable[Row] = (),
    mapped: Iterable[str] = (),
    history: Sequence[str] = ("state",),
    zone: str = "UTC",
    codes: Mapping[str, Mapping[str, str]] | None = None,
    files: Sequence[tuple[str, int]] = (("export.csv", 0),),
    exported: int | str | None = None,
    lacking: Mapping[str, Sequence[str]] | None = None,
) -> Path:
    """Write a dataset folder and return it; moments are epoch seconds, or ISO 8601 text with an offset.

    `mapped` are columns that the export has beyond those that some record names, `files` (name, rows read); 0 rows
    stand for one per record. `exported` is when the export was made, else the latest moment of any record or event; `lacking` are columns that
    single files have not.
    """
    folder.mkdir(parents=True)
    rows = [{"process": "incident", "attributes": "{}", "source_file": "export.csv", **record} for record in records]
    for number, row in enumerate(rows, start=1):
        row.setdefault("source_row", number)
    changes = _numbered(events)
    decisions = [{"source_file": "approvals.csv", "source_row": n, **one} for n, one in enumerate(approvals, start=1)]
    rejected = list(rejects)
    tables: dict[str, tuple[Sequence[str], list[Row]]] = {
        "record": (RECORD_COLUMNS, rows),
        "event": ((*EVENT_COLUMNS, *SOURCE_COLUMNS), changes),
        "approval": ((*APPROVAL_COLUMNS, *SOURCE_COLUMNS), decisions),
        "link": (LINK_COLUMNS, list(links)),
        "reject": (REJECT_COLUMNS, rejected),
    }
    for table, (columns, listed) in tables.items():
        if listed:
            _write(folder, table, columns, listed)
        else:
            (folder / f"{table}.parquet").write_bytes(_without_rows(table, tuple(columns)))
    named = {column for row in rows for column in row} - _DERIVED
    opened = [_seconds(row["opened_at"]) for row in rows if row.get("opened_at") is not None]
    moments = [_seconds(row[c]) for row in rows for c in ("opened_at", "resolved_at", "closed_at") if row.get(c)]
    moments += [_seconds(change["at"]) for change in changes]
    receipt = Receipt(
        mapping="test",
        process="incident",
        shape="updates",
        tool="Test",
        zone=zone,
        local_times=bool(zone),
        files=tuple(_file(name, read or len(rows), (lacking or {}).get(name, ())) for name, read in files),
        records=len(rows),
        events=len(changes),
        rejects=len(rejected),
        period_from=_iso(min(opened, default=None)),
        period_to=_iso(max(opened, default=None)),
        last_moment=_iso(_seconds(exported) if exported is not None else max(moments, default=None)),
        precision_seconds=1,
        time_formats={},
        mapped=tuple(sorted({*named, *mapped})),
        kept=(),
        missing=(),
        history=tuple(history),
        codes=codes or {},
        duplicates=0,
        warnings=(),
        digest="0" * 64,
        unread=tuple(
            Unread(*one)
            for one in sorted(
                {_set_aside(row) for row in rejected if row["reason"] in UNREAD and row["column"] in RECORD_COLUMNS}
            )
        ),
    )
    (folder / FILE).write_text(receipt.to_json(), encoding="utf-8", newline="\n")
    return folder


def _set_aside(reject: Row) -> tuple[str, str, str]:
    """The cell that a reject is of, which here is called as the column that it fills."""
    return str(reject.get("source_file")), str(reject["column"]), str(reject["column"])


def _numbered(events: Iterable[Change]) -> list[Row]:
    seen: Counter[object] = Counter()
    rows: list[Row] = []
    for record_id, moment, field, old, new, *who in events:
        seen[record_id] += 1
        actor, group = [*who, None, None][:2]
        rows.append(
            {"record_id": record_id, "seq": seen[record_id], "at": moment, "field": field, "old": old, "new": new}
            | {"actor": actor, "actor_group": group, "source_file": "history.csv", "source_row": len(rows) + 1}
        )
    return rows


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    """One for all datasets: to open it costs more than to write a few rows."""
    return duckdb.connect()


@cache
def _without_rows(table: str, columns: tuple[str, ...]) -> bytes:
    with TemporaryDirectory() as folder:
        _write(Path(folder), table, columns, [])
        return (Path(folder) / f"{table}.parquet").read_bytes()


def _write(folder: Path, table: str, columns: Sequence[str], rows: list[Row]) -> None:
    """Through a CSV file, which DuckDB reads a hundred times faster than rows one by one."""
    unknown = {column for row in rows for column in row} - set(columns)
    assert not unknown, f"{table} has no columns {unknown}"
    place = folder / f"{table}.csv"
    filled = [column for column in columns if any(column in row for row in rows)] or list(columns)
    with place.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(filled) + "\r\n")
        for row in rows:
            file.write(",".join(_cell(column, row.get(column)) for column in filled) + "\r\n")
    types = ", ".join(f"'{column}': '{_type(column)}'" for column in filled)
    values = {column: f'"{column}"' if column in filled else f"CAST(NULL AS {_type(column)})" for column in columns}
    shown = ", ".join(
        f'make_timestamp({value} * 1000000) AS "{column}"' if column in _TIMES else f'{value} AS "{column}"'
        for column, value in values.items()
    )
    _connection().execute(
        f"""COPY (SELECT {shown} FROM read_csv({_quoted(place)}, columns = {{{types}}}, header = true, delim = ',', quote = '"', escape = '"',
        nullstr = '', allow_quoted_nulls = false, auto_detect = false, new_line = '\\r\\n', parallel = false, max_line_size = 10000000) ORDER BY {_ORDER[table]})
        TO {_quoted(folder / f"{table}.parquet")} (FORMAT parquet)"""
    )
    place.unlink()


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _type(column: str) -> str:
    if column in _TIMES or column in _NUMBERS:
        return "BIGINT"
    return "BOOLEAN" if column in BOOLEAN_COLUMNS else "VARCHAR"


def _cell(column: str, value: object) -> str:
    if value is None:
        return ""
    if column in _TIMES:
        return str(_seconds(value))
    if isinstance(value, bool):
        return str(value).lower()
    return '"' + str(value).replace('"', '""') + '"'


def _seconds(value: object) -> int:
    return at(value) if isinstance(value, str) else int(str(value))


def _iso(seconds: int | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _file(name: str, read: int, missing: Sequence[str]) -> ReceiptFile:
    return ReceiptFile(name, "", "0" * 64, 1, "csv", "utf-8", ",", read, read, 0, tuple(missing))

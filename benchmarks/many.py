"""Lay an imported history out in copies, as a dataset and as CSV: making a million tickets one by one would take an hour.

Every copy has ids of its own for records of all kinds and for configuration items, and references follow: what caused,
solved or describes a ticket is of the same copy. People, services and moments stay, so that a large history is as wide
as the small one was, only denser.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import duckdb

Result = TypeVar("Result")

TABLES = ("record", "event", "approval", "link", "reject")
IDS = ("record_id", "number", "parent", "problem", "change", "knowledge", "incident", "release", "caused_by", "target")
"""Columns that name a record, or in the registers an item."""
ITEMS = ("ci", "item")
ORDER = {"record": "record_id", "event": "record_id, seq"}
"""The order in which import writes them, in which a program that reads the CSV from front to back finds together what belongs together."""
ROW_GROUP = 20_480
ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Many:
    """A dataset folder, the same tables as CSV, and their sizes."""

    dataset: Path
    tables: Path
    records: int
    events: int
    as_of: str


def once(folder: Path, records: int) -> Path:
    """The history that is copied: generated, and imported as a user would; its exports lie beside it."""
    program, export, dataset = str(Path(sys.executable).with_name("itsmctl")), folder / "export", folder / "once"
    generate(records, export)
    files = [str(path) for path in sorted(export.glob("*.csv"))]
    subprocess.run([program, "import", *files, "--zone", ZONE, "-q", "-o", str(dataset)], check=True)
    return dataset


def generate(incidents: int, export: Path) -> None:
    """The exports of so many incidents, and of the records of other processes that go with them."""
    program = str(Path(sys.executable).with_name("itsmctl"))
    subprocess.run(
        [program, "generate", "--records", str(incidents), "--seed", "1", "-q", "-o", str(export)], check=True
    )


def lean(source: Path, folder: Path) -> Path:
    """The same history as a tool exports it that logs changes alone: of what a record held at its opening, the state and the priority."""
    folder.mkdir(parents=True)
    for table in TABLES:
        if table != "event":
            shutil.copyfile(source / f"{table}.parquet", folder / f"{table}.parquet")
    events = _write_lean(source / "event.parquet", folder / "event.parquet")
    receipt = {**json.loads((source / "receipt.json").read_text("utf-8")), "events": events}
    (folder / "receipt.json").write_text(json.dumps(receipt, ensure_ascii=False), "utf-8")
    return folder


def _write_lean(source: Path, out: Path) -> int:
    """Write the changes that `lean` leaves, numbered without gaps, and return how many there are."""
    numbered = "row_number() OVER (PARTITION BY record_id ORDER BY seq) AS seq"
    kept = f"SELECT * REPLACE ({numbered}) FROM read_parquet('{source}') WHERE old IS NOT NULL OR field IN ('state', 'priority')"
    with duckdb.connect() as connection:
        written = connection.execute(
            f"COPY ({kept} ORDER BY record_id, seq) TO '{out}' (FORMAT parquet, ROW_GROUP_SIZE {ROW_GROUP})"
        ).fetchone()
    assert written is not None
    return int(written[0])


def multiply(source: Path, folder: Path, copies: int, memory: str = "4GB") -> Many:
    """So many copies of a dataset below each other, as a dataset and as CSV."""
    apart(lay_out, source, folder / "dataset", copies, memory)
    apart(write_tables, folder / "dataset", folder / "tables", memory)
    return read(folder / "dataset", folder / "tables")


def apart(function: Callable[..., Result], *arguments: object) -> Result:
    """What a function returns in a process of its own: the kernel counts the memory of a parent to the peak of its children."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def read(dataset: Path, tables: Path) -> Many:
    """What the receipt of a dataset says of it."""
    receipt = json.loads((dataset / "receipt.json").read_text("utf-8"))
    return Many(dataset, tables, receipt["records"], receipt["events"], receipt["last_moment"])


def lay_out(source: Path, dataset: Path, copies: int, memory: str = "4GB") -> None:
    """The dataset folder of so many copies; its receipt counts them all."""
    dataset.mkdir(parents=True)
    with _connected(dataset.parent, memory) as connection:
        for table in TABLES:
            _copy(connection, source / f"{table}.parquet", dataset / f"{table}.parquet", copies)
    receipt = times(json.loads((source / "receipt.json").read_text("utf-8")), copies)
    (dataset / "receipt.json").write_text(json.dumps(receipt, ensure_ascii=False), "utf-8")


def write_tables(dataset: Path, tables: Path, memory: str = "4GB") -> None:
    """The tables of a dataset as CSV, in the codes of the model; the history of a record stands together, in its order."""
    tables.mkdir(parents=True)
    receipt = json.loads((dataset / "receipt.json").read_text("utf-8"))
    with _connected(tables.parent, memory) as connection:
        for table in TABLES:
            rows = _translated(table, dataset / f"{table}.parquet", dataset, receipt)
            order = ORDER.get(table)
            ordered = f"{rows} ORDER BY {order}" if order else rows
            connection.execute(f"COPY ({ordered}) TO '{tables / f'{table}.csv'}' (HEADER)")


def times(receipt: Mapping[str, object], copies: int) -> dict[str, object]:
    """The receipt of so many copies: what counts rows counts them all."""
    files = receipt["files"]
    assert isinstance(files, list)
    counted = [{**one, **{key: one[key] * copies for key in one if key.startswith("rows_")}} for one in files]
    totals = {key: value * copies for key in ("records", "events", "rejects") if isinstance(value := receipt[key], int)}
    return {**receipt, **totals, "files": counted}


def columns(connection: duckdb.DuckDBPyConnection, path: Path) -> Mapping[str, str]:
    """The columns of a table and their types."""
    rows = connection.execute(f"DESCRIBE FROM read_parquet('{path}')").fetchall()
    return {str(row[0]): str(row[1]) for row in rows}


def _connected(folder: Path, memory: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(
        f"SET enable_progress_bar = false; SET memory_limit = '{memory}'; SET temp_directory = '{folder / 'spill'}'"
    )
    return connection


def _copy(connection: duckdb.DuckDBPyConnection, source: Path, out: Path, copies: int) -> None:
    names = columns(connection, source)
    renamed = [f'{_renamed(name)} AS "{name}"' for name in names if name in (*IDS, *ITEMS)]
    renamed += [f"source_row + copy * {10**7} AS source_row"] if "source_row" in names else []
    replaced = f"REPLACE ({', '.join(renamed)})" if renamed else ""
    order = ORDER.get(out.stem, "copy, file_row_number")
    rows = f"read_parquet('{source}', file_row_number = true), (SELECT range AS copy FROM range({copies}))"
    connection.execute(
        f"COPY (SELECT * EXCLUDE (copy, file_row_number) {replaced} FROM {rows} ORDER BY {order}) "
        f"TO '{out}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP})"
    )


def _renamed(column: str) -> str:
    """The number of the copy comes before the digits of a number, so that numbers still run in sequences, and behind the name of an item."""
    number = f"""regexp_replace("{column}", '([A-Z]+)([0-9])', concat('\\1', lpad(CAST(copy AS VARCHAR), 4, '0'), '\\2'), 'g')"""
    item = f"concat(\"{column}\", '-', copy)"
    if column in ITEMS:
        return f'CASE WHEN "{column}" IS NOT NULL THEN {item} END'
    return f"""CASE WHEN "{column}" LIKE 'lq-%' THEN {item} ELSE {number} END"""


def _translated(table: str, path: Path, dataset: Path, receipt: Mapping[str, object]) -> str:
    """The rows with the codes of the model, so that no other program has to translate those of the tool."""
    codes = receipt["codes_by_process"]
    assert isinstance(codes, dict)
    incident: Mapping[str, Mapping[str, str]] = codes.get("incident", {})
    if table == "record":
        said = ", ".join(
            f'CASE WHEN process = \'incident\' THEN {_code(column, incident[column])} ELSE "{column}" END AS "{column}"'
            for column in sorted(incident)
        )
        return f"SELECT * {f'REPLACE ({said})' if said else ''} FROM read_parquet('{path}')"
    if table == "event":
        record = f"(SELECT record_id FROM read_parquet('{dataset / 'record.parquet'}') WHERE process = 'incident')"
        said = ", ".join(
            f"CASE WHEN record_id IN {record} THEN {_event(side, incident)} ELSE {side} END AS {side}"
            for side in ("old", "new")
        )
        return f"SELECT * REPLACE ({said}) FROM read_parquet('{path}')"
    return f"SELECT * FROM read_parquet('{path}')"


def _event(side: str, codes: Mapping[str, Mapping[str, str]]) -> str:
    cases = " ".join(f"WHEN field = '{field}' THEN {_code(side, codes[field])}" for field in sorted(codes))
    return f"CASE {cases} ELSE {side} END" if cases else side


def _code(column: str, codes: Mapping[str, str]) -> str:
    cases = " ".join(f"WHEN {_text(said)} THEN {_text(meant)}" for said, meant in sorted(codes.items()))
    return f'CASE "{column}" {cases} ELSE "{column}" END'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

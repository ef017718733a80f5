"""The files of a dataset: that all of them are there and are what they are called, and where their rows were read."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from itsmctl.engine.database import duckdb
from itsmctl.engine.session import Session, exported, name
from itsmctl.engine.sql import epoch
from itsmctl.engine.tables.codes import named
from itsmctl.engine.tables.loading import Loading
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.model import APPROVAL_COLUMNS, EVENT_COLUMNS, LINK_COLUMNS, RECORD_COLUMNS, REJECT_COLUMNS, SOURCE_COLUMNS

TABLE_FILES = {
    "record": RECORD_COLUMNS,
    "event": EVENT_COLUMNS,
    "approval": APPROVAL_COLUMNS,
    "link": LINK_COLUMNS,
    "reject": REJECT_COLUMNS,
}


def check_files(session: Session, folder: Path) -> frozenset[str]:
    """Refuse a folder in which a table is missing, damaged, or another one; returns the tables that tell where their rows were read."""
    for table in TABLE_FILES:
        if not files_of(folder / f"{table}.parquet"):
            raise _no_dataset(folder, table, "no such file")
    try:
        found = session.columns_of([file for table in TABLE_FILES for file in files_of(folder / f"{table}.parquet")])
    except duckdb.InvalidInputException as error:
        message = str(error).splitlines()[0]
        damaged = next((t for t in TABLE_FILES if f"{t}.parquet" in message), "record")
        raise _no_dataset(folder, damaged, message) from error
    inside: dict[Path, set[object]] = defaultdict(set)
    for file, column in found:
        inside[Path(str(file))].add(column)
    telling = set()
    for table, wanted in TABLE_FILES.items():
        path = folder / f"{table}.parquet"
        columns = {column for file in files_of(path) for column in inside[file]}
        columns |= {part.partition("=")[0] for file in files_of(path) for part in file.parts if "=" in part}
        missing = [column for column in wanted if column not in columns]
        if missing:
            template = "there is no column {column}: another version or another program wrote the table; import the export again"
            raise ItsmctlError(Problem("not-a-dataset", template, Where(str(path)), {"column": missing[0]}))
        if columns >= set(SOURCE_COLUMNS):
            telling.add(table)
    return frozenset(telling)


def files_of(path: Path) -> list[Path]:
    """The files of a table: one, or those in a folder, which may be partitioned by columns (`process=incident/…`)."""
    return sorted(path.rglob("*.parquet")) if path.is_dir() else [path] if path.is_file() else []


def _no_dataset(folder: Path, table: str, why: str) -> ItsmctlError:
    template = "this is not a dataset folder: {file} cannot be read ({why})"
    values = {"file": f"{table}.parquet", "why": why}
    return ItsmctlError(Problem("not-a-dataset", template, Where(str(folder)), values))


def create_sources(session: Session, loading: Loading, told: frozenset[str]) -> None:
    """`event_source(record_id, seq, actor, …)` and `approval_source(record_id, approver, moment, …)`: where each was read."""
    quoted = name("at")
    keys = {
        "event": f"seq, {named('actor')} AS actor, {named('actor_group')} AS actor_group",
        "approval": f"{named('approver')} AS approver, {epoch(quoted)} AS moment",
    }
    for table, key in keys.items():
        rows = (
            "source_file, source_row"
            if table in told
            else "CAST(NULL AS VARCHAR) AS source_file, CAST(NULL AS BIGINT) AS source_row"
        )
        session.run(
            f"CREATE VIEW {table}_source AS SELECT record_id, {key}, {rows} FROM {exported(loading.folder, table)}"
        )

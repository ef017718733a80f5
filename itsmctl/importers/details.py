"""Exports whose rows belong to records of other files: history, approvals, links, and cells that a record lacks.

Each becomes a table that still knows the file and row of everything, until the records it belongs to are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from itsmctl.engine.session import Session, name, quote
from itsmctl.importers.export import RAW, Staged
from itsmctl.importers.population import drop_rows_of_no_record, drop_rows_without_id, leave_out, merge_repeated
from itsmctl.importers.recognition import Source, settled, sources
from itsmctl.importers.spreadsheet_errors import set_errors_aside
from itsmctl.importers.values import (
    MOMENT,
    Moments,
    boolean_sql,
    convert_times,
    number_sql,
    reject_values,
    time_cells,
)
from itsmctl.model import BOOLEAN_COLUMNS, NUMBER_COLUMNS, TIME_COLUMNS, MappingDefinition


@dataclass(frozen=True)
class Detail:
    """A table of details on disk: file, row, key (of the record, as exported), and the columns of its kind."""

    mapping: MappingDefinition
    staged: Staged
    found: Mapping[str, Source]
    missing: tuple[str, ...]
    moments: Moments
    path: Path
    merged: int
    """Rows that repeat another in every cell: what happened once is told once."""


def prepare_detail(session: Session, staged: Staged, mapping: MappingDefinition, zone: str, path: Path) -> Detail:
    """Read the cells of RAW as what they are, and write them to `path`; rows without a key are quarantined."""
    mapping = settled(mapping, staged.columns)
    found, missing = sources(mapping, staged.columns)
    leave_out(session, staged, mapping)
    drop_rows_without_id(session, staged, found)
    drop_rows_of_no_record(session, staged, found)
    merged = merge_repeated(session, staged)
    if mapping.table in ("approval", "detail"):
        set_errors_aside(session, staged, found)
    if mapping.table == "detail":
        reject_values(session, staged, found, mapping)
    moments = convert_times(session, staged, found["record_id"], time_cells(found, mapping, staged), mapping, zone)
    detail = Detail(mapping, staged, found, missing, moments, path, merged)
    session.write_parquet(_query(detail), path)
    return detail


def _query(x: Detail) -> str:
    columns = ", ".join(f"{sql} AS {name(column)}" for column, sql in _columns(x).items())
    return (
        f"SELECT r.file, r.row, {x.found['record_id'].sql(x.staged, 'r.')} AS key, {columns} "
        f"FROM {RAW} r JOIN {MOMENT} m ON m.raw = r.rowid ORDER BY r.file, r.row"
    )


def _columns(x: Detail) -> dict[str, str]:
    match x.mapping.table:
        case "event":
            people = {"actor": x.mapping.actor, "actor_group": x.mapping.actor_group}
            cells = {column: _exported(x, exported) for column, exported in people.items()}
            changed = {"field": _coded(x, "field"), "old": _cell(x, "old"), "new": _cell(x, "new")}
            return {"at": _moment(x, x.mapping.at), **cells, **changed}
        case "approval":
            return {
                **{column: _cell(x, column) for column in ("approver", "role", "decision")},
                "at": _moment(x, x.mapping.at),
            }
        case "link":
            kind = _coded(x, "type") if "type" in x.found else quote(x.mapping.link_type)
            return {"type": kind, "target": _cell(x, "target")}
        case _:
            return {column: _typed(x, column) for column in x.found if column != "record_id"}


def _typed(x: Detail, column: str) -> str:
    if column in TIME_COLUMNS:
        return _moment(x, x.found[column].shown)
    cell = _cell(x, column)
    if column in NUMBER_COLUMNS:
        return number_sql(cell)
    return boolean_sql(cell) if column in BOOLEAN_COLUMNS else cell


def _coded(x: Detail, column: str) -> str:
    """What a field or a relation is called here; without a code, as the tool calls it."""
    cell = _cell(x, column)
    codes = x.mapping.codes.get(column, {}).items()
    cases = " ".join(f"WHEN {quote(said)} THEN {quote(meant)}" for said, meant in codes)
    return f"CASE {cell} {cases} ELSE {cell} END" if cases else cell


def _cell(x: Detail, column: str) -> str:
    return x.found[column].sql(x.staged, "r.") if column in x.found else "CAST(NULL AS VARCHAR)"


def _exported(x: Detail, column: str) -> str:
    return f"r.{x.staged.sql(column)}" if column in x.staged.columns else "CAST(NULL AS VARCHAR)"


def _moment(x: Detail, column: str) -> str:
    seconds = f"m.{x.moments.sql(column)}" if column in x.moments.names else "CAST(NULL AS BIGINT)"
    return f"make_timestamp({seconds} * 1000000)"

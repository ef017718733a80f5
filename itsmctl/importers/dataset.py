"""The dataset: canonical tables built from the staged rows, written as Parquet, and the receipt that adds up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from itsmctl.engine.session import Session, Value, file_text, name, quote
from itsmctl.importers import canonical, findings
from itsmctl.importers.ends import last_moment, with_ends
from itsmctl.importers.export import REJECT, Export, Staged
from itsmctl.importers.population import (
    believe_later_files,
    drop_rows_of_no_record,
    drop_rows_without_id,
    drop_rows_without_process,
    leave_out,
    merge_duplicates,
)
from itsmctl.importers.receipt import FILE, FORMAT, LeftOut, Receipt, ReceiptFile, Unread, iso
from itsmctl.importers.recognition import Source, check_alike, lacking, settled, sources
from itsmctl.importers.spreadsheet_errors import set_errors_aside
from itsmctl.importers.untold import set_untold_aside
from itsmctl.importers.values import convert_times, reject_values, time_cells
from itsmctl.model import APPROVAL_COLUMNS, REJECT_COLUMNS, UNREAD, MappingDefinition

TABLES = ("record", "event", "approval", "link", "reject")
FILES = (*(f"{table}.parquet" for table in TABLES), FILE)
"""What a dataset folder holds, and nothing else."""


@dataclass(frozen=True)
class Staging:
    """All that the tables are made from, and what was noticed on the way."""

    export: canonical.Export
    missing: tuple[str, ...]
    zone: str
    merged: int
    hindsight: Mapping[str, int]


def prepare(session: Session, staged: Staged, mapping: MappingDefinition, zone: str) -> Staging:
    """Read the cells of RAW as what they are, and put its rows in the order of each ticket's life."""
    mapping = settled(mapping, staged.columns)
    found, missing = sources(mapping, staged.columns)
    if mapping.shape != "records":
        check_alike(staged.exports, mapping, found)
    record_id = found["record_id"]
    leave_out(session, staged, mapping)
    drop_rows_without_id(session, staged, found)
    drop_rows_of_no_record(session, staged, found)
    drop_rows_without_process(session, staged, mapping, found)
    merged = 0
    if mapping.shape == "records":
        merged = merge_duplicates(session, staged, found, mapping)
        set_errors_aside(session, staged, found)
    with session.beside(lambda other: reject_values(other, staged, found, mapping)):
        moments = convert_times(session, staged, record_id, time_cells(found, mapping, staged), mapping, zone)
    if mapping.shape == "records":
        believe_later_files(session, found, mapping, moments)
    export = canonical.Export(staged, mapping, found, moments, _history(mapping, found))
    hindsight = canonical.hindsight_columns(session, export)
    export = replace(export, history=tuple(column for column in export.history if column not in hindsight))
    canonical.put_in_order(session, export)
    set_untold_aside(session, export)
    return Staging(export, missing, zone, merged, hindsight)


def write(session: Session, staging: Staging, place: Path, left_out: Sequence[LeftOut] = ()) -> Receipt:
    """Write the five tables and the receipt of an import with one mapping into a folder."""
    x = staging.export
    changes = canonical.event_query(x)
    with session.beside(lambda other: other.write_parquet(changes, place / "event.parquet")) as events:
        # What follows needs few columns of the records, which are quicker read back than kept beside.
        canonical.find_last(session, x)
        session.write_parquet(f"{canonical.record_query(x)} ORDER BY l.id", place / "record.parquet")
        session.run(f"CREATE VIEW record AS SELECT * FROM read_parquet({quote(file_text(place / 'record.parquet'))})")
        _create_tables(session, x)
        for table in ("approval", "link"):
            session.write_parquet(f"SELECT * FROM {table}", place / f"{table}.parquet")
        receipt = findings.with_gaps(session, receipt_of(session, staging, 0))
    rejects = write_rejects(session, x.staged.exports, place)
    files = count_files(x.staged, x.mapping, x.found, lost_rows(session), x.history)
    warnings = tuple(sorted({*receipt.warnings, *findings.left_out(left_out)}))
    receipt = replace(
        receipt,
        files=files,
        events=events.result(),
        rejects=rejects,
        left_out=tuple(left_out),
        warnings=warnings,
        unread=unread_columns(session, [(x.staged, x.found)]),
    )
    receipt = with_ends(session, receipt, place)
    write_receipt(receipt, place)
    return receipt


def write_rejects(session: Session, exports: Sequence[Export], place: Path) -> int:
    """Write the table of rejects into a folder and return how many there are."""
    sorted_columns = ", ".join(name(column) for column in REJECT_COLUMNS)
    files = " ".join(f"WHEN {export.number} THEN ?" for export in exports)
    session.run(
        f"CREATE TABLE reject AS SELECT DISTINCT CASE file {files} END AS source_file, row AS source_row, record_id, number, "
        f'"column", value, reason FROM {REJECT} ORDER BY {sorted_columns}',
        [export.name for export in exports],
    )
    return session.write_parquet("SELECT * FROM reject", place / "reject.parquet")


def unread_columns(session: Session, read: Iterable[tuple[Staged, Mapping[str, Source]]]) -> tuple[Unread, ...]:
    """The columns of records of which cells were set aside, by file: empty there does not mean that nothing stood in the cell."""
    reasons = ", ".join(map(quote, UNREAD))
    rows = set(session.rows(f'SELECT DISTINCT source_file, "column" FROM reject WHERE reason IN ({reasons})'))
    found = {
        Unread(export.name, exported, canonical)
        for staged, sources in read
        for export in staged.exports
        for canonical, source in sources.items()
        for exported in {source.exported[0], source.shown}
        if (export.name, exported) in rows
    }
    return tuple(sorted(found))


def write_receipt(receipt: Receipt, place: Path) -> None:
    """Write the receipt into a dataset folder."""
    (place / FILE).write_text(receipt.to_json(), encoding="utf-8", newline="\n")


def _create_tables(session: Session, x: canonical.Export) -> None:
    """The tables link and approval."""
    session.run(f"CREATE TABLE link AS {canonical.link_query(x)}")
    columns = ", ".join(f"{name(column)} {'TIMESTAMP' if column == 'at' else 'VARCHAR'}" for column in APPROVAL_COLUMNS)
    session.run(f"CREATE TABLE approval ({columns}, source_file VARCHAR, source_row BIGINT)")


@dataclass(frozen=True)
class _Noticed:
    duplicates: int
    warnings: tuple[tuple[str, str], ...]


def _notice(session: Session, staging: Staging) -> _Noticed:
    """What a reader should know."""
    x = staging.export
    duplicates = canonical.repeated_rows(session, x) if x.mapping.shape == "updates" else staging.merged
    warnings = {*findings.look(session, x, staging.missing, duplicates, staging.hindsight)}
    warnings |= {note for one in x.staged.exports for note in one.notes}
    return _Noticed(duplicates, tuple(sorted(warnings)))


def _history(mapping: MappingDefinition, found: Mapping[str, Source]) -> tuple[str, ...]:
    match mapping.shape:
        case "trace":
            return ("state",) if "state" in found else ()
        case "updates":
            return tuple(column for column in mapping.history if column in found)
        case "records":
            return ()


def receipt_of(session: Session, staging: Staging, events: int) -> Receipt:
    """The receipt of what one mapping read; what was lost, and which numbers are missing, is to be told when all are read."""
    x = staging.export
    noticed = _notice(session, staging)
    files = count_files(x.staged, x.mapping, x.found, {}, x.history)
    records, first, last = session.one(
        "SELECT count(*), min(opened_at), max(opened_at) FROM (SELECT epoch_ms(opened_at) // 1000 AS opened_at FROM record)"
    )
    latest, passed_over = last_moment(session, x)
    derived = {"opened_at"} if x.mapping.shape == "trace" else set()
    return Receipt(
        mapping=x.mapping.id,
        process=", ".join(x.mapping.processes),
        shape=x.mapping.shape,
        tool=x.mapping.tool,
        zone=staging.zone,
        files=files,
        records=int(records or 0),
        events=events,
        rejects=0,
        period_from=iso(first),
        period_to=iso(last),
        last_moment=iso(latest),
        precision_seconds=x.moments.precision_seconds,
        local_times=x.moments.local,
        time_formats=x.moments.formats,
        mapped=tuple(sorted({*x.found, *derived})),
        kept=canonical.kept_columns(x),
        missing=tuple(column for column in staging.missing if column not in derived),
        history=x.history,
        codes={column: table for column, table in x.mapping.codes.items() if column != "process"},
        duplicates=noticed.duplicates,
        warnings=tuple(sorted({*noticed.warnings, *passed_over})),
        digest=digest(files, (x.mapping,), staging.zone),
        history_time=x.mapping.at if x.mapping.shape == "updates" else "",
    )


def lost_rows(session: Session) -> dict[Value, int]:
    """How many rows of each export were rejected."""
    rows = session.rows(f"SELECT file, count(DISTINCT row) FROM {REJECT} WHERE whole GROUP BY file")
    return {file: int(count or 0) for file, count in rows}


def count_files(
    staged: Staged,
    mapping: MappingDefinition,
    found: Mapping[str, Source],
    lost: Mapping[Value, int],
    history: tuple[str, ...] = (),
) -> tuple[ReceiptFile, ...]:
    """What became of the rows of each export that a mapping reads."""
    files = []
    for export, read in zip(staged.exports, staged.rows_read, strict=True):
        rows_lost = lost.get(export.number, 0)
        source = export.source
        files.append(
            ReceiptFile(
                name=export.name,
                member=source.member,
                sha256=source.sha256,
                bytes=source.bytes,
                format=export.format,
                encoding=export.encoding,
                delimiter=export.delimiter if export.format == "csv" else "",
                rows_read=read,
                rows_imported=read - rows_lost,
                rows_rejected=rows_lost,
                missing=(missing := lacking(export, found)),
                mapping=mapping.id,
                table=mapping.table,
                shape=mapping.shape,
                history=tuple(column for column in history if column not in missing),
                header_row=export.header_row,
            )
        )
    return tuple(files)


def digest(files: Sequence[ReceiptFile], mappings: Sequence[MappingDefinition], zone: str) -> str:
    """What the dataset follows from: the bytes of the files, how they were read, and the format of what was written."""
    said = {
        "format": FORMAT,
        "files": [
            [file.name, file.sha256, file.encoding, file.delimiter, *([file.header_row] if file.header_row else [])]
            for file in files
        ],
        "mapping": mapping_digest(mappings[0]) if len(mappings) == 1 else [mapping_digest(one) for one in mappings],
        "zone": zone,
    }
    return _sha256(said)


_LATER = (
    "table",
    "process_column",
    "taken",
    "only",
    "without",
    "links",
    "link_type",
    "date_order",
    "header_row",
    "alternatives",
)


def mapping_digest(mapping: MappingDefinition) -> str:
    """SHA-256 over everything in a mapping that decides what an import gives, and nothing about where it is written."""
    # What a mapping does not use is left out, so that a new key changes no digest of old.
    more = {key: value for key in _LATER if (value := getattr(mapping, key)) not in ("", {}, "record", 0)}
    return _sha256(
        {
            "id": mapping.id,
            "format": mapping.format,
            "shape": mapping.shape,
            "process": mapping.process,
            "tool": mapping.tool,
            "missing": mapping.missing,
            "time_formats": mapping.time_formats,
            "zone": mapping.zone,
            "columns": dict(mapping.columns),
            "joined": dict(mapping.joined),
            "order_by": mapping.order_by,
            "at": mapping.at,
            "actor": mapping.actor,
            "actor_group": mapping.actor_group,
            "history": mapping.history,
            "codes": {column: dict(table) for column, table in mapping.codes.items()},
            **more,
        }
    )


def _sha256(said: object) -> str:
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

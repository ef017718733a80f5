"""An import that needs several mappings: each reads its files on its own, then they become one dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from itsmctl.engine.lanes import in_lanes
from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.importers import canonical, dataset, findings
from itsmctl.importers.details import Detail, prepare_detail
from itsmctl.importers.disagreeing import Told
from itsmctl.importers.ends import with_ends
from itsmctl.importers.export import Export
from itsmctl.importers.joining import Joined, Part, join
from itsmctl.importers.opening import stage
from itsmctl.importers.receipt import LeftOut, Receipt, ReceiptFile, iso
from itsmctl.importers.recognition import lacking
from itsmctl.model import MappingDefinition

_OF_RECORDS = ("detail", "event")
"""The tables beside that of records whose moments are those of records."""

Groups = Sequence[tuple[MappingDefinition, tuple[Export, ...]]]
Codes = Mapping[str, Mapping[str, str]]
_MINUTE = 60


@dataclass(frozen=True)
class _Records:
    """The records of one mapping, written."""

    staging: dataset.Staging
    receipt: Receipt
    part: Part


def write(
    session: Session,
    groups: Groups,
    zone: str,
    scratch: Path,
    place: Path,
    left_out: Sequence[LeftOut],
    tell: Callable[[str, float], None],
) -> Receipt:
    """Write the five tables and the receipt of an import with several mappings into a folder."""
    _refuse_conflicts([mapping for mapping, _ in groups])
    finished: list[int] = []

    def read(lane: Session, number: int) -> _Records | Detail:
        mapping, exports = groups[number]
        staged = stage(lane, exports, mapping, scratch)
        made: _Records | Detail
        if mapping.table == "record":
            staging = dataset.prepare(lane, staged, mapping, zone or mapping.zone)
            made = _write_part(lane, staging, number, scratch)
        else:
            made = prepare_detail(lane, staged, mapping, zone or mapping.zone, scratch / f"detail-{number}.parquet")
        finished.append(number)
        tell("reading", 0.8 * len(finished) / len(groups))
        return made

    works = [partial(read, number=number) for number in range(len(groups))]
    sizes = [sum(export.path.stat().st_size for export in exports) for _, exports in groups]
    made = in_lanes(session, works, sizes)
    records = [one for one in made if isinstance(one, _Records)]
    details = [one for one in made if isinstance(one, Detail)]
    if not records:
        names = ", ".join(mapping.id for mapping, _ in groups)
        template = "{mapping}: rows about records in other files; name the files with the records too"
        raise ItsmctlError(Problem("no-record-files", template, values={"mapping": names}))
    every = [export for _, exports in groups for export in exports]
    joined = join(session, [one.part for one in records], details, every, place)
    rejects = dataset.write_rejects(session, every, place)
    receipt = findings.with_gaps(session, _receipt(session, records, details, joined, rejects, left_out))
    receipt = with_ends(session, receipt, place)
    dataset.write_receipt(receipt, place)
    return receipt


def _write_part(session: Session, staging: dataset.Staging, number: int, scratch: Path) -> _Records:
    """Lay the records of a mapping in a table that all see, and what hangs on them in files."""
    x = staging.export
    table = f"record_{number}"
    part = Part(
        Told(
            table,
            x.found,
            {export.name: lacking(export, x.found) for export in x.staged.exports},
            x.mapping.codes,
            x.moments.precision_seconds >= _MINUTE,
        ),
        scratch / f"event-{number}.parquet",
        scratch / f"link-{number}.parquet",
        tuple(export.name for export in x.staged.exports),
        x.mapping.shape == "records",
    )
    canonical.find_last(session, x)
    session.run(f"CREATE TABLE main.{table} AS {canonical.record_query(x)}")
    session.run(f"CREATE VIEW record AS SELECT * FROM main.{table}")
    session.write_parquet(canonical.link_query(x), part.links)
    events = session.write_parquet(canonical.event_query(x), part.events)
    return _Records(staging, dataset.receipt_of(session, staging, events), part)


def _refuse_conflicts(mappings: Sequence[MappingDefinition]) -> None:
    """Raise ItsmctlError where two mappings give one word of one process two meanings: the dataset keeps the word."""
    meant: dict[tuple[str, str, str], tuple[str, str]] = {}
    problems: list[Problem] = []
    for mapping in mappings:
        for process, codes in _own_codes(mapping).items():
            for column, table in codes.items():
                for word, code in table.items():
                    before, other = meant.setdefault((process, column, word), (code, mapping.id))
                    if before != code:
                        template = "{column}: {word!r} is {first} to {one} and {second} to {other}; import them apart"
                        values = {
                            "column": column, "word": word, "first": before, "one": other, "second": code, "other": mapping.id,
                        }  # fmt: skip
                        problems.append(Problem("conflicting-codes", template, mapping.where, values))
    if problems:
        raise ItsmctlError(problems)


def _own_codes(mapping: MappingDefinition) -> dict[str, Codes]:
    """The codes of a mapping by process; those of an approval hold for all, under ''."""
    applied = (
        ("process", "field") if mapping.table != "link" else ("type",)
    )  # while importing, as nothing is lost by it
    codes = {column: table for column, table in mapping.codes.items() if column not in applied}
    processes = mapping.processes if mapping.table == "record" else ("",)
    return dict.fromkeys(processes, codes) if codes else {}


def _receipt(
    session: Session,
    records: Sequence[_Records],
    details: Sequence[Detail],
    joined: Joined,
    rejects: int,
    left_out: Sequence[LeftOut],
) -> Receipt:
    receipts = [one.receipt for one in records]
    mapped = {column for receipt in receipts for column in receipt.mapped}
    mapped |= {column for detail in details if detail.mapping.table == "detail" for column in detail.found}
    files = _files(session, records, details, mapped)
    mappings = [*(one.staging.export.mapping for one in records), *(detail.mapping for detail in details)]
    codes: dict[str, dict[str, Mapping[str, str]]] = {}
    for mapping in mappings:
        for process, own in _own_codes(mapping).items():
            for column, table in own.items():
                known = codes.setdefault(process, {})
                known[column] = {**known.get(column, {}), **table}
    latest = max((*(receipt.last_moment for receipt in receipts), iso(joined.last_moment)))
    (count, first, last) = session.one(
        "SELECT count(*), min(epoch_ms(opened_at)) // 1000, max(epoch_ms(opened_at)) // 1000 FROM record"
    )
    history = {column for receipt in receipts for column in receipt.history} | set(joined.history)
    times = [receipt.history_time for receipt in receipts] + [
        detail.mapping.at for detail in details if detail.mapping.table == "event"
    ]
    zones = [one.staging.zone for one in records if one.staging.zone]
    return replace(
        receipts[0],
        mapping=", ".join(sorted({mapping.id for mapping in mappings})),
        process=", ".join(sorted({process for mapping in mappings for process in mapping.processes})),
        shape=", ".join(sorted({receipt.shape for receipt in receipts})),
        tool=", ".join(sorted({mapping.tool for mapping in mappings})),
        zone=zones[0] if zones else "",
        files=files,
        records=int(count or 0),
        events=joined.events,
        rejects=rejects,
        period_from=iso(first),
        period_to=iso(last),
        last_moment=latest,
        precision_seconds=max(
            [
                *(receipt.precision_seconds for receipt in receipts),
                *(d.moments.precision_seconds for d in details if d.mapping.table in _OF_RECORDS),
            ]
        ),
        local_times=any([*(receipt.local_times for receipt in receipts), *(d.moments.local for d in details)]),
        time_formats={
            column: pattern
            for formats in [*(receipt.time_formats for receipt in receipts), *(d.moments.formats for d in details)]
            for column, pattern in formats.items()
        },
        mapped=tuple(sorted(mapped)),
        kept=tuple(sorted({column for receipt in receipts for column in receipt.kept})),
        missing=tuple(sorted({column for receipt in receipts for column in receipt.missing} - mapped)),
        history=tuple(sorted(history)),
        codes=codes.pop("", {}),
        codes_by_process=codes,
        duplicates=sum(receipt.duplicates for receipt in receipts) + sum(detail.merged for detail in details),
        warnings=tuple(sorted({*_warnings(session, receipts, details, joined), *findings.left_out(left_out)})),
        digest=dataset.digest(files, mappings, zones[0] if zones else ""),
        history_time=" | ".join(sorted({time for time in times if time})),
        left_out=tuple(left_out),
        unread=dataset.unread_columns(
            session,
            [
                *((one.staging.export.staged, one.staging.export.found) for one in records),
                *((detail.staged, detail.found) for detail in details if detail.mapping.table == "detail"),
            ],
        ),
    )


def _files(
    session: Session, records: Sequence[_Records], details: Sequence[Detail], mapped: set[str]
) -> tuple[ReceiptFile, ...]:
    """Every file in the order of their names, with what each file of records alone lacks."""
    told = {column for detail in details if detail.mapping.table == "detail" for column in detail.found}
    lost = dataset.lost_rows(session)
    files = []
    for one in records:
        x = one.staging.export
        for file in dataset.count_files(x.staged, x.mapping, x.found, lost, x.history):
            own = (set(one.receipt.mapped) | told) - set(file.missing)
            files.append(replace(file, missing=tuple(sorted(mapped - own))))
    for detail in details:
        counted = dataset.count_files(detail.staged, detail.mapping, detail.found, lost)
        files += [replace(file, missing=()) for file in counted]
    return tuple(sorted(files, key=lambda file: file.name))


def _warnings(
    session: Session, receipts: Sequence[Receipt], details: Sequence[Detail], joined: Joined
) -> findings.Warnings:
    for receipt in receipts:
        for code, message in receipt.warnings:
            yield code, f"{receipt.mapping}: {message}" if code == "missing-columns" else message
    for detail in details:
        for export, rows in zip(detail.staged.exports, detail.staged.rows_read, strict=True):
            yield from findings.of_export(export, rows)
        yield from findings.of_pages(detail.staged)
        yield from findings.of_times(detail.moments)
        yield from findings.of_days_as_numbers(session, detail.staged)
        if detail.merged:
            yield (
                "duplicates",
                f"{detail.mapping.id}: rows that repeat an earlier row in every cell, merged with it: {detail.merged}",
            )
    for export_name, count in joined.orphans.items():
        yield "orphan-rows", f"{export_name}: rows about a record that no file has, set aside: {count}"
    if joined.silent:
        yield "records-without-history", f"records of which the history tells nothing: {joined.silent}"

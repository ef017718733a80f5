"""Ticket exports in, a dataset folder out: canonical tables, a quarantine for what could not be read, and a receipt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers import dataset, findings, plain_tables, several
from itsmctl.importers.container import Plain, check_unchanged, files_in, folders_in, stamps_of, unpack
from itsmctl.importers.database import Query, open_query
from itsmctl.importers.dataset import FILES, write_receipt
from itsmctl.importers.export import create_reject
from itsmctl.importers.opening import ImportOptions, open_file, stage
from itsmctl.importers.receipt import FILE as RECEIPT
from itsmctl.importers.receipt import LeftOut, Receipt
from itsmctl.importers.recognition import Recognised, recognise
from itsmctl.model import MappingDefinition
from itsmctl.output import check_place, replacing, scratch_beside
from itsmctl.zones import zone_info

Progress = Callable[[str, float], None]


def import_files(
    files: Sequence[Path],
    mapping: MappingDefinition | Sequence[MappingDefinition] | None,
    mappings: Mapping[str, MappingDefinition],
    zone: str,
    out: Path,
    *,
    queries: Sequence[Query] = (),
    options: ImportOptions = ImportOptions(),  # noqa: B008 - frozen
    progress: Callable[[str, float], None] | None = None,
) -> Receipt:
    """Import exported files, and those in folders, and what databases answer to `queries`, as one dataset into the folder `out`, which appears whole or not at all.

    A dataset that was written out as CSV comes back as it was; zone and mapping were chosen when it was first imported.
    The mapping of each table is found from its header, among those named where any are. The zone is the one given, else
    the mapping's; times that carry no offset are refused without one. Raises ItsmctlError for whatever keeps the
    tickets from being read, and where a file changed meanwhile; single rows and values that cannot be read are put in `reject.parquet` and counted in the
    receipt.
    """
    tell = progress or _silent
    if len(files) == 1 and not queries and plain_tables.is_exported(files[0]):
        return plain_tables.read_back(files[0], out, options.memory_limit)
    within = [folder for file in files for folder in folders_in(file)]
    files = [found for file in files for found in files_in(file)]
    stamps = stamps_of(files)
    _check_options([*files, *queries], options)
    check_place(out, FILES, RECEIPT)
    if zone:
        zone_info(zone)  # an unknown zone is refused before anything is read
    named = (mapping,) if isinstance(mapping, MappingDefinition) else tuple(mapping or ())
    named = tuple(_as_told(one, options) for one in named)
    mappings = {name: _as_told(one, options) for name, one in mappings.items()}
    with scratch_beside(out) as folder, Session(memory_limit=options.memory_limit, spill=folder) as session:
        scratch = folder / "files"
        scratch.mkdir()
        tell("reading", 0.0)
        known = named or mappings.values()
        plains = _unpacked(files, scratch)
        exports = [one for plain in plains for one in open_file(session, plain, scratch, options, known)]
        exports += [open_query(query, scratch) for query in queries]
        recognised = recognise(exports, named, mappings)
        with replacing(out) as place:
            receipt = _import(session, recognised, zone, scratch, place, tell)
            if within:
                receipt = replace(receipt, warnings=tuple(sorted({*receipt.warnings, *findings.folders(within)})))
                write_receipt(receipt, place)
            check_unchanged(stamps)
        tell("writing", 1.0)
        return receipt


def _import(session: Session, recognised: Recognised, zone: str, scratch: Path, place: Path, tell: Progress) -> Receipt:
    left_out = [LeftOut(export.name, export.rows) for export in recognised.left_out]
    create_reject(session)
    if len(recognised.groups) > 1:
        return several.write(session, recognised.groups, zone, scratch, place, left_out, tell)
    ((mapping, exports),) = recognised.groups
    if mapping.table != "record":
        template = "{mapping}: rows about records in other files; name the files with the records too"
        raise ItsmctlError(Problem("no-record-files", template, Where(exports[0].shown), {"mapping": mapping.id}))
    staged = stage(session, exports, mapping, scratch)
    session.expect(sum(staged.rows_read))
    tell("reading", 0.5)
    staging = dataset.prepare(session, staged, mapping, zone or mapping.zone)
    tell("writing", 0.8)
    return dataset.write(session, staging, place, left_out)


def _as_told(mapping: MappingDefinition, options: ImportOptions) -> MappingDefinition:
    """The mapping with what the options say instead."""
    if options.date_order:
        mapping = replace(mapping, date_order=options.date_order)
    return replace(mapping, header_row=0) if options.header_row else mapping


def _silent(_stage: str, _fraction: float) -> None:
    return


def _check_options(sources: Sequence[Path | Query], options: ImportOptions) -> None:
    if not sources:
        raise ItsmctlError(Problem("no-files", "name at least one exported file"))
    if options.delimiter and (len(options.delimiter) != 1 or options.delimiter in '"\r\n\0'):
        template = "the delimiter must be one character such as , ; or a tab, not {delimiter!r}"
        raise ItsmctlError(Problem("bad-delimiter", template, values={"delimiter": options.delimiter}))


def _unpacked(files: Sequence[Path], scratch: Path) -> list[Plain]:
    """The files, unpacked, in an order that does not depend on the order in which they were named."""
    plains = sorted((plain for file in files for plain in unpack(file, scratch)), key=lambda plain: plain.name)
    problems = [
        Problem(
            "duplicate-file",
            "two files have this name; a dataset tells its sources apart by their names",
            Where(later.shown),
        )
        for earlier, later in zip(plains, plains[1:], strict=False)
        if earlier.name == later.name
    ]
    if problems:
        raise ItsmctlError(problems)
    return plains

"""Ticket exports in, a dataset folder out: canonical tables, a quarantine for what could not be read, and a receipt."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers import csv, dataset, xes
from itsmctl.importers.container import Plain, unpack
from itsmctl.importers.dataset import FILES
from itsmctl.importers.encoding import starts_like_xml
from itsmctl.importers.export import Export, Staged, create_tables
from itsmctl.importers.receipt import FILE as RECEIPT
from itsmctl.importers.receipt import Receipt
from itsmctl.importers.recognition import check_mapping, choose_mapping
from itsmctl.model import MappingDefinition
from itsmctl.output import check_place, replacing
from itsmctl.zones import zone_info

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class ImportOptions:
    """What a user may say instead of letting it be detected."""

    encoding: str = ""
    delimiter: str = ""


def import_files(
    files: Sequence[Path],
    mapping: MappingDefinition | None,
    mappings: Mapping[str, MappingDefinition],
    zone: str,
    out: Path,
    *,
    options: ImportOptions = ImportOptions(),
    progress: Callable[[str, float], None] | None = None,
) -> Receipt:
    """Import exported files as one dataset into the folder `out`, which appears whole or not at all.

    Without a mapping it is found from the header. The zone is the one given, else the mapping's; times that carry
    no offset are refused without one. Raises ItsmctlError for whatever keeps the tickets from being read; single
    rows and values that cannot be read are put in `reject.parquet` and counted in the receipt.
    """
    tell = progress or _silent
    _check_options(files, options)
    check_place(out, FILES, RECEIPT)
    if zone:
        zone_info(zone)  # an unknown zone is refused before anything is read
    with tempfile.TemporaryDirectory(prefix="itsmctl-") as folder, Session(spill=Path(folder)) as session:
        scratch = Path(folder) / "files"
        scratch.mkdir()
        tell("reading", 0.0)
        exports = [_open(plain, scratch, options) for plain in _unpacked(files, scratch)]
        if mapping is None:
            mapping = choose_mapping(exports, mappings)
        else:
            check_mapping(exports, mapping)
        staged = _stage(session, exports, mapping, scratch)
        tell("reading", 0.5)
        staging = dataset.prepare(session, staged, mapping, zone or mapping.zone)
        tell("writing", 0.8)
        with replacing(out) as place:
            receipt = dataset.write(session, staging, place)
        tell("writing", 1.0)
        return receipt


def _silent(_stage: str, _fraction: float) -> None:
    return


def _check_options(files: Sequence[Path], options: ImportOptions) -> None:
    if not files:
        raise ItsmctlError(Problem("no-files", "name at least one exported file"))
    if options.delimiter and (len(options.delimiter) != 1 or options.delimiter in '"\r\n\0'):
        template = "the delimiter must be one character such as , ; or a tab, not {delimiter!r}"
        raise ItsmctlError(Problem("bad-delimiter", template, values={"delimiter": options.delimiter}))


def _unpacked(files: Sequence[Path], scratch: Path) -> list[Plain]:
    """The files, unpacked, in an order that does not depend on the order in which they were named."""
    plains = sorted((unpack(file, scratch) for file in files), key=lambda plain: plain.name)
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


def _open(plain: Plain, scratch: Path, options: ImportOptions) -> Export:
    if starts_like_xml(plain.path):
        return xes.open_xes(plain, scratch)
    return csv.open_csv(plain, scratch, options.encoding, options.delimiter)


def _stage(session: Session, exports: Sequence[Export], mapping: MappingDefinition, scratch: Path) -> Staged:
    columns = tuple(dict.fromkeys(column for export in exports for column in export.columns))
    create_tables(session, len(columns))
    rows_read: list[int] = []
    for number, export in enumerate(exports):
        if export.format == "xes":
            rows = xes.stage_xes(session, export, number, columns, mapping.missing)
        else:
            rows = csv.stage_csv(session, export, number, columns, mapping.missing, scratch)
        if not rows:
            raise ItsmctlError(Problem("no-rows", "the file has a header and no rows", Where(export.source.shown)))
        rows_read.append(rows)
    return Staged(tuple(exports), columns, tuple(rows_read))

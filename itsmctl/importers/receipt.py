"""The receipt of an import: what was read, what became of every row, and what the reader should know about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NotRequired, TypedDict

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.model import Gap
from itsmctl.output import schema_beside

FORMAT = "itsmctl/receipt/v1"
FILE = "receipt.json"


@dataclass(frozen=True)
class ReceiptFile:
    """One imported file: rows_read = rows_imported + rows_rejected; `member` is its name inside a zip."""

    name: str
    member: str
    sha256: str
    bytes: int
    format: str
    encoding: str
    delimiter: str
    rows_read: int
    rows_imported: int
    rows_rejected: int
    missing: tuple[str, ...] = ()
    """Canonical columns that other files of the import fill and this one has not."""
    mapping: str = ""
    table: str = "record"
    shape: str = ""
    history: tuple[str, ...] = ()
    """Canonical columns whose changes are told by the rows of this file themselves."""
    known_until: str = ""
    """Where this list ends earlier than other files: the moment from which on nobody knows what became of its records."""
    header_row: int = 0
    """The row with the names of the columns, where a user or a mapping named it; rows beneath it are counted on from there."""


@dataclass(frozen=True)
class LeftOut:
    """A table of a file that no mapping reads, though one reads another table of the file."""

    name: str
    rows: int


@dataclass(frozen=True, order=True)
class Unread:
    """A column of records of which cells of a file were set aside: as it is exported, and the canonical one that is empty then."""

    file: str
    exported: str
    column: str


@dataclass(frozen=True)
class Silence:
    """A time of which a log of changes tells nothing though it should: a file is missing, or was not exported whole."""

    files: tuple[str, ...]
    """All files of the log."""
    processes: tuple[str, ...]
    last: str
    """Its last moment before."""
    known_until: str
    """The moment from which on the silence is unusual."""
    next: str
    """Its first moment after."""


@dataclass(frozen=True)
class Receipt:
    """A whole import. Moments are ISO 8601 in UTC, empty where there is none; tuples are in a fixed order."""

    mapping: str
    process: str
    shape: str
    tool: str
    zone: str
    files: tuple[ReceiptFile, ...]
    records: int
    events: int
    rejects: int
    period_from: str
    period_to: str
    last_moment: str
    precision_seconds: int
    local_times: bool
    """Whether any time was read on the clock of the zone, as it says nothing of an offset itself."""
    time_formats: Mapping[str, str]
    """By exported column."""
    mapped: tuple[str, ...]
    """Canonical columns that the export fills."""
    kept: tuple[str, ...]
    """Exported columns kept in `attributes`."""
    missing: tuple[str, ...]
    """Canonical columns that the mapping names and the export lacks."""
    history: tuple[str, ...]
    """Canonical columns whose changes are events."""
    codes: Mapping[str, Mapping[str, str]]
    duplicates: int
    warnings: tuple[tuple[str, str], ...]
    """(code, English message)"""
    digest: str
    history_time: str = ""
    """The exported column with the time of each update, where there are updates; of several sources, joined with ` | `."""
    left_out: tuple[LeftOut, ...] = ()
    codes_by_process: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    """Codes that hold for one process only, where several mappings were used."""
    unread: tuple[Unread, ...] = ()
    number_gaps: int = 0
    """Runs of ticket numbers that no record has."""
    largest_gaps: tuple[Gap, ...] = ()
    """Some of them, the largest first."""
    silences: tuple[Silence, ...] = ()

    @property
    def rows_read(self) -> int:
        """All rows of all files."""
        return sum(file.rows_read for file in self.files)

    @property
    def logs(self) -> Mapping[str, tuple[str, ...]]:
        """The files that tell changes, by the mapping that reads them."""
        logs: dict[str, tuple[str, ...]] = {}
        for file in self.files:
            if file.table == "event" or (file.table == "record" and file.shape in ("updates", "trace")):
                logs[file.mapping] = (*logs.get(file.mapping, ()), file.name)
        return logs

    def to_json(self) -> str:
        """The text of receipt.json: sorted keys, so that equal receipts are equal bytes."""
        return json.dumps(_plain(self), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


_WHERE_KNOWN = ("known_until", "header_row")
"""What is told of a file only where it has it."""


def _plain(receipt: Receipt) -> dict[str, object]:
    return {
        "format": FORMAT,
        "mapping": receipt.mapping,
        "process": receipt.process,
        "shape": receipt.shape,
        "tool": receipt.tool,
        "zone": receipt.zone,
        "files": [
            {key: value for key, value in vars(file).items() if key not in _WHERE_KNOWN or value}
            for file in receipt.files
        ],
        "records": receipt.records,
        "events": receipt.events,
        "rejects": receipt.rejects,
        "period": {"from": receipt.period_from or None, "to": receipt.period_to or None},
        "last_moment": receipt.last_moment or None,
        "precision_seconds": receipt.precision_seconds,
        "local_times": receipt.local_times,
        "time_format": dict(receipt.time_formats),
        "columns": {"mapped": receipt.mapped, "kept": receipt.kept, "missing": receipt.missing},
        "history": receipt.history,
        "codes": {column: dict(table) for column, table in receipt.codes.items()},
        "duplicates": receipt.duplicates,
        "number_gaps": receipt.number_gaps,
        "largest_gaps": [vars(gap) for gap in receipt.largest_gaps],
        "warnings": [{"code": code, "message": message} for code, message in receipt.warnings],
        "digest": receipt.digest,
        "history_time": receipt.history_time,
        "left_out": [vars(table) for table in receipt.left_out],
        "codes_by_process": {
            process: {column: dict(table) for column, table in codes.items()}
            for process, codes in receipt.codes_by_process.items()
        },
        **({"unread": [vars(one) for one in receipt.unread]} if receipt.unread else {}),
        **({"silences": [vars(one) for one in receipt.silences]} if receipt.silences else {}),
    }


def receipt_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of receipt.json."""
    return schema_beside(__file__, "receipt")


def read_receipt(folder: Path) -> Receipt:
    """Read the receipt of a dataset folder; raises ItsmctlError where the folder is none, or of another version."""
    path = folder / FILE
    where = Where(str(folder))
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            values = {"found": data["format"], "wanted": FORMAT}
            template = "the dataset has format {found!r}, this version reads {wanted!r}; import the export again"
            raise ItsmctlError(Problem("dataset-version", template, where, values))
        return _receipt(data)
    except OSError as error:
        template = "this is not a dataset folder: {file} cannot be read ({why})"
        values = {"file": FILE, "why": error.strerror or str(error)}
        raise ItsmctlError(Problem("not-a-dataset", template, where, values)) from error
    except KeyError as error:
        if not is_dataset(folder):
            raise _no_receipt(where) from error
        template = (
            "there is no {column} in {file}: another version or another program wrote it; import the export again"
        )
        values = {"column": str(error.args[0]), "file": FILE}
        raise ItsmctlError(Problem("not-a-dataset", template, where, values)) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise _no_receipt(where) from error


def _no_receipt(where: Where) -> ItsmctlError:
    template = "this is not a dataset folder: {file} is not a receipt"
    return ItsmctlError(Problem("not-a-dataset", template, where, {"file": FILE}))


def iso(seconds: object) -> str:
    """Epoch seconds in ISO 8601, '' for none."""
    if not isinstance(seconds, int):
        return ""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def unchanged(folder: Path) -> Iterator[Receipt]:
    """Give the receipt of a dataset folder whose tables the block reads.

    Raises ItsmctlError like `read_receipt`, and at the end of the block where another dataset has taken its place meanwhile.
    """
    receipt = read_receipt(folder)
    yield receipt
    if read_receipt(folder) != receipt:
        template = (
            "another dataset took its place while it was read, so that what was found may be of both; run this again"
        )
        raise ItsmctlError(Problem("changed-meanwhile", template, Where(str(folder))))


def is_dataset(folder: Path) -> bool:
    """Tell whether a folder holds a dataset of this or another version."""
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(data, dict) and str(data.get("format", "")).startswith("itsmctl/receipt/")


class _Columns(TypedDict):
    mapped: list[str]
    kept: list[str]
    missing: list[str]


class _File(TypedDict):
    name: str
    member: str
    sha256: str
    bytes: int
    format: str
    encoding: str
    delimiter: str
    rows_read: int
    rows_imported: int
    rows_rejected: int
    missing: NotRequired[list[str]]
    mapping: NotRequired[str]
    table: NotRequired[str]
    shape: NotRequired[str]
    history: NotRequired[list[str]]
    known_until: NotRequired[str]
    header_row: NotRequired[int]


class _LeftOut(TypedDict):
    name: str
    rows: int


class _Unread(TypedDict):
    file: str
    exported: str
    column: str


class _Silence(TypedDict):
    files: list[str]
    processes: list[str]
    last: str
    known_until: str
    next: str


class _Gap(TypedDict):
    before: str
    after: str
    numbers: int


class _Json(TypedDict):
    mapping: str
    process: str
    shape: str
    tool: str
    zone: str
    files: list[_File]
    records: int
    events: int
    rejects: int
    period: dict[str, str | None]
    last_moment: str | None
    precision_seconds: int
    local_times: NotRequired[bool]
    time_format: dict[str, str]
    columns: _Columns
    history: list[str]
    codes: dict[str, dict[str, str]]
    duplicates: int
    number_gaps: int
    largest_gaps: list[_Gap]
    warnings: list[dict[str, str]]
    digest: str
    history_time: str
    left_out: NotRequired[list[_LeftOut]]
    codes_by_process: NotRequired[dict[str, dict[str, dict[str, str]]]]
    unread: NotRequired[list[_Unread]]
    silences: NotRequired[list[_Silence]]


def _file(data: _File, told_by_all: Sequence[str]) -> ReceiptFile:
    return ReceiptFile(
        data["name"],
        data["member"],
        data["sha256"],
        data["bytes"],
        data["format"],
        data["encoding"],
        data["delimiter"],
        data["rows_read"],
        data["rows_imported"],
        data["rows_rejected"],
        tuple(data.get("missing", ())),
        data.get("mapping", ""),
        data.get("table", "record"),
        data.get("shape", ""),
        tuple(data.get("history", told_by_all)),
        data.get("known_until", ""),
        data.get("header_row", 0),
    )


def _receipt(data: _Json) -> Receipt:
    return Receipt(
        mapping=data["mapping"],
        process=data["process"],
        shape=data["shape"],
        tool=data["tool"],
        zone=data["zone"],
        files=tuple(_file(file, data["history"]) for file in data["files"]),
        records=data["records"],
        events=data["events"],
        rejects=data["rejects"],
        period_from=data["period"]["from"] or "",
        period_to=data["period"]["to"] or "",
        last_moment=data["last_moment"] or "",
        precision_seconds=data["precision_seconds"],
        local_times=data.get("local_times", bool(data["zone"])),
        time_formats=data["time_format"],
        mapped=tuple(data["columns"]["mapped"]),
        kept=tuple(data["columns"]["kept"]),
        missing=tuple(data["columns"]["missing"]),
        history=tuple(data["history"]),
        codes=data["codes"],
        duplicates=data["duplicates"],
        number_gaps=data["number_gaps"],
        largest_gaps=tuple(Gap(one["before"], one["after"], one["numbers"]) for one in data["largest_gaps"]),
        warnings=tuple((warning["code"], warning["message"]) for warning in data["warnings"]),
        digest=data["digest"],
        history_time=data.get("history_time", ""),
        left_out=tuple(LeftOut(table["name"], table["rows"]) for table in data.get("left_out", ())),
        codes_by_process=data.get("codes_by_process", {}),
        unread=tuple(Unread(one["file"], one["exported"], one["column"]) for one in data.get("unread", ())),
        silences=tuple(
            Silence(tuple(one["files"]), tuple(one["processes"]), one["last"], one["known_until"], one["next"])
            for one in data.get("silences", ())
        ),
    )

"""CSV exports: every row is imported or quarantined with its reason, and times land in UTC."""

from __future__ import annotations

import csv
import gzip
import json
import shlex
import shutil
import tracemalloc
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from importing.mappings import ROOT, mapping, shipped, updates

from itsmctl.beside import Beside
from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError
from itsmctl.importers import container
from itsmctl.importers.container import Plain
from itsmctl.importers.csv import open_csv
from itsmctl.importers.encoding import detect
from itsmctl.importers.export import Export, create_reject
from itsmctl.importers.importing import import_files
from itsmctl.importers.lines import cut_lines
from itsmctl.importers.objects import object_in
from itsmctl.importers.opening import ImportOptions, stage
from itsmctl.importers.receipt import Receipt, read_receipt
from itsmctl.importers.recognition import best_mapping, not_recognised
from itsmctl.model import EVENT_COLUMNS, RECORD_COLUMNS, REJECT_COLUMNS, SOURCE_COLUMNS, MappingDefinition

UCI = ROOT / ".." / "shared" / "data" / "uci-incident-event-log" / "incident_event_log.zip"
HEADER = "Number,Opened,State,Group,Closed,Reopened,SLA met,Note\n"


def bring(
    tmp_path: Path,
    content: str | bytes,
    *,
    definition: MappingDefinition | None = None,
    zone: str = "Europe/Berlin",
    name: str = "tickets.csv",
    options: ImportOptions | None = None,
) -> Receipt:
    """Import one file and return its receipt; the dataset lies in `tmp_path / 'out'`."""
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    known = definition or mapping()
    receipt = import_files([file], None, {known.id: known}, zone, tmp_path / "out", options=options or ImportOptions())
    assert receipt == read_receipt(tmp_path / "out")
    assert all(one.rows_read == one.rows_imported + one.rows_rejected for one in receipt.files)
    return receipt


def table(folder: Path, name: str, columns: Iterable[str] = ("*",)) -> list[tuple[Any, ...]]:
    """Rows of a Parquet file of a dataset, in file order, times as text."""
    with Session() as session:
        return session.rows(f"SELECT {', '.join(columns)} FROM read_parquet('{folder / 'out' / name}.parquet')")


def opened(tmp_path: Path) -> list[tuple[Any, ...]]:
    return table(tmp_path, "record", ("record_id", "strftime(opened_at, '%Y-%m-%d %H:%M:%S')"))


def rejects(tmp_path: Path) -> list[tuple[Any, ...]]:
    return table(tmp_path, "reject", ("source_row", "record_id", '"column"', "value", "reason"))


def problem(tmp_path: Path, content: str | bytes, **options: Any) -> Any:
    """The one problem that an import is refused with; nothing is written."""
    with pytest.raises(ItsmctlError) as caught:
        bring(tmp_path, content, **options)
    assert not (tmp_path / "out").exists()
    assert not [path for path in tmp_path.iterdir() if path.suffix in (".partial", ".old")]
    (one,) = caught.value.problems
    return one


# Rows and cells


def test_a_folder_is_read_without_what_systems_leave_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "tickets.csv").write_text(HEADER + "A1,2026-03-02 09:00:00,New,,,,,\n", encoding="utf-8")
    for name in (".DS_Store", "._tickets.csv", "Thumbs.db", "thumbs.db", "desktop.ini", "~$tickets.xlsx", ".~lock.tickets.csv#"):  # fmt: skip
        (folder / name).write_bytes(b"[\x00junk")
    receipt = import_files([folder], None, {"tickets": mapping()}, "UTC", tmp_path / "out")
    assert [file.name for file in receipt.files] == ["tickets.csv"]
    (folder / "notes.txt").write_text("what else lies there is read, or refused", encoding="utf-8")
    with pytest.raises(ItsmctlError, match=r"notes\.txt"):
        import_files([folder], None, {"tickets": mapping()}, "UTC", tmp_path / "again")


def test_folders_within_a_folder_are_told_and_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    for name in ("older/2025", "empty", "__MACOSX", ".git", "dataset"):
        (folder / name).mkdir(parents=True)
    for name in ("tickets.csv", "older/2025/old.csv", "__MACOSX/._tickets.csv", ".git/config"):
        (folder / name).write_text(HEADER + "A1,2026-03-02 09:00:00,New,,,,,\n", encoding="utf-8")
    (folder / "empty" / ".DS_Store").write_bytes(b"junk")
    (folder / "dataset" / "receipt.json").write_text('{"format": "itsmctl/receipt/v1"}', encoding="utf-8")
    receipt = import_files([folder], None, {"tickets": mapping()}, "UTC", tmp_path / "out")
    told = "nothing was read of the folders within the one that was named: exports/older; name them too"
    assert ("folders-not-read", told) in receipt.warnings
    assert receipt == read_receipt(tmp_path / "out")
    (folder / "tickets.csv").unlink()
    with pytest.raises(ItsmctlError, match="but folders: exports/older; name those"):
        import_files([folder], None, {"tickets": mapping()}, "UTC", tmp_path / "again")


def joined_moments(opened: tuple[str, ...], closed: tuple[str, ...]) -> MappingDefinition:
    columns = {"record_id": ("Number",), "opened_at": opened, "closed_at": closed}
    joined = {column: " " for column in ("opened_at", "closed_at") if len(columns[column]) > 1}
    return mapping(columns=columns, joined=joined, recognise=("Number",), codes={}, time_formats=("yyyy-MM-dd HH:mm",))


def test_a_moment_of_two_columns_is_read_from_both(tmp_path: Path) -> None:
    text = "Number,Day,Clock,Closed Day,Closed Clock\nA1,2026-03-02,09:12,2026-03-03,10:00\nA2,2026-03-02,10:00,2026-03-04,\nA3,2026-03-02,25:00,,08:00\n"
    bring(tmp_path, text, definition=joined_moments(("Day", "Clock"), ("Closed Day", "Closed Clock")), zone="UTC")
    moments = [f"strftime({column}, '%d %H:%M')" for column in ("opened_at", "closed_at")]
    assert table(tmp_path, "record", ("record_id", *moments)) == [
        ("A1", "02 09:12", "03 10:00"),
        ("A2", "02 10:00", None),
        ("A3", None, None),
    ]
    assert table(tmp_path, "reject", ("record_id", '"column"', "value", "reason")) == [
        ("A2", "Closed Day Closed Clock", "2026-03-04", "bad-time"),
        ("A3", "Closed Day Closed Clock", "08:00", "bad-time"),
        ("A3", "Day Clock", "2026-03-02 25:00", "bad-time"),
    ]


def test_two_moments_of_one_column_are_no_joined_columns(tmp_path: Path) -> None:
    definition = replace(joined_moments(("Day",), ("Day",)), taken={"closed_at": "first"})
    bring(tmp_path, "Number,Day\nA1,2026-03-02 09:12\n", definition=definition, zone="UTC")
    assert table(tmp_path, "record", ("strftime(opened_at, '%d %H:%M')", "closed_at = opened_at")) == [
        ("02 09:12", True)
    ]


def test_joined_columns_are_not_mistaken_for_one_that_is_called_so(tmp_path: Path) -> None:
    text = "Number,Day,Clock,Day Clock\nA1,2026-03-02,09:12,2026-03-05 10:00\n"
    with pytest.raises(ItsmctlError, match="Day Clock") as refused:
        bring(tmp_path, text, definition=joined_moments(("Day", "Clock"), ("Day Clock",)), zone="UTC")
    assert refused.value.problems[0].code == "joined-name"


def test_a_row_becomes_a_record_with_its_unknown_columns_in_attributes(tmp_path: Path) -> None:
    text = HEADER + 'INC2,2026-03-02 09:00:00,New,Desk,,2,true,"says ""hi"""\nINC1,2026-03-01 09:00:00,Closed,?,,,no,\n'
    receipt = bring(tmp_path, text)
    rows = table(tmp_path, "record")
    found = [dict(zip(RECORD_COLUMNS, row, strict=True)) for row in rows]
    assert [row["record_id"] for row in found] == ["INC1", "INC2"]
    assert found[1]["attributes"] == '{"Note": "says \\"hi\\""}'
    assert (found[0]["attributes"], found[0]["group"], found[0]["reported_sla_met"]) == ("{}", None, False)
    assert (found[1]["reopen_count"], found[1]["source_file"], found[1]["source_row"]) == (2, "tickets.csv", 1)
    assert receipt.kept == ("Note",)
    assert receipt.missing == ("problem",)
    assert ("missing-columns", "the export lacks columns for: problem") in receipt.warnings
    assert (receipt.period_from, receipt.period_to) == ("2026-03-01T08:00:00Z", "2026-03-02T08:00:00Z")
    assert receipt.last_moment == "2026-03-02T08:00:00Z"
    assert receipt.precision_seconds == 60


def test_tables_have_the_columns_and_types_of_the_model(tmp_path: Path) -> None:
    bring(tmp_path, HEADER + "INC1,2026-03-01 09:00:00,New,Desk,,,,\n")
    with Session() as session:
        for name, columns in (
            ("record", RECORD_COLUMNS),
            ("event", (*EVENT_COLUMNS, *SOURCE_COLUMNS)),
            ("reject", REJECT_COLUMNS),
        ):
            described = session.rows(f"DESCRIBE SELECT * FROM read_parquet('{tmp_path / 'out' / name}.parquet')")
            assert tuple(row[0] for row in described) == columns
            types = {row[0]: row[1] for row in described}
            assert all(types[c] == "TIMESTAMP" for c in types if str(c).endswith("_at") or c == "at")
            assert all(types[c] == "BIGINT" for c in ("seq", "source_row", "reopen_count") if c in types)
    assert types["source_row"] == "BIGINT"


def test_bad_cells_go_to_quarantine_and_their_rows_stay(tmp_path: Path) -> None:
    codes = {"state": {"New": "new", "Closed": "closed"}}
    text = HEADER + "INC1,2026-02-30 09:00:00,New,Desk,never,x,perhaps,\nINC2,2026-03-01 09:00:00,Odd,Desk,,1.5,true,\n"
    receipt = bring(tmp_path, text, definition=mapping(codes=codes))
    assert rejects(tmp_path) == [
        (1, "INC1", "Closed", "never", "bad-time"),
        (1, "INC1", "Opened", "2026-02-30 09:00:00", "bad-time"),
        (1, "INC1", "Reopened", "x", "bad-number"),
        (1, "INC1", "SLA met", "perhaps", "bad-boolean"),
        (2, "INC2", "Reopened", "1.5", "bad-number"),
        (2, "INC2", "State", "Odd", "unknown-code"),
    ]
    assert opened(tmp_path) == [("INC1", None), ("INC2", "2026-03-01 08:00:00")]
    assert table(tmp_path, "record", ("state",)) == [("New",), ("Odd",)]
    assert (receipt.records, receipt.rejects, receipt.files[0].rows_rejected) == (2, 6, 0)


@pytest.mark.parametrize(
    ("row", "value", "reason"),
    [
        (b"INC2,2026-03-01 09:00:00", "INC2,2026-03-01 09:00:00", "too-few-cells"),
        (b"INC2,a,b,c,d,e,f,g,h", "INC2,a,b,c,d,e,f,g,h", "too-many-cells"),
        (b"INC2,2026-03-01 09:00:00,N\0w,,,,,", "INC2,2026-03-01 09:00:00,N␀w,,,,,", "nul-byte"),
        (b'INC2,"2026-03-01 09:00:00,New,,,,,', 'INC2,"2026-03-01 09:00:00,New,,,,,', "unbalanced-quotes"),
        (b'INC2,"New"x,,,,,,', 'INC2,"New"x,,,,,,', "unbalanced-quotes"),
        (
            "INC2,2026-03-01 09:00:00,Gelöst,,,,,".encode("cp1252"),
            "INC2,2026-03-01 09:00:00,Gel\ufffdst,,,,,",
            "bad-encoding",
        ),
        (b",2026-03-01 09:00:00,New,,,,,", "", "no-record-id"),
    ],
)
def test_a_bad_row_is_set_aside_and_the_others_are_imported(
    tmp_path: Path, row: bytes, value: str, reason: str
) -> None:
    good = [f'INC{n},2026-03-01 09:00:00,Gelöst,"a\nb",,,,'.encode() for n in (1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)]
    receipt = bring(tmp_path, b"\n".join([HEADER.encode().strip(), good[0], row, *good[1:]]) + b"\n")
    column = "Number" if reason == "no-record-id" else ""
    assert rejects(tmp_path) == [(2, None, column, value, reason)]
    assert (receipt.files[0].rows_read, receipt.files[0].rows_imported, receipt.files[0].rows_rejected) == (12, 11, 1)
    assert table(tmp_path, "record", ("record_id", '"group"', "source_row"))[:2] == [
        ("INC1", "a\nb", 1),
        ("INC10", "a\nb", 10),
    ]


def test_an_overlong_row_is_set_aside(tmp_path: Path) -> None:
    long = "INC2,2026-03-01 09:00:00,New," + "x" * 3_000_000 + ",,,,\n"
    receipt = bring(tmp_path, HEADER + long + "INC1,2026-03-01 09:00:00,New,,,,,\n")
    ((row, _, _, value, reason),) = rejects(tmp_path)
    assert (row, len(value), reason) == (1, 1000, "row-too-long")
    assert receipt.records == 1


def test_clean_and_unclean_files_give_the_same_rows(tmp_path: Path) -> None:
    """The quick way and the careful way must not differ: one bad row elsewhere changes no other row."""
    lines = [
        'INC1,2026-03-01 09:00:00,New,"a,""b""\r\nc",?,"?","",\\',
        "INC2,1/3/2026 9:05,N\"w, x ,,3.0,YES,'",
        "INC3,2026-03-01,,,,,,",
    ]
    text = (HEADER + "\n".join(lines) + "\n\n").replace("\r\n", "\n")
    quick = tmp_path / "quick"
    slow = tmp_path / "slow"
    quick.mkdir()
    slow.mkdir()
    bring(quick, text)
    bring(slow, text + "short\n")
    assert table(quick, "record") == table(slow, "record")
    assert len(rejects(slow)) == len(rejects(quick)) + 1


def test_duplicates_are_merged_and_different_rows_of_one_ticket_refused(tmp_path: Path) -> None:
    row = "INC1,2026-03-01 09:00:00,New,Desk,,,,\n"
    receipt = bring(tmp_path, HEADER + row + row + "INC1,2026-03-01 09:00:00,Closed,Desk,,,,\n")
    assert rejects(tmp_path) == [
        (1, "INC1", "State", "New", "contradicted"),
        (3, "INC1", "Number", "INC1", "duplicate-id"),
    ]
    assert table(tmp_path, "record", ("record_id", "state", '"group"', "source_row")) == [("INC1", None, "Desk", 1)]
    assert (receipt.duplicates, receipt.files[0].rows_imported, receipt.files[0].rows_rejected) == (1, 2, 1)
    assert "duplicates" in dict(receipt.warnings)


def test_hexadecimal_ids_have_no_gaps(tmp_path: Path) -> None:
    ids = ("10482736", "94716035", "3f9a0c1d", "9b01c2e7", "INC7", "INC9")
    receipt = bring(tmp_path, HEADER + "".join(f"{one},2026-03-02 09:00:00,New,,,,,\n" for one in ids))
    assert dict(receipt.warnings)["number-gaps"] == "gaps in the ticket numbers: 1, numbers missing: 1"


def test_links_and_number_gaps(tmp_path: Path) -> None:
    text = "Number,Opened,Problem\nINC001,2026-03-01 09:00:00,PRB1\nINC002,2026-03-01 09:00:00,\nINC005,2026-03-01 09:00:00,PRB2\n"
    receipt = bring(tmp_path, text)
    assert table(tmp_path, "link") == [("INC001", "problem", "PRB1"), ("INC005", "problem", "PRB2")]
    assert receipt.number_gaps == 1
    assert dict(receipt.warnings)["number-gaps"] == "gaps in the ticket numbers: 1, numbers missing: 2"


def test_numbers_of_rows_that_are_not_taken_are_not_missing(tmp_path: Path) -> None:
    opened = "2026-03-01 09:00:00"
    text = f"Number,Opened\nINC001,{opened}\nINC002,{opened},{opened}\n,{opened}\nINC004,{opened}\nINC999,{opened},{opened}\n"
    receipt = bring(tmp_path, text)
    assert dict(receipt.warnings)["number-gaps"] == "gaps in the ticket numbers: 1, numbers missing: 1"


def test_a_round_number_of_rows_is_pointed_out(tmp_path: Path) -> None:
    rows = "".join(f"INC{n},2026-03-01 09:00:00\n" for n in range(1000))
    assert "round-row-count" in dict(bring(tmp_path, "Number,Opened\n" + rows).warnings)
    (tmp_path / "b").mkdir()
    rows += "INC1000,2026-03-01 09:00:00\n"
    assert "round-row-count" not in dict(bring(tmp_path / "b", "Number,Opened\n" + rows).warnings)


def both(tmp_path: Path, first: str, second: str, definition: MappingDefinition) -> Receipt:
    for name, text in (("a.csv", first), ("b.csv", second)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    return import_files(files, definition, {}, "UTC", tmp_path / "out")


def test_a_file_may_write_its_times_in_a_form_of_its_own(tmp_path: Path) -> None:
    definition = mapping(time_formats=("iso", "dd.MM.yyyy HH:mm"))
    first = "Number,Opened\nA,2026-03-01 10:00\nC,02.03.2026 10:00\nD,2026-03-03 10:00\n"
    receipt = both(tmp_path, first, "Number,Opened\nB,04.03.2026 10:00\nE,13.03.2026 10:00\n", definition)
    assert dict(opened(tmp_path)) == {
        "A": "2026-03-01 10:00:00", "B": "2026-03-04 10:00:00", "C": None, "D": "2026-03-03 10:00:00", "E": "2026-03-13 10:00:00"
    }  # fmt: skip
    assert rejects(tmp_path) == [(2, "C", "Opened", "02.03.2026 10:00", "bad-time")], "never per row"
    assert receipt.time_formats == {"Opened": "dd.MM.yyyy HH:mm | iso"}


def test_files_that_disagree_about_day_and_month_are_refused(tmp_path: Path) -> None:
    definition = mapping(time_formats=("dd/MM/yyyy HH:mm", "MM/dd/yyyy HH:mm"))
    first = "Number,Opened\nA,13/03/2026 10:00\nC,04/03/2026 10:00\n"
    with pytest.raises(ItsmctlError, match="ambiguous-time-format"):
        both(tmp_path, first, "Number,Opened\nB,03/13/2026 10:00\nD,03/04/2026 10:00\n", definition)


def test_a_column_that_one_file_lacks_is_told_of_that_file(tmp_path: Path) -> None:
    receipt = both(tmp_path, "Number,Opened,State\nA,2026-03-01,New\n", "Number,Opened\nB,2026-03-02\n", mapping())
    assert [file.missing for file in receipt.files] == [(), ("state",)]
    assert dict(receipt.warnings)["missing-in-file"] == "b.csv alone lacks columns for: state"
    assert read_receipt(tmp_path / "out") == receipt
    assert table(tmp_path, "record", ("record_id", "state")) == [("A", "New"), ("B", None)]


def test_files_with_unlike_history_are_refused_as_one_would_invent_changes(tmp_path: Path) -> None:
    first = "Number,Count,Updated,State\nINC1,1,2026-03-01 10:00:00,New\n"
    second = "Number,Count,Updated\nINC1,2,2026-03-01 11:00:00\n"
    with pytest.raises(ItsmctlError) as caught:
        both(tmp_path, first, second, updates())
    assert [(p.code, p.values["column"], Path(p.where.file).name) for p in caught.value.problems] == [
        ("missing-column", "State", "b.csv")
    ]
    assert not (tmp_path / "out").exists()


def test_several_files_become_one_dataset_in_any_order(tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("Number,Opened,Extra\nINC2,2026-03-01 09:00:00,x\n", encoding="utf-8")
    second.write_text("Opened;Number;State\n2026-03-01 10:00:00;INC1;New\n", encoding="utf-8")
    one = mapping()
    kept = []
    for name, files in (("x", [first, second]), ("y", [second, first])):
        import_files(files, one, {}, "UTC", tmp_path / name)
        kept.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert kept[0] == kept[1]
    assert [(file.name, file.delimiter, file.rows_read) for file in read_receipt(tmp_path / "x").files] == [
        ("a.csv", ",", 1),
        ("b.csv", ";", 1),
    ]


# Encodings, delimiters, containers


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gb18030", "编号,状态\nINC1,已关闭的事件，打印机无法打印\n"),
        ("big5", "編號,狀態\nINC1,已關閉，印表機無法列印，需要更換碳粉\n"),
        ("cp1252", "Nummer,Status\nINC1,geschlossen für Müller Zürich größer\n"),
        ("utf-8-sig", "编号,状态\nINC1,已关闭\n"),
        ("utf-16", "编号,状态\nINC1,已关闭\n"),
        ("utf-32", "编号,状态\nINC1,已关闭\n"),
        ("utf-16-le", "number,state\nINC1,closed and done\n"),
    ],
)
def test_encodings_are_found(tmp_path: Path, encoding: str, text: str) -> None:
    number, state = text.splitlines()[0].split(",")
    one = mapping(recognise=(number, state), columns={"record_id": (number,), "state": (state,)})
    receipt = bring(tmp_path, text.encode(encoding), definition=one)
    assert table(tmp_path, "record", ("record_id", "state")) == [("INC1", text.splitlines()[1].split(",")[1])]
    assert receipt.files[0].encoding == encoding
    assert ("guessed-encoding" in dict(receipt.warnings)) == (encoding in ("gb18030", "big5", "cp1252"))


_LINES = ("INC1,打印机无法打印", "INC2,传真机无法接收", "INC3,Drucker für Müller Zürich", "INC4,Gerät größer")


@pytest.mark.parametrize(
    ("encodings", "place"),
    [(("gb18030", "utf-8", "cp1252", "cp1252"), 2), (("utf-8", "gb18030", "utf-8", "cp1252"), 3), (("utf-8", "utf-8", "cp1252", "cp1252"), 4)],
)  # fmt: skip
def test_lines_in_different_encodings_are_refused(tmp_path: Path, encodings: tuple[str, ...], place: int) -> None:
    data = b"number,title\n" + b"\n".join(line.encode(name) for line, name in zip(_LINES, encodings, strict=True))
    one = mapping(recognise=("number", "title"), columns={"record_id": ("number",), "title": ("title",)})
    with pytest.raises(ItsmctlError) as refused:
        bring(tmp_path, data, definition=one)
    (problem,) = refused.value.problems
    assert problem.code == "mixed-encodings" and problem.where.line == place
    bring(tmp_path, data, definition=one, options=ImportOptions(encoding="cp1252"))  # what is named is not questioned


def test_one_damaged_line_does_not_make_another_encoding(tmp_path: Path) -> None:
    data = b"number,title\n" + b"\n".join(line.encode("utf-8" if n else "gb18030") for n, line in enumerate(_LINES))
    one = mapping(recognise=("number", "title"), columns={"record_id": ("number",), "title": ("title",)})
    receipt = bring(tmp_path, data, definition=one)
    assert receipt.files[0].encoding == "utf-8" and receipt.rejects
    assert table(tmp_path, "record", ("title",)) == [(line.split(",")[1],) for line in _LINES[1:]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(tmp_path: Path, delimiter: str) -> None:
    lines = [
        ["Number", "Opened", "Note"],
        ["INC1", "2026-03-01 09:00:00", "a, b"],
        ["INC2", "2026-03-01 09:00:00", '"x;y"'],
    ]
    text = "\n".join(
        delimiter.join(f'"{cell}"' if delimiter in cell and '"' not in cell else cell for cell in line)
        for line in lines
    )
    assert bring(tmp_path, text).files[0].delimiter == delimiter
    assert [row[0] for row in opened(tmp_path)] == ["INC1", "INC2"]


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("gb18030", "张敏 李娜 王芳 刘洋 周婷 陈薇"),
        ("gb18030", "喆 朱镕基 邓颖超 彭丽媛"),
        ("cp1251", "Мария Сергей Ольга Дмитрий Елена Наталья"),
        ("cp1251", "ИВАНОВ ПЕТРОВА СИДОРОВ КУЗНЕЦОВ"),
        ("cp1251", "ИВАНОВ ПЕТРОВ ПОПОВА ИВАН АННА"),  # each of an even length, as Chinese is
        ("cp1251", "ЗАКРИТО НЕМАЄ ДОСТУПУ ПОШТИ ІНЦИДЕНТ"),
        ("shift_jis", "ﾔﾏﾀﾞ ﾀﾛｳ ｽｽﾞｷ ﾊﾅｺ ﾜﾀﾅﾍﾞ"),
        ("shift_jis", "プリンタ 印刷できない 終了"),
        ("euc_kr", "김철수 이영희 박민수 최지우"),
        ("cp1252", "gelöst Büro Straße Größe Müller Köln"),
        ("cp850", "gelöst Büro Straße Größe Müller Köln Überlingen"),
        ("cp850", "Hélène Béranger François Léa accès"),
        ("cp850", "gelöst Störung Gerät Köln"),  # all of whose letters are quotes in Windows-1252
        ("cp850", "Iñaki García contraseña Ibáñez"),
        ("cp850", "ação não conexão João"),
        ("mac_roman", "gelöst Büro Straße Größe Müller Köln Überlingen"),
        ("mac_roman", "Hélène Béranger François Léa accès"),
        ("cp1252", "Hélène Béranger François Léa accès"),
        ("cp1252", "Iñaki García contraseña Ibáñez ação não"),
        ("cp1252", "Søren Åse Bjørn Håkon Jørgensen"),
    ],
)
def test_a_few_names_tell_the_encoding(tmp_path: Path, encoding: str, names: str) -> None:
    """Approvals hold little else than ids and names; read as Korean, nobody has both asked for a change and approved it."""
    text = "id,name\n" + "\n".join(f"CHG{number},{name}" for number, name in enumerate(names.split())) + "\n"
    (tmp_path / "approvals.csv").write_bytes(text.encode(encoding))
    assert detect(tmp_path / "approvals.csv", "approvals.csv").encoding == encoding


@pytest.mark.parametrize(
    "text", ["Printer – third floor", "“Teams” won’t start…", "over 30 °C · rack 4", "• first • second", "§ 4 – ‘sic’"]
)
def test_dashes_and_quotes_alone_leave_no_doubt(tmp_path: Path, text: str) -> None:
    """Windows-1252 and Windows-1251 write them alike: the text is the same, whichever it was."""
    receipt = bring(tmp_path, f"Number,Opened,State\nINC1,2026-03-01,{text}\n".encode("cp1252"))
    assert table(tmp_path, "record", ("state",)) == [(text,)]
    assert receipt.files[0].encoding == "cp1252"
    assert "guessed-encoding" not in dict(receipt.warnings)


@pytest.mark.parametrize(
    "titles",
    [
        ["User’s laptop won’t start", "Can’t print, doesn’t sync, isn’t on", "Müller’s PC wouldn’t and couldn’t"],
        ["l’utente non accede", "dell’ufficio", "l’accesso all’archivio", "è più lento"],
        ["warten…dann", "gelöst…aber", "wait…what…now…then", "see…also"],
        ["Client–Server–Netz", "Nord—Süd", "O‘Brien", "Ost–West", "Müller"],
    ],
)
def test_quotes_and_dashes_within_words_are_no_letters_of_an_old_mac(tmp_path: Path, titles: list[str]) -> None:
    """Else the apostrophes of `don’t` outweigh the one name with an umlaut, and `Müller` is somebody else."""
    text = "id,title\n" + "\n".join(f"INC{number},{title}" for number, title in enumerate(titles * 5)) + "\n"
    (tmp_path / "tickets.csv").write_bytes(text.encode("cp1252"))
    assert detect(tmp_path / "tickets.csv", "tickets.csv").encoding == "cp1252"


@pytest.mark.parametrize("word", ["当", "北京", "打印机", "当前"])
def test_two_signs_in_a_row_may_be_a_chinese_character(tmp_path: Path, word: str) -> None:
    receipt = bring(tmp_path, f"Number,Opened,State\nINC1,2026-03-01,{word}\n".encode("gb18030"))
    assert "guessed-encoding" in dict(receipt.warnings)


def test_what_is_named_is_not_guessed(tmp_path: Path) -> None:
    text = "Number:Opened:State\nINC1:2026-03-01:Gelöst\n".encode("cp1252")
    receipt = bring(tmp_path, text, options=ImportOptions(encoding="cp1252", delimiter=":"))
    assert (receipt.files[0].encoding, receipt.files[0].delimiter) == ("cp1252", ":")
    assert table(tmp_path, "record", ("state",)) == [("Gelöst",)]
    (tmp_path / "b").mkdir()
    assert problem(tmp_path / "b", text, options=ImportOptions(encoding="latin-99")).code == "unknown-encoding"
    assert problem(tmp_path / "b", text, options=ImportOptions(delimiter=";;")).code == "bad-delimiter"


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("utf-16", "wrong-encoding"),
        ("utf-32", "wrong-encoding"),
        ("idna", "wrong-encoding"),
        ("undefined", "wrong-encoding"),
        ("base64", "unknown-encoding"),
    ],
)
def test_an_encoding_that_cannot_read_the_file_is_no_bug_of_ours(tmp_path: Path, named: str, code: str) -> None:
    text = "Number,Opened\nINC1,2026-03-01 09:00:00\n"
    assert problem(tmp_path, text, options=ImportOptions(encoding=named)).code == code


def test_gzip_and_zip_are_seen_by_their_bytes_and_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    text = b"Number,Opened\nINC1,2026-03-01 09:00:00\n"
    packed = gzip.compress(text, mtime=0)
    receipt = bring(tmp_path, packed, name="tickets.csv")
    assert (receipt.files[0].bytes, receipt.files[0].member) == (len(packed), "")
    file = tmp_path / "x.data"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("__MACOSX/._tickets.csv", b"junk")
        archive.writestr("export/tickets.csv", text)
    receipt = import_files([file], mapping(), {}, "UTC", tmp_path / "out")
    assert (receipt.files[0].name, receipt.files[0].member, receipt.records) == ("x.data", "export/tickets.csv", 1)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("inside", ["\n", "\r\n"])
def test_a_line_break_in_the_header_costs_no_row(tmp_path: Path, ends: str, inside: str) -> None:
    head = f'Number,"Opened{inside}(local)",State'
    text = ends.join((head, "INC1,2026-03-01 09:00:00,New", "INC2,2026-03-02 09:00:00,New", ""))
    columns = {"record_id": ("Number",), "opened_at": (f"Opened{inside}(local)",)}
    receipt = bring(tmp_path, text, definition=mapping(columns=columns, recognise=("Number",)))
    assert (receipt.rows_read, receipt.records, receipt.rejects) == (2, 2, 0)


def test_a_bad_row_of_a_file_that_is_not_utf_8_costs_that_row_alone(tmp_path: Path) -> None:
    rows = ["Number,Opened,State", "INC1,2026-03-01 09:00:00,新建", "INC2", "INC3,2026-03-03 09:00:00,关闭"]
    text = "\n".join(rows).encode("gb18030")
    receipt = bring(tmp_path, text, options=ImportOptions(encoding="gb18030"))
    assert (receipt.files[0].rows_read, receipt.records, receipt.files[0].rows_rejected) == (3, 2, 1)
    assert counts(tmp_path, "SELECT state FROM {record} ORDER BY record_id") == [("新建",), ("关闭",)]


def test_a_column_of_processes_without_codes_leaves_the_process_that_was_named(tmp_path: Path) -> None:
    text = "Number,Opened,Type\nINC1,2026-03-01 09:00:00,Incident\n"
    bring(tmp_path, text, definition=mapping(process_column="Type"))
    assert counts(tmp_path, "SELECT process FROM {record}") == [("incident",)]


@pytest.mark.parametrize("count", [0, container.MAX_MEMBERS + 1])
def test_a_zip_of_nothing_or_of_too_much_is_refused(tmp_path: Path, count: int) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for n in range(count):
            archive.writestr(f"{n}.csv", "x")
    with pytest.raises(
        ItsmctlError, match=rf"the zip holds {count} files; between one and 100 are read \[zip-members\]"
    ):
        import_files([tmp_path / "all.zip"], mapping(), {}, "UTC", tmp_path / "out")


def test_the_files_of_a_zip_may_not_inflate_together_beyond_measure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "MAX_INFLATED", 3 * 2**20)
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(4):
            archive.writestr(f"{n}.csv", b"\0" * 2**20)
    with pytest.raises(ItsmctlError, match="archive-bomb"):
        import_files([tmp_path / "all.zip"], mapping(), {}, "UTC", tmp_path / "out")


def test_a_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_INFLATED", 2**20)
    assert problem(tmp_path, gzip.compress(b"\0" * 2**24)).code == "archive-bomb"


def test_damaged_archives_are_refused(tmp_path: Path) -> None:
    packed = gzip.compress(b"Number,Opened\nINC1,2026-03-01 09:00:00\n" * 50)
    assert problem(tmp_path, packed[:-20]).code == "bad-archive"
    assert problem(tmp_path, b"PK\x03\x04 and nothing more").code == "bad-archive"


def test_paths_in_chinese_and_with_brackets(tmp_path: Path) -> None:
    folder = tmp_path / "工单[2026]*"
    folder.mkdir()
    receipt = bring(folder, "Number,Opened\nINC1,2026-03-01 09:00:00\n", name="三月 事件[1].csv")
    assert receipt.files[0].name == "三月 事件[1].csv"
    assert str(tmp_path) not in (folder / "out" / "receipt.json").read_text(encoding="utf-8")


# Times


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29 00:59:59"),
        ("Europe/Berlin", "2026-03-29 02:00:00", None),
        ("Europe/Berlin", "2026-03-29 02:59:59", None),
        ("Europe/Berlin", "2026-03-29 03:00:00", "2026-03-29 01:00:00"),
        ("Europe/Berlin", "2026-10-25 01:59:59", "2026-10-24 23:59:59"),
        ("Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25 00:30:00"),
        ("Europe/Berlin", "2026-10-25 03:00:00", "2026-10-25 02:00:00"),
        ("Asia/Shanghai", "2026-07-01 08:00:00", "2026-07-01 00:00:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:15:00", None),
        ("America/St_Johns", "2026-07-01 00:00:00", "2026-07-01 02:30:00"),
        ("Europe/Berlin", "2026-03-29T02:30:00+02:00", "2026-03-29 00:30:00"),
        ("Europe/Berlin", "2026-03-29T02:30:00Z", "2026-03-29 02:30:00"),
    ],
)
def test_local_times_become_utc(tmp_path: Path, zone: str, local: str, utc: str | None) -> None:
    one = mapping(time_formats=("iso",))
    receipt = bring(tmp_path, f"Number,Opened\nINC1,{local}\nINC2,2026-01-15 12:00:00\n", zone=zone, definition=one)
    assert opened(tmp_path)[0] == ("INC1", utc)
    expected = [] if utc else [(1, "INC1", "Opened", local, "nonexistent-time")]
    assert rejects(tmp_path) == expected
    assert ("ambiguous-times" in dict(receipt.warnings)) == (local == "2026-10-25 02:30:00")


def test_every_hour_of_two_years_agrees_with_zoneinfo(tmp_path: Path) -> None:
    """Local half hours through all changes of the clock, against Python's own conversion in the other direction."""
    for zone in ("Europe/Berlin", "America/New_York", "Pacific/Apia", "Africa/Casablanca"):
        info = ZoneInfo(zone)
        first: dict[datetime, datetime] = {}
        moment = datetime(2010, 12, 31, tzinfo=UTC)
        while moment < datetime(2012, 1, 3, tzinfo=UTC):
            first.setdefault(moment.astimezone(info).replace(tzinfo=None, fold=0), moment)
            moment += timedelta(minutes=30)
        start = datetime(2011, 1, 2, tzinfo=UTC).replace(tzinfo=None)
        locals_ = [start + timedelta(minutes=30 * n) for n in range(2 * 24 * 365)]
        text = "Number,Opened\n" + "".join(f"{n:06},{local}\n" for n, local in enumerate(locals_))
        bring(tmp_path, text, zone=zone)
        expected = [f"{first[local]:%Y-%m-%d %H:%M:%S}" if local in first else None for local in locals_]
        assert [row[1] for row in opened(tmp_path)] == expected


@pytest.mark.parametrize(
    ("pattern", "text", "utc"),
    [
        ("d/M/yyyy HH:mm", "9/2/2026 7:05", "2026-02-09 07:05:00"),
        ("M/d/yyyy h:mm a", "2/9/2026 7:05 pm", "2026-02-09 19:05:00"),
        ("dd.MM.yyyy HH:mm:ss", "09.02.2026 07:05:01", "2026-02-09 07:05:01"),
        ("yyyy年M月d日 H:mm", "2026年2月9日 7:05", "2026-02-09 07:05:00"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSS", "2026-02-09T07:05:01.999", "2026-02-09 07:05:01"),
        ("dd MMM yyyy HH:mm", "09 Feb 2026 07:05", "2026-02-09 07:05:00"),
        ("dd MMM yyyy", "09 Feb 2026", None),
        ("iso", "2026-02-09", None),
        ("yyyy/M/d ah:mm", "2026/2/9 下午7:05", "2026-02-09 19:05:00"),
        ("yyyy/M/d ah:mm", "2026/2/9 上午12:05", "2026-02-09 00:05:00"),
        ("dd.MM.yyyy h:mm a", "09.02.2026 7:05 nachm.", "2026-02-09 19:05:00"),
        ("iso", "2026-02-09 07:05", "2026-02-09 07:05:00"),
        ("d/M/yyyy HH:mm", "9/2/26 7:05", None),
        ("iso", "9999-12-31T00:00:00", None),
        ("iso", "1900-01-01 00:00:00", None),  # what databases hold where nothing was entered
        ("iso", "1970-01-01 10:00:00", None),
        ("epoch-s", "0", None),
        ("epoch-s", "1770620701", "2026-02-09 07:05:01"),
        ("epoch-s", "1770620701.999", "2026-02-09 07:05:01"),
        ("epoch-s", "1.77062E+09", None),  # the hour is lost
        ("epoch-ms", "1770620701999", "2026-02-09 07:05:01"),
        ("epoch-ms", "1770620701999.0", "2026-02-09 07:05:01"),
        ("epoch-ms", "/Date(1770620701999)/", "2026-02-09 07:05:01"),
        ("epoch-ms", r"\/Date(1770620701999+0200)\/", "2026-02-09 07:05:01"),
        ("epoch-s", "/Date(1770620701)/", None),
        ("excel-days", "46062.295150463", "2026-02-09 07:05:01"),
        ("excel-days", '"46062,29515046296"', "2026-02-09 07:05:01"),
        ("excel-days", "46062.29515", "2026-02-09 07:05:01"),
        ("excel-days", "46062.2952", None),  # may be half a minute off
        ("excel-days", "46062.5", None),
        ("excel-days", "46062", None),
        ("excel-days", "146062.29515", None),
    ],
)
def test_time_patterns(tmp_path: Path, pattern: str, text: str, utc: str | None) -> None:
    bring(tmp_path, f"Number,Opened\nINC1,{text}\n", zone="UTC", definition=mapping(time_formats=(pattern,)))
    assert opened(tmp_path) == [("INC1", utc)]


def test_one_format_is_chosen_for_a_whole_column(tmp_path: Path) -> None:
    formats = ("M/d/yyyy HH:mm", "d/M/yyyy HH:mm")
    receipt = bring(
        tmp_path,
        "Number,Opened\nA,1/2/2026 10:00\nB,13/2/2026 10:00\n",
        definition=mapping(time_formats=formats),
        zone="UTC",
    )
    assert receipt.time_formats == {"Opened": "d/M/yyyy HH:mm"}
    assert opened(tmp_path) == [("A", "2026-02-01 10:00:00"), ("B", "2026-02-13 10:00:00")]
    text = "Number,Opened\nA,1/1/2026 10:00\nB,2/2/2026 10:00\n"
    bring(tmp_path, text, definition=mapping(time_formats=formats), zone="UTC")
    assert opened(tmp_path) == [("A", "2026-01-01 10:00:00"), ("B", "2026-02-02 10:00:00")], "both say the same"


def test_each_column_has_a_format_of_its_own(tmp_path: Path) -> None:
    formats = ("M/d/yyyy HH:mm", "d/M/yyyy HH:mm", "iso")
    text = "Number,Opened,Closed\nA,1/2/2026 10:00,2/1/2026 12:00\nB,13/2/2026 10:00,2/13/2026 12:00\n"
    receipt = bring(tmp_path, text, definition=mapping(time_formats=formats), zone="UTC")
    assert receipt.time_formats == {"Opened": "d/M/yyyy HH:mm", "Closed": "M/d/yyyy HH:mm"}
    assert table(tmp_path, "record", ("CAST(closed_at - opened_at AS VARCHAR)",)) == [("02:00:00",)] * 2


@pytest.mark.parametrize(
    ("formats", "times", "code", "value"),
    [
        (("M/d/yyyy HH:mm", "d/M/yyyy HH:mm"), ["1/2/2026 10:00", "3/4/2026 10:00"], "ambiguous-time-format", "1/2/2026 10:00"),
        (("M/d/yyyy HH:mm", "d/M/yyyy HH:mm"), ["1/2/2026 10:00", "1/13/2026 10:00", "1/14/2026 10:00", "13/2/2026 10:00"], "ambiguous-time-format", "1/2/2026 10:00"),
        (("d/M/yyyy HH:mm",), ["1/2/2026 10:00", "1/13/2026 10:00"], "other-time-format", "1/13/2026 10:00"),
        (("MM.dd.yyyy HH:mm", "iso"), ["01.02.2026 10:00", "13.02.2026 10:00"], "other-time-format", "13.02.2026 10:00"),
    ],
)  # fmt: skip
def test_day_and_month_that_cannot_be_told_apart_are_refused(
    tmp_path: Path, formats: tuple[str, ...], times: list[str], code: str, value: str
) -> None:
    text = "Number,Opened\n" + "".join(f"INC{i},{time}\n" for i, time in enumerate(times))
    one = problem(tmp_path, text, definition=mapping(time_formats=formats), zone="UTC")
    assert (one.code, Path(one.where.file).name, one.where.column_name, one.values["value"]) == (code, "tickets.csv", "Opened", value)  # fmt: skip


@pytest.mark.parametrize(
    ("times", "form"),
    [
        (["3/17/2026 6:04", "3/2/2026 16:00"], "M/d/yyyy H:mm"),
        (["17/3/2026 6:04", "2/3/2026 16:00"], "d/M/yyyy H:mm"),
        (["2026/3/17 6:04", "2026/3/2 16:00"], "yyyy/M/d H:mm"),
        (["17.3.2026 6:04:00", "2.3.2026 16:00:00"], "d.M.yyyy H:mm:ss"),
        (["3/17/26 6:04", "3/2/26 16:00"], "M/d/yy H:mm"),
        (["3/17/2026 6:04 AM", "3/2/2026 4:00 PM"], "M/d/yyyy h:mm a"),
    ],
)
def test_times_that_a_spreadsheet_wrote_anew_are_read_and_told(tmp_path: Path, times: list[str], form: str) -> None:
    """Somebody opened the export in Excel and saved it; the mapping knows how the tool writes."""
    text = "Number,Opened,Closed\n" + "".join(f"{i},{time},\n" for i, time in enumerate(times))
    receipt = bring(tmp_path, text, definition=mapping(time_formats=("yyyy-MM-dd HH:mm:ss", "iso")), zone="UTC")
    assert opened(tmp_path) == [("0", "2026-03-17 06:04:00"), ("1", "2026-03-02 16:00:00")]
    assert f"as spreadsheets do; read as {form}" in dict(receipt.warnings)["times-of-spreadsheet"]


@pytest.mark.parametrize("formats", [("iso",), ("iso", "M/d/yyyy h:mm a")])
def test_times_of_a_spreadsheet_that_can_be_read_both_ways_are_refused(
    tmp_path: Path, formats: tuple[str, ...]
) -> None:
    text = "Number,Opened\nA,3/4/2026 6:04\nB,5/6/2026 16:00\n"
    one = problem(tmp_path, text, definition=mapping(time_formats=formats), zone="UTC")
    assert (one.code, one.where.column_name, one.where.row) == ("ambiguous-time-format", "Opened", 1)


def test_a_column_that_the_tool_wrote_is_not_read_otherwise(tmp_path: Path) -> None:
    text = "Number,Opened\nA,2026-03-02 09:00:00\nB,3/17/2026 6:04\nC,3/18/2026 6:04\n"
    bring(tmp_path, text, definition=mapping(time_formats=("yyyy-MM-dd HH:mm:ss",)), zone="UTC")
    assert [(row, reason) for row, _, _, _, reason in rejects(tmp_path)] == [(2, "bad-time"), (3, "bad-time")]


def test_one_time_the_wrong_way_round_is_set_aside_where_the_column_decides(tmp_path: Path) -> None:
    text = "Number,Opened\nA,1/2/2026 10:00\nB,13/2/2026 10:00\nC,2/13/2026 10:00\n"
    bring(tmp_path, text, definition=mapping(time_formats=("d/M/yyyy HH:mm",)), zone="UTC")
    assert rejects(tmp_path) == [(3, "C", "Opened", "2/13/2026 10:00", "bad-time")]


def test_an_unknown_pattern_letter_is_an_error_at_the_mapping(tmp_path: Path) -> None:
    one = problem(tmp_path, "Number,Opened\nA,x\n", definition=mapping(time_formats=("QQ/yyyy",)))
    assert (one.code, one.where.file, one.values["letters"]) == ("bad-time-format", "audits/mappings.yaml", "QQ")


def test_times_without_a_zone_are_refused_until_one_is_given(tmp_path: Path) -> None:
    text = "Number,Opened\nINC1,\nINC2,1/3/2026 10:00\n"
    one = problem(tmp_path, text, zone="")
    assert (one.code, one.where.row, one.where.column_name) == ("no-zone", 2, "Opened")
    assert "'1/3/2026 10:00'" in one.message
    assert "--zone Europe/Berlin" in one.message
    receipt = bring(tmp_path, text, zone="", definition=mapping(zone="Asia/Shanghai"))
    assert receipt.zone == "Asia/Shanghai"
    assert opened(tmp_path)[1] == ("INC2", "2026-03-01 02:00:00")
    assert bring(tmp_path, text, zone="UTC", definition=mapping(zone="Asia/Shanghai")).zone == "UTC"
    assert bring(tmp_path, "Number,Opened\nINC1,2026-03-01T10:00:00+01:00\n", zone="").zone == ""


@pytest.mark.parametrize(
    ("zone", "near"),
    [
        ("Europe/Berlim", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Shanghai", "Asia/Shanghai"),
        ("localtime", None),
        ("../etc", None),
    ],
)
def test_an_unknown_zone_names_the_nearest(tmp_path: Path, zone: str, near: str | None) -> None:
    one = problem(tmp_path, "Number,Opened\nINC1,\n", zone=zone)
    assert one.code == "unknown-zone"
    assert near is None or one.suggestion == near


# Updates


def test_updates_become_one_record_and_its_changes(tmp_path: Path) -> None:
    text = (
        "Number,Count,Updated,By,State,Group,Opened,Closed\n"
        "INC1,10,2026-03-01 12:00:00,Bo,Closed,B,2026-03-01 09:00:00,2026-03-01 12:00:00\n"
        "INC1,2,2026-03-01 10:00:00,Al,New,A,2026-03-01 09:00:00,2026-03-01 12:00:00\n"
        "INC1,9,2026-03-01 11:00:00,Bo,New,?,2026-03-01 09:00:00,2026-03-01 12:00:00\n"
    )
    receipt = bring(tmp_path, text, definition=updates(), zone="UTC")
    columns = ("record_id", "seq", "strftime(\"at\", '%H:%M')", "actor", "field", "old", "new")
    assert table(tmp_path, "event", columns) == [
        ("INC1", 1, "10:00", "Al", "state", None, "New"),
        ("INC1", 2, "10:00", "Al", "group", None, "A"),
        ("INC1", 3, "11:00", "Bo", "group", "A", None),
        ("INC1", 4, "12:00", "Bo", "state", "New", "Closed"),
        ("INC1", 5, "12:00", "Bo", "group", None, "B"),
    ]
    assert table(tmp_path, "record", ("state", '"group"', "source_row")) == [("Closed", "B", 1)]
    assert (receipt.history, receipt.last_moment) == (("state", "group"), "2026-03-01T12:00:00Z")
    assert "time-order" not in dict(receipt.warnings)


def test_updates_warn_of_order_duplicates_and_rows_without_time(tmp_path: Path) -> None:
    text = (
        "Number,Count,Updated,State\nINC1,1,2026-03-01 12:00:00,New\nINC1,2,2026-03-01 11:00:00,Active\n"
        "INC1,2,2026-03-01 11:00:00,Active\nINC1,3,soon,Closed\n"
    )
    receipt = bring(tmp_path, text, definition=updates(), zone="UTC")
    warnings = dict(receipt.warnings)
    assert warnings["time-order"].endswith(": 1 (INC1)")
    assert warnings["rows-without-time"].endswith(": 1")
    assert (receipt.duplicates, receipt.events) == (1, 2)
    assert rejects(tmp_path) == [(4, "INC1", "Updated", "soon", "bad-time")]
    assert table(tmp_path, "record", ("state",)) == [("Closed",)]


def test_a_history_column_known_before_it_happened_is_left_out(tmp_path: Path) -> None:
    text = "Number,Count,Updated,State,Closed\nINC1,1,2026-03-01 10:00:00,New,2026-03-01 12:00:00\nINC1,2,2026-03-01 12:00:00,Closed,2026-03-01 12:00:00\n"
    receipt = bring(tmp_path, text, definition=updates(history=("state", "closed_at")), zone="UTC")
    assert dict(receipt.warnings)["hindsight-column"].startswith("closed_at: its changes")
    assert receipt.history == ("state",)
    assert {row[0] for row in table(tmp_path, "event", ("field",))} == {"state"}


# Which mapping


def test_the_most_specific_mapping_wins(tmp_path: Path) -> None:
    text = "Number,Opened,State\nINC1,2026-03-01 09:00:00,New\n"
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    narrow = mapping(id="narrow", recognise=("Number", "Opened", "State"))
    other = mapping(id="other", recognise=("Number", "Opened", "Impact"))
    known = {one.id: one for one in (mapping(), narrow, other)}
    assert import_files([tmp_path / "t.csv"], None, known, "UTC", tmp_path / "out").mapping == "narrow"
    twin = mapping(id="twin", recognise=("State", "Opened", "Number"))
    with pytest.raises(ItsmctlError, match="narrow and twin"):
        import_files([tmp_path / "t.csv"], None, {**known, "twin": twin}, "UTC", tmp_path / "out")


def test_an_unknown_export_names_the_nearest_mapping_and_what_is_missing(tmp_path: Path) -> None:
    one = problem(tmp_path, "Number,Openned,State\nINC1,2026-03-01 09:00:00,New\n")
    assert one.code == "unknown-export"
    assert "The nearest is tickets; it also needs: Opened (did you mean Openned?). Describe" in one.message
    assert "Number, Openned, State" in one.message
    assert f"`itsmctl import {shlex.quote(str(tmp_path / 'tickets.csv'))} --suggest -o own.yaml`" in one.message


def test_no_mapping_is_near_that_lacks_most_of_what_it_needs(tmp_path: Path) -> None:
    for header, cells in (("Case,Activity,At", "1,2,3"), ("Number,Activity,At", "1,2,3")):
        one = problem(tmp_path, f"{header}\n{cells}\n", definition=mapping(recognise=("Number", "Opened", "Impact")))
        assert one.code == "unknown-export"
        assert f"no mapping fits these columns: {header.replace(',', ', ')}. Describe" in one.message


def test_of_mappings_the_nearest_is_the_one_that_fills_most_columns() -> None:
    """A list of incidents lacks two columns of an incident and one of a task, and is a list of incidents."""
    columns = ("Number", "State", "Created", "Assigned to", "Assignment group", "Priority", "Impact", "Urgency", "Category", "Resolved")  # fmt: skip
    (one,) = not_recognised(exported(columns), shipped()).problems
    assert one.values["mapping"] == "servicenow-incident"


@pytest.mark.parametrize(
    ("wanted", "columns"),
    [
        ("servicenow-incident", "number,incident_state,opened_at,short_description,assignment_group"),
        ("servicenow-incident", "Number,Incident state,State,Opened,Short description"),
        ("servicenow-problem", "number,problem_state,opened_at,short_description"),
        ("servicenow-problem", "Number,State,Opened,Cause notes"),
        ("servicenow-change", "number,type,state,backout_plan,opened_at"),
        ("servicenow-change", "Number,Type,State,CAB required,Opened"),
        ("servicenow-request-item", "number,cat_item,request,state,opened_at"),
        ("servicenow-request-task", "number,request_item,state,opened_at"),
        ("", "number,priority,state,short_description,assignment_group,assigned_to,opened_at"),
        ("", "Number,Type,State,Opened,Closed,Priority"),
    ],
)
def test_a_table_of_servicenow_is_known_by_what_only_it_has(wanted: str, columns: str) -> None:
    found = best_mapping(exported(tuple(columns.split(","))), shipped())
    assert (found.id if found else "") == wanted


def exported(columns: tuple[str, ...]) -> Export:
    plain = Plain(Path("t.csv"), "t.csv", "t.csv", "", Beside(lambda: ""), 0)
    return Export(plain, "csv", columns, Path("t.csv"), "utf-8", ",", clean=True)


def test_a_header_with_a_name_twice_is_read_where_the_mapping_names_both(tmp_path: Path) -> None:
    text = "Number,Opened,State,State\nINC1,2026-03-01,1,New\n"
    assert problem(tmp_path, text).code == "duplicate-column"
    both = {"record_id": ("Number",), "opened_at": ("Opened",), "state": ("State (2)",), "priority": ("State",)}
    bring(tmp_path, text, definition=mapping(columns=both))
    assert table(tmp_path, "record", ("state", "priority")) == [("New", "1")]


def test_a_named_mapping_says_which_column_is_missing(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("number,Opened\nINC1,\n", encoding="utf-8")
    with pytest.raises(ItsmctlError) as caught:
        import_files([tmp_path / "t.csv"], mapping(), {}, "UTC", tmp_path / "out")
    (one,) = caught.value.problems
    assert (one.code, one.values["column"], one.suggestion) == ("missing-column", "Number", "number")


# What is not a table of tickets


def test_a_name_that_stands_twice_is_not_read_for_one_column_and_left_out_for_another(tmp_path: Path) -> None:
    text = "Number,Opened,Ref,Ref\nINC1,2026-03-01,R1,R2\n"
    columns = {"record_id": ("Number",), "opened_at": ("Opened",), "title": ("Ref",)}
    receipt = bring(tmp_path, text, definition=mapping(columns=columns))
    assert table(tmp_path, "record", ("title",)) == [(None,)] and "repeated-column" in dict(receipt.warnings)
    shutil.rmtree(tmp_path / "out")
    both = mapping(columns={**columns, "number": ("Ref",)})
    assert problem(tmp_path, text, definition=both).code == "duplicate-column"


def test_a_backslash_in_an_object_is_nothing_to_warn_of() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert object_in("{'name': 'C:\\dir', 'id': 3}") == {"name": "C:\\dir", "id": "3"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"Number,Opened\n", "no-rows"),
        (b"Number,Opened\n\n\n", "no-rows"),
        (b"\xef\xbb\xbf", "empty-file"),
        (b"\n\n\n", "empty-file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "wrong-kind"),
        (b"%PDF-1.7\n%\xe2\xe3", "wrong-kind"),
        (b"<!DOCTYPE html>\n<html><body>Session expired</body></html>", "wrong-kind"),
        (b'{"records": []}', "no-rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "wrong-kind"),
        (bytes(range(256)) * 40, "wrong-kind"),
        (b"Number,Opened,Number\nA,B,C\n", "duplicate-column"),
        (b"Number,,Opened\nA,B,C\n", "empty-column-name"),
        (b"Number\nA\n", "unknown-export"),
    ],
)
def test_what_cannot_be_read_gets_one_clear_message(tmp_path: Path, content: bytes, code: str) -> None:
    one = problem(tmp_path, content)
    assert (one.code, one.where.file) == (code, str(tmp_path / "tickets.csv"))
    if code == "empty-column-name":
        assert "column 2" in one.message


_NAMED = "Number,Opened,State"
_EMPTY_COLUMNS = (
    f"{_NAMED},,,\nA,2026-03-02 09:00:00,New,,,\nB,2026-03-02 09:00:00,New,,, \n",
    f"{_NAMED},,,\nA,2026-03-02 09:00:00,New\nB,2026-03-02 09:00:00,New,,,\n",  # Excel ends some rows early
    f"{_NAMED},,,\nA,2026-03-02 09:00:00,New,,,\nB,2026-03-02 09:00:00,New,,,\nC\n",  # and a row is too short
    'Number,,Opened,"",State,,\nA,,2026-03-02 09:00:00,,New,,\nB,,2026-03-02 09:00:00,,New,,\n',
    # Programs that write tables number the rows.
    f",{_NAMED}\n0,A,2026-03-02 09:00:00,New\n1,B,2026-03-02 09:00:00,New\n",
    f",{_NAMED}\n1,A,2026-03-02 09:00:00,New\n2,B,2026-03-02 09:00:00,New\n",
)


@pytest.mark.parametrize("content", _EMPTY_COLUMNS)
def test_columns_without_a_name_that_tell_nothing_are_left_out(tmp_path: Path, content: str) -> None:
    receipt = bring(tmp_path, content)
    assert table(tmp_path, "record", ("record_id", "state")) == [("A", "New"), ("B", "New")]
    (file,) = receipt.files
    assert (file.rows_imported, file.rows_rejected) == (2, content.count("\nC"))
    assert not receipt.kept


@pytest.mark.parametrize(
    ("content", "row", "column"),
    [
        (f"{_NAMED},,,\nA,2026-03-02 09:00:00,New,,,\nB,2026-03-02 09:00:00,New,,x,y\n", 2, 5),
        (f"{_NAMED},,,\nA,2026-03-02 09:00:00,New\nB,2026-03-02 09:00:00,New,,?\n", 2, 5),  # read row by row
        ("Number,,Opened,State\nA,,2026-03-02 09:00:00,New\nB,,,\nC,?,,\n", 3, 2),  # what stands for nothing, too
        (f",{_NAMED}\n0,A,2026-03-02 09:00:00,New\n4711,B,2026-03-02 09:00:00,New\n", 2, 1),  # no number of its row
    ],
)
def test_a_filled_cell_in_a_column_without_a_name_is_told_with_its_place(
    tmp_path: Path, content: str, row: int, column: int
) -> None:
    one = problem(tmp_path, content)
    assert (one.code, one.where.row, one.where.column_name) == ("empty-column-name", row, str(column))
    assert f"column {column} of the header has no name" in one.message


@pytest.mark.parametrize("title", ["Tickets of March,,", "工单_全部,工单_全部,工单_全部"])
def test_a_title_that_spans_the_width_of_the_table_is_named(tmp_path: Path, title: str) -> None:
    """Excel leaves the cells that it spans empty, other programs write it into each."""
    rows = "Number,Opened,State\n" + "A,2026-03-02 09:00:00,New\n" * 3
    refused = problem(tmp_path, f"{title}\n{rows}")
    assert refused.code == "title-above-header" and "begins with 'Number'" in refused.message


def test_excel_folders_missing_files_and_twins_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/workbook.xml", "x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "t.csv").write_text("Number,Opened\nINC1,\n", encoding="utf-8")
    (tmp_path / "folder" / "t.csv").write_text("Number,Opened\nINC2,\n", encoding="utf-8")
    cases = {
        "bad-workbook": [tmp_path / "t.xlsx"],
        "unreadable-file": [tmp_path / "absent.csv"],
        "duplicate-file": [tmp_path / "t.csv", tmp_path / "folder" / "t.csv"],
        "no-files": [],
    }
    (tmp_path / "empty").mkdir()
    for code, files in (*cases.items(), ("no-files", [tmp_path / "empty"])):
        with pytest.raises(ItsmctlError) as caught:
            import_files(files, mapping(), {}, "UTC", tmp_path / "out")
        assert [one.code for one in caught.value.problems] == [code]
    assert not (tmp_path / "out").exists()


def test_a_folder_is_the_exports_in_it_but_not_what_itsmctl_wrote_there(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "t.csv").write_text("Number,Opened\nINC1,\n", encoding="utf-8")
    (folder / ".hidden.csv").write_text("nonsense", encoding="utf-8")
    (folder / "truth.json").write_text('{\n  "format": "itsmctl/truth/v1"\n}', encoding="utf-8")
    receipt = import_files([folder], mapping(), {}, "UTC", tmp_path / "out")
    assert [file.name for file in receipt.files] == ["t.csv"]
    (folder / "other.json").write_text('{"records": []}', encoding="utf-8")
    with pytest.raises(ItsmctlError):
        import_files([folder], mapping(), {}, "UTC", tmp_path / "other")


def test_a_few_lines_of_another_encoding_cost_themselves_alone(tmp_path: Path) -> None:
    good, bad = "größe".encode(), "größe".encode("cp1252")
    receipt = bring(
        tmp_path,
        b"Number,Opened,State\nINC1,1/3/2026 10:00,%s\nINC2,1/3/2026 10:00,%s\nINC3,1/3/2026 10:00,%s\n"
        % (good, bad, good),
    )
    assert (receipt.records, receipt.files[0].encoding) == (2, "utf-8")
    assert [(row[0], row[4]) for row in rejects(tmp_path)] == [(2, "bad-encoding")]


def test_a_line_without_an_end_is_cut_and_what_follows_is_read() -> None:
    text = "abc\n" + "x" * 35 + "\n" + "y" * 10 + "\nlast"
    assert list(cut_lines(StringIO(text, newline=""), 10)) == ["abc\n", "x" * 10, "y" * 10, "last"]
    assert list(cut_lines(BytesIO(text.encode()), 10)) == [b"abc\n", b"x" * 10, b"y" * 10, b"last"]


def test_a_line_without_an_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    file = tmp_path / "tickets.csv"
    with file.open("wb") as stream:
        stream.write("Number,Opened\nINC1,größe\n".encode("cp1252"))
        stream.writelines(b"0" * 2**20 for _ in range(60))
        stream.write(b"\nINC2,1/3/2026 10:00\n")
    tracemalloc.start()
    export = open_csv(Plain(file, "tickets.csv", "tickets.csv", "", Beside(lambda: ""), 0), tmp_path)
    with Session() as session:
        create_reject(session)
        (rows,) = stage(session, [export], mapping(), tmp_path).rows_read
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 3
    assert peak < 50 * 2**20, "the line alone is larger"


@pytest.mark.parametrize("title", ["Ticket report March 2026", "Ticket report, March 2026", "Report; printed by A"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_a_title_above_the_header_is_named_and_not_taken_for_it(tmp_path: Path, between: str, title: str) -> None:
    """Whatever delimiter stands in the title, and whatever another in the table."""
    rows = [("Number", "Opened", "State"), ("INC1", "1/3/2026 10:00", "new"), ("INC2", "1/3/2026 10:00", "")]
    refused = problem(tmp_path, "\n".join([title, "", *(between.join(row) for row in rows)]))
    assert refused.code == "title-above-header" and "begins with 'Number'" in refused.message


def test_one_column_of_texts_is_no_title(tmp_path: Path) -> None:
    one = mapping(recognise=("Number",), columns={"record_id": ("Number",)})
    assert bring(tmp_path, 'Number\nINC1\n"INC2, a, b"\n"INC3, a, b"\n', definition=one).records == 3


def test_two_columns_of_texts_with_other_delimiters_in_them_are_no_title(tmp_path: Path) -> None:
    one = mapping(recognise=("Number", "Title"), columns={"record_id": ("Number",), "title": ("Title",)})
    assert bring(tmp_path, "Number,Title\nINC1,a;b;c\nINC2,a;b;c\nINC3,d;e;f\n", definition=one).records == 3


# Laws


TEXT = st.text(st.sampled_from('AB1,;"\n\r\t \0é中\ud800'.replace("\ud800", "")), max_size=60)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=TEXT)
def test_rows_balance_whatever_the_file_holds(tmp_path: Path, body: str) -> None:
    try:
        receipt = bring(tmp_path, "Number,Opened\n" + body)
    except ItsmctlError as error:
        assert [one.code for one in error.problems] in (["no-rows"], ["unknown-export"], ["wrong-kind"], ["title-above-header"])  # fmt: skip
        return
    (file,) = receipt.files
    lost = {row[0] for row in rejects(tmp_path) if row[4] != "bad-time"}
    assert len(lost) == file.rows_rejected
    assert receipt.records + receipt.duplicates == file.rows_imported


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=200))
def test_junk_never_crashes(tmp_path: Path, junk: bytes) -> None:
    for content in (junk, b"Number,Opened\n" + junk):
        try:
            bring(tmp_path, content)
        except ItsmctlError as error:
            assert all(one.message for one in error.problems)


# The real file


@pytest.fixture(scope="module")
def uci(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Receipt]:
    if not UCI.exists():
        pytest.skip("the UCI incident event log is not here")
    folder = tmp_path_factory.mktemp("uci")
    return folder, import_files([UCI], None, shipped(), "UTC", folder / "out")


def counts(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with Session() as session:
        return session.rows(
            sql.format(**{t: f"read_parquet('{folder / 'out' / t}.parquet')" for t in ("record", "event", "reject")})
        )


def test_uci_balances(uci: tuple[Path, Receipt]) -> None:
    folder, receipt = uci
    (file,) = receipt.files
    assert (receipt.mapping, receipt.records, file.rows_read, file.rows_imported, file.rows_rejected) == (
        "servicenow-audit-log",
        24918,
        141712,
        141712,
        0,
    )
    assert (file.name, file.member, file.encoding, file.delimiter) == (
        "incident_event_log.zip",
        "incident_event_log.csv",
        "utf-8",
        ",",
    )
    assert (receipt.period_from, receipt.precision_seconds) == ("2016-02-29T01:16:00Z", 60)
    assert receipt.time_formats == dict.fromkeys(
        ("opened_at", "resolved_at", "closed_at", "sys_created_at", "sys_updated_at"), "d/M/yyyy HH:mm"
    )
    assert "service" in receipt.missing
    assert "location" in receipt.kept
    assert "INC0000137" in dict(receipt.warnings)["time-order"]


def test_uci_reports_the_dirty_state_with_its_rows(uci: tuple[Path, Receipt]) -> None:
    folder, _ = uci
    rows = counts(folder, 'SELECT source_row, record_id, "column", value, reason FROM {reject}')
    with zipfile.ZipFile(UCI) as archive, archive.open("incident_event_log.csv") as stream:
        lines = (line.decode() for line in stream)
        expected = [
            (n, cells[0], "incident_state", "-100", "unknown-code")
            for n, cells in enumerate(csv.reader(lines))
            if cells[1] == "-100"
        ]
    assert rows == expected
    assert [row[0] for row in rows] == [115641 + 1, *(row[0] for row in rows[1:])]
    assert len(rows) == 5


def test_uci_facts(uci: tuple[Path, Receipt]) -> None:
    folder, _ = uci
    assert counts(
        folder,
        "SELECT priority, count(*) FILTER (WHERE NOT reported_sla_met), count(*) FROM {record} GROUP BY 1 ORDER BY 1",
    ) == [
        ("1 - Critical", 265, 270),
        ("2 - High", 406, 408),
        ("3 - Moderate", 8321, 23466),
        ("4 - Low", 123, 774),
    ]
    facts = "count(*) FILTER (WHERE reopen_count > 0), count(*) FILTER (WHERE reassignment_count >= 3), count(*) FILTER (WHERE resolved_at IS NULL)"
    assert counts(folder, f"SELECT {facts} FROM {{record}}") == [(275, 2848, 1556)]
    changed = "SELECT count(DISTINCT record_id) FROM {event} WHERE field = 'priority' AND old IS NOT NULL"
    assert counts(folder, changed) == [(383,)]
    never = "SELECT count(*) FROM {record} WHERE record_id NOT IN (SELECT record_id FROM {event} WHERE field = 'state' AND new = 'Resolved')"
    assert counts(folder, never) == [(13,)]


def test_uci_history_equals_one_counted_row_by_row(uci: tuple[Path, Receipt]) -> None:
    """The whole history again in plain Python: no other event, none missing, and so nothing known in hindsight."""
    folder, _ = uci
    fields = {
        "state": "incident_state",
        "group": "assignment_group",
        "assignee": "assigned_to",
        "priority": "priority",
        "impact": "impact",
    }
    fields |= {"urgency": "urgency", "category": "category", "subcategory": "subcategory", "ci": "cmdb_ci"}
    order = list(shipped()["servicenow-audit-log"].history)
    tickets: dict[str, list[tuple[int, str, int, dict[str, str]]]] = {}
    with zipfile.ZipFile(UCI) as archive, archive.open("incident_event_log.csv") as stream:
        for n, row in enumerate(csv.DictReader(line.decode() for line in stream)):
            day, clock = row["sys_updated_at"].split()
            d, m, y = day.split("/")
            tickets.setdefault(row["number"], []).append(
                (int(row["sys_mod_count"]), f"{y}-{m:0>2}-{d:0>2} {clock}", n, row)
            )
    expected = []
    for number in sorted(tickets):
        seq, before = 0, dict.fromkeys(order)
        for _, moment, _, row in sorted(tickets[number], key=lambda update: update[:3]):
            for field in order:
                new = None if row[fields[field]] == "?" else row[fields[field]]
                if new != before[field]:
                    seq += 1
                    expected.append((number, seq, moment, row["sys_updated_by"], field, before[field], new))
                    before[field] = new
    sql = "SELECT record_id, seq, strftime(\"at\", '%Y-%m-%d %H:%M'), actor, field, old, new FROM {event}"
    assert counts(folder, sql) == expected


def test_uci_is_refused_without_a_zone(tmp_path: Path) -> None:
    if not UCI.exists():
        pytest.skip("the UCI incident event log is not here")
    with pytest.raises(ItsmctlError, match=r"row 1, column opened_at.*'29/2/2016 01:16'.*\[no-zone\]"):
        import_files([UCI], None, shipped(), "", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_attributes_are_json(uci: tuple[Path, Receipt]) -> None:
    folder, receipt = uci
    ((text,),) = counts(folder, "SELECT attributes FROM {record} LIMIT 1")
    assert list(json.loads(text)) == [
        "active",
        "sys_mod_count",
        "sys_created_by",
        "location",
        "u_symptom",
        "knowledge",
        "u_priority_confirmation",
        "notify",
    ]
    assert set(json.loads(text)) <= set(receipt.kept)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (HEADER.strip(), "header-again"),
        ("Total,,,,,,,", "total-row"),
        ("合计：12,,,,,,,", "total-row"),
        ("Grand Total,,12,,,,,", "total-row"),
        ("11,,Summe,,,,,", "total-row"),
        ("11,,合计,,,95%,,", "total-row"),
        ("INC99,,Total,,,,,", ""),
        ("11,,Total,Desk,,,,", ""),
        ("Total,2026-03-01 09:00:00,New,,,,,", ""),
        ("Totalsystem,,New,,,,,", ""),
        ("Number,,New,,,,,", ""),
    ],
)
def test_a_header_in_the_middle_and_a_total_at_the_end_are_no_tickets(tmp_path: Path, row: str, reason: str) -> None:
    good = [f"INC{n},2026-03-01 09:00:00,New,,,,," for n in range(1, 12)]
    receipt = bring(tmp_path, "\n".join([HEADER.strip(), *good, row, ""]).encode())
    said = row.partition(",")[0]
    assert rejects(tmp_path) == ([(12, said, "Number", said, reason)] if reason else [])
    assert receipt.records == (11 if reason else 12)
    (file,) = receipt.files
    assert (file.rows_read, file.rows_rejected) == (12, 1 if reason else 0)

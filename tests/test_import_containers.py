"""Tables in any container import to the same records, nothing is lost, and nothing hostile gets past."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from xml.sax.saxutils import escape

import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from importing.mappings import mapping

from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError
from itsmctl.importers import excel, json_text, rows
from itsmctl.importers.importing import import_files
from itsmctl.importers.opening import ImportOptions
from itsmctl.importers.receipt import Receipt
from itsmctl.model import DateOrder, MappingDefinition

COLUMNS = ("Number", "Opened", "State", "Note")
OPENED = "strftime(opened_at, '%Y-%m-%d %H:%M')"
Rows = Sequence[tuple[str, ...]]
TABLE = mapping(format="table")


def as_json(path: Path, table: Rows) -> None:
    records = [dict(zip(COLUMNS, row, strict=True)) for row in table]
    path.write_text(json.dumps({"records": records}), encoding="utf-8")


def as_json_lines(path: Path, table: Rows) -> None:
    lines = [json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=True) for row in table]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def as_xml(path: Path, table: Rows) -> None:
    rows_ = ("".join(f"<{c}>{escape(v)}</{c}>" for c, v in zip(COLUMNS, row, strict=True)) for row in table)
    path.write_text(f"<all>{''.join(f'<ticket>{row}</ticket>' for row in rows_)}</all>", encoding="utf-8", newline="")


def as_xlsx(path: Path, table: Rows) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Tickets")
        for i, row in enumerate([COLUMNS, *table]):
            for j, cell in enumerate(row):
                sheet.write_string(i, j, cell)


def as_sqlite(path: Path, table: Rows) -> None:
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE tickets (Number, Opened, State, Note)")
        database.executemany("INSERT INTO tickets VALUES (?, ?, ?, ?)", table)
    database.close()


def as_parquet(path: Path, table: Rows) -> None:
    with Session() as session:
        session.run(f"CREATE TABLE t ({', '.join(f'{column} VARCHAR' for column in COLUMNS)})")
        session.insert("t", COLUMNS, table)
        session.write_parquet("SELECT * FROM t", path)


WRITERS: dict[str, Callable[[Path, Rows], None]] = {
    "json": as_json,
    "jsonl": as_json_lines,
    "xml": as_xml,
    "xlsx": as_xlsx,
    "sqlite": as_sqlite,
    "parquet": as_parquet,
}


def bring(file: Path, out: Path, definition: MappingDefinition = TABLE) -> Receipt:
    return import_files([file], None, {definition.id: definition}, "UTC", out)


READING = Session(threads=1)
"""For looking at datasets; to begin one for each look costs more than the look."""


def records(out: Path, columns: str = f"record_id, {OPENED}, state, attributes, source_row") -> list[tuple[Any, ...]]:
    return READING.rows(f"SELECT {columns} FROM read_parquet('{out / 'record.parquet'}')")


def rejects(out: Path) -> list[tuple[Any, ...]]:
    return READING.rows(f"SELECT source_row, reason FROM read_parquet('{out / 'reject.parquet'}')")


CELL = st.text(st.sampled_from("AB1?,;\"'<&é中 \t"), max_size=8)
ROW = st.tuples(st.sampled_from(["", "INC1", "INC2", "INC3"]), st.sampled_from(["", "?", "2026-03-01 10:00:00", "soon"]), CELL, CELL)  # fmt: skip


@pytest.mark.parametrize("kind", WRITERS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.lists(ROW, min_size=1, max_size=6))
@example(table=[("INC1", "2026-03-01 10:00:00", "", ""), ("INC1", "", "New", "")])
def test_rows_read_are_rows_imported_and_rows_rejected(tmp_path: Path, kind: str, table: Rows) -> None:
    if kind == "xlsx":
        table = [row for row in table if any(row)] or [("INC1", "", "", "")]  # an empty line of a sheet is no row
    file, out = tmp_path / "tickets", tmp_path / "out"
    WRITERS[kind](file, table)
    receipt = bring(file, out)
    (counted,) = receipt.files
    assert counted.rows_read == len(table)
    assert counted.rows_read == counted.rows_imported + counted.rows_rejected
    assert receipt.records + receipt.duplicates == counted.rows_imported
    whole = {row for row, reason in rejects(out) if reason in ("no-record-id", "duplicate-id")}
    assert len(whole) == counted.rows_rejected
    known = {row[0].strip() for row in table} - {""}
    assert [row[0] for row in records(out, "record_id")] == sorted(known)


@pytest.mark.parametrize("kind", WRITERS)
def test_a_container_changes_nothing(tmp_path: Path, kind: str) -> None:
    table = [
        ("INC2", "2026-03-02 10:00:00", "New", "x"),
        ("INC1", "2026-03-01 10:00:00", "", 'say "hi" & <bye>, 中文'),
        ("INC3", "?", "Closed", "line\nbreak"),
    ]
    WRITERS[kind](tmp_path / "tickets", table)
    receipt = bring(tmp_path / "tickets", tmp_path / "out")
    assert receipt.files[0].format == kind.removesuffix("l") if kind == "jsonl" else kind
    assert records(tmp_path / "out") == [
        ("INC1", "2026-03-01 10:00", None, '{"Note": "say \\"hi\\" & <bye>, 中文"}', 2),
        ("INC2", "2026-03-02 10:00", "New", '{"Note": "x"}', 1),
        ("INC3", None, "Closed", '{"Note": "line\\nbreak"}', 3),
    ]


# Each container's own


def test_excel_dates_are_dates_and_sheets_are_tables(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        sheet = book.add_worksheet("Tickets 2026")
        sheet.write_row(1, 0, ["Number", "Opened", "State", "State", "SLA met", "Reopened"])
        day = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.write_number(2, 0, 4711)
        sheet.write_number(2, 1, 46090.336805555555, day)  # 2026-03-09 08:05
        sheet.write_row(2, 2, ["New", "again", True, 2.0])
        sheet.write_row(4, 0, ["INC2", "2026-03-01 09:00:00", "New", "", "", "", "beyond the header"])
        other = book.add_worksheet("Notes")
        other.write_row(0, 0, ["Topic", "Text"])
        other.write_row(1, 0, ["a", "b"])
        book.add_worksheet("Empty")
    definition = mapping(
        format="table", links={"State": "x"}, columns={k: v for k, v in TABLE.columns.items() if k != "state"}
    )
    receipt = bring(tmp_path / "t.xlsx", tmp_path / "out", definition)
    assert [(table.name, table.rows) for table in receipt.left_out] == [("t.xlsx#Notes", 1)]
    assert "left-out" in dict(receipt.warnings)
    assert [(file.name, file.rows_read, file.rows_rejected) for file in receipt.files] == [
        ("t.xlsx#Tickets 2026", 2, 1)
    ]
    assert records(tmp_path / "out", f"record_id, {OPENED}, reported_sla_met, reopen_count, source_file") == [
        ("4711", "2026-03-09 08:05", True, 2, "t.xlsx#Tickets 2026")
    ]
    assert rejects(tmp_path / "out") == [(2, "too-many-cells")]


def test_parquet_moments_become_text_with_their_offset(tmp_path: Path) -> None:
    with Session() as session:
        query = """SELECT 'INC1' AS "Number", TIMESTAMPTZ '2026-03-01 10:00:00+08' AS "Opened", true AS "SLA met",
            1::BIGINT AS "Reopened", {'a': [1, 2]} AS "Note" """
        session.write_parquet(query, tmp_path / "t")
    definition = mapping(format="table", time_formats=("iso",))
    bring(tmp_path / "t", tmp_path / "out", definition)
    assert records(tmp_path / "out", f"{OPENED}, reported_sla_met, reopen_count, attributes") == [
        ("2026-03-01 02:00", True, 1, '{"Note": "{\\"a\\":[1,2]}"}')
    ]


def test_json_nests_and_its_arrays_are_tables(tmp_path: Path) -> None:
    text = """{"count": 2, "tickets": [{"Number": 1, "Opened": null, "State": {"name": "New", "on": true},
        "tags": ["a", "b"], "notes": [{"by": "Al", "parts": [{"n": 1.50}]}]}, {"Number": 2, "Opened": ""}], "users": [{"id": 7}]}"""
    (tmp_path / "t.json").write_text(text, encoding="utf-8")
    receipt = bring(tmp_path / "t.json", tmp_path / "out")
    assert records(tmp_path / "out", "record_id, attributes") == [
        ("1", '{"State.name": "New", "State.on": "true", "tags": "a, b"}'),
        ("2", "{}"),
    ]
    assert {table.name: table.rows for table in receipt.left_out} == {
        "t.json#tickets.notes": 1,
        "t.json#tickets.notes.parts": 1,
        "t.json#users": 1,
    }


def test_a_long_json_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "_CHUNK", 7)
    table = [(f"INC{n}", "2026-03-01 10:00:00", "New" * n, "") for n in range(30)]
    for kind in ("json", "jsonl"):
        WRITERS[kind](tmp_path / "t", table)
        assert bring(tmp_path / "t", tmp_path / kind).records == 30


# Hostile


def refused(file: Path, out: Path) -> str:
    with pytest.raises(ItsmctlError) as caught:
        bring(file, out)
    assert not out.exists()
    (one,) = caught.value.problems
    assert one.where.file.startswith(str(file))
    return one.code


LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
FILES = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (LAUGHS + "<all><t><Number>&b;</Number></t></all>", "xml-entities"),
        (FILES + "<all><t><Number>&a;</Number></t></all>", "xml-entities"),
        ('<!DOCTYPE all SYSTEM "x.dtd"><all><t><Number>1</Number></t></all>', "xml-entities"),
        ("<all><t><Number>1</Number></all>", "not-xml"),
        ("<all></all>", "no-rows"),
        ('{"records": [{"Number": "1", "Opened": "', "bad-json"),
        ('{"records": [{"Number": NaN}]}', "bad-json"),
        ('[{"Number": "1", "Opened": ""},]', "bad-json"),
        ('[{"Number": "1", "Opened": ""}] []', "bad-json"),
        ("[1, 2]", "no-records-in-json"),
        ("[" * 100_000, "bad-json"),
        ('{"a":' * 100_000, "bad-json"),
        ("[]", "no-rows"),
        (b'{"Number": "\xff"}', "wrong-encoding"),
        (b"PAR1 and nothing more PAR1", "bad-parquet"),
        (b"SQLite format 3\0" + b"junk" * 100, "bad-database"),
        ("Number,Opened," + ",".join(map(str, range(100_000))) + "\n", "too-many-columns"),
        (json.dumps([{str(n): "x" for n in range(100_000)}]), "too-many-columns"),
        ("<all><t>" + "".join(f"<c{n}/>" for n in range(100_000)) + "</t></all>", "too-many-columns"),
    ],
)
def test_what_is_hostile_or_broken_gets_one_clear_message(tmp_path: Path, content: str | bytes, code: str) -> None:
    file = tmp_path / "t"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    assert refused(file, tmp_path / "out") == code


def test_bad_json_names_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "t").write_text('[{"Number": "1"},\n {"Number" "2"}]', encoding="utf-8")
    with pytest.raises(ItsmctlError, match=r"t:2:12: not readable as JSON: .*\[bad-json\]"):
        bring(tmp_path / "t", tmp_path / "out")


def test_a_title_above_the_header_of_a_sheet_is_named(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        sheet = book.add_worksheet("March")
        for number, row in ((0, ["Tickets of March"]), (2, ["Number", "Opened", "State"]), (3, ["INC1", "2026-03-01", "New"]), (4, ["INC2", "2026-03-01", "New"])):  # fmt: skip
            sheet.write_row(number, 0, row)
    with pytest.raises(ItsmctlError, match=r"t\.xlsx#March: row 3, which begins with 'Number', looks like the header"):
        bring(tmp_path / "t.xlsx", tmp_path / "out")


def test_a_workbook_that_inflates_beyond_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MAX_INFLATED", 1000)
    as_xlsx(tmp_path / "t", [("INC1", "", "", "")])
    assert refused(tmp_path / "t", tmp_path / "out") == "archive-bomb"
    with zipfile.ZipFile(tmp_path / "broken", "w") as archive:
        archive.writestr("xl/workbook.xml", "<x")
    assert refused(tmp_path / "broken", tmp_path / "out") == "bad-workbook"


def test_a_workbook_with_a_cell_far_outside_is_refused_and_not_held_in_memory(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "t") as book:
        sheet = book.add_worksheet("Tickets")
        sheet.write_row(0, 0, ["Number", "Opened"])
        sheet.write(1_048_575, 16_383, "x")
    with pytest.raises(ItsmctlError, match=r"row 1048576 and column 16384 with 3 cells; .* \[sparse-sheet\]"):
        import_files([tmp_path / "t"], None, {TABLE.id: TABLE}, "UTC", tmp_path / "out")
    with xlsxwriter.Workbook(tmp_path / "t") as book:
        sheet = book.add_worksheet("Tickets")
        sheet.write_row(0, 0, ["Number", "Opened", "State"])
        sheet.write_row(1, 0, ["T1", "2026-01-01 00:00", "New"])
        sheet.write_row(3000, 0, ["T2", "2026-01-01 00:00", "New"])
    assert import_files([tmp_path / "t"], None, {TABLE.id: TABLE}, "UTC", tmp_path / "out").records == 2


def test_a_workbook_beyond_the_memory_allowed_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """Of a text that cells share, every cell gets a copy: a small file may take gigabytes."""
    as_xlsx(tmp_path / "small", [(f"T{n}", "2026-01-01 00:00", "New", "TEXT") for n in range(3000)])
    with (
        zipfile.ZipFile(tmp_path / "small") as small,
        zipfile.ZipFile(tmp_path / "t", "w", zipfile.ZIP_DEFLATED) as large,
    ):
        for name in small.namelist():
            large.writestr(name, small.read(name).replace(b"<t>TEXT</t>", b"<t>" + b"x" * 200_000 + b"</t>"))
    assert (tmp_path / "t").stat().st_size < 200_000
    with pytest.raises(
        ItsmctlError, match=r"sheet1 would take about 60\d MB .* 536 MB are allowed; .*\[workbook-too-large\]"
    ):
        import_files([tmp_path / "t"], None, {TABLE.id: TABLE}, "UTC", tmp_path / "out")
    assert import_files([tmp_path / "small"], None, {TABLE.id: TABLE}, "UTC", tmp_path / "out").records == 3000


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "t")
    assert refused(tmp_path / "t", tmp_path / "out") == "no-file"


@pytest.mark.parametrize("kind", ["json", "xml", "sqlite", "parquet"])
def test_an_endless_cell_costs_its_row_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(rows, "MAX_CELL", 100)
    monkeypatch.setattr("itsmctl.importers.xml.MAX_CELL", 100)
    monkeypatch.setattr("itsmctl.importers.parquet.MAX_CELL", 100)
    WRITERS[kind](tmp_path / "t", [("INC1", "", "", "x" * 101), ("INC2", "", "", "x" * 50)])
    assert bring(tmp_path / "t", tmp_path / "out").records == 1
    assert rejects(tmp_path / "out") == [(1, "row-too-long")]


def test_a_record_of_a_hundred_megabytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MAX_RECORD", 1000)
    monkeypatch.setattr(json_text, "_CHUNK", 100)
    (tmp_path / "t").write_text(json.dumps([{"Number": "1", "Opened": "x" * 10_000}]), encoding="utf-8")
    assert refused(tmp_path / "t", tmp_path / "out") == "bad-json"


def test_nul_bytes_and_lone_surrogates_cost_their_row_alone(tmp_path: Path) -> None:
    text = (
        r'[{"Number": "1", "Opened": "a\u0000b"}, {"Number": "2", "Opened": "\ud800"}, {"Number": "3", "Opened": ""}]'
    )
    (tmp_path / "t").write_text(text, encoding="utf-8")
    assert bring(tmp_path / "t", tmp_path / "out").records == 1
    assert rejects(tmp_path / "out") == [(1, "nul-byte"), (2, "bad-encoding")]


def test_views_and_virtual_tables_of_a_database_are_not_run(tmp_path: Path) -> None:
    as_sqlite(tmp_path / "t", [("INC1", "", "", "")])
    with sqlite3.connect(tmp_path / "t") as database:
        database.execute(
            "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n"
        )
    database.close()
    assert bring(tmp_path / "t", tmp_path / "out").records == 1


# Days and months


def test_an_order_that_was_said_settles_what_no_column_decides(tmp_path: Path) -> None:
    definition = mapping(format="table", time_formats=("d/M/yyyy HH:mm", "M/d/yyyy HH:mm"))
    (tmp_path / "t").write_text(
        "Number,Opened,Closed\nA,1/2/2026 10:00,\nB,3/4/2026 10:00,5/6/2026 9:00\n", encoding="utf-8"
    )
    assert refused_as(tmp_path, definition) == "ambiguous-time-format"
    for order, day in (("day-first", "2026-02-01 10:00"), ("month-first", "2026-01-02 10:00")):
        options = ImportOptions(date_order=cast(DateOrder, order))
        import_files([tmp_path / "t"], definition, {}, "UTC", tmp_path / "out", options=options)
        assert records(tmp_path / "out", OPENED)[0] == (day,)
        said = replace(definition, date_order=cast(DateOrder, order))
        import_files([tmp_path / "t"], said, {}, "UTC", tmp_path / "out")
        assert records(tmp_path / "out", OPENED)[0] == (day,)


def test_a_column_in_doubt_follows_the_one_that_is_not(tmp_path: Path) -> None:
    definition = mapping(format="table", time_formats=("d/M/yyyy HH:mm", "M/d/yyyy HH:mm"))
    text = "Number,Opened,Closed\nA,1/2/2026 10:00,1/13/2026 10:00\nB,3/4/2026 10:00,5/6/2026 9:00\n"
    (tmp_path / "t").write_text(text, encoding="utf-8")
    receipt = bring(tmp_path / "t", tmp_path / "out", definition)
    assert receipt.time_formats == {"Opened": "M/d/yyyy HH:mm", "Closed": "M/d/yyyy HH:mm"}


def refused_as(folder: Path, definition: MappingDefinition) -> str:
    with pytest.raises(ItsmctlError) as caught:
        bring(folder / "t", folder / "out", definition)
    return caught.value.problems[0].code


def test_a_parquet_file_of_a_few_bytes_and_millions_of_rows_is_refused(tmp_path: Path) -> None:
    with Session() as session:
        query = "SELECT CAST(NULL AS INTEGER) AS Number, TIMESTAMP '2026-01-01' AS Opened FROM range(2000000)"
        session.run(f"COPY ({query}) TO '{tmp_path / 't'}' (FORMAT parquet, ROW_GROUP_SIZE 2000000)")
    assert (tmp_path / "t").stat().st_size < 100_000
    with pytest.raises(
        ItsmctlError, match=r"2000000 rows in \d+ bytes are no tickets; export them anew \[archive-bomb\]"
    ):
        import_files([tmp_path / "t"], None, {TABLE.id: TABLE}, "UTC", tmp_path / "out")


def test_a_parquet_file_of_one_text_many_times_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_parquet(tmp_path / "t", [("T1", "2026-01-01 00:00", "New", "x" * 10_000)] * 500)
    monkeypatch.setattr("itsmctl.importers.parquet.MAX_INFLATED", 100_000)
    with pytest.raises(ItsmctlError, match=r"inflates to more than \d+ bytes from \d+; .* \[archive-bomb\]"):
        import_files([tmp_path / "t"], None, {TABLE.id: TABLE}, "UTC", tmp_path / "out")

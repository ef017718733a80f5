"""Every tool's export in its real shape: what stands in the files, and beside them the canonical rows it must give."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import yaml
from importing.mappings import ROOT, mapping, shipped

from itsmctl.audit.preparing import load_records
from itsmctl.definitions import load
from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError
from itsmctl.importers import ocel_sqlite
from itsmctl.importers.container import Plain
from itsmctl.importers.importing import import_files
from itsmctl.importers.opening import ImportOptions
from itsmctl.importers.receipt import Receipt, read_receipt
from itsmctl.importers.rows import Tables

EXPORTS = Path(__file__).parent / "importing"
CASES = sorted(path.parent.relative_to(EXPORTS).as_posix() for path in EXPORTS.glob("**/expected.yaml"))
EXPECTED = "expected.yaml"
PAIR = ROOT / ".." / "shared" / "data" / "servicenow-pdi-export-xml-json"

COLUMNS = {
    "events": ("event", ("record_id", "at", "actor", "field", "old", "new")),
    "approvals": ("approval", ("record_id", "approver", "role", "decision", "at")),
    "links": ("link", ("record_id", "type", "target")),
    "rejects": ("reject", ("source_file", "source_row", "record_id", "column", "value", "reason")),
}


READING = Session(threads=1)
"""For looking at datasets; to begin one for each look costs more than the look."""


def rows(folder: Path, table: str, columns: tuple[str, ...]) -> list[list[Any]]:
    """Rows of a table of a dataset, moments as text in UTC."""
    path = f"read_parquet('{folder / table}.parquet')"
    types = {name: kind for name, kind, *_ in READING.rows(f"DESCRIBE SELECT * FROM {path}")}
    shown = (f"strftime(\"{c}\", '%Y-%m-%d %H:%M:%S')" if types[c] == "TIMESTAMP" else f'"{c}"' for c in columns)
    return [list(row) for row in READING.rows(f"SELECT {', '.join(shown)} FROM {path}")]


def bring(case: str, out: Path, expected: dict[str, Any]) -> Receipt:
    files = sorted(path for path in (EXPORTS / case).iterdir() if path.name != EXPECTED)
    named = [shipped()[name] for name in expected.get("named", [])]
    options = ImportOptions(expected.get("encoding", ""), date_order=expected.get("date-order", ""))
    return import_files(files, named, shipped(), expected["zone"], out, options=options)


@pytest.mark.parametrize("case", CASES)
def test_an_export_gives_the_rows_beside_it(tmp_path: Path, case: str) -> None:
    expected: dict[str, Any] = yaml.load((EXPORTS / case / EXPECTED).read_text("utf-8"), yaml.BaseLoader)
    receipt = bring(case, tmp_path / "out", expected)
    assert receipt == read_receipt(tmp_path / "out")
    assert {file.name: file.mapping for file in receipt.files} == expected["mappings"]
    assert all(file.rows_read == file.rows_imported + file.rows_rejected for file in receipt.files)
    asked = sorted({column for record in expected["records"] for column in record})
    found = [dict(zip(asked, row, strict=True)) for row in rows(tmp_path / "out", "record", tuple(asked))]
    wanted = [{column: record.get(column, "") for column in asked} for record in expected["records"]]
    assert [{column: text(value) for column, value in record.items()} for record in found] == wanted
    for key, (table, columns) in COLUMNS.items():
        assert [[text(cell) for cell in row] for row in rows(tmp_path / "out", table, columns)] == expected.get(key, [])
    assert sorted({code for code, _ in receipt.warnings}) == sorted(expected.get("warnings", []))


def text(value: Any) -> str:
    """A cell as the expectation writes it; nothing is an empty text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_every_shipped_mapping_has_a_case() -> None:
    used = {
        mapping
        for case in CASES
        for mapping in yaml.load((EXPORTS / case / EXPECTED).read_text("utf-8"), yaml.BaseLoader)["mappings"].values()
    }
    assert set(shipped()) <= used


@pytest.mark.parametrize("nested", [False, True])
def test_a_zip_of_several_exports_is_as_good_as_the_files(tmp_path: Path, nested: bool) -> None:
    files = sorted(path for path in (EXPORTS / "servicenow-tables").iterdir() if path.name != EXPECTED)
    packed = tmp_path / "exports.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            data = file.read_bytes()
            archive.writestr(f"all/{file.name}", gzip.compress(data) if nested else data)
    apart = import_files(files, None, shipped(), "UTC", tmp_path / "apart")
    together = import_files([packed], None, shipped(), "UTC", tmp_path / "together")
    assert [file.name for file in together.files] == [f"exports.zip/all/{file.name}" for file in apart.files]
    assert {file.sha256 for file in together.files} == {hashlib.sha256(packed.read_bytes()).hexdigest()}
    for table in ("record", "event", "approval", "link"):
        read = "SELECT COLUMNS(lambda c: c <> 'source_file') FROM read_parquet('{}') ORDER BY ALL"
        with Session() as session:
            one, other = (
                session.rows(read.format(tmp_path / out / f"{table}.parquet")) for out in ("apart", "together")
            )
        assert one == other
        assert one


def test_servicenow_xml_and_json_are_the_same_records(tmp_path: Path) -> None:
    if not PAIR.exists():
        pytest.skip("ServiceNow's pair of exports is not here")
    read = []
    for name in ("incident.xml", "incident.json"):
        out = tmp_path / name
        receipt = import_files([PAIR / name], None, shipped(), "UTC", out)
        assert (receipt.mapping, receipt.records, receipt.rejects) == ("servicenow-incident", 70, 0)
        with Session() as session:
            query = "SELECT * EXCLUDE (attributes, source_file, source_row) FROM read_parquet('{}') ORDER BY ALL"
            tables = [session.rows(query.format(out / "record.parquet"))]
            tables.append(session.rows(f"SELECT * FROM read_parquet('{out / 'link.parquet'}')"))
        read.append(tables)
        left = {table.name.partition("#")[2]: table.rows for table in receipt.left_out}
        wanted = {"sys_attachment": 11, "sys_attachment_doc": 456, "sys_journal_field": 84}
        assert left == (wanted if name.endswith("xml") else {})
    assert read[0] == read[1]
    assert len(read[0][0]) == 70


def as_workbook(records: list[dict[str, str]], file: Path) -> None:
    columns = list(dict.fromkeys(name for record in records for name in record))
    with xlsxwriter.Workbook(file, {"strings_to_numbers": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Page 1")
        for i, row in enumerate([columns, *([record.get(name, "") for name in columns] for record in records)]):
            sheet.write_row(i, 0, row)


def as_json_lines(records: list[dict[str, str]], file: Path) -> None:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def as_parquet(records: list[dict[str, str]], file: Path) -> None:
    columns = list(dict.fromkeys(name for record in records for name in record))
    with Session() as session:
        session.run(f"CREATE TABLE t ({', '.join(f'{name} VARCHAR' for name in columns)})")
        session.insert("t", columns, [[record.get(name) for name in columns] for record in records])
        session.write_parquet("SELECT * FROM t", file)


@pytest.mark.parametrize("write", [as_workbook, as_json_lines, as_parquet])
def test_servicenow_in_another_container_is_the_same(
    tmp_path: Path, write: Callable[[list[dict[str, str]], Path], None]
) -> None:
    source = EXPORTS / "servicenow-tables" / "incident.json"
    write(json.loads(source.read_text("utf-8"))["records"], tmp_path / "incident")
    found = []
    for file in (source, tmp_path / "incident"):
        receipt = import_files([file], None, shipped(), "UTC", tmp_path / f"out{file.suffix}")
        assert receipt.mapping == "servicenow-incident"
        with Session() as session:
            read = f"SELECT * EXCLUDE (attributes, source_file) FROM '{tmp_path / f'out{file.suffix}'}/record.parquet'"
            found.append((receipt.rejects, session.rows(read)))
    assert found[0] == found[1]
    assert found[0][1]


def test_a_wide_export_keeps_every_column(tmp_path: Path) -> None:
    """ServiceNow's wide CSV: over a hundred columns, most with what is displayed beside the key, and columns of other tables."""
    source = EXPORTS / "servicenow-tables" / "sc_req_item.csv"
    head, *lines = source.read_text("utf-8").splitlines()
    more = [name for n in range(50) for name in (f"u_field_{n}", f"dv_u_field_{n}", f"request.requested_for.field_{n}")]
    wide = tmp_path / source.name
    text_of = "\n".join([head + "".join(f',"{name}"' for name in more), *(line + ',"x"' * len(more) for line in lines)])
    wide.write_text(text_of + "\n", encoding="utf-8")
    found = []
    for file, out in ((source, tmp_path / "narrow"), (wide, tmp_path / "wide")):
        receipt = import_files([file], None, shipped(), "UTC", out)
        columns = receipt.kept
        with Session() as session:
            found.append(session.rows(f"SELECT * EXCLUDE (attributes) FROM '{out}/record.parquet'"))
            (kept,) = session.one(f"SELECT min(len(json_keys(attributes))) FROM '{out}/record.parquet'")
    assert found[0] == found[1]
    assert set(more) <= set(columns)
    assert int(str(kept)) >= len(more) == 150


def as_sqlite(log: dict[str, Any], file: Path) -> None:
    """The same OCEL log in the relational form of the standard."""
    with closing(sqlite3.connect(file)) as database:
        database.executescript(
            """CREATE TABLE event (ocel_id, ocel_type); CREATE TABLE object (ocel_id, ocel_type);
            CREATE TABLE event_object (ocel_event_id, ocel_object_id, ocel_qualifier);
            CREATE TABLE object_object (ocel_source_id, ocel_target_id, ocel_qualifier);
            CREATE TABLE event_map_type (ocel_type, ocel_type_map); CREATE TABLE object_map_type (ocel_type, ocel_type_map);
            CREATE TABLE object_Incident (ocel_id, ocel_time, ocel_changed_field, title, opened_at, state);
            CREATE TABLE object_Server (ocel_id, ocel_time, ocel_changed_field);
            CREATE TABLE event_Report (ocel_id, ocel_time, resource); CREATE TABLE event_Resolve (ocel_id, ocel_time);
            INSERT INTO object_map_type VALUES ('incident', 'Incident'), ('server', 'Server');
            INSERT INTO event_map_type VALUES ('Report', 'Report'), ('Resolve', 'Resolve');"""
        )
        for thing in log["objects"]:
            first = {a["name"]: a["value"] for a in thing["attributes"] if a["time"].startswith("1970")}
            later = [a for a in thing["attributes"] if not a["time"].startswith("1970")]
            if thing["type"] == "server":
                database.execute("INSERT INTO object_Server VALUES (?, '1970-01-01T00:00:00Z', NULL)", [thing["id"]])
                continue
            rows_ = [
                ("1970-01-01T00:00:00Z", None, first),
                *((a["time"], a["name"], {a["name"]: a["value"]}) for a in later),
            ]
            for time, changed, cells in rows_:
                values = [thing["id"], time, changed, *(cells.get(name) for name in ("title", "opened_at", "state"))]
                database.execute("INSERT INTO object_Incident VALUES (?, ?, ?, ?, ?, ?)", values)
            for other in thing["relationships"]:
                values = [thing["id"], other["objectId"], other["qualifier"]]
                database.execute("INSERT INTO object_object VALUES (?, ?, ?)", values)
        for event in log["events"]:
            said = [a["value"] for a in event["attributes"]]
            marks = ", ".join("?" * (2 + len(said)))
            database.execute(f"INSERT INTO event_{event['type']} VALUES ({marks})", [event["id"], event["time"], *said])
            for other in event["relationships"]:
                values = [event["id"], other["objectId"], other["qualifier"]]
                database.execute("INSERT INTO event_object VALUES (?, ?, ?)", values)
        database.commit()


def test_an_ocel_log_is_the_same_in_every_form(tmp_path: Path) -> None:
    source = EXPORTS / "ocel-json" / "log.json"
    for name in ("log.sqlite", "indexed.sqlite"):
        as_sqlite(json.loads(source.read_text("utf-8")), tmp_path / name)
    with closing(sqlite3.connect(tmp_path / "indexed.sqlite")) as database:
        database.execute("CREATE INDEX related ON object_object (ocel_source_id, ocel_target_id)")
        database.execute("CREATE INDEX touched ON event_object (ocel_event_id)")
    read = []
    for file in (source, EXPORTS / "ocel-xml" / "log.xml", tmp_path / "log.sqlite", tmp_path / "indexed.sqlite"):
        out = tmp_path / file.name.replace(".", "-")
        import_files([file], None, shipped(), "UTC", out)
        tables = [rows(out, "record", ("record_id", "process", "title", "state", "opened_at"))]
        tables += [rows(out, table, columns) for table, columns in list(COLUMNS.values())[:3]]
        tables += [[row[1:] for row in rows(out, *COLUMNS["rejects"])]]
        read.append(tables)
    assert read[0] == read[1] == read[2] == read[3]


def test_relations_without_an_index_are_looked_for_once_and_not_for_every_object(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as database:
        tables = "CREATE TABLE event (a); CREATE TABLE event_map_type (ocel_type, ocel_type_map); CREATE TABLE event_object (ocel_event_id, ocel_object_id, ocel_qualifier)"
        database.executescript(
            f"{tables}; CREATE TABLE object (ocel_id, ocel_type); CREATE TABLE object_map_type (ocel_type, ocel_type_map)"
        )
        database.execute("CREATE TABLE object_object (ocel_source_id, ocel_target_id, ocel_qualifier)")
        database.execute("CREATE TABLE object_Incident (ocel_id, ocel_time, ocel_changed_field, title)")
        database.execute("INSERT INTO object_map_type VALUES ('incident', 'Incident')")
        for table, row in (("object_Incident", "('i' || value, '2026-03-01', NULL, 'x')"), ("object_object", "('i' || value, 'i1', 'of')")):  # fmt: skip
            database.execute(f"INSERT INTO {table} SELECT {row[1:-1]} FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 1000) SELECT value FROM n)")  # fmt: skip
        database.commit()
        steps = 0

        def step() -> None:
            nonlocal steps
            steps += 1

        (tmp_path / "scratch").mkdir()
        with Tables(Plain(tmp_path / "log.sqlite", "log", "log", "", "", 0), tmp_path / "scratch") as found:
            database.set_progress_handler(step, 1000)
            ocel_sqlite.read(database, found)
        assert found["relations"].rows == 1000
        assert steps < 500, "a look through all relations for each object takes thousands of steps"


def test_codes_hold_for_their_own_process_and_an_unknown_history_is_no_clean_one(tmp_path: Path) -> None:
    """`7` closes an incident, `3` a change; of a ticket that the history does not mention, nothing is known."""
    receipt = bring("servicenow-tables", tmp_path / "out", {"zone": "UTC"})
    assert receipt.codes_by_process["incident"]["state"]["3"] == "awaiting-user"
    assert receipt.codes_by_process["change"]["state"]["3"] == "closed"
    assert set(receipt.history) == {"state", "group"}
    with Session() as session:
        load_records(session, load(ROOT), tmp_path / "out", receipt, 1_780_000_000, (None, None), "UTC")
        states = session.rows("SELECT record_id, state FROM record ORDER BY record_id")
        told = session.rows(
            "SELECT r.record_id, old, new FROM event JOIN record AS r USING (tix) WHERE field = 'state' ORDER BY 1, seq"
        )
        broken = session.rows("SELECT record_id FROM broken ORDER BY 1")
        approvals = session.rows("SELECT record_id, decision FROM approval ORDER BY ALL")
    assert (
        dict(states)["c1"] == "closed" and dict(states)["i1"] == "closed" and dict(states)["r2"] == "awaiting-approval"
    )
    assert [row for row in told if row[0] == "c1"] == [
        ("c1", None, "implementing"), ("c1", "implementing", "implemented"), ("c1", "implemented", "closed"),
    ]  # fmt: skip
    assert ("i1", "in-progress", "resolved") in told
    # What the history tells first of c1 leads from implementing, in which no change begins.
    assert [row[0] for row in broken] == ["SCTASK0030001", "SCTASK0030002", "c1", "c2", "i1", "i2", "p1", "r1", "r2"]
    assert approvals == [("c1", "approved"), ("c1", "not-required"), ("r2", "requested")]


def test_two_mappings_that_disagree_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Number,Opened,State\n1,2026-03-01 10:00:00,X\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("Ticket,Opened,State\n2,2026-03-01 10:00:00,X\n", encoding="utf-8")
    columns = {"record_id": ("Ticket",), "state": ("State",), "opened_at": ("Opened",)}
    one = mapping(codes={"state": {"X": "new"}})
    other = mapping(id="other", recognise=("Ticket", "Opened"), columns=columns, codes={"state": {"X": "closed"}})
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    with pytest.raises(ItsmctlError) as caught:
        import_files(files, [one, other], {}, "UTC", tmp_path / "out")
    assert [(p.code, p.values["word"], p.values["second"]) for p in caught.value.problems] == [
        ("conflicting-codes", "X", "new")
    ]
    assert not (tmp_path / "out").exists()
    agreeing = replace(other, process="problem")
    assert import_files(files, [one, agreeing], {}, "UTC", tmp_path / "out").records == 2


def test_details_without_records_are_refused(tmp_path: Path) -> None:
    for names in (["sys_audit.csv"], ["sys_audit.csv", "task_sla.csv"]):
        files = [EXPORTS / "servicenow-tables" / name for name in names]
        with pytest.raises(ItsmctlError, match=r"\[no-record-files\]"):
            import_files(files, None, shipped(), "UTC", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_order_of_files_changes_nothing(tmp_path: Path) -> None:
    files = sorted(path for path in (EXPORTS / "servicenow-tables").iterdir() if path.name != EXPECTED)
    kept = []
    for name, order in (("a", files), ("b", files[::-1])):
        import_files(order, None, shipped(), "UTC", tmp_path / name)
        kept.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert kept[0] == kept[1]


def as_python(cell: str) -> str:
    """A cell as a script writes it that puts an answer of ServiceNow's API into a table."""
    return repr({"display_value": cell, "link": "https://example.service-now.com/api/now/table/sys_user_group/1"})


def of_objects(tmp_path: Path, cells: list[tuple[str, ...]], name: str = "t.csv") -> list[list[Any]]:
    """The number, group, assignee and title of the incidents in a file with those cells."""
    header = ("number", "opened_at", "state", "caller_id", "assignment_group", "assigned_to", "short_description")
    with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *cells])
    if name.endswith(".xlsx"):
        with xlsxwriter.Workbook(tmp_path / name, {"strings_to_urls": False}) as book:
            sheet = book.add_worksheet()
            for i, row in enumerate([header, *cells]):
                sheet.write_row(i, 0, row)
    receipt = import_files([tmp_path / name], None, shipped(), "UTC", tmp_path / "out")
    assert receipt.mapping == "servicenow-incident"
    return rows(tmp_path / "out", "record", ("number", "requester", "group", "assignee", "title", "source_row"))


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
def test_objects_in_cells_are_read_as_those_of_json_are(tmp_path: Path, name: str) -> None:
    """Taken for text, no group and nobody would be one that the definitions know."""
    opened = ("2026-03-01 10:00:00", "New")
    caller = "{'link': 'https://example.service-now.com/api/now/table/sys_user/9', 'value': '5137153cc611227c000bbd1bd8cd2005'}"
    found = of_objects(
        tmp_path,
        [
            ("INC1", *opened, caller, as_python("Network"), json.dumps({"display_value": "李娜", "link": "x"}), "{broken"),
            ("INC2", *opened, caller, as_python("Café \\ d'Or"), "", "{'a': 1}"),
            ("INC3", *opened, "", "Desk", "", 'says {"name": "x"}'),
        ],
        name,
    )  # fmt: skip
    who = "5137153cc611227c000bbd1bd8cd2005"
    assert found[:2] == [
        ["INC1", who, "Network", "李娜", "{broken", 1],
        ["INC2", who, "Café \\ d'Or", None, "{'a': 1}", 2],
    ]
    assert found[2] == ["INC3", None, "Desk", None, 'says {"name": "x"}', 3]


def test_a_text_that_happens_to_be_json_stays_a_text(tmp_path: Path) -> None:
    alert = '{"severity": 5, "message": "down"}'
    found = of_objects(tmp_path, [("INC1", "2026-03-01 10:00:00", "New", "a", "Desk", "b", alert)])
    assert found == [["INC1", "a", "Desk", "b", alert, 1]]


def test_a_bad_row_beside_objects_is_set_aside_with_its_number(tmp_path: Path) -> None:
    opened = ("2026-03-01 10:00:00", "New", "a")
    found = of_objects(
        tmp_path, [("INC1", *opened, as_python("Desk"), "", ""), ("INC2", "x"), ("INC3", *opened, as_python("Net"), "", "")]
    )  # fmt: skip
    assert [(row[0], row[2], row[5]) for row in found] == [("INC1", "Desk", 1), ("INC3", "Net", 3)]
    assert [row[1:] for row in rows(tmp_path / "out", *COLUMNS["rejects"])] == [[2, None, "", "INC2,x", "too-few-cells"]]  # fmt: skip


def test_a_key_of_servicenow_without_what_is_displayed_for_it_is_read(tmp_path: Path) -> None:
    """The Table API tells only keys unless it is asked for more; an empty column of what is displayed would hide them."""
    record = {"number": "INC1", "opened_at": "2026-03-01 10:00:00", "state": "1", "caller_id": {"link": "x", "value": "9c"}, "assignment_group": {"link": "x", "value": "8a"}}  # fmt: skip
    (tmp_path / "t.json").write_text(json.dumps({"result": [record]}), encoding="utf-8")
    import_files([tmp_path / "t.json"], None, shipped(), "UTC", tmp_path / "out")
    assert rows(tmp_path / "out", "record", ("number", "requester", "group")) == [["INC1", "9c", "8a"]]

"""What an export does not say aloud: errors in a sheet, dates that a spreadsheet exchanged, pages that are missing, days without a
time of day. None of it may look like an empty field, or like all that there is.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xlsxwriter
from dataset import write_dataset
from importing.mappings import mapping

from itsmctl.audit import AuditOptions, audit
from itsmctl.audit.facts import set_aside
from itsmctl.audit.preparing import load_records
from itsmctl.definitions import load
from itsmctl.engine.session import Session
from itsmctl.engine.tables import load_tables
from itsmctl.engine.tables.loading import Loading
from itsmctl.errors import ItsmctlError
from itsmctl.importers.importing import import_files
from itsmctl.importers.receipt import Receipt, read_receipt, receipt_schema
from itsmctl.model import TEXT_COLUMNS, Condition, MappingDefinition
from itsmctl.reference import reference_root
from itsmctl.reports.phrases import phrase_text

TABLE = mapping(format="table")
READING = Session(threads=1)


ITEMS = {"record_id": ("Number",), "opened_at": ("Opened",), "ci": ("CI",)}


def bring(files: list[Path], out: Path, definition: MappingDefinition = TABLE) -> Receipt:
    return import_files(files, None, {definition.id: definition}, "UTC", out)


def records(out: Path, columns: str) -> list[tuple[Any, ...]]:
    return READING.rows(f"SELECT {columns} FROM read_parquet('{out / 'record.parquet'}') ORDER BY record_id")


def rejects(out: Path) -> list[tuple[Any, ...]]:
    return READING.rows(
        f"SELECT source_row, \"column\", value, reason FROM read_parquet('{out / 'reject.parquet'}') ORDER BY ALL"
    )


def warned(receipt: Receipt, code: str) -> list[str]:
    told = [message for found, message in receipt.warnings if found == code]
    assert all(phrase_text(message, "zh") != message for message in told), "a Chinese reader is told in Chinese"
    return told


# Workbooks


def sheet(file: Path, write: Callable[[Any, Any], None]) -> Path:
    with xlsxwriter.Workbook(file) as book:
        tab = book.add_worksheet("Tickets & more")
        tab.write_row(2, 1, ["Number", "Opened", "State", "Note"])
        write(book, tab)
    return file


def test_errors_and_formulas_without_a_result_are_no_empty_cells(tmp_path: Path) -> None:
    def write(_: Any, tab: Any) -> None:
        tab.write_row(3, 1, ["INC1", "2026-03-01 10:00:00", "New", "fine"])
        tab.write_row(4, 1, ["INC2", "", "New", ""])
        tab.write_formula(4, 2, "=VLOOKUP(B5,Old!A:C,3)", None, "#N/A")
        tab.write_row(5, 1, ["INC3", "", "Closed"])
        tab.write_formula(6, 3, "=1/0", None, "#DIV/0!")
        tab.write_string(6, 1, "INC4")

    file = sheet(tmp_path / "t.xlsx", write)
    receipt = bring([file], tmp_path / "out")
    assert records(tmp_path / "out", "record_id, state") == [
        ("INC1", "New"),
        ("INC2", "New"),
        ("INC3", "Closed"),
        ("INC4", None),
    ]
    assert rejects(tmp_path / "out") == [
        (2, "Opened", "#N/A", "bad-time"),
        (4, "State", "#DIV/0!", "spreadsheet-error"),
    ]
    assert warned(receipt, "error-cells") == [
        "t.xlsx#Tickets & more: cells with an error of Excel, or with a formula whose result was not saved: 2, such as '#N/A'"
    ]


def patched(file: Path, change: Callable[[bytes], bytes]) -> Path:
    """A workbook whose first sheet another program wrote so."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(file.with_suffix(".2.xlsx"), "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == "xl/worksheets/sheet1.xml" else content)
    return file.with_suffix(".2.xlsx")


def test_a_formula_that_was_never_computed_is_told(tmp_path: Path) -> None:
    """As programs write it that do not compute: calamine says nothing of such a cell, and ends the sheet before it."""
    file = sheet(tmp_path / "t.xlsx", lambda _, tab: tab.write_row(3, 1, ["INC1", "", "New"]))
    row = b'<row r="5"><c r="B5" t="inlineStr"><is><t>INC2</t></is></c><c r="C5"><f>C4+1&lt;2</f><v></v></c><c r="D5"><f>A1&amp;"x"</f></c><c r="E5" t="str"><f>IF(1=1,"","x")</f><v></v></c></row>'
    receipt = bring([patched(file, lambda xml: xml.replace(b"</sheetData>", row + b"</sheetData>"))], tmp_path / "out")
    assert rejects(tmp_path / "out") == [
        (2, "Opened", "=C4+1<2", "bad-time"),
        (2, "State", '=A1&"x"', "spreadsheet-error"),
    ]
    assert len(warned(receipt, "error-cells")) == 1


def test_a_text_of_a_workbook_that_begins_as_a_formula_does_stays_as_in_a_csv_file(tmp_path: Path) -> None:
    """Somebody typed it; a formula beside it that was never computed is told, and so is one with the same text."""

    def write(_: Any, tab: Any) -> None:
        tab.write_row(3, 1, ["INC1", "2026-03-01 10:00:00"])
        tab.write_string(3, 3, "=cmd|' /C calc'!A0")
        tab.write_row(4, 1, ["INC2", "2026-03-01 10:00:00"])
        tab.write_string(4, 3, "=B1")

    file = sheet(tmp_path / "t.xlsx", write)
    row = b'<row r="6"><c r="B6" t="inlineStr"><is><t>INC3</t></is></c><c r="D6"><f>B1</f></c></row>'
    bring([patched(file, lambda xml: xml.replace(b"</sheetData>", row + b"</sheetData>"))], tmp_path / "out")
    assert records(tmp_path / "out", "record_id, state") == [
        ("INC1", "=cmd|' /C calc'!A0"),
        ("INC2", None),
        ("INC3", None),
    ]
    assert rejects(tmp_path / "out") == [
        (2, "State", "=B1", "spreadsheet-error"),
        (3, "State", "=B1", "spreadsheet-error"),
    ]
    (tmp_path / "t.csv").write_text(
        "Number,Opened,State\nINC1,2026-03-01 10:00:00,=cmd|' /C calc'!A0\n", encoding="utf-8"
    )
    bring([tmp_path / "t.csv"], tmp_path / "csv")
    assert records(tmp_path / "csv", "record_id, state") == [("INC1", "=cmd|' /C calc'!A0")]


def test_moments_as_excel_counts_days_are_told_with_what_to_do(tmp_path: Path) -> None:
    rows = "INC1,45292.5,New\nINC2,45293.52,New\nINC3,2026-03-01 10:00:00,New\nINC4,never,New\n"
    (tmp_path / "t.csv").write_text(f"Number,Opened,State\n{rows}", encoding="utf-8")
    receipt = bring([tmp_path / "t.csv"], tmp_path / "out")
    (said,) = warned(receipt, "days-as-numbers")
    assert said.startswith("Opened: numbers such as '45292.5' are moments as Excel counts days") and said.endswith(
        ": 2"
    )
    assert len(rejects(tmp_path / "out")) == 3


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda xml: re.sub(rb'<row r="4"[^>]*>', b'<row r="4"><c r="A4"><f>X1</f></c>', xml), id="left of the table"),
        pytest.param(lambda xml: re.sub(rb' r="[A-Z]+[0-9]+"', b"", xml), id="nowhere"),
    ],
)  # fmt: skip
def test_an_error_of_which_nobody_knows_where_it_stands_is_refused(
    change: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """Left out it would look like a field that nobody filled in."""

    def write(_: Any, tab: Any) -> None:
        tab.write_row(3, 1, ["INC1", "2026-03-01 10:00:00"])
        tab.write_formula(3, 3, "=NA()", None, "#N/A")

    with pytest.raises(ItsmctlError, match="open the workbook in Excel, and save it again"):
        bring([patched(sheet(tmp_path / "t.xlsx", write), change)], tmp_path / "out")


@pytest.mark.parametrize(
    ("shown_as", "with_hours"),
    [
        ("yyyy-mm-dd hh:mm:ss", True),
        ("d/m/yyyy h:mm AM/PM", True),
        ("[$-409]m/d/yy h:mm AM/PM;@", True),
        (22, True),
        ("yyyy-mm-dd", False),
        ('[Magenta]d"th of" mmm\\h yyyy', False),
        (14, False),
    ],
)
def test_midnight_is_a_moment_where_excel_shows_it_and_else_a_day(
    shown_as: str | int, with_hours: bool, tmp_path: Path
) -> None:
    """Windows of maintenance begin at midnight."""

    def write(book: Any, tab: Any) -> None:
        look = book.add_format({"num_format": shown_as})
        for row, formula in enumerate(("46086", "46086.5", "46087")):
            tab.write_string(3 + row, 1, f"INC{row}")
            tab.write_formula(3 + row, 2, "=" + formula, look, float(formula))
        tab.write_string(6, 1, "INC3")
        tab.write_number(6, 2, 46088, look)

    bring([sheet(tmp_path / "t.xlsx", write)], tmp_path / "out")
    days = ["2026-03-05 00:00:00", "2026-03-06 00:00:00", "2026-03-07 00:00:00"] if with_hours else [None] * 3
    opened = [at for (at,) in records(tmp_path / "out", "CAST(opened_at AS VARCHAR)")]
    assert opened == [days[0], "2026-03-05 12:00:00", *days[1:]]
    assert [reason for *_, reason in rejects(tmp_path / "out")] == ([] if with_hours else ["no-time-of-day"] * 3)


def dated(days: range, *, exchanged: bool) -> Callable[[Any, Any], None]:
    """A column of days as Excel takes them from `dd/mm/yyyy`: where it takes the month first, later days stay text."""

    def write(book: Any, tab: Any) -> None:
        look = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for place, day in enumerate(days):
            opened = datetime(2026, 3, day, 9, 30, tzinfo=UTC).replace(tzinfo=None)
            tab.write_string(3 + place, 1, f"INC{day}")
            if exchanged and day > 12:
                tab.write_string(3 + place, 2, opened.strftime("%d/%m/%Y %H:%M"))
            else:
                shown = opened.replace(month=day, day=3) if exchanged else opened
                tab.write_datetime(3 + place, 2, shown, look)

    return write


def test_dates_of_which_excel_exchanged_day_and_month_are_refused(tmp_path: Path) -> None:
    file = sheet(tmp_path / "t.xlsx", dated(range(1, 25), exchanged=True))
    with pytest.raises(ItsmctlError) as caught:
        bring([file], tmp_path / "out")
    (problem,) = caught.value.problems
    assert problem.code == "dates-exchanged"
    assert (problem.values["dates"], problem.values["texts"], problem.values["value"]) == (12, 12, "13/03/2026 09:30")
    assert bring([sheet(tmp_path / "u.xlsx", dated(range(1, 25), exchanged=False))], tmp_path / "good").rejects == 0


def test_dates_beside_text_dates_are_worth_a_warning(tmp_path: Path) -> None:
    def write(book: Any, tab: Any) -> None:
        dated(range(1, 20), exchanged=False)(book, tab)
        tab.write_row(30, 1, ["INC99", "04/03/2026 10:00"])

    receipt = bring([sheet(tmp_path / "t.xlsx", write)], tmp_path / "out")
    (message,) = warned(receipt, "mixed-dates")
    assert message.startswith("Opened: some cells are dates and others text such as '04/03/2026 10:00'")


def test_the_first_week_of_a_month_is_no_sign_that_days_and_months_were_exchanged(tmp_path: Path) -> None:
    """None of its dates lies after the twelfth, and none was touched."""

    def write(book: Any, tab: Any) -> None:
        dated(range(2, 9), exchanged=False)(book, tab)
        tab.write_row(30, 1, ["INC99", "15/03/2026 10:00 (see mail)"])

    receipt = bring([sheet(tmp_path / "t.xlsx", write)], tmp_path / "out")
    assert len(warned(receipt, "mixed-dates")) == 1
    assert [(value, reason) for _, _, value, reason in rejects(tmp_path / "out")] == [
        ("15/03/2026 10:00 (see mail)", "bad-time")
    ]


def test_the_header_below_names_of_groups_of_columns_is_the_one_that_is_named(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        tab = book.add_worksheet("March")
        for place, row in enumerate((["Tickets"], ["Ticket", "", "Times", "", "Text"], ["Number", "State", "Opened", "Closed", "Note"], *[["INC1", "New", "a", "b", "c"]] * 3)):  # fmt: skip
            tab.write_row(place, 0, row)
    with pytest.raises(ItsmctlError, match="row 3, which begins with 'Number', looks like the header"):
        bring([tmp_path / "t.xlsx"], tmp_path / "out")


# Answers in pages


def issues(first: int, held: int, **around: object) -> str:
    listed = [
        {"Number": f"INC{n}", "Opened": "2026-03-01 10:00:00", "State": "New"} for n in range(first, first + held)
    ]
    return json.dumps({**around, "issues": listed})


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        ([issues(0, 3, total=3)], ""),
        ([issues(0, 3, total=512)], "p0.json: of 512 records, as it says, it holds 3; export every page"),
        ([issues(0, 3, total=5), issues(3, 2, total=5)], ""),
        ([issues(0, 3, total=9), issues(3, 2, total=9)], "p0.json, p1.json: of 9 records, as it says, it holds 5; export every page"),
        ([issues(0, 3, isLast=False)], "p0.json: says that another page follows; export every page"),
        ([issues(0, 3, isLast=False), issues(3, 3, isLast=True)], ""),
        ([issues(0, 3, meta={"has_more": True})], "p0.json: says that another page follows; export every page"),
        ([issues(0, 3, next_page=None, count=3)], ""),
        ([issues(0, 3, total=9).replace("{", '{"warnings": [{"text": "deprecated"}], ', 1)], "p0.json#issues: of 9 records, as it says, it holds 3; export every page"),
    ],
)  # fmt: skip
def test_an_answer_that_is_only_a_page_says_so(tmp_path: Path, pages: list[str], told: str) -> None:
    files = []
    for number, page in enumerate(pages):
        files.append(tmp_path / f"p{number}.json")
        files[-1].write_text(page, encoding="utf-8")
    assert warned(bring(files, tmp_path / "out"), "pages-missing") == ([told] if told else [])


def test_a_page_of_issues_says_so_whatever_the_list_is_called(tmp_path: Path) -> None:
    fields = {"summary": "x", "issuetype": {"name": "Incident"}, "status": {"name": "Done"}, "priority": {"name": "High"}, "created": "2026-03-01T10:00:00.000+0000"}  # fmt: skip
    page = {"total": 50, "values": [{"id": "1", "key": "SD-1", "fields": fields}]}
    (tmp_path / "t.json").write_text(json.dumps(page), encoding="utf-8")
    receipt = import_files([tmp_path / "t.json"], None, load(reference_root()).mappings, "", tmp_path / "out")
    assert warned(receipt, "pages-missing") == ["t.json: of 50 records, as it says, it holds 1; export every page"]


def test_a_page_of_approvals_says_so(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(issues(0, 3), encoding="utf-8")
    rows = [{"Ticket": "INC1", "Approver": "Li", "Decision": "approved", "At": "2026-03-01 11:00:00"}]
    (tmp_path / "a.json").write_text(json.dumps({"total": 40, "approvals": rows}), encoding="utf-8")
    columns = {"record_id": ("Ticket",), "approver": ("Approver",), "decision": ("Decision",), "at": ("At",)}
    given = mapping(id="given", format="table", table="approval", recognise=("Approver", "Decision"), columns=columns)
    files = [tmp_path / "t.json", tmp_path / "a.json"]
    receipt = import_files(files, None, {"tickets": TABLE, "given": given}, "UTC", tmp_path / "out")
    assert warned(receipt, "pages-missing") == ["a.json: of 40 records, as it says, it holds 1; export every page"]


def test_a_changelog_of_which_jira_sent_only_a_page_has_a_gap(tmp_path: Path) -> None:
    def issue(number: int, total: int) -> dict[str, object]:
        item = {"field": "status", "fromString": "Open", "toString": "Done"}
        history = {"author": {"displayName": "Ann"}, "created": "2026-03-01T12:00:00.000+0000", "items": [item]}
        fields = {"summary": "x", "issuetype": {"name": "Incident"}, "status": {"name": "Done"}, "priority": {"name": "High"}, "created": "2026-03-01T10:00:00.000+0000"}  # fmt: skip
        return {"id": str(number), "key": f"SD-{number}", "fields": fields, "changelog": {"startAt": 0, "total": total, "histories": [history]}}  # fmt: skip

    (tmp_path / "t.json").write_text(json.dumps({"issues": [issue(1, 1), issue(2, 140)]}), encoding="utf-8")
    mappings = load(reference_root()).mappings
    receipt = import_files([tmp_path / "t.json"], None, mappings, "", tmp_path / "out")
    assert rejects(tmp_path / "out") == [(3, "", "2, SD-2", "cut-history")]
    assert {file.name: (file.rows_read, file.rows_rejected) for file in receipt.files}["t.json#issues.changelog"] == (
        3,
        1,
    )


# Days without a time of day, and cells that cannot be read


def asked(file: Path, out: Path, *rules: str) -> dict[str, dict[str, tuple[object, str]]]:
    """By rule and record the verdict and its reason."""
    definitions = load(reference_root())
    import_files([file], None, definitions.mappings, "UTC", out)
    verdicts = out.with_suffix(".parquet")
    audit(
        definitions, out, AuditOptions(rules=rules, as_of="2026-06-30T00:00:00Z", all_verdicts=True), verdicts=verdicts
    )
    rows = READING.rows(f"SELECT rule, record_id, passed, coalesce(reason, '') FROM read_parquet('{verdicts}')")
    found: dict[str, dict[str, tuple[object, str]]] = {rule: {} for rule in rules}
    for rule, record, passed, reason in rows:
        found[str(rule)][str(record)] = (passed, str(reason))
    return found


def servicenow(file: Path, *rows: str) -> Path:
    header = (
        "Number,Short description,Priority,Category,State,Assignment group,Caller,Opened,Resolved,Closed,Due date\n"
    )
    file.write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return file


def test_a_day_is_no_moment_and_nothing_is_judged_by_midnight(tmp_path: Path) -> None:
    """Resolved within no time on the day of opening, and a day late on the next: both were said of tickets nobody had the times of."""
    file = servicenow(
        tmp_path / "t.csv",
        "INC1,x,1 - Critical,network,Closed,Desk,Ann,2026-03-02,2026-03-02,2026-03-03,",
        "INC2,x,1 - Critical,network,Closed,Desk,Ann,2026-03-02,2026-03-03,2026-03-03,",
    )
    found = asked(file, tmp_path / "out", "INC-01", "INC-06", "INC-16", "DQ-06", "DQ-08", "SLM-04")
    assert {passed for verdicts in found.values() for passed, _ in verdicts.values()} == {None}
    assert found["DQ-06"]["INC1"][1] == "unreadable:closed_at"
    assert found["DQ-08"]["INC1"][1] == "unreadable:opened_at"
    assert {row[3] for row in rejects(tmp_path / "out")} == {"no-time-of-day"}


def test_groups_that_are_judged_without_a_cell_that_could_not_be_read_are_named(tmp_path: Path) -> None:
    tickets = [
        f"INC{n},x,2 - High,network,Closed,Desk,Ann,2026-03-0{1 + n % 8} 09:{n:02}:00,2026-03-09 10:00:00,2026-03-09 11:00:00,"
        for n in range(40)
    ]
    tickets[7] = tickets[7].replace("2026-03-09 10:00:00", "2026-03-32 10:00:00")
    out = tmp_path / "out"
    asked(servicenow(tmp_path / "t.csv", *tickets), out, "INC-16")
    rules = ("SLM-04", "INC-16")
    told = audit(load(reference_root()), out, AuditOptions(as_of="2026-04-01T00:00:00Z", rules=rules)).dataset.warnings
    assert [message for code, message in told if code == "unread-in-groups"] == [
        "records of incident whose resolved_at is not known, so that rules about groups rest on the others: 1 (SLM-04)"
    ]


def test_a_record_that_may_be_of_a_group_is_not_counted_in_it(tmp_path: Path) -> None:
    """Half of the major ones are of category `other`; of those of which nobody can say whether they are major, all are."""
    rows = [f"INC{n:02},2026-03-05 09:00:00,{'other' if n % 2 else 'network'},yes" for n in range(20)]
    rows += [f"INC{n:02},2026-03-05 09:00:00,other,perhaps" for n in range(20, 40)]
    (tmp_path / "t.csv").write_text("\n".join(["Number,Opened,Category,Major", *rows, ""]), encoding="utf-8")
    columns = {"record_id": ("Number",), "opened_at": ("Opened",), "category": ("Category",), "major": ("Major",)}
    bring([tmp_path / "t.csv"], tmp_path / "out", mapping(format="table", recognise=("Major",), columns=columns))
    definitions = load(reference_root())
    rule = definitions.rules["DQ-10"]
    major = replace(
        rule, scope=(Condition("major", "in", (True,)),), parameters={**rule.parameters, "most": 50, "minimum": 10}
    )
    asked_for = AuditOptions(as_of="2026-04-01T00:00:00Z", rules=("DQ-10",))
    result = audit(replace(definitions, rules={**definitions.rules, "DQ-10": major}), tmp_path / "out", asked_for)
    assert [(one.outcome, one.in_scope) for one in result.rules] == [("pass", 1)]
    assert [message for code, message in result.dataset.warnings if code == "unread-in-groups"] == [
        "records of incident whose major is not known, so that rules about groups rest on the others: 20 (DQ-10)"
    ]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#NV ", "#¡VALOR!"])
def test_an_error_of_a_spreadsheet_is_no_name_and_no_code(error: str, tmp_path: Path) -> None:
    """Somebody whose name is #N/A had been assigned, and who looked the priority up in vain escaped every rule about P1."""
    rows = [
        f"INC1,2026-03-02 09:00:00,New,{error},Ann,Li,PRB1,{error}",
        f"INC2,2026-03-02 09:00:00,New,1 - Critical,Ann,{error},{error},x",
        f"{error},2026-03-02 09:00:00,New,1 - Critical,Ann,Li,PRB1,x",
        "INC3,2026-03-02 09:00:00,New,1 - Critical,Ann,#NAME,PRB1,#N/A: see mail",
    ]
    header = "Number,Opened,State,Priority,Caller,Assigned to,Problem,Short description"
    (tmp_path / "t.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    columns = {"record_id": ("Number",), "opened_at": ("Opened",), "state": ("State",), "priority": ("Priority",), "requester": ("Caller",), "assignee": ("Assigned to",), "problem": ("Problem",), "title": ("Short description",)}  # fmt: skip
    receipt = bring([tmp_path / "t.csv"], tmp_path / "out", mapping(format="table", columns=columns))
    assert records(tmp_path / "out", "record_id, priority, assignee, problem, title") == [
        ("INC1", None, "Li", "PRB1", error),
        ("INC2", "1 - Critical", None, None, "x"),
        ("INC3", "1 - Critical", "#NAME", "PRB1", "#N/A: see mail"),
    ]
    assert rejects(tmp_path / "out") == [
        (1, "Priority", error, "spreadsheet-error"),
        (2, "Assigned to", error, "spreadsheet-error"),
        (2, "Problem", error, "spreadsheet-error"),
        (3, "Number", error, "no-record-id"),
    ]
    assert {one.column for one in receipt.unread} == {"assignee", "priority", "problem"}
    assert sum(file.rows_imported for file in receipt.files) == 3
    definitions = load(reference_root())
    asks = {
        "T-1": ("required", {"columns": ("assignee",)}, (Condition("priority", "in", ("1 - Critical",)),)),
        "T-2": ("linked", {"types": ("problem",)}, ()),
    }
    rules = {
        id_: replace(definitions.rules["INC-01"], id=id_, check=check, parameters=parameters, scope=scope)
        for id_, (check, parameters, scope) in asks.items()
    }
    verdicts = tmp_path / "verdicts.parquet"
    options = AuditOptions(rules=tuple(rules), as_of="2026-04-01T00:00:00Z", all_verdicts=True)
    audit(replace(definitions, rules={**definitions.rules, **rules}), tmp_path / "out", options, verdicts=verdicts)
    assert READING.rows(f"SELECT rule, record_id, passed, reason FROM read_parquet('{verdicts}') ORDER BY ALL") == [
        ("T-1", "INC1", None, "unreadable:priority"),
        ("T-1", "INC2", None, "unreadable:assignee"),
        ("T-1", "INC3", True, None),
        ("T-2", "INC1", True, None),
        ("T-2", "INC2", None, "unreadable:problem"),
        ("T-2", "INC3", True, None),
    ]


def test_of_two_errors_in_one_row_the_same_is_always_told_first() -> None:
    rows = ["('a.csv', 1, 'Name', '#REF!', 'spreadsheet-error')", "('a.csv', 1, 'Name', '#N/A', 'spreadsheet-error')"]
    told = [
        set_aside(READING, f'(VALUES {one}, {other}) AS v(source_file, source_row, "column", value, reason)')
        for one, other in (rows, reversed(rows))
    ]
    assert told[0] == told[1] and [(kind.count, kind.value) for kind in told[0]] == [(2, "#N/A")]


def test_an_approver_that_a_spreadsheet_did_not_find_is_nobody(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Number,Opened,State\nINC1,2026-03-01 10:00:00,New\n", encoding="utf-8")
    (tmp_path / "a.csv").write_text("Ticket,Approver,Decision\nINC1,#N/A,approved\n", encoding="utf-8")
    columns = {"record_id": ("Ticket",), "approver": ("Approver",), "decision": ("Decision",)}
    given = mapping(id="given", format="table", table="approval", recognise=("Approver", "Decision"), columns=columns)
    files = [tmp_path / "t.csv", tmp_path / "a.csv"]
    import_files(files, None, {"tickets": TABLE, "given": given}, "UTC", tmp_path / "out")
    assert READING.rows(f"SELECT approver, decision FROM read_parquet('{tmp_path / 'out' / 'approval.parquet'}')") == [
        (None, "approved")
    ]
    assert rejects(tmp_path / "out") == [(1, "Approver", "#N/A", "spreadsheet-error")]


@pytest.mark.parametrize(
    ("items", "where", "limit", "passed"),
    [
        (["db"] * 8 + ["#N/A"] * 2, "present", {"least": 90}, None),
        (["db"] * 10 + ["#N/A"], "present", {"least": 90}, True),
        (["db"] * 7 + [""] * 2 + ["#N/A"], "present", {"least": 90}, False),
        (["db"] * 8 + ["#N/A"] * 2, "absent", {"most": 10}, None),
        (["db"] * 10 + ["#N/A"], "absent", {"most": 10}, True),
        (["db"] * 8 + [""] * 2 + ["#N/A"], "absent", {"most": 10}, False),
    ],
)
def test_a_share_leaves_open_what_could_not_be_read(
    items: list[str], where: str, limit: dict[str, int], passed: bool | None, tmp_path: Path
) -> None:
    assert of_group("share", items, where, limit, tmp_path) == [(passed,)]


@pytest.mark.parametrize(
    ("items", "where", "limit", "passed"),
    [
        (["db"] * 2 + ["#N/A"], "present", {"least": 3}, None),
        (["db"] * 3 + ["#N/A"], "present", {"least": 3}, True),
        (["db", "", "#N/A"], "present", {"least": 3}, False),
        (["db", "", "#N/A"], "absent", {"most": 1}, None),
        (["db", "", "#N/A"], "absent", {"most": 2}, True),
        (["db", "", "", "#N/A"], "absent", {"most": 1}, False),
    ],
)
def test_a_count_leaves_open_what_could_not_be_read(
    items: list[str], where: str, limit: dict[str, int], passed: bool | None, tmp_path: Path
) -> None:
    assert of_group("count-per-month", items, where, limit, tmp_path) == [(passed,)]


def of_group(check: str, items: list[str], where: str, limit: dict[str, int], folder: Path) -> list[tuple[Any, ...]]:
    """Whether the records of one month pass, by how many of them have a configuration item."""
    rows = [f"INC{n:02},2026-03-05 09:00:00,{item}" for n, item in enumerate(items)]
    (folder / "t.csv").write_text("\n".join(["Number,Opened,CI", *rows, ""]), encoding="utf-8")
    bring([folder / "t.csv"], folder / "out", mapping(format="table", recognise=("CI",), columns=ITEMS))
    per = ("month",) if check == "share" else ()
    parameters = {"where": (Condition("ci", where, ()),), "per": per, **limit}  # type: ignore[arg-type]
    definitions = load(reference_root())
    rules = {"DQ-10": replace(definitions.rules["DQ-10"], check=check, parameters=parameters)}
    verdicts = folder / "verdicts.parquet"
    options = AuditOptions(rules=("DQ-10",), as_of="2026-04-01T00:00:00Z", all_verdicts=True)
    audit(replace(definitions, rules=rules), folder / "out", options, verdicts=verdicts)
    return READING.rows(f"SELECT passed FROM read_parquet('{verdicts}')")


@pytest.mark.parametrize("process", ["incident", ""])
def test_groups_of_which_one_file_lacks_the_column_are_not_whole(process: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Number,Opened,CI\nINC01,2026-03-05 09:00:00,db\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("Number,Opened\nINC02,2026-03-05 09:00:00\n", encoding="utf-8")
    given = mapping(format="table", recognise=("Number",), columns=ITEMS)
    bring([tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path / "out", given)
    definitions = load(reference_root())
    parameters = {"where": (Condition("ci", "present", ()),), "per": ("month",), "least": 50}
    rules = {"DQ-10": replace(definitions.rules["DQ-10"], process=process, parameters=parameters)}
    (judged,) = audit(replace(definitions, rules=rules), tmp_path / "out", AuditOptions(rules=("DQ-10",))).rules
    assert (judged.outcome, judged.untested_because) == ("not_testable", "column-not-in-file:ci")


@pytest.mark.parametrize("how", ["written again", "replaced", "removed"])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, how: str) -> None:
    """The digest in the receipt would be that of another file than the rows are from."""
    row = "INC1,x,2 - High,network,Closed,Desk,Ann,2026-03-02 09:00:00,2026-03-02 10:00:00,2026-03-03 10:00:00,"
    file, out = servicenow(tmp_path / "t.csv", row), tmp_path / "out"

    def change(step: str, share: float) -> None:
        if (step, share) == ("writing", 0.8):
            if how == "written again":
                servicenow(file, row, row.replace("INC1", "INC2"))
            else:
                file.unlink()
            if how == "replaced":
                servicenow(tmp_path / "new.csv", row.replace("INC1", "INC3")).rename(file)

    mappings = load(reference_root()).mappings
    with pytest.raises(ItsmctlError, match="changed while it was read"):
        import_files([file], None, mappings, "UTC", out, progress=change)
    assert not out.exists()


def test_a_day_by_which_something_is_due_keeps_nothing_from_being_judged(tmp_path: Path) -> None:
    file = servicenow(
        tmp_path / "t.csv",
        "INC1,x,1 - Critical,network,Closed,Desk,Ann,2026-03-02 09:00:00,2026-03-02 10:00:00,2026-03-03 10:00:00,2026-03-02",
    )
    found = asked(file, tmp_path / "out", "INC-01", "INC-06", "DQ-06", "DQ-08")
    assert {passed for verdicts in found.values() for passed, _ in verdicts.values()} == {True}


def test_what_could_not_be_read_is_not_taken_for_empty(tmp_path: Path) -> None:
    """A ticket whose time of resolution is a typing error is not open."""
    file = servicenow(
        tmp_path / "t.csv",
        "INC1,x,2 - High,network,Resolved,Desk,Ann,2026-03-02 09:00:00,2026-03-32 10:00:00,,",
        "INC2,x,2 - High,network,In Progress,Desk,Ann,2026-03-02 09:00:00,,,",
        "INC3,x,2 - High,network,In Progress,Desk,Ann,soon,,,",
    )
    found = asked(file, tmp_path / "out", "INC-16", "DQ-06", "DQ-08")
    assert found["INC-16"] == {"INC1": (None, "unreadable:resolved_at"), "INC2": (False, ""), "INC3": (None, "unreadable:opened_at")}  # fmt: skip
    assert found["DQ-06"] == {"INC1": (False, ""), "INC2": (True, ""), "INC3": (False, "")}
    assert found["DQ-08"] == {"INC1": (True, ""), "INC2": (True, ""), "INC3": (None, "unreadable:opened_at")}
    receipt = read_receipt(tmp_path / "out")
    assert [(one.exported, one.column) for one in receipt.unread] == [
        ("Opened", "opened_at"),
        ("Resolved", "resolved_at"),
    ]
    jsonschema.validate(json.loads(receipt.to_json()), receipt_schema())


def test_an_earlier_update_that_cannot_be_read_takes_nothing_from_the_last(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "Number,Updated,State,Reopened\nINC1,2026-03-01 10:00:00,New,many\nINC1,2026-03-02 10:00:00,Closed,2\n",
        encoding="utf-8",
    )
    columns = {"record_id": ("Number",), "state": ("State",), "reopen_count": ("Reopened",)}
    definition = mapping(
        recognise=("Number", "Updated"),
        shape="updates",
        at="Updated",
        history=("state",),
        columns=columns,
        format="table",
    )
    bring([tmp_path / "t.csv"], tmp_path / "out", definition)
    assert records(tmp_path / "out", "record_id, reopen_count") == [("INC1", 2)]
    with Session() as session:
        load_records(session, load(reference_root()), tmp_path / "out", read_receipt(tmp_path / "out"), 2**31, (None, None), "UTC")  # fmt: skip
        assert session.rows("SELECT * FROM lacking") == []


def test_times_that_no_format_reads_are_named_where_nothing_can_be_judged(tmp_path: Path) -> None:
    row = "INC1,x,2 - High,network,Resolved,Desk,Ann,2026/03/02 9h00,,,"
    with pytest.raises(ItsmctlError, match="no time under Opened could be read") as caught:
        definitions = load(reference_root())
        import_files([servicenow(tmp_path / "t.csv", row)], None, definitions.mappings, "UTC", tmp_path / "out")
        audit(definitions, tmp_path / "out", AuditOptions())
    assert caught.value.problems[0].code == "no-moment"


def test_a_mapping_without_a_column_of_moments_is_told_which_to_name(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Number,State\nINC1,New\n", encoding="utf-8")
    bring([tmp_path / "t.csv"], tmp_path / "out", mapping(recognise=("Number",), format="table"))
    with pytest.raises(ItsmctlError, match="mapping tickets names no column of moments .* name at least `opened_at`"):
        audit(load(reference_root()), tmp_path / "out", AuditOptions())


# CSV


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "\ufeffSEP=;"])
def test_what_tells_excel_the_separator_is_no_row(tmp_path: Path, first: str, ending: str) -> None:
    lines = [first, "Number;Opened;State;Note", "INC1;2026-03-01 10:00:00;New;a, b", "INC2;soon;New;", ""]
    (tmp_path / "t.csv").write_text(ending.join(lines), encoding="utf-8", newline="")
    receipt = bring([tmp_path / "t.csv"], tmp_path / "out")
    assert (receipt.files[0].rows_read, receipt.files[0].delimiter) == (2, ";")
    assert records(tmp_path / "out", "record_id, source_row") == [("INC1", 1), ("INC2", 2)]
    assert rejects(tmp_path / "out") == [(2, "Opened", "soon", "bad-time")]


@pytest.mark.parametrize("content", ["", "\ufeff", "\r\n\r\n", " \n"])
def test_a_file_with_nothing_in_it_is_called_empty(tmp_path: Path, content: str) -> None:
    (tmp_path / "t.csv").write_text(content, encoding="utf-8", newline="")
    with pytest.raises(ItsmctlError, match=r"the file is empty \[empty-file\]"):
        bring([tmp_path / "t.csv"], tmp_path / "out")


def test_a_column_that_stands_twice_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "Number,Opened,State,State\nINC1,2026-03-01 10:00:00,New,Closed\n", encoding="utf-8"
    )
    with pytest.raises(ItsmctlError, match=r"name the second as 'State \(2\)' in a mapping of your own"):
        bring([tmp_path / "t.csv"], tmp_path / "out")
    columns = {"record_id": ("Number",), "opened_at": ("Opened",), "state": ("State (2)",)}
    bring([tmp_path / "t.csv"], tmp_path / "out", mapping(format="table", columns=columns))
    assert records(tmp_path / "out", "record_id, state, attributes") == [("INC1", "Closed", '{"State": "New"}')]


def test_ids_that_a_spreadsheet_shortened_are_told(tmp_path: Path) -> None:
    rows = "".join(
        f"{number},2026-03-01 10:00:00,New\n" for number in ("1.23E+15", "1,5E+07", "1230000000000001", "12E3", "E1")
    )
    (tmp_path / "t.csv").write_text("Number,Opened,State\n" + rows.replace("1,5E+07", '"1,5E+07"'), encoding="utf-8")
    receipt = bring([tmp_path / "t.csv"], tmp_path / "out")
    assert warned(receipt, "shortened-ids") == ["Number: ids such as '1,5E+07' were numbers that a spreadsheet shortened; export the column as text: 2"]  # fmt: skip


def test_cells_that_could_not_be_read_are_known_of_many_files_within_little_memory(tmp_path: Path) -> None:
    """A join for each column of each file did not fit, though there were hardly any tickets."""
    unread = [(f"{n}.csv", f"told {column}", column) for n in range(8) for column in TEXT_COLUMNS]
    folder = write_dataset(
        tmp_path / "dataset",
        [{"record_id": "A1", "priority": None, "group": None}, {"record_id": "A2", "priority": "P1", "group": None}],
        rejects=[
            {"source_file": "1.csv", "record_id": record, "column": told, "reason": "bad-time"}
            for record in ("A1", "A2")
            for told in ("told priority", "told group", "group")
        ],
    )
    with Session(memory_limit="200MiB") as session:
        load_tables(session, Loading(folder, {}, "UTC", 1_780_000_000, None, None, (), unread=tuple(unread)))
        known = session.rows(
            'SELECT r.record_id, u."column", u.why FROM unread AS u JOIN record AS r ON r.tix = u.tix ORDER BY ALL'
        )
    assert known == [
        (record, column, "unreadable") for record, column in (("A1", "group"), ("A1", "priority"), ("A2", "group"))
    ]

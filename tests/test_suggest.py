"""A mapping proposed for an export that none reads: the vendors' own exports, with what is known of their tool taken away."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from importing.mappings import ROOT

from itsmctl.cli import group
from itsmctl.definitions import load, load_mappings
from itsmctl.engine.session import Session
from itsmctl.importers.importing import import_files
from itsmctl.model import Definitions
from itsmctl.reports.suggestion import render
from itsmctl.suggestion import Suggestion, suggest
from itsmctl.suggestion.formats import moments_in
from itsmctl.suggestion.names import Vocabulary

EXPORTS = Path(__file__).parent / "importing"
DATA = ROOT / ".." / "shared" / "data"
LOG = DATA / "uci-incident-event-log" / "incident_event_log.zip"
XES = DATA / "bpic13-volvo-vinst" / "BPIC13_incidents.xes.gz"
PAIR = DATA / "servicenow-pdi-export-xml-json"


@cache
def ignorant_of(tool: str) -> Definitions:
    """The definitions of somebody who has never seen an export of that tool."""
    definitions = load(ROOT)
    return replace(definitions, mappings={k: m for k, m in definitions.mappings.items() if m.tool != tool})


@cache
def proposed(file: Path, tool: str = "") -> tuple[Suggestion, dict[str, Any]]:
    """What is proposed for a file, and its text as YAML reads it."""
    suggestion = suggest([file], ignorant_of(tool), {})[0]
    data = yaml.load(render([suggestion]), yaml.BaseLoader)
    return suggestion, data


def mapped(data: dict[str, Any]) -> dict[str, str]:
    """The exported column of each canonical one."""
    columns = data["columns"].items()
    return {column: source["of"] if isinstance(source, dict) else source for column, source in columns}


VENDORS = [
    ("freshservice-csv/tickets.csv", "Freshservice", {"record_id": "Ticket ID", "state": "Status", "priority": "Priority", "opened_at": "Created Time", "resolved_at": "Resolved Time", "group": "Group"}),
    ("glpi-en/glpi.csv", "GLPI", {"record_id": "ID", "state": "Status", "priority": "Priority", "opened_at": "Opening date", "title": "Title"}),
    ("glpi-fr/glpi.csv", "GLPI", {"record_id": "ID", "state": "Statut", "priority": "Priorité", "opened_at": "Date d'ouverture", "title": "Titre"}),
    ("glpi-others/de.csv", "GLPI", {"record_id": "ID", "state": "Status", "priority": "Priorität", "opened_at": "Eröffnungsdatum", "category": "Kategorie"}),
    ("glpi-others/zh.csv", "GLPI", {"record_id": "ID", "state": "状态", "priority": "优先级", "opened_at": "打开日期", "category": "分类"}),
    ("helix/incidents.csv", "BMC Helix ITSM", {"record_id": "Incident ID*+", "state": "Status*", "priority": "Priority*", "assignee": "Assignee+", "resolved_at": "Last Resolved Date"}),
    ("itop/changes.csv", "iTop", {"record_id": "Ref", "state": "Status", "title": "Title", "closed_at": "Close date"}),
    ("jira-csv/jira.csv", "Jira Service Management", {"record_id": "Issue key", "state": "Status", "priority": "Priority", "opened_at": "Created", "assignee": "Assignee"}),
    ("manageengine-csv/requests.csv", "ManageEngine ServiceDesk Plus", {"record_id": "Request ID", "state": "Request Status", "opened_at": "Created Time", "assignee": "Technician", "due_at": "DueBy Time"}),
    ("otrs/tickets.csv", "OTRS", {"record_id": "Ticket#", "state": "State", "priority": "Priority", "opened_at": "Created", "closed_at": "Closed", "group": "Queue"}),
    ("servicenow-list/incident.csv", "ServiceNow", {"record_id": "Number", "state": "State", "priority": "Priority", "opened_at": "Opened", "resolved_at": "Resolved", "group": "Assignment group"}),
    ("servicenow-tables/incident.json", "ServiceNow", {"number": "number", "state": "state", "opened_at": "opened_at", "closed_at": "closed_at"}),
    ("zammad/tickets.json", "Zammad", {"record_id": "number", "state": "state", "priority": "priority", "opened_at": "created_at"}),
    ("zendesk/tickets.json", "Zendesk", {"record_id": "id", "state": "status", "priority": "priority", "opened_at": "created_at"}),
]  # fmt: skip


@pytest.mark.parametrize(("file", "tool", "wanted"), VENDORS, ids=[file for file, _, _ in VENDORS])
def test_the_columns_of_an_unknown_tool_are_found(file: str, tool: str, wanted: dict[str, str]) -> None:
    _, data = proposed(EXPORTS / file, tool)
    found = mapped(data)
    assert {column: found.get(column) for column in wanted} == wanted


def test_a_proposal_is_a_valid_mapping_that_imports(tmp_path: Path) -> None:
    for file, tool, _ in VENDORS:
        definitions = ignorant_of(tool)
        suggestion, _ = proposed(EXPORTS / file, tool)
        proposal = tmp_path / "proposed.yaml"
        proposal.write_text(render([suggestion], "zh"), encoding="utf-8")
        mapping = load_mappings(proposal, definitions)
        receipt = import_files([EXPORTS / file], mapping, {}, "Asia/Shanghai", tmp_path / file.replace("/", "-"))
        assert receipt.records, file


def test_the_awkward_parts_of_an_export_are_seen() -> None:
    suggestion, data = proposed(EXPORTS / "glpi-fr" / "glpi.csv", "GLPI")
    assert data["columns"]["record_id"] == {"of": "ID", "take": "compact"}, "a space in every thousand"
    assert data["columns"]["assignee"]["take"] == "first", "several technicians under each other"
    assert data["process-column"] == "Type"
    assert data["time-formats"] == ["dd-MM-yyyy HH:mm"], "13-01-2026 decides for the whole column"
    assert [match.name for match in suggestion.zoneless][0] == "Date d'ouverture"
    _, overdue = proposed(EXPORTS / "manageengine-csv" / "requests.csv", "ManageEngine ServiceDesk Plus")
    assert overdue["columns"]["reported_sla_met"] == {"of": "Overdue Status", "take": "opposite"}
    assert overdue["missing"] == ["", "-"]


def test_a_history_and_approvals_are_no_records() -> None:
    _, history = proposed(EXPORTS / "servicenow-tables" / "sys_audit.csv", "Jira Service Management")
    assert (history["table"], history["at"], history["actor"]) == ("event", "sys_created_on", "user")
    assert history["codes"]["field"] == {"state": "state", "assignment_group": "group"}
    assert "process" not in history
    _, approvals = proposed(EXPORTS / "servicenow-tables" / "sysapproval_approver.csv")
    assert approvals["table"] == "approval"
    assert approvals["at"] == "sys_updated_on", "when it was decided, not when it was asked for"
    assert mapped(approvals)["record_id"] == "dv_sysapproval"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("sys_audit.csv", {"table": "event", "at": "sys_created_on", "actor": "user", "columns": {"record_id": "documentkey", "field": "fieldname", "old": "oldvalue", "new": "newvalue"}}),
        ("sysapproval_approver.csv", {"table": "approval", "at": "sys_updated_on", "columns": {"record_id": "dv_sysapproval", "approver": "dv_approver", "role": "dv_group", "decision": "state"}}),
        ("task_sla.csv", {"table": "detail", "columns": {"record_id": "dv_task", "reported_sla_met": "has_breached", "due_at": "planned_end_time"}}),
    ],
)  # fmt: skip
def test_tables_about_other_records_are_known_without_their_tool(name: str, wanted: dict[str, Any]) -> None:
    _, data = proposed(EXPORTS / "servicenow-tables" / name, "ServiceNow")
    assert {"columns": mapped(data), **{key: data.get(key) for key in wanted if key != "columns"}} == wanted


def test_links_are_known_by_the_names_of_their_columns(tmp_path: Path) -> None:
    rows = ("T-1,is caused by,T-2", "T-2,blocks,T-3")
    _, data = proposed(written(tmp_path, "Ticket,Link type,Linked ticket", *rows))
    assert data["table"] == "link"
    assert mapped(data) == {"record_id": "Ticket", "type": "Link type", "target": "Linked ticket"}


def test_records_with_an_sla_are_records(tmp_path: Path) -> None:
    rows = [f"T-{n},Printer,2026-03-{n:02} 09:00,Open,true,Gold" for n in range(1, 9)]
    _, data = proposed(written(tmp_path, "Number,Title,Opened,Status,Made SLA,SLA", *rows))
    assert "table" not in data
    assert mapped(data)["reported_sla_met"] == "Made SLA"


def test_several_files_are_proposed_together_with_the_keys_that_join_them(tmp_path: Path) -> None:
    """Records are joined by an internal id, which the history has too, though their number says more to people."""
    folder = tmp_path / "exports"
    folder.mkdir()
    tickets = [f"k{n},T-{n},Printer {n},2026-03-{n:02} 09:00:00,Open" for n in range(1, 9)]
    (folder / "tickets.csv").write_text(
        "sysid,Number,Title,Opened,Status\n" + "\n".join(tickets) + "\n", encoding="utf-8"
    )
    history = [f"k{n},Status,New,Open,beth,2026-03-{n:02} 10:00:00" for n in range(1, 9)]
    (folder / "history.csv").write_text(
        "Record,Field,Old,New,User,Changed at\n" + "\n".join(history) + "\n", encoding="utf-8"
    )
    slas = [f"T-{n},P3 resolution,false,2026-03-{n:02} 18:00:00" for n in range(1, 9)]
    (folder / "slas.csv").write_text("Task,SLA,Has breached,Breach time\n" + "\n".join(slas) + "\n", encoding="utf-8")
    found = suggest([folder], load(ROOT), {})
    assert [(one.id, one.table) for one in found] == [("tickets", "record"), ("history", "event"), ("slas", "detail")]
    assert (found[0].matches["record_id"].name, found[0].matches["number"].name) == ("sysid", "Number")
    assert not any(one.adrift for one in found)
    proposal = tmp_path / "mappings.yaml"
    shown = CliRunner().invoke(group, ["import", str(folder), "--suggest", "--root", str(ROOT), "-o", str(proposal)])
    assert shown.exit_code == 0, shown.output
    receipt = import_files([folder], load_mappings(proposal, load(ROOT)), {}, "UTC", tmp_path / "out")
    assert (receipt.records, {file.table for file in receipt.files}) == (8, {"record", "event", "detail"})
    assert "orphan-rows" not in dict(receipt.warnings)
    assert receipt.history == ("state",)


def test_a_table_whose_keys_nobody_has_is_asked_about(tmp_path: Path) -> None:
    written(tmp_path, "Number,Title,Opened,Status", *(f"T-{n},x,2026-03-{n:02} 09:00,Open" for n in range(1, 9)))
    other = tmp_path / "links.csv"
    other.write_text("Ticket,Link type,Linked ticket\nZ-1,blocks,Z-2\nZ-3,blocks,Z-4\n", encoding="utf-8")
    found = suggest([tmp_path], load(ROOT), {})
    assert [one.adrift for one in found] == [False, True]
    assert "None of the keys in Ticket is one of the records looked at" in render(found)


def test_files_that_a_mapping_reads_are_named_beside_those_that_none_does(tmp_path: Path) -> None:
    known = EXPORTS / "servicenow-list" / "incident.csv"
    own = written(tmp_path, "Ticket,Link type,Linked ticket", "INC1,blocks,INC2", "INC2,blocks,INC3")
    text = render(suggest([known, own], load(ROOT), {}))
    assert "Nothing is proposed for" in text
    assert "--mapping servicenow-incident --mapping mappings.yaml" in text
    assert [document["table"] for document in yaml.load_all(text, yaml.BaseLoader)] == ["link"]


def written(folder: Path, *lines: str) -> Path:
    file = folder / "export.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_names_that_nobody_knows_are_told_by_what_is_in_them(tmp_path: Path) -> None:
    rows = [f"ZZ-{n};2026-03-{n:02} 09:00;{'Open' if n % 2 else 'Closed'};P{1 + n % 4}" for n in range(1, 30)]
    _, data = proposed(written(tmp_path, "aaa;bbb;ccc;ddd", *rows))
    assert mapped(data) == {"record_id": "aaa", "number": "aaa", "opened_at": "bbb", "state": "ccc", "priority": "ddd"}
    assert data["codes"]["state"] == {"Closed": "closed", "Open": "new"}


def test_a_chinese_export_is_understood(tmp_path: Path) -> None:
    head = "工单编号,标题,工单状态,优先级,创建时间,解决时间,处理人,处理组,是否超时"
    rows = [f"SJ{n:05},打印机,{'已解决' if n % 2 else '处理中'},高,2026年3月{n}日 09:05,2026年3月{n}日 10:00,张伟,网络组,否" for n in range(1, 25)]  # fmt: skip
    suggestion, data = proposed(written(tmp_path, head, *rows))
    found = mapped(data)
    wanted = {"record_id": "工单编号", "state": "工单状态", "opened_at": "创建时间", "resolved_at": "解决时间", "assignee": "处理人", "group": "处理组", "priority": "优先级"}  # fmt: skip
    assert {column: found.get(column) for column in wanted} == wanted
    assert data["columns"]["reported_sla_met"] == {"of": "是否超时", "take": "opposite"}
    assert data["codes"] == {"state": {"已解决": "resolved", "处理中": "in-progress"}, "priority": {"高": "P2"}}


def test_a_proposal_in_chinese_is_called_as_the_file_is(tmp_path: Path) -> None:
    file = tmp_path / "工单导出.csv"
    file.write_text(
        "工单编号,状态,创建时间\n" + "".join(f"SJ{n},已关闭,2026/3/{n} 9:05\n" for n in range(1, 9)), encoding="utf-8"
    )
    shown = CliRunner().invoke(group, ["import", str(file), "--suggest", "--lang", "zh", "--root", str(ROOT)])
    assert shown.exit_code == 0, shown.output
    assert "title: {en: Own export, zh: 工单导出}\n" in shown.output
    assert "# zone: Asia/Shanghai\n" in shown.output


def test_a_german_export_is_understood(tmp_path: Path) -> None:
    heads = "Ticket No;Betreff;Erstellt am;Gelöst am;Prio;Status;Bearbeiter"
    rows = [
        "T-1;Drucker druckt nicht;03.04.2026 09:12;13.04.2026 11:40;2 - Hoch;Geschlossen;Müller",
        "T-2;VPN langsam;14.04.2026 10:02;;1 - Kritisch;In Bearbeitung;Li Wei",
    ]
    _, data = proposed(written(tmp_path, heads, *rows))
    assert (mapped(data)["opened_at"], mapped(data)["resolved_at"]) == ("Erstellt am", "Gelöst am")
    assert data["codes"]["priority"] == {"1 - Kritisch": "P1", "2 - Hoch": "P2"}


def test_a_state_that_waits_is_known_however_its_words_are_joined(tmp_path: Path) -> None:
    meant = {
        "in_progress": "in-progress",
        "Pending-Client": "awaiting-user",
        "Waiting on Vendor": "awaiting-supplier",
        "待用户确认": "awaiting-user",
    }
    states = [*meant, "Pending-Internal"]
    rows = [f"T-{n:04},2026-03-{1 + n % 9:02} 09:{n:02},{states[n % 5]}" for n in range(30)]
    told, data = proposed(written(tmp_path, "Ticket ID,Created,Status", *rows))
    assert data["codes"]["state"] == meant
    assert "# Pending-Internal: …" in render([told]), "who works on it inside the house nobody knows"


def test_lists_of_another_language_are_told_by_their_words_and_ranks(tmp_path: Path) -> None:
    states = ("In Arbeit", "Wartet auf Kunde", "Erledigt", "Geschlossen")
    rows = [f"HD-{n:05};0{1 + n % 9}.03.26 09:{n:02};{'Störung' if n % 3 else 'Anfrage'};{1 + n % 4} {['kritisch', 'hoch', 'normal', 'niedrig'][n % 4]};{states[n % 4]}" for n in range(1, 30)]  # fmt: skip
    _, data = proposed(written(tmp_path, "Ticketnr.;Eingang am;Art;Wichtigkeit;Bearbeitungsstand", *rows))
    assert (mapped(data)["priority"], mapped(data)["state"]) == ("Wichtigkeit", "Bearbeitungsstand")
    assert (data["process-column"], mapped(data)["opened_at"]) == ("Art", "Eingang am")
    assert data["codes"]["priority"] == {"1 kritisch": "P1", "2 hoch": "P2", "3 normal": "P3", "4 niedrig": "P4"}
    assert data["codes"]["state"] == dict(zip(sorted(states), ("resolved", "closed", "in-progress", "awaiting-user"), strict=True))  # fmt: skip


def test_what_lies_beside_the_tickets_of_a_file_is_named_and_not_taken_for_tickets(tmp_path: Path) -> None:
    """Attachments and texts have an id, a moment and even a state."""
    tickets = "".join(f'<u_ticket action="I"><number>T{n}</number><opened_at>2026-03-0{n} 09:00:00</opened_at><state>open</state><short_description>x{n}</short_description><knowledge>false</knowledge></u_ticket>' for n in range(1, 6))  # fmt: skip
    beside = "".join(f'<sys_attachment action="I"><sys_id>a{n}</sys_id><sys_created_on>2026-03-0{n} 09:00:00</sys_created_on><state>available</state></sys_attachment>' for n in range(1, 6))  # fmt: skip
    file = tmp_path / "unload.xml"
    file.write_text(f"<unload>{tickets}{beside}</unload>", encoding="utf-8")
    (found,) = suggest([file], ignorant_of("ServiceNow"), {})
    assert found.file.endswith("#u_ticket") and [one.rpartition("#")[2] for one in found.others] == ["sys_attachment"]
    assert "knowledge" not in found.matches, "a yes or no is no article"
    assert "actions" not in found.matches, "what XML says of an element is no column of the model"


def test_tables_of_one_file_are_told_apart_by_the_mappings_proposed_for_them(tmp_path: Path) -> None:
    file, proposal = EXPORTS / "jira-rest" / "search.json", tmp_path / "mappings.yaml"
    definitions = ignorant_of("Jira Service Management")
    proposal.write_text(render(suggest([file], load(ROOT), {})), encoding="utf-8")
    receipt = import_files([file], load_mappings(proposal, definitions), {}, "UTC", tmp_path / "out")
    assert {one.table for one in receipt.files} == {"record", "event", "link", "detail"}


HALVES = [
    (
        "Call No,Open Date,Open Time,Solve Date,Solve Time,Status",
        ["C1,03/02/2026,09:12,13/02/2026,11:40,Closed", "C2,13/02/2026,14:05,,,Open"],
        {"opened_at": ["Open Date", "Open Time"], "resolved_at": ["Solve Date", "Solve Time"]},
        ["dd/MM/yyyy HH:mm"],
        {"C1": "2026-02-03 09:12", "C2": "2026-02-13 14:05"},
    ),
    (
        "工单号,报修日期,报修时间,状态",
        ["G1,2026-03-02,9:12:30,已关闭", "G2,2026-03-03,13:05:00,处理中"],
        {"opened_at": ["报修日期", "报修时间"]},
        ["yyyy-MM-dd HH:mm:ss"],
        {"G1": "2026-03-02 09:12", "G2": "2026-03-03 13:05"},
    ),
    (
        "Ticket,Date,Time,Status,Time spent",
        ["T1,3/14/2026,9:12 AM,Closed,1:20", "T2,3/15/2026,12:05 PM,Open,0:30"],
        {"opened_at": ["Date", "Time"]},
        ["MM/dd/yyyy hh:mm a"],
        {"T1": "2026-03-14 09:12", "T2": "2026-03-15 12:05"},
    ),
]


@pytest.mark.parametrize(("head", "rows", "halves", "formats", "opened"), HALVES, ids=["en", "zh", "us"])
def test_a_day_and_a_time_of_day_in_two_columns_are_one_moment(
    tmp_path: Path, head: str, rows: list[str], halves: dict[str, list[str]], formats: list[str], opened: dict[str, str]
) -> None:
    file, proposal = written(tmp_path, head, *rows), tmp_path / "own.yaml"
    suggestion, data = proposed(file)
    assert {c: s["join"] for c, s in data["columns"].items() if isinstance(s, dict) and "join" in s} == halves
    assert data["time-formats"] == formats
    text = render([suggestion])
    assert "exported with the time of day" not in text
    proposal.write_text(text, encoding="utf-8")
    import_files([file], load_mappings(proposal, ignorant_of("")), {}, "UTC", tmp_path / "out")
    with Session() as session:
        read = session.rows(
            f"SELECT record_id, strftime(opened_at, '%Y-%m-%d %H:%M') FROM read_parquet('{tmp_path / 'out' / 'record'}.parquet')"
        )
    assert dict(read) == opened


def test_a_day_is_joined_with_no_column_that_tells_how_long_something_took(tmp_path: Path) -> None:
    rows = ("T1,2026-03-14,01:20,00:10,Closed", "T2,2026-03-15,00:30,00:20,Open")
    _, data = proposed(written(tmp_path, "Ticket,Created,Response Time,Resolution Time,Status", *rows))
    assert mapped(data)["opened_at"] == "Created"


@pytest.mark.parametrize(
    ("second", "formats", "asked"),
    [("3/14/2026", ["MM/dd/yyyy"], False), ("14/3/2026", ["dd/MM/yyyy"], False), ("3/5/2026", ["dd/MM/yyyy", "MM/dd/yyyy"], True)],
)  # fmt: skip
def test_march_or_april_is_asked_where_nothing_decides(
    tmp_path: Path, second: str, formats: list[str], asked: bool
) -> None:
    file = written(tmp_path, "Number,Opened,Status", "T1,3/4/2026,Open", f"T2,{second},Open")
    suggestion, data = proposed(file)
    text = render([suggestion])
    assert data["time-formats"] == formats
    assert ("is the day first or the month?" in text) == asked
    assert ("# date-order: day-first" in text) == asked


def test_one_column_that_decides_decides_for_all(tmp_path: Path) -> None:
    rows = ("T1,3/4/2026,3/14/2026", "T2,3/5/2026,3/15/2026")
    _, data = proposed(written(tmp_path, "Number,Opened,Closed", *rows))
    assert data["time-formats"] == ["MM/dd/yyyy"]


def test_a_value_whose_meaning_is_unknown_is_asked_for_and_never_guessed(tmp_path: Path) -> None:
    file = written(tmp_path, "Number,Opened,Status", "T1,2026-03-04,Open", "T2,2026-03-04,Parked\x1b[31m: {")
    suggestion, data = proposed(file)
    assert data["codes"]["state"] == {"Open": "new"}
    text = render([suggestion])
    assert "\x1b" not in text
    assert "What do these values of state mean: Parked" in text


@pytest.mark.parametrize(
    ("values", "patterns"),
    [
        (["18/jul/26 9:10 AM", "25/Feb/26 10:17 PM"], ("dd/MMM/yy hh:mm a",)),
        (["2026-03-04T09:12:00Z", "2026-03-04T10:00:00+08:00"], ("iso",)),
        (["04.03.2026 09:12:33", "14.03.2026 09:12:33"], ("dd.MM.yyyy HH:mm:ss",)),
        (["2026/3/4 9:05", "2026/12/24 23:05"], ("yyyy/MM/dd HH:mm",)),
        (["Mar 4, 2026 09:12 AM"], ("MMM d, yyyy hh:mm a",)),
        (["18/juil./26 9:10 AM", "25/févr./26 10:17 PM"], ("dd/MMM/yy hh:mm a",)),
        (["18/七月/26 9:10 上午", "25/2月/26 10:17 下午"], ("dd/MMM/yy hh:mm a",)),
        (["2026/3/5 下午2:05", "2026/12/24 上午 9:05"], ("yyyy/MM/dd ahh:mm", "yyyy/MM/dd a hh:mm")),
        (["2026年3月5日 下午2:05"], ("yyyy年M月d日 ahh:mm",)),
        (["18/abc/26 9:10", "build 4, 2026"], None),
        (["20260304", "5 732 943", "1.2.3"], None),
    ],
)
def test_moments_are_known_by_their_shape(values: list[str], patterns: tuple[str, ...] | None) -> None:
    found = moments_in(values, numbers=False)
    assert (found.patterns if found else None) == patterns


def test_the_public_logs_are_understood(tmp_path: Path) -> None:
    if not LOG.exists() or not XES.exists():
        pytest.skip("the public logs are not here")
    _, log = proposed(LOG, "ServiceNow")
    assert (log["shape"], log["at"], log["order-by"]) == ("updates", "sys_updated_at", ["sys_mod_count", "sys_updated_at"])  # fmt: skip
    assert (log["missing"], log["time-formats"]) == (["", "?"], ["dd/MM/yyyy HH:mm"])
    found = mapped(log)
    wanted = {"record_id": "number", "state": "incident_state", "group": "assignment_group", "assignee": "assigned_to", "opened_at": "opened_at", "closed_at": "closed_at", "priority": "priority"}  # fmt: skip
    assert {column: found.get(column) for column in wanted} == wanted
    suggestion, xes = proposed(XES, "VINST")
    assert (xes["format"], xes["shape"], xes["at"], xes["history"]) == ("xes", "trace", "time:timestamp", ["state"])
    assert mapped(xes)["record_id"] == "case:concept:name"
    proposal = tmp_path / "proposed.yaml"
    proposal.write_text(render([suggestion]), encoding="utf-8")
    receipt = import_files([XES], load_mappings(proposal, load(ROOT)), {}, "", tmp_path / "out")
    assert (receipt.records, receipt.zone) == (7554, "")


def test_the_command_writes_the_proposal_and_says_what_already_reads_the_file(tmp_path: Path) -> None:
    file, proposal = EXPORTS / "otrs" / "tickets.csv", tmp_path / "own.yaml"
    shown = CliRunner().invoke(group, ["import", str(file), "--suggest", "--root", str(ROOT)])
    assert shown.exit_code == 0, shown.output
    assert "Mapping otrs-ticket reads this file as it is" in shown.output
    kept = CliRunner().invoke(group, ["import", str(file), "--suggest", "--root", str(ROOT), "-o", str(proposal)])
    assert kept.exit_code == 0
    assert proposal.read_text("utf-8") == shown.output.replace("--mapping tickets.yaml", f"--mapping {proposal}")
    assert f"next: itsmctl import {file} --mapping {proposal} --zone ZONE -o dataset" in kept.output
    named = CliRunner().invoke(group, ["import", str(file), "--suggest", "--mapping", "x", "--root", str(ROOT)])
    assert named.exit_code == 2
    assert "--mapping is what --suggest proposes" in named.output
    nowhere = CliRunner().invoke(group, ["import", str(file), "--root", str(ROOT)])
    assert nowhere.exit_code == 2
    assert "as in -o dataset" in nowhere.output


def test_the_tables_of_a_dataset_as_csv_give_the_same_dataset_again(tmp_path: Path) -> None:
    files = sorted(path for path in (EXPORTS / "servicenow-tables").iterdir() if path.name != "expected.yaml")
    import_files(files, None, load(ROOT).mappings, "UTC", tmp_path / "first")
    tables = {"record": "* EXCLUDE (attributes, source_file, source_row)", "event": "* EXCLUDE (attributes, source_file, source_row)", "approval": "* EXCLUDE (source_file, source_row)"}  # fmt: skip
    again, mappings = [], []
    with Session() as session:
        for table, columns in tables.items():
            again.append(tmp_path / f"{table}.csv")
            session.run(
                f"COPY (SELECT {columns} FROM '{tmp_path / 'first' / table}.parquet') TO '{again[-1]}' (HEADER)"
            )
    for file in again:
        (suggestion,) = suggest([file], load(ROOT), {})
        assert suggestion.table == file.stem
        assert all(match.name == column for column, match in suggestion.matches.items() if column != "number")
        proposal = tmp_path / f"{file.stem}.yaml"
        proposal.write_text(render([suggestion]), encoding="utf-8")
        mappings += load_mappings(proposal, load(ROOT))
    import_files(again, mappings, {}, "UTC", tmp_path / "second")
    with Session() as session:
        for table, columns in tables.items():
            read = f"SELECT {columns} FROM '{tmp_path}/{{}}/{table}.parquet' ORDER BY ALL"
            first, second = (session.rows(read.format(folder)) for folder in ("first", "second"))
            assert first == second, table
            assert first


def test_what_the_mapping_that_reads_a_file_knows_is_believed_first() -> None:
    """A bare number means something else in every tool; where a mapping reads the file it is known what this one means."""
    file = EXPORTS / "servicenow-tables" / "incident.json"
    suggestion, data = proposed(file)
    assert suggestion.readers == ("servicenow-incident",)
    assert data["codes"]["state"]["7"] == "closed"
    assert not suggestion.codes["state"].asked
    told = {
        match.name: dict(match.reasons[0].values) for match in suggestion.matches.values() if match.reasons[0].values
    }
    assert {reason.get("mapping") for reason in told.values()} == {"servicenow-incident"}
    unknown, _ = proposed(file, "ServiceNow")
    assert "7" in unknown.codes["state"].asked


def test_a_reason_says_what_is_so(tmp_path: Path) -> None:
    """Updates repeat the number of their ticket, an empty column has only its name, and 1970 is no year of a ticket."""
    lines = ["number,sys_updated_on,opened_at,state,due_date,business_duration"]
    lines += [
        f"INC{n // 3:03},2026-03-0{1 + n % 3} 10:00:00,2026-03-01 09:00:00,{n % 3},,1970-01-01 0{n % 5}:10:00"
        for n in range(60)
    ]
    (tmp_path / "log.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    suggestion, _ = proposed(tmp_path / "log.csv")
    text = render([suggestion])
    assert "numbers of tickets, such as INC0" in text
    assert "a number of its own in each row" not in text
    assert re.search(r"due_at: due_date +# \d+%: .*; no row has a value in it", text)
    assert "business_duration" not in " ".join(profile.name for profile in suggestion.spare_moments)


@pytest.mark.parametrize(
    ("name", "took"),
    [
        ("Resolution_Time", "5{n}"), ("Resolution", "{n}.5"), ("Resolution Time", "1 day 2:0{n}:00"), ("Work performed", "2026-03-0{n}"),
        ("Resolution time", "{n}h 30m"), ("Resolution", "P1DT{n}H"), ("Solution", '"{n},5 Std."'), ("处理结果", "{n}小时20分"), ("Resolution", "-{n}:15"),
        ("Resolution", "{n} days 03:10:00"), ("Resolution", "2 Days {n} Hours 1 Minute"), ("Lösung", '"{n} Tage, 2 Std."'), ("Solution", "{n} jours 2 heures"),
    ],
)  # fmt: skip
def test_how_long_it_took_is_not_what_was_done(tmp_path: Path, name: str, took: str) -> None:
    """A rule that asks for a resolution would pass by a number of hours."""
    rows = [f"T-{n},2026-03-0{n} 09:00,Open,{took.format(n=n)}" for n in range(1, 9)]
    found = mapped(proposed(written(tmp_path, f"Ticket,Opened,Status,{name}", *rows))[1])
    assert name not in found.values()


def test_every_value_of_the_column_that_tells_the_process_is_mapped_or_asked(tmp_path: Path) -> None:
    rows = [f"T-{n},2026-03-0{n} 09:00,Open,{'Request' if n < 6 else 'Complaint'}" for n in range(1, 9)]
    suggestion, data = proposed(written(tmp_path, "Ticket,Opened,Status,Type", *rows))
    assert (data["process-column"], data["codes"]["process"]) == ("Type", {"Request": "request"})
    text = render([suggestion])
    assert "Of which process are the rows whose Type is one of: Complaint?" in text
    assert "    # Complaint: …\n" in text


def test_a_column_that_leaves_most_rows_without_a_process_is_asked_about(tmp_path: Path) -> None:
    """Rows without a process are set aside: two thirds of the tickets would be gone."""
    rows = [f"T-{n},2026-03-0{n} 09:00,Open,{'Request' if n < 4 else 'Incident / Problem'}" for n in range(1, 9)]
    suggestion, data = proposed(written(tmp_path, "Ticket,Opened,Status,Type", *rows))
    assert (data["process"], "process-column" in data) == ("incident", False)
    assert "Type" not in mapped(data).values()
    assert "Does Type tell the process of each row (Incident / Problem, Request)?" in render([suggestion])


@pytest.mark.parametrize(
    ("values", "known"),
    [
        (("3", "4", "5"), None),
        (("2 - High", "3 - Moderate", "4 - Low", "5 - Normal"), {"2 - High": "P2", "3 - Moderate": "P3"}),
        (("1 - Low", "2 - Medium", "3 - High"), {"1 - Low": "P4", "2 - Medium": "P3", "3 - High": "P2"}),
        (("1 - Critical", "2 - High", "4 - Low", "5 - Low"), {"1 - Critical": "P1", "2 - High": "P2", "4 - Low": "P4", "5 - Low": "P4"}),
    ],
)  # fmt: skip
def test_a_priority_whose_number_and_word_disagree_is_asked(
    tmp_path: Path, values: tuple[str, ...], known: dict[str, str] | None
) -> None:
    rows = [f"T-{n},2026-03-{n:02} 09:00,Open,{values[n % len(values)]}" for n in range(1, 25)]
    suggestion, data = proposed(written(tmp_path, "Ticket,Opened,Status,Priority", *rows))
    assert data["codes"].get("priority") == known
    assert set(suggestion.codes["priority"].asked) == set(values) - set(known or ())
    assert ("What do these values of priority mean" in render([suggestion])) == (set(values) != set(known or ()))


LOGS = [
    ("CaseID,ActivityID,CompleteTimestamp", "{case},{step},2026-03-{case:02} 0{step}:00:00", {"record_id": "CaseID", "state": "ActivityID"}, "CompleteTimestamp"),
    ("case:concept:name,concept:name,org:resource,time:timestamp", "{case},S{step},U{step},2026-03-{case:02}T0{step}:00:00Z", {"record_id": "case:concept:name", "state": "concept:name", "assignee": "org:resource"}, "time:timestamp"),
    ("Case ID,Activity,Resource,Start Timestamp,Complete Timestamp", "{case},S{step},U{step},2026-03-{case:02} 0{step}:00:00,2026-03-{case:02} 0{step}:30:00", {"record_id": "Case ID", "state": "Activity", "assignee": "Resource"}, "Complete Timestamp"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "row", "wanted", "at"), LOGS)
def test_rows_that_are_steps_of_a_ticket_are_no_tickets(
    tmp_path: Path, header: str, row: str, wanted: dict[str, str], at: str
) -> None:
    """Taken for tickets, nearly every number would stand for several of them."""
    rows = [row.format(case=case, step=step) for case in range(1, 9) for step in range(1, 4)]
    file = written(tmp_path, header, *rows)
    suggestion, data = proposed(file)
    assert (data["shape"], data["at"], data["history"]) == ("trace", at, ["state"])
    assert data["order-by"] == [at]
    found = mapped(data)
    assert {column: found.get(column) for column in wanted} == wanted
    assert "opened_at" not in found
    proposal = tmp_path / "proposed.yaml"
    proposal.write_text(render([suggestion]), encoding="utf-8")
    receipt = import_files([file], load_mappings(proposal, load(ROOT)), {}, "UTC", tmp_path / "out")
    assert (receipt.records, receipt.events) == (8, 24)
    with Session() as session:
        opened = session.one(f"SELECT min(hour(opened_at)), max(hour(opened_at)), max(day(opened_at)) FROM '{tmp_path / 'out' / 'record.parquet'}'")  # fmt: skip
    assert opened == (1, 1, 8), "when the first step was taken"


def test_numbers_that_many_rows_share_are_asked_about(tmp_path: Path) -> None:
    rows = [f"T-{n // 3},x{n},Open" for n in range(1, 25)]
    suggestion, _ = proposed(written(tmp_path, "Ticket,Title,Status", *rows))
    assert "Why do 24 rows have only 9 different values in Ticket?" in render([suggestion])


@pytest.mark.parametrize(("moment", "reads"), [("2026-03-0{n} 09:00:00", True), ("0{n}. of March 2026", False)])
def test_a_mapping_that_cannot_read_the_moments_does_not_read_the_file(
    tmp_path: Path, moment: str, reads: bool
) -> None:
    rows = [f"INC{n},{moment.format(n=n)},x,y,1,New" for n in range(1, 9)]
    suggestion, _ = proposed(written(tmp_path, "number,opened_at,short_description,caller_id,priority,state", *rows))
    text = render([suggestion])
    assert ("Mapping servicenow-incident reads this file as it is" in text) == reads
    assert ("Mapping servicenow-incident knows these columns, but cannot read the times in opened_at." in text) != reads


SYNONYMS = {
    "record_id": ("报修单号",),
    "service": ("u_affected_services", "系统名称"),
    "priority": ("故障等级",),
    "responded_at": ("接单时间",),
    "closed_by": ("结单人",),
    "assignee": ("Agent Assigned", "Assigned Agent", "Tecnico"),
    "group": ("Team Assigned", "u_resolution_group"),
    "ci": ("CI_Name",),
    "knowledge": ("KB_number",),
    "reassignment_count": ("No_of_Reassignments",),
    "opened_at": ("u_begin_time", "begin time", "StartTime", "Date Created", "Open_Time", "报修时间", "建单时间"),
    "closed_at": ("Close_Time", "办结时间"),
    "resolved_at": ("u_cleared", "Cleared", "Restored at", "完工时间", "修复时间"),
    "channel": ("Notification Source",),
    "": ("Wk End", "EndTime", "u_end_time", "End", "故障时间"),
    "planned_end": ("Planned End", "Scheduled end date", "计划结束时间"),
}


@pytest.mark.parametrize("column", SYNONYMS)
def test_what_people_call_a_column(column: str) -> None:
    vocabulary = Vocabulary("record", tuple(load(ROOT).mappings.values()))
    for name in SYNONYMS[column]:
        guesses = vocabulary.guesses(name)
        best = max(guesses, key=lambda one: guesses[one].score, default="")
        assert best == column, (name, guesses)


def test_a_status_that_tells_success_is_an_outcome(tmp_path: Path) -> None:
    values = ("Successful", "Unsuccessful", "Successful", "TBD")
    rows = [f"CHG{n:04},x{n},2026-03-{n:02} 09:00,{values[n % 4]},1/3/26" for n in range(1, 25)]
    suggestion, data = proposed(written(tmp_path, "Number,Title,Closed,Status,Wk End", *rows))
    found = mapped(data)
    assert (found["outcome"], "state" in found, "opened_at" in found) == ("Status", False, False)
    assert data["codes"]["outcome"] == {"Successful": "successful", "Unsuccessful": "failed"}
    assert suggestion.codes["outcome"].asked == ("TBD",)


def test_the_type_of_a_change_is_no_kind_of_link(tmp_path: Path) -> None:
    rows = [f"CHG{n:04},2026-03-{n:02} 09:00,New,{'Normal' if n % 2 else 'Pre-approved'}" for n in range(1, 25)]
    suggestion, _ = proposed(written(tmp_path, "Number,Opened,State,Change type", *rows))
    assert suggestion.codes["type"].allowed == ("emergency", "normal", "standard")


def test_what_is_created_several_times_is_no_ticket_with_updates(tmp_path: Path) -> None:
    rows = [f"T-{n // 2},2026-03-{n:02} 09:00,2026-03-{n:02} 10:00,x{n}" for n in range(1, 25)]
    suggestion, data = proposed(written(tmp_path, "Ticket,Created,Resolved,Title", *rows))
    assert ("shape" in data, mapped(data)["opened_at"]) == (False, "Created")
    assert "Why do 24 rows have only 13 different values in Ticket?" in render([suggestion])


def test_requests_with_their_approver_are_no_approvals(tmp_path: Path) -> None:
    rows = [f"RITM{n:04},2026-03-{n:02} 09:00,2026-03-{n:02} 10:00,u{n},Rejected" for n in range(1, 25)]
    _, data = proposed(written(tmp_path, "request_id,submitted,completed,approver,result", *rows))
    assert ("table" in data, data["process"]) == (False, "request")
    assert (mapped(data)["opened_at"], mapped(data)["resolved_at"]) == ("submitted", "completed")


def test_days_are_asked_for_with_their_time(tmp_path: Path) -> None:
    rows = [f"T-{n},2026-03-{n:02},2026-03-{n:02} 10:00,Open" for n in range(1, 25)]
    text = render([proposed(written(tmp_path, "Ticket,Opened,Closed,Status", *rows))[0]])
    assert "Can Opened be exported with the time of day?" in text


def test_a_header_that_is_a_row_is_asked_about(tmp_path: Path) -> None:
    text = render([proposed(written(tmp_path, "1001,17,Room 4,23/05/2026 16:15", "1002,9,Hall,24/05/2026 09:00"))[0]])
    assert "Has the file a row with the names of its columns? 1001, 17, Room 4, 23/05/2026 16:15" in text


def test_a_key_that_nobody_named_is_no_moment(tmp_path: Path) -> None:
    rows = [f"a{n // 2},2026-03-{n:02} 09:00,2026-03-01 09:00,0:{n:02}" for n in range(1, 25)]
    suggestion, _ = proposed(written(tmp_path, "Who,Changed,Opened,Took", *rows))
    assert suggestion.key.name == "Who"


def test_of_columns_with_one_name_the_first_is_read_and_asked_about(tmp_path: Path) -> None:
    rows = [f"T-{n},2026-03-{n:02} 09:00,Open,Acme,,x" for n in range(1, 25)]
    file = written(tmp_path, "Ticket,Opened,Status,Customer,Customer,Customer", *rows)
    suggestion, data = proposed(file)
    assert data["columns"]["customer"] == {"of": "Customer", "take": "first"}
    text = render([suggestion])
    assert "several columns called Customer, and the first of each is read" in text
    proposal = tmp_path / "proposed.yaml"
    proposal.write_text(text, encoding="utf-8")
    assert import_files([file], load_mappings(proposal, load(ROOT)), {}, "UTC", tmp_path / "out").records == 24


def test_a_mapping_that_knows_no_process_of_the_rows_does_not_read_the_file(tmp_path: Path) -> None:
    rows = [f"T-{n},Firewall,2026-03-{n:02} 09:00,Open" for n in range(1, 25)]
    suggestion, _ = proposed(written(tmp_path, "Issue key,Issue Type,Created,Status", *rows))
    assert suggestion.readers == ()
    text = " ".join(line.removeprefix("# ") for line in render([suggestion]).splitlines())
    assert "Mapping jira-issue knows these columns, but sets most rows aside, since it does not know of which process they are: Firewall." in text  # fmt: skip


@pytest.mark.parametrize("name", ["Last Updated", "sys_updated_on", "最后更新时间", "Geändert am"])
def test_the_last_update_of_a_list_is_proposed_as_such(tmp_path: Path, name: str) -> None:
    """By it is known when the list was made; whatever else is called an update stays what it is."""
    rows = [f"T{n},2026-03-0{n} 09:00:00,Open,2026-03-0{n} 12:00:00" for n in range(1, 6)]
    _, data = proposed(written(tmp_path, f"Ticket ID,Created,Status,{name}", *rows))
    assert (data["at"], data.get("shape")) == (name, None)
    assert name not in data["recognise"]
    (other := tmp_path / "other").mkdir()
    assert "at" not in proposed(written(other, "Ticket ID,Created,Status,Timestamp", *rows))[1]


def listed(header: str, rows: list[str], n: int = 12) -> tuple[str, ...]:
    """A header and n rows, in which {i} is a number of its own."""
    return (header, *(rows[i % len(rows)].replace("{i}", f"{i:04}") for i in range(n)))


def of_lines(tmp_path: Path, lines: tuple[str, ...], name: str = "export.csv") -> tuple[dict[str, Any], str]:
    file = tmp_path / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = render(suggest([file], load(ROOT), {}))
    return yaml.load(text, yaml.BaseLoader), " ".join(text.replace("\n#", " ").split())


def test_what_a_fitting_mapping_calls_its_columns_is_believed_before_what_other_tools_do(tmp_path: Path) -> None:
    """One tool calls the opening `start_date`, and this one the planned start."""
    rows = ["CHG{i},Upgrade,Normal,New,2026-03-01 08:00:00,2026-03-02 08:00:00,A B"]
    data, _ = of_lines(tmp_path, listed("number,short_description,type,state,start_date,end_date,assigned_to", rows))
    assert mapped(data)["planned_start"] == "start_date" and "opened_at" not in data["columns"]
    rows = ["SCTASK{i},REQ{i},RITM{i},Laptop,Open,Desk,A B,2026-03-01 08:00:00"]
    data, text = of_lines(tmp_path, listed("Number,Request,Request item,Short description,State,Assignment group,Assigned to,Opened", rows))  # fmt: skip
    assert mapped(data)["parent"] == "Request item" and "item" not in data["columns"]
    assert "Of which process" not in text


def test_a_start_beside_a_planned_end_is_planned(tmp_path: Path) -> None:
    rows = ["CHG{i},Upgrade,New,2026-03-01 08:00:00,2026-03-02 08:00:00,A B"]
    data, _ = of_lines(tmp_path, listed("number,short_description,state,start_date,end_date,assigned_to", rows))
    assert (mapped(data)["planned_start"], mapped(data)["planned_end"]) == ("start_date", "end_date")
    assert "opened_at" not in data["columns"]


def test_a_list_of_tasks_of_several_processes_is_of_none_of_them(tmp_path: Path) -> None:
    rows = ["INC{i},New,a,Incident,2026-03-01 08:00:00", "CHG{i},New,b,Change Request,2026-03-01 08:00:00"]
    data, _ = of_lines(tmp_path, listed("Number,State,Short description,Task type,Opened", rows))
    assert (data["process-column"], data["codes"]["process"]) == ("Task type", {"Incident": "incident", "Change Request": "change"})  # fmt: skip
    rows = ["INC{i},New,a,2026-03-01 08:00:00", "CHG{i},New,b,2026-03-01 08:00:00"]
    _, text = of_lines(tmp_path, listed("Number,State,Short description,Opened", rows))
    assert "Of which process are the records?" in text


def test_a_task_of_a_change_is_not_surely_a_change(tmp_path: Path) -> None:
    rows = ["CTASK{i},CHG{i},Do it,Open,2026-03-01 08:00:00"]
    _, text = of_lines(tmp_path, listed("Number,Change request,Short description,State,Opened", rows), "change_task.csv")  # fmt: skip
    assert "Of which process are the records?" in text


def test_slas_without_a_verdict_are_no_links_and_no_tickets(tmp_path: Path) -> None:
    rows = ["INC{i},P1 resolution,SLA,Resolution,Completed,45.3,2026-03-01 08:00:00,2026-03-01 09:00:00"]
    header = "Task,SLA definition,Type,Target,Stage,Business elapsed percentage,Start time,Stop time"
    data, text = of_lines(tmp_path, listed(header, rows))
    assert (data["table"], mapped(data)) == ("detail", {"record_id": "Task"})
    assert "Which column says whether the SLA was met?" in text


def test_open_is_asked_where_another_word_says_that_a_ticket_is_new(tmp_path: Path) -> None:
    header = "Ticket ID,Subject,State,Created"
    both = ["{i},a,New,2026-03-01 08:00:00", "{i},b,Open,2026-03-01 08:00:00", "{i},c,Closed,2026-03-01 08:00:00"]
    data, text = of_lines(tmp_path, listed(header, both))
    assert data["codes"]["state"] == {"New": "new", "Closed": "closed"} and "mean: Open?" in text
    data, _ = of_lines(tmp_path, listed(header, both[1:]))
    assert data["codes"]["state"] == {"Open": "new", "Closed": "closed"}


@pytest.mark.parametrize(
    "header",
    [
        "Call number;Caller name;Brief description;Status;Call date;Target date;Operator;Operator group;Completion date;Closure date",
        "Meldingnummer;Aanmelder;Korte omschrijving;Status;Datum aangemeld;Streefdatum;Behandelaar;Behandelaarsgroep;Datum gereed;Datum afgemeld",
        "Meldungsnummer;Anmelder;Kurzbeschreibung;Status;Erstellungsdatum;Zieldatum;Bearbeiter;Bearbeitergruppe;Erledigungsdatum;Abschlussdatum",
    ],
)  # fmt: skip
def test_the_columns_of_topdesk_are_found_in_its_languages(tmp_path: Path, header: str) -> None:
    moments = ";".join(["01-03-2026 08:00"] * 2)
    rows = [f"M 2605 {{i}};P Q;Printer;x;01-03-2026 08:00;05-03-2026 08:00;A B;Desk;{moments}"]
    data, _ = of_lines(tmp_path, listed(header, rows))
    order = ("record_id", "requester", "title", "state", "opened_at", "due_at", "assignee", "group", "resolved_at", "closed_at")  # fmt: skip
    found = mapped(data)
    assert [found.get(column) for column in order] == header.split(";")


def test_days_that_excel_counted_to_the_second_are_shown_as_the_moments_that_they_are(tmp_path: Path) -> None:
    rows = ["INC{i},New,a,45292.50417", 'INC{i},New,b,"45292,50417"']
    data, text = of_lines(tmp_path, listed("Number,State,Short description,Opened", rows))
    assert (data["time-formats"], mapped(data)["opened_at"]) == (["excel-days"], "Opened")
    assert re.search(r"so that 45292[.,]50417 is 2024-01-01 12:06:00\? If it was counted from 1904", text)


@pytest.mark.parametrize("moment", ["/Date(177{i}119200)/", r"\/Date(177{i}119200+0200)\/", "177{i}119200.0"])
def test_milliseconds_are_known_however_programs_write_them(tmp_path: Path, moment: str) -> None:
    data, text = of_lines(tmp_path, listed("Number,State,Short description,Opened", [f"INC{{i}},New,a,{moment}"]))
    assert (data["time-formats"], mapped(data)["opened_at"]) == (["epoch-ms"], "Opened")
    assert "In which zone" not in text and "time of day" not in text


def test_numbers_that_are_days_to_excel_are_asked_about(tmp_path: Path) -> None:
    rows = ["INC{i},New,a,45292.5,4711", "INC{i},New,b,45293.52,4711"]
    _, text = of_lines(tmp_path, listed("Number,State,Short description,Opened,Room", rows))
    assert "Are Opened moments? Numbers such as 4529" in text


@pytest.mark.parametrize(
    "names",
    ["attribute,valueBefore,valueAfter", "Feld,Wert vorher,Wert nachher", "字段,旧值,新值", "Field,Before,After"],
)
def test_a_history_is_none_of_steps_however_its_values_are_called(tmp_path: Path, names: str) -> None:
    """A step of a ticket would take the value before for the state."""
    rows = ["C{i},2026-03-01T08:00:00,Ann,Status,New,Working", "C{i},2026-03-02T08:00:00,Ann,Status,Working,Done"]
    data, _ = of_lines(tmp_path, listed(f"caseRef,changedTS,changedBy,{names}", rows))
    found = mapped(data)
    assert (data.get("table"), [found["field"], found["old"], found["new"]]) == ("event", names.split(","))


@pytest.mark.parametrize(
    "name", ["Technician/Technicien", "处理人（Assignee）", "Bearbeiter / 处理人", "Assignee (处理人)"]
)
def test_a_column_with_its_name_in_two_languages_is_known(tmp_path: Path, name: str) -> None:
    data, _ = of_lines(tmp_path, listed(f"Ticket No.,Etat,Date Opened,{name}", ["{i},Ouvert,2026-03-01 08:00,A B"]))
    assert mapped(data)["assignee"] == name


def test_what_stands_in_brackets_and_says_something_else_makes_no_other_column(tmp_path: Path) -> None:
    """A deadline taken for the resolution keeps every promise, and who had a ticket before is not who has it."""
    head = "Ticket No.,Status,Opened,Resolution (SLA target),Assignee (previous),Resolved / Closed"
    row = "{i},Open,2026-03-01 08:00,2026-03-01 12:00,A B,2026-03-02 08:00"
    data, _ = of_lines(tmp_path, listed(head, [row]))
    assert not {"resolved_at", "closed_at", "assignee"} & set(mapped(data))


def test_done_is_asked_where_another_word_says_that_a_ticket_is_resolved(tmp_path: Path) -> None:
    rows = [f"C{{i}},{state},2026-03-01 08:00" for state in ("Open", "Fixed", "Done")]
    data, text = of_lines(tmp_path, listed("Case,State,Opened", rows))
    assert "Done" not in data["codes"]["state"] and "What do these values of state mean: Done?" in text
    data, _ = of_lines(tmp_path, listed("Case,State,Opened", [*rows[::2], *rows[::2]]), "other.csv")
    assert data["codes"]["state"]["Done"] == "resolved"


def test_a_running_number_is_no_key_where_tickets_have_numbers_of_their_own(tmp_path: Path) -> None:
    data, _ = of_lines(
        tmp_path, listed("Lfd. Nr.;Aktenzeichen;Zustand;Eingang am", ["{i};ST-2026-{i};Neu;01.03.2026 08:00"])
    )
    assert mapped(data)["record_id"] == "Aktenzeichen"


@pytest.mark.parametrize("name", ["Modify Time", "Last Changed", "修改时间", "Closed"])
def test_the_last_change_is_not_when_a_ticket_was_opened(tmp_path: Path, name: str) -> None:
    """Every row has that moment, too."""
    data, _ = of_lines(tmp_path, listed(f"Ticket No,Status,{name}", ["{i},Open,2026-03-01 08:00"]))
    assert "opened_at" not in mapped(data)


def test_a_problem_in_words_is_what_a_ticket_is_about_and_not_its_problem(tmp_path: Path) -> None:
    """Each would be linked with a problem that nobody knows."""
    header = "Nr;Datum Eingang;Melder;Problem;Status"
    data, _ = of_lines(tmp_path, listed(header, ["{i};01.03.2026 08:00;Ann;Drucker im Lager {i} klemmt;Neu"]))
    assert mapped(data)["title"] == "Problem" and "problem" not in data["columns"]
    data, _ = of_lines(
        tmp_path,
        listed(header, ["INC{i};01.03.2026 08:00;Ann;PRB{i};Neu", "INC{i};01.03.2026 08:00;Ann;;Neu"]),
        "b.csv",
    )
    assert mapped(data)["problem"] == "Problem" and "title" not in data["columns"]


def test_who_reported_a_ticket_and_when_comes_before_who_took_it(tmp_path: Path) -> None:
    header = "工单编号,工单主题,工单状态,提单人,处理工程师,提单时间,受理时间,解决时间,关单时间"
    row = "INC{i},打印机,待受理,李娜,张伟,2026-03-01 08:00,2026-03-01 08:09,2026-03-01 12:00,2026-03-02 12:00"
    found = mapped(of_lines(tmp_path, listed(header, [row]))[0])
    order = ("number", "title", "state", "requester", "assignee", "opened_at", "responded_at", "resolved_at", "closed_at")  # fmt: skip
    assert [found.get(column) for column in order] == header.split(",")

"""The expected rows beside the awkward exports are derived anew by a reader that shares no line with the importers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from importing.independent import Columns, derive

AWKWARD = Path(__file__).parent / "importing" / "awkward"
KINDS = frozenset({"bad-encoding", "no-record-id", "duplicate-id", "bad-time"})
INCIDENT = Columns("sys_id", "short_description", "state", "opened_at")
LOG = Columns("number", "", "state", "opened_at", at="sys_updated_at", order="sys_mod_count")
JOINED = Columns("sys_id", records=False)
GLPI = Columns("ID", "Title", "Status", "Opening date", "%Y-%m-%d %H:%M", delimiter=";")
OCEL = Columns("id", "title", "", "opened_at", "iso", part="#objects")


def like(columns: Columns, **changes: Any) -> Columns:
    """The same columns but for some."""
    return Columns(**{**vars(columns), **changes})


FILES = {
    "azure-devops/data.csv": Columns("ID", "Title", "State", "Created Date", "%m/%d/%Y %I:%M:%S %p"),
    "cherwell/incidents.csv": Columns("IncidentID", "Description", "Status", "CreatedDateTime", "%m/%d/%Y %I:%M %p"),
    "freshdesk/tickets.csv": Columns("Ticket ID", "Subject", "Status", "Created time"),
    "freshservice-csv/tickets.csv": Columns("Ticket ID", "Subject", "Status", "Created Time"),
    "freshservice/tickets.json": Columns("id", "subject", "status", "created_at", "iso", rows="tickets"),
    "gitlab/issues.csv": Columns("URL", "Title", "State", "Created At (UTC)"),
    "glpi-de/glpi.csv": like(GLPI, title="Titel", opened="Eröffnungsdatum"),
    "glpi-en/glpi.csv": like(GLPI, when="%m-%d-%Y %H:%M"),
    "glpi-es/glpi.csv": like(GLPI, title="Título", state="Estados", opened="Fecha de apertura"),
    "glpi-fr/glpi.csv": like(GLPI, title="Titre", state="Statut", opened="Date d'ouverture", when="%d-%m-%Y %H:%M"),
    "glpi-pt/glpi.csv": like(GLPI, title="Título", opened="Data de abertura"),
    "glpi-zh/glpi.csv": like(GLPI, title="标题", state="状态", opened="打开日期"),
    "helix/incidents.csv": Columns("Incident ID*+", "Summary*", "Status*", "Reported Date+", "%m/%d/%Y %I:%M:%S %p", "Submit Date"),
    "itop-csv/changes.csv": Columns("Ref", "Title", "Status", "Start date"),
    "itop-xml/requests.xml": Columns("ref", "title", "status", "start_date", rows="UserRequest"),
    "jira-csv/jira.csv": Columns("Issue key", "Summary", "Status", "Created", "%d/%b/%y %I:%M %p"),
    "jira-rest/search.json": Columns("key", "fields.summary", "fields.status.name", "fields.created", "iso", rows="issues", part="#issues"),
    "json-lines/incident.jsonl": INCIDENT,
    "manageengine-csv/requests.csv": Columns("Request ID", "Subject", "Request Status", "Created Time", "%d/%m/%Y %I:%M %p"),
    "manageengine/requests.json": Columns("id", "subject", "status.name", "created_time", "epoch-ms", rows="requests"),
    "ocel-json/log.json": like(OCEL, rows="objects"),
    "ocel-sqlite/log.sqlite": like(OCEL, id="ocel_id", rows="SELECT * FROM object_Incident"),
    "ocel-xml/log.xml": like(OCEL, rows="objects/object"),
    "otrs/tickets.csv": Columns("Ticket#", "Subject", "State", "Created", delimiter=";"),
    "parquet/incident.parquet": INCIDENT,
    "redmine/issues.csv": Columns("#", "Subject", "Status", "Created", "%m/%d/%Y %I:%M %p"),
    "servicenow-api/incidents.json": like(INCIDENT, rows="result"),
    "servicenow-approval/sysapproval_approver.csv": like(JOINED, id="dv_sysapproval", at="sys_updated_on"),
    "servicenow-audit-log/incident_event_log.csv": like(LOG, state="incident_state", when="%d/%m/%Y %H:%M"),
    "servicenow-change/change_request.csv": INCIDENT,
    "servicenow-history/sys_audit.csv": like(JOINED, id="documentkey", at="sys_created_on"),
    "servicenow-json/incident.json": like(INCIDENT, rows="records"),
    "servicenow-labels/incident.csv": Columns("Number", "Short description", "State", "Opened", "%d-%m-%Y %H:%M:%S"),
    "servicenow-log-articles/articles.csv": LOG,
    "servicenow-log-changes/changes.csv": LOG,
    "servicenow-log-complaints/complaints.csv": LOG,
    "servicenow-log-improvements/improvements.csv": LOG,
    "servicenow-log-items/items.csv": LOG,
    "servicenow-log-problems/problems.csv": LOG,
    "servicenow-log-projects/projects.csv": LOG,
    "servicenow-log-releases/releases.csv": LOG,
    "servicenow-log-requests/requests.csv": LOG,
    "servicenow-log-security/security.csv": LOG,
    "servicenow-names/incident.csv": like(INCIDENT, id="number"),
    "servicenow-request-item/sc_req_item.csv": like(INCIDENT, title=""),
    "servicenow-request-task/sc_task.csv": Columns("Number", "Short description", "State", "Opened"),
    "servicenow-task-sla/task_sla.csv": like(JOINED, id="dv_task", at="planned_end_time"),
    "servicenow-wide/incident.csv": INCIDENT,
    "servicenow-xml/problem.xml": like(INCIDENT, rows="problem"),
    "sqlite/incident.sqlite": like(INCIDENT, rows="SELECT * FROM incident"),
    "topdesk/incidents.json": Columns("id", "briefDescription", "processingStatus.name", "callDate", "iso"),
    "xes/log.xes": Columns("case:concept:name", "", "concept:name/lifecycle:transition", "", "iso", at="time:timestamp"),
    "xlsx/incident.xlsx": INCIDENT,
    "zammad/history-3.json": like(JOINED, id="o_id", at="created_at", when="iso", rows="history"),
    "zammad/tickets.json": Columns("id", "title", "state", "created_at", "iso"),
    "zendesk-csv/tickets.csv": Columns("Id", "Subject", "Status", "Created at", "%Y-%m-%d %H:%M"),
    "zendesk/audits.json": like(JOINED, id="^ticket_id", at="^created_at", when="iso", rows="audits.events", part="#audits.events"),
    "zendesk/tickets.json": Columns("id", "subject", "status", "created_at", "iso", rows="tickets"),
}  # fmt: skip
ORDERED_OTHERWISE = frozenset({"ocel-sqlite/log.sqlite"})
"""Tables without an order of their own: which rows were set aside is compared, not their place."""


@pytest.mark.parametrize("name", FILES)
def test_an_independent_reader_comes_to_what_stands_beside_an_export(name: str) -> None:
    case, _, file = name.partition("/")
    said: dict[str, Any] = yaml.load((AWKWARD / case / "expected.yaml").read_text("utf-8"), yaml.BaseLoader)
    columns = FILES[name]
    derived = derive(AWKWARD / name, columns, said["zone"] or "UTC")
    rejects = [(int(row), why) for source, row, _, _, _, why in said["rejects"] if source == file + columns.part and why in KINDS]  # fmt: skip
    if name in ORDERED_OTHERWISE:
        assert sorted(why for _, why in derived.rejects) == sorted(why for _, why in rejects)
    else:
        assert sorted(derived.rejects) == sorted(rejects)
    assert rejects
    if columns.records:
        told = {one["record_id"]: (one.get("title", ""), one.get("state", ""), one.get("opened_at", "")) for one in said["records"]}  # fmt: skip
        others = {
            record for source, _, record, *_, why in said["rejects"] if source == file and why == "unknown-process"
        }
        assert {record: one for record, one in derived.records.items() if record not in others} == told


def test_every_awkward_file_is_derived_anew() -> None:
    files = {path.relative_to(AWKWARD).as_posix() for path in AWKWARD.glob("*/*") if path.suffix != ".yaml"}
    sound = {f"servicenow-{case}/incident.csv" for case in ("task-sla", "history")} | {"servicenow-approval/change_request.csv"}  # fmt: skip
    assert files - sound == set(FILES)

"""The export of the other processes: a log for each, one row per update, and one file of all approvals."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from itsmctl.generate.case import Case, Cell
from itsmctl.generate.export import local_text

APPROVALS = "approvals.csv"
FILES = {
    "change": "changes.csv",
    "configuration": "items.csv",
    "improvement": "improvements.csv",
    "knowledge": "articles.csv",
    "problem": "problems.csv",
    "relationship": "complaints.csv",
    "release": "releases.csv",
    "request": "requests.csv",
    "security": "security.csv",
    "service-design-transition": "projects.csv",
}
"""The export of each process."""

STATES = {
    "change": {
        "new": "New", "assessing": "Assess", "awaiting-approval": "Authorize", "approved": "Approved", "scheduled": "Scheduled",
        "implementing": "Implement", "implemented": "Review", "backed-out": "Backed Out", "closed": "Closed", "rejected": "Rejected",
        "cancelled": "Canceled",
    },
    "problem": {
        "new": "New", "assessed": "Assess", "investigating": "Root Cause Analysis", "awaiting-supplier": "Awaiting Vendor",
        "known-error": "Known Error", "awaiting-change": "Fix in Progress", "resolved": "Resolved", "closed": "Closed", "cancelled": "Canceled",
    },
    "request": {
        "new": "Open", "awaiting-approval": "Pending Approval", "approved": "Approved", "in-progress": "Work in Progress",
        "awaiting-user": "Awaiting User Info", "awaiting-supplier": "Awaiting Vendor", "awaiting-change": "Awaiting Change",
        "fulfilled": "Fulfilled", "closed": "Closed Complete", "rejected": "Closed Incomplete", "cancelled": "Closed Skipped",
    },
    "release": {
        "planned": "Plan", "building": "Build", "testing": "Test", "accepted": "Accepted", "deploying": "Deploy", "deployed": "Deployed",
        "backed-out": "Backed Out", "closed": "Closed",
    },
    "security": {
        "new": "Draft", "assessed": "Analysis", "containing": "Contain", "resolved": "Review", "closed": "Closed", "false-alarm": "False Positive",
    },
    "knowledge": {"draft": "Draft", "in-review": "Review", "approved": "Approved", "published": "Published"},
    "configuration": {"live": "Installed"},
    "improvement": {
        "registered": "Registered", "in-analysis": "Analysis", "approved": "Approved", "in-progress": "Work in Progress",
        "implemented": "Implemented", "verified": "Closed Complete",
    },
    "relationship": {
        "received": "New", "acknowledged": "Acknowledged", "in-investigation": "Open", "answered": "Resolved", "closed": "Closed",
    },
    "service-design-transition": {"proposed": "Draft", "planned": "Planning"},
}  # fmt: skip
"""The tool's words for the states of a process."""

_COMMON = (
    ("number", "number"), ("short_description", "title"), ("business_service", "service"), ("cmdb_ci", "ci"), ("category", "category"),
    ("priority", "priority"), ("contact_type", "channel"), ("u_nature", "nature"), ("opened_by", "opened_by"),
    ("assignment_group", "group"), ("assigned_to", "assignee"), ("opened_at", "opened_at"), ("sys_created_at", "recorded_at"),
    ("close_code", "closure_code"), ("close_notes", "resolution"), ("closed_by", "closed_by"), ("closed_at", "closed_at"),
)  # fmt: skip
COLUMNS = {
    "change": (
        *_COMMON, ("type", "type"), ("chg_model", "model"), ("risk", "risk"), ("requested_by", "requester"), ("change_manager", "manager"),
        ("u_assessed_at", "assessed_at"), ("u_approved_by", "approved_by"), ("start_date", "planned_start"), ("end_date", "planned_end"),
        ("work_start", "actual_start"), ("work_end", "actual_end"), ("u_implementer", "implementer"), ("implementation_plan", "plan"),
        ("backout_plan", "backout_plan"), ("u_backout_test", "backout_test"), ("u_announced_at", "announced_at"), ("u_tester", "tester"),
        ("u_tested_at", "tested_at"), ("test_plan", "test_evidence"), ("u_outcome", "outcome"), ("u_reviewer", "reviewer"),
        ("u_reviewed_at", "reviewed_at"), ("u_actions", "actions"), ("u_incident", "incident"), ("u_problem", "problem"),
        ("u_release", "release"), ("u_exception", "exception"),
    ),
    "problem": (
        *_COMMON, ("impact", "impact"), ("urgency", "urgency"), ("subcategory", "subcategory"), ("cause_notes", "root_cause"),
        ("cause_code", "cause_code"), ("workaround", "workaround"), ("u_known_error", "knowledge"), ("rfc", "change"),
        ("first_reported_by_task", "incident"), ("resolved_at", "resolved_at"), ("resolved_by", "resolved_by"), ("u_reviewed_at", "reviewed_at"),
    ),
    "request": (
        *_COMMON, ("cat_item", "item"), ("requested_for", "requester"), ("company", "customer"), ("due_date", "due_at"),
        ("u_approved_by", "approved_by"), ("u_fulfilled_at", "resolved_at"), ("u_fulfilled_by", "resolved_by"), ("rfc", "change"),
        ("u_model", "model"),
    ),
    "release": (
        *_COMMON, ("start_date", "planned_start"), ("work_start", "actual_start"), ("work_end", "actual_end"), ("u_accepted_at", "accepted_at"),
        ("u_baselined_at", "baselined_at"), ("u_deployed_at", "resolved_at"), ("u_reviewed_at", "reviewed_at"), ("u_actions", "actions"),
        ("u_built_digest", "built_digest"), ("u_deployed_digest", "deployed_digest"), ("rfc", "change"), ("u_problem", "problem"),
    ),
    "security": (
        *_COMMON, ("impact", "impact"), ("urgency", "urgency"), ("due_date", "due_at"), ("u_notified_at", "announced_at"),
        ("resolved_at", "resolved_at"), ("resolved_by", "resolved_by"),
    ),
    "knowledge": (*_COMMON, ("subcategory", "subcategory"), ("u_reviewer", "reviewer"), ("u_reviewed_at", "reviewed_at")),
    "configuration": (*_COMMON, ("sys_class_name", "type"), ("rfc", "change")),
    "improvement": (*_COMMON, ("due_date", "due_at"), ("u_implemented_at", "resolved_at"), ("u_implemented_by", "resolved_by")),
    "relationship": (*_COMMON, ("account", "customer"), ("u_answered_at", "resolved_at"), ("u_answered_by", "resolved_by")),
    "service-design-transition": (*_COMMON, ("requested_by", "requester"), ("due_date", "due_at"), ("u_change", "change")),
}  # fmt: skip
"""The exported columns of a process, and what each shows; the state and the marks of the update come after the number."""

_MARKS = ("state", "sys_mod_count", "sys_updated_by", "sys_updated_at")
_APPROVAL = ("sysapproval", "approver", "group", "state", "sys_created_on", "sys_updated_on")


def write(place: Path, process: str, cases: Iterable[Case]) -> int:
    """Write the log of a process; returns the number of data rows."""
    columns = COLUMNS[process]
    header = (columns[0][0], *_MARKS, *(exported for exported, _ in columns[1:]))
    return write_rows(place / FILES[process], header, (row for case in cases for row in _rows(case)))


def write_approvals(place: Path, cases: Iterable[Case]) -> int:
    """Write the approvals of all processes; returns the number of data rows."""
    rows = (
        (case.number, a.approver, a.role, a.decision, local_text(a.at), local_text(a.at))
        for case in cases
        for a in case.approvals
    )
    return write_rows(place / APPROVALS, _APPROVAL, rows)


def _rows(case: Case) -> Iterator[tuple[str, ...]]:
    columns, states = COLUMNS[case.process], STATES[case.process]
    for number, (at, by, shown) in enumerate(case.updates()):
        state = str(shown.get("state", ""))
        cells = (_text(shown.get(column, "")) for _, column in columns[1:])
        yield (case.number, states.get(state, state), str(number), by, local_text(at), *cells)


def _text(value: Cell) -> str:
    return local_text(value) if isinstance(value, int) else value


def write_rows(path: Path, header: Sequence[str], rows: Iterable[tuple[str, ...]]) -> int:
    """Write a CSV file row by row; returns the number of data rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count

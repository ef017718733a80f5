"""The tool's export: one row per update, in its own words and its own local time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from itsmctl.generate.people import MONITORING
from itsmctl.generate.rhythm import ZONE
from itsmctl.generate.ticket import Ticket

COLUMNS = (
    "number", "incident_state", "active", "reassignment_count", "reopen_count", "sys_mod_count", "made_sla", "caller_id", "opened_by",
    "opened_at", "sys_created_by", "sys_created_at", "sys_updated_by", "sys_updated_at", "contact_type", "location", "category",
    "subcategory", "u_symptom", "cmdb_ci", "impact", "urgency", "priority", "assignment_group", "assigned_to", "knowledge",
    "u_priority_confirmation", "notify", "problem_id", "rfc", "vendor", "caused_by", "closed_code", "resolved_by", "resolved_at",
    "closed_at", "short_description", "business_service", "u_responded_at", "closed_by", "company", "close_notes", "u_nature",
    "u_cause_code", "u_confirmed_at", "hold_reason", "u_breach_reason", "u_exception", "u_approved_by", "u_article", "major_incident",
    "u_manager", "u_declared_at", "u_announced_at", "u_reviewed_at", "u_reviewer", "u_actions", "u_updated_by_group",
)  # fmt: skip
"""The columns of the UCI incident log, then those that its owners left out."""

STATES = {
    "new": "New",
    "in-progress": "Active",
    "awaiting-user": "Awaiting User Info",
    "awaiting-supplier": "Awaiting Vendor",
    "awaiting-problem": "Awaiting Problem",
    "resolved": "Resolved",
    "closed": "Closed",
    "cancelled": "Canceled",
}
_DETAILS = (
    "cause_code", "confirmed_at", "pause_reason", "breach_reason", "exception", "approved_by", "article", "major", "manager", "declared_at",
    "announced_at", "reviewed_at", "reviewer", "actions",
)  # fmt: skip
"""What the last columns show, in their order."""

CHANNELS = {
    "phone": "Phone",
    "email": "Email",
    "self-service": "Self service",
    "walk-in": "Direct opening",
    "chat": "Chat",
    "monitoring": "Monitoring",
}
PRIORITIES = {"P1": "1 - Critical", "P2": "2 - High", "P3": "3 - Moderate", "P4": "4 - Low"}
LEVELS = {"1": "1 - High", "2": "2 - Medium", "3": "3 - Low"}
_DONE = ("resolved", "closed", "cancelled")


def rows(ticket: Ticket, crews: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """The audit log of a ticket; what is known only at the end stands on every row, as the tool exports it.

    `crews` are the groups of those who have one.
    """
    head, tail = _fixed(ticket)
    last = len(ticket.updates) - 1
    groups, reopened, before = 0, 0, None
    for number, update in enumerate(ticket.updates):
        if before is not None:
            groups += bool(before.group) and before.group != update.group
            reopened += before.state in ("resolved", "closed") and update.state not in ("resolved", "closed")
        before = update
        met = ticket.reported_met or (number < last and update.state not in _DONE)
        yield (
            ticket.number,
            STATES.get(update.state, update.state),
            _flag(update.state not in ("closed", "cancelled")),
            str(groups),
            str(reopened),
            str(number),
            _flag(met),
            *head,
            update.by,
            local_text(update.at),
            *tail[:8],
            _priority(update.priority or ticket.priority),
            update.group,
            update.assignee,
            *tail[8:],
            crews.get(update.by, ""),
        )


def _fixed(t: Ticket) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The cells between made_sla and sys_updated_by, and those after sys_updated_at without group and assignee."""
    head = (t.requester, t.opened_by, local_text(t.opened_at), t.opened_by, local_text(t.recorded_at))
    symptom = f"{t.symptom.en} {t.symptom.zh}"
    tail = (
        CHANNELS.get(t.channel, t.channel), t.site.name, t.category, t.subcategory, symptom, t.ci, LEVELS.get(t.impact, t.impact), LEVELS.get(t.urgency, t.urgency),
    )  # fmt: skip
    closing = (
        _flag(t.knowledge), _flag(t.confirmed), "Do Not Notify" if t.requester == MONITORING else "Send Email", t.problem, t.change,
        t.vendor, t.caused_by, t.closure_code, t.resolved_by, local_text(t.resolved_at), local_text(t.closed_at), title_of(t), t.service_name,
        local_text(t.responded_at), t.closed_by, t.company, t.close_notes, t.nature, *(_cell(t.details.get(column, "")) for column in _DETAILS),
    )  # fmt: skip
    return head, (*tail, *closing)


def title_of(t: Ticket) -> str:
    """What the ticket says in a line, in the language of its site; monitoring speaks English."""
    return t.symptom.zh if t.site.id == "shanghai" and t.requester != MONITORING else t.symptom.en


def local_text(moment: int | None) -> str:
    """A moment as the tool shows it: local, without its zone; empty where there is none."""
    if moment is None:
        return ""
    return datetime.fromtimestamp(moment, ZONE).replace(tzinfo=None).isoformat(" ")


def _priority(value: str) -> str:
    return PRIORITIES.get(value, value)


def _cell(value: str | int) -> str:
    return local_text(value) if isinstance(value, int) else value


def _flag(value: bool) -> str:
    return "true" if value else "false"


def utc_text(moment: int) -> str:
    """A moment in UTC, ISO 8601."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

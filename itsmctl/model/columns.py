"""The columns of the canonical tables that tickets are imported into."""

from __future__ import annotations

TIME_COLUMNS = ("opened_at", "responded_at", "resolved_at", "closed_at", "recorded_at", "due_at")
"""Columns of `record` that are moments; `recorded_at` is when the tool stored the record (record time)."""


NUMBER_COLUMNS = ("reopen_count", "reassignment_count")


BOOLEAN_COLUMNS = ("reported_sla_met",)


TEXT_COLUMNS = (
    "number",
    "service",
    "ci",
    "category",
    "subcategory",
    "priority",
    "impact",
    "urgency",
    "state",
    "channel",
    "nature",
    "customer",
    "requester",
    "opened_by",
    "group",
    "assignee",
    "resolved_by",
    "closed_by",
    "closure_code",
    "resolution",
    "parent",
    "problem",
    "change",
    "knowledge",
)
"""Columns of `record` that are text as exported."""


PEOPLE_COLUMNS = ("requester", "opened_by", "assignee", "resolved_by", "closed_by")
"""Columns that name a person; pseudonymised wherever a report says so."""


RECORD_COLUMNS: tuple[str, ...] = (
    "record_id",
    "process",
    *TEXT_COLUMNS,
    *TIME_COLUMNS,
    *NUMBER_COLUMNS,
    *BOOLEAN_COLUMNS,
    "attributes",
    "source_file",
    "source_row",
)
"""The canonical `record` table, in file order."""


EVENT_COLUMNS = ("record_id", "seq", "at", "actor", "actor_group", "field", "old", "new", "attributes")


APPROVAL_COLUMNS = ("record_id", "approver", "role", "decision", "at")


LINK_COLUMNS = ("record_id", "type", "target")


REJECT_COLUMNS = ("source_file", "source_row", "record_id", "column", "value", "reason")

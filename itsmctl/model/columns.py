"""The columns of the canonical tables that tickets are imported into, and what may be missing between their numbers."""

from __future__ import annotations

from itsmctl.values import value

TIME_COLUMNS = (
    "opened_at",
    "responded_at",
    "resolved_at",
    "closed_at",
    "recorded_at",
    "due_at",
    "planned_start",
    "planned_end",
    "actual_start",
    "actual_end",
    "assessed_at",
    "tested_at",
    "accepted_at",
    "announced_at",
    "declared_at",
    "reviewed_at",
    "baselined_at",
    "confirmed_at",
)
"""Columns of `record` that are moments; `recorded_at` is when the tool stored the record (record time)."""


NUMBER_COLUMNS = ("reopen_count", "reassignment_count")


FORESEEN_COLUMNS = ("due_at", "planned_start", "planned_end")
"""Moments that may lie after the export was made."""


LIFE_COLUMNS = ("opened_at", "responded_at", "resolved_at", "closed_at", "recorded_at")
"""Moments at which something has happened to a record, of whatever process it is."""


BOOLEAN_COLUMNS = ("reported_sla_met", "major")


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
    "title",
    "type",
    "model",
    "item",
    "risk",
    "approved_by",
    "implementer",
    "tester",
    "reviewer",
    "manager",
    "outcome",
    "plan",
    "backout_plan",
    "backout_test",
    "test_evidence",
    "root_cause",
    "cause_code",
    "workaround",
    "incident",
    "release",
    "caused_by",
    "supplier",
    "pause_reason",
    "exception",
    "breach_reason",
    "actions",
    "built_digest",
    "deployed_digest",
)
"""Columns of `record` that are text as exported."""


PEOPLE_COLUMNS = (
    "requester",
    "opened_by",
    "assignee",
    "resolved_by",
    "closed_by",
    "approved_by",
    "implementer",
    "tester",
    "reviewer",
    "manager",
)
"""Columns that name a person; pseudonymised wherever a report says so."""


NAMING_COLUMNS = frozenset(
    {*PEOPLE_COLUMNS, "group", "service", "ci", "customer", "supplier", "category", "subcategory", "item", "model"}
)
"""Columns that hold the name of a person or a thing, in which blanks that nobody sees make no difference."""


THING_COLUMNS = ("service", "ci", "group", "customer", "supplier")
"""Columns that name a thing of which a definition or another record may speak: it is the same in other capitals. Codes are not."""


FREE_TEXT_COLUMNS = (
    "title",
    "resolution",
    "plan",
    "backout_plan",
    "backout_test",
    "test_evidence",
    "root_cause",
    "workaround",
    "breach_reason",
    "actions",
)
"""Columns in which people write what they like, also about people."""


DESCRIBING_COLUMNS = frozenset(
    {"service", "ci", "category", "subcategory", "priority", "impact", "urgency", "channel", "nature", "customer", "requester", "type", "item", "model", "risk"}
)  # fmt: skip
"""Columns that say what a record is about. What the row that stored the record says of them holds from its opening, however
late it was stored; a state, a group or an assignee begins when it is written."""


REFERRING_COLUMNS = ("parent", "problem", "change", "knowledge", "incident", "release", "caused_by")
"""Columns that name other records, by id or number; each is a type of link."""


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


CHANGING_COLUMNS = frozenset(
    {"state", "group", "assignee", "priority", "impact", "urgency", "closure_code", "resolution", "resolved_by", "closed_by",
     "reported_sla_met", *NUMBER_COLUMNS}
)  # fmt: skip
"""Columns that an export fills with what was learnt last; without a history they say nothing of an earlier moment."""


LATER_COLUMNS = CHANGING_COLUMNS | frozenset(TIME_COLUMNS) - {"opened_at", "recorded_at", *FORESEEN_COLUMNS}
"""What an open record is still to get: columns of which nobody knows what stands there after its file has ended."""
FILLED_LATER = (
    frozenset(TEXT_COLUMNS) - LATER_COLUMNS - {"number", "title", "requester", "opened_by", "channel", "customer"}
)
"""Columns that somebody may still fill in an open record where they are empty."""


APPROVAL = "approval"
"""What stands for a field where an approval is told among the changes of a record."""
EVENT_COLUMNS = ("record_id", "seq", "at", "actor", "actor_group", "field", "old", "new", "attributes")
PEOPLE_OF_EVENTS = ("actor", "actor_group")
"""Who changed something, and for which team."""


APPROVAL_COLUMNS = ("record_id", "approver", "role", "decision", "at")


LINK_COLUMNS = ("record_id", "type", "target")


SOURCE_COLUMNS = ("source_file", "source_row")
"""Where a change or an approval was read, behind its other columns; datasets made before they were written have none."""


REJECT_COLUMNS = ("source_file", "source_row", "record_id", "number", "column", "value", "reason")

UNREAD = (
    "bad-boolean",
    "bad-number",
    "bad-time",
    "contradicted",
    "no-time-of-day",
    "nonexistent-time",
    "spreadsheet-error",
)
"""Reasons for which a cell is set aside that then is empty in the record: nobody knows what belongs there."""

UNTOLD = ("no-state", "no-time")
"""Reasons for which an empty cell of a log is told: its row does not say what happened, or when."""


MAPPED_COLUMNS = {
    "record": tuple(c for c in RECORD_COLUMNS if c not in ("process", "attributes", "source_file", "source_row")),
    "event": ("record_id", "field", "old", "new"),
    "approval": ("record_id", "approver", "role", "decision"),
    "link": ("record_id", "type", "target"),
    "detail": tuple(c for c in RECORD_COLUMNS if c not in ("process", "attributes", "source_file", "source_row")),
}
"""What a mapping may name under `columns`, by the table that it fills; moments of the others are its `at`."""


@value
class Gap:
    """A run of ticket numbers that are missing, the last there before it and the first after it."""

    before: str
    after: str
    numbers: int

"""Priority as the matrix of impact and urgency says.

    check: {matrix: {matrix: incident-priority}}

Passing: impact 2, urgency 2, priority P3. Failing: impact 1, urgency 1, priority P3.
A combination that the matrix does not have, or an empty field, cannot be judged.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, literal_rows
from itsmctl.model import Rule

ID = "matrix"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["matrix"],
    "properties": {"matrix": {"type": "string"}},
}
NAMES = {"matrix": "priority-matrix"}


def needs(rule: Rule) -> Needs:
    """Impact, urgency and priority."""
    return Needs(columns=frozenset({"impact", "urgency", "priority"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `expected` is the priority of the matrix."""
    cells = context.definitions.matrices[str(rule.parameters["matrix"])].cells
    rows = [(impact, urgency, priority) for (impact, urgency), priority in sorted(cells.items())]
    return (
        Fragment("""SELECT r.record_id, r.priority = m.priority AS passed,
            concat(coalesce(r.priority, '-'), ' (', coalesce(r.impact, '-'), ', ', coalesce(r.urgency, '-'), ')') AS observed,
            m.priority AS expected, r.opened_at AS "at",
            CASE WHEN r.impact IS NULL OR r.urgency IS NULL OR r.priority IS NULL
                THEN concat('missing:', concat_ws(',', CASE WHEN r.impact IS NULL THEN 'impact' END,
                    CASE WHEN r.urgency IS NULL THEN 'urgency' END, CASE WHEN r.priority IS NULL THEN 'priority' END))
                WHEN m.priority IS NULL THEN 'not-in-matrix' END AS reason
        FROM scoped AS r LEFT JOIN """)
        + literal_rows(rows, "m", ("impact", "urgency", "priority"))
        + " ON m.impact = r.impact AND m.urgency = r.urgency"
    )

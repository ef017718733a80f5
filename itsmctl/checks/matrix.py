"""Priority as the matrix of impact and urgency says.

    check: {matrix: {matrix: incident-priority}}

Passing: impact 2, urgency 2, priority P3. Failing: impact 1, urgency 1, priority P3.
A combination that the matrix does not have, an empty field, or a word for the priority that nobody translates, cannot be judged.
"""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, join
from itsmctl.engine.strange import codes_of, not_among
from itsmctl.model import Rule

ID = "matrix"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["matrix"],
    "properties": {"matrix": {"type": "string", "description": "The priority matrix, by its id."}},
}
NAMES = {"matrix": "priority-matrix"}


def needs(rule: Rule) -> Needs:
    """Impact, urgency and priority."""
    return Needs(columns=frozenset({"impact", "urgency", "priority"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `expected` is the priority of the matrix."""
    cells = context.definitions.matrices[str(rule.parameters["matrix"])].cells
    odd = not_among("priority", codes_of("priority", context.process, context.definitions), cells.values())
    by_impact: dict[str, dict[str, str]] = {}
    for (impact, urgency), priority in sorted(cells.items()):
        by_impact.setdefault(impact, {})[urgency] = priority
    wanted = _choice(
        "r.impact",
        {
            impact: _choice("r.urgency", {u: Fragment("?", (p,)) for u, p in row.items()})
            for impact, row in by_impact.items()
        },
    )
    return (
        Fragment("SELECT record_id, CASE WHEN ")
        + odd
        + Fragment(""" THEN NULL ELSE priority = wanted END AS passed,
            concat(coalesce(priority, '-'), ' (', coalesce(impact, '-'), ', ', coalesce(urgency, '-'), ')') AS observed,
            wanted AS expected, opened_at AS "at",
            CASE WHEN impact IS NULL OR urgency IS NULL OR priority IS NULL
                THEN concat('missing:', concat_ws(',', CASE WHEN impact IS NULL THEN 'impact' END,
                    CASE WHEN urgency IS NULL THEN 'urgency' END, CASE WHEN priority IS NULL THEN 'priority' END))
                WHEN wanted IS NULL THEN 'not-in-matrix' WHEN """)
        + odd
        + Fragment(""" THEN 'unknown-code:priority' END AS reason
        FROM (SELECT r.record_id, r.opened_at, r.priority, r.impact, r.urgency, """)
        + wanted
        + " AS wanted FROM scoped AS r) AS told"
    )


def _choice(value: str, then: Mapping[str, Fragment]) -> Fragment:
    """SQL for what follows from a value, NULL where nothing does."""
    branches = (Fragment(" WHEN ? THEN ", (one,)) + what for one, what in then.items())
    return Fragment(f"CASE {value}") + join("", branches) + " END"

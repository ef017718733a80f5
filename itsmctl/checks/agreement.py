"""Every record has a promise: an agreement in force when it was opened, with a target that fits it.

    check: {agreement: {clock: resolution}}

Passing: service `erp`, priority P2, agreement `sla-erp`. Failing: a service without agreement; a priority that no
target names; no service, and nothing is promised to everybody. Not testable: the service, the customer or the priority that
would decide which agreement or target it is, is missing.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, duration_text
from itsmctl.model import Rule

ID = "agreement"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["clock"],
    "properties": {
        "clock": {
            "type": "string",
            "description": "The clock for which there must be a promise, by its name in the agreements, such as `resolution`.",
        }
    },
}
NAMES = {"clock": "clock"}


def needs(rule: Rule) -> Needs:
    """The moment at which records open."""
    return Needs(columns=frozenset({"opened_at"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the agreement and its target."""
    whose = "c.reason IN ('missing:customer', 'missing:service')"
    untold = f"CASE WHEN {whose} THEN c.reason WHEN c.unpromised LIKE 'missing:%' THEN c.unpromised END"
    return Fragment(
        f"""SELECT r.record_id, CASE WHEN r.opened_at IS NULL OR {untold} IS NOT NULL THEN NULL ELSE coalesce(c.agreement IS NOT NULL AND c.target IS NOT NULL, false) END AS passed,
            CASE WHEN r.opened_at IS NULL OR {whose} THEN NULL WHEN c.agreement IS NULL THEN 'no agreement' WHEN c.target IS NULL THEN concat(c.agreement, ': no target')
                ELSE concat(c.agreement, ': ', {duration_text("c.target")}) END AS observed,
            'an agreement with a target' AS expected, r.opened_at AS "at", CASE WHEN r.opened_at IS NULL THEN 'missing:opened_at' ELSE {untold} END AS reason
        FROM scoped AS r LEFT JOIN clock AS c ON c.tix = r.tix AND c.clock = ?""",
        (str(rule.parameters["clock"]),),
    )

"""The tool's own verdict on a clock against ours.

    check: {reported-agrees: {clock: resolution}}

Passing: the tool says met and the recomputed clock says met. Failing: the tool says met, recomputed 6h of 4h.
Not testable where our clock cannot tell.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, duration_text
from itsmctl.model import Rule

ID = "reported-agrees"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["clock"],
    "properties": {
        "clock": {
            "type": "string",
            "description": "The clock on which the tool has a verdict of its own, by its name in the agreements.",
        }
    },
}
NAMES = {"clock": "clock"}


def needs(rule: Rule) -> Needs:
    """The tool's verdict, and the moment at which records open."""
    return Needs(columns=frozenset({"reported_sla_met", "opened_at"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record that was not cancelled."""
    ours = "CASE WHEN c.verdict IN ('met', 'running_ok', 'paused_ok') THEN true WHEN c.verdict IN ('breached', 'running_breached') THEN false END"
    return Fragment(
        f"""SELECT r.record_id, r.reported_sla_met = {ours} AS passed,
            CASE WHEN r.reported_sla_met IS NOT NULL THEN concat('tool: ', CASE WHEN r.reported_sla_met THEN 'met' ELSE 'missed' END) END AS observed,
            CASE WHEN {ours} IS NOT NULL THEN concat('recomputed: ', CASE WHEN {ours} THEN 'met' ELSE 'missed' END, ', ', {duration_text("c.counted")}, ' of ', {duration_text("c.target")}) END AS expected,
            coalesce(c.stop, c.start) AS "at",
            CASE WHEN r.reported_sla_met IS NULL THEN 'missing:reported_sla_met' ELSE c.reason END AS reason
        FROM scoped AS r LEFT JOIN clock AS c ON c.tix = r.tix AND c.clock = ?
        WHERE c.verdict IS NULL OR c.verdict <> 'cancelled'""",
        (str(rule.parameters["clock"]),),
    )

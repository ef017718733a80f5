"""A clock of the agreement within its target.

The agreement in force when the record was opened decides the calendar, the pauses and the target. A record that
still runs is judged at the moment of the audit. A cancelled record is not judged.

    check: {clock-within: {clock: resolution}}

Passing: 3h40m counted of 4h. Failing: 4h00m01s of 4h. Not testable: no agreement matches, or pauses are unknown
because the export has no history of states.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import CLOCK
from itsmctl.engine.sql import Fragment, duration_text
from itsmctl.model import Rule

ID = "clock-within"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["clock"],
    "properties": {"clock": CLOCK},
}
NAMES = {"clock": "clock"}


def needs(rule: Rule) -> Needs:
    """The moment at which records open; what else a clock needs is judged record by record."""
    return Needs(columns=frozenset({"opened_at"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record that was not cancelled; `observed` is the counted time, `expected` the target."""
    return Fragment(
        f"""SELECT r.record_id,
            CASE WHEN c.verdict IN ('met', 'running_ok', 'paused_ok') THEN true
                WHEN c.verdict IN ('breached', 'running_breached') THEN false END AS passed,
            {duration_text("c.counted")} AS observed, {duration_text("c.target")} AS expected,
            coalesce(c.stop, c.start) AS "at", c.reason
        FROM scoped AS r LEFT JOIN clock AS c ON c.tix = r.tix AND c.clock = ?
        WHERE c.verdict IS NULL OR c.verdict <> 'cancelled'""",
        (str(rule.parameters["clock"]),),
    )

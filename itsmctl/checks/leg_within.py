"""The legs of a record within the targets of those who support the promise: teams (`ola`) or suppliers (`contract`).

A leg is the time in which a record lies with the groups of an operational agreement, or of the supplier of a contract,
counted by that agreement's calendar and pauses, while the clock of the supported agreement runs. Several visits add up.
Where a record has several legs, the worst decides. A record that none of them ever had in hand is not judged.

    check: {leg-within: {of: ola}}

Passing: 2h50m with the network team, of 3h. Failing: 3h00m01s. Not testable: the export has no history of groups.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.offers import legs
from itsmctl.engine.sql import Fragment, duration_text, literal_rows
from itsmctl.model import Rule

ID = "leg-within"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["of"],
    "properties": {
        "of": {
            "enum": ["ola", "contract"],
            "description": "Whose legs are judged: those of teams (`ola`) or of suppliers (`contract`).",
        }
    },
}
NAMES: dict[str, str] = {}


def needs(rule: Rule) -> Needs:
    """The moment at which records open, and the history of states and groups."""
    return Needs(columns=frozenset({"opened_at"}), history=frozenset({"group", "state"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record that lay with one of the groups; `observed` is the counted time of the worst leg, and whose it is."""
    names = sorted({leg.clock.name for leg in legs(context.definitions) if leg.agreement.kind == rule.parameters["of"]})
    chosen = literal_rows([(name,) for name in names] or [("",)], "n", ("clock",))
    return (
        Fragment(
            f"""SELECT record_id, passed, observed, expected, "at", reason FROM (
            SELECT r.record_id, CASE WHEN c.verdict IN ('met', 'running_ok', 'paused_ok') THEN true
                    WHEN c.verdict IN ('breached', 'running_breached') THEN false END AS passed,
                concat({duration_text("c.counted")}, ' (', c.clock, ')') AS observed, {duration_text("c.target")} AS expected, coalesce(c.stop, c.start) AS "at", c.reason,
                row_number() OVER (PARTITION BY r.tix ORDER BY CASE WHEN c.verdict IN ('breached', 'running_breached') THEN 0 WHEN c.verdict = 'not_testable' THEN 1 ELSE 2 END,
                    c.target - c.counted, c.clock) AS place
            FROM scoped AS r JOIN clock AS c ON c.tix = r.tix AND c.verdict <> 'cancelled' JOIN """
        )
        + chosen
        + " ON n.clock = c.clock) AS legs WHERE place = 1"
    )

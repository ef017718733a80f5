"""The path of a record is one that the flow of its process allows.

Each activity of the process names the states in which it is done, and `next` says where it leads. Left out is an
activity whose state should have come in between; repeated or out of order one to which nothing leads from
where the record was. Steps back that the process draws, such as reopening, are allowed. Activities without
a state leave no trace and are not missed; what is open need not have reached the end.
Who takes the steps is asked by `in-lane`. With `begins-anywhere: true` the first step is not judged, for where the state in which
records begin is asked by another rule (`init`): what is one fact should not be told twice.

    check: {conforms: {process: incident}}
    check: {conforms: {process: incident, begins-anywhere: true}}

Passing: new, in-progress, resolved, closed. Failing: new, closed (skipped: IM4). Not testable: no history of states.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.paths import walked
from itsmctl.engine.spans import WITH_STATES
from itsmctl.engine.sql import Fragment
from itsmctl.model import Rule

ID = "conforms"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["process"],
    "properties": {
        "process": {"type": "string", "description": "The process whose flow is followed, by its id."},
        "begins-anywhere": {"type": "boolean", "description": "Whether the first step is not judged; default: false."},
    },
}
NAMES = {"process": "process"}


def needs(rule: Rule) -> Needs:
    """The history of states."""
    return Needs(history=frozenset({"state"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the first step that the flow does not allow, with what it left out."""
    process = context.definitions.processes[str(rule.parameters["process"])]
    return (
        """SELECT r.record_id, CASE WHEN m.tix IS NOT NULL THEN m.wrong = 0 END AS passed,
            CASE WHEN m.wrong > 0 THEN m.says WHEN m.tix IS NOT NULL THEN concat('steps on the path: ', m.steps) END AS observed,
            'a path of the process' AS expected, coalesce(m.wrong_at, r.opened_at) AS "at",
            CASE WHEN k.tix IS NULL THEN 'no-history:state' WHEN m.tix IS NULL THEN 'unknown-state' END AS reason
        FROM scoped AS r"""
        + WITH_STATES
        + " LEFT JOIN ("
        + walked(process, context, begins_anywhere=bool(rule.parameters.get("begins-anywhere")))
        + ") AS m ON m.tix = r.tix"
    )

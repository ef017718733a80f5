"""The path of a record is one that the flow of its process allows.

Each activity of the process names the states in which it is done, and `next` says where it leads. Left out is an
activity whose state should have come in between; repeated or out of order one to which nothing leads from
where the record was. Steps back that the process draws, such as reopening, are allowed. Activities without
a state leave no trace and are not missed; what is open need not have reached the end.

With `lanes: true` whoever moved the record into a state must also have held, at that moment, a role of the lane in which an
activity of that state stands; delegates count while they stand in. States of no activity, as cancelling is, may be
entered by anybody.

    check: {conforms: {process: incident}}
    check: {conforms: {process: change, lanes: true}}

Passing: new, in-progress, resolved, closed. Failing: new, closed (skipped: IM4); approved by somebody of the lane of
implementation. Not testable: no history of states; with `lanes`, a person whom no assignment names.
"""

from __future__ import annotations

from itsmctl.engine.acts import acts_of
from itsmctl.engine.context import Context, Needs
from itsmctl.engine.paths import states_on_path, walked
from itsmctl.engine.people import called, judged_acts
from itsmctl.engine.spans import WITH_STATES
from itsmctl.engine.sql import Fragment, join
from itsmctl.model import Process, Rule

ID = "conforms"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["process"],
    "properties": {"process": {"type": "string"}, "lanes": {"const": True}},
}
NAMES = {"process": "process"}


def needs(rule: Rule) -> Needs:
    """The history of states."""
    return Needs(history=frozenset({"state"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the first step that the flow does not allow, with what it left out, or who may not take it."""
    process = context.definitions.processes[str(rule.parameters["process"])]
    path = (
        """SELECT r.record_id, CASE WHEN m.tix IS NOT NULL THEN m.wrong = 0 END AS passed,
            CASE WHEN m.wrong > 0 THEN m.says WHEN m.tix IS NOT NULL THEN concat('steps on the path: ', m.steps) END AS observed,
            'a path of the process' AS expected, coalesce(m.wrong_at, r.opened_at) AS "at",
            CASE WHEN k.tix IS NULL THEN 'no-history:state' WHEN m.tix IS NULL THEN 'unknown-state' END AS reason
        FROM scoped AS r"""
        + WITH_STATES
        + " LEFT JOIN ("
        + walked(process, context)
        + ") AS m ON m.tix = r.tix"
    )
    return _with_lanes(path, process, context) if rule.parameters.get("lanes") else path


def _with_lanes(path: Fragment, process: Process, context: Context) -> Fragment:
    """The same, where a record on the path also fails by a person without a role of the lane."""
    return (
        """SELECT p.record_id, CASE WHEN p.passed AND a.wrong IS NOT NULL THEN false WHEN p.passed AND a.unclear IS NOT NULL THEN NULL ELSE p.passed END AS passed,
            CASE WHEN p.passed AND a.wrong IS NOT NULL THEN a.wrong WHEN p.passed AND a.unclear IS NOT NULL THEN NULL ELSE p.observed END AS observed,
            'a path of the process, in its lanes' AS expected, CASE WHEN p.passed THEN coalesce(a.wrong_at, p."at") ELSE p."at" END AS "at",
            CASE WHEN p.passed AND a.wrong IS NULL THEN a.unclear ELSE p.reason END AS reason FROM ("""
        + path
        + """) AS p LEFT JOIN (SELECT r.record_id, min(CASE WHEN NOT holds AND known THEN """
        + f"concat({called('called')}, ' (', deed, ')')"
        + """ END) AS wrong, min(CASE WHEN NOT holds AND known THEN moment END) AS wrong_at,
            min(CASE WHEN person IS NULL THEN 'missing:actor' WHEN NOT known THEN 'unknown-person' END) AS unclear
            FROM scoped AS r JOIN ("""
        + join(
            " UNION ALL ",
            (judged_acts(acts_of(({"state": state},), context), roles) for state, roles in _lanes(process)),
        )
        + ") AS j ON j.tix = r.tix GROUP BY r.record_id) AS a ON a.record_id = p.record_id"
    )


def _lanes(process: Process) -> list[tuple[str, tuple[str, ...]]]:
    """Every state of an activity, with the roles of the lanes that its activities stand in."""
    roles = {lane.id: lane.roles for lane in process.lanes}
    return [
        (state, tuple(sorted({role for a in process.activities if state in a.states for role in roles[a.lane]})))
        for state in states_on_path(process)
    ]

"""Changes of state that the process allows.

    check: {transition: {process: incident}}

Passing: new, in-progress, resolved, closed. Failing: closed, in-progress. A state that the process does not know
cannot be judged here; `allowed` reports it.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, literal_rows
from itsmctl.model import Rule

ID = "transition"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["process"],
    "properties": {"process": {"type": "string"}},
}
NAMES = {"process": "process"}


def needs(rule: Rule) -> Needs:
    """The history of states."""
    return Needs(history=frozenset({"state"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is its first change that the process does not allow."""
    process = context.definitions.processes[str(rule.parameters["process"])]
    pairs = [(old, new) for old, targets in sorted(process.transitions.items()) for new in targets]
    states = tuple(state.id for state in process.states)
    known = ", ".join("?" * len(states))
    return (
        Fragment("""SELECT r.record_id,
            CASE WHEN m.wrong > 0 THEN false WHEN m.tix IS NULL OR m.strange > 0 THEN NULL ELSE true END AS passed,
            CASE WHEN m.wrong > 0 THEN m.first_wrong WHEN m.tix IS NOT NULL THEN concat('changes: ', m.changes) END AS observed,
            'a transition of the process' AS expected, coalesce(m.wrong_at, r.opened_at) AS "at",
            CASE WHEN m.tix IS NULL THEN 'no-history:state' WHEN m.wrong = 0 AND m.strange > 0 THEN 'unknown-state' END AS reason
        FROM scoped AS r LEFT JOIN (
            SELECT tix, sum(CASE WHEN before <> state THEN 1 ELSE 0 END) AS changes, sum(CASE WHEN is_known AND NOT is_allowed THEN 1 ELSE 0 END) AS wrong,
                sum(CASE WHEN is_known THEN 0 ELSE 1 END) AS strange,
                min(CASE WHEN is_known AND NOT is_allowed THEN t0 END) AS wrong_at,
                min_by(CASE WHEN is_known AND NOT is_allowed THEN concat(before, ' -> ', state) END, CASE WHEN is_known AND NOT is_allowed THEN seq END) AS first_wrong
            FROM (
                SELECT s.tix, s.seq, s.t0, s.before, s.state, ok.old IS NOT NULL OR s.before IS NULL OR s.before = s.state AS is_allowed,
                    s.state IN (""")
        + Fragment(f"{known}) AND (s.before IS NULL OR s.before IN ({known})) AS is_known", states + states)
        + """
                FROM span AS s LEFT JOIN """
        + literal_rows(pairs or [("", "")], "ok", ("old", "new"))
        + """ ON ok.old = s.before AND ok.new = s.state
            ) AS change GROUP BY tix
        ) AS m ON m.tix = r.tix"""
    )

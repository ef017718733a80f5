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
    "properties": {
        "process": {"type": "string", "description": "The process whose transitions are allowed, by its id."}
    },
}
NAMES = {"process": "process"}


def needs(rule: Rule) -> Needs:
    """The history of states."""
    return Needs(history=frozenset({"state"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is its first change that the process does not allow.

    Most changes are allowed, and a state may follow itself: only the others are looked at one by one.
    """
    process = context.definitions.processes[str(rule.parameters["process"])]
    pairs = [(old, new) for old, targets in sorted(process.transitions.items()) for new in targets]
    states = tuple(state.id for state in process.states)
    known = ", ".join("?" * len(states))
    return (
        Fragment("""SELECT r.record_id,
            CASE WHEN w.wrong > 0 THEN false WHEN m.tix IS NULL OR w.strange > 0 THEN NULL ELSE true END AS passed,
            CASE WHEN w.wrong > 0 THEN w.first_wrong WHEN m.tix IS NOT NULL THEN concat('changes: ', m.changes) END AS observed,
            'a transition of the process' AS expected, coalesce(w.wrong_at, r.opened_at) AS "at",
            CASE WHEN m.tix IS NULL THEN 'no-history:state' WHEN w.wrong = 0 AND w.strange > 0 THEN 'unknown-state' END AS reason
        FROM scoped AS r LEFT JOIN (
            SELECT tix, count(*) FILTER (WHERE before <> state) AS changes FROM span GROUP BY tix
        ) AS m ON m.tix = r.tix LEFT JOIN (
            SELECT tix, count(*) FILTER (WHERE is_known) AS wrong, count(*) FILTER (WHERE NOT is_known) AS strange,
                min(CASE WHEN is_known THEN t0 END) AS wrong_at,
                min_by(CASE WHEN is_known THEN concat(before, ' -> ', state) END, CASE WHEN is_known THEN seq END) AS first_wrong
            FROM (
                SELECT s.tix, s.seq, s.t0, s.before, s.state, s.state IN (""")
        + Fragment(f"{known}) AND (s.before IS NULL OR s.before IN ({known})) AS is_known", states + states)
        + """
                FROM span AS s LEFT JOIN """
        + literal_rows([*pairs, *((state, state) for state in states)], "ok", ("old", "new"))
        + """ ON ok.old = coalesce(s.before, s.state) AND ok.new = s.state WHERE ok.old IS NULL
            ) AS change GROUP BY tix
        ) AS w ON w.tix = r.tix"""
    )

"""Declare's init on states: the life of a record begins in one of the states given.

    check: {init: {states: [new]}}

Passing: new, in-progress. Failing: closed as the first state recorded.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment
from itsmctl.model import Rule

ID = "init"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["states"],
    "properties": {"states": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}}},
}
NAMES = {"states/*": "state"}


def needs(rule: Rule) -> Needs:
    """The history of states."""
    return Needs(history=frozenset({"state"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is its first state."""
    states = rule.parameters["states"]
    assert isinstance(states, tuple)
    return Fragment(
        f"""SELECT r.record_id, s.state IN ({", ".join("?" * len(states))}) AS passed, s.state AS observed, ? AS expected,
            r.opened_at AS "at", CASE WHEN s.state IS NULL THEN 'no-history:state' END AS reason
        FROM scoped AS r LEFT JOIN (SELECT tix, min_by(state, seq) AS state FROM span GROUP BY tix) AS s ON s.tix = r.tix""",
        (*states, ", ".join(str(state) for state in states)),
    )

"""Declare's precedence(first, then) on states: `then` may only occur after `first` has occurred.

A record that never reaches `then` satisfies the constraint.

    check: {precedence: {first: resolved, then: closed}}

Passing: new, resolved, closed; also new, in-progress. Failing: new, closed.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment
from itsmctl.model import Rule

ID = "precedence"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["first", "then"],
    "properties": {"first": {"type": "string"}, "then": {"type": "string"}},
}
NAMES = {"first": "state", "then": "state"}


def needs(rule: Rule) -> Needs:
    """The history of states."""
    return Needs(history=frozenset({"state"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` says whether `then` was reached and what came before."""
    first, then = str(rule.parameters["first"]), str(rule.parameters["then"])
    return Fragment(
        """SELECT r.record_id, CASE WHEN s.tix IS NULL THEN NULL ELSE s.then_seq IS NULL OR coalesce(s.first_seq < s.then_seq, false) END AS passed,
            CASE WHEN s.tix IS NULL THEN NULL WHEN s.then_seq IS NULL THEN concat('never ', ?) WHEN coalesce(s.first_seq < s.then_seq, false) THEN concat(?, ' before ', ?)
                ELSE concat(?, ' without ', ?, ' before it') END AS observed,
            concat(?, ' before ', ?) AS expected, coalesce(s.then_at, r.opened_at) AS "at",
            CASE WHEN s.tix IS NULL THEN 'no-history:state' END AS reason
        FROM scoped AS r LEFT JOIN (
            SELECT tix, min(CASE WHEN state = ? THEN seq END) AS first_seq, min(CASE WHEN state = ? THEN seq END) AS then_seq,
                min(CASE WHEN state = ? THEN t0 END) AS then_at
            FROM span GROUP BY tix
        ) AS s ON s.tix = r.tix""",
        (then, first, then, then, first, first, then, first, then, then),
    )

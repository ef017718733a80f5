"""Columns that may not all name the same person.

    check: {different-people: {columns: [requester, resolved_by, closed_by]}}

Passing: requested by Li, resolved and closed by Wang. Failing: all three are Wang. Not testable: one is empty.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, name, quote
from itsmctl.model import PEOPLE_COLUMNS, Rule

ID = "different-people"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["columns"],
    "properties": {
        "columns": {"type": "array", "minItems": 2, "uniqueItems": True, "items": {"enum": list(PEOPLE_COLUMNS)}}
    },
}
NAMES = {"columns/*": "column"}


def needs(rule: Rule) -> Needs:
    """Every column listed."""
    return Needs(columns=frozenset(_columns(rule)))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the person who is everywhere, or how many there are."""
    columns = _columns(rule)
    same = " AND ".join(f"lower(r.{name(columns[0])}) = lower(r.{name(c)})" for c in columns[1:])
    empty = ", ".join(f"CASE WHEN r.{name(c)} IS NULL THEN {quote(c)} END" for c in columns)
    some_empty = " OR ".join(f"r.{name(c)} IS NULL" for c in columns)
    return Fragment(
        f"""SELECT r.record_id, CASE WHEN {some_empty} THEN NULL ELSE NOT ({same}) END AS passed, CASE WHEN {some_empty} THEN NULL WHEN {same} THEN r.{name(columns[0])} ELSE 'different people' END AS observed,
            {quote("different people: " + ", ".join(columns))} AS expected, r.opened_at AS "at",
            CASE WHEN {some_empty} THEN concat('missing:', concat_ws(',', {empty})) END AS reason
        FROM scoped AS r"""
    )


def _columns(rule: Rule) -> tuple[str, ...]:
    columns = rule.parameters["columns"]
    assert isinstance(columns, tuple)
    return tuple(str(column) for column in columns)

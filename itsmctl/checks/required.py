"""Fields that must be filled.

Passes when every column listed has a value. Fails where one is empty; `observed` names the empty ones.

    check: {required: {columns: [priority, category]}}

Passing: priority P3, category `network`. Failing: priority P3, category empty.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, name, quote
from itsmctl.model import Rule

ID = "required"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["columns"],
    "properties": {"columns": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}}},
}
NAMES = {"columns/*": "column"}


def needs(rule: Rule) -> Needs:
    """Every column listed: an export without the column says nothing about the field."""
    return Needs(columns=frozenset(_columns(rule)))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the list of empty columns."""
    columns = _columns(rule)
    empty = ", ".join(f"CASE WHEN r.{name(c)} IS NULL THEN {quote(c)} END" for c in columns)
    passed = " AND ".join(f"r.{name(c)} IS NOT NULL" for c in columns)
    return Fragment(
        f"""SELECT r.record_id, {passed} AS passed,
            CASE WHEN {passed} THEN 'filled' ELSE concat('empty: ', concat_ws(', ', {empty})) END AS observed,
            {quote("filled: " + ", ".join(columns))} AS expected, r.opened_at AS "at", CAST(NULL AS VARCHAR) AS reason
        FROM scoped AS r"""
    )


def _columns(rule: Rule) -> tuple[str, ...]:
    columns = rule.parameters["columns"]
    assert isinstance(columns, tuple)
    return tuple(str(column) for column in columns)

"""A number in the record that may not exceed a limit.

    check: {at-most: {column: reopen_count, most: 0}}

Passing: 0. Failing: 1. Empty: not testable.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, name, quote
from itsmctl.model import NUMBER_COLUMNS, Rule

ID = "at-most"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["column", "most"],
    "properties": {
        "column": {"enum": list(NUMBER_COLUMNS), "description": "The column with the number."},
        "most": {"type": "integer", "minimum": 0, "description": "The largest number that still passes."},
    },
}
NAMES = {"column": "column"}


def needs(rule: Rule) -> Needs:
    """The column."""
    return Needs(columns=frozenset({str(rule.parameters["column"])}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the number."""
    column = str(rule.parameters["column"])
    most = rule.parameters["most"]
    return Fragment(
        f"""SELECT r.record_id, r.{name(column)} <= ? AS passed, CAST(r.{name(column)} AS VARCHAR) AS observed, ? AS expected,
            r.opened_at AS "at", CASE WHEN r.{name(column)} IS NULL THEN {quote("missing:" + column)} END AS reason
        FROM scoped AS r""",
        (most, f"at most {most}"),
    )

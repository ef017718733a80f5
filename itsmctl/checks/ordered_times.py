"""Moments of a record that must follow each other.

Empty moments are passed over, so a record that has only begun is in order; two that are equal are in order. Fails where an earlier one lies after a later one.

    check: {ordered-times: {columns: [opened_at, resolved_at, closed_at]}}

Passing: opened 09:00, resolved 11:00, closed 11:00. Failing: opened 09:00, resolved 08:30.
"""

from __future__ import annotations

from itertools import combinations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, moment_text, name, quote
from itsmctl.model import TIME_COLUMNS, Rule

ID = "ordered-times"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["columns"],
    "properties": {
        "columns": {
            "type": "array",
            "minItems": 2,
            "uniqueItems": True,
            "items": {"enum": list(TIME_COLUMNS)},
            "description": "Columns with moments, in the order in which they must follow each other.",
        }
    },
}
NAMES = {"columns/*": "column"}


def needs(rule: Rule) -> Needs:
    """The first and the last moment; those between are compared where the export has them."""
    columns = _columns(rule)
    return Needs(columns=frozenset({columns[0]}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the first pair out of order."""
    columns = [column for column in _columns(rule) if column in context.exported]
    pairs = list(combinations(columns, 2))
    wrong = [f"coalesce(r.{name(a)} > r.{name(b)}, false)" for a, b in pairs] or ["false"]
    filled = " + ".join(f"CASE WHEN r.{name(c)} IS NULL THEN 0 ELSE 1 END" for c in columns) or "0"
    shown = " ".join(
        f"WHEN {test} THEN concat({quote(a + ' ')}, {moment_text(f'r.{name(a)}')}, {quote(' > ' + b + ' ')}, {moment_text(f'r.{name(b)}')})"
        for test, (a, b) in zip(wrong, pairs, strict=False)
    )
    # A record that has only begun is in order; one of which a single later moment is known says nothing.
    enough = f"({filled} >= 2 OR r.{name(columns[0])} IS NOT NULL)" if len(columns) > 1 else "false"
    observed = f"CASE {shown} WHEN {enough} THEN 'in order' END" if shown else "NULL"
    return Fragment(
        f"""SELECT r.record_id, CASE WHEN {" OR ".join(wrong)} THEN false WHEN {enough} THEN true END AS passed,
            {observed} AS observed, {quote(" <= ".join(columns))} AS expected, r.opened_at AS "at",
            CASE WHEN NOT {enough} THEN {quote("one-moment-only")} END AS reason
        FROM scoped AS r"""
    )


def _columns(rule: Rule) -> tuple[str, ...]:
    columns = rule.parameters["columns"]
    assert isinstance(columns, tuple)
    return tuple(str(column) for column in columns)

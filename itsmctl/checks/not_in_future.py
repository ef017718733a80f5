"""Moments that cannot lie after the export was made.

    check: {not-in-future: {columns: [resolved_at, closed_at]}}

Passing: closed before the last moment that the export knows of. Failing: closed a month after the export was made. Empty moments are passed over.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, moment_text, name, quote
from itsmctl.model import TIME_COLUMNS, Rule

ID = "not-in-future"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["columns"],
    "properties": {
        "columns": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": list(TIME_COLUMNS)},
            "description": "The columns with the moments.",
        }
    },
}
NAMES = {"columns/*": "column"}


def needs(rule: Rule) -> Needs:
    """Nothing in particular: the columns that the export has are compared."""
    return Needs()


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the first moment that lies in the future."""
    listed = rule.parameters["columns"]
    assert isinstance(listed, tuple)
    columns = [str(column) for column in listed if column in context.exported]
    limit = max(context.as_of, context.exported_at)
    late = [f"coalesce(r.{name(c)} > {limit}, false)" for c in columns] or ["false"]
    shown = " ".join(
        f"WHEN {test} THEN concat({quote(c + ' ')}, {moment_text(f'r.{name(c)}')})"
        for test, c in zip(late, columns, strict=False)
    )
    filled = " OR ".join(f"r.{name(c)} IS NOT NULL" for c in columns) or "false"
    return Fragment(
        f"""SELECT r.record_id, CASE WHEN {filled} THEN NOT ({" OR ".join(late)}) ELSE NULL END AS passed,
            {f"CASE {shown} WHEN {filled} THEN 'not after' END" if shown else "NULL"} AS observed, concat('not after ', {moment_text(str(limit))}) AS expected,
            r.opened_at AS "at", CASE WHEN {filled} THEN NULL ELSE 'no-moment' END AS reason
        FROM scoped AS r"""
    )

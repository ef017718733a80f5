"""Fields that must be filled.

Passes when every column listed has a value. Fails where one is empty; `observed` names the empty ones.

    check: {required: {columns: [priority, category]}}

Passing: priority P3, category `network`. Failing: priority P3, category empty. Not testable: what stands there could not be read, or
the file has no such column, and none of the others is empty.
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
    "properties": {
        "columns": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string"},
            "description": "The columns that must be filled.",
        }
    },
}
NAMES = {"columns/*": "column"}


def needs(rule: Rule) -> Needs:
    """Every column listed: an export without the column says nothing about the field."""
    return Needs(columns=frozenset(_columns(rule)))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the list of empty columns.

    Which columns are not known of a record it looks up itself: beside one that is not known another may be empty.
    """
    columns = _columns(rule)
    unknown = [column for column in columns if column in context.lacking]
    gone = {c: f"r.{name(c)} IS NULL" + (f" AND k.{name(c)} IS NULL" if c in unknown else "") for c in columns}
    empty = ", ".join(f"CASE WHEN {test} THEN {quote(c)} END" for c, test in gone.items())
    failed = " OR ".join(f"({test})" for test in gone.values())
    unsure, reason, joined = "false", "CAST(NULL AS VARCHAR)", ""
    if unknown:
        which = ", ".join(f'max(CASE WHEN "column" = {quote(c)} THEN "column" END) AS {name(c)}' for c in unknown)
        listed, named = ", ".join(map(quote, unknown)), ", ".join(f"k.{name(c)}" for c in unknown)
        joined = f' LEFT JOIN (SELECT tix, min(why) AS why, {which} FROM lacking WHERE "column" IN ({listed}) GROUP BY tix) AS k ON k.tix = r.tix'
        unsure = "k.tix IS NOT NULL"
        reason = f"CASE WHEN NOT ({failed}) AND {unsure} THEN concat(k.why, ':', concat_ws(',', {named})) END"
    return Fragment(
        f"""SELECT r.record_id, CASE WHEN {failed} THEN false WHEN NOT ({unsure}) THEN true END AS passed,
            CASE WHEN {failed} THEN concat('empty: ', concat_ws(', ', {empty})) WHEN NOT ({unsure}) THEN 'filled' END AS observed,
            {quote("filled: " + ", ".join(columns))} AS expected, r.opened_at AS "at", {reason} AS reason
        FROM scoped AS r{joined}"""
    )


def _columns(rule: Rule) -> tuple[str, ...]:
    columns = rule.parameters["columns"]
    assert isinstance(columns, tuple)
    return tuple(str(column) for column in columns)

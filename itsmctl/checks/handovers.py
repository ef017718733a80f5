"""Hand-overs between groups (or people): how often a record changes hands, and how often it comes back.

A hand-over is a change after the first value; a return is a value that the record had before, with another between
(A, B, A is one return). A person is the same under each name that an assignment lists under `also-called`. Fails above either limit. This is a pattern to ask about, so rules mark it as an enquiry.
Where the tool counts more reassignments between groups (`reassignment_count`) than pass, and the history tells fewer, it is not testable.

    check: {handovers: {column: group, most: 3, returns: 1}}

Passing: first line, network, first line. Failing: A, B, A, B, A.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.people import under_own_names
from itsmctl.engine.sql import Fragment, quote
from itsmctl.model import Rule

ID = "handovers"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["column", "most"],
    "properties": {
        "column": {
            "enum": ["group", "assignee"],
            "description": "Between what a record is handed over: groups, or people.",
        },
        "most": {"type": "integer", "minimum": 0, "description": "How many hand-overs still pass."},
        "returns": {
            "type": "integer",
            "minimum": 0,
            "description": "How often a record may come back to where it was; default: 1.",
        },
    },
}
NAMES = {"column": "column"}


def needs(rule: Rule) -> Needs:
    """The history of the column."""
    return Needs(history=frozenset({str(rule.parameters["column"])}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` counts hand-overs and returns up to the moment of the audit.

    What the first change says was there before counts as the first holder.
    """
    column, most, returns = str(rule.parameters["column"]), rule.parameters["most"], rule.parameters.get("returns", 1)
    # What the tool counts is how often by the moment of the export.
    counts = column == "group" and "reassignment_count" in context.exported and context.as_of >= context.exported_at
    untold = f"r.reassignment_count > {most}" if counts else "false"
    first = (
        Fragment(f"SELECT tix, moment, old FROM (SELECT tix, moment, old, {context.neighbour('tix')} AS earlier ")
        + context.changes_of(column)
        + Fragment(") AS c WHERE earlier IS NULL AND old IS NOT NULL AND moment <= ?", (context.as_of,))
    )
    held = (
        Fragment("WITH opening AS MATERIALIZED (")
        + first
        + f""") SELECT tix, moment, old AS holder, CAST(NULL AS VARCHAR) AS holder_before FROM opening
            UNION ALL
            SELECT c.tix, c.moment, c.holder, coalesce(c.holder_before, f.old) AS holder_before FROM (SELECT tix, moment, new AS holder, {context.neighbour("new")} AS holder_before """
        + context.changes_of(column)
        + Fragment(
            " AND new IS NOT NULL AND moment <= ?) AS c LEFT JOIN opening AS f ON f.tix = c.tix", (context.as_of,)
        )
    )
    for value, other in (("holder", "holder_before"), ("holder_before", "holder")):
        held = under_own_names(column, held, value, ("tix", "moment", other))
    return (
        Fragment(
            f"""SELECT record_id, CASE WHEN NOT within OR NOT untold THEN within END AS passed, observed, expected, "at",
            CASE WHEN within AND untold THEN {quote("history-gap:" + column)} END AS reason FROM (
            SELECT r.record_id, coalesce(h.hands - 1, 0) <= ? AND coalesce(h.hands - h.different, 0) <= ? AS within, coalesce({untold}, false) AS untold,
            concat('hand-overs: ', coalesce(h.hands - 1, 0), ', returns: ', coalesce(h.hands - h.different, 0)) AS observed,
            concat('at most hand-overs: ', ?, ', returns: ', ?) AS expected, coalesce(h.last_at, r.opened_at) AS "at"
            FROM scoped AS r LEFT JOIN (
            SELECT tix, count(*) AS hands, count(DISTINCT holder) AS different, max(moment) AS last_at FROM (""",
            (most, returns, str(most), str(returns)),
        )
        + held
        + """) AS hands WHERE holder_before IS NULL OR holder_before <> holder GROUP BY tix
        ) AS h ON h.tix = r.tix) AS counted"""
    )

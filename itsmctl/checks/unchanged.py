"""Fields that nobody edits after the fact: after an approval, after the record closed, or after they were first filled in.

`after` is the moment from which they stand (if left out, when each was first filled in), `grace` a time in which a slip may still be
put right. `approved-again: true` excuses an edit that an approval follows. With `favourable` only edits of moments count that
move them `earlier` or `later`, whichever makes the record look better.

    check: {unchanged: {columns: [plan, backout_plan, planned_start], after: approval, approved-again: true}}
    check: {unchanged: {columns: [resolved_at], favourable: earlier, grace: 15m}}

Passing: the plan was edited, and approved again. Failing: the plan was edited after its approval; the resolution was set back from
17:10 to 15:55 on the next day. Not testable: the export has no history of the fields.
"""

from __future__ import annotations

from itsmctl.engine.acts import MOMENT, approvals, moments_of, names_in, needs_of
from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import COLUMNS, DURATION, seconds_of, texts
from itsmctl.engine.sql import Fragment, time_of
from itsmctl.model import Rule

ID = "unchanged"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["columns"],
    "properties": {
        "columns": COLUMNS,
        "after": MOMENT,
        "grace": DURATION,
        "approved-again": {"type": "boolean"},
        "favourable": {"enum": ["earlier", "later"]},
    },
}
NAMES = {"columns/*": "column", **names_in("after")}


def needs(rule: Rule) -> Needs:
    """The history of every column listed, the moment, and approvals where they excuse."""
    asked = [rule.parameters["after"]] if "after" in rule.parameters else []
    asked += ["approval"] if rule.parameters.get("approved-again") else []
    return Needs(history=frozenset(texts(rule, "columns"))) | needs_of(asked)


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the first such edit."""
    columns, grace = texts(rule, "columns"), seconds_of(rule, "grace")
    marks = ", ".join("?" * len(columns))
    again = Fragment("")
    if rule.parameters.get("approved-again"):
        again = (
            Fragment(" LEFT JOIN (SELECT tix, max(moment) AS moment FROM (")
            + approvals()
            + ") AS d GROUP BY tix) AS g ON g.tix = e.tix"
        )
    excused = "coalesce(g.moment >= e.moment, false)" if rule.parameters.get("approved-again") else "false"
    since = "s.moment" if "after" in rule.parameters else "e.filled_at"
    worse = _worse(rule)
    return (
        Fragment(
            """SELECT r.record_id, CASE WHEN e.wrong IS NOT NULL THEN false WHEN e.unclear > 0 THEN NULL ELSE true END AS passed,
            CASE WHEN e.wrong IS NOT NULL THEN e.wrong WHEN coalesce(e.unclear, 0) = 0 THEN 'unchanged' END AS observed, ? AS expected,
            coalesce(e.wrong_at, r.opened_at) AS "at", CASE WHEN e.wrong IS NULL AND e.unclear > 0 THEN 'unreadable-time' END AS reason
            FROM scoped AS r LEFT JOIN (
                SELECT tix, min_by(CASE WHEN bad THEN concat(field, ': ', old, ' -> ', coalesce(new, '')) END, CASE WHEN bad THEN seq END) AS wrong, min(CASE WHEN bad THEN moment END) AS wrong_at, sum(CASE WHEN bad IS NULL THEN 1 ELSE 0 END) AS unclear
                FROM (SELECT e.tix, e.seq, e.moment, e.field, e.old, e.new, """,
            (f"unchanged: {', '.join(columns)}",),
        )
        + Fragment(
            f"""{worse} AS bad FROM (
                    SELECT e.*, min(CASE WHEN e.new IS NOT NULL THEN e.moment END) OVER (PARTITION BY e.tix, e.field ORDER BY e.seq) AS filled_at
                    FROM event AS e JOIN scoped AS r ON r.tix = e.tix WHERE e.field IN ({marks}) AND e.moment <= ?
                ) AS e""",
            (*columns, context.as_of),
        )
        + (
            Fragment(" JOIN (") + moments_of(rule.parameters["after"], context) + ") AS s ON s.tix = e.tix"
            if "after" in rule.parameters
            else ""
        )
        + again
        + f""" WHERE e.old IS NOT NULL AND e.old IS DISTINCT FROM e.new AND e.moment > {since} + {grace} AND NOT {excused}
                ) AS edited GROUP BY tix) AS e ON e.tix = r.tix"""
    )


def _worse(rule: Rule) -> str:
    """SQL for whether an edit counts; NULL where the moments cannot be read."""
    if "favourable" not in rule.parameters:
        return "true"
    sign = "<" if rule.parameters["favourable"] == "earlier" else ">"
    return f"{time_of('e.new')} {sign} {time_of('e.old')}"

"""Fields that nobody edits after the fact: after an approval, after the record closed, or after they were first filled in.

`after` is the moment from which they stand (if left out, when each was first filled in: what the first change names as before it,
when the record was stored), `grace` a time in which a slip may still be put right. `approved-again: true` excuses an edit that an approval follows. With `favourable` only edits of moments count that
move them `earlier` or `later`, whichever makes the record look better. What only gets other capitals is not edited.

    check: {unchanged: {columns: [plan, backout_plan, planned_start], after: approval, approved-again: true}}
    check: {unchanged: {columns: [resolved_at], favourable: earlier, grace: 15m}}

Passing: the plan was edited, and approved again. Failing: the plan was edited after its approval; the resolution was set back from
17:10 to 15:55 on the next day. Not testable: the export has no history of the fields; the plan was edited, and an approval has no moment.
"""

from __future__ import annotations

from itsmctl.engine.acts import MOMENT, approvals, moments_of, names_in, needs_of
from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import COLUMNS, DURATION, seconds_of, texts
from itsmctl.engine.sql import Fragment, epoch, matches, quote, time_of
from itsmctl.model import APPROVAL, FORESEEN_COLUMNS, TIME_COLUMNS, Rule

ID = "unchanged"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["columns"],
    "properties": {
        "columns": {**COLUMNS, "description": "The fields that nobody may edit."},
        "after": {
            **MOMENT,
            "description": "The moment from which they stand: a column, the first `approval`, or a change; default: when each was first filled in.",
        },
        "grace": {
            **DURATION,
            "description": "How long after that a slip may still be put right, in hours, minutes and seconds; default: not at all.",
        },
        "approved-again": {
            "type": "boolean",
            "description": "Whether an edit is excused that an approval follows; default: false.",
        },
        "favourable": {
            "enum": ["earlier", "later"],
            "description": "Only edits count that move a moment this way; left out, every edit does.",
        },
    },
}
NAMES = {"columns/*": "column", **names_in("after")}
_WITH_ZONE = "(Z|[+-][0-9]{2}:?[0-9]{2})$"
"""How a moment ends that says in which zone it is; of the others a history does not tell."""
_WEST = 12 * 3600
"""How much later than its clock says a moment may be, in the zone farthest west."""


def needs(rule: Rule) -> Needs:
    """The history of every column listed, the moment, and approvals where they excuse."""
    asked = [rule.parameters["after"]] if "after" in rule.parameters else []
    asked += ["approval"] if rule.parameters.get("approved-again") else []
    return Needs(history=frozenset(texts(rule, "columns"))) | needs_of(asked)


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the first such edit."""
    columns, grace = texts(rule, "columns"), seconds_of(rule, "grace")
    marks = ", ".join("?" * len(columns))
    after_approval, again = rule.parameters.get("after") == APPROVAL, bool(rule.parameters.get("approved-again"))
    since = "s.moment" if "after" in rule.parameters else "e.filled_at"
    later, excused = f"coalesce(e.moment > {since} + {grace}, false)", "false"
    undated, doubtful = "false", "false"
    untold = "false"
    if "after" not in rule.parameters and grace:  # filled in before the first change, and nobody knows when
        untold = "e.filled_at IS NULL"
    elif "after" not in rule.parameters:
        later = f"coalesce(e.moment > {since}, true)"
    approved = Fragment("")
    if after_approval or again:
        approved = (
            Fragment(" LEFT JOIN (SELECT tix, max(moment) AS moment, count(*) > count(moment) AS undated FROM (")
            + approvals()
            + ") AS d GROUP BY tix) AS g ON g.tix = e.tix"
        )
        undated = "coalesce(g.undated, false)"  # such an approval may lie before the edit, and after it
        doubtful = undated if again else f"({undated} AND NOT {later})"
    if again:
        excused = "coalesce(g.moment >= e.moment, false)"
    reached = f"({later} OR {undated})" if after_approval else later
    unopened = "r.opened_at IS NULL" if rule.parameters.get("after") == "opened_at" else "false"
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN e.wrong IS NOT NULL THEN false WHEN e.unclear > 0 OR {unopened} THEN NULL ELSE true END AS passed,
            CASE WHEN e.wrong IS NOT NULL THEN e.wrong WHEN coalesce(e.unclear, 0) = 0 AND NOT {unopened} THEN 'unchanged' END AS observed, ? AS expected,
            coalesce(e.wrong_at, r.opened_at) AS "at",
            CASE WHEN e.wrong IS NOT NULL THEN NULL WHEN {unopened} THEN 'missing:opened_at' WHEN e.undated > 0 THEN 'undated-approval' WHEN e.untold > 0 AND r.opened_at IS NULL THEN 'missing:opened_at' WHEN e.unclear > 0 THEN 'unreadable-time' END AS reason
            FROM scoped AS r LEFT JOIN (
                SELECT tix, min_by(CASE WHEN bad THEN concat(field, ': ', old, ' -> ', coalesce(new, '')) END, CASE WHEN bad THEN seq END) AS wrong, min(CASE WHEN bad THEN moment END) AS wrong_at,
                    sum(CASE WHEN bad IS NULL THEN 1 ELSE 0 END) AS unclear, sum(CASE WHEN bad IS NULL AND doubtful THEN 1 ELSE 0 END) AS undated, sum(CASE WHEN bad IS NULL AND untold THEN 1 ELSE 0 END) AS untold
                FROM (SELECT tix, seq, moment, field, old, new, doubtful, untold, CASE WHEN NOT doubtful AND NOT untold THEN worse WHEN NOT worse THEN false END AS bad
                    FROM (SELECT e.tix, e.seq, e.moment, e.field, e.old, e.new, """,
            (f"unchanged: {', '.join(columns)}",),
        )
        + Fragment(
            f"""{doubtful} AS doubtful, {untold} AS untold, {_worse(rule)} AS worse FROM (
                    SELECT e.*, {_filled_at(grace)} AS filled_at FROM event AS e JOIN scoped AS r ON r.tix = e.tix WHERE e.field IN ({marks}) AND e.moment <= ?
                ) AS e""",
            (*columns, context.as_of),
        )
        + (
            Fragment(" JOIN (") + moments_of(rule.parameters["after"], context) + ") AS s ON s.tix = e.tix"
            if "after" in rule.parameters
            else ""
        )
        + approved
        + f""" WHERE e.old <> '' AND lower(e.old) IS DISTINCT FROM lower(e.new) AND ({reached} OR {untold}) AND NOT {excused}
                ) AS changed) AS edited GROUP BY tix) AS e ON e.tix = r.tix"""
    )


def _filled_at(grace: int) -> str:
    """SQL for when the field was first filled in, NULL where that may still be within the time of grace, and nobody knows.

    What the first change names as before it stood there since the record was stored. An opening that was moved tells by its old
    value when that was, and no moment but a planned one was written down before it came: one without its zone at most twelve hours later than it says.
    """
    life = "OVER (PARTITION BY e.tix, e.field ORDER BY e.seq)"
    before, first = f"nullif(first_value(e.old) {life}, '')", f"first_value(e.moment) {life}"
    lived = [column for column in TIME_COLUMNS if column not in FORESEEN_COLUMNS]
    is_moment, has_zone = f"e.field IN ({', '.join(map(quote, lived))})", matches(before, _WITH_ZONE)
    told, latest = epoch(time_of(before)), f"{epoch(time_of(before))} + {_WEST}"
    stored = f"coalesce(r.recorded_at, CASE WHEN e.field = 'opened_at' AND {has_zone} THEN {told} END, r.opened_at)"
    return f"""CASE WHEN {before} IS NULL THEN min(CASE WHEN e.new IS NOT NULL THEN e.moment END) {life}
        WHEN {is_moment} AND {has_zone} AND {told} <= {first} THEN greatest({stored}, {told})
        WHEN {is_moment} AND NOT {has_zone} THEN CASE WHEN {latest} + {grace} < e.moment THEN greatest({stored}, {latest}) END ELSE {stored} END"""


def _worse(rule: Rule) -> str:
    """SQL for whether an edit counts; NULL where the moments cannot be read.

    Of two moments one of which cannot be read nobody knows whether they differ; of two that cannot, they are written differently.
    """
    if "favourable" not in rule.parameters:
        told = [f"CASE WHEN {time_of(word)} IS NULL THEN 0 ELSE 1 END" for word in ("e.old", "e.new")]
        unread = f"e.field IN ({', '.join(map(quote, TIME_COLUMNS))}) AND e.new <> '' AND {told[0]} <> {told[1]}"
        return f"CASE WHEN {unread} THEN NULL ELSE true END"
    sign = "<" if rule.parameters["favourable"] == "earlier" else ">"
    return f"{time_of('e.new')} {sign} {time_of('e.old')}"

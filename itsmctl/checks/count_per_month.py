"""How many records each group has in each month: not fewer, not more than a number.

A group is judged from its first month to the last month of the records in scope, also in months in which it has none:
a month without a ticket may be a hole in the export. In a month whose last day has not come by the moment of the audit, or by the end of
the audited period, more may still come: too few there are not testable. Months are those of opening, in the audit's zone. `where` says which
records count. A group with fewer than `minimum` records in all is told and not judged.

    check: {count-per-month: {per: [service], least: 1}}
    check: {count-per-month: {per: [service], most: 500, where: {priority: [P1, P2]}}}

Passing: 40 in March, 35 in April. Failing: 40 in March, none in April, 38 in May. A group's key ends with the month: `erp / 2026-04`.
"""

from __future__ import annotations

from datetime import timedelta

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.grouping import group_key, group_needs, hits_of, months_from
from itsmctl.engine.parameters import COLUMN, COUNT, WHERE, conditions_of, number_of, texts
from itsmctl.engine.sql import Fragment, quote
from itsmctl.engine.telling import named_by
from itsmctl.model import Rule
from itsmctl.zones import local_day

ID = "count-per-month"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["per"],
    "anyOf": [{"required": ["least"]}, {"required": ["most"]}],
    "properties": {
        "per": {
            "type": "array",
            "uniqueItems": True,
            "items": COLUMN,
            "description": "The columns by whose values records are grouped; `[]` makes one group of all.",
        },
        "where": {**WHERE, "description": "Which records count; left out, all do."},
        "least": {
            "type": "integer",
            "minimum": 1,
            "description": "The smallest number of records in a month that passes; default: 0.",
        },
        "most": {
            "type": "integer",
            "minimum": 0,
            "description": "The largest number of records in a month that passes; default: no limit.",
        },
        "minimum": {
            **COUNT,
            "description": "Groups with fewer records than this in all months together are told and not judged; default: 1.",
        },
    },
}
NAMES = {"per/*": "column"}


def needs(rule: Rule) -> Needs:
    """The columns of the groups and of the condition, the moment of opening, and words for what the condition asks for."""
    asked = {c.column for c in conditions_of(rule)}
    named = named_by(
        conditions_of(rule), passes_without="most" in rule.parameters, fails_without="least" in rule.parameters
    )
    return Needs(columns=group_needs(("month", *texts(rule, "per"))) | asked, named=named)


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per group and month; `observed` is the number of records."""
    least, most = number_of(rule, "least", 0), rule.parameters.get("most")
    going_on = f"month >= {quote(_last_month(context))}"
    kept = f"n >= {least}" + (f" AND n_at_most <= {most}" if most is not None else "")
    missed = f"(n_at_most < {least} AND NOT {going_on})" + (f" OR n > {most}" if most is not None else "")
    shown = [f"at least {least}"] if "least" in rule.parameters else []
    shown += [f"at most {most}"] if most is not None else []
    hits = hits_of(conditions_of(rule), context)
    few = f"total < {number_of(rule, 'minimum', 1)}"
    return (
        Fragment(
            f"""SELECT CASE WHEN key = '' THEN month ELSE concat(key, ' / ', month) END AS record_id, CASE WHEN {few} THEN NULL WHEN {kept} THEN true WHEN {missed} THEN false END AS passed,
                CAST(n AS VARCHAR) AS observed, ? AS expected, first_at AS "at", CASE WHEN {few} THEN 'too-few' WHEN {kept} OR {missed} THEN NULL WHEN {going_on} THEN 'month-not-over' ELSE 'undecided' END AS reason
            FROM (SELECT g.key, g.month, g.total, coalesce(c.n, 0) AS n, coalesce(c.n_at_most, 0) AS n_at_most, coalesce(c.first_at, g.first_at) AS first_at
                FROM (SELECT a.key, a.total, a.first_at, m.month FROM (SELECT {_key(rule)} AS key, count(*) AS total, min(r.month) AS first_month, min(r.opened_at) AS first_at FROM scoped AS r WHERE r.month IS NOT NULL GROUP BY {_key(rule)}) AS a
                CROSS JOIN (SELECT max(month) AS last_month FROM scoped) AS z JOIN {months_from("scoped")} AS m ON m.month >= a.first_month AND m.month <= z.last_month) AS g LEFT JOIN (
                SELECT {_key(rule)} AS key, r.month, min(r.opened_at) AS first_at, """,
            (", ".join(shown),),
        )
        + hits.sure
        + " AS n, "
        + hits.most
        + f""" AS n_at_most FROM scoped AS r{hits.joined} WHERE r.month IS NOT NULL GROUP BY {_key(rule)}, r.month
            ) AS c ON c.key = g.key AND c.month = g.month) AS counted"""
    )


def _last_month(context: Context) -> str:
    """The month whose last day has not come yet."""
    end = min(context.as_of, context.until or context.as_of)
    day = local_day(end, context.zone)
    return f"{day + timedelta(days=1):%Y-%m}"


def _key(rule: Rule) -> str:
    per = texts(rule, "per")
    return group_key(per) if per else "''"

"""A number that may not rise month after month.

Looked at is the number of records per month of opening, or with `where` the share of those that meet it. Fails where it rose
`months` times in a row. A month with fewer than `minimum` records says nothing, and ends the row; a group without enough months
to see one is told and not judged. A record whose column is empty, or could not be read, could meet the condition or not; where such
records could make a row of rises, or unmake it, the group is not testable.

    check: {trend: {where: {type: [emergency]}, per: [service], months: 3, minimum: 10}}
    check: {trend: {per: [], months: 3}}

Passing: 5%, 7%, 6%, 9%. Failing: 5%, 6%, 7%, 9%, which is three rises in a row.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.grouping import group_key, group_needs, hits_of, months_from
from itsmctl.engine.parameters import COLUMN, COUNT, WHERE, conditions_of, number_of, texts
from itsmctl.engine.sql import Fragment, ranked
from itsmctl.engine.telling import named_by
from itsmctl.model import Rule

ID = "trend"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["per", "months"],
    "properties": {
        "where": {**WHERE, "description": "The condition whose share is followed; left out, the number of records is."},
        "per": {
            "type": "array",
            "uniqueItems": True,
            "items": COLUMN,
            "description": "The columns by whose values records are grouped; `[]` makes one group of all.",
        },
        "months": {
            "type": "integer",
            "minimum": 2,
            "description": "How many rises in a row are a trend, from month to month.",
        },
        "minimum": {**COUNT, "description": "Months with fewer records than this say nothing; default: 1."},
    },
}
NAMES = {"per/*": "column"}


def needs(rule: Rule) -> Needs:
    """The columns of the groups and of the condition, the moment of opening, and words for what the condition asks for."""
    asked = {c.column for c in conditions_of(rule)}
    named = named_by(conditions_of(rule), passes_without=True, fails_without=False)
    return Needs(columns=group_needs(("month", *texts(rule, "per"))) | asked, named=named)


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per group; `observed` is the longest row of rises that are not in doubt, `at` the first record of the month that ends it."""
    months, minimum = number_of(rule, "months", 3), number_of(rule, "minimum", 1)
    key, hits = group_key(texts(rule, "per")), hits_of(conditions_of(rule), context, as_written=True)
    least, most = ("100.0 * least / n", "100.0 * most / n") if "where" in rule.parameters else ("n", "n")
    # Twice: the rises of which nothing is in doubt, and those that there may have been.
    life = "(PARTITION BY key, sure ORDER BY month)"
    return (
        Fragment(
            f"""SELECT key AS record_id, CASE WHEN judged <= {months} THEN NULL WHEN surely >= {months} THEN false WHEN perhaps < {months} THEN true END AS passed,
                concat('rises in a row: ', surely) AS observed, 'rises in a row: fewer than {months}' AS expected,
                coalesce(most_at, first_at) AS "at", CASE WHEN judged <= {months} THEN 'too-few' WHEN surely < {months} AND perhaps >= {months} THEN 'undecided' END AS reason
            FROM (SELECT key, count(CASE WHEN sure THEN low END) AS judged, max(CASE WHEN sure THEN rises ELSE 0 END) AS surely, max(CASE WHEN sure THEN 0 ELSE rises END) AS perhaps,
                min_by(first_at, CASE WHEN sure AND rises > 0 THEN {ranked("-rises", "first_at")} END) AS most_at, min(first_at) AS first_at FROM (
                SELECT *, sum(CASE WHEN rose THEN 1 ELSE 0 END) OVER (PARTITION BY key, sure, level ORDER BY month) AS rises FROM (
                    SELECT *, sum(CASE WHEN rose THEN 0 ELSE 1 END) OVER {life} AS level FROM (
                        SELECT *, coalesce(CASE WHEN sure THEN low > lag(high) OVER {life} ELSE high > lag(low) OVER {life} END, false) AS rose FROM (
                            SELECT g.key, g.month, s.sure, c.first_at, CASE WHEN c.n >= {minimum} THEN {least} END AS low, CASE WHEN c.n >= {minimum} THEN {most} END AS high FROM (
                                SELECT a.key, m.month FROM (SELECT {key} AS key, min(r.month) AS low, max(r.month) AS high FROM scoped AS r WHERE r.month IS NOT NULL GROUP BY {key}) AS a
                                JOIN {months_from("scoped")} AS m ON m.month >= a.low AND m.month <= a.high
                            ) AS g CROSS JOIN (SELECT true AS sure UNION ALL SELECT false AS sure) AS s LEFT JOIN (
                                SELECT {key} AS key, r.month, min(r.opened_at) AS first_at, count(*) AS n, """
        )
        + hits.sure
        + " AS least, "
        + hits.most
        + f""" AS most FROM scoped AS r{hits.joined} WHERE r.month IS NOT NULL GROUP BY {key}, r.month
                            ) AS c ON c.key = g.key AND c.month = g.month
                        ) AS valued
                    ) AS compared
                ) AS levelled
            ) AS counted GROUP BY key) AS longest"""
    )

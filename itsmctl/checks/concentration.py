"""How much of a group's work hangs on one person: the share of whoever did most.

A high share is no fault, but a risk: work stops when that person is away. So rules mark it as an enquiry. Service accounts are
no persons, and a group with fewer than `minimum` records is told and not judged. A person is the same under each name that an
assignment lists under `also-called`; what was done through a shared account may be work of the first, or of anybody, and so may what is
done and names nobody: a resolution without `resolved_by`. A group is not testable where these could turn the verdict. What is not done
yet, and a column that is empty and has no moment of its own, as `assignee`, is nobody's work.

    check: {concentration: {by: resolved_by, per: [category], most: 60, minimum: 20}}

Passing: the first of seven people resolved 40%. Failing: one person resolved 25 of 40. Not testable: the
first resolved 20 of 40, and of 10 others nobody says who did.
"""

from __future__ import annotations

from itsmctl.engine.acts import MOMENT_OF
from itsmctl.engine.context import Context, Needs
from itsmctl.engine.grouping import group_key, group_needs
from itsmctl.engine.parameters import MINIMUM, PER, PERCENT, number_of, texts
from itsmctl.engine.people import called, known_as
from itsmctl.engine.sql import Fragment, name, percent_text, quote
from itsmctl.model import PEOPLE_COLUMNS, Rule

ID = "concentration"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["by", "per", "most"],
    "properties": {
        "by": {"enum": list(PEOPLE_COLUMNS), "description": "The column that names whoever did the work."},
        "per": PER,
        "most": {
            **PERCENT,
            "description": "The largest share of one person in a group that still passes, in per cent.",
        },
        "minimum": MINIMUM,
    },
}
NAMES = {"by": "column"}


def needs(rule: Rule) -> Needs:
    """The person, and the columns of the groups."""
    return Needs(columns=frozenset({str(rule.parameters["by"])}) | group_needs(texts(rule, "per")))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per group; `observed` is the share of the person with the largest, and who that is."""
    column, key = str(rule.parameters["by"]), group_key(texts(rule, "per"))
    by, known = f"r.{name(column)}", known_as(f"r.{name(column)}", "w")
    most, minimum = rule.parameters["most"], number_of(rule, "minimum", 1)
    kept = f"100.0 * n / total <= {most}"
    judged = f"total >= {minimum} AND (NOT ({kept}) OR 100.0 * (n + anybodys) / total <= {most})"
    moment = MOMENT_OF.get(column, "")
    done = f"{by} IS NOT NULL OR r.{name(moment)} IS NOT NULL" if moment in context.exported else f"{by} IS NOT NULL"
    return Fragment(
        f"""SELECT record_id, CASE WHEN {judged} THEN {kept} END AS passed,
            concat({percent_text("100.0 * n / total", str(most))}, ' (', n, ' of ', total, ')', CASE WHEN n > 0 THEN concat(' ', {called("called")}) ELSE '' END) AS observed,
            'at most {most}%' AS expected, first_at AS "at",
            CASE WHEN total < {minimum} THEN 'too-few' WHEN NOT ({judged}) THEN CASE WHEN nameless > 0 THEN {quote(f"missing:{column}")} ELSE 'shared-account' END END AS reason
        FROM (
            SELECT record_id, called, CASE WHEN person IS NULL THEN 0 ELSE n END AS n, sum(n) OVER (PARTITION BY record_id) AS total,
                sum(CASE WHEN person IS NULL THEN n ELSE 0 END) OVER (PARTITION BY record_id) AS anybodys, sum(nameless) OVER (PARTITION BY record_id) AS nameless,
                min(opened_at) OVER (PARTITION BY record_id) AS first_at, row_number() OVER (PARTITION BY record_id ORDER BY person IS NULL, n DESC, person) AS place
            FROM (
                SELECT record_id, person, min(called) AS called, count(*) AS n, sum(CASE WHEN called IS NULL THEN 1 ELSE 0 END) AS nameless, min(opened_at) AS opened_at
                FROM (SELECT {key} AS record_id, {known.one} AS person, {by} AS called, r.opened_at FROM scoped AS r{known.join} WHERE ({done}) AND NOT {known.machine}) AS told
                GROUP BY record_id, person) AS summed
        ) AS ranked WHERE place = 1"""
    )

"""How much of a group's work hangs on one person: the share of whoever did most.

A high share is no fault, but a risk: work stops when that person is away. So rules mark it as an enquiry. Service accounts are
no persons, and a group with fewer than `minimum` records is told and not judged. A person is the same under each name that an
assignment lists under `also-called`; what was done through a shared account may be work of the first, or of anybody, so a group is not
testable where it could turn the verdict.

    check: {concentration: {by: resolved_by, per: [category], most: 60, minimum: 20}}

Passing: the first of seven people resolved 40 %. Failing: one person resolved 25 of 40.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.grouping import group_key, group_needs
from itsmctl.engine.parameters import COUNT, PER, PERCENT, number_of, texts
from itsmctl.engine.people import SHARED, called, machines, person_key
from itsmctl.engine.sql import Fragment, name
from itsmctl.model import PEOPLE_COLUMNS, Rule

ID = "concentration"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["by", "per", "most"],
    "properties": {"by": {"enum": list(PEOPLE_COLUMNS)}, "per": PER, "most": PERCENT, "minimum": COUNT},
}
NAMES = {"by": "column"}


def needs(rule: Rule) -> Needs:
    """The person, and the columns of the groups."""
    return Needs(columns=frozenset({str(rule.parameters["by"])}) | group_needs(texts(rule, "per")))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per group; `observed` is the share of the person with the largest, and who that is."""
    by, key = f"r.{name(str(rule.parameters['by']))}", group_key(texts(rule, "per"))
    most, minimum = rule.parameters["most"], number_of(rule, "minimum", 1)
    kept = f"100.0 * n / total <= {most}"
    judged = f"total >= {minimum} AND (NOT ({kept}) OR 100.0 * (n + anybodys) / total <= {most})"
    return Fragment(
        f"""SELECT record_id, CASE WHEN {judged} THEN {kept} END AS passed,
            concat(CAST(round(100.0 * n / total, 1) AS VARCHAR), ' % (', n, ' of ', total, ')', CASE WHEN n > 0 THEN concat(' ', {called("called")}) ELSE '' END) AS observed,
            'at most {most} %' AS expected, first_at AS "at", CASE WHEN total < {minimum} THEN 'too-few' WHEN NOT ({judged}) THEN 'shared-account' END AS reason
        FROM (
            SELECT record_id, called, CASE WHEN shared THEN 0 ELSE n END AS n, sum(n) OVER (PARTITION BY record_id) AS total,
                sum(CASE WHEN shared THEN n ELSE 0 END) OVER (PARTITION BY record_id) AS anybodys, min(opened_at) OVER (PARTITION BY record_id) AS first_at,
                row_number() OVER (PARTITION BY record_id ORDER BY shared, n DESC, person) AS place
            FROM (SELECT *, person IN {SHARED} AS shared FROM (
                SELECT {key} AS record_id, {person_key(by)} AS person, min({by}) AS called, count(*) AS n, min(r.opened_at) AS opened_at
                FROM scoped AS r WHERE {by} IS NOT NULL AND {person_key(by)} NOT IN {machines()} GROUP BY {key}, {person_key(by)}) AS summed) AS counted
        ) AS ranked WHERE place = 1"""
    )

"""Ticket numbers without holes: a hole may be a ticket that was left out of the export, or deleted.

Numbers are split into a prefix and the digits at their end; one verdict per prefix.

    check: {number-gaps: {column: number}}

Passing: INC001, INC002, INC003. Failing: INC001, INC003. Not testable: numbers without digits.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, name
from itsmctl.model import Rule

ID = "number-gaps"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["column"],
    "properties": {"column": {"enum": ["number", "record_id"]}},
}
NAMES = {"column": "column"}


def needs(rule: Rule) -> Needs:
    """The number."""
    return Needs(columns=frozenset({str(rule.parameters["column"])}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per prefix; `observed` counts the numbers missing between the first and the last."""
    column = f"r.{name(str(rule.parameters['column']))}"
    return Fragment(
        f"""SELECT prefix AS record_id, max(high) - min(low) + 1 = count(DISTINCT digits) AS passed,
            CASE WHEN max(high) IS NOT NULL THEN concat(max(high) - min(low) + 1 - count(DISTINCT digits), ' missing between ',
                min(CASE WHEN digits = low THEN number END), ' and ', max(CASE WHEN digits = high THEN number END)) END AS observed,
            'no number missing' AS expected, min(opened_at) AS "at", CASE WHEN max(high) IS NULL THEN 'no-digits' END AS reason
        FROM (SELECT *, min(digits) OVER (PARTITION BY prefix) AS low, max(digits) OVER (PARTITION BY prefix) AS high FROM (
            SELECT {column} AS number, r.opened_at, regexp_replace({column}, '[0-9]+$', '') AS prefix,
                CASE WHEN length(regexp_extract({column}, '[0-9]+$', 0)) < 19 THEN TRY_CAST(regexp_extract({column}, '[0-9]+$', 0) AS BIGINT) END AS digits
            FROM scoped AS r WHERE {column} IS NOT NULL
        ) AS numbered) AS ranged GROUP BY prefix"""
    )

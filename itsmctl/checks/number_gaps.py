"""Ticket numbers without holes: a hole may be a ticket that was left out of the export, or deleted.

Numbers are split into a prefix and the digits at their end; one verdict per prefix, from the first to the last number
in scope. A number that the export holds outside the scope or the audited period, or in a row that could not be read, is
not missing.

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
    column = name(str(rule.parameters["column"]))
    held = "count(DISTINCT k.digits)"
    return Fragment(
        f"""SELECT s.prefix AS record_id, s.high - s.low + 1 = {held} AS passed,
            CASE WHEN s.high IS NOT NULL THEN concat(s.high - s.low + 1 - {held}, ' missing between ', s.first, ' and ', s.last) END AS observed,
            'no number missing' AS expected, s.first_at AS "at", CASE WHEN s.high IS NULL THEN 'no-digits' END AS reason
        FROM (
            SELECT prefix, low, high, min(CASE WHEN digits = low THEN number END) AS first,
                max(CASE WHEN digits = high THEN number END) AS last, min(opened_at) AS first_at
            FROM (SELECT *, min(digits) OVER (PARTITION BY prefix) AS low, max(digits) OVER (PARTITION BY prefix) AS high FROM (
                {_split(f"SELECT r.{column} AS number, r.opened_at FROM scoped AS r WHERE r.{column} IS NOT NULL")}
            ) AS numbered) AS ranged GROUP BY prefix, low, high
        ) AS s LEFT JOIN (
            {_split(f"SELECT {column} AS number FROM every_number UNION ALL SELECT word AS number FROM mentioned")}
        ) AS k ON k.prefix = s.prefix AND k.digits BETWEEN s.low AND s.high
        GROUP BY s.prefix, s.low, s.high, s.first, s.last, s.first_at"""
    )


def _split(numbers: str) -> str:
    """SQL for the numbers of a query with the prefix and the digits of each."""
    digits = "regexp_extract(number, '[0-9]+$', 0)"
    return f"""SELECT *, regexp_replace(number, '[0-9]+$', '') AS prefix,
                CASE WHEN length({digits}) < 19 THEN TRY_CAST({digits} AS BIGINT) END AS digits FROM ({numbers}) AS listed"""

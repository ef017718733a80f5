"""Ticket numbers without holes: a hole may be a ticket that was left out of the export, or deleted.

Numbers are split into a prefix and the digits at their end; one verdict per prefix, from the first to the last number
in scope. A number that the export holds outside the scope or the audited period, or in a row that could not be read or was
not taken, as one of another kind of work with the same numbers, is not missing.

    check: {number-gaps: {column: number}}

Passing: INC001, INC002, INC003. Failing: INC001, INC003. Not testable: numbers without digits, and hexadecimal ids such as 9d385017c6,
which are not counted one by one.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.numbering import missing_numbers
from itsmctl.engine.sql import Fragment, name
from itsmctl.model import Rule

ID = "number-gaps"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["column"],
    "properties": {"column": {"enum": ["number", "record_id"], "description": "The column with the ticket numbers."}},
}
NAMES = {"column": "column"}


def needs(rule: Rule) -> Needs:
    """The number."""
    return Needs(columns=frozenset({str(rule.parameters["column"])}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per prefix; `observed` counts the numbers missing between the first and the last."""
    column = str(rule.parameters["column"])
    seen = f"SELECT word AS number FROM mentioned UNION ALL SELECT {name(column)} AS number FROM reject WHERE {name(column)} IS NOT NULL"
    return Fragment(
        f"""SELECT g.prefix AS record_id, g.missing = 0 AS passed,
            CASE WHEN g.missing IS NOT NULL THEN concat(g.missing, ' missing between ', g.first, ' and ', g.last) END AS observed,
            'no number missing' AS expected, g.first_at AS "at", CASE WHEN g.hexadecimal THEN 'hexadecimal' WHEN g.missing IS NULL THEN 'no-digits' END AS reason
        FROM ({missing_numbers(column, seen)}) AS g"""
    )

"""Many records by one person in a short time.

Every record that lies in such a burst is flagged. This is a pattern to ask about (a clean-up, an automatic job), so
rules mark it as an enquiry.

    check: {batch: {by: closed_by, at: closed_at, count: 20, within: 10m}}

Passing: 3 closed within 10 minutes. Flagged: each of 25 closed within 10 minutes.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, name
from itsmctl.model import PEOPLE_COLUMNS, TIME_COLUMNS, Rule
from itsmctl.worktime import parse_duration

ID = "batch"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["by", "at", "count", "within"],
    "properties": {
        "by": {"enum": list(PEOPLE_COLUMNS)},
        "at": {"enum": list(TIME_COLUMNS)},
        "count": {"type": "integer", "minimum": 2},
        "within": {"type": "string", "pattern": "^([0-9]+h([0-9]+m)?|[0-9]+m)$", "examples": ["10m"]},
    },
}
NAMES = {"by": "column", "at": "column"}


def needs(rule: Rule) -> Needs:
    """The person and the moment."""
    return Needs(columns=frozenset({str(rule.parameters["by"]), str(rule.parameters["at"])}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record that has both; `observed` is the size of the largest burst that it lies in."""
    by, at = f"r.{name(str(rule.parameters['by']))}", f"r.{name(str(rule.parameters['at']))}"
    seconds = parse_duration(str(rule.parameters["within"])).seconds
    return Fragment(
        f"""SELECT record_id, max(burst) OVER (PARTITION BY who ORDER BY moment RANGE BETWEEN {seconds} PRECEDING AND CURRENT ROW) < ? AS passed,
            concat(max(burst) OVER (PARTITION BY who ORDER BY moment RANGE BETWEEN {seconds} PRECEDING AND CURRENT ROW), ' within ', ?) AS observed,
            ? AS expected, moment AS "at", CAST(NULL AS VARCHAR) AS reason
        FROM (SELECT r.record_id, {by} AS who, {at} AS moment,
                count(*) OVER (PARTITION BY {by} ORDER BY {at} RANGE BETWEEN CURRENT ROW AND {seconds} FOLLOWING) AS burst
            FROM scoped AS r WHERE {by} IS NOT NULL AND {at} IS NOT NULL) AS burst""",
        (rule.parameters["count"], str(rule.parameters["within"]), f"fewer than {rule.parameters['count']}"),
    )

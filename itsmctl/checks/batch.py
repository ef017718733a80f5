"""Many records by one person in a short time.

Every record that lies in such a burst is flagged. This is a pattern to ask about (a clean-up, a meeting that decided on many), so
rules mark it as an enquiry. With `by: approvers` the approvals are counted, each at its own moment, which `at` then does not name.
What programs do through a service account is no pattern.

    check: {batch: {by: closed_by, at: closed_at, count: 20, within: 10m}}
    check: {batch: {by: approvers, count: 20, within: 5m}}

Passing: 3 closed within 10 minutes. Flagged: each of 25 closed within 10 minutes.
"""

from __future__ import annotations

from itsmctl.engine.acts import APPROVERS, approvals
from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import DURATION, seconds_of
from itsmctl.engine.people import known_as, machines
from itsmctl.engine.sql import Fragment, name
from itsmctl.model import PEOPLE_COLUMNS, TIME_COLUMNS, Rule

ID = "batch"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["by", "count", "within"],
    "if": {"properties": {"by": {"const": APPROVERS}}},
    "else": {"required": ["at"]},
    "properties": {
        "by": {"enum": [*PEOPLE_COLUMNS, APPROVERS]},
        "at": {"enum": list(TIME_COLUMNS)},
        "count": {"type": "integer", "minimum": 2},
        "within": DURATION,
    },
}
NAMES = {"at": "column"}


def needs(rule: Rule) -> Needs:
    """The person and the moment, or the approvals."""
    if rule.parameters["by"] == APPROVERS:
        return Needs(tables=frozenset({"approval"}))
    return Needs(columns=frozenset({str(rule.parameters["by"]), str(rule.parameters["at"])}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record that has both; `observed` is the size of the largest burst that it lies in."""
    count, seconds = rule.parameters["count"], seconds_of(rule, "within")
    return (
        Fragment(
            """SELECT r.record_id, max(b.n) < ? AS passed, concat(max(b.n), ' within ', ?) AS observed, ? AS expected, min(b.moment) AS "at", CAST(NULL AS VARCHAR) AS reason
            FROM scoped AS r JOIN (""",
            (count, str(rule.parameters["within"]), f"fewer than {count}"),
        )
        + Fragment(
            f"""SELECT tix, moment, max(burst) OVER (PARTITION BY who ORDER BY moment RANGE BETWEEN {seconds} PRECEDING AND CURRENT ROW) AS n
            FROM (SELECT tix, who, moment, count(*) OVER (PARTITION BY who ORDER BY moment RANGE BETWEEN CURRENT ROW AND {seconds} FOLLOWING) AS burst FROM ("""
        )
        + _done(rule)
        + f") AS done WHERE moment IS NOT NULL AND who NOT IN {machines()}) AS bursts) AS b ON b.tix = r.tix GROUP BY r.record_id"
    )


def _done(rule: Rule) -> Fragment:
    """SELECT of what was done: tix, who, moment."""
    if rule.parameters["by"] == APPROVERS:
        who, by_name = known_as("a.approver", "w")
        return Fragment(f"SELECT a.tix, {who} AS who, a.moment FROM (") + approvals() + f") AS a{by_name}"
    by, at = f"r.{name(str(rule.parameters['by']))}", f"r.{name(str(rule.parameters['at']))}"
    who, by_name = known_as(by, "w")
    return Fragment(f"SELECT r.tix, {who} AS who, {at} AS moment FROM scoped AS r{by_name}")

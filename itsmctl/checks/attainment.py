"""Clock attainment per group against the share that the agreement promises.

Records count in the month in which their clock stopped (in the audit's zone); those that still run beyond their
target count in the month in which the audit judges them: at midnight, the month that has just ended. Where several agreements
hold in one group, as for two customers of a service, there is a group for each, named with the agreement. A group with fewer
records than `minimum` is counted but not judged; one whose untestable records could turn the verdict either way is not testable.

With `complete` no group passes that would not pass if every ticket whose number is missing from the export (see `number-gaps`),
or stands in a row that could not be read, belonged to it and was late. What fails without them fails: nobody gains by leaving tickets out. An export without the
numbers is judged as it is.

    check: {attainment: {clock: resolution, per: [service, month], minimum: 10}}
    check: {attainment: {clock: resolution, per: [service, month], minimum: 10, complete: number}}

Passing: 57 of 60 met, 95% promised. Failing: 50 of 60. Not testable with `complete`: 57 of 60 met, and one number is missing.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.grouping import clock_columns, key_of
from itsmctl.engine.numbering import missing_numbers
from itsmctl.engine.parameters import CLOCK, MINIMUM
from itsmctl.engine.sql import Fragment, agreed_text, literal_rows, name, percent_text
from itsmctl.model import RECORD_COLUMNS, Rule

ID = "attainment"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["clock", "per"],
    "properties": {
        "clock": CLOCK,
        "per": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": ["month", *RECORD_COLUMNS]},
            "description": "The columns by whose values records are grouped; `month` is the month in which the clock stopped.",
        },
        "minimum": MINIMUM,
        "complete": {
            "enum": ["number", "record_id"],
            "description": "The column with the ticket numbers: a missing number counts as a ticket that was late; left out, missing numbers count as nothing.",
        },
    },
}
NAMES = {"clock": "clock", "complete": "column"}


def needs(rule: Rule) -> Needs:
    """The moment at which records open."""
    return Needs(columns=frozenset({"opened_at"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per group and agreement; `observed` is `share % (met of judged)`."""
    clock = str(rule.parameters["clock"])
    per = rule.parameters["per"]
    assert isinstance(per, tuple)
    columns = clock_columns([str(column) for column in per])
    agreed = [(a.id, a.attainment[clock]) for a in context.definitions.agreements.values() if clock in a.attainment]
    minimum = rule.parameters.get("minimum", 1)
    met = "count(*) FILTER (WHERE c.verdict = 'met')"
    unknown = "count(*) FILTER (WHERE c.verdict = 'not_testable' OR u.tix IS NOT NULL)"
    judged = f"(count(*) - {unknown})"
    kept = f"100.0 * {met} / count(*) >= p.agreed"
    hidden = f"({kept}) AND 100.0 * {met} / (count(*) + max(l.missing)) < p.agreed"
    missed = f"100.0 * ({met} + {unknown}) / count(*) < p.agreed"
    return (
        Fragment(
            f"""SELECT CASE WHEN count(*) OVER (PARTITION BY record_id) > 1 THEN concat(record_id, ' / ', agreement) ELSE record_id END AS record_id,
                passed, observed, expected, "at", reason FROM (
            SELECT {key_of(columns)} AS record_id, c.agreement, CASE WHEN count(*) < ? OR ({hidden}) THEN NULL WHEN {kept} THEN true WHEN {missed} THEN false END AS passed,
            concat({percent_text(f"(100.0 * {met} / greatest({judged}, 1))", "p.agreed")}, ' (', {met}, ' of ', {judged}, ')') AS observed,
            concat('at least ', {agreed_text("p.agreed")}, ' (', c.agreement, ')') AS expected, min(c.start) AS "at",
            CASE WHEN count(*) < ? THEN 'too-few' WHEN {hidden} THEN 'numbers-missing' WHEN NOT ({kept}) AND NOT ({missed}) THEN 'undecided' END AS reason
            FROM scoped AS r JOIN clock AS c ON c.tix = r.tix AND c.clock = ?
                AND c.verdict IN ('met', 'breached', 'running_breached', 'not_testable')
            LEFT JOIN unbelieved AS u ON u.tix = c.tix AND u.clock = c.clock
            CROSS JOIN ({_missing(rule)}) AS l JOIN """,
            (minimum, minimum, clock),
        )
        + literal_rows(agreed or [("", 0.0)], "p", ("agreement", "agreed"))
        + f" ON p.agreement = c.agreement GROUP BY {', '.join(columns)}, c.agreement, p.agreed) AS g"
    )


def _missing(rule: Rule) -> str:
    """SQL for one row: how many tickets the numbers say are missing, 0 where nobody asks or nobody can tell."""
    if "complete" not in rule.parameters:
        return "SELECT 0 AS missing"
    column = str(rule.parameters["complete"])
    elsewhere = f"SELECT {name(column)} AS number FROM reject WHERE reason = 'left-out' AND {name(column)} IS NOT NULL"
    return f"SELECT coalesce(sum(g.missing), 0) AS missing FROM ({missing_numbers(column, elsewhere)}) AS g"

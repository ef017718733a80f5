"""Clock attainment per group against the share that the agreement promises.

Records count in the month in which their clock stopped (in the export's zone); those that still run beyond their
target count in the month of the audit. A group with fewer judged records than `minimum` is not judged.

    check: {attainment: {clock: resolution, per: [service, month], minimum: 10}}

Passing: 57 of 60 met, 95 % promised. Failing: 50 of 60.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, literal_rows, name
from itsmctl.model import RECORD_COLUMNS, Rule

ID = "attainment"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["clock", "per"],
    "properties": {
        "clock": {"type": "string"},
        "per": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": ["month", *RECORD_COLUMNS]}},
        "minimum": {"type": "integer", "minimum": 1},
    },
}
NAMES = {"clock": "clock"}


def needs(rule: Rule) -> Needs:
    """The moment at which records open."""
    return Needs(columns=frozenset({"opened_at"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per group and agreement; `observed` is `share % (met of judged)`."""
    clock = str(rule.parameters["clock"])
    per = rule.parameters["per"]
    assert isinstance(per, tuple)
    columns = ["c.month" if column == "month" else f"r.{name(str(column))}" for column in per]
    key = ", ' / ', ".join(f"coalesce(CAST({column} AS VARCHAR), '-')" for column in columns)
    agreed = [(a.id, a.attainment[clock]) for a in context.definitions.agreements.values() if clock in a.attainment]
    met = "count(*) FILTER (WHERE c.verdict = 'met')"
    return (
        Fragment(
            f"""SELECT concat({key}) AS record_id, 100.0 * {met} / count(*) >= p.agreed AS passed,
            concat(CAST(round(100.0 * {met} / count(*), 1) AS VARCHAR), ' % (', {met}, ' of ', count(*), ')') AS observed,
            concat('at least ', CAST(p.agreed AS VARCHAR), ' % (', c.agreement, ')') AS expected, min(c.start) AS "at", CAST(NULL AS VARCHAR) AS reason
            FROM scoped AS r JOIN clock AS c ON c.tix = r.tix AND c.clock = ? AND c.verdict IN ('met', 'breached', 'running_breached')
            JOIN """,
            (clock,),
        )
        + literal_rows(agreed or [("", 0.0)], "p", ("agreement", "agreed"))
        + Fragment(
            f" ON p.agreement = c.agreement GROUP BY {', '.join(columns)}, c.agreement, p.agreed HAVING count(*) >= ?",
            (rule.parameters.get("minimum", 1),),
        )
    )

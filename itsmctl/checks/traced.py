"""A history that reaches back to the beginning of the record, in which each change takes up where the one before it ended.

The first change of the `field` must be its first value, set no later than `within` after the record was opened or stored, or
name the value before it: then the tool keeps changes only, and nothing is missing. Each further change must take up where the
one before it ended. What the import could not read of a history, and a last state that is not the one exported, leave it not
testable, as they do for every check that looks at histories.

    check: {traced: {field: state, within: 1h}}

Passing: `new` at the opening, then in-progress, resolved. Failing: the log begins two days later with in-progress; resolved is
followed by a change from `new`. Not testable: no change of the field at all; the opening is not known.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import DURATION, seconds_of
from itsmctl.engine.sql import Fragment, duration_text
from itsmctl.model import TEXT_COLUMNS, Rule

ID = "traced"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["field", "within"],
    "properties": {
        "field": {"enum": list(TEXT_COLUMNS), "description": "The field whose history is looked at."},
        "within": {
            **DURATION,
            "description": "How long after the opening its first value may be set, in hours, minutes and seconds, such as `1h`.",
        },
    },
}
NAMES = {"field": "column"}


def needs(rule: Rule) -> Needs:
    """The moment of opening, and the history of the field."""
    return Needs(columns=frozenset({"opened_at"}), history=frozenset({str(rule.parameters["field"])}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is how late its history begins, or where it has a gap."""
    field, within = str(rule.parameters["field"]), seconds_of(rule, "within")
    begun = "greatest(r.opened_at, coalesce(r.recorded_at, r.opened_at))"
    late = f"h.before IS NULL AND h.first_at > {begun} + {within}"
    unread, stored = _stored_unread(context)
    unknown = f"h.tix IS NULL OR r.opened_at IS NULL OR ({unread} IS NOT NULL AND {late})"
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN h.torn IS NOT NULL THEN false WHEN {unknown} THEN NULL ELSE NOT ({late}) END AS passed,
            CASE WHEN h.torn IS NOT NULL THEN concat('gap before: ', h.torn) WHEN {unknown} THEN NULL
                WHEN {late} THEN concat('begins late: ', {duration_text(f"h.first_at - {begun}")}) ELSE 'from the beginning' END AS observed,
            ? AS expected, coalesce(h.torn_at, h.first_at, r.opened_at) AS "at",
            CASE WHEN h.torn IS NOT NULL THEN NULL WHEN h.tix IS NULL THEN ? WHEN r.opened_at IS NULL THEN 'missing:opened_at' WHEN {unknown} THEN concat({unread}, ':recorded_at') END AS reason
        FROM scoped AS r{stored} LEFT JOIN (
            SELECT tix, min(moment) AS first_at, max(CASE WHEN earlier IS NULL THEN old END) AS before, min(CASE WHEN old <> was THEN moment END) AS torn_at,
                min_by(CASE WHEN old <> was THEN concat(coalesce(old, '-'), ' -> ', coalesce(new, '-')) END, CASE WHEN old <> was THEN seq END) AS torn
            FROM (SELECT tix, seq, moment, old, new, {context.neighbour("new")} AS was, {context.neighbour("tix")} AS earlier """,
            (f"from the beginning, within {rule.parameters['within']}", f"no-history:{field}"),
        )
        + context.changes_of(field)
        + Fragment(" AND moment <= ?) AS told GROUP BY tix) AS h ON h.tix = r.tix", (context.as_of,))
    )


def _stored_unread(context: Context) -> tuple[str, str]:
    """SQL for why nobody knows when a record was stored, before which it has no history, or NULL; and the join that it needs."""
    if "recorded_at" not in context.lacking:
        return "NULL", ""
    return (
        "u.why",
        """ LEFT JOIN (SELECT tix, min(why) AS why FROM lacking WHERE "column" = 'recorded_at' GROUP BY tix) AS u ON u.tix = r.tix""",
    )

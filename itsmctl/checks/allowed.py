"""Values that a field may have: a list, a code list in force when the record was opened, or the states of a process.

With `history: true` every value that the field ever had is looked at, not only the last; what the first change names as
before it is one of them.

    check: {allowed: {column: priority, codes: priority}}
    check: {allowed: {column: state, states: incident, history: true}}
    check: {allowed: {column: reported_sla_met, values: [true]}}

Passing: state `resolved`. Failing: state `-100`. An empty value cannot be judged; `required` asks for one.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.spans import values_of
from itsmctl.engine.sql import Fragment, join, name, number_of, quote
from itsmctl.model import Code, Effective, Rule

ID = "allowed"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["column"],
    "minProperties": 2,
    "properties": {
        "column": {"type": "string", "description": "The column whose values are judged."},
        "values": {
            "type": "array",
            "minItems": 1,
            "items": {"type": ["string", "number", "boolean"]},
            "description": "The values that are allowed.",
        },
        "codes": {
            "type": "string",
            "description": "The code list whose codes, in force when the record was opened, are allowed, by its id.",
        },
        "states": {"type": "string", "description": "The process whose states are allowed, by its id."},
        "history": {
            "type": "boolean",
            "description": "Whether every value that the field ever had is judged, and not only the last; default: false.",
        },
    },
}
NAMES = {"column": "column", "codes": "code-list", "states": "process"}


def needs(rule: Rule) -> Needs:
    """The column, and its history where that is looked at."""
    column = frozenset({str(rule.parameters["column"])})
    return Needs(columns=column, history=column if rule.parameters.get("history") else frozenset())


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the value, or with history the smallest value that is not allowed."""
    column = str(rule.parameters["column"])
    codes = _codes(rule, context)
    expected = ", ".join(code.id for code in codes)
    value = f"CAST(r.{name(column)} AS VARCHAR)"
    inside = _allowed(codes, value, context)
    if not rule.parameters.get("history"):
        return (
            Fragment(f"SELECT r.record_id, CASE WHEN r.{name(column)} IS NULL THEN NULL ELSE ")
            + inside
            + Fragment(
                f""" END AS passed, {value} AS observed, ? AS expected, r.opened_at AS "at",
                CASE WHEN r.{name(column)} IS NULL THEN {quote("missing:" + column)} ELSE 'missing:opened_at' END AS reason FROM scoped AS r""",
                (expected,),
            )
        )
    bad = (
        "SELECT e.tix, min(e.value) AS worst, min(e.t0) AS first_at FROM ("
        + values_of(column, context)
        + ") AS e JOIN scoped AS r ON r.tix = e.tix WHERE NOT "
        + _allowed(codes, "e.value", context)
        + " GROUP BY e.tix"
    )
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN b.tix IS NOT NULL THEN false WHEN r.{name(column)} IS NULL THEN NULL ELSE """
        )
        + inside
        + Fragment(
            f""" END AS passed, coalesce(b.worst, {value}) AS observed, ? AS expected, coalesce(b.first_at, r.opened_at) AS "at",
            CASE WHEN b.tix IS NULL AND r.{name(column)} IS NULL THEN {quote("missing:" + column)} ELSE 'missing:opened_at' END AS reason
            FROM scoped AS r LEFT JOIN (""",
            (expected,),
        )
        + bad
        + ") AS b ON b.tix = r.tix"
    )


def _codes(rule: Rule, context: Context) -> tuple[Code, ...]:
    definitions, parameters = context.definitions, rule.parameters
    if "codes" in parameters:
        return definitions.code_lists[str(parameters["codes"])].codes
    if "states" in parameters:
        return tuple(
            Code(state.id, state.title, Effective())
            for state in definitions.processes[str(parameters["states"])].states
        )
    values = parameters.get("values", ())
    assert isinstance(values, tuple)
    return tuple(Code(number_of(value), rule.title, Effective()) for value in values)


def _allowed(codes: tuple[Code, ...], value: str, context: Context) -> Fragment:
    """A boolean: `value` is one of the codes, in force when the record was opened (days in the audit's zone)."""
    always = [code.id for code in codes if code.effective == Effective()]
    parts = [Fragment(f"{value} IN ({', '.join('?' * len(always))})", tuple(always))] if always else []
    parts += [
        Fragment(
            f"({value} = ? AND r.opened_at >= ? AND r.opened_at < ?)",
            (code.id, context.first_moment(code.effective), context.end_moment(code.effective)),
        )
        for code in codes
        if code.effective != Effective()
    ]
    return Fragment("(") + (join(" OR ", parts) if parts else Fragment("false")) + ")"

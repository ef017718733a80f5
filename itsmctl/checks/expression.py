"""A condition of its own over the columns of a record, for what no other check says.

It is written as SQL knows it: columns of the record; texts in single quotes, numbers, `true`, `false`, `NULL`; `AND`,
`OR`, `NOT`, `=`, `<>`, `<`, `<=`, `>`, `>=`, `IS NULL`, `IN (…)`, `BETWEEN`, `CASE WHEN`; `+`, `-`, `*`, `/`; and the functions
`lower`, `upper`, `trim`, `length`, `contains`, `starts_with`, `ends_with`, `abs`, `round`, `coalesce`, `nullif`, `greatest`, `least`,
`hours` and `minutes`. Two moments differ by a duration, which `hours(4)` is too. Nothing else is allowed, and types must fit: `validate`
says where they do not. Two columns of people are equal where they name the same person, be it under another name that an assignment lists
under `also-called`; through a shared account that may be anybody. An empty column answers nothing: what it decides is unknown, also what a `CASE WHEN` picks by it (in SQL that would
count as false); `coalesce(major, false)` says what an empty one means. `greatest` and `least` pass over what is empty. Another check that says the same is better: a change of its parameters is understood by review.

    check: {expression: {that: "closure_code <> 'duplicate' OR parent IS NOT NULL"}}
    check: {expression: {that: "resolved_at - opened_at >= minutes(1) OR channel = 'monitoring'"}}

Passing: a duplicate that names its parent. Failing: one that names none. Not testable: a column that decides is empty.
"""

from __future__ import annotations

from functools import cache

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.expressions import COLUMNS, Compiled, compile_expression, person_in
from itsmctl.engine.people import called, known_as
from itsmctl.engine.sql import Fragment, moment_text, name, quote
from itsmctl.model import PEOPLE_COLUMNS, Rule

ID = "expression"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["that"],
    "properties": {
        "that": {
            "type": "string",
            "minLength": 1,
            "description": "The condition that must hold, written as in SQL over the columns of the record.",
        }
    },
}
NAMES = {"that": "expression"}


def needs(rule: Rule) -> Needs:
    """Every column that it reads."""
    return Needs(columns=frozenset(_compiled(rule).columns) - {"record_id", "process"})


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` are the values that it looked at."""
    compiled = _compiled(rule)
    values = ", ".join(f"concat({quote(column + ' = ')}, {_shown(column)})" for column in compiled.columns)
    told = f"concat_ws(', ', {values})" if values else "''"
    records, shared = _with_people(compiled)
    empty = ", ".join(f"CASE WHEN r.{name(column)} IS NULL THEN {quote(column)} END" for column in compiled.columns)
    return (
        "SELECT record_id, passed, observed, expected, \"at\", CASE WHEN passed IS NULL THEN CASE WHEN empty = '' AND some_shared THEN 'shared-account' WHEN empty = '' THEN 'no-answer' ELSE concat('missing:', empty) END END AS reason FROM (SELECT r.record_id, "
        + compiled.sql
        + Fragment(
            f""" AS passed, {told} AS observed, ? AS expected, r.opened_at AS "at", concat_ws(',', {empty or "NULL"}) AS empty, {shared} AS some_shared FROM {records}) AS judged""",
            (str(rule.parameters["that"]),),
        )
    )


def _with_people(compiled: Compiled) -> tuple[str, str]:
    """SQL for the records `r` with the people whom it compares, and for whether one of them acted through a shared account."""
    compared = [c for c in compiled.columns if c in PEOPLE_COLUMNS and person_in(c) in compiled.sql.text]
    if not compared:
        return "scoped AS r", "false"
    known = {column: known_as(f"s.{name(column)}", f"w{number}") for number, column in enumerate(compared)}
    told = ", ".join(f"{one.one} AS {person_in(column).removeprefix('r.')}" for column, one in known.items())
    shared = " OR ".join(one.shared for one in known.values())
    joined = "".join(one.join for one in known.values())
    return f"(SELECT s.*, {told}, {shared} AS some_shared FROM scoped AS s{joined}) AS r", "r.some_shared"


def _compiled(rule: Rule) -> Compiled:
    return _read(str(rule.parameters["that"]))


@cache
def _read(text: str) -> Compiled:
    compiled = compile_expression(text)
    assert isinstance(compiled, Compiled), "validate refuses any other"
    return compiled


def _shown(column: str) -> str:
    """SQL for a value as reports show it, a dash where it is empty."""
    text = moment_text(f"r.{name(column)}") if COLUMNS[column] == "moment" else f"CAST(r.{name(column)} AS VARCHAR)"
    if column in PEOPLE_COLUMNS:
        text = f"CASE WHEN {text} IS NOT NULL THEN {called(text)} END"
    return f"coalesce({text}, '–')"

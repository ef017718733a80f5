"""Evidence that is kept beside the tickets: a row of a register, recent, complete, and of the kind that is demanded.

Without `per` the register as a whole is judged by its newest row, with `per: supplier` every supplier in force by the
newest row about it (`listed: true`: only those that the register names), with `per: row` every row by itself. Only rows
that meet `where` count. A row is as old as the day in the register's date, or in the column under `dated`; rows of days after
the moment of the audit are not looked at, nor with `per: row` those older than `back`. The newest row may be no older than
`fresh-for`, else than the register says. `required` columns are filled, `must` holds, and what has a day under
`in-time: {due, done}` was done by then; while that day is to come, it need not be.

    check: {register: {register: supplier-reviews, per: supplier, fresh-for: 12mo, required: [result, actions]}}

Passing: reviewed four months ago, with result and actions. Failing: reviewed two years ago, never, or without a result.
Not testable: a register without a single row that counts by then; with `per: row`, a row without its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import texts
from itsmctl.engine.registers import KEY, ORDER, PLACE, row_condition, subjects_of, table_of
from itsmctl.engine.sql import Fragment, join, literal_rows, name, quote
from itsmctl.model import Condition, Register, Rule, months_after
from itsmctl.zones import local_day

ID = "register"
_SPAN: Mapping[str, object] = {"type": "string", "pattern": "^[1-9][0-9]{0,2}(mo|d)$", "examples": ["12mo"]}
_COLUMN: Mapping[str, object] = {"type": "string", "pattern": "^[a-z][a-z0-9]*([-_][a-z0-9]+)*$"}
_CONDITIONS: Mapping[str, object] = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": _COLUMN,
    "additionalProperties": {"$ref": "common.schema.json#/definitions/condition"},
}
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["register"],
    "properties": {
        "register": {"type": "string", "description": "The register, by its id."},
        "per": {
            **_COLUMN,
            "description": "What each must have a row of its own, such as `supplier`; `row` judges every row; left out, the register as a whole is judged.",
        },
        "listed": {
            "const": True,
            "description": "Only those that the register names are judged, and not every one in force.",
        },
        "dated": {**_COLUMN, "description": "The column with the day of a row; default: the date of the register."},
        "fresh-for": {
            **_SPAN,
            "description": "How old the newest row may be, in months (`12mo`) or days (`90d`); default: as the register says.",
        },
        "back": {
            **_SPAN,
            "description": "With `per: row`, how old the rows are at most that are looked at, in months (`12mo`) or days (`90d`); default: all of them.",
        },
        "where": {**_CONDITIONS, "description": "Which rows count; left out, all do."},
        "required": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": _COLUMN,
            "description": "Columns that must be filled.",
        },
        "must": {**_CONDITIONS, "description": "What the row must be, by column."},
        "in-time": {
            "type": "object",
            "additionalProperties": False,
            "required": ["due", "done"],
            "properties": {
                "due": {**_COLUMN, "description": "The column with the day by which it is due."},
                "done": {
                    **_COLUMN,
                    "description": "The column with the day on which it was done; empty where it is not.",
                },
            },
            "description": "What has a day by which it is due must have been done by then.",
        },
    },
    "if": {"properties": {"per": {"const": "row"}}, "required": ["per"]},
    "then": {
        "not": {"anyOf": [{"required": ["fresh-for"]}, {"required": ["listed"]}]},
        "anyOf": [{"required": ["required"]}, {"required": ["must"]}, {"required": ["in-time"]}],
    },
    "else": {"not": {"required": ["back"]}},
    "dependencies": {"listed": ["per"]},
}
NAMES = {"register": "register"}
ROW = "row"


def needs(rule: Rule) -> Needs:
    """Nothing of the export: the rows stand beside it."""
    return Needs()


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per subject; `observed` is where the newest row stands and what is wrong with it."""
    register = context.definitions.registers[str(rule.parameters["register"])]
    if rule.parameters.get("per") == ROW:
        return _each_row(rule, register, context)
    return _each_subject(rule, register, context)


def _each_row(rule: Rule, register: Register, context: Context) -> Fragment:
    """The rows, or where the register has none the register itself, which then is not testable."""
    day = _dated(rule, register)
    told = f"w.{name(day)} IS NOT NULL" if day else "true"
    expected, recent = Fragment("? AS expected", (_expected(rule, "a row"),)), ""
    if day and "back" in rule.parameters:
        first = _days_ago(context, str(rule.parameters["back"]))
        recent = f" WHERE w.{name(day)} IS NULL OR w.{name(day)} >= {quote(first)}"
    return (
        f"SELECT v.{KEY} AS record_id, CASE WHEN v._told THEN v._flaws = '' END AS passed, CASE WHEN v._told THEN concat(v.{PLACE}, v._flaws) END AS observed, "
        + expected
        + f""", {context.as_of} AS "at", CASE WHEN NOT v._told THEN {quote(f"row-without-day:{day}")} END AS reason FROM (SELECT w.*, {told} AS _told, """
        + _flaws(rule, register, context)
        + " AS _flaws FROM ("
        + _rows(rule, register, context, undated=True)
        + f""") AS w{recent}) AS v UNION ALL SELECT {quote(register.id)} AS record_id, CAST(NULL AS BOOLEAN) AS passed, CAST(NULL AS VARCHAR) AS observed, """
        + expected
        + f""", {context.as_of} AS "at", {quote("no-rows:" + register.id)} AS reason WHERE NOT EXISTS (SELECT 1 FROM {table_of(register)} AS k WHERE {_known(day, context)})"""
    )


def _each_subject(rule: Rule, register: Register, context: Context) -> Fragment:
    day, age = _dated(rule, register), _age(rule, register)
    shown = f"n.{name(day)}, ': ', " if day else ""
    place = f"concat({shown}n.{PLACE}, n._flaws)"
    return (
        Fragment(
            f"""SELECT s.id AS record_id, CASE WHEN e.n > 0 THEN coalesce(n._flaws = '', false) END AS passed,
            CASE WHEN e.n > 0 THEN CASE WHEN n._about IS NULL THEN 'no row' ELSE {place} END END AS observed, ? AS expected,
            {context.as_of} AS "at", CASE WHEN e.n = 0 THEN {quote("no-rows:" + register.id)} END AS reason FROM """,
            (_expected(rule, f"a row of the last {_age_text(age)}" if age else "a row"),),
        )
        + _subjects(rule, register, context)
        + f" CROSS JOIN (SELECT count(*) AS n FROM {table_of(register)} AS k WHERE {_by_then(day, context)}) AS e LEFT JOIN ("
        + _newest(rule, register, context)
        + ") AS n ON n._about = s.id"
    )


def _newest(rule: Rule, register: Register, context: Context) -> Fragment:
    """SELECT of the newest row about each subject, with whom it is `_about` and its `_flaws`."""
    day, per = _dated(rule, register), str(rule.parameters.get("per", ""))
    about = f"w.{name(per)}" if per else quote(register.id)
    newest = f"w.{name(day)} DESC, w.{ORDER} DESC" if day else f"w.{ORDER} DESC"
    return (
        f"SELECT * FROM (SELECT w.*, {about} AS _about, row_number() OVER (PARTITION BY {about} ORDER BY {newest}) AS _rank, "
        + _flaws(rule, register, context)
        + " AS _flaws FROM ("
        + _rows(rule, register, context, undated=False)
        + ") AS w) AS o WHERE o._rank = 1"
    )


def _rows(rule: Rule, register: Register, context: Context, *, undated: bool) -> Fragment:
    """SELECT of the rows that meet `where` and are of a day up to the audit, or perhaps of none."""
    day = _dated(rule, register)
    known = _known(day, context) if undated else _by_then(day, context)
    met = [row_condition(register, c, "k") for c in _conditions(rule, "where")]
    return Fragment(f"SELECT k.* FROM {table_of(register)} AS k WHERE ") + join(" AND ", (Fragment(known), *met))


def _by_then(day: str, context: Context) -> str:
    return f"k.{name(day)} <= {quote(_today(context).isoformat())}" if day else "true"


def _known(day: str, context: Context) -> str:
    """The same, or of no day at all: such a row may be of any."""
    return f"(k.{name(day)} IS NULL OR {_by_then(day, context)})" if day else "true"


def _flaws(rule: Rule, register: Register, context: Context) -> Fragment:
    """SQL for what is wrong with a row `w`: '' for nothing, else `; empty: result`, `; too old` and so on."""
    day, age = _dated(rule, register), _age(rule, register)
    parts = []
    if age:
        parts.append(
            Fragment(f"CASE WHEN w.{name(day)} < {quote(_days_ago(context, age))} THEN '; too old' ELSE '' END")
        )
    required = texts(rule, "required")
    if required:
        empty = ", ".join(f"CASE WHEN w.{name(c)} IS NULL THEN {quote(c)} END" for c in required)
        parts.append(_listed("empty", Fragment(empty)))
    if conditions := _conditions(rule, "must"):
        unmet = (
            "CASE WHEN NOT "
            + row_condition(register, c, "w")
            + f" THEN concat({quote(c.column + ' = ')}, coalesce(CAST(w.{name(c.column)} AS VARCHAR), '-')) END"
            for c in conditions
        )
        parts.append(_listed("not as demanded", join(", ", unmet)))
    if (term := rule.parameters.get("in-time")) and isinstance(term, Mapping):
        due, done = f"w.{name(str(term['due']))}", f"w.{name(str(term['done']))}"
        today = quote(_today(context).isoformat())  # what was done later was not done by then
        parts.append(
            Fragment(
                f"CASE WHEN least(coalesce({done}, {today}), {today}) > {due} THEN concat('; after its day: ', {due}) ELSE '' END"
            )
        )
    return "concat(''" + join("", (", " + part for part in parts)) + ")"


def _listed(what: str, flaws: Fragment) -> Fragment:
    """SQL for `; what: a, b` with those of the texts that are not NULL; '' for none."""
    return f"coalesce({quote(f'; {what}: ')} || nullif(concat_ws(', ', " + flaws + "), ''), '')"


def _subjects(rule: Rule, register: Register, context: Context) -> Fragment:
    """The relation `s(id)` of what a verdict is about."""
    per = str(rule.parameters.get("per", ""))
    if not per:
        return literal_rows([(register.id,)], "s", ("id",))
    if "listed" in rule.parameters:
        rows = _rows(rule, register, context, undated=True)
        return f"(SELECT DISTINCT k.{name(per)} AS id FROM (" + rows + f") AS k WHERE k.{name(per)} IS NOT NULL) AS s"
    column = register.column(per)
    assert column is not None  # the references of definitions were checked
    subjects = subjects_of(context.definitions, column.to, _today(context))
    if not subjects:
        return Fragment("(SELECT '' AS id WHERE false) AS s")
    return literal_rows([(one,) for one in subjects], "s", ("id",))


def _dated(rule: Rule, register: Register) -> str:
    return str(rule.parameters.get("dated", register.dated))


def _age(rule: Rule, register: Register) -> str:
    """How old the newest row may be, '' where it may be of any age; single rows are of their own time."""
    if rule.parameters.get("per") == ROW or not _dated(rule, register):
        return ""
    return str(rule.parameters.get("fresh-for", f"{register.fresh_for}mo" if register.fresh_for else ""))


def _age_text(age: str) -> str:
    return f"{age.removesuffix('mo')} months" if age.endswith("mo") else f"{age.removesuffix('d')} days"


def _today(context: Context) -> date:
    """The last day that the moment of the audit lets us see; midnight still belongs to the day before."""
    return local_day(context.as_of - 1, context.zone)


def _days_ago(context: Context, age: str) -> str:
    today = _today(context)
    if age.endswith("mo"):
        return months_after(today, -int(age.removesuffix("mo"))).isoformat()
    return (today - timedelta(days=int(age.removesuffix("d")))).isoformat()


def _conditions(rule: Rule, key: str) -> tuple[Condition, ...]:
    found = rule.parameters.get(key, ())
    return tuple(c for c in found if isinstance(c, Condition)) if isinstance(found, tuple) else ()


def _expected(rule: Rule, row: str) -> str:
    parts = [row]
    if required := texts(rule, "required"):
        parts.append("filled: " + ", ".join(required))
    if conditions := _conditions(rule, "must"):
        parts.append("as demanded: " + ", ".join(_condition_text(c) for c in conditions))
    if "in-time" in rule.parameters:
        parts.append("done by its day")
    return "; ".join(parts)


def _condition_text(c: Condition) -> str:
    signs = {"in": "=", "not-in": "≠", "at-least": "≥", "at-most": "≤", "present": "≠ -", "absent": "= -"}
    values = "/".join(str(v).lower() if isinstance(v, bool) else str(v) for v in c.values)
    return f"{c.column} {signs[c.test]} {values}".rstrip()

"""Time between two moments of a record, by the wall clock.

With `running: true` a record without the second moment is measured up to the moment of the audit. With `may-precede:
true` the second moment may also lie before the first, as when a record is stored long before it is resolved; without
it such times contradict each other, and nothing can be measured.

    check: {elapsed-within: {from: opened_at, to: recorded_at, most: 24h}}
    check: {elapsed-within: {from: resolved_at, to: recorded_at, most: 15m, may-precede: true}}

Passing: stored 20 minutes after it was opened. Failing: stored two days later. Not testable: a moment is missing, or
stored before it was opened.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, duration_text, name, quote
from itsmctl.model import TIME_COLUMNS, Rule
from itsmctl.worktime import parse_duration

ID = "elapsed-within"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["from", "to", "most"],
    "properties": {
        "from": {"enum": list(TIME_COLUMNS)},
        "to": {"enum": list(TIME_COLUMNS)},
        "most": {"type": "string", "pattern": "^([0-9]+h([0-9]+m)?|[0-9]+m)$", "examples": ["24h"]},
        "running": {"type": "boolean"},
        "may-precede": {"type": "boolean"},
    },
}
NAMES = {"from": "column", "to": "column"}


def needs(rule: Rule) -> Needs:
    """Both moments."""
    return Needs(columns=frozenset({str(rule.parameters["from"]), str(rule.parameters["to"])}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the time elapsed."""
    start, end = str(rule.parameters["from"]), str(rule.parameters["to"])
    first, last = f"r.{name(start)}", f"r.{name(end)}"
    if rule.parameters.get("running"):
        last = f"coalesce({last}, {int(context.as_of)})"
    most = parse_duration(str(rule.parameters["most"])).seconds
    backwards = "false" if rule.parameters.get("may-precede") else f"{last} < {first}"
    return Fragment(
        f"""SELECT r.record_id, CASE WHEN {backwards} THEN NULL ELSE {last} - {first} <= ? END AS passed, {duration_text(f"{last} - {first}")} AS observed,
            ? AS expected, {first} AS "at",
            CASE WHEN {first} IS NULL THEN {quote("missing:" + start)} WHEN {last} IS NULL THEN {quote("missing:" + end)}
                WHEN {backwards} AND r.{name(end)} IS NULL THEN 'after-as-of' WHEN {backwards} THEN {quote(f"runs-backwards:{start},{end}")} END AS reason
        FROM scoped AS r""",
        (most, f"at most {rule.parameters['most']}"),
    )

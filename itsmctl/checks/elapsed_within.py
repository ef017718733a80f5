"""Time between two moments of a record, by the wall clock or in the hours of a calendar.

With `running: true` a record without the second moment is measured up to the moment of the audit; one that is resolved, or closed,
without saying when, or may be as nobody translates its state, is late only perhaps. With `may-precede:
true` the second moment may also lie before the first, as when a record is stored long before it is resolved; without
it such times contradict each other, and nothing can be measured.

    check: {elapsed-within: {from: opened_at, to: recorded_at, most: 24h}}
    check: {elapsed-within: {from: resolved_at, to: recorded_at, most: 15m, may-precede: true}}
    check: {elapsed-within: {from: resolved_at, to: reviewed_at, most: 5bd, calendar: cn-office, running: true}}

Passing: stored 20 minutes after it was opened. Failing: stored two days later. Not testable: a moment is missing, or
stored before it was opened; fulfilled, and nobody says when.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.life import closed, done, not_yet
from itsmctl.engine.openings import BOUND, bound_of, counted_until, days_need_calendar, join_day
from itsmctl.engine.parameters import CALENDAR
from itsmctl.engine.sql import Fragment, duration_text, name, quote
from itsmctl.model import TIME_COLUMNS, Rule

ID = "elapsed-within"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["from", "to", "most"],
    "properties": {
        "from": {"enum": list(TIME_COLUMNS), "description": "The moment from which time counts."},
        "to": {"enum": list(TIME_COLUMNS), "description": "The moment up to which time counts."},
        "most": {
            **BOUND,
            "description": "The longest time that still passes, in hours and minutes (`24h`, `15m`) or business days (`5bd`).",
        },
        "calendar": CALENDAR,
        "running": {
            "type": "boolean",
            "description": "Whether a record without the second moment is measured up to the moment of the audit; default: false.",
        },
        "may-precede": {
            "type": "boolean",
            "description": "Whether the second moment may lie before the first; default: false, then nothing can be measured.",
        },
    },
    **days_need_calendar("most"),
}
NAMES = {"from": "column", "to": "column", "calendar": "calendar"}
_ENDS: Mapping[str, Callable[[Context], Fragment]] = {"resolved_at": done, "closed_at": closed}
"""Moments that a record may be without although it has come so far, as its state tells."""


def needs(rule: Rule) -> Needs:
    """Both moments."""
    return Needs(columns=frozenset({str(rule.parameters["from"]), str(rule.parameters["to"])}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the time elapsed."""
    start, end = str(rule.parameters["from"]), str(rule.parameters["to"])
    first, last = f"r.{name(start)}", f"r.{name(end)}"
    records, untold = Fragment("scoped AS r"), "false"
    if rule.parameters.get("running") and end in _ENDS:
        over = _ENDS[end](context)
        records, untold = (
            "(SELECT r.*, NOT " + not_yet(over, context) + f" AND {last} IS NULL AS untold FROM scoped AS r) AS r",
            "r.untold",
        )
        last = f"coalesce({last}, CASE WHEN {untold} THEN r.closed_at END, {int(context.as_of)})"
    elif rule.parameters.get("running"):
        last = f"coalesce({last}, {int(context.as_of)})"
    bound = bound_of(rule.parameters, "most", context.openings)
    took = f"{counted_until(bound.opening, last, 'd1')} - {counted_until(bound.opening, first, 'd0')}"
    if bound.opening:  # what lies before the first moment may lie beyond the days of the calendar that are laid out
        took = f"CASE WHEN {last} <= {first} THEN 0 ELSE {took} END"
    late_perhaps = f"coalesce({untold} AND {took} > {bound.seconds}, false)"
    backwards = "false" if rule.parameters.get("may-precede") else f"{last} < {first}"
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN {backwards} OR {late_perhaps} THEN NULL ELSE {took} <= {bound.seconds} END AS passed, CASE WHEN NOT {late_perhaps} THEN {duration_text(took)} END AS observed,
            ? AS expected, {first} AS "at",
            CASE WHEN {first} IS NULL THEN {quote("missing:" + start)} WHEN {last} IS NULL THEN {quote("missing:" + end)}
                WHEN {backwards} AND r.{name(end)} IS NULL THEN 'after-as-of' WHEN {backwards} THEN {quote(f"runs-backwards:{start},{end}")}
                WHEN {took} IS NULL THEN 'calendar-not-known' WHEN {late_perhaps} THEN {quote("missing:" + end)} END AS reason
        FROM """,
            (f"at most {bound.text}",),
        )
        + records
        + join_day(bound.opening, first, "d0")
        + join_day(bound.opening, last, "d1")
    )

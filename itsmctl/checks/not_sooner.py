"""Something took at least as long as it plausibly must: an approval that somebody read, a resolution that somebody worked on.

`from` and `to` are moments: a column, the first `approval`, or a change (`{field: assignee}`, `{state: resolved}`); of changes the first
counts for `to`, and the last before it for `from`. Changes of a field under `unless` in between, such as notes, excuse, and so does a
service account under `by`. Too quick is a pattern to ask about, so rules mark it as an enquiry. A record without both moments, or
in which the second does not follow the first, is not judged; one with an approval without a moment, which may be the first, is not
testable. With `calendar` its hours count, else the clock on the wall.

    check: {not-sooner: {from: opened_at, to: approval, least: 60s}}
    check: {not-sooner: {from: announced_at, to: planned_start, least: 2bd, calendar: cn-office}}
    check: {not-sooner: {from: {field: assignee}, to: resolved_at, least: 60s, by: resolved_by, unless: [resolution]}}

Passing: approved an hour after it was asked for. Flagged: resolved 20 seconds after it was assigned, without a note.
"""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.engine.acts import MOMENT, changes_of, moments_of, names_in, needs_of
from itsmctl.engine.context import Context, Needs
from itsmctl.engine.doubts import Resting
from itsmctl.engine.openings import BOUND, bound_of, counted_until, days_need_calendar, join_day
from itsmctl.engine.parameters import CALENDAR, TEXTS, texts
from itsmctl.engine.people import known_as
from itsmctl.engine.sql import Fragment, duration_text, name, quote
from itsmctl.model import APPROVAL, PEOPLE_COLUMNS, Rule

ID = "not-sooner"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["from", "to", "least"],
    "properties": {
        "from": {
            **MOMENT,
            "description": "The moment from which time counts: a column, the first `approval`, or a change such as `{field: assignee}`.",
        },
        "to": {
            **MOMENT,
            "description": "The moment up to which time counts: a column, the first `approval`, or a change such as `{state: resolved}`.",
        },
        "least": {
            **BOUND,
            "pattern": "^([0-9]+bd|(?=.)([0-9]+h)?([0-9]+m)?([0-9]+s)?)$",
            "description": "The shortest time that passes, in hours, minutes and seconds (`60s`) or business days (`2bd`).",
        },
        "calendar": CALENDAR,
        "by": {"enum": list(PEOPLE_COLUMNS), "description": "Whoever did it: a service account there excuses it."},
        "unless": {**TEXTS, "description": "Fields, such as notes, of which a change in between excuses it."},
    },
    **days_need_calendar("least"),
}
NAMES = {"by": "column", "calendar": "calendar", **names_in("from"), **names_in("to")}


def needs(rule: Rule) -> Needs:
    """Both moments, the person, and the history of what excuses."""
    people = frozenset({str(rule.parameters["by"])} if "by" in rule.parameters else ())
    start, stop = rule.parameters["from"], rule.parameters["to"]
    # An approval without a moment may be the first: then it took longer from it, and less long up to it.
    dated = frozenset[Resting](["any"] if start == APPROVAL else ["passes"] if stop == APPROVAL else [])
    return needs_of([start, stop]) | Needs(columns=people, history=frozenset(texts(rule, "unless")), dated=dated)


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record that has both moments; `observed` is the time between them."""
    bound, unless = bound_of(rule.parameters, "least", context.openings), texts(rule, "unless")
    took = f"{counted_until(bound.opening, 'w.stop', 'd1')} - {counted_until(bound.opening, 'w.start', 'd0')}"
    excused = Fragment("false")
    if unless:
        marks = ", ".join("?" * len(unless))
        excused = Fragment(
            f"r.tix IN (SELECT e.tix FROM event AS e JOIN took AS w ON w.tix = e.tix WHERE e.field IN ({marks}) AND e.moment BETWEEN w.start AND w.stop)",
            unless,
        )
    by = f"r.{name(str(rule.parameters['by']))}" if "by" in rule.parameters else ""
    known = known_as(by, "known") if by else None
    machine, by_whom = (f"CASE WHEN {by} IS NOT NULL THEN {known.machine} END", known.join) if known else ("false", "")
    nameless = quote(f"missing:{rule.parameters['by']}") if known else "NULL"
    return (
        Fragment(
            'SELECT record_id, passed, observed, expected, "at", CASE WHEN passed IS NULL THEN reason END AS reason FROM (WITH took AS (SELECT t.tix, t.moment AS stop, max(f.moment) AS start FROM ('
        )
        + moments_of(rule.parameters["to"], context)
        + ") AS t JOIN ("
        + _starts(rule, context)
        + ") AS f ON f.tix = t.tix AND f.moment <= t.moment GROUP BY t.tix, t.moment) SELECT r.record_id, "
        + Fragment(f"{took} >= {bound.seconds} OR {machine} OR ")
        + excused
        + Fragment(
            f""" AS passed, {duration_text(took)} AS observed, ? AS expected, w.stop AS "at",
            CASE WHEN {took} IS NULL THEN 'calendar-not-known' ELSE {nameless} END AS reason
            FROM scoped AS r JOIN took AS w ON w.tix = r.tix{by_whom}""",
            (f"not sooner than {bound.text}",),
        )
        + join_day(bound.opening, "w.start", "d0")
        + join_day(bound.opening, "w.stop", "d1")
        + ") AS judged"
    )


def _starts(rule: Rule, context: Context) -> Fragment:
    start = rule.parameters["from"]
    if isinstance(start, Mapping):
        return Fragment("SELECT e.tix, e.moment FROM (") + changes_of(start, context) + ") AS e"
    return moments_of(start, context)

"""What was done lies within what was planned, but for a tolerance, and outside the days on which it may not be done.

`actual` and `planned` are pairs of moments, begin and end. Work that still runs is judged by its begin, and fails once its window
has passed; work without an end on a record that is over ended no later than that. `never` are days, both included and in the audit's zone, on which no work may lie at all; what ends at midnight lies on the
day before. What has not begun is in order.

    check: {in-window: {actual: [actual_start, actual_end], planned: [planned_start, planned_end], tolerance: 15m}}
    check: {in-window: {actual: [actual_start, actual_end], never: [{from: 2026-02-14, to: 2026-02-23}]}}

Passing: planned from 20:00 to 22:00, done from 19:50 to 22:15. Failing: done until 22:16; begun on a day of the freeze.
Not testable: no window planned, or over without a begin; over without an end of the work, which may have lasted beyond the window;
work, or a window, that ends before it begins.
"""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.life import done, not_yet
from itsmctl.engine.parameters import DURATION, seconds_of, texts
from itsmctl.engine.sql import Fragment, duration_text, join, name, quote
from itsmctl.model import TIME_COLUMNS, Rule
from itsmctl.worktime import parse_day
from itsmctl.zones import EVER, midnight, midnight_after

ID = "in-window"
_PAIR = {"type": "array", "minItems": 2, "maxItems": 2, "uniqueItems": True, "items": {"enum": list(TIME_COLUMNS)}}
_DAY = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["actual"],
    "anyOf": [{"required": ["planned"]}, {"required": ["never"]}],
    "properties": {
        "actual": {**_PAIR, "description": "The two moments at which the work began and ended."},
        "planned": {**_PAIR, "description": "The two moments between which it was planned."},
        "tolerance": {
            **DURATION,
            "description": "How far it may reach beyond the window at either end, in hours, minutes and seconds, such as `15m`; default: not at all.",
        },
        "never": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["from", "to"],
                "properties": {
                    "from": {**_DAY, "description": "The first day."},
                    "to": {**_DAY, "description": "The last day, which belongs to it."},
                },
            },
            "description": "Spans of days on which no work may lie, in the zone of the audit.",
        },
    },
    "dependencies": {"tolerance": ["planned"]},
}
NAMES = {"actual/*": "column", "planned/*": "column", "never/*/from": "day", "never/*/to": "day"}


def needs(rule: Rule) -> Needs:
    """Both pairs of moments."""
    return Needs(columns=frozenset({*texts(rule, "actual"), *texts(rule, "planned")}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is how far the work lies outside, or the first day on which it may not lie."""
    column, until = texts(rule, "actual")
    outside, unplanned = _outside(rule, "stop"), _unplanned(rule)
    never, tolerance = _never(rule, context, "stop"), seconds_of(rule, "tolerance")
    backwards = "start > told_stop"
    return (
        Fragment(
            f"""SELECT record_id, passed, CASE WHEN passed IS NULL THEN NULL WHEN start IS NULL THEN 'not begun yet' WHEN forbidden THEN 'on a forbidden day'
            WHEN outside > {tolerance} THEN concat('outside by ', {duration_text("outside")}) ELSE 'inside' END AS observed, ? AS expected, coalesce(start, opened_at) AS "at",
            CASE WHEN passed IS NULL THEN CASE WHEN start IS NULL THEN {quote("missing:" + column)} WHEN {backwards} THEN {_backwards("actual", rule)}
                WHEN {unplanned} THEN {_missing(rule)} ELSE {quote("missing:" + until)} END END AS reason
            FROM (SELECT r.*, {outside} AS outside, """,
            (_expected(rule),),
        )
        + never
        + f""" AS forbidden, CASE WHEN start IS NULL AND told_stop IS NULL AND going_on THEN true WHEN start IS NULL OR {backwards} THEN NULL WHEN """
        + never
        + f" THEN false WHEN {unplanned} THEN NULL WHEN {outside} > {tolerance} THEN false WHEN "
        + _never(rule, context, "last_stop")
        + f" OR {_outside(rule, 'last_stop')} > {tolerance} THEN NULL ELSE true END AS passed FROM ("
        + _worked(rule, context)
        + ") AS r) AS r"
    )


def _worked(rule: Rule, context: Context) -> Fragment:
    """SELECT of the records with `start`, `told_stop` as exported, and between which moments the work ended: `stop` and `last_stop`.

    Work that still runs lasts until now. Of what is over and does not say when the work ended, that was no sooner than it began,
    and no later than the record was.
    """
    start, stop = (f"r.{name(column)}" for column in texts(rule, "actual"))
    planned = "".join(f", r.{name(column)}" for column in texts(rule, "planned") if column != "opened_at")
    now = f"CASE WHEN r.going_on THEN {context.as_of}"
    return (
        f"""SELECT r.record_id, r.opened_at, {start} AS start, {stop} AS told_stop, r.going_on{planned}, coalesce({stop}, {now} ELSE {start} END) AS stop,
            coalesce({stop}, {now} WHEN r.ended_at >= {start} THEN r.ended_at ELSE {EVER} END) AS last_stop FROM (SELECT r.*, """
        + not_yet(done(context), context)
        + " AS going_on FROM scoped AS r) AS r"
    )


def _outside(rule: Rule, stop: str) -> str:
    """SQL for the seconds that the work lies outside its window, where it ended at `stop`."""
    planned = [f"r.{name(column)}" for column in texts(rule, "planned")]
    return f"greatest({planned[0]} - start, {stop} - {planned[1]}, 0)" if planned else "0"


def _unplanned(rule: Rule) -> str:
    """SQL for whether the window is unknown or contradicts itself."""
    planned = [f"r.{name(column)}" for column in texts(rule, "planned")]
    return f"{planned[0]} IS NULL OR {planned[1]} IS NULL OR {planned[0]} > {planned[1]}" if planned else "false"


def _missing(rule: Rule) -> str:
    planned = texts(rule, "planned")
    if not planned:
        return "NULL"
    listed = ", ".join(f"CASE WHEN r.{name(c)} IS NULL THEN {quote(c)} END" for c in planned)
    low, high = (f"r.{name(c)}" for c in planned)
    return f"CASE WHEN {low} > {high} THEN {_backwards('planned', rule)} ELSE concat('missing:', concat_ws(',', {listed})) END"


def _backwards(pair: str, rule: Rule) -> str:
    return quote(f"runs-backwards:{','.join(texts(rule, pair))}")


def _never(rule: Rule, context: Context, stop: str) -> Fragment:
    """SQL for whether the work, where it ended at `stop`, touches one of the days on which it may not lie; never NULL."""
    tests = [
        Fragment(f"coalesce(start < ? AND ({stop} > ? OR start >= ?), false)", (end, begin, begin))
        for begin, end in _periods(rule, context.zone)
    ]
    return "(" + join(" OR ", tests or [Fragment("false")]) + ")"


def _periods(rule: Rule, zone: str) -> list[tuple[int, int]]:
    days = rule.parameters.get("never", ())
    assert isinstance(days, tuple)
    return [
        (midnight(parse_day(str(one["from"])), zone), midnight_after(parse_day(str(one["to"])), zone))
        for one in days
        if isinstance(one, Mapping)
    ]


def _expected(rule: Rule) -> str:
    days = rule.parameters.get("never", ())
    assert isinstance(days, tuple)
    shown = [f"{one['from']}/{one['to']}" for one in days if isinstance(one, Mapping)]
    inside = f"within {', '.join(texts(rule, 'planned'))}" if "planned" in rule.parameters else ""
    if inside and "tolerance" in rule.parameters:
        inside += f" +- {rule.parameters['tolerance']}"
    return "; ".join([*([inside] if inside else []), *([f"never on {', '.join(shown)}"] if shown else [])])

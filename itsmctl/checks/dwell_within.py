"""Time in one state, or with one group or person, is limited.

A stay lasts from one change to the next one that leads elsewhere. The last stay with a group or person ends with the
resolution of the record (the last one, where it was taken up again), else with its closing; what is not done yet is measured up to the moment of the audit. Without
`value` each value counts by itself, a person under any of their names as one; several values count as one place. With `total: true` all stays of a record in one
place are added up. Without `calendar` the clock on the wall counts.

    check: {dwell-within: {field: state, value: awaiting-supplier, most: 5bd, calendar: cn-office}}
    check: {dwell-within: {field: group, most: 8h, calendar: cn-office}}
    check: {dwell-within: {field: state, value: [awaiting-user, awaiting-supplier], most: 40h, total: true}}

Passing: 3 hours with the first line, 2 with the network group; a record that never awaits the supplier. Failing: 9
hours with the network group. Not testable: the export knows no such group, so that the rule is about somebody else's, or
neither has each of these states nor a word that its mapping translates to it, so that whatever waits stands elsewhere.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Named, Needs
from itsmctl.engine.life import DONE, done, not_yet, states_in
from itsmctl.engine.openings import BOUND, bound_of, counted_until, days_need_calendar, join_day
from itsmctl.engine.parameters import CALENDAR
from itsmctl.engine.people import is_among, under_own_names
from itsmctl.engine.spans import blind_to, values_of
from itsmctl.engine.sql import Fragment, duration_text, literal_rows, ranked
from itsmctl.model import NUMBER_COLUMNS, TEXT_COLUMNS, Rule

ID = "dwell-within"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["field", "most"],
    "properties": {
        "field": {
            "enum": [*TEXT_COLUMNS, *NUMBER_COLUMNS],
            "description": "The field in whose values a record stays, such as `state` or `group`.",
        },
        "value": {
            "type": ["string", "array"],
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string"},
            "description": "The value, or values, that count as one place; left out, each value counts by itself.",
        },
        "most": {
            **BOUND,
            "description": "The longest stay that still passes, in hours and minutes (`8h`, `30m`) or business days (`5bd`).",
        },
        "calendar": CALENDAR,
        "total": {
            "type": "boolean",
            "description": "Whether all stays of a record in one place are added up; default: false, each counts by itself.",
        },
    },
    **days_need_calendar("most"),
}
NAMES = {"field": "column", "calendar": "calendar"}


def needs(rule: Rule) -> Needs:
    """The history of the field, and words for the values."""
    field, values = str(rule.parameters["field"]), _values(rule)
    named = {Named(field, values, passes_without=True)} if values else set()
    return Needs(history=frozenset({field}), named=frozenset(named))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the longest stay, or the longest time in one place."""
    bound = bound_of(rule.parameters, "most", context.openings)
    how, values = "in all" if rule.parameters.get("total") else "at a stretch", _values(rule)
    never = Fragment("concat('never ', ?)", (", ".join(values),)) if values else Fragment("'nothing'")
    known, blind = blind_to(str(rule.parameters["field"]))
    return (
        f"""SELECT r.record_id, CASE WHEN {blind} THEN NULL WHEN m.longest > {bound.seconds} THEN false WHEN m.doubt IS NULL AND r.opened_at IS NOT NULL THEN true END AS passed,
            CASE WHEN {blind} OR (m.tix IS NULL AND r.opened_at IS NULL) THEN NULL WHEN m.tix IS NULL THEN """
        + never
        + Fragment(
            f""" WHEN m.longest IS NOT NULL THEN concat(m.place, ': ', {duration_text("m.longest")}, ?) END AS observed,
            ? AS expected, coalesce(m.longest_at, r.opened_at) AS "at",
            CASE WHEN {blind} THEN 'no-history:state' WHEN m.longest > {bound.seconds} THEN NULL ELSE coalesce(m.doubt, CASE WHEN r.opened_at IS NULL THEN 'missing:opened_at' END) END AS reason
            FROM scoped AS r LEFT JOIN (""",
            (f" {how}", f"at most {bound.text} {how}"),
        )
        + _longest(rule, context)
        + ") AS m ON m.tix = r.tix"
        + known
    )


def _longest(rule: Rule, context: Context) -> Fragment:
    """tix, the longest time, since when and where, and why a time could not be measured."""
    order = ranked("-took", "since")
    group = ", place" if rule.parameters.get("total") else ", place, t0"
    return (
        f"""SELECT tix, max(took) AS longest, min_by(since, {order}) AS longest_at, min_by(place, {order}) AS place, min(doubt) AS doubt FROM (
            SELECT tix, place, min(t0) AS since, sum(took) AS took, min(doubt) AS doubt FROM ("""
        + _timed(rule, context)
        + f") AS timed GROUP BY tix{group}) AS added GROUP BY tix"
    )


def _timed(rule: Rule, context: Context) -> Fragment:
    opening = bound_of(rule.parameters, "most", context.openings).opening
    took = f"{counted_until(opening, 's.t1', 'd1')} - {counted_until(opening, 's.t0', 'd0')}"
    return (
        f"""SELECT s.tix, s.place, s.t0, {took} AS took,
            CASE WHEN s.t1 IS NULL THEN 'missing:state' WHEN {took} IS NULL THEN 'calendar-not-known' END AS doubt FROM ("""
        + _stays(rule, context)
        + ") AS s"
        + join_day(opening, "s.t0", "d0")
        + join_day(opening, "s.t1", "d1")
    )


def _stays(rule: Rule, context: Context) -> Fragment:
    """tix, place, t0, t1 of each stay; t1 is NULL where nobody knows whether it has ended."""
    field, values = str(rule.parameters["field"]), _values(rule)
    place, ever, told = Fragment("value"), Fragment(""), values_of(field, context)
    if values:
        among = is_among(field, "value", values)
        place = "CASE WHEN " + among + Fragment(" THEN ? END", (", ".join(values),))
        ever = " WHERE v.tix IN (SELECT tix FROM told WHERE " + among + ")"
    return (
        "SELECT * FROM (WITH told AS MATERIALIZED ("
        + under_own_names(field, told, "value", ("tix", "seq", "t0"))
        + """) SELECT p.tix, p.place, min(p.t0) AS t0, CASE WHEN max(CASE WHEN p.next_at IS NULL AND e.ends_at IS NULL THEN 1 ELSE 0 END) = 0
                THEN max(coalesce(p.next_at, greatest(e.ends_at, p.t0))) END AS t1
        FROM (SELECT *, sum(CASE WHEN place = before THEN 0 ELSE 1 END) OVER (PARTITION BY tix ORDER BY seq) AS stay FROM (
            SELECT *, lag(place) OVER (PARTITION BY tix ORDER BY seq) AS before, lead(t0) OVER (PARTITION BY tix ORDER BY seq) AS next_at FROM (
                SELECT tix, seq, t0, """
        + place
        + " AS place FROM told AS v"
        + ever
        + ") AS placed) AS beside) AS p JOIN ("
        + _endings(field, context)
        + ") AS e ON e.tix = p.tix WHERE p.place IS NOT NULL GROUP BY p.tix, p.stay, p.place) AS stays"
    )


def _endings(field: str, context: Context) -> Fragment:
    """tix, and when its last stay ends: a state lasts until it changes, a group or person is rid of what is done."""
    if field == "state":
        return Fragment("SELECT r.tix, CAST(? AS BIGINT) AS ends_at FROM scoped AS r", (context.as_of,))
    over = done(context)
    return (
        "SELECT r.tix, CASE WHEN " + over + " THEN coalesce(greatest(a.again_at, r.resolved_at), r.resolved_at, r.closed_at, l.last_at) WHEN " + not_yet(over, context)
        + Fragment(" THEN ? END AS ends_at FROM scoped AS r LEFT JOIN (SELECT tix, max(t0) AS last_at FROM span GROUP BY tix) AS l ON l.tix = r.tix LEFT JOIN (", (context.as_of,))
        + _done_again(context) + ") AS a ON a.tix = r.tix"
    )  # fmt: skip


def _done_again(context: Context) -> Fragment:
    """SELECT of tix, again_at: when what was taken up again was done for the last time; a tool may keep the first time as its resolution."""
    states = literal_rows(states_in(context, DONE) or [("", "")], "{0}", ("process", "state"))
    now, before = (Fragment(states.text.format(alias), states.values) for alias in ("n", "b"))
    return (
        """SELECT s.tix, max(CASE WHEN n.state IS NOT NULL AND b.state IS NULL THEN s.t0 END) AS again_at FROM span AS s JOIN scoped AS r ON r.tix = s.tix LEFT JOIN """
        + now + " ON n.process = r.process AND n.state = s.state LEFT JOIN " + before
        + " ON b.process = r.process AND b.state = s.before GROUP BY s.tix HAVING max(CASE WHEN b.state IS NOT NULL AND n.state IS NULL THEN 1 ELSE 0 END) = 1"
    )  # fmt: skip


def _values(rule: Rule) -> tuple[str, ...]:
    value = rule.parameters.get("value", ())
    return tuple(str(one) for one in value) if isinstance(value, tuple) else (str(value),)

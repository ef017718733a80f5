"""A record that is open is touched again within a time: a change of any field whose history is exported, or an approval.

Silence counts from the opening to the first change, from one change to the next, and from the last one to the moment of
the audit. What is resolved, closed or cancelled may rest; so may what is in a state under `except`, as one that awaits
the user. Without `calendar` the clock on the wall counts.

    check: {untouched: {most: 2bd, calendar: cn-office, except: [awaiting-user, awaiting-change]}}

Passing: a change every day. Failing: opened on Monday, assigned on Friday.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.life import DONE, done, states_in
from itsmctl.engine.openings import BOUND, bound_of, counted_until, days_need_calendar, join_day
from itsmctl.engine.parameters import CALENDAR
from itsmctl.engine.spans import WITH_STATES
from itsmctl.engine.sql import Fragment, duration_text, literal_rows, ranked
from itsmctl.model import Rule

ID = "untouched"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["most"],
    "properties": {
        "most": {
            **BOUND,
            "description": "The longest silence that still passes, in hours and minutes (`8h`) or business days (`2bd`).",
        },
        "calendar": CALENDAR,
        "except": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string"},
            "description": "States in which a record may rest.",
        },
    },
    **days_need_calendar("most"),
}
NAMES = {"calendar": "calendar", "except/*": "state"}


def needs(rule: Rule) -> Needs:
    """The moment of opening, and the history of states; that of other fields is looked at where there is one."""
    return Needs(columns=frozenset({"opened_at"}), history=frozenset({"state"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the longest silence while it was open."""
    bound = bound_of(rule.parameters, "most", context.openings)
    took = f"{counted_until(bound.opening, 'g.t1', 'd1')} - {counted_until(bound.opening, 'g.t0', 'd0')}"
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN k.tix IS NULL OR r.opened_at IS NULL THEN NULL WHEN m.longest > {bound.seconds} THEN false WHEN m.doubt IS NULL THEN true END AS passed,
            CASE WHEN k.tix IS NOT NULL AND r.opened_at IS NOT NULL AND (m.longest IS NOT NULL OR m.doubt IS NULL) THEN concat('longest time without a change: ', {duration_text("coalesce(m.longest, 0)")}) END AS observed,
            ? AS expected, coalesce(m.longest_at, r.opened_at) AS "at",
            CASE WHEN k.tix IS NULL THEN 'no-history:state' WHEN r.opened_at IS NULL THEN 'missing:opened_at' WHEN m.longest > {bound.seconds} THEN NULL ELSE m.doubt END AS reason
            FROM scoped AS r{WITH_STATES} LEFT JOIN (
                SELECT tix, max(took) AS longest, min_by(t0, {ranked("-took", "t0")}) AS longest_at, min(CASE WHEN took IS NULL THEN 'calendar-not-known' END) AS doubt FROM (
                    SELECT g.tix, g.t0, {took} AS took FROM (""",
            (f"without a change: at most {bound.text}",),
        )
        + _gaps(rule, context)
        + ") AS g"
        + join_day(bound.opening, "g.t0", "d0")
        + join_day(bound.opening, "g.t1", "d1")
        + ") AS timed GROUP BY tix) AS m ON m.tix = r.tix"
    )


def _gaps(rule: Rule, context: Context) -> Fragment:
    """tix, t0, t1 of every time between two touches in which the record was to be worked on."""
    resting = states_in(context, DONE)
    exempt = rule.parameters.get("except", ())
    assert isinstance(exempt, tuple)
    rests = Fragment(f"s.state IN ({', '.join('?' * len(exempt))})", exempt) if exempt else Fragment("false")
    if resting:
        rests = rests + " OR d.state IS NOT NULL"
    over = done(context)
    ended = (
        "SELECT t.tix, t.t0, CASE WHEN t.next_at IS NOT NULL THEN t.next_at WHEN " + over
        + Fragment(" THEN greatest(coalesce(r.resolved_at, r.closed_at, t.t0), t.t0) ELSE ? END AS t1, r.process FROM (", (context.as_of,))
        + "SELECT tix, t AS t0, lead(t) OVER (PARTITION BY tix ORDER BY t) AS next_at FROM (" + _touches(context)
        + ") AS touch) AS t JOIN scoped AS r ON r.tix = t.tix"
    )  # fmt: skip
    return (
        "SELECT g.tix, g.t0, g.t1 FROM (" + ended + ") AS g LEFT JOIN span AS s ON s.tix = g.tix AND s.t0 <= g.t0 AND g.t0 < s.t1 LEFT JOIN "
        + literal_rows(resting or [("", "")], "d", ("process", "state"))
        + " ON d.process = g.process AND d.state = s.state WHERE g.t0 < g.t1 AND NOT coalesce(" + rests + ", false)"
    )  # fmt: skip


def _touches(context: Context) -> Fragment:
    """The moments of opening, of every change, and of every approval, up to the moment of the audit."""
    return Fragment(
        f"""SELECT r.tix, r.opened_at AS t FROM scoped AS r WHERE r.opened_at IS NOT NULL
        UNION ALL SELECT e.tix, greatest(e.moment, r.opened_at) AS t FROM event AS e JOIN scoped AS r ON r.tix = e.tix WHERE e.moment <= {int(context.as_of)}
        UNION ALL SELECT a.tix, greatest(a.moment, r.opened_at) AS t FROM approval AS a JOIN scoped AS r ON r.tix = a.tix WHERE a.moment <= {int(context.as_of)}"""
    )

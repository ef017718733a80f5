"""What each lived clock does in each part of its record's life, from its start on."""

from __future__ import annotations

from itsmctl.engine.lived.conditions import any_of, choice, has, parts, target_number, with_record, zone
from itsmctl.engine.lived.life import chosen_offer, fitting_offer
from itsmctl.engine.lived.plan import CLOCKS, Plan
from itsmctl.engine.session import Session, name
from itsmctl.engine.sql import Fragment

_OWN = "''"
"""The zone of a calendar that is read in its own."""


def create_stretches(session: Session, plan: Plan) -> None:
    """Create `lived_stretch`: for each run the stretches of its record's life, with offer, role, reason, target and calendar.

    A clock that a condition starts has no life before; what happened after a column ended a clock for good is forgotten.
    """
    every = plan.involved
    role = choice(every, "v.offer", lambda o: parts(plan, o, lambda role, _: Fragment(f"'{role}'")), "'pause'")
    why = Fragment("''")  # pauses are told apart where they have limits
    if not plan.counts_once:
        why = choice(every, "v.offer", lambda o: parts(plan, o, lambda _, why: why), "'no-agreement'")
    number = choice(every, "v.offer", lambda o: target_number(plan, o), "-1")
    resets = choice(every, "v.governing", lambda o: any_of(plan, o, "reset"), "false")
    zones = choice(every, "v.governing", lambda o: zone(plan, o), _OWN)
    asked = [role, why, number, resets, zones]
    counts = ", ".join(str(o.number) for o in plan.lived if o.clock.policy.cancelled_counts) or "NULL"
    calendar, calendars = (
        Fragment("c.calendar"),
        " LEFT JOIN lived_calendar AS c ON c.offer = s.offer AND c.zone = s.zone",
    )
    if zones.text == _OWN:
        own = {offer: number for offer, zone_, number in plan.calendar_rows() if not zone_}
        calendar, calendars = choice(every, "s.offer", lambda o: Fragment(str(own[o.number])), "NULL"), ""
    query = (
        Fragment(
            f"""CREATE TABLE lived_stretch AS
            SELECT s.run, s.governing, s.offer, s.t0, s.t1, s.is_last, CASE WHEN s.role = 'cancel' AND s.governing IN ({counts}) THEN 'stop' ELSE s.role END AS role,
                coalesce(s.why, '') AS why, s.target_number, s.resets, CAST(""") + calendar + """ AS BIGINT) AS calendar, s.zone IS NULL AS no_zone FROM (
            SELECT v.run, v.governing, v.offer, v.t0, v.t1, v.is_last, """
        + role + " AS role, " + why + " AS why, " + number + " AS target_number, " + resets
        + " AS resets, " + zones + " AS zone FROM (" + _lives(plan) + ") AS v" + with_record(asked) + ") AS s" + calendars
    )  # fmt: skip
    session.run("CREATE TABLE lived_calendar (offer BIGINT, zone VARCHAR, calendar BIGINT)")
    session.insert("lived_calendar", ("offer", "zone", "calendar"), plan.calendar_rows())
    session.run(query.text, query.values)
    session.run("DROP TABLE lived_calendar")
    if not all(has(o, "start") for o in every):
        _begin_at_columns(session)


def _lives(plan: Plan) -> str:
    """The lives as each run has them: from its start on, and up to where a column ends it."""
    governing, in_force = "b.offer", ""
    if plan.by_instant:
        numbers = ", ".join(str(o.number) for o in plan.by_instant)
        governing = f"CASE WHEN b.offer IN ({numbers}) THEN f.offer ELSE b.offer END"
        service, customer = (f"v.{c}" if c in plan.tracked else f"r.{c}" for c in ("service", "customer"))
        in_force = f""" LEFT JOIN (
            SELECT l.run, v.t0, {chosen_offer("n.clock")} AS offer
            FROM lived AS l JOIN lived_name AS n ON n.number = l.run % {CLOCKS} JOIN lived_life AS v ON v.tix = l.tix JOIN record AS r ON r.tix = l.tix
            LEFT JOIN offer AS o ON {fitting_offer(service, customer, "v.t0")}
            WHERE l.offer IN ({numbers}) GROUP BY l.run, v.t0
        ) AS f ON f.run = b.run AND f.t0 = v.t0"""
    values = "".join(f", v.{name(column)}" for column in sorted(plan.tracked))
    return f"""SELECT b.run, b.tix, b.offer AS governing, {governing} AS offer, v.t0, least(v.t1, b.ends_at) AS t1,
            v.is_last OR coalesce(v.t1 > b.ends_at, false) AS is_last{values}
        FROM lived_life AS v JOIN lived_start AS b ON b.tix = v.tix{in_force}
        WHERE coalesce(v.t0 <= b.ends_at, true)
            AND (NOT b.has_start OR v.is_last OR coalesce(v.t1 > b.ends_at, false) OR coalesce(least(v.t1, b.ends_at) > b.start, true))"""


def _begin_at_columns(session: Session) -> None:
    """Let the life of a clock that starts at a column reach back to there: it may start before anything is known."""
    session.run(
        """INSERT INTO lived_stretch SELECT s.run, s.governing, s.offer, b.start, s.t0, false, '', '', s.target_number, false, s.calendar, s.no_zone
        FROM lived_start AS b JOIN lived_stretch AS s ON s.run = b.run
        JOIN (SELECT run, min(t0) AS t0 FROM lived_stretch GROUP BY run) AS f ON f.run = s.run AND f.t0 = s.t0
        WHERE NOT b.has_start AND b.start < s.t0"""
    )

"""How far a clock had got at some moment of its life, and what its target would be with another value in one column."""

from __future__ import annotations

from itsmctl.engine.context import Context
from itsmctl.engine.offers import Offer, offers
from itsmctl.engine.openings import open_before
from itsmctl.engine.session import Session
from itsmctl.engine.sql import Fragment, condition, join, name
from itsmctl.model import Condition

DAY = 86_400


def segments_of_days(session: Session) -> int:
    """How many stretches of open time a day of `cday` has at most."""
    return (len(session.rows("DESCRIBE cday")) - 2) // 2


def counted_at(asked: Fragment, context: Context) -> Fragment:
    """SELECT of `tix, clock, moment, counted` for moments asked of clocks while they run: (tix, clock, moment).

    A clock that is not plain, whose agreement asks for more than states and last values, has no row.
    """
    plain = ", ".join(str(o.number) for o in offers(context.definitions) if o.clock.is_plain) or "NULL"
    before = open_before("d", "m.t", context.segments)
    return (
        Fragment(
            "SELECT tix, clock, moment, counted FROM (WITH asked AS (SELECT DISTINCT a.tix, a.clock, a.moment, c.start, c.offer, k.calendar FROM clock AS c JOIN ("
        )
        + asked
        + Fragment(
            f""") AS a ON a.tix = c.tix AND a.clock = c.clock JOIN clock_kind AS k ON k.offer = c.offer
                WHERE c.offer IN ({plain}) AND c.start >= 0 AND c.start <= a.moment AND a.moment <= c.judged_at),
            paused AS (
                SELECT q.*, greatest(s.t0, q.start) AS t0, least(s.t1, q.moment) AS t1 FROM span AS s JOIN asked AS q ON q.tix = s.tix
                JOIN clock_role AS p ON p.offer = q.offer AND p.state = s.state AND p.role <> '' WHERE greatest(s.t0, q.start) < least(s.t1, q.moment))
            SELECT m.tix, m.clock, m.moment, CAST(sum(m.sign * ({before})) AS BIGINT) AS counted FROM (
                SELECT tix, clock, moment, calendar, moment AS t, 1 AS sign FROM asked UNION ALL SELECT tix, clock, moment, calendar, start AS t, -1 AS sign FROM asked
                UNION ALL SELECT tix, clock, moment, calendar, t1 AS t, -1 AS sign FROM paused UNION ALL SELECT tix, clock, moment, calendar, t0 AS t, 1 AS sign FROM paused
            ) AS m JOIN cday AS d ON d.k = m.calendar * 100000 + m.t // {DAY} GROUP BY m.tix, m.clock, m.moment
            ) AS progress"""
        )
    )


def turns(role: str, clock: str) -> Fragment:
    """SELECT of the stretches with which a record in `scoped` enters a role of a clock or leaves it: tix, seq, t0, whether
    it is `inside` from then on, and of the clock `verdict`, `start`, `stop`, `judged_at`, `counted`, `target` and `reason`.

    Most states never play the role in any clock, and need no look.
    """
    playing = f"(SELECT state FROM clock_role WHERE role = '{role}')"
    return Fragment(
        f"""SELECT * FROM (
            SELECT s.tix, s.seq, s.t0, coalesce(k.role, '') = '{role}' AS inside, coalesce(b.role, '') = '{role}' AS inside_before, c.clock, c.verdict, c.start, c.stop, c.judged_at, c.counted, c.target, c.reason
            FROM (SELECT tix, seq, t0, state, before FROM span WHERE state IN {playing} OR before IN {playing}) AS s JOIN scoped AS r ON r.tix = s.tix
            JOIN clock AS c ON c.tix = s.tix AND c.clock = ?
            LEFT JOIN clock_role AS k ON k.offer = c.offer AND k.state = s.state LEFT JOIN clock_role AS b ON b.offer = c.offer AND b.state = s.before
        ) AS lived WHERE inside <> inside_before""",
        (clock,),
    )


def target_with(column: str, context: Context, clock: str, offer: str, value: str) -> Fragment:
    """SQL for the target in seconds that the agreement sets a clock of record `r` if `column` held another value.

    `value` is SQL for that value; NULL where no target is known to fit.
    """
    same: dict[Fragment, list[str]] = {}  # agreements that promise the same are asked once
    for o in offers(context.definitions):
        if o.clock.name == clock:
            same.setdefault(_target(o, column, value), []).append(str(o.number))
    branches = (Fragment(f"WHEN {offer} IN ({', '.join(numbers)}) THEN ") + sql for sql, numbers in same.items())
    return Fragment("CASE ") + join(" ", branches) + " END" if same else Fragment("NULL")


def _target(o: Offer, column: str, value: str) -> Fragment:
    parts: list[Fragment] = []
    for target in o.clock.targets:
        asked = [c.column for c in target.conditions if c.test in ("in", "at-least", "at-most")]
        empty = [f"{value if one == column else f'r.{name(one)}'} IS NULL" for one in asked]
        if empty:
            parts.append(Fragment(f"WHEN {' OR '.join(empty)} THEN NULL"))
        tests = [_test(c, column, value) for c in target.conditions] or [Fragment("true")]
        seconds = target.seconds + target.business_days * o.calendar.day_minutes * 60
        parts.append("WHEN " + join(" AND ", tests) + f" THEN {seconds}")
    return Fragment("CASE ") + join(" ", parts) + " END" if parts else Fragment("NULL")


def _test(c: Condition, column: str, value: str) -> Fragment:
    test = condition(c)
    return Fragment(test.text.replace(f"r.{name(column)}", value), test.values) if c.column == column else test

"""Rounds and what they counted where every clock has one round alone, its last target counts, and pauses have no limit.

Most agreements ask for no more. What `rounds` and `counting` find in a dozen steps is then a sum over the stretches of each run.
"""

from __future__ import annotations

from itsmctl.engine.lived.counting import DAY, create_days
from itsmctl.engine.lived.plan import Plan
from itsmctl.engine.lived.rounds import create_targets, is_inside
from itsmctl.engine.openings import open_before
from itsmctl.engine.session import Session
from itsmctl.zones import EVER

_NOBODY = -2
"""No offer has this number."""


def count_once(session: Session, plan: Plan) -> None:
    """Create `lived_round` as `create_rounds` and `create_counts` do, for a plan that `counts_once`."""
    create_targets(session, plan)
    segments = create_days(session, plan)
    going_on = [o.number for o in plan.involved if o.clock.policy.on_reopen == "resume-including-resolved"]
    numbers = ", ".join(map(str, (_NOBODY, *going_on)))
    opened = f"{open_before('e', 'p.b', segments)} - ({open_before('d', 'p.a', segments)})"
    session.run(
        f"""CREATE TABLE lived_round AS
        SELECT r.*, 0 AS round, r.offer AS offer_at_end, t.seconds AS target, false AS last_counts, CASE WHEN r.stop IS NULL THEN 'running' ELSE 'stopped' END AS how
        FROM (
            SELECT p.run, any_value(p.governing) AS governing, any_value(p.start) AS start, any_value(p.stop) AS stop, min(p.a) AS begins, any_value(p.until) AS ends,
                any_value(p.known) AS known, max_by(coalesce(p.offer, -1), p.t0) AS offer, max_by(p.target_number, p.t0) AS target_number,
                CAST(sum(CASE WHEN p.rests OR p.role = 'pause' OR p.calendar IS NULL THEN 0 ELSE coalesce({opened}, {-EVER}) END) AS BIGINT) AS counted,
                coalesce(bool_or(p.b > f.known_before), false) AS unknown
            FROM (
                SELECT s.run, s.governing, s.offer, s.t0, s.role, s.target_number, s.calendar, s.role IN ('stop', 'cancel') AND s.governing NOT IN ({numbers}) AS rests,
                    greatest(s.t0, b.start) AS a, least(s.t1, b.until) AS b, b.start, b.stop, b.until, b.known
                FROM lived_stretch AS s JOIN lived_bound AS b ON b.run = s.run
                WHERE {is_inside(plan)} AND greatest(s.t0, b.start) <= least(s.t1, b.until)
            ) AS p LEFT JOIN lived_day AS d ON d.k = p.calendar * 100000 + p.a // {DAY} LEFT JOIN lived_day AS e ON e.k = p.calendar * 100000 + p.b // {DAY}
            LEFT JOIN lived_offer AS f ON f.offer = p.offer
            GROUP BY p.run
        ) AS r LEFT JOIN lived_target AS t ON t.offer = r.offer AND t.target_number = r.target_number"""
    )
    (outside,) = session.one("SELECT count(*) FROM lived_round WHERE counted < 0")
    assert outside == 0, f"{outside!r} clocks have moments outside the day table"
    for table in ("lived_target", "lived_day"):
        session.run(f"DROP TABLE {table}")

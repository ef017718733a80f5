"""What each round counted: open time less pauses within their limits and their agreed share."""

from __future__ import annotations

from itsmctl.engine.lived.deadlines import create_deadlines
from itsmctl.engine.lived.plan import Plan
from itsmctl.engine.openings import open_before
from itsmctl.engine.session import Session
from itsmctl.engine.tables.months import FORESEEN
from itsmctl.worktime import day_columns, day_rows, day_table

DAY = 86_400


def create_counts(session: Session, plan: Plan) -> None:
    """Add to `lived_round` the counted seconds, whether its very last second counted, and whether a calendar did not reach so far."""
    segments = create_days(session, plan)
    _create_limits(session, plan)
    session.run(
        f"""CREATE TABLE lived_open AS
        SELECT p.run, p.round, p.t0, p.a, p.b, p.offer, p.why, p.governing, p.calendar, {open_before("d", "p.a", segments)} AS before,
            p.role = 'pause' AND NOT (k.on_change = 'continue-without-earlier-pauses' AND coalesce(p.a < r.changed, false)) AS pauses,
            p.ends AND k.on_reopen <> 'resume-including-resolved' AS rests,
            CASE WHEN p.calendar IS NULL THEN 0 ELSE {open_before("e", "p.b", segments)} - ({open_before("d", "p.a", segments)}) END AS open,
            CASE WHEN p.calendar IS NULL OR p.b <> r.ends OR p.b <= p.a THEN 0 ELSE {open_before("e", "p.b", segments)} - ({open_before("l", "(p.b - 1)", segments)}) END AS last_open,
            p.b = r.ends AND p.a < p.b AS is_final, p.calendar IS NOT NULL AND (d.k IS NULL OR e.k IS NULL) AS outside
        FROM (
            SELECT p.run, p.round, p.t0, p.a, least(p.b, r.ends) AS b, p.offer, p.why, p.governing, p.role, p.ends, p.calendar
            FROM lived_piece AS p JOIN lived_round AS r ON r.run = p.run AND r.round = p.round
        ) AS p JOIN lived_round AS r ON r.run = p.run AND r.round = p.round LEFT JOIN lived_policy AS k ON k.offer = p.governing
        LEFT JOIN lived_day AS d ON d.k = p.calendar * 100000 + p.a // {DAY} LEFT JOIN lived_day AS e ON e.k = p.calendar * 100000 + p.b // {DAY}
        LEFT JOIN lived_day AS l ON l.k = p.calendar * 100000 + (p.b - 1) // {DAY}
        WHERE p.a <= p.b"""
    )
    (outside,) = session.one("SELECT count(*) FILTER (WHERE outside) FROM lived_open")
    assert outside == 0, f"{outside!r} moments lie outside the day table"
    # A pause is what lasts without interruption for one reason under one agreement: its limit holds for all of it.
    session.run(
        """CREATE TABLE lived_pause AS
        SELECT g.run, g.round, sum(g.open) AS open, least(sum(g.open), coalesce(any_value(m.seconds), sum(g.open))) AS credited,
            max(g.last_open) AS last_open, min(g.t0) AS t0, any_value(g.calendar) AS calendar, min(g.before) AS before
        FROM (
            SELECT *, sum(CASE WHEN again THEN 0 ELSE 1 END) OVER (PARTITION BY run, round ORDER BY t0) AS pause FROM (
                SELECT *, coalesce(lag(pauses) OVER life AND lag(why) OVER life = why AND lag(offer) OVER life IS NOT DISTINCT FROM offer, false) AS again
                FROM lived_open WHERE a < b WINDOW life AS (PARTITION BY run, round ORDER BY t0)
            ) AS o
        ) AS g LEFT JOIN lived_limit AS m ON m.offer = g.offer AND m.why = g.why WHERE g.pauses GROUP BY g.run, g.round, g.pause"""
    )
    session.run(
        """CREATE TABLE lived_count AS
        SELECT run, round, CAST(base - least(credited, allowed) AS BIGINT) AS counted, allowed,
            last_open = 1 AND NOT last_rests AND (NOT last_pauses OR last_beyond OR credited > allowed) AS last_counts
        FROM (
            SELECT o.run, o.round, o.base, coalesce(p.credited, 0) AS credited, o.last_open, o.last_rests, o.last_pauses, coalesce(p.last_beyond, false) AS last_beyond,
                CASE WHEN k.share IS NULL THEN coalesce(p.credited, 0) ELSE CAST(floor(round(o.base * k.share, 6) / 100) AS BIGINT) END AS allowed
            FROM (
                SELECT run, round, any_value(governing) AS governing, sum(CASE WHEN rests THEN 0 ELSE open END) AS base, max(last_open) AS last_open,
                    coalesce(bool_or(is_final AND rests), false) AS last_rests, coalesce(bool_or(is_final AND pauses), false) AS last_pauses
                FROM lived_open GROUP BY run, round
            ) AS o LEFT JOIN lived_policy AS k ON k.offer = o.governing LEFT JOIN (
                SELECT run, round, sum(credited) AS credited, bool_or(last_open = 1 AND open > credited) AS last_beyond FROM lived_pause GROUP BY run, round
            ) AS p ON p.run = o.run AND p.round = o.round
        ) AS c"""
    )
    session.run(
        """CREATE OR REPLACE TABLE lived_round AS
        SELECT r.*, c.counted, c.last_counts, p.unknown FROM lived_round AS r JOIN lived_count AS c ON c.run = r.run AND c.round = r.round
        JOIN (SELECT p.run, p.round, coalesce(bool_or(least(p.b, r.ends) > f.known_before), false) AS unknown
            FROM lived_piece AS p JOIN lived_round AS r ON r.run = p.run AND r.round = p.round LEFT JOIN lived_offer AS f ON f.offer = p.offer GROUP BY p.run, p.round
        ) AS p ON p.run = r.run AND p.round = r.round"""
    )
    if plan.asks_deadlines:
        create_deadlines(session, segments)
    for table in ("lived_piece", "lived_open", "lived_pause", "lived_limit", "lived_day", "lived_count"):
        session.run(f"DROP TABLE {table}")


def create_days(session: Session, plan: Plan) -> int:
    """Create `lived_day`, the day table of every calendar and zone in use; returns the open segments a day."""
    (first,) = session.one(f"SELECT min(start) FROM lived_bound WHERE start BETWEEN 0 AND {plan.as_of}")
    first_day = min(int(str(plan.as_of if first is None else first)), plan.as_of) // DAY
    last_day = (plan.as_of + (FORESEEN if plan.asks_deadlines else 0)) // DAY + 1
    tables = {n: day_table(calendar, first_day, last_day) for n, calendar in plan.calendars.values()}
    segments = max((table.segments for table in tables.values()), default=1)
    columns = day_columns(segments)
    session.run(f"CREATE TABLE lived_day ({', '.join(f'{column} BIGINT' for column in columns)})")
    session.insert("lived_day", columns, (row for n, table in tables.items() for row in day_rows(table, n, segments)))
    return segments


def _create_limits(session: Session, plan: Plan) -> None:
    """Create `lived_limit`: how long a pause for some reason may last under an offer."""
    session.run("CREATE TABLE lived_limit (offer BIGINT, why VARCHAR, seconds BIGINT)")
    limits = [
        (o.number, why, limit.seconds + limit.business_days * o.calendar.day_minutes * 60)
        for o in plan.involved
        for why, limit in sorted(o.clock.limits.items())
    ]
    session.insert("lived_limit", ("offer", "why", "seconds"), limits)

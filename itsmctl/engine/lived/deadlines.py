"""When each round's target runs out: the first instant at which what it counted reaches the target."""

from __future__ import annotations

from itsmctl.engine.session import Session
from itsmctl.zones import EVER

DAY = 86_400


def create_deadlines(session: Session, segments: int) -> None:
    """Create `lived_due`: tix, clock, round, due; no row where the calendar does not open for long enough in sight.

    What counts is laid end to end: the open time of each piece that is no pause, of each pause what is beyond its
    credit, and after the end whatever opens. Where the target falls into it, the day table is read backwards.
    """
    session.run(
        f"""CREATE TABLE lived_run AS
        SELECT run, round, t0, calendar, before AS low, before + open AS high FROM lived_open WHERE NOT pauses AND NOT rests AND open > 0
        UNION ALL
        SELECT run, round, t0, calendar, before + credit AS low, before + open AS high FROM (
            SELECT p.*, least(p.credited, greatest(c.allowed - coalesce(sum(p.credited) OVER (
                PARTITION BY p.run, p.round ORDER BY p.t0 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), 0)) AS credit
            FROM lived_pause AS p JOIN lived_count AS c ON c.run = p.run AND c.round = p.round
        ) AS p WHERE open > credit
        UNION ALL
        SELECT run, round, {EVER} AS t0, calendar, low, {EVER} AS high FROM (
            SELECT run, round, max_by(coalesce(calendar, -1), t0) AS calendar, max_by(coalesce(before + open, -1), t0) AS low FROM lived_open GROUP BY run, round
        ) AS f WHERE calendar >= 0"""
    )
    edges = " ".join(
        f"WHEN left_over <= {_opened('d', n)} THEN d.s{n} + left_over - ({_opened('d', n - 1)})"
        for n in range(1, segments + 1)
    )
    session.run(
        f"""CREATE TABLE lived_due AS
        SELECT r.run, r.round, r.begins AS due FROM lived_round AS r WHERE r.target = 0
        UNION ALL
        SELECT d.run, d.round, CAST(d.day * {DAY} + CASE {edges} END AS BIGINT) AS due FROM (
            SELECT w.run, w.round, d.k % 100000 AS day, w.wanted - d.cum AS left_over, d.* FROM (
                SELECT m.run, m.round, m.calendar, m.low + r.target - m.earlier AS wanted FROM (
                    SELECT *, coalesce(sum(high - low) OVER (PARTITION BY run, round ORDER BY t0 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS earlier FROM lived_run
                ) AS m JOIN lived_round AS r ON r.run = m.run AND r.round = m.round
                WHERE r.target > 0 AND m.earlier < r.target AND r.target <= m.earlier + m.high - m.low
            ) AS w JOIN lived_day AS d ON d.k // 100000 = w.calendar AND w.wanted > d.cum AND w.wanted <= d.cum + {_opened("d", segments)}
        ) AS d"""
    )
    session.run("DROP TABLE lived_run")


def _opened(day: str, number: int) -> str:
    """SQL for the open seconds of a day's first so many segments."""
    return " + ".join(f"{day}.e{n} - {day}.s{n}" for n in range(1, number + 1)) or "0"

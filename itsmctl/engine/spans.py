"""The life of every record as stretches of time, each in one state."""

from __future__ import annotations

from itsmctl.engine.session import Session


def create_span_table(session: Session) -> None:
    """Create `span`, empty: tix, seq, state, t0, t1, is_last, and the state before."""
    session.run(
        "CREATE TABLE span (tix BIGINT, seq BIGINT, state VARCHAR, t0 BIGINT, t1 BIGINT, is_last BOOLEAN, before VARCHAR)"
    )


def add_spans(session: Session, as_of: int) -> None:
    """The states of the records in `ticket` as [t0, t1): moments after `as_of` are dropped, times never run backwards.

    A first change that names what was before it tells the state since opening (seq 0).
    """
    session.run(
        """INSERT INTO span
        SELECT tix, seq, state, t0, coalesce(lead(t0) OVER life, ?) AS t1, lead(t0) OVER life IS NULL AS is_last, lag(state) OVER life AS before
        FROM (
            SELECT tix, seq, state, max(moment) OVER (PARTITION BY tix ORDER BY seq) AS t0 FROM (
                SELECT e.tix, e.seq, e.new AS state, e.moment FROM event AS e JOIN ticket AS r ON r.tix = e.tix
                WHERE e.field = 'state' AND e.moment <= ? AND e.new IS NOT NULL
                UNION ALL
                SELECT f.tix, 0 AS seq, f.old AS state, r.opened_at AS moment FROM (
                    SELECT tix, old, moment, row_number() OVER (PARTITION BY tix ORDER BY seq) AS place FROM event WHERE field = 'state' AND tix IN (SELECT tix FROM ticket)
                ) AS f JOIN ticket AS r ON r.tix = f.tix WHERE f.place = 1 AND f.old IS NOT NULL AND r.opened_at <= f.moment
            ) AS moved_to
        ) AS moved WINDOW life AS (PARTITION BY tix ORDER BY seq)""",
        (as_of, as_of),
    )

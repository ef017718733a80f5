"""From when to when each lived clock runs: steps 3 of `worktime.living`, and 5 and 6 of `worktime.recorded`."""

from __future__ import annotations

from itsmctl.engine.lived.plan import Plan
from itsmctl.engine.session import Session, name
from itsmctl.zones import EVER


def create_bounds(session: Session, plan: Plan) -> None:
    """Create `lived_bound`: start, stop (NULL while running), whether it is cancelled, paused now, or stopped nobody knows when."""
    as_of = plan.as_of
    # Stretches lie side by side: what ends the clock for good begins where the last one ends that does not.
    ending = """SELECT run, last_role, first_stop, CASE WHEN first_cancel = first_stop THEN 'cancel' WHEN first_stop IS NOT NULL THEN 'stop' END AS first_role,
            CASE WHEN last_role IN ('stop', 'cancel') THEN coalesce(ran_until, begins) END AS last_stop
        FROM (
            SELECT run, max(CASE WHEN is_last THEN role END) AS last_role, min(t0) AS begins,
                max(CASE WHEN role NOT IN ('stop', 'cancel') THEN t1 END) AS ran_until,
                min(CASE WHEN role IN ('stop', 'cancel') THEN t0 END) AS first_stop, min(CASE WHEN role = 'cancel' THEN t0 END) AS first_cancel
            FROM lived_stretch GROUP BY run
        ) AS s"""
    if _has_answers(plan):
        _create_answers(session, plan)
    answered = _answers(plan)
    session.run(
        f"""CREATE TABLE lived_bound AS
        SELECT *, coalesce(stop, {as_of}) AS until FROM (
            SELECT run, tix, offer, start, has_start, known, stop_missing, paused_now,
                CASE WHEN response <> 'message' THEN answered WHEN by_life THEN coalesce(stopped, CASE WHEN ends_at_column AND column_stop <= {as_of} THEN column_stop END) ELSE known_stop END AS stop,
                CASE WHEN response <> 'message' THEN false WHEN by_life THEN stopped IS NOT NULL AND decisive = 'cancel' WHEN stop_missing THEN decisive = 'cancel'
                    ELSE known_stop IS NOT NULL AND decisive = 'cancel' AND (stopped IS NULL OR known_stop = stopped) END AS cancelled
            FROM (
                SELECT *, response = 'message' AND NOT by_life AND column_stop IS NULL AND stopped IS NULL AND (decisive IN ('stop', 'cancel') OR ended) AS stop_missing,
                    CASE WHEN least(coalesce(column_stop, {EVER}), coalesce(stopped, {EVER})) <= {as_of}
                        THEN least(coalesce(column_stop, {EVER}), coalesce(stopped, {EVER})) END AS known_stop
                FROM (
                    SELECT b.*, b.known AND b.has_stop AS by_life, CASE WHEN NOT b.known THEN NULL WHEN b.reopens THEN e.last_stop ELSE e.first_stop END AS stopped,
                        CASE WHEN NOT b.known THEN e.last_role WHEN NOT b.reopens THEN coalesce(e.first_role, '') WHEN e.last_stop IS NULL THEN '' ELSE e.last_role END AS decisive,
                        b.known AND e.last_role = 'pause' AS paused_now, {answered} AS answered
                    FROM lived_start AS b JOIN ({ending}) AS e ON e.run = b.run{_ANSWER_JOIN if _has_answers(plan) else ""}
                ) AS run
            ) AS r
        ) AS b"""
    )
    # Where nothing is known of a record's life, its last state says nothing of the way there.
    session.run(
        "UPDATE lived_stretch SET role = '', why = '' FROM lived_bound AS b WHERE b.run = lived_stretch.run AND NOT b.known"
    )
    for table in ("lived_start", *(("lived_answer",) if _has_answers(plan) else ())):
        session.run(f"DROP TABLE {table}")


_ANSWER_JOIN = " LEFT JOIN lived_answer AS w ON w.run = b.run"


def _has_answers(plan: Plan) -> bool:
    """Whether some clock stops at a response that is not the tool's own."""
    return any(o.clock.policy.response_is != "message" for o in plan.involved)


def _answers(plan: Plan) -> str:
    """SQL for the moment of the response where it is an assignment or a change of state; the end answers, if nothing did."""
    if not _has_answers(plan):
        return "CAST(NULL AS BIGINT)"
    return "least(w.found, b.ended_first, CASE WHEN b.known THEN e.first_stop END)"


def _create_answers(session: Session, plan: Plan) -> None:
    """Create `lived_answer`: the first assignment, or the first change of state, from the start of the clock on.

    The first state that is told, where none was before, is no change: it says in which one the record was stored.
    """
    first_told = "first_value(a.value IGNORE NULLS) OVER (PARTITION BY a.run ORDER BY a.t0 ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    state, assignee = (f"v.{name(c)}" if c in plan.tracked else f"r.{name(c)}" for c in ("state", "assignee"))
    if not any(o.clock.policy.response_is == "assignment" for o in plan.lived):
        assignee = "CAST(NULL AS VARCHAR)"
    session.run(
        f"""CREATE TABLE lived_answer AS
        SELECT run, CASE WHEN any_value(response) = 'assignment' AND any_value(before) IS NOT NULL THEN any_value(start)
            ELSE min(CASE WHEN t0 > start AND value IS NOT NULL AND value IS DISTINCT FROM before THEN t0 END) END AS found
        FROM (SELECT a.*, CASE WHEN a.response = 'status-change' THEN coalesce(b.before, {first_told})
            WHEN b.run IS NULL THEN first_value(a.value) OVER (PARTITION BY a.run ORDER BY a.t0) ELSE b.before END AS before FROM (
            SELECT s.run, s.start, s.response, v.t0, CASE WHEN s.response = 'assignment' THEN {assignee} ELSE {state} END AS value
            FROM lived_start AS s JOIN lived_life AS v ON v.tix = s.tix JOIN record AS r ON r.tix = s.tix WHERE s.response <> 'message'
        ) AS a LEFT JOIN (
            SELECT s.run, nullif(max_by(coalesce(CASE WHEN s.response = 'assignment' THEN {assignee} ELSE {state} END, ''), v.t0), '') AS before
            FROM lived_start AS s JOIN lived_life AS v ON v.tix = s.tix AND v.t0 <= s.start JOIN record AS r ON r.tix = s.tix GROUP BY s.run
        ) AS b ON b.run = a.run) AS w GROUP BY run"""
    )

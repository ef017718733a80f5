"""From when to when each lived clock runs: steps 3 of `worktime.living`, and 5 and 6 of `worktime.recorded`."""

from __future__ import annotations

from itsmctl.engine.lived.plan import Plan
from itsmctl.engine.offers import Offer
from itsmctl.engine.session import Session, name
from itsmctl.zones import EVER


def create_bounds(session: Session, plan: Plan) -> None:
    """Create `lived_bound`: start, stop (NULL while running), whether it is cancelled, paused now, or stopped nobody knows when."""
    _create_kinds(session, plan)
    as_of = plan.as_of
    session.run(
        f"""CREATE TABLE lived_start AS
        SELECT l.run, l.tix, l.offer, k.ends_at_column, k.has_stop, k.has_pause, k.has_start, k.reopens, k.response, k.start_column, k.stop_column,
            CASE WHEN k.has_start THEN CASE WHEN s.started IS NOT NULL THEN greatest(s.started, r.opened_at) END ELSE {_times(plan.involved, "starts_at")} END AS start,
            {_times(plan.involved, "stops_at")} AS column_stop,
            coalesce(r.resolved_at <= {as_of}, false) OR coalesce(r.closed_at <= {as_of}, false) AS ended,
            least(CASE WHEN r.resolved_at <= {as_of} THEN r.resolved_at END, CASE WHEN r.closed_at <= {as_of} THEN r.closed_at END) AS ended_first,
            h.run IS NOT NULL AS known
        FROM lived AS l JOIN record AS r ON r.tix = l.tix JOIN lived_kind AS k ON k.offer = l.offer
        LEFT JOIN (SELECT run, min(CASE WHEN starts THEN t0 END) AS started FROM lived_stretch GROUP BY run) AS s ON s.run = l.run
        LEFT JOIN (
            SELECT DISTINCT l.run FROM lived AS l JOIN lived_look AS k ON k.offer = l.offer
            JOIN (SELECT DISTINCT tix, field FROM lived_change WHERE kept OR (place = 1 AND old IS NOT NULL)) AS c ON c.tix = l.tix AND c.field = k."column"
        ) AS h ON h.run = l.run"""
    )
    # A clock that a condition starts has no life before; one that starts at a column may start before anything is known.
    session.run(
        """DELETE FROM lived_stretch AS s USING lived_start AS b
        WHERE b.run = s.run AND b.has_start AND s.t1 <= b.start AND NOT s.is_last"""
    )
    session.run(
        """INSERT INTO lived_stretch SELECT s.run, s.tix, s.governing, s.offer, b.start, s.t0, false, '', '', s.target_number, s.starts, false, s.calendar, s.no_zone
        FROM lived_start AS b JOIN lived_stretch AS s ON s.run = b.run
        JOIN (SELECT run, min(t0) AS t0 FROM lived_stretch GROUP BY run) AS f ON f.run = s.run AND f.t0 = s.t0
        WHERE NOT b.has_start AND b.start < s.t0"""
    )
    session.run(
        f"""CREATE TABLE lived_ending AS
        SELECT s.run, max(CASE WHEN s.is_last THEN s.role END) AS last_role,
            min(CASE WHEN s.role IN ('stop', 'cancel') THEN s.t0 END) AS first_stop,
            min_by(s.role, CASE WHEN s.role IN ('stop', 'cancel') THEN s.t0 END) AS first_role,
            min(CASE WHEN s.role IN ('stop', 'cancel') AND s.t0 > coalesce(n.running, {-EVER}) THEN s.t0 END) AS last_stop
        FROM lived_stretch AS s LEFT JOIN (
            SELECT run, max(CASE WHEN role NOT IN ('stop', 'cancel') THEN t0 END) AS running FROM lived_stretch GROUP BY run
        ) AS n ON n.run = s.run GROUP BY s.run"""
    )
    if _has_answers(plan):
        _create_answers(session, plan)
    answered = _answers(plan)
    session.run(
        f"""CREATE TABLE lived_bound AS
        SELECT *, coalesce(stop, {as_of}) AS until FROM (
            SELECT run, tix, offer, start, has_start, has_pause, start_column, stop_column, known, stop_missing, paused_now,
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
                    FROM lived_start AS b JOIN lived_ending AS e ON e.run = b.run{_ANSWER_JOIN if _has_answers(plan) else ""}
                ) AS run
            ) AS r
        ) AS b"""
    )
    # Where nothing is known of a record's life, its last state says nothing of the way there.
    session.run(
        "UPDATE lived_stretch SET role = '', why = '' FROM lived_bound AS b WHERE b.run = lived_stretch.run AND NOT b.known"
    )
    for table in (
        "lived_start",
        "lived_ending",
        "lived_kind",
        "lived_look",
        *(("lived_answer",) if _has_answers(plan) else ()),
    ):
        session.run(f"DROP TABLE {table}")


def _create_kinds(session: Session, plan: Plan) -> None:
    session.run(
        """CREATE TABLE lived_kind (offer BIGINT, ends_at_column BOOLEAN, has_start BOOLEAN, has_stop BOOLEAN, has_pause BOOLEAN, reopens BOOLEAN, response VARCHAR,
        start_column VARCHAR, stop_column VARCHAR)"""
    )
    columns = (
        "offer",
        "ends_at_column",
        "has_start",
        "has_stop",
        "has_pause",
        "reopens",
        "response",
        "start_column",
        "stop_column",
    )
    session.insert(
        "lived_kind",
        columns,
        [
            (o.number, o.clock.ends_at_column, _has(o, "start"), _has(o, "stop"), _has(o, "pause"), o.clock.reopens, o.clock.policy.response_is, o.clock.starts_at, o.clock.stops_at)
            for o in plan.involved
        ],
    )  # fmt: skip
    session.run('CREATE TABLE lived_look (offer BIGINT, "column" VARCHAR)')
    looks = [
        (o.number, column)
        for o in plan.involved
        for column in sorted({"state", *(c.column for part in o.clock.conditions for c in part.conditions)})
    ]
    session.insert("lived_look", ("offer", "column"), looks)


def _has(o: Offer, role: str) -> bool:
    """Whether a clock has such a part."""
    return role in o.clock.states.values() or any(part.role == role for part in o.clock.conditions)


def _times(every: tuple[Offer, ...], which: str) -> str:
    columns = {o.number: o.clock.starts_at if which == "starts_at" else o.clock.stops_at for o in every}
    return "CASE l.offer " + " ".join(f"WHEN {n} THEN r.{name(column)}" for n, column in columns.items()) + " END"


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

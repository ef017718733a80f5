"""The rounds of each lived clock: where it begins anew, what became of each round, and its target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from itsmctl.engine.lived.plan import Plan
from itsmctl.engine.session import Session
from itsmctl.model import Calendar
from itsmctl.worktime import MOST_DAYS, open_days
from itsmctl.zones import EVER

DAY = 86_400


def create_rounds(session: Session, plan: Plan) -> None:
    """Create `lived_piece` (the stretches of each round, clipped) and `lived_round` (begin, end, how it ended, target)."""
    _create_pieces(session, plan)
    session.run(
        """CREATE TABLE lived_round AS
        SELECT p.run, p.round, any_value(p.governing) AS governing, any_value(p.start) AS start, any_value(p.stop) AS stop, any_value(p.known) AS known, min(p.a) AS begins,
            CASE WHEN max(p.next_round_at) IS NULL THEN any_value(p.until)
                WHEN bool_or(p.next_reopened) THEN greatest(min(CASE WHEN p.ends AND p.t0 > coalesce(p.last_live, -1) THEN p.t0 END), any_value(p.start))
                ELSE max(p.next_round_at) END AS ends,
            CASE WHEN max(p.next_round_at) IS NULL THEN CASE WHEN any_value(p.stop) IS NULL THEN 'running' ELSE 'stopped' END
                WHEN bool_or(p.next_reopened) THEN 'stopped' ELSE 'overtaken' END AS how
        FROM (
            SELECT p.*, max(CASE WHEN NOT p.ends THEN p.t0 END) OVER (PARTITION BY p.run, p.round) AS last_live,
                n.at AS next_round_at, n.reopened AS next_reopened
            FROM lived_piece AS p LEFT JOIN (SELECT run, round, min(t0) AS at, bool_or(reopened AND begins_round) AS reopened FROM lived_piece GROUP BY run, round) AS n
                ON n.run = p.run AND n.round = p.round + 1
        ) AS p GROUP BY p.run, p.round"""
    )
    session.run(
        """DELETE FROM lived_piece AS p USING lived_round AS r WHERE r.run = p.run AND r.round = p.round AND p.t0 > r.ends"""
    )
    _choose_targets(session, plan)


def create_policies(session: Session, plan: Plan) -> None:
    """Create `lived_policy`: what the agreements of the offers say about changes, reopenings, pauses and months."""
    session.run(
        """CREATE TABLE lived_policy (offer BIGINT, on_change VARCHAR, on_reopen VARCHAR, share DOUBLE, by_deadline BOOLEAN, by_weekday BOOLEAN,
        excludes_open BOOLEAN, within_precision BOOLEAN, period VARCHAR, carries BOOLEAN)"""
    )
    columns = ("offer", "on_change", "on_reopen", "share", "by_deadline", "by_weekday", "excludes_open", "within_precision", "period", "carries")  # fmt: skip
    rows = [
        (o.number, p.on_priority_change, p.on_reopen, p.max_pause_share, p.verdict_by == "deadline", p.business_day == "weekday",
         p.open_at_cutoff == "exclude", p.within_precision == "not-testable", p.period_of_ticket, p.open_at_cutoff == "carry")
        for o in plan.involved for p in (o.clock.policy,)
    ]  # fmt: skip
    session.insert("lived_policy", columns, rows)


def is_inside(plan: Plan) -> str:
    """SQL for whether a stretch `s` lies between the start and the stop of its run `b`, if that can be counted at all."""
    return (
        f"b.start BETWEEN 0 AND {plan.as_of} AND NOT b.stop_missing AND coalesce(b.stop, b.start) >= b.start "
        "AND s.t0 <= b.until AND (s.t1 > b.start OR s.is_last)"
    )


def _create_pieces(session: Session, plan: Plan) -> None:
    """The stretches between start and stop, numbered by round.

    A stretch that begins at the very stop still says which target fits then; a clock that stops begins no new round there.
    """
    session.run(
        f"""CREATE TABLE lived_piece AS
        SELECT *, sum(CASE WHEN begins_round THEN 1 ELSE 0 END) OVER (PARTITION BY run ORDER BY t0) AS round FROM (
            SELECT *, NOT ends AND t0 > start AND (t0 < until OR stop IS NULL) AND (
                reopened OR (on_change = 'restart' AND (live_offer, live_target) IS DISTINCT FROM (coalesce(offer, -1), target_number) AND live_target IS NOT NULL AND target_number >= 0)
                OR (resets AND NOT coalesce(reset_before, false))) AS begins_round
            FROM (
                SELECT s.run, s.governing, s.offer, s.t0, s.role, s.why, s.target_number, s.calendar, s.resets, s.role IN ('stop', 'cancel') AS ends,
                    greatest(s.t0, b.start) AS a, least(s.t1, b.until) AS b, b.start, b.stop, b.until, b.known, k.on_change, k.on_reopen,
                    k.on_reopen = 'new-cycle' AND coalesce(lag(s.role IN ('stop', 'cancel')) OVER life, false) AS reopened, lag(s.resets) OVER life AS reset_before,
                    last_value(CASE WHEN s.role NOT IN ('stop', 'cancel') AND s.target_number >= 0 THEN coalesce(s.offer, -1) END IGNORE NULLS) OVER earlier AS live_offer,
                    last_value(CASE WHEN s.role NOT IN ('stop', 'cancel') AND s.target_number >= 0 THEN s.target_number END IGNORE NULLS) OVER earlier AS live_target
                FROM lived_stretch AS s JOIN lived_bound AS b ON b.run = s.run LEFT JOIN lived_policy AS k ON k.offer = s.governing
                WHERE {is_inside(plan)}
                WINDOW life AS (PARTITION BY s.run ORDER BY s.t0),
                    earlier AS (PARTITION BY s.run ORDER BY s.t0 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
            ) AS s
        ) AS s"""
    )


def _choose_targets(session: Session, plan: Plan) -> None:
    """Add offer, number and seconds of the target to `lived_round`: of all that fitted within it, the one agreed to count."""
    _create_days(session, plan)
    session.run(
        """CREATE TABLE lived_fit AS
        SELECT p.run, p.round, p.t0, coalesce(p.offer, -1) AS offer, p.target_number, p.calendar,
            CASE WHEN k.by_weekday AND w.days > 0 THEN w.seconds + d.after - d.before ELSE t.seconds END AS seconds
        FROM lived_piece AS p JOIN lived_round AS r ON r.run = p.run AND r.round = p.round LEFT JOIN lived_policy AS k ON k.offer = p.governing
        LEFT JOIN lived_target AS t ON t.offer = p.offer AND t.target_number = p.target_number
        LEFT JOIN lived_within AS w ON w.offer = p.offer AND w.target_number = p.target_number
        LEFT JOIN lived_workday AS d ON k.by_weekday AND d.calendar = p.calendar AND d.days = w.days AND r.begins >= d.since AND r.begins < d.until"""
    )
    session.run(
        """CREATE OR REPLACE TABLE lived_round AS
        SELECT r.*, CASE WHEN k.on_change = 'keep-first' THEN f.first_offer WHEN k.on_change = 'strictest' THEN coalesce(f.least_offer, f.last_offer) ELSE f.last_offer END AS offer,
            CASE WHEN k.on_change = 'keep-first' THEN f.first_number WHEN k.on_change = 'strictest' THEN coalesce(f.least_number, -1) ELSE f.last_number END AS target_number,
            CASE WHEN k.on_change = 'keep-first' THEN f.first_seconds WHEN k.on_change = 'strictest' THEN f.least_seconds ELSE f.last_seconds END AS target,
            f.last_offer AS offer_at_end, f.changed
        FROM lived_round AS r LEFT JOIN lived_policy AS k ON k.offer = r.governing JOIN (
            SELECT run, round, min_by(offer, t0) AS first_offer, max_by(offer, t0) AS last_offer, min_by(target_number, t0) AS first_number,
                max_by(target_number, t0) AS last_number, max(CASE WHEN is_first THEN seconds END) AS first_seconds, max(CASE WHEN is_final THEN seconds END) AS last_seconds,
                min(seconds) AS least_seconds, min(CASE WHEN is_least THEN offer END) AS least_offer, min(CASE WHEN is_least THEN target_number END) AS least_number,
                max(CASE WHEN differs THEN t0 END) AS changed
            FROM (
                SELECT *, lag(t0) OVER life IS NULL AS is_first, lead(t0) OVER life IS NULL AS is_final,
                    seconds IS NOT NULL AND row_number() OVER (PARTITION BY run, round ORDER BY seconds NULLS LAST, offer, target_number) = 1 AS is_least,
                    lag(t0) OVER life IS NOT NULL AND (lag(offer) OVER life, lag(target_number) OVER life) IS DISTINCT FROM (offer, target_number) AS differs
                FROM lived_fit WINDOW life AS (PARTITION BY run, round ORDER BY t0)
            ) AS f GROUP BY run, round
        ) AS f ON f.run = r.run AND f.round = r.round"""
    )
    for table in ("lived_fit", "lived_target", "lived_workday", "lived_within"):
        session.run(f"DROP TABLE {table}")


def create_targets(session: Session, plan: Plan) -> None:
    """Create `lived_target`: the seconds of each target of an offer."""
    session.run("CREATE TABLE lived_target (offer BIGINT, target_number BIGINT, seconds BIGINT)")
    targets = [
        (o.number, n, t.seconds + t.business_days * o.calendar.day_minutes * 60)
        for o in plan.involved
        for n, t in enumerate(o.clock.targets)
    ]
    session.insert("lived_target", ("offer", "target_number", "seconds"), targets)


def _create_days(session: Session, plan: Plan) -> None:
    """Create `lived_target`, `lived_within` (targets apart from their business days) and `lived_workday`: what so many days in a row are worth.

    `before` and `after` are the open seconds up to the first and past the last of the days that begin between `since`
    and `until`; only agreements whose business days are as long as their weekday ask.
    """
    create_targets(session, plan)
    session.run("CREATE TABLE lived_within (offer BIGINT, target_number BIGINT, seconds BIGINT, days BIGINT)")
    asking = [o for o in plan.involved if any(g.clock.policy.business_day == "weekday" for g in plan.lived)]
    within = [(o.number, n, t.seconds, t.business_days) for o in asking for n, t in enumerate(o.clock.targets)]
    session.insert("lived_within", ("offer", "target_number", "seconds", "days"), within)
    session.run(
        "CREATE TABLE lived_workday (calendar BIGINT, days BIGINT, since BIGINT, until BIGINT, before BIGINT, after BIGINT)"
    )
    wanted = sorted({days for *_, days in within if days})
    if not wanted:
        return
    (first,) = session.one("SELECT min(begins) FROM lived_round")
    for number, calendar in plan.calendars.values():
        rows = list(_runs_of_days(calendar, int(str(first or 0)), plan.as_of, wanted))
        columns = ("days", "since", "until", "before", "after", "calendar")
        session.insert("lived_workday", columns, [(*row, number) for row in rows])


def _runs_of_days(calendar: Calendar, first: int, last: int, lengths: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """(days, since, until, before, after) for each open day on which a clock may start from `first` to `last`."""
    start = datetime.fromtimestamp(first, UTC).date() - timedelta(days=366)
    closes, before, total, beyond = [-EVER], [0], 0, 0
    for closing, seconds in open_days(calendar, start, start + timedelta(days=(last - first) // DAY + 2 * MOST_DAYS)):
        total += seconds
        closes.append(closing)
        before.append(total)
        beyond += closing > last
        if beyond > max(lengths):
            break
    for days in lengths:
        for place in range(len(closes) - days):
            yield days, closes[place], closes[place + 1], before[place], before[place + days]

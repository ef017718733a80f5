"""The verdict of each lived clock: of its first late round, else of the first that nobody can judge, else of its last."""

from __future__ import annotations

from itsmctl.engine.lived.plan import CLOCKS, KEPT_REASON, Plan
from itsmctl.engine.session import Session
from itsmctl.engine.tables.months import month_text, offset_at


def replace_verdicts(session: Session, plan: Plan) -> None:
    """Put the rows of the lived clocks in the place of the plain ones."""
    judged = f"""SELECT *, CASE WHEN why_not IS NOT NULL THEN 'not_testable' WHEN how = 'running' THEN CASE WHEN late THEN 'running_breached' ELSE 'running' END
            WHEN late THEN 'breached' WHEN how = 'overtaken' THEN 'cancelled' ELSE 'met' END AS verdict FROM (
            SELECT r.*, coalesce(r.counted > r.target OR (k.by_deadline AND r.counted = r.target AND r.ends > r.begins AND NOT r.last_counts), false) AS late,
                CASE WHEN r.offer_at_end = -1 THEN CASE WHEN r.how <> 'overtaken' THEN 'no-agreement' END
                    WHEN r.target IS NULL THEN CASE WHEN r.how <> 'overtaken' THEN 'no-target' END
                    WHEN r.unknown THEN 'calendar-not-known'
                    WHEN NOT r.known AND g.has_pause AND r.counted > r.target THEN 'no-history:state'
                    WHEN k.within_precision AND {plan.precision} > 1 AND abs(r.counted - r.target) < {plan.precision} THEN 'within-precision' END AS why_not
            FROM lived_round AS r JOIN lived_kind AS g ON g.offer = r.governing LEFT JOIN lived_policy AS k ON k.offer = r.governing
        ) AS r"""
    if plan.counts_once:
        _replace(session, plan, f"({judged})")
        return
    session.run(f"CREATE TABLE lived_judged AS {judged}")
    session.run(
        """CREATE TABLE lived_decisive AS SELECT j.* FROM lived_judged AS j JOIN (
        SELECT j.run, CASE WHEN any_value(b.cancelled) THEN max(j.round) ELSE coalesce(
            min(CASE WHEN j.late AND j.why_not IS NULL THEN j.round END), min(CASE WHEN j.why_not IS NOT NULL THEN j.round END), max(j.round)) END AS round
        FROM lived_judged AS j JOIN lived_bound AS b ON b.run = j.run GROUP BY j.run
    ) AS d ON d.run = j.run AND d.round = j.round"""
    )
    _replace(session, plan, "lived_decisive")
    for table in ("lived_judged", "lived_decisive"):
        session.run(f"DROP TABLE {table}")


def create_offer_facts(session: Session, plan: Plan) -> None:
    """Create `lived_offer`: what is known of each offer beside its policy."""
    session.run(
        "CREATE TABLE lived_offer (offer BIGINT, agreement VARCHAR, known_before BIGINT, missing VARCHAR, zone_from VARCHAR)"
    )
    rows = [
        (o.number, o.agreement.id, plan.known_before(o), ",".join(plan.missing(o)) or None, o.clock.policy.zone_from)
        for o in plan.involved
    ]
    session.insert("lived_offer", ("offer", "agreement", "known_before", "missing", "zone_from"), rows)


def _replace(session: Session, plan: Plan, decisive: str) -> None:
    """What cannot be judged at all comes first, then what became of the round that decides, which the relation `decisive` holds."""
    as_of = plan.as_of
    lived, involved = (", ".join(str(o.number) for o in offers) for offers in (plan.lived, plan.involved))
    zoneless = "(SELECT DISTINCT run FROM lived_stretch WHERE no_zone)"
    kept = f"SELECT c.tix, c.clock FROM clock AS c WHERE {KEPT_REASON}"
    session.run(
        f"CREATE TABLE lived_plain AS SELECT tix, clock, offer, target_number, target, unpromised FROM clock WHERE offer IN ({involved})"
    )
    session.run(f"DELETE FROM clock WHERE offer IN ({lived}) AND (tix, clock) NOT IN ({kept})")
    offset = offset_at(session, "c.month_at")
    month = month_text("c.month_at", offset)
    after = f"strftime(make_timestamp((c.month_at + {offset}) * 1000000) + INTERVAL 1 MONTH, '%Y-%m')"
    due = " LEFT JOIN lived_due AS u ON u.run = c.run AND u.round = c.round" if plan.asks_deadlines else ""
    session.run(
        f"""INSERT INTO clock SELECT c.tix, c.clock, c.agreement, c.offer, c.target_number, c.target, c.start, c.stop, c.judged_at, c.counted,
            CASE WHEN c.carries AND c.stop IS NULL THEN {after} ELSE {month} END AS month, c.verdict, c.reason, c.unpromised
        FROM (SELECT c.*, CASE WHEN c.period = 'opened' THEN c.start WHEN c.period = 'deadline' THEN {"u.due" if due else "NULL"} ELSE coalesce(c.stop, {as_of} - 1) END AS month_at FROM (
            SELECT j.run, j.tix, j.clock, f.agreement, j.offer, CASE WHEN j.target_number >= 0 THEN j.target_number END AS target_number, j.target, j.start, j.stop, coalesce(j.stop, {as_of}) AS judged_at,
                CASE WHEN j.reason IS NULL OR j.reason NOT LIKE 'no-history:%' OR j.reason = 'no-history:state' THEN j.counted END AS counted,
                CASE WHEN j.reason IS NOT NULL THEN 'not_testable' WHEN j.cancelled OR j.not_started THEN 'cancelled'
                    WHEN j.verdict IN ('running', 'running_breached') AND k.excludes_open THEN 'cancelled'
                    WHEN j.verdict = 'running' THEN CASE WHEN j.paused_now THEN 'paused_ok' ELSE 'running_ok' END ELSE j.verdict END AS verdict,
                CASE WHEN j.reason IS NOT NULL THEN j.reason WHEN j.not_started THEN 'not-started' WHEN NOT j.cancelled AND j.verdict IN ('running', 'running_breached') AND k.excludes_open THEN 'open-at-cutoff' END AS reason,
                CASE WHEN j.offer IS NOT NULL AND j.target IS NULL THEN coalesce(j.unpromised, 'no-target') END AS unpromised, k.period, k.carries, j.round
            FROM (
                SELECT b.run, b.tix, n.clock, coalesce(nullif(d.offer, -1), b.offer) AS offer, CASE WHEN d.run IS NULL THEN p.target_number ELSE d.target_number END AS target_number,
                    CASE WHEN d.run IS NULL THEN p.target ELSE d.target END AS target, coalesce(d.begins, b.start) AS start,
                    CASE WHEN d.run IS NULL THEN b.stop WHEN d.how <> 'running' THEN d.ends END AS stop, d.counted, d.round, b.offer AS governing, d.verdict, b.cancelled, b.paused_now, b.has_start AND b.start IS NULL AS not_started,
                    CASE WHEN b.offer IS NULL THEN 'no-agreement' WHEN w.missing IS NOT NULL THEN concat('no-history:', w.missing)
                        WHEN x.tix IS NOT NULL THEN 'history-gap:state' WHEN z.run IS NOT NULL THEN concat('no-zone:', w.zone_from)
                        WHEN b.has_start AND b.start IS NULL THEN NULL
                        WHEN b.start IS NULL THEN concat('missing:', g.start_column) WHEN b.start < 0 THEN 'before-1970' WHEN b.start > {as_of} THEN 'after-as-of'
                        WHEN b.stop_missing AND NOT b.cancelled THEN concat('missing:', g.stop_column) WHEN b.stop_missing THEN NULL
                        WHEN b.stop < b.start THEN 'stop-before-start' WHEN b.cancelled THEN NULL
                        WHEN d.why_not = 'no-target' THEN coalesce(p.unpromised, d.why_not) ELSE d.why_not END AS reason, p.unpromised
                FROM lived_bound AS b JOIN lived_name AS n ON n.number = b.run % {CLOCKS} LEFT JOIN lived_kind AS g ON g.offer = b.offer LEFT JOIN {decisive} AS d ON d.run = b.run
                LEFT JOIN lived_offer AS w ON w.offer = b.offer LEFT JOIN lived_plain AS p ON p.tix = b.tix AND p.clock = n.clock AND p.offer = b.offer
                LEFT JOIN (SELECT DISTINCT tix FROM broken) AS x ON x.tix = b.tix LEFT JOIN {zoneless} AS z ON z.run = b.run
            ) AS j LEFT JOIN lived_offer AS f ON f.offer = j.offer LEFT JOIN lived_policy AS k ON k.offer = j.governing
        ) AS c{due}) AS c"""
    )
    for table in ("lived_plain", *(("lived_due",) if due else ())):
        session.run(f"DROP TABLE {table}")

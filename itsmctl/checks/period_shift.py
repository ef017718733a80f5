"""Resolutions that were moved over the end of a month, so that they count in the better one.

Flagged is a record that was resolved less than `within` before a month ended and opened again in the next, at most `reopened` later;
and one whose clock had used up at least `used` per cent of its target (80 if left out) and that was resolved less than `within` before
or after the turn of the month. Months are those of the audit's zone. Somebody resolves at midnight, too, so rules mark it as an enquiry.

    check: {period-shift: {clock: resolution, within: 30m, reopened: 72h}}

Passing: resolved on the 14th; resolved at 23:50 on the last day with half of its time left. Flagged: resolved at 23:50 on the last
day, opened again at 08:10.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import CLOCK, DURATION, PERCENT, seconds_of
from itsmctl.engine.progress import turns
from itsmctl.engine.sql import Fragment
from itsmctl.engine.tables.months import month_text
from itsmctl.model import Rule

ID = "period-shift"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["clock", "within", "reopened"],
    "properties": {
        "clock": CLOCK,
        "within": {
            **DURATION,
            "description": "How near to the turn of the month it was resolved, in hours, minutes and seconds, such as `30m`.",
        },
        "reopened": {
            **DURATION,
            "description": "How long after its resolution it was opened again at the latest, in hours, minutes and seconds, such as `72h`.",
        },
        "used": {
            **PERCENT,
            "description": "From which share of the target on it was tempting, in per cent; default: 80.",
        },
    },
}
NAMES = {"clock": "clock"}


def needs(rule: Rule) -> Needs:
    """The moment of opening, and the history of states."""
    return Needs(columns=frozenset({"opened_at"}), history=frozenset({"state"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record that was ever resolved; `observed` says what happened at which turn of the month."""
    clock, within, reopened = str(rule.parameters["clock"]), seconds_of(rule, "within"), seconds_of(rule, "reopened")
    used = rule.parameters.get("used", 80)
    # What costs most is said last: the months are worked out only where the rest holds.
    soon = f"left_at IS NOT NULL AND left_at <= t0 + {reopened}"
    back = f"{soon} AND {_month('t0')} <> {_month(f't0 + {within}')} AND {_month('left_at')} > {_month('t0')}"
    near = f"{_month(f't0 - {within}')} <> {_month(f't0 + {within}')}"
    prone = f"stop = t0 AND 100.0 * counted >= {used} * target"
    return (
        f"""SELECT r.record_id, s.told IS NULL AS passed, coalesce(s.told, 'no turn of a month') AS observed, 'not moved over the end of a month' AS expected,
            coalesce(s.moment, r.opened_at) AS "at", CAST(NULL AS VARCHAR) AS reason
        FROM scoped AS r JOIN (
            SELECT tix, min(told) AS told, min(CASE WHEN told IS NOT NULL THEN t0 END) AS moment FROM (
                SELECT tix, t0, CASE WHEN {back} THEN concat('resolved in ', {_month("t0")}, ', open again in ', {_month("left_at")})
                    WHEN {prone} AND {near} THEN concat('resolved at the turn of ', {_month("t0")}, ', when ', CAST(floor(100.0 * counted / target) AS BIGINT), '% was used') END AS told
                FROM (
                    SELECT e.*, z.utc_offset FROM (
                        SELECT *, lead(t0) OVER (PARTITION BY tix ORDER BY seq) AS left_at FROM ("""
        + turns("stop", clock)
        + """) AS turned
                    ) AS e LEFT JOIN zone_span AS z ON e.t0 >= z.since AND e.t0 < z.until
                    WHERE e.inside
                ) AS resolved
            ) AS looked GROUP BY tix
        ) AS s ON s.tix = r.tix"""
    )


def _month(seconds: str) -> str:
    """The local month of a moment, by the offset in force at the resolution; no clock changes at the turn of a month."""
    return month_text(f"({seconds})", "coalesce(resolved.utc_offset, 0)")

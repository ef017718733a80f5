"""When each lived clock starts, and what of its record decides when it stops: step 3 of `worktime.living`."""

from __future__ import annotations

from itsmctl.engine.lived.conditions import any_of, choice, has, told, with_record
from itsmctl.engine.lived.plan import Plan
from itsmctl.engine.offers import Offer
from itsmctl.engine.session import Session, name
from itsmctl.engine.sql import Fragment


def create_starts(session: Session, plan: Plan) -> None:
    """Create `lived_kind`, what is so of all clocks of an offer, and `lived_start`: one row per run, with the start, NULL where there is none.

    `ends_at` is the moment at which a column ends the clock for good, `column_stop` what the column says that may stop it.
    """
    _create_kinds(session, plan)
    as_of, every = plan.as_of, plan.involved
    starts = choice(every, "l.offer", lambda o: any_of(plan, o, "start"), "false")
    ends_at = _ends_at(plan)
    started, first_start = "CAST(NULL AS BIGINT)", Fragment("")
    if starts.text != "false":
        runs, ended = "lived", ""
        if ends_at:
            runs = f"(SELECT l.run, l.tix, l.offer, {ends_at} AS ends_at FROM lived AS l JOIN record AS r ON r.tix = l.tix)"
            ended = " AND coalesce(v.t0 <= l.ends_at, true)"
        started = "s.started"
        first_start = (
            Fragment(f""" LEFT JOIN (
            SELECT l.run, min(v.t0) AS started FROM lived_life AS v JOIN {runs} AS l ON l.tix = v.tix{with_record([starts])} WHERE """)
            + starts + ended + " GROUP BY l.run) AS s ON s.run = l.run"
        )  # fmt: skip
    session.run(
        f"""CREATE TABLE lived_start AS
        SELECT l.run, l.tix, l.offer, k.ends_at_column, k.has_stop, k.has_start, k.reopens, k.response,
            CASE WHEN k.has_start THEN CASE WHEN {started} IS NOT NULL THEN greatest({started}, r.opened_at) END ELSE {_times(every, "starts_at")} END AS start,
            {_times(every, "stops_at")} AS column_stop, {ends_at or "CAST(NULL AS BIGINT)"} AS ends_at,
            coalesce(r.resolved_at <= {as_of}, false) OR coalesce(r.closed_at <= {as_of}, false) AS ended,
            least(CASE WHEN r.resolved_at <= {as_of} THEN r.resolved_at END, CASE WHEN r.closed_at <= {as_of} THEN r.closed_at END) AS ended_first,
            {choice(every, "l.offer", lambda o: _told(plan, o), "false").text} AS known
        FROM lived AS l JOIN record AS r ON r.tix = l.tix LEFT JOIN lived_kind AS k ON k.offer = l.offer
        JOIN (SELECT * FROM lived_life WHERE is_last) AS v ON v.tix = l.tix{first_start.text}""",
        first_start.values,
    )


def _create_kinds(session: Session, plan: Plan) -> None:
    session.run(
        """CREATE TABLE lived_kind (offer BIGINT, ends_at_column BOOLEAN, has_start BOOLEAN, has_stop BOOLEAN, has_pause BOOLEAN, reopens BOOLEAN, response VARCHAR,
        start_column VARCHAR, stop_column VARCHAR)"""
    )
    columns = ("offer", "ends_at_column", "has_start", "has_stop", "has_pause", "reopens", "response", "start_column", "stop_column")  # fmt: skip
    session.insert(
        "lived_kind",
        columns,
        [
            (o.number, o.clock.ends_at_column, has(o, "start"), has(o, "stop"), has(o, "pause"), o.clock.reopens, o.clock.policy.response_is, o.clock.starts_at, o.clock.stops_at)
            for o in plan.involved
        ],
    )  # fmt: skip


def _ends_at(plan: Plan) -> str:
    """SQL for the moment at which a column ended the run `l` for good, NULL where none did; '' where none can."""
    ending = [o for o in plan.involved if o.clock.ends_at_column]
    if not ending:
        return ""
    return choice(
        ending,
        "l.offer",
        lambda o: Fragment(f"CASE WHEN r.{name(o.clock.stops_at)} <= {plan.as_of} THEN r.{name(o.clock.stops_at)} END"),
        "NULL",
    ).text


def _times(every: tuple[Offer, ...], which: str) -> str:
    return choice(
        every,
        "l.offer",
        lambda o: Fragment(f"r.{name(o.clock.starts_at if which == 'starts_at' else o.clock.stops_at)}"),
        "NULL",
    ).text


def _told(plan: Plan, o: Offer) -> Fragment:
    """Whether the history tells anything of what a clock looks at."""
    looked_at = {"state", *(c.column for part in o.clock.conditions for c in part.conditions)}
    by_column = [f"v.{told(column)}" for column in sorted(looked_at & plan.tracked)]
    return Fragment(f"({' OR '.join(by_column)})" if by_column else "false")

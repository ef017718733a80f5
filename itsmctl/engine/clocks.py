"""Every clock of every record in one pass: the SQL twin of `worktime.recorded`, agreed to the second.

A calendar becomes one row per UTC day with the open seconds before it and its open segments, so that the open time
before any moment, F(t), is an equi-join and clipped arithmetic. Counted time is then a signed sum of F over the
start, the stop, and the edges of the pauses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from itsmctl.engine.offers import Offer, offers, period_of
from itsmctl.engine.openings import earliest
from itsmctl.engine.promises import choice, put_back, target_number, unknown_columns
from itsmctl.engine.session import Session, name, quote
from itsmctl.engine.spans import create_spans
from itsmctl.engine.sql import Fragment, staircase
from itsmctl.engine.tables import month_text, offset_at
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.model import TIME_COLUMNS, ZONE_OF_CALENDAR, Definitions
from itsmctl.worktime import day_columns, day_rows, day_table, known_before
from itsmctl.zones import EVER

DAY = 86_400
LAST_DAY = 99_999


def columns_of_clocks(definitions: Definitions) -> frozenset[str]:
    """The columns of a record that decide which agreement and target it has, and when its clocks start and stop."""
    clocks = [clock for agreement in definitions.agreements.values() for clock in agreement.clocks.values()]
    asked = {c.column for clock in clocks for target in clock.targets for c in target.conditions}
    asked |= {c.column for clock in clocks for part in clock.conditions for c in part.conditions}
    asked |= {clock.policy.zone_from for clock in clocks if clock.policy.zone_from != ZONE_OF_CALENDAR}
    ends = {column for clock in clocks for column in (clock.starts_at, clock.stops_at)}
    return frozenset({"service", "customer", "state", "opened_at", "resolved_at", "closed_at", *asked, *ends} - {""})


FEW = 5_000
"""Records for whose clocks to plan every statement twice costs more than the second connection saves."""


def create_clocks(
    session: Session,
    definitions: Definitions,
    as_of: int,
    exported: frozenset[str],
    history: frozenset[str] = frozenset(),
    precision: int = 1,
    processes: Collection[str] = (),
    *,
    legs: bool = False,
) -> None:
    """Create the tables `span` and `clock`: one row per record and clock name, with what was counted and the verdict.

    Columns: tix, clock, agreement, offer, target_number, target, start, stop (NULL while running), judged_at,
    counted, month (of stop, or of `as_of`), verdict, reason, unpromised (why a clock has no target, or NULL).
    `history` are the columns whose changes the export records, `precision` the step of its times in seconds.
    Clocks run for the records of `processes`, or of all where none is named: a promise to resolve incidents in four hours
    says nothing about changes. With `legs` those of supporting agreements run as well.
    """
    if as_of < 0:
        raise ItsmctlError(
            Problem("as-of-too-early", "the moment of the audit lies before 1970; name another with --as-of")
        )
    if as_of // DAY > LAST_DAY:
        raise ItsmctlError(
            Problem("as-of-too-late", "the moment of the audit lies after the year 2243; name another with --as-of")
        )
    every, read = offers(definitions), columns_of_clocks(definitions)
    with session.beside(lambda other: create_spans(other, as_of)):
        _create_offers(session, every)
        segments = _create_days(session, every, as_of)
        session.run(
            """CREATE TABLE clock (tix BIGINT, clock VARCHAR, agreement VARCHAR, offer BIGINT, target_number BIGINT, target BIGINT, start BIGINT,
            stop BIGINT, judged_at BIGINT, counted BIGINT, month VARCHAR, verdict VARCHAR, reason VARCHAR, unpromised VARCHAR)"""
        )
    timed = f"process IN ({', '.join(quote(process) for process in sorted(processes))})" if processes else "true"

    def run(connection: Session, half: str) -> None:
        # The tables on the way are temporary: each connection has its own, for its half of the records.
        connection.run(f"CREATE OR REPLACE TEMP VIEW ticket AS SELECT * FROM record WHERE {timed}{half}")
        connection.run(f"CREATE OR REPLACE TEMP VIEW ticket_span AS SELECT * FROM span WHERE true{half}")
        used = _create_assignment(connection, every, tells_services="service" in exported)
        _create_endings(connection, as_of)
        put_back(connection, used, history, as_of)
        _create_edges(connection, as_of)
        _create_counted(connection, segments)
        _add_verdicts(connection, as_of, exported, read)

    middle = None if session.halves == 1 else _middle(session, timed)
    if middle is None:
        run(session, "")
    else:
        with session.beside(lambda other: run(other, f" AND tix > {middle}")):
            run(session, f" AND tix <= {middle}")
    from itsmctl.engine.lived import Plan, judge_lived

    judge_lived(session, Plan(definitions, history, as_of, precision, legs))


def _middle(session: Session, timed: str) -> int | None:
    """The record that parts those whose clocks run into halves; None where they are few."""
    (records, middle) = session.one(f"SELECT count(*), median(tix) FROM record WHERE {timed}")
    return int(middle) if isinstance(middle, float) and int(str(records)) >= FEW else None


def _create_offers(session: Session, every: Sequence[Offer]) -> None:
    session.run(
        "CREATE TABLE offer (offer BIGINT, agreement VARCHAR, clock VARCHAR, service VARCHAR, customer VARCHAR, since BIGINT, until BIGINT)"
    )
    rows = [
        (o.number, o.agreement.id, o.clock.name, service, customer, *period_of(o))
        for o in every
        for service in (o.agreement.services or (None,))
        for customer in (o.agreement.customers or (None,))
    ]
    session.insert("offer", ("offer", "agreement", "clock", "service", "customer", "since", "until"), rows)
    session.run("CREATE TABLE clock_role (offer BIGINT, state VARCHAR, role VARCHAR)")
    roles = [(o.number, state, role) for o in every for state, role in sorted(o.clock.states.items())]
    session.insert("clock_role", ("offer", "state", "role"), roles)
    session.run(
        """CREATE TABLE clock_kind (offer BIGINT, agreement VARCHAR, start_column VARCHAR, stop_column VARCHAR, calendar BIGINT, has_stop BOOLEAN,
        has_pause BOOLEAN, reopens BOOLEAN, known_before BIGINT)"""
    )
    calendars = _calendar_numbers(every)
    kinds = [
        (o.number, o.agreement.id, o.clock.starts_at, o.clock.stops_at, calendars[o.calendar.id], "stop" in o.clock.states.values(), "pause" in o.clock.states.values(), o.clock.reopens, known_before(o.calendar))
        for o in every
    ]  # fmt: skip
    columns = ("offer", "agreement", "start_column", "stop_column", "calendar", "has_stop", "has_pause", "reopens", "known_before")  # fmt: skip
    session.insert("clock_kind", columns, kinds)
    session.run("CREATE TABLE clock_name (clock VARCHAR)")
    session.insert("clock_name", ("clock",), [(clock,) for clock in sorted({o.clock.name for o in every})])
    session.run("CREATE TABLE target (offer BIGINT, target_number BIGINT, seconds BIGINT)")
    session.insert("target", ("offer", "target_number", "seconds"), list(_targets(every)))


def _create_assignment(session: Session, every: Sequence[Offer], *, tells_services: bool) -> Sequence[Offer]:
    """Which offer judges each record under each clock name, and its target by the last values; returns the offers that do."""
    era = _era(every)
    _create_parties(session, era)
    match = """SELECT r.party, min(o.offer) AS offer, o.clock FROM party AS r JOIN offer AS o ON {service}
        AND (o.customer IS NULL OR o.customer = r.customer) AND r.opened_at >= o.since AND r.opened_at < o.until GROUP BY r.party, o.clock"""
    # An agreement of the service's own decides alone, even for a clock that it does not promise. Where the customer or the
    # service decides which agreement it is, and is not known, the looser promise must not be taken for the agreed one.
    # An export that tells no services at all is judged by what is promised to everybody.
    torn = """SELECT DISTINCT r.party FROM party AS r JOIN offer AS o ON {service} AND o.customer IS NOT NULL
        AND r.opened_at >= o.since AND r.opened_at < o.until WHERE r.customer IS NULL"""
    of_some_service = f"""SELECT DISTINCT r.party FROM party AS r JOIN (SELECT DISTINCT customer, since, until FROM offer WHERE service IS NOT NULL) AS o
        ON (o.customer IS NULL OR r.customer IS NULL OR o.customer = r.customer) AND r.opened_at >= o.since AND r.opened_at < o.until
        WHERE r.service IS NULL AND {str(tells_services).lower()}"""
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE assigned AS
        SELECT r.party, n.clock, CASE WHEN own.party IS NOT NULL THEN s.offer ELSE a.offer END AS offer,
            own.party IS NOT NULL OR common.party IS NOT NULL AS has_agreement,
            torn.party IS NOT NULL OR (own.party IS NULL AND torn_common.party IS NOT NULL) AS customer_missing,
            common.party IS NOT NULL AND nameless.party IS NOT NULL AS service_missing
        FROM party AS r CROSS JOIN clock_name AS n
        LEFT JOIN (SELECT DISTINCT party FROM ({match.format(service="o.service = r.service")}) AS m) AS own ON own.party = r.party
        LEFT JOIN (SELECT DISTINCT party FROM ({match.format(service="o.service IS NULL")}) AS m) AS common ON common.party = r.party
        LEFT JOIN ({torn.format(service="o.service = r.service")}) AS torn ON torn.party = r.party
        LEFT JOIN ({torn.format(service="o.service IS NULL")}) AS torn_common ON torn_common.party = r.party
        LEFT JOIN ({of_some_service}) AS nameless ON nameless.party = r.party
        LEFT JOIN ({match.format(service="o.service = r.service")}) AS s ON s.party = r.party AND s.clock = n.clock
        LEFT JOIN ({match.format(service="o.service IS NULL")}) AS a ON a.party = r.party AND a.clock = n.clock"""
    )
    # Most exports are judged by few of the offers, and every branch costs.
    used = {number for (number,) in session.rows("SELECT DISTINCT offer FROM assigned")}
    every = [o for o in every if o.number in used] or every[:1]
    starts = choice(every, lambda o: Fragment(f"WHEN true THEN r.{name(o.clock.starts_at)}"))
    stops = choice(every, lambda o: Fragment(f"WHEN true THEN r.{name(o.clock.stops_at)}"))
    query = (
        Fragment("CREATE OR REPLACE TEMP TABLE assignment AS SELECT r.tix, a.clock, a.offer, a.has_agreement, a.customer_missing, a.service_missing, k.calendar, k.has_stop, k.has_pause, k.reopens, ")
        + target_number(every) + " AS target_number, " + starts + " AS start, " + stops + " AS column_stop, " + unknown_columns(every)
        + f""" AS unknown_columns, r.state, r.opened_at, r.resolved_at, r.closed_at, r.recorded_at
        FROM ticket AS r JOIN party AS f ON f.service IS NOT DISTINCT FROM r.service AND f.customer IS NOT DISTINCT FROM r.customer AND f.era = {era}
        JOIN assigned AS a ON a.party = f.party LEFT JOIN clock_kind AS k ON k.offer = a.offer"""
    )  # fmt: skip
    session.run(query.text, query.values)
    return every


def _create_parties(session: Session, era: str) -> None:
    """Create `party`: to whom the same promises are made, as their service, customer and era are the same."""
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE party AS
        SELECT row_number() OVER (ORDER BY service, customer, era) AS party, service, customer, era, opened_at FROM (
            SELECT service, customer, era, min(opened_at) AS opened_at FROM (SELECT service, customer, opened_at, {era} AS era FROM ticket AS r) AS r
            GROUP BY service, customer, era
        ) AS r"""
    )


def _era(every: Sequence[Offer]) -> str:
    """SQL for the number of the stretch of time in which the record `r` was opened: within one, no agreement begins or ends."""
    turns = sorted({at for o in every for at in period_of(o) if -EVER < at < EVER})
    steps = [(-EVER, "0"), *((turn, str(number)) for number, turn in enumerate(turns, 1))]
    return f"CASE WHEN r.opened_at IS NULL THEN -1 ELSE {staircase('r.opened_at', steps)} END"


def _targets(every: Sequence[Offer]) -> Iterable[tuple[int, int, int]]:
    for o in every:
        for number, target in enumerate(o.clock.targets):
            yield o.number, number, target.seconds + target.business_days * o.calendar.day_minutes * 60


def _create_endings(session: Session, as_of: int) -> None:
    """Where each clock stops and what became of it: steps 3 to 6 of `worktime.recorded`."""
    # A clock that no state stops or pauses, such as that of an answer, asks the history of cancelled records alone.
    session.run(
        """CREATE OR REPLACE TEMP TABLE part AS
        SELECT a.tix, a.clock, s.seq, s.t0, s.t1, s.is_last, coalesce(c.role, '') AS role, coalesce(c.role IN ('stop', 'cancel'), false) AS ends
        FROM assignment AS a JOIN ticket_span AS s ON s.tix = a.tix AND (s.t0 < s.t1 OR s.is_last)
        LEFT JOIN clock_role AS c ON c.offer = a.offer AND c.state = s.state
        WHERE a.offer IS NOT NULL AND (a.has_stop OR a.has_pause OR a.state IN (SELECT state FROM clock_role WHERE role = 'cancel')
            OR a.tix IN (SELECT tix FROM ticket_span WHERE state IN (SELECT state FROM clock_role WHERE role = 'cancel')))"""
    )
    # Parts lie side by side: what ends the clock for good begins where the last part ends that does not.
    session.run(
        """CREATE OR REPLACE TEMP TABLE ending AS
        SELECT tix, clock, max(CASE WHEN is_last THEN role END) AS last_role,
            CASE WHEN bool_or(is_last AND ends) THEN coalesce(max(CASE WHEN NOT ends THEN t1 END), min(t0)) END AS last_stop,
            min(CASE WHEN ends THEN t0 END) AS first_stop, min_by(role, CASE WHEN ends THEN seq END) AS first_role
        FROM part GROUP BY tix, clock"""
    )
    session.run(
        """CREATE OR REPLACE TEMP TABLE judged AS
        SELECT *, CASE WHEN by_history THEN stopped ELSE known_stop END AS stop,
            CASE WHEN by_history THEN stopped IS NOT NULL AND decisive = 'cancel'
                WHEN stop_missing THEN decisive = 'cancel'
                ELSE known_stop IS NOT NULL AND decisive = 'cancel' AND (stopped IS NULL OR known_stop = stopped) END AS cancelled
        FROM (
            SELECT *, has_parts AND has_stop AS by_history,
                NOT (has_parts AND has_stop) AND column_stop IS NULL AND stopped IS NULL AND (decisive IN ('stop', 'cancel') OR ended) AS stop_missing,
                CASE WHEN least(coalesce(column_stop, ?), coalesce(stopped, ?)) <= ? THEN least(coalesce(column_stop, ?), coalesce(stopped, ?)) END AS known_stop
            FROM (
                SELECT a.*, e.tix IS NOT NULL AS has_parts, CASE WHEN a.reopens THEN e.last_stop ELSE e.first_stop END AS stopped,
                    CASE WHEN e.tix IS NULL THEN coalesce(k.role, '') WHEN NOT a.reopens THEN coalesce(e.first_role, '')
                        WHEN e.last_stop IS NULL THEN '' ELSE e.last_role END AS decisive,
                    coalesce(e.last_role = 'pause', false) AS paused_now,
                    coalesce(a.resolved_at <= ?, false) OR coalesce(a.closed_at <= ?, false) AS ended
                FROM assignment AS a LEFT JOIN ending AS e ON e.tix = a.tix AND e.clock = a.clock
                LEFT JOIN clock_role AS k ON k.offer = a.offer AND k.state = a.state
            ) AS run
        ) AS r""",
        (EVER, EVER, as_of, EVER, EVER, as_of, as_of),
    )


def _create_days(session: Session, every: Sequence[Offer], as_of: int) -> int:
    """The day table of every calendar in use, over the days that the clocks touch; returns its open segments a day."""
    numbers = _calendar_numbers(every)
    first = earliest(session, "record", sorted({o.clock.starts_at for o in every}), as_of)
    first_day = min(first, as_of) // DAY
    calendars = {o.calendar.id: o.calendar for o in every}
    tables = {
        number: day_table(calendars[calendar], first_day, as_of // DAY + 1) for calendar, number in numbers.items()
    }
    segments = max((table.segments for table in tables.values()), default=1)
    columns = day_columns(segments)
    session.run(f"CREATE TABLE cday ({', '.join(f'{column} BIGINT' for column in columns)})")
    rows = (row for number, table in tables.items() for row in day_rows(table, number, segments))
    session.insert("cday", columns, rows)
    return segments


def _create_edges(session: Session, as_of: int) -> None:
    """The moments whose F adds up to the counted time: run from start to stop, less its pauses."""
    session.run(
        """CREATE OR REPLACE TEMP TABLE timed AS
        SELECT tix, clock, calendar, start, coalesce(stop, ?) AS stop_or_now FROM judged
        WHERE start BETWEEN 0 AND ? AND NOT stop_missing AND coalesce(stop, ?) >= start""",
        (as_of, as_of, as_of),
    )
    session.run(
        """CREATE OR REPLACE TEMP TABLE pause AS
        SELECT t.tix, t.clock, t.calendar, greatest(p.t0, t.start) AS t0, least(p.t1, t.stop_or_now) AS t1
        FROM timed AS t JOIN part AS p ON p.tix = t.tix AND p.clock = t.clock AND p.role <> ''
        WHERE greatest(p.t0, t.start) < least(p.t1, t.stop_or_now)"""
    )
    session.run(
        """CREATE OR REPLACE TEMP TABLE edge AS
        SELECT tix, clock, calendar, stop_or_now AS t, 1 AS sign FROM timed UNION ALL SELECT tix, clock, calendar, start AS t, -1 AS sign FROM timed
        UNION ALL SELECT tix, clock, calendar, t1 AS t, -1 AS sign FROM pause UNION ALL SELECT tix, clock, calendar, t0 AS t, 1 AS sign FROM pause"""
    )


def _create_counted(session: Session, segments: int) -> None:
    """Counted seconds per clock; a moment outside the day table is a bug and must not look like zero."""
    numbers = range(1, segments + 1)
    inside = " + ".join(f"least(greatest(m.t % {DAY} - d.s{n}, 0), d.e{n} - d.s{n})" for n in numbers)
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE counted AS
        SELECT m.tix, m.clock, CAST(sum(m.sign * (d.cum + {inside})) AS BIGINT) AS counted, count(*) - count(d.k) AS outside
        FROM edge AS m LEFT JOIN cday AS d ON d.k = m.calendar * 100000 + m.t // {DAY} GROUP BY m.tix, m.clock"""
    )
    (outside,) = session.one("SELECT coalesce(sum(outside), 0) FROM counted")
    assert outside == 0, f"{outside!r} moments lie outside the day table"


def _add_verdicts(session: Session, as_of: int, exported: frozenset[str], read: frozenset[str]) -> None:
    """Steps 1 and 9 of `worktime.recorded`, after the questions that come before it: which agreement, which clock.

    Where the stop comes from a column that the export does not have at all, nothing is known of any record: an empty
    column would mean that the clock still runs, a missing one does not. So for the records of a single file without it.
    """
    columns = ", ".join(quote(column) for column in sorted(read))
    known = ", ".join(quote(column) for column in TIME_COLUMNS if column in exported) or "''"
    stopped = f"coalesce(j.stop, {as_of})"
    session.run(
        f"""INSERT INTO clock
        SELECT j.tix, j.clock, j.agreement, j.offer, j.target_number, j.target, j.start, j.stop, coalesce(j.stop, {as_of}) AS judged_at,
            CASE WHEN j.reason LIKE 'column-not-%' THEN NULL ELSE j.counted END AS counted,
            {month_text(stopped, offset_at(session, stopped))} AS month,
            CASE WHEN j.reason IS NOT NULL THEN 'not_testable' WHEN j.cancelled THEN 'cancelled'
                WHEN j.counted <= j.target THEN CASE WHEN j.stop IS NOT NULL THEN 'met' WHEN j.paused_now THEN 'paused_ok' ELSE 'running_ok' END
                WHEN j.stop IS NOT NULL THEN 'breached' ELSE 'running_breached' END AS verdict, j.reason,
            CASE WHEN j.offer IS NOT NULL AND j.target IS NULL THEN j.unpromised END AS unpromised
        FROM (
            SELECT j.*, d.agreement, t.seconds AS target, c.counted,
                CASE WHEN k.tix IS NOT NULL THEN concat('column-not-in-file:', k.columns)
                    WHEN j.customer_missing THEN 'missing:customer' WHEN j.service_missing THEN 'missing:service'
                    WHEN NOT j.has_agreement THEN CASE WHEN j.opened_at IS NULL THEN 'missing:opened_at' ELSE 'no-agreement' END
                    WHEN j.offer IS NULL THEN 'no-clock'
                    WHEN j.start IS NULL THEN concat('missing:', d.start_column) WHEN j.start < 0 THEN 'before-1970'
                    WHEN j.start > {as_of} THEN 'after-as-of'
                    WHEN (j.by_history OR j.has_pause) AND b.tix IS NOT NULL THEN 'history-gap:state'
                    WHEN NOT j.by_history AND NOT j.cancelled AND d.stop_column NOT IN ({known})
                        THEN concat('column-not-exported:', d.stop_column)
                    WHEN j.stop_missing AND NOT j.cancelled THEN concat('missing:', d.stop_column)
                    WHEN NOT j.stop_missing AND j.stop < j.start THEN 'stop-before-start'
                    WHEN j.cancelled THEN NULL
                    WHEN t.seconds IS NULL THEN j.unpromised
                    WHEN coalesce(j.stop, {as_of}) > d.known_before THEN 'calendar-not-known'
                    WHEN NOT j.has_parts AND j.has_pause AND c.counted > t.seconds THEN 'no-history:state' END AS reason
            FROM (
                SELECT *, CASE WHEN unknown_columns IS NULL THEN 'no-target' ELSE concat('missing:', unknown_columns) END AS unpromised FROM judged
            ) AS j LEFT JOIN target AS t ON t.offer = j.offer AND t.target_number = j.target_number
            LEFT JOIN counted AS c ON c.tix = j.tix AND c.clock = j.clock
            LEFT JOIN broken AS b ON b.tix = j.tix LEFT JOIN clock_kind AS d ON d.offer = j.offer
            LEFT JOIN (SELECT tix, string_agg("column", ',' ORDER BY "column") AS columns FROM lacking
                WHERE "column" IN ({columns}) GROUP BY tix) AS k ON k.tix = j.tix
        ) AS j"""
    )


def _calendar_numbers(every: Sequence[Offer]) -> dict[str, int]:
    return {calendar: number for number, calendar in enumerate(sorted({o.calendar.id for o in every}))}

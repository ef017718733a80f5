"""Every clock of every record in one pass: the SQL twin of `worktime.recorded`, agreed to the second.

A calendar becomes one row per UTC day with the open seconds before it and its open segments, so that the open time
before any moment, F(t), is an equi-join and clipped arithmetic. Counted time is then a signed sum of F over the
start, the stop, and the edges of the pauses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from itsmctl.engine.endings import Playing, create_endings
from itsmctl.engine.offers import Offer, offers, period_of
from itsmctl.engine.openings import earliest, open_before
from itsmctl.engine.promises import choice, put_back, target_number, unknown_columns
from itsmctl.engine.session import Session, name, quote
from itsmctl.engine.spans import create_spans
from itsmctl.engine.sql import Fragment, staircase
from itsmctl.engine.tables.months import month_text, offset_at
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
    counted, month (of stop, or the last before `as_of`), verdict, reason, unpromised (why a clock has no target, or NULL).
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
        used, parties = _create_assigned(connection, every, tells_services="service" in exported)
        playing = Playing.of(used)
        create_endings(connection, parties, playing)
        _create_judged(connection, used, parties, as_of, exported, segments)
        put_back(connection, used, history, as_of)
        _create_paused(connection, playing, as_of, segments)
        _add_verdicts(connection, as_of, read)

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


def _create_assigned(session: Session, every: Sequence[Offer], *, tells_services: bool) -> tuple[Sequence[Offer], str]:
    """Create `assigned`: which offer judges each party under each clock name, or why none does.

    Returns the offers that judge some record, and the join of records with the parties that they are.
    """
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
        SELECT party, clock, offer, CASE WHEN customer_missing THEN 'missing:customer' WHEN service_missing THEN 'missing:service'
            WHEN NOT has_agreement THEN CASE WHEN opened_at IS NULL THEN 'missing:opened_at' ELSE 'no-agreement' END
            WHEN offer IS NULL THEN 'no-clock' END AS why
        FROM (
            SELECT r.party, r.opened_at, n.clock, CASE WHEN own.party IS NOT NULL THEN s.offer ELSE a.offer END AS offer,
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
            LEFT JOIN ({match.format(service="o.service IS NULL")}) AS a ON a.party = r.party AND a.clock = n.clock
        ) AS r"""
    )
    # Most exports are judged by few of the offers, and every branch costs.
    used = {number for (number,) in session.rows("SELECT DISTINCT offer FROM assigned")}
    parties = f"""ticket AS r JOIN party AS f ON f.service IS NOT DISTINCT FROM r.service AND f.customer IS NOT DISTINCT FROM r.customer AND f.era = {era}
            JOIN assigned AS a ON a.party = f.party"""
    return [o for o in every if o.number in used] or every[:1], parties


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


def _create_judged(
    session: Session, every: Sequence[Offer], parties: str, as_of: int, exported: frozenset[str], segments: int
) -> None:
    """Create `judged`: where each clock starts and stops and what became of it, steps 1 and 3 to 6 of `worktime.recorded`.

    `open` is the open time from start to stop, pauses included, and NULL where nothing can be counted; `why` tells why nobody
    can judge the clock, whatever its target; `blind` clocks have pauses of which no history tells.
    """
    starts = choice(every, lambda o: Fragment(f"WHEN true THEN r.{name(o.clock.starts_at)}"))
    stops = choice(every, lambda o: Fragment(f"WHEN true THEN r.{name(o.clock.stops_at)}"))
    known = exported & frozenset(TIME_COLUMNS)
    untold = ", ".join(str(o.number) for o in every if o.clock.stops_at not in known) or "NULL"
    opened = f"{open_before('e', f'coalesce(j.stop, {as_of})', segments)} - ({open_before('b', 'j.start', segments)})"
    query = (
        Fragment(
            f"""CREATE OR REPLACE TEMP TABLE judged AS
        SELECT j.tix, j.clock, j.offer, j.target_number, j.unknown_columns, j.start, j.stop, j.cancelled, j.paused_now, j.blind, j.why,
            CASE WHEN j.timed THEN coalesce({opened}, {-EVER}) END AS open
        FROM (
            SELECT *, start BETWEEN 0 AND {as_of} AND NOT stop_missing AND coalesce(stop, {as_of}) >= start AS timed, NOT has_parts AND has_pause AS blind,
                CASE WHEN unserved IS NOT NULL THEN unserved
                    WHEN start IS NULL THEN concat('missing:', start_column) WHEN start < 0 THEN 'before-1970'
                    WHEN start > {as_of} THEN 'after-as-of'
                    WHEN (by_history OR has_pause) AND is_broken THEN 'history-gap:state'
                    WHEN NOT by_history AND NOT cancelled AND offer IN ({untold}) THEN concat('column-not-exported:', stop_column)
                    WHEN stop_missing AND NOT cancelled THEN concat('missing:', stop_column)
                    WHEN NOT stop_missing AND stop < start THEN 'stop-before-start' END AS why
            FROM (
                SELECT *, CASE WHEN by_history THEN stopped ELSE known_stop END AS stop,
                    CASE WHEN by_history THEN stopped IS NOT NULL AND decisive = 'cancel'
                        WHEN stop_missing THEN decisive = 'cancel'
                        ELSE known_stop IS NOT NULL AND decisive = 'cancel' AND (stopped IS NULL OR known_stop = stopped) END AS cancelled
                FROM (
                    SELECT *, has_parts AND has_stop AS by_history,
                        NOT (has_parts AND has_stop) AND column_stop IS NULL AND stopped IS NULL AND (decisive IN ('stop', 'cancel') OR ended) AS stop_missing,
                        CASE WHEN least(coalesce(column_stop, {EVER}), coalesce(stopped, {EVER})) <= {as_of}
                            THEN least(coalesce(column_stop, {EVER}), coalesce(stopped, {EVER})) END AS known_stop
                    FROM (
                        SELECT r.tix, a.clock, a.offer, a.why AS unserved, k.calendar, k.start_column, k.stop_column, k.has_stop, k.has_pause, b.tix IS NOT NULL AS is_broken, """
        )
        + target_number(every) + " AS target_number, " + unknown_columns(every) + " AS unknown_columns, " + starts + " AS start, " + stops
        + f""" AS column_stop, e.tix IS NOT NULL AS has_parts, CASE WHEN k.reopens THEN e.last_stop ELSE e.first_stop END AS stopped,
                            CASE WHEN e.tix IS NULL THEN coalesce(c.role, '') WHEN CASE WHEN k.reopens THEN e.last_stop ELSE e.first_stop END IS NULL THEN ''
                                WHEN CASE WHEN k.reopens THEN e.cancelled_now ELSE e.first_cancel = e.first_stop END THEN 'cancel' ELSE 'stop' END AS decisive,
                            coalesce(e.paused_now, false) AS paused_now,
                            coalesce(r.resolved_at <= {as_of}, false) OR coalesce(r.closed_at <= {as_of}, false) AS ended
                        FROM {parties} LEFT JOIN clock_kind AS k ON k.offer = a.offer LEFT JOIN ending AS e ON e.tix = r.tix AND e.offer = a.offer
                        LEFT JOIN clock_role AS c ON c.offer = a.offer AND c.state = r.state LEFT JOIN broken AS b ON b.tix = r.tix
                    ) AS run
                ) AS r
            ) AS s
        ) AS j LEFT JOIN cday AS b ON b.k = CASE WHEN j.timed THEN j.calendar * 100000 + j.start // {DAY} END
        LEFT JOIN cday AS e ON e.k = CASE WHEN j.timed THEN j.calendar * 100000 + coalesce(j.stop, {as_of}) // {DAY} END"""
    )  # fmt: skip
    session.run(query.text, query.values)
    _check_days(session, "SELECT count(*) FROM judged WHERE open < 0")


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


def _create_paused(session: Session, playing: Playing, as_of: int, segments: int) -> None:
    """Create `paused`: the open time of each clock that does not count, as a state paused or ended it meanwhile."""
    # An end lies before the stop of a clock only where the record was taken up again.
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE paused AS
        SELECT p.tix, p.offer, CAST(sum(coalesce({open_before("e", "p.t1", segments)} - ({open_before("b", "p.t0", segments)}), {-EVER})) AS BIGINT) AS open
        FROM (
            SELECT j.tix, j.offer, k.calendar, greatest(s.t0, j.start) AS t0, least(s.t1, coalesce(j.stop, {as_of})) AS t1
            FROM judged AS j JOIN (
                SELECT tix, state, t0, t1 FROM ticket_span
                WHERE t0 < t1 AND ({playing.pauses} OR ({playing.ends} AND tix IN (SELECT tix FROM reopened)))
            ) AS s ON s.tix = j.tix JOIN clock_role AS c ON c.offer = j.offer AND c.state = s.state JOIN clock_kind AS k ON k.offer = j.offer
            WHERE j.open IS NOT NULL AND greatest(s.t0, j.start) < least(s.t1, coalesce(j.stop, {as_of}))
        ) AS p LEFT JOIN cday AS b ON b.k = p.calendar * 100000 + p.t0 // {DAY} LEFT JOIN cday AS e ON e.k = p.calendar * 100000 + p.t1 // {DAY}
        GROUP BY p.tix, p.offer"""
    )
    _check_days(session, "SELECT count(*) FROM paused WHERE open < 0")


def _check_days(session: Session, query: str) -> None:
    """A moment outside the day table is a bug and must not look like zero."""
    (outside,) = session.one(query)
    assert outside == 0, f"{outside!r} clocks have moments outside the day table"


def _add_verdicts(session: Session, as_of: int, read: frozenset[str]) -> None:
    """Step 9 of `worktime.recorded`.

    Where the stop comes from a column that the export does not have at all, nothing is known of any record: an empty
    column would mean that the clock still runs, a missing one does not. So for the records of a single file without it, and
    for those of which the cell could not be read.
    """
    columns = ", ".join(quote(column) for column in sorted(read))
    stopped = (
        f"coalesce(j.stop, {as_of} - 1)"  # the end of a day is the midnight after it, where the next month may begin
    )
    session.run(
        f"""INSERT INTO clock
        SELECT j.tix, j.clock, j.agreement, j.offer, j.target_number, j.target, j.start, j.stop, coalesce(j.stop, {as_of}) AS judged_at,
            CASE WHEN j.reason LIKE 'column-not-%' OR j.reason LIKE 'unreadable:%' OR j.reason LIKE 'file-ends:%' THEN NULL ELSE j.counted END AS counted,
            {month_text(stopped, offset_at(session, stopped))} AS month,
            CASE WHEN j.reason IS NOT NULL THEN 'not_testable' WHEN j.cancelled THEN 'cancelled'
                WHEN j.counted <= j.target THEN CASE WHEN j.stop IS NOT NULL THEN 'met' WHEN j.paused_now THEN 'paused_ok' ELSE 'running_ok' END
                WHEN j.stop IS NOT NULL THEN 'breached' ELSE 'running_breached' END AS verdict, j.reason,
            CASE WHEN j.offer IS NOT NULL AND j.target IS NULL THEN j.unpromised END AS unpromised
        FROM (
            SELECT j.*, d.agreement, t.seconds AS target,
                CASE WHEN k.tix IS NOT NULL THEN concat('column-not-in-file:', k.columns)
                    WHEN u.tix IS NOT NULL THEN concat(u.why, ':', u.columns) WHEN j.why IS NOT NULL THEN j.why
                    WHEN j.cancelled THEN NULL
                    WHEN t.seconds IS NULL THEN j.unpromised
                    WHEN coalesce(j.stop, {as_of}) > d.known_before THEN 'calendar-not-known'
                    WHEN j.blind AND j.counted > t.seconds THEN 'no-history:state' END AS reason
            FROM (
                SELECT j.tix, j.clock, j.offer, CASE WHEN l.tix IS NULL THEN j.target_number ELSE l.target_number END AS target_number,
                    CASE WHEN CASE WHEN l.tix IS NULL THEN j.unknown_columns ELSE l.unknown_columns END IS NULL THEN 'no-target'
                        ELSE concat('missing:', CASE WHEN l.tix IS NULL THEN j.unknown_columns ELSE l.unknown_columns END) END AS unpromised,
                    j.start, j.stop, j.cancelled, j.paused_now, j.blind, j.why, j.open - coalesce(p.open, 0) AS counted
                FROM judged AS j LEFT JOIN at_stop AS l ON l.tix = j.tix AND l.offer = j.offer LEFT JOIN paused AS p ON p.tix = j.tix AND p.offer = j.offer
            ) AS j LEFT JOIN target AS t ON t.offer = j.offer AND t.target_number = j.target_number LEFT JOIN clock_kind AS d ON d.offer = j.offer
            LEFT JOIN (
                SELECT r.tix, f.columns FROM ticket AS r JOIN (
                    SELECT name, string_agg("column", ',' ORDER BY "column") AS columns FROM file_lacks WHERE "column" IN ({columns}) GROUP BY name
                ) AS f ON f.name = r.source_file
            ) AS k ON k.tix = j.tix
            LEFT JOIN (
                SELECT tix, min(why) AS why, string_agg("column", ',' ORDER BY "column") AS columns FROM unread WHERE "column" IN ({columns}) GROUP BY tix
            ) AS u ON u.tix = j.tix
        ) AS j"""
    )


def _calendar_numbers(every: Sequence[Offer]) -> dict[str, int]:
    return {calendar: number for number, calendar in enumerate(sorted({o.calendar.id for o in every}))}

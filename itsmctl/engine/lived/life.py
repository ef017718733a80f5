"""The life of each record that a lived clock judges, cut where anything changes that decides, and what the clock does in each part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from itsmctl.engine.lived.plan import CLOCKS, Plan
from itsmctl.engine.offers import Offer, period_of
from itsmctl.engine.session import Session, name, quote
from itsmctl.engine.spans import changes_of, stored_with
from itsmctl.engine.sql import Fragment, by_case, condition, join
from itsmctl.model import ZONE_OF_CALENDAR, ClockCondition, Conditions
from itsmctl.zones import EVER

_KEPT_REASONS = "coalesce(c.reason, '') NOT LIKE 'column-not-in-file:%' AND coalesce(c.reason, '') NOT IN ('missing:customer', 'missing:service')"


def create_life(session: Session, plan: Plan) -> None:
    """Create `lived` (run, tix, clock, offer: what governs) and `lived_life`: every stretch in which no asked column changes.

    A run is one clock of one record, by a number: everything that follows is about runs, and numbers are quick to compare.
    """
    numbers = ", ".join(str(o.number) for o in plan.lived)
    run = " ".join(f"WHEN {quote(clock)} THEN {number}" for clock, number in plan.clock_numbers.items())
    session.run(
        f"""CREATE TABLE lived AS SELECT c.tix * {CLOCKS} + CASE c.clock {run} END AS run, c.tix, c.clock, c.offer
        FROM clock AS c WHERE c.offer IN ({numbers}) AND {_KEPT_REASONS}"""
    )
    _take_over_at_resolution(session, plan)
    _add_legs(session, plan)
    _create_changes(session, plan)
    tracked = sorted(plan.tracked)
    first = ", ".join(
        f"CASE WHEN count(*) FILTER (WHERE c.field = {quote(column)}) > 0 THEN coalesce(max(c.new) FILTER (WHERE {stored_with(column, 'r.recorded_at')}), max(c.old) FILTER (WHERE c.field = {quote(column)} AND c.place = 1), '') "
        f"ELSE coalesce(any_value(r.{name(column)}), '') END AS {name(column)}"
        for column in tracked
    )
    changed = ", ".join(f"CASE WHEN field = {quote(column)} THEN coalesce(new, '') END" for column in tracked)
    nothing = ", ".join("CAST(NULL AS VARCHAR)" for _ in tracked)
    session.run(
        f"""CREATE TABLE lived_knot AS SELECT r.tix, {-EVER} AS seq, least(any_value(r.opened_at), coalesce(min(CASE WHEN c.kept THEN c.moment END), any_value(r.opened_at))) AS moment{_listed(first)}
        FROM (SELECT DISTINCT tix FROM lived) AS l JOIN record AS r ON r.tix = l.tix LEFT JOIN lived_change AS c ON c.tix = r.tix GROUP BY r.tix"""
    )
    session.run(f"INSERT INTO lived_knot SELECT tix, seq, moment{_listed(changed)} FROM lived_change WHERE kept")
    if plan.by_instant:
        _insert_turns(session, plan, nothing)
    values = ", ".join(f"last_value({name(c)} IGNORE NULLS) OVER life AS {name(c)}" for c in tracked)
    shown = ", ".join(f"nullif({name(c)}, '') AS {name(c)}" for c in tracked)
    session.run(
        f"""CREATE TABLE lived_life AS
        SELECT tix, moment AS t0, coalesce(following, greatest(moment, {plan.as_of})) AS t1, following IS NULL AS is_last{_listed(shown)} FROM (
            SELECT tix, seq, moment, lead(moment) OVER life AS following{_listed(values)} FROM lived_knot WINDOW life AS (PARTITION BY tix ORDER BY moment, seq)
        ) AS k WHERE following IS NULL OR following > moment"""
    )
    session.run("DROP TABLE lived_knot")


def _add_legs(session: Session, plan: Plan) -> None:
    """Let each leg run on the records that its groups ever had, under an agreement that it supports."""
    legs = [(o, plan.legs[o.number]) for o in plan.lived if o.number in plan.legs]
    if not legs:
        return
    session.run(
        "CREATE TABLE lived_leg (leg BIGINT, number BIGINT, clock VARCHAR, inside BIGINT, since BIGINT, until BIGINT)"
    )
    session.run("CREATE TABLE lived_crew (leg BIGINT, crew VARCHAR)")
    insides = [
        (o.number, plan.clock_numbers[leg.clock.name], leg.clock.name, offer.number, *period_of(o))
        for o, leg in legs
        for offer in leg.inside
    ]
    session.insert("lived_leg", ("leg", "number", "clock", "inside", "since", "until"), insides)
    session.insert("lived_crew", ("leg", "crew"), [(o.number, group) for o, leg in legs for group in leg.groups])
    had = " UNION ALL ".join(
        f"SELECT tix, {column} AS crew FROM {table}"
        for table, column in (
            ("record", '"group"'),
            ("event WHERE field = 'group'", "new"),
            ("event WHERE field = 'group'", "old"),
        )
    )
    session.run(
        f"""INSERT INTO lived SELECT DISTINCT c.tix * {CLOCKS} + l.number, c.tix, l.clock, l.leg FROM clock AS c JOIN record AS r ON r.tix = c.tix
        JOIN (SELECT DISTINCT h.tix, w.leg FROM ({had}) AS h JOIN lived_crew AS w ON w.crew = h.crew) AS h ON h.tix = c.tix
        JOIN lived_leg AS l ON l.leg = h.leg AND l.inside = c.offer
        WHERE {_KEPT_REASONS} AND r.opened_at >= l.since AND r.opened_at < l.until"""
    )
    for table in ("lived_leg", "lived_crew"):
        session.run(f"DROP TABLE {table}")


def _listed(columns: str) -> str:
    return f", {columns}" if columns else ""


def _create_changes(session: Session, plan: Plan) -> None:
    """The changes of the tracked columns; those that are known happen no earlier than the ones before them."""
    told = changes_of("SELECT DISTINCT tix FROM lived", plan.as_of, sorted(plan.tracked) or [""])
    session.run(f"CREATE TABLE lived_change AS {told}")


def _insert_turns(session: Session, plan: Plan, nothing: str) -> None:
    """Cut the lives that several agreements judge where an agreement begins or ends."""
    numbers = ", ".join(str(o.number) for o in plan.by_instant)
    for turn in plan.turns:
        if turn <= plan.as_of:
            session.run(
                f"""INSERT INTO lived_knot SELECT tix, {EVER}, {turn}{_listed(nothing)} FROM lived_knot
                WHERE seq = {-EVER} AND moment < {turn} AND tix IN (SELECT tix FROM lived WHERE offer IN ({numbers}))"""
            )


def _take_over_at_resolution(session: Session, plan: Plan) -> None:
    """Where the agreement in force at the resolution judges, let it take the place of the one at the opening."""
    numbers = ", ".join(str(o.number) for o in plan.lived if o.clock.policy.agreement_version == "at-resolution")
    if not numbers:
        return
    at = f"CASE WHEN coalesce(r.resolved_at, r.closed_at) <= {plan.as_of} THEN coalesce(r.resolved_at, r.closed_at) ELSE {plan.as_of} END"
    session.run(
        f"""CREATE TABLE lived_taken AS SELECT l.run, {chosen_offer("l.clock")} AS offer
        FROM lived AS l JOIN record AS r ON r.tix = l.tix LEFT JOIN offer AS o ON {fitting_offer("r.service", "r.customer", at)}
        WHERE l.offer IN ({numbers}) GROUP BY l.run"""
    )
    session.run(
        f"""CREATE OR REPLACE TABLE lived AS SELECT l.run, l.tix, l.clock, CASE WHEN l.offer IN ({numbers}) THEN t.offer ELSE l.offer END AS offer
        FROM lived AS l LEFT JOIN lived_taken AS t ON t.run = l.run"""
    )
    session.run("DROP TABLE lived_taken")


def fitting_offer(service: str, customer: str, at: str) -> str:
    """SQL for the offers `o` that are for a service and a customer at a moment."""
    return (
        f"(o.service IS NULL OR o.service = {service}) AND (o.customer IS NULL OR o.customer = {customer}) "
        f"AND {at} >= o.since AND {at} < o.until"
    )


def chosen_offer(clock: str) -> str:
    """SQL that chooses among fitting offers: an agreement of the service's own decides alone."""
    own = f"min(CASE WHEN o.service IS NOT NULL AND o.clock = {clock} THEN o.offer END)"
    common = f"min(CASE WHEN o.service IS NULL AND o.clock = {clock} THEN o.offer END)"
    return f"CASE WHEN count(o.service) > 0 THEN {own} ELSE {common} END"


def create_stretches(session: Session, plan: Plan) -> None:
    """Create `lived_stretch`: for each clock the stretches of its record's life, with offer, role, reason, target and calendar."""
    source = Fragment(
        "SELECT l.run, l.offer AS governing, l.offer AS offer, v.* FROM lived AS l JOIN lived_life AS v ON v.tix = l.tix"
    )
    if plan.by_instant:
        source = _with_offers_in_force(plan)
    every = plan.involved
    role = _choice(every, "v.offer", lambda o: _parts(plan, o, lambda role, _: Fragment(f"'{role}'")), "'pause'")
    why = Fragment("''")  # pauses are told apart where they have limits
    if not plan.counts_once:
        why = _choice(every, "v.offer", lambda o: _parts(plan, o, lambda _, why: why), "'no-agreement'")
    number = _choice(every, "v.offer", lambda o: _target_number(plan, o), "-1")
    starts = _choice(every, "v.governing", lambda o: _any_of(plan, o, "start"), "false")
    resets = _choice(every, "v.governing", lambda o: _any_of(plan, o, "reset"), "false")
    zone = _choice(every, "v.governing", lambda o: _zone(plan, o), "''")
    asked = [role, why, number, starts, resets, zone]
    with_record = " JOIN record AS r ON r.tix = v.tix" if any("r." in one.text for one in asked) else ""
    counts = ", ".join(str(o.number) for o in plan.lived if o.clock.policy.cancelled_counts) or "NULL"
    query = (
        Fragment(
            f"""CREATE TABLE lived_stretch AS
            SELECT s.run, s.tix, s.governing, s.offer, s.t0, s.t1, s.is_last, CASE WHEN s.role = 'cancel' AND s.governing IN ({counts}) THEN 'stop' ELSE s.role END AS role,
                coalesce(s.why, '') AS why, s.target_number, s.starts, s.resets, c.calendar, s.zone IS NULL AS no_zone FROM (
            SELECT v.run, v.tix, v.governing, v.offer, v.t0, v.t1, v.is_last, """
        )
        + role + " AS role, " + why + " AS why, " + number + " AS target_number, " + starts + " AS starts, " + resets
        + " AS resets, " + zone + " AS zone FROM (" + source + ") AS v" + with_record + ") AS s"
        + " LEFT JOIN lived_calendar AS c ON c.offer = s.offer AND c.zone = s.zone"
    )  # fmt: skip
    session.run("CREATE TABLE lived_calendar (offer BIGINT, zone VARCHAR, calendar BIGINT)")
    session.insert("lived_calendar", ("offer", "zone", "calendar"), plan.calendar_rows())
    session.run(query.text, query.values)
    session.run("DROP TABLE lived_calendar")
    _end_at_columns(session, plan)


def _end_at_columns(session: Session, plan: Plan) -> None:
    """Forget what happened after the moment at which a column ended a clock for good."""
    for o in plan.involved:
        if o.clock.ends_at_column:
            column = name(o.clock.stops_at)
            ended = f"r.tix = s.tix AND s.governing = {o.number} AND r.{column} <= {plan.as_of}"
            session.run(f"DELETE FROM lived_stretch AS s USING record AS r WHERE {ended} AND s.t0 > r.{column}")
            session.run(
                f"""UPDATE lived_stretch AS s SET t1 = least(s.t1, r.{column}), is_last = s.is_last OR s.t1 > r.{column}
                FROM record AS r WHERE {ended}"""
            )


def _with_offers_in_force(plan: Plan) -> Fragment:
    """The stretches with the offer in force at the beginning of each, where that is agreed."""
    numbers = ", ".join(str(o.number) for o in plan.by_instant)
    service, customer = (f"v.{c}" if c in plan.tracked else f"r.{c}" for c in ("service", "customer"))
    return Fragment(
        f"""SELECT l.run, l.offer AS governing, CASE WHEN l.offer IN ({numbers}) THEN f.offer ELSE l.offer END AS offer, v.*
        FROM lived AS l JOIN lived_life AS v ON v.tix = l.tix LEFT JOIN (
            SELECT l.run, v.t0, {chosen_offer("l.clock")} AS offer
            FROM lived AS l JOIN lived_life AS v ON v.tix = l.tix JOIN record AS r ON r.tix = l.tix
            LEFT JOIN offer AS o ON {fitting_offer(service, customer, "v.t0")}
            WHERE l.offer IN ({numbers}) GROUP BY l.run, v.t0
        ) AS f ON f.run = l.run AND f.t0 = v.t0"""
    )


def _choice(every: Sequence[Offer], key: str, branch: Callable[[Offer], Fragment], otherwise: str) -> Fragment:
    """What `branch` says of each offer."""
    return by_case(key, ((o.number, branch(o)) for o in every), otherwise)


def _parts(plan: Plan, o: Offer, then: Callable[[str, Fragment], Fragment]) -> Fragment:
    """A CASE over what the clock does: cancel beats stop, stop beats pause; else it runs."""
    state = _column(plan, "state")
    branches: list[Fragment] = []
    for role in ("cancel", "stop", "pause"):
        states = sorted(s for s, r in o.clock.states.items() if r == role)
        if states:
            marks = ", ".join("?" * len(states))
            branches.append(Fragment(f"WHEN {state} IN ({marks}) THEN ", tuple(states)) + then(role, Fragment(state)))
        for part in o.clock.conditions:
            if part.role == role:
                branches.append(
                    "WHEN " + _all_of(plan, part.conditions) + " THEN " + then(role, Fragment("?", (part.name,)))
                )
    return Fragment("CASE ") + join(" ", branches) + " ELSE '' END" if branches else Fragment("''")


def _any_of(plan: Plan, o: Offer, role: str) -> Fragment:
    wanted: Iterable[ClockCondition] = (part for part in o.clock.conditions if part.role == role)
    tests = [_all_of(plan, part.conditions) for part in wanted]
    return "(" + join(" OR ", tests) + ")" if tests else Fragment("false")


def _target_number(plan: Plan, o: Offer) -> Fragment:
    """The first target that fits, -1 where none is known to: an empty column decides nothing."""
    branches: list[Fragment] = []
    for number, target in enumerate(o.clock.targets):
        asked = [c.column for c in target.conditions if c.test in ("in", "at-least", "at-most")]
        if asked:
            branches.append(Fragment("WHEN " + " OR ".join(f"{_column(plan, c)} IS NULL" for c in asked) + " THEN -1"))
        branches.append("WHEN " + _all_of(plan, target.conditions) + f" THEN {number}")
    return Fragment("CASE ") + join(" ", branches) + " ELSE -1 END" if branches else Fragment("-1")


def _zone(plan: Plan, o: Offer) -> Fragment:
    """The zone in which a record's calendar is read: '' for the calendar's own, NULL where nobody knows."""
    if o.clock.policy.zone_from == ZONE_OF_CALENDAR:
        return Fragment("''")
    branches = [Fragment("WHEN ? THEN ?", (value, zone)) for value, zone in sorted(plan.zones_of(o).items())]
    if not branches:
        return Fragment("NULL")
    return Fragment(f"CASE {_column(plan, o.clock.policy.zone_from)} ") + join(" ", branches) + " END"


def _all_of(plan: Plan, conditions: Conditions) -> Fragment:
    if not conditions:
        return Fragment("true")
    return join(" AND ", (condition(c, "v" if c.column in plan.tracked else "r") for c in conditions))


def _column(plan: Plan, column: str) -> str:
    return f"{'v' if column in plan.tracked else 'r'}.{name(column)}"

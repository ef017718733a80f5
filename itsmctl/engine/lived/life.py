"""The life of each record that a lived clock judges, cut where anything changes that decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from itsmctl.engine.lived.alike import kind_of, kinds_of_values, value_of
from itsmctl.engine.lived.conditions import told
from itsmctl.engine.lived.plan import CLOCKS, KEPT_REASON, Plan
from itsmctl.engine.offers import period_of
from itsmctl.engine.session import Session, name, quote
from itsmctl.engine.spans import stored_with
from itsmctl.engine.sql import carried, latest, neighbour


def create_life(session: Session, plan: Plan) -> bool:
    """Create `lived_name` (number, clock), `lived` (run, tix, offer: what governs) and `lived_life`: every stretch in which no asked column changes.

    False, with nothing created, where no clock of any record is lived.
    A run is one clock of one record, by a number: everything that follows is about runs, and numbers are quick to compare.
    """
    numbers = ", ".join(str(o.number) for o in plan.lived)
    session.run("CREATE TABLE lived_name (number BIGINT, clock VARCHAR)")
    session.insert("lived_name", ("clock", "number"), plan.clock_numbers.items())
    session.run(
        f"""CREATE TABLE lived AS SELECT c.tix * {CLOCKS} + n.number AS run, c.tix, c.offer
        FROM clock AS c JOIN lived_name AS n ON n.clock = c.clock WHERE c.offer IN ({numbers}) AND NOT coalesce({KEPT_REASON}, false)"""
    )
    _take_over_at_resolution(session, plan)
    _add_legs(session, plan)
    if not session.rows("SELECT 1 FROM lived LIMIT 1"):
        for table in ("lived", "lived_name"):
            session.run(f"DROP TABLE {table}")
        return False
    kinds = kinds_of_values(plan)
    _create_firsts(session, plan, kinds)
    _create_lives(session, plan, kinds)
    if plan.by_instant:
        _cut_at_turns(session, plan)
    return True


_Kinds = Mapping[str, Sequence[Sequence[str]]]


def _create_firsts(session: Session, plan: Plan, kinds: _Kinds) -> None:
    """Create `lived_first`: what stood in each tracked column when the record was stored, and whether its history says so.

    It is the number of its kind, where values have kinds, else the value, '' for nothing. `early` is a record that may have
    changed before it was opened. A column without any change has had its last value since then; else the first change tells.
    """
    before = neighbour("tix", in_order=session.in_order)
    columns, joins, shown, early = [], [], "", ["false"]
    for number, column in enumerate(sorted(plan.tracked)):
        first = f"f{number}"
        stored = f"CASE WHEN {stored_with(column, 'r.recorded_at', first)} THEN {first}.new END"
        columns.append(
            f", CASE WHEN {first}.tix IS NOT NULL THEN coalesce({stored}, {first}.old, '') ELSE coalesce(r.{name(column)}, '') END AS {name(column)}, "
            f"{first}.old IS NOT NULL AS {told(column)}"
        )
        early.append(
            f"({first}.tix IS NOT NULL AND NOT coalesce({first}.kept AND {first}.new IS NOT NULL AND {first}.written >= r.opened_at, false))"
        )
        value = kind_of(name(column), kinds[column]) if column in kinds else name(column)
        shown += f", {value} AS {name(column)}, {told(column)}"
        joins.append(
            f""" LEFT JOIN (
                SELECT tix, nullif(old, '') AS old, nullif(new, '') AS new, moment AS written, moment <= {plan.as_of} AS kept FROM (
                    SELECT tix, old, new, moment, {before} AS before FROM event WHERE field = {quote(column)}
                ) AS e WHERE before IS NULL
            ) AS {first} ON {first}.tix = r.tix"""
        )
    session.run(
        f"""CREATE TABLE lived_first AS SELECT tix, opened_at, early{shown} FROM (
            SELECT r.tix, r.opened_at, {" OR ".join(early)} AS early{"".join(columns)} FROM (SELECT DISTINCT tix FROM lived) AS l JOIN record AS r ON r.tix = l.tix{"".join(joins)}
        ) AS f"""
    )


def _create_lives(session: Session, plan: Plan, kinds: _Kinds) -> None:
    """Create `lived_life`: tix, t0, t1, is_last, each tracked column, and whether the history has told it by then.

    Times never run backwards. What is no longer so at the moment when it begins is no stretch, and what no clock tells
    apart (`kinds`) is one: a column then holds some value of its kind.
    """
    tracked = sorted(plan.tracked)
    before, after = (
        partial(neighbour, in_order=session.in_order),
        partial(neighbour, in_order=session.in_order, after=True),
    )
    carry, changed, shown = "", ["false"], ""
    for column in tracked:
        now, below = "coalesce(new, '')", 0
        if column in kinds:
            now, below = kind_of("new", kinds[column]), len(kinds[column]) + 2
        carry += (
            f", {carried(now, f'field = {quote(column)}', below=below, in_order=session.in_order)} AS {name(column)}"
        )
        shown += f", {_shown(f'coalesce(e.{name(column)}, f.{name(column)})', kinds.get(column))} AS {name(column)}, e.{name(column)} IS NOT NULL OR f.{told(column)} AS {told(column)}"
        changed.append(
            f"({name(column)} IS DISTINCT FROM {before(name(column))})"
            if column in kinds
            else f"field = {quote(column)}"
        )
    columns = "".join(f", {name(column)}" for column in tracked)
    fields = ", ".join(map(quote, tracked or [""]))
    known = f"moment <= {plan.as_of} AND NOT (field = 'state' AND new IS NULL)"

    def lives(cut: str, of: str) -> str:
        return f"""SELECT e.tix, e.t0, coalesce(e.following, {plan.as_of}) AS t1, e.following IS NULL AS is_last{shown} FROM (
            SELECT tix, t0, {after("t0")} AS following{columns} FROM (
                SELECT tix, seq, t0, {cut} AS cut{columns} FROM (
                    SELECT tix, seq, field, t0{carry} FROM (
                        SELECT tix, seq, field, new, {latest("moment", in_order=session.in_order)} AS t0 FROM event WHERE field IN ({fields}) AND {known}
                    ) AS e
                ) AS e
            ) AS e WHERE cut
        ) AS e JOIN lived_first AS f ON f.tix = e.tix WHERE {of} AND (e.following IS NULL OR e.following > e.t0)"""

    session.run(f"CREATE TABLE lived_life AS {lives(' OR '.join(changed), 'NOT f.early')}")
    # A clock that starts in the middle of a stretch stops where that began, if it had stopped already: there each change counts.
    if session.rows("SELECT 1 FROM lived_first WHERE early LIMIT 1"):
        session.run(f"INSERT INTO lived_life {lives('true', 'f.early')}")
    stored = "".join(f", {_shown(name(column), kinds.get(column))}, {told(column)}" for column in tracked)
    session.run(
        f"""INSERT INTO lived_life SELECT tix, t0, coalesce(following, greatest(t0, {plan.as_of})), following IS NULL{stored} FROM (
            SELECT f.*, n.t0 AS following, least(f.opened_at, n.t0) AS t0
            FROM lived_first AS f LEFT JOIN (SELECT tix, min(t0) AS t0 FROM lived_life GROUP BY tix) AS n ON n.tix = f.tix
        ) AS f WHERE following IS NULL OR following > t0"""
    )
    session.run("DROP TABLE lived_first")


def _shown(value: str, kinds: Sequence[Sequence[str]] | None) -> str:
    """SQL for a value that was carried, or some value of the kind that was; NULL for nothing."""
    return f"nullif({value_of(value, kinds) if kinds is not None else value}, '')"


def _cut_at_turns(session: Session, plan: Plan) -> None:
    """Cut the lives that several agreements judge where an agreement begins or ends."""
    numbers = ", ".join(str(o.number) for o in plan.by_instant)
    same = "".join(f", {name(column)}, {told(column)}" for column in sorted(plan.tracked))
    for turn in plan.turns:
        if turn <= plan.as_of:
            cut = f"t0 < {turn} AND (t1 > {turn} OR is_last) AND tix IN (SELECT tix FROM lived WHERE offer IN ({numbers}))"
            session.run(f"INSERT INTO lived_life SELECT tix, {turn}, t1, is_last{same} FROM lived_life WHERE {cut}")
            session.run(f"UPDATE lived_life SET t1 = {turn}, is_last = false WHERE {cut}")


def _add_legs(session: Session, plan: Plan) -> None:
    """Let each leg run on the records that its groups ever had, under an agreement that it supports."""
    legs = [(o, plan.legs[o.number]) for o in plan.lived if o.number in plan.legs]
    if not legs:
        return
    session.run("CREATE TABLE lived_leg (leg BIGINT, number BIGINT, inside BIGINT, since BIGINT, until BIGINT)")
    session.run("CREATE TABLE lived_crew (leg BIGINT, crew VARCHAR)")
    insides = [
        (o.number, plan.clock_numbers[leg.clock.name], offer.number, *period_of(o))
        for o, leg in legs
        for offer in leg.inside
    ]
    session.insert("lived_leg", ("leg", "number", "inside", "since", "until"), insides)
    session.insert("lived_crew", ("leg", "crew"), [(o.number, group) for o, leg in legs for group in leg.groups])
    had = " UNION ALL ".join(
        f"SELECT tix, {column} AS crew FROM {table}"
        for table, column in (
            ("record", '"group"'),
            ("event WHERE field = 'group'", "new"),
            ("event WHERE field = 'group'", "old"),
        )
    )
    # A record has one offer for each name of a clock, so that it meets a leg once.
    session.run(
        f"""INSERT INTO lived SELECT c.tix * {CLOCKS} + l.number, c.tix, l.leg FROM clock AS c JOIN record AS r ON r.tix = c.tix
        JOIN (SELECT DISTINCT h.tix, w.leg FROM ({had}) AS h JOIN lived_crew AS w ON w.crew = h.crew) AS h ON h.tix = c.tix
        JOIN lived_leg AS l ON l.leg = h.leg AND l.inside = c.offer
        WHERE NOT coalesce({KEPT_REASON}, false) AND r.opened_at >= l.since AND r.opened_at < l.until"""
    )
    for table in ("lived_leg", "lived_crew"):
        session.run(f"DROP TABLE {table}")


def _take_over_at_resolution(session: Session, plan: Plan) -> None:
    """Where the agreement in force at the resolution judges, let it take the place of the one at the opening."""
    numbers = ", ".join(str(o.number) for o in plan.lived if o.clock.policy.agreement_version == "at-resolution")
    if not numbers:
        return
    at = f"CASE WHEN coalesce(r.resolved_at, r.closed_at) <= {plan.as_of} THEN coalesce(r.resolved_at, r.closed_at) ELSE {plan.as_of} END"
    session.run(
        f"""CREATE TABLE lived_taken AS SELECT l.run, {chosen_offer("n.clock")} AS offer
        FROM lived AS l JOIN lived_name AS n ON n.number = l.run % {CLOCKS} JOIN record AS r ON r.tix = l.tix LEFT JOIN offer AS o ON {fitting_offer("r.service", "r.customer", at)}
        WHERE l.offer IN ({numbers}) GROUP BY l.run"""
    )
    session.run(
        f"""CREATE OR REPLACE TABLE lived AS SELECT l.run, l.tix, CASE WHEN l.offer IN ({numbers}) THEN t.offer ELSE l.offer END AS offer
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

"""The clocks in SQL, the clocks one by one, and a counter that walks minutes: 100,000 records, each to the second.

`worktime.recorded` is the specification. `_judge` is the third voice: it asks `brute_force` what was open and in
which state the record was, and shares no arithmetic with either.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import pytest
from brute_force import OpenMinutes, WallClock, open_minutes, record_answer, walk, zone_of
from dataset import write_dataset
from test_clock_brute_force import ZONES, calendars

from itsmctl.engine.clocks import create_clocks
from itsmctl.engine.session import Session
from itsmctl.engine.tables import load_tables
from itsmctl.engine.tables.loading import Loading
from itsmctl.errors import Where
from itsmctl.model import (
    TIME_COLUMNS,
    Agreement,
    Calendar,
    ClockDefinition,
    ClockRole,
    Condition,
    Definitions,
    Effective,
    Target,
    Text,
)
from itsmctl.worktime import record_clock

DAY = 86_400
RECORDS = 20_000
MOMENTS_OF_AUDIT = 3
ROLES: dict[str, ClockRole] = {
    "awaiting-user": "pause",
    "awaiting-supplier": "pause",
    "resolved": "stop",
    "closed": "stop",
    "cancelled": "cancel",
}
STATES = ("new", "in-progress", *ROLES, "awaiting-user", "in-progress", "resolved", "-100")
PAUSES: dict[str, ClockRole] = {"awaiting-user": "pause", "cancelled": "cancel"}

Moments = list[tuple[int, str]]


def target(within: int, *, business_days: int = 0, priority: str = "") -> Target:
    conditions = (Condition("priority", "in", (priority,)),) if priority else ()
    return Target(conditions, within, business_days, "", Where())


def clock(
    name: str,
    roles: Mapping[str, ClockRole],
    targets: Sequence[Target],
    *,
    reopens: bool = True,
    start: str = "opened_at",
) -> ClockDefinition:
    stop = "responded_at" if name == "response" else "resolved_at"
    return ClockDefinition(name, Text(name), start, stop, roles, reopens, tuple(targets))


def agreement(
    id: str,
    calendar: Calendar,
    *clocks: ClockDefinition,
    services: Sequence[str] = (),
    customers: Sequence[str] = (),
    effective: Effective = Effective(),  # noqa: B008 - frozen
) -> Agreement:
    return Agreement(
        "sla", id, Text(id), effective, Where(), (), tuple(services), tuple(customers), calendar.id, {c.name: c for c in clocks}, {}
    )  # fmt: skip


def agreements(six: Sequence[Calendar], middle: date) -> list[Agreement]:
    """Every shape of agreement: own and for any, for a customer, for a period; clocks with and without stop states."""
    by_priority = [
        target(4 * 3600, priority="P1"),
        target(0, business_days=1, priority="P2"),
        target(9000, priority="P3"),
    ]
    always = [target(2 * 3600)]
    resolution = clock("resolution", ROLES, by_priority)
    final = clock("resolution", ROLES, [*by_priority, target(60)], reopens=False)
    return [
        agreement("a-own", six[0], resolution, clock("response", {"cancelled": "cancel"}, always), services=["s1"]),
        agreement("b-final", six[1], final, clock("response", PAUSES, always), services=["s2"]),
        agreement("c-late-start", six[2], clock("resolution", {"resolved": "stop", "cancelled": "cancel"}, always, start="responded_at"), services=["s3", "s5"]),
        agreement("d-customer", six[3], clock("resolution", PAUSES, always, reopens=False), services=["s3"], customers=["vip"]),
        agreement("e-until", six[4], clock("resolution", {}, always), services=["s4"], effective=Effective(None, middle)),
        agreement("f-from", six[5], resolution, clock("response", {}, []), services=["s4"], effective=Effective(middle + timedelta(days=1))),
        agreement("g-any", six[1], resolution, clock("response", PAUSES, always), customers=["internal"]),
        agreement("h-any", six[1], clock("response", PAUSES, always), customers=["vip"]),
    ]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One record as the dataset holds it, with the changes of its state."""

    row: dict[str, object]
    changes: Moments
    began_as: str
    """What the first change says was before it, or ''."""

    @property
    def moments(self) -> Moments:
        opened = self.row["opened_at"]
        known = self.began_as and self.changes and isinstance(opened, int) and opened <= self.changes[0][0]
        return [(opened, self.began_as), *self.changes] if known and isinstance(opened, int) else self.changes

    def known_at(self, as_of: int, last_moment: int) -> Case:
        """The record as it stood before the export was made: moments still to come are empty, and so is what followed."""
        row = {
            column: None if column.endswith("_at") and isinstance(v, int) and as_of < v <= last_moment else v
            for column, v in self.row.items()
        }
        seen = [state for moment, state in self.changes if moment <= as_of]
        state = (seen[-1] if seen else self.began_as or None) if self.changes else row["state"]
        return Case({**row, "state": state}, self.changes, self.began_as)


def cases(count: int, wall: WallClock, as_of: int, rng: random.Random) -> Iterator[Case]:
    for number in range(count):
        yield case(f"R{number:06}", _opening(wall, as_of, rng), as_of, rng)


def _opening(wall: WallClock, as_of: int, rng: random.Random) -> int:
    """Around a change of the clocks, or in the weeks before the audit; a few long before it, and a few after it."""
    low, high = wall.first + 5 * DAY, as_of + DAY // 4
    recent = [change for change in wall.changes if as_of - 30 * DAY < change < as_of]
    if recent and rng.random() < 0.5:
        near = rng.choice((-3600, -1800, -1, 0, 1, 1800, 3600, rng.randint(-2 * DAY, 2 * DAY)))
        return min(max(rng.choice(recent) + near, low), high)
    return rng.randint(low, high) if rng.random() < 0.05 else rng.randint(max(low, as_of - 21 * DAY), high)


def case(record_id: str, opened: int, as_of: int, rng: random.Random) -> Case:
    """A life with whatever real exports hold: ties, steps back, reopenings, gaps, nothing at all."""
    at, changes = opened, []
    for _ in range(rng.choice((0, 1, 2, 3, 4, 5, 7, 9))):
        changes.append((at, rng.choice(STATES)))
        at += rng.choice((0, 0, 60, 7200, rng.randint(0, DAY), rng.randint(0, 4 * DAY)))
        at -= 1800 if rng.random() < 0.02 else 0
    began_as = ""
    if changes and rng.random() < 0.8:
        changes[0] = (opened, "new")
    elif changes:
        changes = [(moment + 900, state) for moment, state in changes]
        began_as = rng.choice(("", "new", "awaiting-user", "resolved"))
    later = opened + rng.choice((0, 1, 3599, rng.randint(0, 2 * DAY), rng.randint(0, 9 * DAY)))
    resolved = rng.choice((None, later, max((t for t, s in changes if s == "resolved"), default=None), opened - 60))
    row: dict[str, object] = {
        "record_id": record_id,
        "opened_at": opened,
        "service": rng.choice(("s1", "s2", "s3", "s4", "s5", "other", None)),
        "customer": rng.choice(("vip", "internal", "stranger", None)),
        "priority": rng.choice(("P1", "P2", "P3", "P3", "P4", None)),
        "responded_at": rng.choice(
            (None, opened + rng.randint(0, 7200), opened + rng.randint(0, DAY), opened - 1, as_of + 5)
        ),
        "resolved_at": resolved,
        "closed_at": rng.choice((None, None, later + 60)),
        "state": changes[-1][1] if changes else rng.choice((None, *STATES)),
    }
    return Case(row, changes, began_as)


@dataclass(frozen=True)
class Told:
    """What SQL says about one clock of one record."""

    agreement: str | None
    target: int | None
    stop: int | None
    counted: int | None
    verdict: str
    reason: str | None


def ask_sql(
    folder: Path,
    listed: Sequence[Case],
    definitions: Definitions,
    as_of: int,
    zone: str,
    last_moment: int | None = None,
    exported: frozenset[str] = frozenset(TIME_COLUMNS),
) -> dict[tuple[str, str], Told]:
    events = [
        (c.row["record_id"], moment, "state", c.began_as or None if i == 0 else c.changes[i - 1][1], state)
        for c in listed
        for i, (moment, state) in enumerate(c.changes)
    ]
    history = ("state",) if last_moment else ()
    write_dataset(folder, [c.row for c in listed], events, zone=zone)
    with Session(threads=1) as session:
        load_tables(session, Loading(folder, {}, zone, as_of, None, None, (), last_moment, history))
        create_clocks(session, definitions, as_of, exported)
        rows = session.rows(
            "SELECT r.record_id, c.clock, c.agreement, c.target, c.stop, c.counted, c.verdict, c.reason FROM clock AS c JOIN record AS r ON r.tix = c.tix"
        )
    return {(str(record), str(name)): Told(*rest) for record, name, *rest in rows}  # type: ignore[arg-type]


@dataclass(frozen=True)
class World:
    """One zone: its minutes, its calendars, its agreements."""

    zone: str
    wall: WallClock
    minutes: Mapping[str, OpenMinutes]
    definitions: Definitions


def world(zone: str) -> World:
    wall = walk(zone, *ZONES[zone])
    six = [replace(calendar, id=f"c{i}") for i, calendar in enumerate(calendars(wall))]
    middle = date.fromordinal(wall.days[(wall.changes[0] - wall.first) // 60])
    signed = {a.id: a for a in agreements(six, middle)}
    definitions = Definitions(Path(), False, (), "", agreements=signed, calendars={c.id: c for c in six})
    return World(zone, wall, {c.id: open_minutes(c, wall) for c in six}, definitions)


@pytest.mark.parametrize("zone", ZONES)
def test_three_ways_to_count_agree(zone: str, tmp_path: Path) -> None:
    here = world(zone)
    rng = random.Random(f"sql {zone}")
    share = -(-RECORDS // len(ZONES) // MOMENTS_OF_AUDIT)
    seen: Counter[str] = Counter()
    first, last = here.wall.changes[0], here.wall.changes[-1]
    # The second audit looks back from an export that was made later, and must forget what came in between.
    audits = (
        (first + 1800, None),
        (last - 1, last + 30 * DAY),
        (rng.randint(last, min(last + 25 * DAY, here.wall.last)), None),
    )
    for number, (as_of, last_moment) in enumerate(audits):
        listed = list(cases(share, here.wall, as_of, rng))
        told = ask_sql(tmp_path / str(number), listed, here.definitions, as_of, zone, last_moment)
        for whole in listed:
            opened = whole.row["opened_at"]
            assert isinstance(opened, int)
            if as_of < opened <= (last_moment or as_of):
                assert (whole.row["record_id"], "resolution") not in told
                continue
            c = whole.known_at(as_of, last_moment) if last_moment else whole
            for name in ("resolution", "response"):
                seen[_compare(here, c, told[str(c.row["record_id"]), name], name, as_of)] += 1
    assert sum(seen.values()) > 1.8 * MOMENTS_OF_AUDIT * share
    assert set(seen) == {
        "met", "breached", "running_ok", "running_breached", "paused_ok", "cancelled", "no-agreement", "no-clock", "no-target",
        "missing:customer", "missing:priority", "missing:responded_at", "missing:resolved_at", "stop-before-start", "after-as-of", "no-history:state", "history-gap:state",
    }  # fmt: skip
    assert min(seen.values()) >= 3


def _compare(here: World, c: Case, told: Told, name: str, as_of: int) -> str:
    """Compare one clock three ways, and return what became of it."""
    if _torn(here.definitions, c.row):
        assert (told.verdict, told.reason) == ("not_testable", "missing:customer"), c
        return "missing:customer"
    signed = _agreement_of(here.definitions, c.row, name)
    if signed is None or name not in signed.clocks:
        assert (told.agreement, told.counted, told.stop) == (None, None, None), c
        assert told.reason == ("no-agreement" if signed is None else "no-clock"), c
        return told.reason
    calendar = here.definitions.calendars[signed.calendar]
    wanted = signed.clocks[name]
    if {"stop", "pause"} & set(wanted.states.values()) and _runs_backwards(c, as_of):
        assert told.verdict == "not_testable", (c, told)
        assert told.reason in ("history-gap:state", "after-as-of", f"missing:{wanted.starts_at}"), (c, told)
        return str(told.reason)
    promised = _promised(wanted, c.row, calendar)
    times = {column: value for column, value in c.row.items() if column.endswith("_at")}
    state = str(c.row["state"] or "")
    one = record_clock(wanted, calendar, promised, times, c.moments, as_of, state=state)  # type: ignore[arg-type]
    assert (told.agreement, told.target) == (signed.id, promised), c
    assert (told.verdict, _plain(told.reason)) == (one.verdict, one.reason), (c, told, one)
    if one.cycles and one.cycles[0].stop >= one.cycles[0].start:
        (cycle,) = one.cycles
        assert (told.counted, told.stop) == (cycle.counted, None if cycle.running else cycle.stop), (c, told, one)
    judged = _judge(here.minutes[calendar.id], wanted, c, as_of, promised)
    assert (told.verdict, told.counted) == judged[:2], (c, told, one)
    assert judged[1] is None or told.stop == judged[2], (c, told, one)
    return told.reason or told.verdict


def _runs_backwards(c: Case, as_of: int) -> bool:
    """Whether nobody knows in which order things happened."""
    moments = [at for at, _ in c.changes if at <= as_of]
    return moments != sorted(moments)


def _plain(reason: str | None) -> str:
    """SQL says more than the clock of one record can know: which history, and which empty column cost the target."""
    known = {"no-history:state": "no-history", "missing:priority": "no-target"}
    return known.get(reason or "", reason or "")


def _agreement_of(definitions: Definitions, row: Mapping[str, object], name: str) -> Agreement | None:
    """The agreement in force for the service, else one for any; one for the customer before one for all."""
    opened = row["opened_at"]
    assert isinstance(opened, int)
    fits = [
        a
        for a in definitions.agreements.values()
        if (not a.customers or row["customer"] in a.customers)
        and _in_force(a, definitions.calendars[a.calendar], opened)
    ]
    own = [a for a in fits if row["service"] in a.services] or [a for a in fits if not a.services]
    own.sort(key=lambda a: (name not in a.clocks, not a.customers, a.id))
    return own[0] if own else None


def _torn(definitions: Definitions, row: Mapping[str, object]) -> bool:
    """The customer would choose the agreement, and is not known."""
    opened = row["opened_at"]
    assert isinstance(opened, int)
    fits = [a for a in definitions.agreements.values() if _in_force(a, definitions.calendars[a.calendar], opened)]
    own = [a for a in fits if row["service"] in a.services]
    common = [a for a in fits if not a.services]
    decided = any(not a.customers for a in own)
    return row["customer"] is None and any(a.customers for a in (own if decided else own + common))


def _in_force(a: Agreement, calendar: Calendar, opened: int) -> bool:
    day = datetime.fromtimestamp(opened, UTC).astimezone(zone_of(calendar.zone)).date()
    return (a.effective.start or date.min) <= day <= (a.effective.end or date.max)


def _promised(wanted: ClockDefinition, row: Mapping[str, object], calendar: Calendar) -> int | None:
    for t in wanted.targets:
        if any(row[c.column] is None for c in t.conditions):
            return None
        if all(row[c.column] in c.values for c in t.conditions):
            return t.seconds + t.business_days * calendar.day_minutes * 60
    return None


def _judge(
    minutes: OpenMinutes, wanted: ClockDefinition, c: Case, as_of: int, promised: int | None
) -> tuple[str, int | None, int | None]:
    """Verdict, counted and stop (None while running), by asking the minutes walked."""
    start = c.row[wanted.starts_at]
    if not isinstance(start, int) or start > as_of:
        return "not_testable", None, None
    kept = [(at, state) for at, state in c.moments if at <= as_of]
    # As SQL and the specification have it, a step back in time happens no earlier than what came before it.
    kept = list(zip(accumulate((at for at, _ in kept), max), (state for _, state in kept), strict=True))
    roles = dict(wanted.states)
    answer = record_answer(minutes, roles, wanted.reopens, kept, max(start, minutes.first), as_of)
    stop: int | None = None if answer.running else answer.stop
    cancelled, counted = answer.cancelled, answer.counted
    if not kept or "stop" not in roles.values():
        role = ("cancel" if answer.cancelled else "") if kept else roles.get(str(c.row["state"]), "")
        column = c.row[wanted.stops_at]
        ends = [t for t in (c.row["resolved_at"], c.row["closed_at"]) if isinstance(t, int) and t <= as_of]
        if column is None and stop is None and (role or ends) and (role in ("stop", "cancel") or ends):
            return ("cancelled" if role == "cancel" else "not_testable"), None, None
        known = [t for t in (column, stop) if isinstance(t, int) and t <= as_of]
        cancelled = role == "cancel" and bool(known) and (stop is None or min(known) == stop)
        stop = min(known, default=None)
        if stop is not None and stop >= start:
            counted = record_answer(
                minutes, roles, wanted.reopens, [m for m in kept if m[0] <= stop], start, stop
            ).counted
    if stop is not None and stop < start:
        return "not_testable", None, stop
    paused_now = stop is None and answer.paused_now
    return _verdict(wanted, bool(kept), promised, counted, stop, cancelled, paused_now), counted, stop


def _verdict(
    wanted: ClockDefinition,
    has_history: bool,
    promised: int | None,
    counted: int,
    stop: int | None,
    cancelled: bool,
    paused_now: bool,
) -> str:
    if cancelled:
        return "cancelled"
    if promised is None or (not has_history and "pause" in wanted.states.values() and counted > promised):
        return "not_testable"
    if counted > promised:
        return "running_breached" if stop is None else "breached"
    return "met" if stop is not None else "paused_ok" if paused_now else "running_ok"


def test_where_nothing_is_promised_no_clock_runs(tmp_path: Path) -> None:
    here = world(next(iter(ZONES)))
    as_of = here.wall.changes[-1]
    listed = list(cases(20, here.wall, as_of, random.Random("none")))
    nothing = replace(here.definitions, agreements={})
    assert ask_sql(tmp_path / "d", listed, nothing, as_of, here.zone) == {}

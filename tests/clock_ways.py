"""One record's clocks in SQL and in the ledger, which must agree: for tests that tell a story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from brute_force import build_calendar
from dataset import write_dataset

from itsmctl.engine.clocks import create_clocks
from itsmctl.engine.lived import Plan, governing_offer, terms_of
from itsmctl.engine.session import Session
from itsmctl.engine.tables import load_tables
from itsmctl.engine.tables.loading import Loading
from itsmctl.errors import Where
from itsmctl.model import (
    DEFAULT_POLICY,
    TIME_COLUMNS,
    Agreement,
    Calendar,
    ClockDefinition,
    ClockPolicy,
    ClockRole,
    Condition,
    Definitions,
    Effective,
    Target,
    Text,
)
from itsmctl.worktime import Change, RecordClock, lived_clock

BERLIN = "Europe/Berlin"
HOUR = 3600
OFFICE = [((540, 1020),)] * 5 + [(), ()]
K1 = build_calendar(BERLIN, OFFICE, id="K1")
ALWAYS = build_calendar(BERLIN, [((0, 1440),)] * 7, id="always")
STATES: Mapping[str, ClockRole] = {
    "awaiting-user": "pause",
    "resolved": "stop",
    "closed": "stop",
    "cancelled": "cancel",
}
AS_OF = "2026-03-31T17:00"
HISTORY = frozenset({"state", "priority", "group", "assignee", "service"})

Happening = tuple[str, str, str, str]
"""(when, column, before, after)."""


def at(text: str, zone: str = BERLIN) -> int:
    """Epoch seconds of a time as written, local in the zone where it has no offset."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp())


def state(*moments: tuple[str, str]) -> list[Happening]:
    """Changes of state from `in-progress` on."""
    before = ["in-progress", *(name for _, name in moments)]
    return [(when, "state", old, name) for (when, name), old in zip(moments, before, strict=False)]


def promise(hours: float, business_days: int = 0, **where: str) -> Target:
    """A target in hours and business days; `where` are the values of columns."""
    conditions = tuple(Condition(column, "in", (value,)) for column, value in sorted(where.items()))
    return Target(conditions, int(hours * HOUR), business_days, f"{hours}h", Where())


def clock(
    *targets: Target, policy: ClockPolicy = DEFAULT_POLICY, name: str = "resolution", **more: object
) -> ClockDefinition:  # noqa: B008 - frozen
    """A clock of resolution that pauses while the user is asked."""
    given: dict[str, object] = {
        "states": STATES,
        "reopens": True,
        "stops_at": "resolved_at",
        "starts_at": "opened_at",
        **more,
    }
    return ClockDefinition(name=name, title=Text(name), targets=targets, policy=policy, **given)  # type: ignore[arg-type]


def agreement(
    *clocks: ClockDefinition,
    id: str = "a",
    calendar: Calendar = K1,
    services: Sequence[str] = (),
    effective: Effective = Effective(),  # noqa: B008 - frozen
) -> Agreement:
    """An agreement with some clocks."""
    return Agreement(
        "sla", id, Text(id), effective, Where(), (), tuple(services), (), calendar.id, {c.name: c for c in clocks}, {}
    )


def judged(
    folder: Path,
    agreements: Sequence[Agreement],
    changes: Sequence[Happening],
    *,
    calendars: Sequence[Calendar] = (K1, ALWAYS),
    opened: str = "2026-03-03T09:00",
    as_of: str = AS_OF,
    precision: int = 1,
    history: frozenset[str] = HISTORY,
    **columns: object,
) -> dict[str, RecordClock]:
    """Every clock of one record by name, after SQL and the ledger were seen to agree on all of them.

    `columns` are more of the record's columns; one that changed is what it became.
    """
    definitions = Definitions(
        Path(), False, (), "", agreements={a.id: a for a in agreements}, calendars={c.id: c for c in calendars}
    )
    last = {column: after or None for _, column, _, after in changes}
    row = {
        "record_id": "R1",
        "opened_at": at(opened),
        "resolved_at": None,
        "closed_at": None,
        "responded_at": None,
        "priority": "P3",
        **last,
        **columns,
    }
    moments = [(at(when), column, before, after) for when, column, before, after in changes]
    events = [("R1", when, column, before or None, after or None) for when, column, before, after in moments]
    now = at(as_of)
    write_dataset(folder / "data", [row], events, history=sorted(history))
    with Session(threads=1) as session:
        load_tables(session, Loading(folder / "data", {}, "UTC", now, None, None, ()))
        create_clocks(session, definitions, now, frozenset(TIME_COLUMNS), history, precision)
        told = session.rows("SELECT clock, verdict, reason, counted, stop FROM clock")
    plan = Plan(definitions, history, now, precision)
    clocks: dict[str, RecordClock] = {}
    for name, verdict, reason, counted, stop in told:
        offer = governing_offer(plan, str(name), row)
        terms = terms_of(plan, offer, row) if offer else None
        if terms is None or str(reason).startswith(("no-history:group", "no-history:priority", "no-history:assignee")):
            clocks[str(name)] = RecordClock("not_testable", str(reason), (), ())
            continue
        ours = lived_clock(terms, row, [Change(*moment) for moment in moments], now)
        why = "no-target" if reason == "missing:priority" else str(reason or "").removesuffix(":state")
        assert (verdict, why) == (ours.verdict, ours.reason), (told, ours)
        if ours.cycles and ours.cycles[ours.decisive].stop >= ours.cycles[ours.decisive].start:
            decisive = ours.cycles[ours.decisive]
            assert (counted, stop) == (decisive.counted, None if decisive.running else decisive.stop), (told, ours)
        clocks[str(name)] = ours
    return clocks


def hours(clock: RecordClock) -> list[float]:
    """Hours counted in each round."""
    return [cycle.counted / HOUR for cycle in clock.cycles]

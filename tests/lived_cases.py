"""Lives of records, and agreements with every switch, drawn from a seed: for tests that count them in several ways."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain

from brute_force import WallClock
from test_sql_clock import ROLES, agreement, clock, target

from itsmctl.model import (
    Agreement,
    Calendar,
    ClockCondition,
    ClockDefinition,
    ClockPolicy,
    Condition,
    Definitions,
    Effective,
    PauseLimit,
)

DAY = 86_400
HISTORY = frozenset({"state", "priority", "group", "assignee", "service"})
STATES = ("new", "in-progress", "awaiting-user", "awaiting-supplier", "resolved", "closed", "cancelled")
OFTEN = ("in-progress", "awaiting-user", "in-progress", "resolved")
PRIORITIES = ("P1", "P2", "P3", "P3", "P4")
GROUPS = ("desk", "network", "supplier")
SERVICES = ("s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9")
COLUMNS = ("state", "priority", "group", "assignee", "service")


def policies(rng: random.Random) -> ClockPolicy:
    """Some of the switches, in some position other than the one they begin in."""
    chosen: dict[str, object] = {}
    positions: Mapping[str, Sequence[object]] = {
        "on_priority_change": ("restart", "keep-first", "strictest", "continue-without-earlier-pauses"),
        "on_reopen": ("resume-including-resolved", "new-cycle"),
        "max_pause_share": (0.0, 25.0, 33.3, 50.0),
        "open_at_cutoff": ("exclude", "carry"),
        "period_of_ticket": ("opened", "deadline", "deadline"),
        "cancelled_counts": (True,),
        "business_day": ("weekday",),
        "verdict_by": ("deadline",),
        "within_precision": ("not-testable",),
        "zone_from": ("customer",),
        "agreement_version": ("at-resolution", "at-each-instant"),
    }
    for switch, values in positions.items():
        if rng.random() < (0.5 if switch.startswith("on_") else 0.2):
            chosen[switch] = rng.choice(values)
    chosen.setdefault("on_reopen", "new-cycle")
    if chosen.get("zone_from"):
        chosen["zones"] = {"vip": "Asia/Kathmandu", "internal": "America/New_York"}
    return ClockPolicy(**chosen)  # type: ignore[arg-type]


def by_priority(rng: random.Random) -> list[object]:
    hours = rng.choice((1, 2, 4))
    listed = [target(hours * 3600, priority="P1"), target(0, business_days=rng.choice((1, 2)), priority="P2")]
    listed.append(target(9000 * rng.randint(0, 4), priority="P3"))
    return listed if rng.random() < 0.5 else [*listed, target(hours * 7200, business_days=rng.randint(0, 1))]


def resolution(rng: random.Random) -> ClockDefinition:
    conditions: list[ClockCondition] = []
    if rng.random() < 0.3:
        conditions.append(ClockCondition("reset", (Condition("group", "in", ("supplier",)),), "reset-1"))
    if rng.random() < 0.3:
        conditions.append(
            ClockCondition(
                "pause",
                (Condition("group", "in", ("network",)), Condition("priority", "not-in", ("P1",))),
                "with-network",
            )
        )
    if rng.random() < 0.25:
        conditions.append(ClockCondition("start", (Condition("group", "in", ("network", "supplier")),), "start-1"))
        conditions.append(ClockCondition("stop", (Condition("group", "in", ("desk",)),), "back-at-the-desk"))
    if rng.random() < 0.15:
        conditions.append(
            ClockCondition("cancel", (Condition("assignee", "absent"), Condition("priority", "in", ("P4",))), "nobody")
        )
    limits = {}
    if rng.random() < 0.5:
        limits["awaiting-user"] = PauseLimit(rng.choice((0, 3600, 7200)), rng.choice((0, 0, 1)))
    if rng.random() < 0.5:
        limits["with-network"] = PauseLimit(1800)
    made = clock("resolution", ROLES, by_priority(rng), reopens=rng.random() < 0.85)  # type: ignore[arg-type]
    return replace(made, policy=policies(rng), conditions=tuple(conditions), limits=limits)


def response(rng: random.Random) -> ClockDefinition:
    policy = replace(policies(rng), response_is=rng.choice(("message", "assignment", "status-change")))
    roles = {"awaiting-user": "pause", "cancelled": "cancel"}
    return replace(clock("response", roles, by_priority(rng)), policy=policy)  # type: ignore[arg-type]


def agreements(rng: random.Random, calendars: Sequence[Calendar], middle: date) -> Iterator[Agreement]:
    """One agreement a service, and some services whose agreement changes in the middle; the rest have a common one."""
    for number, service in enumerate(SERVICES[:-1]):
        calendar = calendars[number % len(calendars)]
        first = agreement(f"a-{service}", calendar, resolution(rng), response(rng), services=[service])
        if number % 3:
            yield first
            continue
        yield replace(first, effective=Effective(None, middle))
        if number % 6:
            later = agreement(f"b-{service}", calendars[number % 2], resolution(rng), response(rng), services=[service])
            yield replace(later, effective=Effective(middle + timedelta(days=1)))
    yield agreement("z-any", calendars[0], resolution(rng), response(rng))


def definitions(rng: random.Random, calendars: Sequence[Calendar], middle: date) -> Definitions:
    from pathlib import Path

    signed = {a.id: a for a in agreements(rng, calendars, middle)}
    return Definitions(Path(), False, (), "", agreements=signed, calendars={c.id: c for c in calendars})


@dataclass(frozen=True)
class Life:
    """A record as exported, and every change in the order written: (at, column, old, new), '' for empty."""

    row: dict[str, object]
    changes: tuple[tuple[int, str, str, str], ...]


def lives(count: int, wall: WallClock, as_of: int, rng: random.Random) -> Iterator[Life]:
    low, high = wall.first + 5 * DAY, as_of
    recent = [change for change in wall.changes if as_of - 30 * DAY < change < as_of]
    for number in range(count):
        opened = rng.randint(max(low, as_of - 15 * DAY), high)
        if recent and rng.random() < 0.5:
            opened = min(
                max(rng.choice(recent) + rng.choice((-3600, -1, 0, 1, 1800, rng.randint(-DAY, DAY))), low), high
            )
        yield life(f"R{number:06}", opened, as_of, rng)


def life(record_id: str, opened: int, as_of: int, rng: random.Random) -> Life:
    """A life with changes of several columns at once, steps back in time, gaps, and nothing at all."""
    now = {
        "state": "new",
        "priority": rng.choice(PRIORITIES),
        "group": "desk",
        "assignee": rng.choice(("", "ann")),
        "service": rng.choice(SERVICES),
    }
    before = dict(now)
    changes: list[tuple[int, str, str, str]] = []
    at = opened + rng.choice((0, 0, 0, 1, 600, -600))
    recorded = rng.choice((None, at, at, opened + 60))
    if (
        rng.random() < 0.3
    ):  # the history begins with the row that stored the record, written some time after it was opened
        at += rng.choice((0, 600, 7200, DAY))
        recorded = rng.choice((at, at, at, None, at + 1))
        told_first = [column for column in COLUMNS if rng.random() < 0.8]
        changes += [(at, column, "", now[column]) for column in told_first if now[column]]
        at += rng.choice((0, 60, 7200))
    for _ in range(rng.choice((0, 1, 2, 4, 6, 9))):
        column = rng.choice(
            (
                "state",
                "state",
                "state",
                "priority",
                "group",
                "group",
                "assignee",
                "service" if rng.random() < 0.3 else "state",
            )
        )
        new = {
            "state": rng.choice(STATES + OFTEN),
            "priority": rng.choice((*PRIORITIES, "")),
            "group": rng.choice(GROUPS),
            "assignee": rng.choice(("ann", "bob", "")),
            "service": rng.choice(SERVICES),
        }[column]
        told = rng.random() < 0.95
        changes.append((at, column, now[column] if told else "", new))
        now[column] = new
        at += rng.choice((0, 0, 1, 60, 1800, 7200, rng.randint(0, DAY // 2), rng.randint(0, 2 * DAY)))
        at -= 1800 if rng.random() < 0.01 else 0
    # The export is made at as_of, so what happened later is not in the record; but it may still be in the history.
    known = {column: next((c[3] for c in reversed(changes) if c[1] == column), before[column]) for column in COLUMNS}
    later = opened + rng.choice((1, rng.randint(0, 2 * DAY), rng.randint(0, 5 * DAY)))
    resolved = rng.choice(
        (
            None,
            later,
            max((t for t, c, _, v in changes if v == "resolved"), default=None),
            opened - 60 if rng.random() < 0.1 else None,
        )
    )
    row: dict[str, object] = {
        "record_id": record_id,
        "opened_at": opened,
        "recorded_at": recorded,
        **{column: value or None for column, value in known.items()},
        "customer": rng.choice(("vip", "internal", "vip", "internal", "stranger" if rng.random() < 0.2 else "vip")),
        "responded_at": rng.choice(
            (None, opened + rng.randint(0, DAY), opened - 1 if rng.random() < 0.1 else opened + 60)
        ),
        "resolved_at": resolved,
        "closed_at": rng.choice((None, None, None, later + 60)),
    }
    return Life(row, tuple(changes))


def rows_of(listed: Sequence[Life]) -> tuple[list[dict[str, object]], list[tuple[object, ...]]]:
    """Record and event rows for a dataset."""
    events = chain.from_iterable(
        ((one.row["record_id"], at, column, old or None, new or None) for at, column, old, new in one.changes)
        for one in listed
    )
    return [one.row for one in listed], list(events)

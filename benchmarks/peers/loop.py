"""A plain Python loop over the tickets, with bisection on the open hours of the calendar: all twenty rules."""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import accumulate, groupby
from pathlib import Path
from typing import Protocol

import tickets as t

Row = Mapping[str, str]
Event = tuple[str, datetime, str, str]
"""Field, moment, before, after."""


class OpenTime(Protocol):
    """Whatever counts the open seconds from one moment to a later one."""

    def between(self, begin: datetime, end: datetime) -> int: ...


class Hours:
    """Open seconds since the first opening."""

    def __init__(self, openings: Sequence[tuple[int, int]]) -> None:
        self.begins = [begin for begin, _ in openings]
        self.ends = [end for _, end in openings]
        self.before = [0, *accumulate(end - begin for begin, end in openings)]

    def at(self, moment: datetime) -> int:
        """Open seconds up to a moment."""
        second = int(moment.replace(tzinfo=UTC).timestamp())
        slot = bisect_right(self.begins, second) - 1
        return 0 if slot < 0 else self.before[slot] + min(second, self.ends[slot]) - self.begins[slot]

    def between(self, begin: datetime, end: datetime) -> int:
        """Open seconds from one moment to a later one."""
        return self.at(end) - self.at(begin)


def main() -> None:
    """Judge every incident and write what fails."""
    tables, output, as_of = t.asked()
    hours = Hours(t.openings())
    failures: list[tuple[str, str]] = []
    for record_id, record, life in tickets(tables, as_of):
        failures += [(rule, record_id) for rule in judged(record, life, as_of, hours)]
    t.write(output, failures)


def tickets(tables: Path, as_of: datetime) -> Iterator[tuple[str, Row, Sequence[Event]]]:
    """Every incident with what happened to it up to the moment of the audit."""
    with (tables / "record.csv").open(encoding="utf-8", newline="") as stream:
        records = {row["record_id"]: row for row in csv.DictReader(stream) if row["process"] == "incident"}
    lives: dict[str, list[Event]] = {}
    with (tables / "event.csv").open(encoding="utf-8", newline="") as stream:
        for record_id, rows in groupby(csv.DictReader(stream), key=lambda row: row["record_id"]):
            if record_id in lives:
                raise ValueError(f"the history of {record_id} does not stand together in event.csv")
            if record_id in records:
                lives[record_id] = [
                    (row["field"], datetime.fromisoformat(row["at"]), row["old"], row["new"]) for row in rows
                ]
    for record_id, record in records.items():
        yield record_id, record, [event for event in lives.get(record_id, []) if event[1] <= as_of]


def judged(record: Row, life: Sequence[Event], as_of: datetime, hours: Hours) -> Iterator[str]:
    """The rules that one incident fails."""
    moments = moments_of(record)
    yield from fields(record, moments, as_of)
    yield from clocks(moments, life, hours)
    states = [event for event in life if event[0] == "state"]
    if any(
        old in t.TRANSITIONS and new in t.TRANSITIONS and old != new and new not in t.TRANSITIONS[old]
        for _, _, old, new in states
    ):
        yield "BEN-18"
    entered = [new for _, _, _, new in states]
    if "closed" in entered and "resolved" not in entered[: entered.index("closed")]:
        yield "BEN-19"
    groups = [event for event in life if event[0] == "group"]
    holders = [*(event[2] for event in groups[:1]), *(event[3] for event in groups)]
    held = [name for name, _ in groupby(name for name in holders if name)]
    if len(held) - 1 > t.HANDOVERS:
        yield "BEN-20"


def moments_of(record: Row) -> Mapping[str, datetime]:
    """The moments that a record has."""
    return {name: datetime.fromisoformat(record[name]) for name in (*t.MOMENTS, t.STORED) if record[name]}


def clocks(moments: Mapping[str, datetime], life: Sequence[Event], hours: OpenTime) -> Iterator[str]:
    """Answered and resolved in time."""
    states = [event for event in life if event[0] == "state"]
    if late("responded_at", t.RESPONSE, moments, (), life, hours):
        yield "BEN-16"
    if late("resolved_at", t.RESOLUTION, moments, states, life, hours):
        yield "BEN-17"


def fields(record: Row, moments: Mapping[str, datetime], as_of: datetime) -> Iterator[str]:
    """The rules about the fields of a record."""
    in_order = [moments[name] for name in t.MOMENTS if name in moments]
    if in_order != sorted(in_order):
        yield "BEN-01"
    yield from (rule for rule, column in t.REQUIRED.items() if not record[column])
    if record["state"] == "closed":
        yield from (rule for rule, column in t.REQUIRED_WHEN_CLOSED.items() if not record[column])
    if record["channel"] and record["channel"] not in t.CHANNELS:
        yield "BEN-09"
    if record["state"] and record["state"] not in t.TRANSITIONS:
        yield "BEN-10"
    expected = t.PRIORITY.get((record["impact"], record["urgency"]))
    if record["priority"] and expected and record["priority"] != expected:
        yield "BEN-11"
    for rule, (column, most) in t.AT_MOST.items():
        if record[column] and int(record[column]) > most:
            yield rule
    if record["resolved_by"] and record["resolved_by"].lower() == record["closed_by"].lower():
        yield "BEN-14"
    if any(moment > as_of for moment in in_order):
        yield "BEN-15"


def late(
    stop: str,
    targets: Mapping[str, int],
    moments: Mapping[str, datetime],
    states: Sequence[Event],
    life: Sequence[Event],
    hours: OpenTime,
) -> bool:
    """Whether a clock from the opening to `stop` counts more than the target of the priority at its end.

    In a state that nobody knows it may have paused: it is late only if it was before.
    """
    if "opened_at" not in moments or stop not in moments or moments[stop] < moments["opened_at"]:
        return False
    begin, end = moments["opened_at"], moments[stop]
    unknown = [at for _, at, old, new in states if any(word and word not in t.TRANSITIONS for word in (old, new))]
    counted = counted_until(min([end, *unknown]), begin, states, hours)
    told = [(at, old, new) for field, at, old, new in life if field == "priority"]
    if told and not told[0][1] and told[0][0] == moments.get(t.STORED):
        told[0] = (begin, "", told[0][2])
    priorities = [new for at, _, new in told if at <= end]
    target = targets.get(priorities[-1]) if priorities else None
    return target is not None and counted > target


def counted_until(end: datetime, begin: datetime, states: Sequence[Event], hours: OpenTime) -> int:
    """The open seconds from one moment to a later one, without those of pauses."""
    if end < begin:
        return 0
    counted = hours.between(begin, end)
    following = [at for _, at, _, _ in states][1:]
    for number, (_, at, _, new) in enumerate(states):
        if new == t.PAUSE:
            until = following[number] if number < len(following) else end
            pause = (max(at, begin), min(until, end))
            counted -= hours.between(*pause) if pause[0] < pause[1] else 0
    return counted


if __name__ == "__main__":
    main()

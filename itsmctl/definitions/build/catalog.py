"""Definitions under `catalog/`: calendars, services and agreements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, conditions, text
from itsmctl.errors import ItsmctlError, Problem, did_you_mean
from itsmctl.source import Path_
from itsmctl.worktime import parse_slot

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _calendar(b: Builder) -> model.Calendar:
    week: list[list[model.Slot]] = [[] for _ in WEEKDAYS]
    for index, name in enumerate(WEEKDAYS):
        for position, written in enumerate(b.data.get("week", {}).get(name, ())):
            today, tomorrow = _slots(b, written, ("week", name, position))
            week[index] += today
            week[(index + 1) % 7] += tomorrow
    special: dict[date, model.SpecialDay] = {}
    for position, entry in enumerate(b.data.get("days", ())):
        path: Path_ = ("days", position)
        day = b.day(entry["date"], (*path, "date"))
        if day is None:
            continue
        if day in special:
            b.report("day-twice", "{day} stands twice in this calendar", (*path, "date"), day=day)
        hours = [_slots(b, written, (*path, "hours", i)) for i, written in enumerate(entry.get("hours", ()))]
        if any(tomorrow for _, tomorrow in hours):
            b.report(
                "crosses-midnight",
                "the hours of a special day end at 24:00 at the latest; give the next day its own entry",
                (*path, "hours"),
            )
        special[day] = model.SpecialDay(
            day, text(entry.get("title")), _merged(b, [slot for today, _ in hours for slot in today], (*path, "hours"))
        )
    merged = tuple(_merged(b, slots, ("week", WEEKDAYS[i])) for i, slots in enumerate(week))
    if not any(merged) and not any(day.slots for day in special.values()):
        b.report("never-open", "this calendar has no open hours, so no clock would ever run", ("week",))
    length = b.data.get("day-length")
    minutes = b.duration(length, ("day-length",)).seconds // 60 if length else sum(s.end - s.start for s in merged[0])
    return model.Calendar(
        **b.common(), zone=b.zone(b.data["zone"], ("zone",)), week=merged, special=special, day_minutes=minutes
    )


def _slots(b: Builder, written: object, path: Path_) -> tuple[list[model.Slot], list[model.Slot]]:
    try:
        today, tomorrow = parse_slot(str(written), b.document.where(path))
        return list(today), list(tomorrow)
    except ItsmctlError as error:
        b.problems += error.problems
        return [], []


def _merged(b: Builder, slots: list[model.Slot], path: Path_) -> tuple[model.Slot, ...]:
    """Sort the slots of a day, join those that touch, and report those that overlap."""
    joined: list[model.Slot] = []
    for slot in sorted(slots, key=lambda s: (s.start, s.end)):
        if joined and slot.start < joined[-1].end:
            b.report("hours-overlap", "opening hours overlap on one day", path)
        if joined and slot.start <= joined[-1].end:
            joined[-1] = model.Slot(joined[-1].start, max(joined[-1].end, slot.end))
        else:
            joined.append(slot)
    return tuple(joined)


def _service(b: Builder) -> model.Service:
    d = b.data
    return model.Service(
        **b.common(),
        type=d["type"],
        stage=d["stage"],
        description=text(d.get("description")),
        owner=d.get("owner", ""),
        customers=tuple(d.get("customers", ())),
        hours=d.get("hours", ""),
        criticality=d.get("criticality", ""),
        depends_on=tuple(d.get("depends-on", ())),
        supported_by=tuple(d.get("supported-by", ())),
        also_called=tuple(d.get("also-called", ())),
    )


def _sla(b: Builder) -> model.Agreement:
    d = b.data
    clocks = {name: _clock(b, name, body) for name, body in d["clocks"].items()}
    services = () if d["services"] == "any" else tuple(d["services"])
    attainment = {name: float(share) for name, share in d.get("attainment", {}).items()}
    for name in attainment:
        if name not in clocks:
            b.problems.append(
                Problem("unknown-clock", "{word!r} is not a clock of this agreement; it has {allowed}", b.document.where(("attainment", name), key=True),
                        {"word": name, "allowed": ", ".join(clocks)}, suggestion=did_you_mean(name, clocks))
            )  # fmt: skip
    return model.Agreement(
        **b.common(),
        services=services,
        customers=tuple(d.get("customers", ())),
        calendar=d["calendar"],
        clocks=clocks,
        attainment=attainment,
    )


def _clock(b: Builder, name: str, body: Mapping[str, Any]) -> model.ClockDefinition:
    states: dict[str, model.ClockRole] = {}
    roles: tuple[tuple[str, model.ClockRole], ...] = (("pause", "pause"), ("stop", "stop"), ("cancel", "cancel"))
    for key, role in roles:
        for position, state in enumerate(body.get(key, ())):
            if state in states:
                b.report(
                    "state-twice",
                    "state {state!r} already has the part {role!r} in this clock",
                    ("clocks", name, key, position),
                    state=state,
                    role=states[state],
                )
            states.setdefault(state, role)
    targets = []
    for position, target in enumerate(body["targets"]):
        path: Path_ = ("clocks", name, "targets", position)
        duration = b.duration(target["within"], (*path, "within"))
        targets.append(
            model.Target(
                conditions(target.get("where")),
                duration.seconds,
                duration.business_days,
                str(target["within"]),
                b.document.where((*path, "within")),
            )
        )
        if not target.get("where") and position < len(body["targets"]) - 1:
            b.report(
                "target-unreachable",
                "a target without `where` matches everything, so those after it are never used",
                path,
            )
    return model.ClockDefinition(
        name=name,
        title=text(body.get("title", name)),
        starts_at=body.get("starts-at", "opened_at"),
        stops_at=body.get("stops-at", "resolved_at"),
        states=states,
        reopens=body.get("reopens", True),
        targets=tuple(targets),
    )


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {
    "calendar": _calendar,
    "service": _service,
    "sla": _sla,
}

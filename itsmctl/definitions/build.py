"""Documents that passed their schema, turned into the typed model; nothing here can fail on a valid document
but dates, durations and opening hours, whose problems are collected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from itsmctl import model
from itsmctl.errors import ItsmctlError, Problem, did_you_mean
from itsmctl.model import Effective, Text
from itsmctl.source import Document, Path_
from itsmctl.worktime import Duration, parse_duration, parse_slot
from itsmctl.zones import nearest_zone, zone_names

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class Builder:
    """Reads one document; `problems` holds what the schema cannot see."""

    document: Document
    problems: list[Problem] = field(default_factory=list)

    @property
    def data(self) -> dict[str, Any]:
        assert isinstance(self.document.data, dict)
        return self.document.data

    def build(self) -> model.Definition:
        """Return the definition that this document holds."""
        return BUILDERS[str(self.data["kind"])](self)

    def common(self) -> dict[str, Any]:
        """The fields that every kind has."""
        return {
            "kind": self.data["kind"],
            "id": self.data["id"],
            "title": text(self.data.get("title")),
            "effective": self.effective(self.data.get("effective"), ("effective",)),
            "where": self.document.where(),
            "aliases": tuple(self.data.get("aliases", ())),
        }

    def effective(self, value: Mapping[str, Any] | None, path: Path_) -> Effective:
        value = value or {}
        start, end = self.day(value.get("from"), (*path, "from")), self.day(value.get("to"), (*path, "to"))
        if start and end and end < start:
            self.report(
                "ends-before-start",
                "the last day {end} comes before the first day {start}",
                (*path, "to"),
                start=start,
                end=end,
            )
        return Effective(start, end)

    def day(self, value: object, path: Path_) -> date | None:
        if value is None:
            return None
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.report("no-such-day", "{value!r} is not a day of the calendar; write YYYY-MM-DD", path, value=value)
            return None

    def duration(self, value: object, path: Path_) -> Duration:
        try:
            return parse_duration(str(value), self.document.where(path))
        except ItsmctlError as error:
            self.problems += error.problems
            return Duration(0)

    def zone(self, value: str, path: Path_) -> str:
        if value and value not in zone_names():
            near = nearest_zone(value)
            template = "{value!r} is not a time zone; write an IANA name such as Asia/Shanghai"
            self.problems.append(
                Problem("unknown-zone", template, self.document.where(path), {"value": value}, suggestion=near)
            )
        return value

    def report(self, code: str, template: str, path: Path_, **values: object) -> None:
        self.problems.append(Problem(code, template, self.document.where(path), values))


def text(value: Any) -> Text:
    """A text from YAML: a string is English and Chinese at once."""
    if value is None:
        return Text()
    if isinstance(value, str):
        return Text(value, value)
    return Text(str(value.get("en", "")), str(value.get("zh", "")))


def texts(values: Any) -> tuple[Text, ...]:
    """A list of texts."""
    return tuple(text(value) for value in values or ())


def conditions(where: Mapping[str, Any] | None) -> model.Conditions:
    """A condition map as conditions, in the order of the columns' names."""
    found: list[model.Condition] = []
    for column, wanted in sorted((where or {}).items()):
        if not isinstance(wanted, dict):
            found.append(model.Condition(column, "in", _listed(wanted)))
            continue
        if "not" in wanted:
            found.append(model.Condition(column, "not-in", _listed(wanted["not"])))
        if "present" in wanted:
            found.append(model.Condition(column, "present" if wanted["present"] else "absent"))
        if "at-least" in wanted:
            found.append(model.Condition(column, "at-least", (wanted["at-least"],)))
        if "at-most" in wanted:
            found.append(model.Condition(column, "at-most", (wanted["at-most"],)))
    return tuple(found)


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _limit(value: Mapping[str, Any] | None) -> model.Limit:
    value = value or {}
    return model.Limit(int(value.get("count", 0)), float(value.get("percent", 0)))


def frozen(value: Any) -> model.Parameter:
    """A YAML value as an immutable parameter: lists become tuples."""
    if isinstance(value, list):
        return tuple(frozen(child) for child in value)
    if isinstance(value, dict):
        return {key: frozen(child) for key, child in value.items()}
    checked: model.Parameter = value
    return checked


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


def _matrix(b: Builder) -> model.PriorityMatrix:
    cells: dict[tuple[str, str], str] = {}
    for position, cell in enumerate(b.data["cells"]):
        place = (str(cell["impact"]), str(cell["urgency"]))
        if place in cells:
            b.report(
                "cell-twice",
                "impact {impact}, urgency {urgency} stands twice in the matrix",
                ("cells", position),
                impact=place[0],
                urgency=place[1],
            )
        cells[place] = str(cell["priority"])
    return model.PriorityMatrix(**b.common(), process=b.data.get("process", ""), cells=cells)


def _code_list(b: Builder) -> model.CodeList:
    codes: dict[str, model.Code] = {}
    for position, code in enumerate(b.data["codes"]):
        if code["id"] in codes:
            b.report(
                "code-twice", "code {word!r} stands twice in this list", ("codes", position, "id"), word=code["id"]
            )
        codes[code["id"]] = model.Code(
            code["id"], text(code.get("title")), b.effective(code.get("effective"), ("codes", position, "effective"))
        )
    return model.CodeList(**b.common(), column=b.data["column"], codes=tuple(codes.values()))


def _process(b: Builder) -> model.Process:
    d = b.data
    for key in ("lanes", "activities", "states"):
        _unique_ids(b, key)
    return model.Process(
        **b.common(),
        version=d["version"],
        owner=d["owner"],
        manager=d["manager"],
        purpose=text(d["purpose"]),
        scope=text(d["scope"]),
        inputs=texts(d.get("inputs")),
        outputs=texts(d.get("outputs")),
        lanes=tuple(model.Lane(x["id"], text(x.get("title")), tuple(x.get("roles", ()))) for x in d["lanes"]),
        activities=tuple(_activity(x) for x in d["activities"]),
        states=tuple(model.State(x["id"], text(x.get("title")), x["phase"], x.get("initial", False)) for x in d.get("states", ())),
        transitions={state: tuple(to) for state, to in d.get("transitions", {}).items()},
        principles={
            name: tuple(model.Principle(text(x["text"]), tuple(x.get("rules", ()))) for x in items)
            for name, items in d.get("principles", {}).items()
        },
        codes=dict(d.get("codes", {})),
        form=tuple(model.FormField(x["column"], text(x.get("title")), x.get("required-in", ""), x.get("codes", "")) for x in d.get("form", ())),
        interfaces=tuple(model.Interface(x["process"], x["activity"], x["direction"], text(x["what"])) for x in d.get("interfaces", ())),
    )  # fmt: skip


def _unique_ids(b: Builder, key: str) -> None:
    seen: set[str] = set()
    for position, entry in enumerate(b.data.get(key, ())):
        if entry["id"] in seen:
            b.report("id-twice", "{id!r} stands twice under {key!r}", (key, position, "id"), id=entry["id"], key=key)
        seen.add(entry["id"])


def _activity(x: Mapping[str, Any]) -> model.Activity:
    flows = tuple(model.Flow(flow["to"], text(flow.get("when"))) for flow in x.get("next", ()))
    return model.Activity(
        x["id"],
        text(x.get("title")),
        x["lane"],
        text(x.get("description")),
        texts(x.get("inputs")),
        texts(x.get("outputs")),
        tuple(x.get("states", ())),
        flows,
    )


def _role(b: Builder) -> model.Role:
    return model.Role(
        **b.common(), process=b.data.get("process", ""), responsibilities=texts(b.data.get("responsibilities"))
    )


def _position(b: Builder) -> model.Position:
    return model.Position(**b.common(), roles=tuple(b.data.get("roles", ())))


def _assignment(b: Builder) -> model.Assignment:
    return model.Assignment(
        **b.common(), person=b.data["person"], role=b.data.get("role", ""), position=b.data.get("position", "")
    )


def _raci(b: Builder) -> model.Raci:
    activities = {
        a: {letter: tuple(roles) for letter, roles in cells.items()} for a, cells in b.data["activities"].items()
    }
    return model.Raci(**b.common(), process=b.data["process"], activities=activities)


def _framework(b: Builder) -> model.Framework:
    clauses: dict[str, model.Clause] = {}
    for position, clause in enumerate(b.data["clauses"]):
        if clause["number"] in clauses:
            b.report(
                "clause-twice", "clause {number} stands twice", ("clauses", position, "number"), number=clause["number"]
            )
        clauses[clause["number"]] = model.Clause(clause["number"], text(clause.get("title")))
    return model.Framework(**b.common(), version=str(b.data.get("version", "")), clauses=clauses)


def _rule(b: Builder) -> model.Rule:
    d = b.data
    ((check, parameters),) = d["check"].items()
    return model.Rule(
        **b.common(),
        version=d.get("version", 1),
        process=d.get("process", ""),
        clauses=tuple(d.get("clauses", ())),
        severity=d["severity"],
        enquiry=d.get("enquiry", False),
        scope=conditions(d.get("scope")),
        check=check,
        parameters={k: conditions(value) if k == "where" else frozen(value) for k, value in parameters.items()},
        tolerance=_limit(d.get("tolerance")),
        allowance=_limit(d.get("allowance")),
        rests_on=tuple(d.get("rests-on", ())),
        rationale=text(d.get("rationale")),
        remedy=text(d.get("remedy")),
        exceptions=texts(d.get("exceptions")),
    )


def _mapping(b: Builder) -> model.MappingDefinition:
    d = b.data
    columns: dict[str, tuple[str, ...]] = {}
    joined: dict[str, str] = {}
    for column, source in d["columns"].items():
        if isinstance(source, dict):
            columns[column], joined[column] = tuple(source["join"]), source.get("with", "/")
        else:
            columns[column] = _listed(source)
    return model.MappingDefinition(
        **b.common(),
        tool=d["tool"],
        format=d["format"],
        shape=d["shape"],
        process=d["process"],
        recognise=tuple(d["recognise"]),
        missing=tuple(d.get("missing", ("",))),
        time_formats=tuple(d.get("time-formats", ("iso",))),
        zone=b.zone(d.get("zone", ""), ("zone",)),
        columns=columns,
        joined=joined,
        order_by=tuple(d.get("order-by", ())),
        at=d.get("at", ""),
        actor=d.get("actor", ""),
        actor_group=d.get("actor-group", ""),
        history=tuple(d.get("history", ())),
        codes={
            column: {str(key): str(value) for key, value in table.items()}
            for column, table in d.get("codes", {}).items()
        },
    )


def _plan(b: Builder) -> model.AuditPlan:
    d = b.data
    period = b.effective(d.get("period"), ("period",))
    return model.AuditPlan(
        **b.common(),
        period_start=period.start,
        period_end=period.end,
        as_of=str(d.get("as-of", "")),
        mapping=d.get("mapping", ""),
        zone=b.zone(d.get("zone", ""), ("zone",)),
        datasets=tuple(d.get("datasets", ())),
        rules=tuple(d.get("rules", ())),
        processes=tuple(d.get("processes", ())),
        frameworks=tuple(d.get("frameworks", ())),
        fail_on=d.get("fail-on", ""),
    )


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {
    "assignment": _assignment,
    "audit": _plan,
    "calendar": _calendar,
    "code-list": _code_list,
    "framework": _framework,
    "mapping": _mapping,
    "position": _position,
    "priority-matrix": _matrix,
    "process": _process,
    "raci": _raci,
    "role": _role,
    "rule": _rule,
    "service": _service,
    "sla": _sla,
}

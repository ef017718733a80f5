"""The definitions as typed, frozen values; what YAML says once it has been read, checked and cross-checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from itsmctl.errors import Where

Language = Literal["en", "zh"]
Severity = Literal["major", "minor", "observation"]
Outcome = Literal["pass", "fail", "not_testable", "no_data"]
Phase = Literal["new", "active", "paused", "resolved", "closed", "cancelled"]
ClockRole = Literal["pause", "stop", "cancel"]

SEVERITIES: tuple[Severity, ...] = ("major", "minor", "observation")

TIME_COLUMNS = ("opened_at", "responded_at", "resolved_at", "closed_at", "recorded_at", "due_at")
"""Columns of `record` that are moments; `recorded_at` is when the tool stored the record (record time)."""

NUMBER_COLUMNS = ("reopen_count", "reassignment_count")
BOOLEAN_COLUMNS = ("reported_sla_met",)

TEXT_COLUMNS = (
    "number",
    "service",
    "ci",
    "category",
    "subcategory",
    "priority",
    "impact",
    "urgency",
    "state",
    "channel",
    "nature",
    "customer",
    "requester",
    "opened_by",
    "group",
    "assignee",
    "resolved_by",
    "closed_by",
    "closure_code",
    "resolution",
    "parent",
    "problem",
    "change",
    "knowledge",
)
"""Columns of `record` that are text as exported."""

PEOPLE_COLUMNS = ("requester", "opened_by", "assignee", "resolved_by", "closed_by")
"""Columns that name a person; pseudonymised wherever a report says so."""

RECORD_COLUMNS: tuple[str, ...] = (
    "record_id",
    "process",
    *TEXT_COLUMNS,
    *TIME_COLUMNS,
    *NUMBER_COLUMNS,
    *BOOLEAN_COLUMNS,
    "attributes",
    "source_file",
    "source_row",
)
"""The canonical `record` table, in file order."""

EVENT_COLUMNS = ("record_id", "seq", "at", "actor", "actor_group", "field", "old", "new", "attributes")
APPROVAL_COLUMNS = ("record_id", "approver", "role", "decision", "at")
LINK_COLUMNS = ("record_id", "type", "target")
REJECT_COLUMNS = ("source_file", "source_row", "record_id", "column", "value", "reason")


@dataclass(frozen=True)
class Text:
    """A text in English and Chinese; a definition may give only one of the two."""

    en: str = ""
    zh: str = ""

    def in_(self, language: Language) -> str:
        """The text in a language, or in the other one where that is missing."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)

    def __str__(self) -> str:
        return self.en or self.zh


@dataclass(frozen=True)
class Effective:
    """The days on which a definition is in force, both included; None is open-ended."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class Definition:
    """What every kind of definition has."""

    kind: str
    id: str
    title: Text
    effective: Effective
    where: Where
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Condition:
    """One test of a column: `in` and `not-in` take values, `present`, `absent` none, `at-least`, `at-most` one number.

    An empty value is never `in`, and always `not-in`: a record without a channel is not from monitoring.
    """

    column: str
    test: Literal["in", "not-in", "present", "absent", "at-least", "at-most"]
    values: tuple[str | int | float | bool, ...] = ()


Conditions = tuple[Condition, ...]
"""All of them must hold; none at all means everything."""


@dataclass(frozen=True)
class Slot:
    """Opening hours within one local day, in minutes after midnight, half-open; 1440 is the end of the day."""

    start: int
    end: int


@dataclass(frozen=True)
class SpecialDay:
    """A day whose hours differ from its weekday's: a holiday has none, a make-up working day (调休上班) has some."""

    day: date
    title: Text
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Calendar(Definition):
    """Service hours in a zone: seven weekdays from Monday, and the days that differ."""

    zone: str
    week: tuple[tuple[Slot, ...], ...]
    special: Mapping[date, SpecialDay]
    day_minutes: int


@dataclass(frozen=True)
class Service(Definition):
    """A service of the catalogue."""

    type: Literal["business", "technical"]
    stage: Literal["pipeline", "live", "retired"]
    description: Text
    owner: str
    customers: tuple[str, ...]
    hours: str
    criticality: str
    depends_on: tuple[str, ...]
    supported_by: tuple[str, ...]
    also_called: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """A promise: records that meet `conditions` within a counted time; the first match wins.

    The time is `seconds`, plus `business_days` of the agreement's calendar.
    """

    conditions: Conditions
    seconds: int
    business_days: int
    text: str
    where: Where


@dataclass(frozen=True)
class ClockDefinition:
    """How one clock of an agreement runs: when it starts, stops, pauses, and its targets."""

    name: str
    title: Text
    starts_at: str
    stops_at: str
    states: Mapping[str, ClockRole]
    reopens: bool
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Agreement(Definition):
    """A service level agreement: which services, for whom, in which calendar, with which clocks."""

    services: tuple[str, ...]
    customers: tuple[str, ...]
    calendar: str
    clocks: Mapping[str, ClockDefinition]
    attainment: Mapping[str, float]


@dataclass(frozen=True)
class PriorityMatrix(Definition):
    """Priority by impact and urgency."""

    process: str
    cells: Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Code:
    """One value of a code list."""

    id: str
    title: Text
    effective: Effective


@dataclass(frozen=True)
class CodeList(Definition):
    """The allowed values of one field."""

    column: str
    codes: tuple[Code, ...]


@dataclass(frozen=True)
class State:
    """A state of a process, and the phase of life that it belongs to."""

    id: str
    title: Text
    phase: Phase
    initial: bool


@dataclass(frozen=True)
class Lane:
    """Who acts: a horizontal lane of the process drawing, with the roles that stand in it."""

    id: str
    title: Text
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Flow:
    """An arrow from one activity to the next, with the condition written on it."""

    to: str
    when: Text


@dataclass(frozen=True)
class Activity:
    """A step of a process in one lane, with what comes in, what goes out, and where it goes on."""

    id: str
    title: Text
    lane: str
    description: Text
    inputs: tuple[Text, ...]
    outputs: tuple[Text, ...]
    states: tuple[str, ...]
    flows: tuple[Flow, ...]


@dataclass(frozen=True)
class Principle:
    """A sentence of the process policy, and the rules that test it."""

    text: Text
    rules: tuple[str, ...]


@dataclass(frozen=True)
class FormField:
    """A field of the record form, and the state from which it must be filled."""

    column: str
    title: Text
    required_in: str
    codes: str


@dataclass(frozen=True)
class Interface:
    """A hand-over between this process and another at one activity."""

    process: str
    activity: str
    direction: Literal["gives", "takes", "consults"]
    what: Text


@dataclass(frozen=True)
class Process(Definition):
    """A process with its sections: people, purpose, flow, states, principles, codes, form, interfaces, indicators."""

    version: str
    owner: str
    manager: str
    purpose: Text
    scope: Text
    inputs: tuple[Text, ...]
    outputs: tuple[Text, ...]
    lanes: tuple[Lane, ...]
    activities: tuple[Activity, ...]
    states: tuple[State, ...]
    transitions: Mapping[str, tuple[str, ...]]
    principles: Mapping[str, tuple[Principle, ...]]
    codes: Mapping[str, str]
    form: tuple[FormField, ...]
    interfaces: tuple[Interface, ...]


@dataclass(frozen=True)
class Role(Definition):
    """A role of a process or of the management system."""

    process: str
    responsibilities: tuple[Text, ...]


@dataclass(frozen=True)
class Position(Definition):
    """A position (岗位) of the organisation, and the roles that its holder takes."""

    roles: tuple[str, ...]


@dataclass(frozen=True)
class Assignment(Definition):
    """Who holds a role (or a position), from when to when."""

    person: str
    role: str
    position: str


@dataclass(frozen=True)
class Raci(Definition):
    """Who is Responsible, Accountable, Consulted, Informed for each activity of one process."""

    process: str
    activities: Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Clause:
    """A numbered requirement of a framework, with our own short title."""

    number: str
    title: Text


@dataclass(frozen=True)
class Framework(Definition):
    """A standard or framework, as clause numbers with titles in our words."""

    version: str
    clauses: Mapping[str, Clause]


@dataclass(frozen=True)
class Limit:
    """How much is allowed: a number of records, or a percentage of those judged; the larger of the two counts."""

    count: int = 0
    percent: float = 0.0


Parameter = str | int | float | bool | None | Condition | tuple["Parameter", ...] | Mapping[str, "Parameter"]


@dataclass(frozen=True)
class Rule(Definition):
    """An audit rule: a check type with its parameters, over the records in scope."""

    version: int
    process: str
    clauses: tuple[str, ...]
    severity: Severity
    enquiry: bool
    scope: Conditions
    check: str
    parameters: Mapping[str, Parameter]
    tolerance: Limit
    allowance: Limit
    rests_on: tuple[str, ...]
    rationale: Text
    remedy: Text
    exceptions: tuple[Text, ...]


MappingShape = Literal["records", "updates", "trace"]


@dataclass(frozen=True)
class MappingDefinition(Definition):
    """How one tool's export becomes the canonical tables; see the schema `mapping` for each field."""

    tool: str
    format: Literal["csv", "xes"]
    shape: MappingShape
    process: str
    recognise: tuple[str, ...]
    missing: tuple[str, ...]
    time_formats: tuple[str, ...]
    zone: str
    columns: Mapping[str, tuple[str, ...]]
    joined: Mapping[str, str]
    order_by: tuple[str, ...]
    at: str
    actor: str
    actor_group: str
    history: tuple[str, ...]
    codes: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class AuditPlan(Definition):
    """An audit: which period and rules, which data, and when it fails."""

    period_start: date | None
    period_end: date | None
    as_of: str
    mapping: str
    zone: str
    datasets: tuple[str, ...]
    rules: tuple[str, ...]
    processes: tuple[str, ...]
    frameworks: tuple[str, ...]
    fail_on: str


@dataclass(frozen=True)
class Definitions:
    """A whole, valid management system: every definition by kind and id."""

    root: Path
    is_reference: bool
    files: tuple[str, ...]
    digest: str
    services: Mapping[str, Service] = field(default_factory=dict)
    agreements: Mapping[str, Agreement] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    matrices: Mapping[str, PriorityMatrix] = field(default_factory=dict)
    code_lists: Mapping[str, CodeList] = field(default_factory=dict)
    processes: Mapping[str, Process] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    positions: Mapping[str, Position] = field(default_factory=dict)
    assignments: Mapping[str, Assignment] = field(default_factory=dict)
    racis: Mapping[str, Raci] = field(default_factory=dict)
    frameworks: Mapping[str, Framework] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    mappings: Mapping[str, MappingDefinition] = field(default_factory=dict)
    plans: Mapping[str, AuditPlan] = field(default_factory=dict)

"""What stands under `audits/`: how exports are read, what an audit looks at, and the programme of audits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Literal

from itsmctl.model.definition import Conditions, Definition, Effective, Text
from itsmctl.values import value

MappingShape = Literal["records", "updates", "trace"]
MappingTable = Literal["record", "event", "approval", "link", "detail"]
DateOrder = Literal["", "day-first", "month-first"]
Taking = Literal["compact", "first", "opposite", "time-left"]
"""What is taken of a cell: its text without spaces, the first of several values, the opposite of a yes or no, or whether time is left."""


@value
class MappingDefinition(Definition):
    """How one tool's export becomes the canonical tables; see the schema `mapping` for each field."""

    tool: str
    format: Literal["table", "csv", "xes"]
    shape: MappingShape
    process: str
    recognise: tuple[tuple[str, ...], ...]
    """Each is the names that a column may have, of which one must be there."""
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
    table: MappingTable = "record"
    process_column: str = ""
    taken: Mapping[str, Taking] = field(default_factory=dict)
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values of exported columns: other rows are not what the mapping is about."""
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values of exported columns: rows that have one are not what the mapping is about."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Exported columns that name other records, and how those are related."""
    link_type: str = ""
    date_order: DateOrder = ""
    header_row: int = 0
    """The row with the names of the columns, counted as a spreadsheet counts rows; 0: the first with anything in it."""
    alternatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other names of the exported columns `at`, `actor`, `actor_group` and `process_column`."""

    @property
    def processes(self) -> tuple[str, ...]:
        """The processes whose records the mapping can give."""
        found = (self.process, *self.codes.get("process", {}).values())
        return tuple(sorted({process for process in found if process}))


@value
class SamplingPlan:
    """How records are drawn where people read only some of them; percentages, and None where nothing is said."""

    objective: Text
    population: Conditions
    method: Literal["binomial", "hypergeometric", "poisson"]
    confidence: float
    tolerable: float
    expected: float | None
    allowed: int
    strata: tuple[str, ...]
    always: Conditions
    seed_origin: Text


@value
class AuditPlan(Definition):
    """An audit: which period and rules, which data, and when it fails; or what people audit, who does, and what came of it."""

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
    type: Literal["tickets", "internal", "external"]
    programme: str
    scope: Text
    areas: tuple[str, ...]
    auditors: tuple[str, ...]
    guest_auditors: tuple[str, ...]
    planned: Effective
    held: date | None
    reported: date | None
    conclusion: Text
    findings: tuple[str, ...]
    sampling: SamplingPlan | None


@value
class Programme(Definition):
    """A programme of audits: within its cycle every requirement of its frameworks is audited."""

    cycle: Effective
    frameworks: tuple[str, ...]
    responsible: str
    approver: str
    method: Text
    priorities: tuple[Text, ...]
    independence: Text
    reporting: Text

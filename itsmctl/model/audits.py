"""What stands under `audits/`: how exports are read, what an audit looks at, and the programme of audits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from itsmctl.model.definition import Conditions, Definition, Effective, Text

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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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

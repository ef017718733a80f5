"""What stands under `audits/`: how exports are read, and what an audit looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from itsmctl.model.definition import Definition

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

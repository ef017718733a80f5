"""What stands under `catalog/`: services, the promises about them, and the hours in which those are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from itsmctl.errors import Where
from itsmctl.model.definition import ClockRole, Conditions, Definition, Text


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

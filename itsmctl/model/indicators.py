"""Indicators (KGI and KPI), and from what each of them is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from itsmctl.model.definition import Conditions, Definition, Text
from itsmctl.values import value

Quadrant = Literal["customer", "finance", "learning", "operation"]


Direction = Literal["between", "higher", "lower"]


Unit = Literal["count", "days", "hours", "level", "percent", "points"]


Period = Literal["half-year", "month", "quarter", "year"]


DefinitionFigure = Literal[
    "contracts-fitting", "new-services", "reviews-in-time", "roles-filled", "services-with-agreement"
]


@value
class RuleShare:
    """Share of the records judged by some rules that passed."""

    rules: tuple[str, ...]


@value
class ClockShare:
    """Share of the records of a process whose clock met its target."""

    clock: str
    process: str
    where: Conditions


@value
class RecordFigure:
    """A count, share, median time or number per engineer over the records of a process."""

    process: str
    figure: Literal["count", "median", "per-head", "share"]
    where: Conditions
    of: Conditions
    start: str
    stop: str
    dated: str = "opened_at"
    """The moment that says to which period a record belongs."""


@value
class RegisterFigure:
    """A count, share, ratio or mean over the rows of a register."""

    register: str
    figure: Literal["count", "mean", "ratio", "share"]
    where: Mapping[str, tuple[str | int | float | bool, ...]]
    of: Mapping[str, tuple[str | int | float | bool, ...]]
    column: str
    over: str
    dated: str = ""
    """The column that says to which period a row belongs; '' for that of the register."""


@value
class SurveyFigure:
    """A figure from the answers to a survey."""

    survey: str
    figure: Literal["mean", "response", "satisfied"]


@value
class DefinitionShare:
    """A percentage over the definitions themselves."""

    figure: DefinitionFigure


@value
class MaturityLevel:
    """Level from the latest maturity assessment."""

    of: Literal["all", "process"]


@value
class Attested:
    """A figure that somebody states, with what it rests on."""

    role: str
    basis: Text


Measure = (
    RuleShare | ClockShare | RecordFigure | RegisterFigure | SurveyFigure | DefinitionShare | MaturityLevel | Attested
)


@value
class Band:
    """What a figure is to reach; one end is open unless the direction is `between`."""

    at_least: float | None
    at_most: float | None


@value
class Kpi(Definition):
    """An indicator with its target, its source, and the position that answers for it."""

    process: str
    position: str
    quadrant: Quadrant
    type: Literal["goal", "process"]
    supports: tuple[str, ...]
    definition: Text
    unit: Unit
    direction: Direction
    target: Band
    alarm: float | None
    period: Period
    minimum: int
    measure: Measure

"""Indicators in groups: the four sides of the scorecard, what each position is measured by, or what each process shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from itsmctl.errors import NONE, ItsmctlError, Problem, did_you_mean
from itsmctl.model import Definitions, Kpi, Text
from itsmctl.model.indicators import Quadrant
from itsmctl.model.periods import in_force
from itsmctl.scorecard.figures import Indicator
from itsmctl.scorecard.measuring import Scorecard

By = Literal["quadrant", "position", "process"]
BY: tuple[By, ...] = ("quadrant", "position", "process")
QUADRANTS: tuple[tuple[Quadrant, Text], ...] = (
    ("customer", Text("Customer", "客户")),
    ("finance", Text("Finance", "财务")),
    ("learning", Text("Learning and innovation", "学习与创新")),
    ("operation", Text("Internal operation", "内部运营")),
)
"""In the order of the presentation."""


@dataclass(frozen=True)
class Group:
    """Some indicators, goals first. Of a position it says how many hold it, never who does how well."""

    id: str
    title: Text
    indicators: tuple[Indicator, ...]
    holders: int | None = None


def groups_of(card: Scorecard, definitions: Definitions, by: By) -> tuple[Group, ...]:
    """The indicators of a scorecard in groups, those without any left out."""
    match by:
        case "quadrant":
            found = [
                Group(q, title, _goals_first(i for i in card.indicators if i.kpi.quadrant == q))
                for q, title in QUADRANTS
            ]
        case "position":
            found = [
                Group(one.id, one.title, _goals_first(card.of_position(one)), _holders(definitions, one.id, card))
                for one in definitions.positions.values()
            ]
        case "process":
            found = [
                Group(one.id, one.title, _goals_first(i for i in card.indicators if i.kpi.process == one.id))
                for one in definitions.processes.values()
            ]
    return tuple(group for group in found if group.indicators)


def chosen_kpis(definitions: Definitions, position: str, process: str) -> list[Kpi]:
    """The indicators of a position and of a process, where they are named, else all; raises ItsmctlError for an unknown name."""
    _must_be_known("position", position, definitions.positions)
    _must_be_known("process", process, definitions.processes)
    found = list(definitions.kpis.values())
    if position:
        named = definitions.positions[position].kpis
        found = [kpi for kpi in found if kpi.position == position or kpi.id in named]
    return [kpi for kpi in found if not process or kpi.process == process]


def _must_be_known(what: str, word: str, known: Mapping[str, object]) -> None:
    if word and word not in known:
        values = {"what": what, "word": word, "allowed": ", ".join(sorted(known)) or NONE}
        template = "unknown {what} {word!r}; known: {allowed}"
        raise ItsmctlError(Problem(f"unknown-{what}", template, values=values, suggestion=did_you_mean(word, known)))


def _goals_first(found: Iterable[Indicator]) -> tuple[Indicator, ...]:
    return tuple(sorted(found, key=lambda one: one.kpi.type != "goal"))


def _holders(definitions: Definitions, position: str, card: Scorecard) -> int:
    return len(
        {
            a.person
            for a in definitions.assignments.values()
            if a.position == position and in_force(a.effective, card.day)
        }
    )

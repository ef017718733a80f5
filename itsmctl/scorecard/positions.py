"""Positions 岗位: what is written about each, who holds it, and what `competence` tells of those who did the work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from itsmctl.definitions.lint import separated_duties
from itsmctl.errors import Problem
from itsmctl.model import Definitions, Position
from itsmctl.model.periods import in_force
from itsmctl.scorecard.comparing import Proportion
from itsmctl.scorecard.competence import Fitness, KeyPerson, able_to, key_people
from itsmctl.scorecard.measuring import Sources

Attribute = Literal["exists", "responsibilities", "standards", "competences", "assessment", "training"]
ATTRIBUTES: tuple[Attribute, ...] = ("exists", "responsibilities", "standards", "competences", "assessment", "training")
"""The six of the presentation: 是否存在, 职责说明, 工作规范, 胜任力要求, 绩效考核, 培养&发展."""
Cell = Literal["there", "stale", "empty"]


@dataclass(frozen=True)
class PositionState:
    """One position with its six attributes; `stale` is what nobody reviewed in time."""

    position: Position
    cells: Mapping[Attribute, Cell]
    holders: int
    indicators: int

    @property
    def vacant(self) -> bool:
        """Whether it exists and nobody holds it."""
        return self.position.exists and not self.holders


@dataclass(frozen=True)
class Organisation:
    """The positions of a management system; what tickets tell is None where none were looked at."""

    states: tuple[PositionState, ...]
    hats: tuple[tuple[str, tuple[str, ...]], ...]
    """People who hold more than one position, with these."""
    together: tuple[Problem, ...]
    """Separated duties in one hand."""
    keys: tuple[KeyPerson, ...] | None
    fitness: tuple[Fitness, ...] | None
    competent: Proportion | None
    """Of all records that people resolved, those whose resolver held a responsible role on that day, with each competence asked."""
    unknown_people: int
    """Records that somebody resolved whom no assignment knows."""
    unknown_in_group: int
    """Of these, records that lay with a group of a responsible role: only its members are not named."""


def organisation(sources: Sources) -> Organisation:
    """Everything about positions as it stands on the day."""
    definitions, day = sources.definitions, sources.day
    held: dict[str, set[str]] = defaultdict(set)
    for one in definitions.assignments.values():
        if one.position and in_force(one.effective, day):
            held[one.position].add(one.person)
    hats: dict[str, list[str]] = defaultdict(list)
    for position, people in sorted(held.items()):
        for person in people:
            hats[person].append(position)
    keys = able = None
    if sources.tickets and "resolved_by" in sources.tickets.context.exported:
        keys = key_people(sources.tickets)
        able = able_to(definitions, sources.tickets)
    return Organisation(
        tuple(_state(definitions, p, len(held[p.id]), day) for p in definitions.positions.values()),
        tuple(sorted((person, tuple(some)) for person, some in hats.items() if len(some) > 1)),
        tuple(separated_duties.check(sources.system())) if sources.system else (),
        keys,
        able.fitness if able else None,
        able.competent if able else None,
        able.unknown if able else 0,
        able.unknown_in_group if able else 0,
    )


def _state(definitions: Definitions, position: Position, holders: int, day: date) -> PositionState:
    due = position.review.due(position.effective.start) if position.review else None
    written: Cell = "stale" if due is not None and due < day else "there"
    told: dict[Attribute, bool] = {
        "responsibilities": bool(position.responsibilities),
        "standards": bool(position.standards),
        "competences": bool(position.competences),
        "assessment": bool(position.assessment or position.kpis),
        "training": bool(position.training),
    }
    cells: dict[Attribute, Cell] = {"exists": "there" if position.exists else "empty"}
    cells |= {attribute: written if there else "empty" for attribute, there in told.items()}
    answers = {kpi.id for kpi in definitions.kpis.values() if kpi.position == position.id} | set(position.kpis)
    return PositionState(position, cells, holders, len(answers))

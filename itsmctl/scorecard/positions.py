"""Positions 岗位: what is written about each, who holds it, what hangs on one person, and who was able to do the work on its day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from itsmctl import model
from itsmctl.definitions.lint import separated_duties
from itsmctl.engine.people import machines, person_key
from itsmctl.errors import Problem
from itsmctl.model import Definitions, Effective, Position
from itsmctl.model.holding import Tenure, tenures
from itsmctl.model.periods import in_force
from itsmctl.scorecard.measuring import Sources
from itsmctl.scorecard.tickets import Tickets
from itsmctl.zones import local_day

Attribute = Literal["exists", "responsibilities", "standards", "competences", "assessment", "training"]
ATTRIBUTES: tuple[Attribute, ...] = ("exists", "responsibilities", "standards", "competences", "assessment", "training")
"""The six of the deck: 是否存在, 职责说明, 工作规范, 胜任力要求, 绩效考核, 培养&发展."""
Cell = Literal["there", "stale", "empty"]
KEY_SHARE = 60.0
"""Per cent of a service's work in one hand from which it is a risk."""
KEY_MINIMUM = 20


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
class KeyPerson:
    """How much of the work for a service the one person does who does most: a risk, no fault, and nobody's rank."""

    service: str
    records: int
    people: int
    share: float

    @property
    def risky(self) -> bool:
        """Whether the service stands still when that person is away."""
        return self.records >= KEY_MINIMUM and self.share > KEY_SHARE


@dataclass(frozen=True)
class Fitness:
    """Records worked on by those who must have a competence, and whether they had it on that day."""

    role: str
    """The role, or the position that brings it."""
    competence: str
    records: int
    able: int


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
    unknown_people: int
    """Records that somebody resolved whom no assignment knows."""


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
    keys = fitness = None
    unknown = 0
    if sources.tickets and "resolved_by" in sources.tickets.context.exported:
        keys = key_people(sources.tickets)
        fitness, unknown = able_to(definitions, sources.tickets)
    return Organisation(
        tuple(_state(definitions, p, len(held[p.id]), day) for p in definitions.positions.values()),
        tuple(sorted((person, tuple(some)) for person, some in hats.items() if len(some) > 1)),
        tuple(separated_duties.check(sources.system())) if sources.system else (),
        keys,
        fitness,
        unknown,
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


def key_people(tickets: Tickets) -> tuple[KeyPerson, ...]:
    """For each service, how large a part of what was resolved one person resolved; the largest part first."""
    person = person_key("resolved_by")
    rows = tickets.session.rows(
        f"""SELECT service, sum(n), count(*), max(n) FROM (
            SELECT coalesce(service, '') AS service, {person} AS person, count(*) AS n FROM record
            WHERE resolved_by IS NOT NULL AND {person} NOT IN {machines()} GROUP BY 1, 2
        ) AS counted GROUP BY service"""
    )
    found = [
        KeyPerson(str(service), int(str(n)), int(str(people)), 100 * int(str(most)) / int(str(n)))
        for service, n, people, most in rows
    ]
    return tuple(sorted(found, key=lambda one: (-one.share, one.service)))


def able_to(definitions: Definitions, tickets: Tickets) -> tuple[tuple[Fitness, ...], int]:
    """Of the records that holders of each role resolved, how many by somebody with its competences in force on that day.

    Asked of are the roles that are responsible for an activity of the record's process, and the positions that bring them.
    """
    responsible = _responsible(definitions)
    people = _people(definitions)
    counts: Counter[tuple[str, str]] = Counter()
    able: Counter[tuple[str, str]] = Counter()
    unknown = 0
    person = person_key("resolved_by")
    rows = tickets.session.rows(
        f"""SELECT process, {person}, coalesce(resolved_at, closed_at), count(*) FROM record
        WHERE resolved_by IS NOT NULL AND coalesce(resolved_at, closed_at) IS NOT NULL AND {person} NOT IN {machines()}
        GROUP BY ALL"""
    )
    for process, name, moment, n in rows:
        known = people.get(str(name))
        if known is None:
            unknown += int(str(n))
            continue
        day = local_day(int(str(moment)), tickets.context.zone)
        for role, competence in _asked(definitions, known.tenures, responsible.get(str(process), frozenset()), day):
            counts[role, competence] += int(str(n))
            able[role, competence] += int(str(n)) * known.shows(competence, day)
    return tuple(Fitness(r, c, counts[r, c], able[r, c]) for r, c in sorted(counts)), unknown


@dataclass(frozen=True)
class _Person:
    tenures: tuple[Tenure, ...]
    proofs: tuple[model.Proof, ...]

    def shows(self, competence: str, day: date) -> bool:
        return any(p.competence == competence and in_force(Effective(p.start, p.end), day) for p in self.proofs)


def _people(definitions: Definitions) -> dict[str, _Person]:
    """Every person by each of the names that tools know, as they are compared."""
    held: dict[str, list[Tenure]] = defaultdict(list)
    for tenure in tenures(definitions.assignments.values(), definitions.positions):
        held[tenure.person].append(tenure)
    names: dict[str, set[str]] = defaultdict(set)
    proofs: dict[str, list[model.Proof]] = defaultdict(list)
    for one in definitions.assignments.values():
        names[one.person] |= {one.person, *one.also_called}
        proofs[one.person] += one.competences
    return {
        called.strip().lower(): _Person(tuple(held[person]), tuple(proofs[person]))
        for person, some in names.items()
        for called in some
    }


def _responsible(definitions: Definitions) -> dict[str, frozenset[str]]:
    return {
        matrix.process: frozenset(role for cells in matrix.activities.values() for role in cells.get("R", ()))
        for matrix in definitions.racis.values()
    }


def _asked(
    definitions: Definitions, held: Sequence[Tenure], responsible: Iterable[str], day: date
) -> set[tuple[str, str]]:
    """The competences that somebody must have for the work of that day: (role or position, competence)."""
    roles = set(responsible)
    found: set[tuple[str, str]] = set()
    for tenure in held:
        if tenure.role in roles and in_force(tenure.period, day):
            found |= {(tenure.role, c.id) for c in definitions.roles[tenure.role].competences}
            if tenure.position in definitions.positions:
                found |= {(tenure.position, c.id) for c in definitions.positions[tenure.position].competences}
    return found

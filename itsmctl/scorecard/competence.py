"""Who did the work: what hangs on one person, and who was able to do it on its day. People are counted, never named."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from itsmctl import model
from itsmctl.engine.people import KnownAs, known_as, person_key
from itsmctl.model import Definitions, Effective
from itsmctl.model.holding import Tenure, tenures
from itsmctl.model.periods import in_force
from itsmctl.scorecard.comparing import Proportion
from itsmctl.scorecard.tickets import Tickets
from itsmctl.zones import local_day

KEY_SHARE = 60.0
"""Per cent of a service's work in one hand from which it is a risk."""
KEY_MINIMUM = 20


@dataclass(frozen=True)
class KeyPerson:
    """How much of the work for a service the one person does who does most: a risk, no fault, and nobody's rank.

    What nobody is named for, or a shared account, may be that person's work too.
    """

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
class Able:
    """Who was able to do the work on its day."""

    fitness: tuple[Fitness, ...]
    competent: Proportion
    unknown: int
    """Records that somebody resolved whom no assignment knows."""
    unknown_in_group: int
    """Of these, records that lay with a group of a responsible role."""


def key_people(tickets: Tickets) -> tuple[KeyPerson, ...]:
    """For each service, how large a part of what was resolved one person resolved; the largest part first."""
    known = known_as("resolved_by", "w")
    rows = tickets.session.rows(
        f"""SELECT service, sum(n), count(person), coalesce(max(n) FILTER (WHERE person IS NOT NULL), 0)
                + coalesce(sum(n) FILTER (WHERE person IS NULL), 0)
        FROM (
            SELECT coalesce(service, '') AS service, {known.one} AS person, count(*) AS n FROM record{known.join}
            WHERE {_done_by_people(known)} GROUP BY 1, 2
        ) AS counted GROUP BY service HAVING count(person) > 0"""
    )
    found = [
        KeyPerson(str(service), int(str(n)), int(str(people)), 100 * int(str(most)) / int(str(n)))
        for service, n, people, most in rows
    ]
    return tuple(sorted(found, key=lambda one: (-one.share, one.service)))


def _done_by_people(known: KnownAs) -> str:
    """SQL for whether people resolved a record, in a process that names them: one that names nobody was resolved by somebody."""
    by_nobody = "resolved_by IS NULL AND resolved_at IS NOT NULL"
    named = f"resolved_by IS NOT NULL AND NOT {known.machine}"
    return f"({by_nobody} OR {named}) AND process IN (SELECT process FROM record WHERE resolved_by IS NOT NULL)"


def able_to(definitions: Definitions, tickets: Tickets) -> Able:
    """Of the records that holders of each role resolved, how many by somebody with its competences in force on that day.

    Asked of are the roles that are responsible for an activity of the record's process, and the positions that bring them.
    """
    responsible = _responsible(definitions)
    people = _people(definitions)
    counts: Counter[tuple[str, str]] = Counter()
    able: Counter[tuple[str, str]] = Counter()
    groups = {process: _groups(definitions, roles) for process, roles in responsible.items()}
    unknown = in_group = competent = done = 0
    person, account = person_key("resolved_by"), known_as("resolved_by", "w")
    rows = tickets.session.rows(
        f"""SELECT process, {person}, coalesce(resolved_at, closed_at), "group", count(*) FROM record{account.join}
        WHERE {_done_by_people(account)} AND coalesce(resolved_at, closed_at) IS NOT NULL GROUP BY ALL"""
    )
    for process, name, moment, group, many in rows:
        known, n = people.get(str(name)), int(str(many))
        done += n
        if known is None and name is not None:
            unknown += n
            in_group += n * (str(group) in groups.get(str(process), ()))
        if known is None:
            continue
        day = local_day(int(str(moment)), tickets.context.zone)
        acting = known.acting(responsible.get(str(process), frozenset()), day)
        asked = _asked(definitions, acting)
        for role, competence in asked:
            counts[role, competence] += n
            able[role, competence] += n * known.shows(competence, day)
        competent += n * (bool(acting) and all(known.shows(competence, day) for _, competence in asked))
    fitness = tuple(Fitness(r, c, counts[r, c], able[r, c]) for r, c in sorted(counts))
    return Able(fitness, Proportion(competent, done), unknown, in_group)


@dataclass(frozen=True)
class _Person:
    tenures: tuple[Tenure, ...]
    proofs: tuple[model.Proof, ...]

    def acting(self, responsible: frozenset[str], day: date) -> list[Tenure]:
        return [one for one in self.tenures if one.role in responsible and in_force(one.period, day)]

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


def _groups(definitions: Definitions, roles: Iterable[str]) -> frozenset[str]:
    return frozenset(group for role in roles if role in definitions.roles for group in definitions.roles[role].groups)


def _asked(definitions: Definitions, acting: Iterable[Tenure]) -> set[tuple[str, str]]:
    """The competences that somebody must have who acts in these roles: (role or position, competence)."""
    found: set[tuple[str, str]] = set()
    for tenure in acting:
        found |= {(tenure.role, c.id) for c in definitions.roles[tenure.role].competences}
        if tenure.position in definitions.positions:
            found |= {(tenure.position, c.id) for c in definitions.positions[tenure.position].competences}
    return found

"""What stands for a clause: definitions and registers that name it or are of its kinds, and rules that test it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from itsmctl.model import Clause, Crosswalk, Definition, Framework, Register, Rule, headings

_D = TypeVar("_D", bound=Definition)

REGISTERS = frozenset({"assessment", "baseline", "nonconformity", "register", "review", "survey", "waiver"})
"""Kinds that record what took place; every other kind says what is meant to."""

DEVIATIONS = frozenset({"baseline", "nonconformity", "waiver"})
"""A clause that one of these names is one that was not kept: that is no evidence for it."""


@dataclass(frozen=True)
class Standing:
    """What stands for one clause."""

    definitions: tuple[Definition, ...] = ()
    rules: tuple[Rule, ...] = ()
    enquiries: tuple[Rule, ...] = ()
    registers: tuple[Definition, ...] = ()
    through: tuple[str, ...] = ()
    """Clauses of other frameworks from which some of it is borrowed."""


class Everything:
    """All definitions, found by the clauses that they name: asking each about every clause would compare all with all."""

    def __init__(self, definitions: Sequence[Definition]) -> None:
        self.definitions = definitions
        self.kinds: dict[str, set[int]] = {}
        self._naming: dict[str, set[int]] = {}
        for place, one in enumerate(definitions):
            self.kinds.setdefault(one.kind, set()).add(place)
            for clause in one.clauses:
                self._naming.setdefault(clause, set()).add(place)

    def naming(self, reference: str) -> set[int]:
        """The places of those that name a clause, or a heading above it."""
        return {place for name in headings(reference) for place in self._naming.get(name, ())}


def standing(framework: str, clause: Clause, everything: Everything) -> Standing:
    """What stands for a clause by itself."""
    of_kind = {place for way in clause.checked for kind in way.kinds for place in everything.kinds.get(kind, ())}
    naming = everything.naming(f"{framework}:{clause.number}")
    found = ((place, everything.definitions[place]) for place in sorted(of_kind | naming))
    named = [one for place, one in found if place in of_kind or one.kind not in DEVIATIONS]
    rules = [d for d in named if isinstance(d, Rule)]
    # A framework or a crosswalk says what is asked for; it answers nothing.
    others = [d for d in named if not isinstance(d, Rule | Framework | Crosswalk)]
    return Standing(
        tuple(d for d in others if not _records(d)),
        tuple(rule for rule in rules if not rule.enquiry),
        tuple(rule for rule in rules if rule.enquiry),
        tuple(d for d in others if _records(d)),
    )


def _records(one: Definition) -> bool:
    """Whether it says what took place; a register without rows only says what is to be written down."""
    return one.kind in REGISTERS and not (isinstance(one, Register) and not one.has_rows)


def lend(own: Standing, others: Mapping[str, Standing], *, rules: bool) -> Standing:
    """A clause's own standing; what it has nothing of, it borrows from its counterparts.

    `rules` are borrowed only by a framework that no rule names: elsewhere the lack of one is meant.
    """
    lenders = [
        name
        for name, other in others.items()
        if (other.definitions and not own.definitions)
        or (other.registers and not own.registers)
        or (other.rules and rules and not own.rules)
    ]
    lent = [others[name] for name in lenders]
    return Standing(
        own.definitions or _once(d for other in lent for d in other.definitions),
        own.rules or _once(rule for other in lent for rule in other.rules if rules),
        own.enquiries or _once(rule for other in lent for rule in other.enquiries if rules),
        own.registers or _once(d for other in lent for d in other.registers),
        tuple(lenders),
    )


def gaps_of(clause: Clause, reference: str, everything: Everything) -> tuple[tuple[str, bool], ...]:
    """Kinds that a clause wants and does not have; True where one that names the clause is wanted."""
    naming = {everything.definitions[place].kind for place in everything.naming(reference)}
    gaps: dict[tuple[str, bool], None] = {}
    for way in clause.checked:
        gaps.update(dict.fromkeys((kind, False) for kind in way.kinds if kind not in everything.kinds))
        gaps.update(dict.fromkeys((kind, True) for kind in way.named if kind not in naming))
    return tuple(gaps)


def _once(found: Iterable[_D]) -> tuple[_D, ...]:
    return tuple(d for _, d in sorted({(d.kind, d.id): d for d in found}.items()))

"""What the verdicts of a rule rest on: equal bases on both sides, and no verdict of the rule can flip.

A check reads definitions in two ways: when its statement is made, and through tables that are made from definitions. So the
basis is the statement itself, what each of those tables is made from where the statement names it, the rule's waivers, and
the bases of the rules that it rests on. Nothing is left to a list of what depends on what.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from pathlib import Path

from itsmctl.audit.preparing import as_if_laid_out, beforehand, calendars_named, registers_named
from itsmctl.audit.waivers import waivers_of
from itsmctl.checks import CHECKS
from itsmctl.engine.context import Context
from itsmctl.engine.offers import legs, offers
from itsmctl.engine.statements import Task, asks_legs, missing_for, statement, timed_processes, words_of
from itsmctl.engine.tables.loading import catalogue_codes
from itsmctl.errors import Where
from itsmctl.importers.receipt import Receipt
from itsmctl.model import Definitions, Rule, Text, Waiver

CLOCKS = frozenset({"cday", "clock", "clock_kind", "clock_name", "clock_role", "offer", "target"})
MADE_WITH_CLOCKS = CLOCKS | {"span"}
"""The tables that are there only where the clocks were run; the spans of states are made from tickets alone."""
PEOPLE = frozenset({"account", "appointment", "holding"})
_TABLE = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")


@dataclass(frozen=True)
class Basis:
    """What one rule rests on; `clocks` apart from the rest, as clocks of some services can change and those of others stay."""

    statement: object
    own: object
    clocks: object
    below: tuple[tuple[str, Basis], ...]
    tables: frozenset[str]
    """The tables that the statement reads."""
    words: frozenset[str]
    """All words of the statement, among them the columns that it reads."""
    rule: object = field(compare=False)

    @property
    def reads_clocks(self) -> bool:
        """Whether the clocks must have run."""
        return bool(self.tables & MADE_WITH_CLOCKS)


class Bases:
    """The bases of the rules of one set of definitions over one dataset."""

    def __init__(self, definitions: Definitions, receipt: Receipt, as_of: int, zone: str) -> None:
        self.definitions = definitions
        self._as_of, self._zone = as_of, zone
        self.context = beforehand(definitions, receipt, as_of, (None, None), zone)
        self._found: dict[str, Basis] = {}

    def of(self, rule: Rule) -> Basis:
        """The basis of a rule; rules that rest on each other in a circle do not pass validation."""
        if rule.id not in self._found:
            self._found[rule.id] = self._basis(rule)
        return self._found[rule.id]

    @cached_property
    def by_agreement(self) -> Mapping[str, object]:
        """What the clocks of each agreement are made from."""
        return clocks_by_agreement(self.definitions)

    @cached_property
    def clocks(self) -> object:
        """What all clocks are made from."""
        d = self.definitions
        return self.by_agreement, sorted(timed_processes(d)), asks_legs(d.rules.values())

    @cached_property
    def codes(self) -> object:
        """What the export may call services and customers."""
        return plain(catalogue_codes(self.definitions))

    @cached_property
    def _people(self) -> object:
        return plain((self.definitions.assignments, self.definitions.positions))

    @cached_property
    def _waivers(self) -> Mapping[str, tuple[Waiver, ...]]:
        return waivers_of(self.definitions)

    def _basis(self, rule: Rule) -> Basis:
        context = as_if_laid_out(self.context, [rule])
        task = Task(rule, CHECKS[rule.check])
        made = statement(task, context)
        tables = frozenset(_TABLE.findall(made.text))
        untestable = missing_for(rule, task.check, _hopeful(context, rule))
        waivers = self._waivers.get(rule.id, ())
        own = (
            self.codes, plain(task.check.needs(rule)), untestable, plain((rule.tolerance, rule.allowance)), self._calendars(rule), self._registers(rule),
            plain(waivers), self._people if tables & PEOPLE or waivers else None,
        )  # fmt: skip
        below = tuple((name, self.of(self.definitions.rules[name])) for name in sorted(rule.rests_on))
        clocks = self.clocks if tables & CLOCKS else None
        return Basis((made.text, made.values), own, clocks, below, tables, words_of(made), plain(rule))

    def _calendars(self, rule: Rule) -> object:
        """The calendars that a rule measures by."""
        return [plain(calendar) for calendar in calendars_named(self.definitions, [rule])]

    def _registers(self, rule: Rule) -> object:
        """The registers that a rule asks for, with their rows; where a row stands is nothing to it."""
        return plain(list(registers_named(self.definitions, [rule], self._as_of, self._zone)))


def clocks_by_agreement(definitions: Definitions) -> Mapping[str, object]:
    """What the clocks of each agreement are made from, with the legs of those that support it."""
    found: dict[str, list[object]] = {}
    calendars = {id_: plain(calendar) for id_, calendar in definitions.calendars.items()}
    for o in offers(definitions):
        a = o.agreement
        told = plain((a.services, a.customers, a.effective, a.attainment, o.clock))
        found.setdefault(a.id, []).append((told, calendars[a.calendar]))
    for leg in legs(definitions):
        told = plain((leg.agreement.id, leg.clock, leg.groups))
        for o in leg.inside:
            found[o.agreement.id].append((told, calendars[leg.agreement.terms.calendar]))
    return found


def _hopeful(context: Context, rule: Rule) -> Context:
    """The context of an export with everything that is a matter of tables: they are the same on both sides."""
    needs = CHECKS[rule.check].needs(rule)
    return replace(context, tables=needs.tables, links=needs.links, processes=needs.processes)


def plain(value: object) -> object:
    """A value that equals another where both mean the same: without places and titles, mappings in a fixed order."""
    if isinstance(value, (Where, Text, Path)):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value).__name__, *(plain(getattr(value, f.name)) for f in fields(value)))
    if isinstance(value, Mapping):
        return tuple(sorted((str(key), plain(one)) for key, one in value.items()))
    if isinstance(value, (frozenset, set)):
        return tuple(sorted(map(str, value)))
    if isinstance(value, (list, tuple)):
        return tuple(plain(one) for one in value)
    return value

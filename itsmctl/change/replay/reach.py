"""How far a change reaches: where only the clocks of some services change, no other record need be looked at."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.change.replay.basis import Bases
from itsmctl.engine.clocks import columns_of_clocks
from itsmctl.engine.offers import offers
from itsmctl.engine.statements import timed_processes
from itsmctl.model import GROUPED, Definitions, Rule

_ONE_BY_ONE = frozenset(
    {"agreement", "clock-within", "late-pause", "leg-within", "loosened", "period-shift", "reported-agrees"}
)
"""Checks about clocks that judge each record by itself; their statements are made from the rule and the clocks, no more."""
_OTHER_RECORDS = frozenset(
    {"every_approval", "every_event", "every_number", "exported_process", "link", "lost", "named"}
)
"""What a statement reads of other records than those in its scope."""


def services_reached(base: Bases, head: Bases, touched: Sequence[Rule]) -> frozenset[str]:
    """The services whose records a change can reach; none where it may reach any record.

    `touched` are rules of the head. Every one must judge records one by one, or groups within one service, be touched by
    clocks alone, and the clocks may differ for agreements that name their services.
    """
    if not touched or base.codes != head.codes:
        return frozenset()
    if not all(_by_clocks_alone(base, head, rule) for rule in touched):
        return frozenset()
    if _common(base.definitions) != _common(head.definitions):
        return frozenset()
    before, after = base.by_agreement, head.by_agreement
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    named = [side.definitions.agreements[name].services for side in (base, head) for name in changed if name in side.definitions.agreements]  # fmt: skip
    return frozenset(service for services in named for service in services) if all(named) else frozenset()


def _by_clocks_alone(base: Bases, head: Bases, rule: Rule) -> bool:
    if rule.id not in base.definitions.rules:
        return False
    before, after = base.of(base.definitions.rules[rule.id]), head.of(rule)
    alone = before.rule == after.rule and before.own == after.own and before.below == after.below
    alone = alone and not after.tables & _OTHER_RECORDS
    return alone and not any(basis.reads_clocks for _, basis in after.below) and _within_services(rule)


def _within_services(rule: Rule) -> bool:
    if rule.check in GROUPED:
        per = rule.parameters.get("per", ())
        return isinstance(per, tuple) and "service" in per
    return rule.check in _ONE_BY_ONE


def _common(definitions: Definitions) -> object:
    """What the clocks of all records have in common: their names, the columns that they read, the processes that have any."""
    every = offers(definitions)
    names = sorted({o.clock.name for o in every})
    plain = all(o.clock.is_plain for o in every)  # others may ask which service a record had before
    return names if plain else object(), sorted(columns_of_clocks(definitions)), sorted(timed_processes(definitions))

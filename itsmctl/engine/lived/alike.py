"""Which values of a column no clock tells apart: a change from one to another of them cuts no life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from itsmctl.engine.lived.plan import Plan, conditions_of
from itsmctl.engine.sql import number_of, quote

NOTHING = 0
"""Stands for an empty column."""


def kinds_of_values(plan: Plan) -> Mapping[str, Sequence[Sequence[str]]]:
    """By tracked column the values that conditions and states name, those together that all clocks take for the same.

    Values that nobody names are one more kind. A column is left out where the value itself is asked for.
    """
    if (
        not plan.counts_once or plan.by_instant
    ):  # pauses are told apart by their states, agreements by when each stretch begins
        return {}
    kinds: dict[str, Sequence[Sequence[str]]] = {}
    for column in sorted(plan.tracked - _told_themselves(plan)):
        tests = [c for o in plan.involved for c in conditions_of(o) if c.column == column]
        if any(c.test in ("at-least", "at-most") for c in tests):
            continue
        sets = sorted({frozenset(map(number_of, c.values)) for c in tests if c.values}, key=sorted)
        roles = [o.clock.states for o in plan.involved] if column == "state" else []
        alike: dict[tuple[object, ...], list[str]] = {}
        for value in sorted({*(v for named in sets for v in named), *(v for states in roles for v in states)}):
            reading = (*(value in named for named in sets), *(states.get(value) for states in roles))
            alike.setdefault(reading, []).append(value)
        kinds[column] = tuple(alike.values())
    return kinds


def _told_themselves(plan: Plan) -> frozenset[str]:
    """Columns whose very values decide: of the response, of the zone."""
    policies = [o.clock.policy for o in plan.involved]
    answers = {"assignment": "assignee", "status-change": "state"}
    return frozenset(
        {answers[p.response_is] for p in policies if p.response_is in answers} | {p.zone_from for p in policies}
    )


def kind_of(value: str, kinds: Sequence[Sequence[str]]) -> str:
    """SQL for the number of the kind of a value."""
    named = "".join(f" WHEN {value} IN ({', '.join(map(quote, kind))}) THEN {n}" for n, kind in enumerate(kinds, 1))
    return f"CASE WHEN coalesce({value}, '') = '' THEN {NOTHING}{named} ELSE {len(kinds) + 1} END"


def value_of(number: str, kinds: Sequence[Sequence[str]]) -> str:
    """SQL for some value of a kind; of those that nobody names, for one that is none of the named."""
    unnamed = "-" * (1 + max((len(value) for kind in kinds for value in kind), default=0))
    some = "".join(f" WHEN {n} THEN {quote(kind[0])}" for n, kind in enumerate(kinds, 1))
    return f"CASE {number} WHEN {NOTHING} THEN ''{some} WHEN {len(kinds) + 1} THEN {quote(unnamed)} END"

"""SQL for what an offer's clock makes of a stretch `v` of a life and of its record `r`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from itsmctl.engine.lived.plan import Plan
from itsmctl.engine.offers import Offer
from itsmctl.engine.sql import Fragment, by_case, condition, join, name
from itsmctl.model import ZONE_OF_CALENDAR, ClockCondition, Conditions


def told(column: str) -> str:
    """The name of the column of a life that says whether the history has told another one by then."""
    return name(f"told_{column}")


def choice(every: Sequence[Offer], key: str, branch: Callable[[Offer], Fragment], otherwise: str) -> Fragment:
    """What `branch` says of each offer."""
    return by_case(key, ((o.number, branch(o)) for o in every), otherwise)


def has(o: Offer, role: str) -> bool:
    """Whether a clock has a part with a role."""
    return role in o.clock.states.values() or any(part.role == role for part in o.clock.conditions)


def with_record(fragments: Iterable[Fragment]) -> str:
    """The join with the record, where some of these ask for what is in no history."""
    return " JOIN record AS r ON r.tix = v.tix" if any("r." in one.text for one in fragments) else ""


def parts(plan: Plan, o: Offer, then: Callable[[str, Fragment], Fragment]) -> Fragment:
    """A CASE over what the clock does: cancel beats stop, stop beats pause; else it runs."""
    state = _column(plan, "state")
    branches: list[Fragment] = []
    for role in ("cancel", "stop", "pause"):
        states = sorted(s for s, r in o.clock.states.items() if r == role)
        if states:
            marks = ", ".join("?" * len(states))
            branches.append(Fragment(f"WHEN {state} IN ({marks}) THEN ", tuple(states)) + then(role, Fragment(state)))
        for part in o.clock.conditions:
            if part.role == role:
                branches.append(
                    "WHEN " + _all_of(plan, part.conditions) + " THEN " + then(role, Fragment("?", (part.name,)))
                )
    return Fragment("CASE ") + join(" ", branches) + " ELSE '' END" if branches else Fragment("''")


def any_of(plan: Plan, o: Offer, role: str) -> Fragment:
    """Whether some part of a clock with a role holds."""
    wanted: Iterable[ClockCondition] = (part for part in o.clock.conditions if part.role == role)
    tests = [_all_of(plan, part.conditions) for part in wanted]
    return "(" + join(" OR ", tests) + ")" if tests else Fragment("false")


def target_number(plan: Plan, o: Offer) -> Fragment:
    """The first target that fits, -1 where none is known to: an empty column decides nothing."""
    branches: list[Fragment] = []
    for number, target in enumerate(o.clock.targets):
        asked = [c.column for c in target.conditions if c.test in ("in", "at-least", "at-most")]
        if asked:
            branches.append(Fragment("WHEN " + " OR ".join(f"{_column(plan, c)} IS NULL" for c in asked) + " THEN -1"))
        branches.append("WHEN " + _all_of(plan, target.conditions) + f" THEN {number}")
    return Fragment("CASE ") + join(" ", branches) + " ELSE -1 END" if branches else Fragment("-1")


def zone(plan: Plan, o: Offer) -> Fragment:
    """The zone in which a record's calendar is read: '' for the calendar's own, NULL where nobody knows."""
    if o.clock.policy.zone_from == ZONE_OF_CALENDAR:
        return Fragment("''")
    branches = [Fragment("WHEN ? THEN ?", (value, zone)) for value, zone in sorted(plan.zones_of(o).items())]
    if not branches:
        return Fragment("NULL")
    return Fragment(f"CASE {_column(plan, o.clock.policy.zone_from)} ") + join(" ", branches) + " END"


def _all_of(plan: Plan, conditions: Conditions) -> Fragment:
    if not conditions:
        return Fragment("true")
    return join(" AND ", (condition(c, "v" if c.column in plan.tracked else "r") for c in conditions))


def _column(plan: Plan, column: str) -> str:
    return f"{'v' if column in plan.tracked else 'r'}.{name(column)}"

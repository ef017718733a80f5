"""Which targets of several agreements meet on the same records, by their conditions alone; what laws about promises share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod

from itsmctl.model import Condition, Conditions, Target

Value = str | int | float | bool | None
MOST = 20_000
"""So many combinations of values are tried; agreements use a few columns with a few values each."""


def combinations_of(lists: Sequence[Sequence[Target]]) -> int:
    """How many combinations of values the conditions speak of; beyond `MOST` not all are tried."""
    columns = _values(target.conditions for targets in lists for target in targets)
    return prod(len(values) for values in columns.values())


def meeting_targets(lists: Sequence[Sequence[Target]]) -> Iterator[tuple[int | None, ...]]:
    """Every combination of targets, one of each list, that some record meets; None where none of a list matches it.

    A record is tried for each combination of the values that the conditions speak of, and of one that they do not;
    the first `MOST` of them where there are more, which is for the caller to say.
    """
    columns = _values(target.conditions for targets in lists for target in targets)
    seen: set[tuple[int | None, ...]] = set()
    for count, values in enumerate(product(*columns.values())):
        if count >= MOST:
            return
        record = dict(zip(columns, values, strict=True))
        found = tuple(_first_match(targets, record) for targets in lists)
        if found not in seen:
            seen.add(found)
            yield found


def _first_match(targets: Sequence[Target], record: Mapping[str, Value]) -> int | None:
    for position, target in enumerate(targets):
        if all(_holds(condition, record[condition.column]) for condition in target.conditions):
            return position
    return None


def _values(all_conditions: Iterator[Conditions]) -> dict[str, list[Value]]:
    """For each column the values that tell its conditions apart: those named, those beside a limit, another, none."""
    found: dict[str, dict[Value, None]] = {}
    for conditions in all_conditions:
        for condition in conditions:
            values = found.setdefault(condition.column, {})
            for value in condition.values:
                values[value] = None
                if condition.test in ("at-least", "at-most") and isinstance(value, int | float):
                    values |= {value - 1: None, value + 1: None}
    return {column: [*values, "\0other", None] for column, values in found.items()}


def _holds(condition: Condition, value: Value) -> bool:
    match condition.test:
        case "in":
            return value is not None and value in condition.values
        case "not-in":
            return value is None or value not in condition.values
        case "present" | "absent":
            return (value is not None) == (condition.test == "present")
        case "at-least" | "at-most":
            (limit,) = condition.values
            if not isinstance(value, int | float) or not isinstance(limit, int | float):
                return False
            return value >= limit if condition.test == "at-least" else value <= limit

"""Which target of a clock fits a record, and what the record was at some moment of its life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from itsmctl.model import DESCRIBING_COLUMNS, ClockDefinition
from itsmctl.worktime.conditions import Values, is_empty, meets

NO_FIT = -1


@dataclass(frozen=True)
class Change:
    """A column of a record that took another value; '' where it was, or became, empty."""

    at: int
    column: str
    old: str
    new: str

    def happened(self, as_of: int) -> bool:
        """Whether it is known at `as_of`; a state that became empty says nothing."""
        return self.at <= as_of and not (self.column == "state" and not self.new)


def fitting_target(clock: ClockDefinition, values: Values) -> int:
    """The number of the first target that fits, NO_FIT where none is known to: an empty column decides nothing."""
    for number, target in enumerate(clock.targets):
        asked = [c.column for c in target.conditions if c.test in ("in", "at-least", "at-most")]
        if any(is_empty(values.get(column)) for column in asked):
            return NO_FIT
        if meets(target.conditions, values):
            return number
    return NO_FIT


def stored_with(record: Values, changes: Sequence[Change], as_of: int) -> Mapping[str, str]:
    """What the row that stored a record says it is about: first changes, from nothing, in the second of `recorded_at`.

    Before that row there was no record that could have said anything else, so it holds from the opening on. SQL does the
    same in `engine.promises` and `engine.lived`.
    """
    first: dict[str, Change] = {}
    for change in changes:
        first.setdefault(change.column, change)
    return {
        column: change.new
        for column, change in first.items()
        if column in DESCRIBING_COLUMNS
        and not change.old
        and change.at == record.get("recorded_at")
        and change.happened(as_of)
    }


def values_at(record: Values, changes: Sequence[Change], at: int, as_of: int) -> Values:
    """The record as it was at a moment, told from its last values and its `changes` in order of seq.

    Columns without a change after `at` keep what the record holds. A change at that very second belongs to it, and none
    happens before the one that precedes it. SQL does the same in `engine.promises`.
    """
    stored = stored_with(record, changes, as_of)
    was: dict[str, str] = {}
    later: set[str] = set()
    latest = at
    for change in changes:
        was.setdefault(change.column, stored.get(change.column, change.old))
        if change.happened(as_of):
            latest = max(latest, change.at)
            if latest > at:
                later.add(change.column)
            else:
                was[change.column] = change.new
    return {**record, **{column: was[column] or None for column in later}}

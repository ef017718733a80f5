"""Whether the values of a record meet conditions, asked in Python; SQL asks the same in `engine.sql.condition`."""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.model import BOOLEAN_COLUMNS, NUMBER_COLUMNS, TIME_COLUMNS, Condition, Conditions

Values = Mapping[str, object]
"""The columns of a record at some moment; None or '' where one is empty."""


_COUNTED = frozenset((*NUMBER_COLUMNS, *TIME_COLUMNS))


def is_empty(value: object) -> bool:
    """Whether a column holds nothing."""
    return value is None or value == ""


def meets(conditions: Conditions, values: Values) -> bool:
    """Whether all conditions hold."""
    return all(_holds(condition, values.get(condition.column)) for condition in conditions)


def _holds(condition: Condition, value: object) -> bool:
    wanted = [_typed(condition.column, one) for one in condition.values]
    match condition.test:
        case "present":
            return not is_empty(value)
        case "absent":
            return is_empty(value)
        case "in":
            return not is_empty(value) and _typed(condition.column, value) in wanted
        case "not-in":
            return is_empty(value) or _typed(condition.column, value) not in wanted
        case "at-least":
            return not is_empty(value) and _reaches(_typed(condition.column, value), wanted[0])
        case "at-most":
            return not is_empty(value) and _reaches(wanted[0], _typed(condition.column, value))


def _typed(column: str, value: object) -> object:
    """A value as its column's type: `priority: 1` means the text '1'."""
    if column in BOOLEAN_COLUMNS:
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if column in _COUNTED:
        return float(str(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _reaches(value: object, least: object) -> bool:
    if isinstance(value, float) and isinstance(least, float):
        return value >= least
    return str(value) >= str(least)

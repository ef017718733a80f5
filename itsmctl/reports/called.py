"""Values of records as people call them, and what conditions ask of them."""

from __future__ import annotations

import re

from itsmctl.language import Language, column_text, decision_text, state_text, tr
from itsmctl.model import APPROVAL, BOOLEAN_COLUMNS, Condition, Conditions, Names

UNNAMED = Names()
"""No titles at all: every value stays as it is."""
_WHOLE = ("service", "customer", "state")
"""Columns whose titles are names, and explain nothing."""
_EXPLAINED = re.compile(r"\s*[:：]")


def value_text(names: Names, process: str, column: str, value: str, language: Language) -> str:
    """The title of a value in a language; of a code without what it explains behind a colon, and with the code where that is a number.

    A value without a title stays as it is: a word that no mapping translates, a name, a text.
    """
    title = names.title(process, column, value)
    if title is None:
        return _own_word(column, value, language)
    text = title.in_(language) or value
    if column in _WHOLE:
        return text
    short = _EXPLAINED.split(text, maxsplit=1)[0]
    return f"{value} {short}" if value.isdigit() else short


def _own_word(column: str, value: str, language: Language) -> str:
    """What values are called that no definition has to name."""
    if column == "state":
        return state_text(value, language)
    if column in (APPROVAL, "decision"):
        return decision_text(value, language)
    if column in BOOLEAN_COLUMNS and value in ("true", "false"):
        return tr("yes" if value == "true" else "no", language)
    return value


def conditions_text(conditions: Conditions, language: Language, names: Names = UNNAMED, process: str = "") -> str:
    """What a record must be like: `priority P1, P2`; nothing at all means everything."""
    if not conditions:
        return tr("everything else", language)
    return tr("; ", language).join(_condition(condition, language, names, process) for condition in conditions)


def _condition(condition: Condition, language: Language, names: Names, process: str) -> str:
    column = column_text(condition.column, language)
    between = tr(", ", language)
    told = [
        tr("yes" if value else "no", language)
        if isinstance(value, bool)
        else value_text(names, process, condition.column, str(value), language)
        for value in condition.values
    ]
    values = between.join(f"“{one}”" if between in one else one for one in told)
    match condition.test:
        case "in" if all(isinstance(value, bool) for value in condition.values):
            return f"{column}{tr(': ', language)}{values}"
        case "in":
            return f"{column} {values}"
        case "not-in":
            return tr("{column} not {values}", language, column=column, values=values)
        case "present":
            return tr("{column} filled in", language, column=column)
        case "absent":
            return tr("{column} empty", language, column=column)
        case "at-least":
            return f"{column} ≥ {values}"
        case "at-most":
            return f"{column} ≤ {values}"

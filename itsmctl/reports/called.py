"""Values of records as people call them."""

from __future__ import annotations

import re

from itsmctl.language import Language, state_text
from itsmctl.model import Names

_WHOLE = ("service", "customer", "state")
"""Columns whose titles are names, and explain nothing."""
_EXPLAINED = re.compile(r"\s*[:：]")


def value_text(names: Names, process: str, column: str, value: str, language: Language) -> str:
    """The title of a value in a language; of a code without what it explains behind a colon, and with the code where that is a number.

    A value without a title stays as it is: a word that no mapping translates, a name, a text.
    """
    title = names.title(process, column, value)
    if title is None:
        return state_text(value, language) if column == "state" else value
    text = title.in_(language) or value
    if column in _WHOLE:
        return text
    short = _EXPLAINED.split(text, maxsplit=1)[0]
    return f"{value} {short}" if value.isdigit() else short

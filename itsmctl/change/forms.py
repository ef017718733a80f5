"""Normal forms: what is written differently and means the same becomes one value."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from itsmctl.errors import ItsmctlError
from itsmctl.marks import Value
from itsmctl.worktime import parse_duration

Form = Callable[[Value], Value]


def as_is(value: Value) -> Value:
    """The value itself; 5.0 is 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def as_text(value: Value) -> Value:
    """Words in both languages; blanks and line ends are only formatting."""
    if isinstance(value, list):
        return [as_text(one) for one in value]
    if isinstance(value, dict) and set(value) <= {"en", "zh"}:
        return {language: _words(words) for language, words in sorted(value.items())}
    if isinstance(value, dict):  # several texts by name
        return {name: as_text(child) for name, child in sorted(value.items())}
    return {"en": _words(value), "zh": _words(value)}


def as_texts(value: Value) -> Value:
    """A set of texts."""
    return as_set([as_text(one) for one in _listed(value)])


def as_set(value: Value) -> Value:
    """A list whose order means nothing; one value is a list of one."""
    return [found for _, found in sorted({key_of(one): one for one in map(deep, _listed(value))}.items())]


def as_list(value: Value) -> Value:
    """A list whose order means something."""
    return [deep(one) for one in _listed(value)]


def as_duration(value: Value) -> Value:
    """A duration in hours, minutes, seconds: 240m is 4h."""
    found = parse_duration(str(value))
    rest = found.seconds
    parts = ((found.business_days, "bd"), (rest // 3600, "h"), (rest // 60 % 60, "m"), (rest % 60, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0m"


def as_limit(value: Value) -> Value:
    """How much is allowed; what is left out is none."""
    given = value if isinstance(value, dict) else {}
    return {key: as_is(given.get(key, 0)) for key in ("count", "percent")}


def as_where(value: Value) -> Value:
    """Conditions: one value is a list of one, and `not` is written out."""
    return {column: _condition(wanted) for column, wanted in sorted(value.items())} if isinstance(value, dict) else {}


def deep(value: Value) -> Value:
    """A value of any shape, with what stands under `where` as conditions, and texts left as they are written."""
    if isinstance(value, dict):
        return {key: _FORMS.get(key, deep)(child) for key, child in sorted(value.items())}
    return [deep(child) for child in value] if isinstance(value, list) else as_is(value)


def key_of(value: Value) -> str:
    """A text that is the same for equal values only."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _condition(wanted: Value) -> Value:
    if isinstance(wanted, dict):
        return {test: as_set(value) if test == "not" else as_is(value) for test, value in sorted(wanted.items())}
    return as_set(wanted)


def _conditions(value: Value) -> Value:
    """Conditions where they are some; a column may be made `of` a list of others."""
    return as_where(value) if isinstance(value, dict) else deep(value)


def _within(value: Value) -> Value:
    """A time where it is one; a set may be kept apart `within` a person."""
    try:
        return as_duration(value)
    except ItsmctlError:
        return as_is(value)


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _words(value: Value) -> str:
    return " ".join(str(value).split())


SETS = frozenset(["clauses", "criteria", "evidence", "kinds", "measured-by", "named", "positions", "roles", "rules"])
"""Fields, inside of parts that are compared as a whole, whose lists are sets."""
_FORMS: Mapping[str, Form] = {"where": _conditions, "of": _conditions, "within": _within, **dict.fromkeys(SETS, as_set)}

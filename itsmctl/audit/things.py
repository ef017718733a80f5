"""What definitions call things, beside services and customers: an export may write the same name in other capitals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from itsmctl.engine.expressions import Compiled, compile_expression
from itsmctl.engine.parameters import words
from itsmctl.model import THING_COLUMNS, Condition, Definitions

_NAMED = ("new", "to", "value", "values")
"""Parameters with the names that a check looks for in the column under `field` or `column`."""


def names_of_things(definitions: Definitions) -> Mapping[str, frozenset[str]]:
    """By column the names that definitions have for groups and suppliers, and those for which rules, promises, figures and waivers ask."""
    called: dict[str, set[str]] = {column: set() for column in THING_COLUMNS}
    called["supplier"].update(definitions.suppliers)
    for groups in (
        *(one.groups for one in definitions.roles.values()),
        *(one.groups for one in definitions.operational_agreements.values()),
        *(one.groups for one in definitions.suppliers.values()),
    ):
        called["group"].update(groups)
    for column, name in _asked(definitions):
        if column in called:
            called[column].add(name)
    return {column: frozenset(names) for column, names in called.items()}


def _asked(definitions: Definitions) -> Iterator[tuple[str, str]]:
    """Each column that somebody compares, and a name with which."""
    for rule in definitions.rules.values():
        yield from _asked_in((rule.scope, rule.parameters))
        if rule.check == "expression" and isinstance(
            compiled := compile_expression(str(rule.parameters["that"])), Compiled
        ):
            yield from ((one.column, one.text) for one in compiled.asked)
    for kind in ("agreements", "operational_agreements", "contracts", "kpis", "plans", "waivers"):
        for definition in getattr(definitions, kind).values():
            yield from _asked_in(definition)


def _asked_in(part: object) -> Iterator[tuple[str, str]]:
    """The same of a part of a definition: its conditions, and what a change is named by."""
    match part:
        case Condition():
            yield from ((part.column, str(value)) for value in part.values)
        case Mapping():
            column = str(part.get("field", part.get("column", "")))
            yield from ((column, word) for key in _NAMED if key in part for word in words(part[key]))
            for inner in part.values():
                yield from _asked_in(inner)
        case tuple():
            for inner in part:
                yield from _asked_in(inner)
        case _ if is_dataclass(part):
            for one in fields(part):
                yield from _asked_in(getattr(part, one.name))

"""Every part of every kind of definition, and every parameter of every check, has a direction or says `review`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from itsmctl.change.forms import SETS
from itsmctl.change.kinds import KINDS
from itsmctl.change.kinds.checks import COUNTED, PARAMETERS
from itsmctl.change.kinds.common import COMMON
from itsmctl.change.walking import _is_inner, _part_of
from itsmctl.checks import CHECKS
from itsmctl.definitions.schema import kinds, schemas
from itsmctl.model import GROUPED


def _resolved(schema: dict[str, Any], home: str) -> tuple[dict[str, Any], str]:
    while "$ref" in schema:
        file, _, place = schema["$ref"].partition("#/definitions/")
        home = file.removesuffix(".schema.json") or home
        schema = schemas()[home]["definitions"][place]
    return schema, home


def _uncovered(kind: str, schema: dict[str, Any], home: str, path: tuple[str, ...]) -> Iterator[str]:
    schema, home = _resolved(schema, home)
    part = _part_of(kind, path) if path else None
    if part is not None and not part.entries:
        return
    inside = dict(schema.get("properties", {}))
    if isinstance(schema.get("additionalProperties"), dict):
        inside["*"] = schema["additionalProperties"]
    if part is not None:  # a collection
        entry, entry_home = _resolved(schema.get("items") or schema.get("additionalProperties") or {}, home)
        if "properties" in schema and not schema.get("items"):  # named entries, as the clocks of an agreement
            entry, entry_home = _resolved(next(iter(schema["properties"].values())), home)
        below = entry.get("properties", {})
        for name, child in below.items():
            if name not in part.key.split() and _is_inner(kind, (*path, "*")):
                yield from _uncovered(kind, child, entry_home, (*path, "*", name))
        return
    if path and not _is_inner(kind, path):
        yield "/".join(path)
        return
    for name, child in inside.items():
        if path or name not in ("kind", "id", "aliases"):
            yield from _uncovered(kind, child, home, (*path, name))


def test_there_is_a_table_for_every_kind() -> None:
    assert sorted(KINDS) == kinds()


@pytest.mark.parametrize("kind", kinds())
def test_every_part_of_a_kind_has_a_direction(kind: str) -> None:
    assert list(_uncovered(kind, schemas()[kind], kind, ())) == []


@pytest.mark.parametrize("kind", kinds())
def test_a_table_names_nothing_that_does_not_exist(kind: str) -> None:
    wrong = []
    for pattern in KINDS[kind].parts:
        if pattern.startswith("check/") or pattern in COMMON:
            continue  # asked below, or told for every kind whether it has them or not
        schema, home = schemas()[kind], kind
        for step in pattern.split("/"):
            schema, home = _resolved(schema, home)
            if step == "*":
                inner = schema.get("items") or schema.get("additionalProperties") or {}
                schema = inner if isinstance(inner, dict) else {}
            else:
                options = [schema, *(_resolved(one, home)[0] for one in schema.get("anyOf", schema.get("oneOf", [])))]
                schema = next((one["properties"][step] for one in options if step in one.get("properties", {})), {})
            if not schema:
                wrong.append(pattern)
                break
    assert wrong == []


def test_every_parameter_of_every_check_has_a_direction() -> None:
    wanted = {name: sorted(dict(check.PARAMETERS["properties"])) for name, check in CHECKS.items()}  # type: ignore[call-overload]
    assert {name: sorted(table) for name, table in PARAMETERS.items()} == wanted
    assert GROUPED | {"readable"} == COUNTED


def _inner_sets(kind: str, schema: dict[str, Any], home: str, path: tuple[str, ...], inside: bool) -> Iterator[str]:
    """The names of lists without repeats and without an order that lie inside of parts compared as a whole."""
    schema, home = _resolved(schema, home)
    part = _part_of(kind, path) if path and not inside else None
    if inside and schema.get("uniqueItems") and "order" not in schema.get("description", ""):
        yield next(step for step in reversed(path) if step != "*")
    inside = inside or (part is not None and not part.entries)
    below = (
        dict(schema.get("properties", {})) if path else {k: v for k, v in schema["properties"].items() if k != "check"}
    )
    for key in ("additionalProperties", "items"):
        below |= {"*": schema[key]} if isinstance(schema.get(key), dict) else {}
    for name, child in below.items():
        yield from _inner_sets(kind, child, home, (*path, name), inside)


def test_lists_that_are_sets_are_those_of_the_schemas() -> None:
    """What the schemas call a set is compared as one, also inside of a part that is compared as a whole."""
    assert {name for kind in kinds() for name in _inner_sets(kind, schemas()[kind], kind, (), False)} <= SETS

"""No edit is untold that makes another definition: a thousand values changed or taken away, wherever they stand."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from change_case import reference

from itsmctl.change.difference import _changes
from itsmctl.change.documents import Pair
from itsmctl.definitions import definition_files
from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.schema import check_document
from itsmctl.errors import ItsmctlError, Where
from itsmctl.model import FIELD_OF_KIND, Definitions
from itsmctl.source import Document, read_documents

__all__ = ["reference"]

EDITS = 1000
WORDS = ("P2", "12h", "2bd", "30m", "2026-01-01", "record", "person", "live", "low", "high", "Category")


def _places(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    pairs: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in pairs:
        yield (*way, key)
        yield from _places(child, (*way, key))


def _edit(data: Any, way: tuple[str | int, ...], dice: random.Random) -> bool:
    """Take a value away, or make it another one; whether that was possible."""
    for step in way[:-1]:
        data = data[step]
    value = data[way[-1]]
    if way[:1] != ("check",) and dice.random() < 0.4:  # a parameter that is left out may mean what it said
        del data[way[-1]]
    elif isinstance(value, bool):
        data[way[-1]] = not value
    elif isinstance(value, int | float):
        data[way[-1]] = value + dice.choice([1, -1, 5])
    elif isinstance(value, str):
        data[way[-1]] = dice.choice((*WORDS, f"{value}x"))
    else:
        return False
    return True


def _meant(value: Any) -> Any:
    """A definition without the places where it stands."""
    if isinstance(value, Where):
        return None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return (type(value).__name__, *(_meant(getattr(value, field.name)) for field in dataclasses.fields(value)))
    if isinstance(value, Mapping):
        return tuple((str(key), _meant(child)) for key, child in value.items())
    return tuple(map(_meant, value)) if isinstance(value, (list, tuple)) else value


def test_whatever_makes_another_definition_is_told(reference: Definitions) -> None:
    files = definition_files(reference.root)
    documents = [one for file in files for one in read_documents(file, file.relative_to(reference.root).as_posix())]
    dice, told, untold = random.Random("untold"), 0, []
    while told < EDITS:
        document = dice.choice(documents)
        data: Any = deepcopy(document.data)
        way = dice.choice([way for way in _places(data) if way[0] not in ("kind", "id")])
        if not _edit(data, way, dice) or check_document(edited := Document(data, document.file)):
            continue
        builder = Builder(edited)
        definition = build(builder)
        kind, old = definition.kind, reference.of_kind(definition.kind)[definition.id]
        if builder.problems or _meant(old) == _meant(definition):
            continue
        some: dict[str, Any] = {FIELD_OF_KIND[kind]: {**reference.of_kind(kind), definition.id: definition}}
        try:
            changes = list(_changes(Pair(kind, definition.id, document, edited), reference, replace(reference, **some)))
        except (ItsmctlError, ValueError):  # a parameter of a check, whose form is checked where all are read
            continue
        told += 1
        if not changes:
            untold.append((kind, definition.id, way))
    assert untold == []

"""Any definition for a program: its fields as JSON knows them, texts in both languages, places as `file:line:column`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date

from itsmctl.errors import Where
from itsmctl.model import Definition, Text


def plain_data(one: Definition) -> Mapping[str, object]:
    """The definition by the names of its fields; `source` is where it stands."""
    found = {name: value for name, value in _members(one).items() if name not in ("where", "aliases", "kind")}
    return {**found, "source": str(one.where)}


def _members(one: object) -> dict[str, object]:
    assert is_dataclass(one)
    return {field.name: _plain(getattr(one, field.name)) for field in fields(one)}


def _plain(value: object) -> object:
    match value:
        case Text():
            return {"en": value.en, "zh": value.zh}
        case Where() | date():
            return str(value)
        case Mapping():
            return {_key(key): _plain(one) for key, one in value.items()}
        case tuple() | list() | frozenset():
            return [_plain(one) for one in value]
        case _ if is_dataclass(value):
            return _members(value)
        case _:
            return value


def _key(key: object) -> str:
    return " / ".join(map(str, key)) if isinstance(key, tuple) else str(key)

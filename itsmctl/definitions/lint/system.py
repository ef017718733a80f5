"""What laws look at: every definition beside the document that it stands in, by kind and id, and the day of judgement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from itsmctl.definitions.references import Entry
from itsmctl.errors import Where
from itsmctl.model import Definition
from itsmctl.source import Document

_Kind = TypeVar("_Kind", bound=Definition, covariant=True)
_Wanted = TypeVar("_Wanted", bound=Definition)


@dataclass(frozen=True)
class Placed(Generic[_Kind]):
    """A definition, and where its values stand."""

    definition: _Kind
    document: Document

    def where(self, *path: str | int, key: bool = False) -> Where:
        """The place of the value at a path, or of its key, or of the nearest part around it that exists."""
        return self.document.where(path, key=key)


@dataclass(frozen=True)
class System:
    """A management system whose references all lead somewhere; `as_of` is None where nobody named a day."""

    entries: tuple[Entry, ...]
    as_of: date | None = None
    _placed: Mapping[type, tuple[Placed[Definition], ...]] = field(init=False, repr=False, compare=False)
    _by_id: Mapping[tuple[type, str], Placed[Definition]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        placed: dict[type, list[Placed[Definition]]] = {}
        by_id: dict[tuple[type, str], Placed[Definition]] = {}
        for entry in self.entries:
            d = entry.definition
            one = Placed(d, entry.document)
            placed.setdefault(type(d), []).append(one)
            for word in (d.id, *d.aliases):
                by_id.setdefault((type(d), word), one)
        object.__setattr__(self, "_placed", {kind: tuple(found) for kind, found in placed.items()})
        object.__setattr__(self, "_by_id", by_id)

    def all(self, kind: type[_Wanted]) -> tuple[Placed[_Wanted], ...]:
        """Every definition of a kind, in the order of the files."""
        return self._placed.get(kind, ())  # type: ignore[return-value]

    def find(self, kind: type[_Wanted], word: str) -> Placed[_Wanted] | None:
        """The definition of that id, today's or an earlier one."""
        return self._by_id.get((kind, word))  # type: ignore[return-value]

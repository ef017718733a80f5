"""The documents of two management systems that may differ, with every reference under today's id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from itsmctl.definitions.aliases import references_of
from itsmctl.definitions.references import Entry
from itsmctl.model import FIELD_OF_KIND, Definitions
from itsmctl.source import Document, decode, parse_documents, read_bytes

Key = tuple[str, str]
"""Kind and id of a definition, the id as the newer side has it."""


@dataclass(frozen=True)
class Pair:
    """One definition on both sides; None where a side does not have it."""

    kind: str
    id: str
    base: Document | None
    head: Document | None


def pairs(base: Definitions, head: Definitions) -> list[Pair]:
    """The definitions that stand in files which differ, whatever those are called, side by side."""
    names = _Names(base, head)
    before, after = _contents(base), _contents(head)
    same = Counter(before.values()) & Counter(after.values())
    old = dict(_documents(base, _without(before, same), names))
    new = dict(_documents(head, _without(after, same), names))
    return [Pair(*key, old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys())]


class _Names:
    """Today's name of whatever was renamed and kept its earlier id as an alias."""

    def __init__(self, base: Definitions, head: Definitions) -> None:
        self._sides = (base, head)
        self._ids: dict[str, tuple[dict[str, str], dict[str, str]]] = {}

    def today(self, kind: str, word: str, side: Definitions) -> str:
        """The id that a definition, as one side calls it, has on the newer side; on the older one where the newer does not have it.

        A definition is one other before: where the newer side gives the id of one that is gone to another that has its own past,
        that one was not renamed.
        """
        if kind not in FIELD_OF_KIND:
            return word  # a clock, a person, a state: named inside a definition
        if kind not in self._ids:
            base, head = (_ids(one, kind) for one in self._sides)
            self._ids[kind] = base, head
        base, head = self._ids[kind]
        before = base.get(word, word)
        now = head.get(word) or head.get(before) or before
        return before if side is self._sides[0] and self._past(kind, now) != before else now

    def _past(self, kind: str, id_: str) -> str:
        """What a definition of the newer side was called on the older one; its own id where that did not know it."""
        known, new = self._sides[0].of_kind(kind), self._sides[1].of_kind(kind).get(id_)
        return next((name for name in (id_, *(new.aliases if new else ())) if name in known), id_)


def _ids(side: Definitions, kind: str) -> dict[str, str]:
    """The id by each id and alias; an id beats an alias."""
    found = {alias: d.id for d in side.of_kind(kind).values() for alias in d.aliases}
    return found | {id_: id_ for id_ in side.of_kind(kind)}


def _contents(side: Definitions) -> Mapping[str, bytes]:
    """The bytes of each definition file."""
    return {name: read_bytes(side.root / name, name) for name in side.files if not name.endswith(".csv")}


def _without(contents: Mapping[str, bytes], same: Counter[bytes]) -> Mapping[str, bytes]:
    """The files without those that stand as they are on the other side, too, under whatever name."""
    left = Counter(same)
    found = {}
    for name, raw in contents.items():
        if left[raw] > 0:
            left[raw] -= 1
        else:
            found[name] = raw
    return found


def _documents(side: Definitions, files: Mapping[str, bytes], names: _Names) -> Iterator[tuple[Key, Document]]:
    for name, raw in files.items():
        for document in parse_documents(decode(raw, name), name):
            data: Any = document.data
            kind, id_ = str(data["kind"]), str(data["id"])
            _rename(document, side, names)
            yield (kind, names.today(kind, id_, side)), document


def _rename(document: Document, side: Definitions, names: _Names) -> None:
    data: Any = document.data
    definition = side.of_kind(str(data["kind"]))[str(data["id"])]
    for path, word, kind in list(references_of(Entry(document, definition))):
        target: Any = data
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = names.today(kind, word, side)

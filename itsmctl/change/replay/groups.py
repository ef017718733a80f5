"""The changes of a replay in groups that can be applied one at a time: each is what became of one definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from itsmctl.change.kinds.catalog import CALLED_IN_EXPORTS
from itsmctl.change.replay.basis import plain
from itsmctl.change.types import Change
from itsmctl.model import Definition, Definitions

_FIRST = ("services", "customers")
"""What the keys of groups are made of more often than of anything else."""


@dataclass(frozen=True)
class Group:
    """What changed in one definition; `before` or `after` is '' where it is new, or gone."""

    kind: str
    before: str
    after: str
    fingerprints: tuple[str, ...]

    @property
    def id(self) -> str:
        """The id that the definition has today, or had last."""
        return self.after or self.before


def groups_of(base: Definitions, head: Definitions, changes: Sequence[Change]) -> tuple[Group, ...]:
    """One group for each definition that is not the same on both sides, places and words aside."""
    named: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        named.setdefault((change.kind, change.id), []).append(change.fingerprint)
    return tuple(
        Group(kind, before, after, tuple(sorted(named.get((kind, after or before), ()))))
        for kind, before, after in _differing(base, head)
    )


def renamed(base: Mapping[str, Definition], head: Mapping[str, Definition]) -> Mapping[str, str]:
    """The new id of each definition that goes by another one now and says so in its aliases.

    A definition is one other before: what takes over further ids, or was there under its own, does not stand for those that are gone.
    """
    past = ((next((a for a in one.aliases if a in base and a not in head), ""), one.id) for one in head.values())
    return {old: new for old, new in past if old and new not in base}


def renamed_anywhere(base: Definitions, head: Definitions) -> Mapping[str, str]:
    """The new id of each renamed definition of whatever kind; where kinds share an id, that of a service or customer goes first.

    An id that something of another kind goes on to bear says nothing of what was renamed.
    """
    kinds = sorted((field.name for field in fields(base)), key=lambda kind: kind in _FIRST)
    kept = {id_ for kind in kinds if isinstance(some := getattr(head, kind), Mapping) for id_ in some}
    names: dict[str, str] = {}
    for kind in kinds:
        before, after = getattr(base, kind), getattr(head, kind)
        if isinstance(before, Mapping) and kind != "rules":
            some = renamed(before, after)
            names |= {old: new for old, new in some.items() if kind in _FIRST or old not in kept}
    return names


def with_group(definitions: Definitions, source: Definitions, group: Group) -> Definitions:
    """Definitions in which the definition of a group is as in `source`."""
    for field in fields(definitions):
        mine, theirs = getattr(definitions, field.name), getattr(source, field.name)
        if isinstance(mine, Mapping) and any(
            one.kind == group.kind for some in (mine, theirs) for one in some.values()
        ):
            kept = {id_: one for id_, one in mine.items() if id_ not in (group.before, group.after)}
            taken = {id_: theirs[id_] for id_ in (group.before, group.after) if id_ in theirs}
            return _in_order(definitions, field.name, {**kept, **taken})
    return definitions


def _in_order(definitions: Definitions, field: str, some: Mapping[str, Any]) -> Definitions:
    changes: dict[str, Any] = {field: dict(sorted(some.items()))}
    return replace(definitions, **changes)


def _differing(base: Definitions, head: Definitions) -> Iterator[tuple[str, str, str]]:
    """(kind, id before, id after) of every definition that is new, gone, or another."""
    for field in fields(base):
        before, after = getattr(base, field.name), getattr(head, field.name)
        if not isinstance(before, Mapping):
            continue
        names = renamed(before, after)
        news = {new: old for old, new in names.items()}
        for id_, one in after.items():
            old = id_ if id_ in before else news.get(id_, "")
            if not old:
                yield one.kind, "", id_
            elif old != id_ or (before[old] != one and _meant(before[old]) != _meant(one)):
                yield one.kind, old, id_
        for id_, one in before.items():
            if id_ not in after and id_ not in names:
                yield one.kind, id_, ""


def _meant(one: Definition) -> object:
    """What a definition means, and what exports may call it."""
    return plain(one), one.title if one.kind in CALLED_IN_EXPORTS else None

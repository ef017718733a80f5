"""Walks through both sides of one definition, and finds the parts that do not mean the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from itsmctl.change.conditions import by_targets, promises, same_order_matters
from itsmctl.change.forms import deep
from itsmctl.change.judging import At
from itsmctl.change.kinds import KINDS
from itsmctl.change.parts import EVERY, REVIEW, Part
from itsmctl.change.types import Effect
from itsmctl.marks import Path_, Value

_SKIPPED = ("kind", "id", "aliases")
_MISSING: Any = object()


@dataclass(frozen=True)
class Difference:
    """One part that differs: the pattern of its path, the names on the way, how to get there on either side, its values."""

    pattern: tuple[str, ...]
    names: tuple[str, ...]
    base_path: Path_
    head_path: Path_
    old: Value
    new: Value
    effect: Effect
    part: Part


@dataclass(frozen=True)
class _Spot:
    """Where the walk stands."""

    pattern: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    base: Path_ = ()
    head: Path_ = ()

    def into(self, step: str, name: str, base: str | int | None, head: str | int | None) -> _Spot:
        """One step further; a side that has no such step stays where it is."""
        return _Spot(
            (*self.pattern, step),
            (*self.names, name),
            self.base if base is None else (*self.base, base),
            self.head if head is None else (*self.head, head),
        )


def differences(kind: str, old: Value, new: Value, at: At) -> Iterator[Difference]:
    """Every part of a definition whose meaning is not the same on both sides."""
    walk = _Walk(kind, at)
    for key in sorted({*_mapping(old), *_mapping(new)} - set(_SKIPPED)):
        yield from walk.step(_Spot(), key, old, new)


class _Walk:
    def __init__(self, kind: str, at: At) -> None:
        self._parts = KINDS[kind].parts
        self._kind = kind
        self._at = at

    def step(self, spot: _Spot, key: str, old: Value, new: Value) -> Iterator[Difference]:
        """What differs under one key of a mapping."""
        a, b = _mapping(old).get(key, _MISSING), _mapping(new).get(key, _MISSING)
        step = "*" if spot.pattern and _is_starred(self._kind, spot.pattern) else key
        inner = spot.into(step, key, _there(a, key), _there(b, key))
        yield from self.visit(inner, a, b)

    def visit(self, spot: _Spot, old: Value, new: Value) -> Iterator[Difference]:
        part = _part_of(self._kind, spot.pattern)
        if part is None and _is_inner(self._kind, spot.pattern):
            for key in sorted({*_mapping(old), *_mapping(new)}):
                yield from self.step(spot, key, old, new)
        elif part is None:
            yield from self.whole(REVIEW, spot, old, new)
        elif part.entries:
            yield from self.entries(part, spot, old, new)
        elif part.judge is by_targets and _are_lists(old, new) and not same_order_matters(old, new):
            yield from self.targets(spot, old, new)
        else:
            yield from self.whole(part, spot, old, new)

    def whole(self, part: Part, spot: _Spot, old: Value, new: Value) -> Iterator[Difference]:
        a, b = (_normal(part, value) for value in (old, new))
        if a == b and type(a) is type(b):
            return
        shown = tuple(None if value is _MISSING else normal for value, normal in ((old, a), (new, b)))
        effect = part.judge(a, b, replace(self._at, names=spot.names))
        if effect == "neutral" and part.rule != EVERY["neutral"]:
            return  # written differently, and demanding the same
        yield Difference(spot.pattern, spot.names, spot.base, spot.head, shown[0], shown[1], effect, part)

    def entries(self, part: Part, spot: _Spot, old: Value, new: Value) -> Iterator[Difference]:
        a, b = (_entries(part, value) for value in (old, new))
        for name in sorted({*a, *b}):
            (place, one), (other_place, other) = a.get(name, (None, _MISSING)), b.get(name, (None, _MISSING))
            inner = spot.into("*" if _is_starred(self._kind, spot.pattern) else name, name, place, other_place)
            if one is not _MISSING and other is not _MISSING:
                yield from self._entry(inner, one, other, part.key)
                continue
            values = tuple(None if value is _MISSING else deep(value) for value in (one, other))
            effect = part.judge(values[0], values[1], replace(self._at, names=inner.names))
            yield Difference(spot.pattern, inner.names, inner.base, inner.head, values[0], values[1], effect, part)
        before, after = ([name for name in side if name in other] for side, other in ((a, b), (b, a)))
        if part.in_order and before != after:
            yield Difference(spot.pattern, spot.names, spot.base, spot.head, [*before], [*after], "review", part)

    def _entry(self, spot: _Spot, old: Value, new: Value, key: str) -> Iterator[Difference]:
        """What differs in one entry of a collection; its own name does not."""
        if not isinstance(old, dict) or not isinstance(new, dict) or _part_of(self._kind, spot.pattern):
            yield from self.visit(spot, old, new)
            return
        for name in sorted({*old, *new} - set(key.split())):
            yield from self.step(spot, name, old, new)

    def targets(self, spot: _Spot, old: Value, new: Value) -> Iterator[Difference]:
        """Targets for the same records, whose order does not matter, one by one."""
        after = {str(where): number for number, (where, _) in enumerate(promises(new))}
        for number, (where, _) in enumerate(promises(old)):
            other = after[str(where)]
            inner = spot.into("*", where_name(where), number, other)
            yield from self.step(inner, "within", _listed(old)[number], _listed(new)[other])


def part_told(kind: str, names: tuple[str, ...]) -> tuple[Part | None, tuple[str, ...]]:
    """The part that a change is about, and the names of the entries on the way to it."""
    for path in (names, names[:-1]):
        fitting = [(pattern, part) for pattern, part in _patterns(kind) if _fits(pattern, path)]
        if fitting:
            pattern, part = min(fitting, key=lambda one: one[0].count("*"))
            stars = [name for step, name in zip(pattern, path, strict=True) if step == "*"]
            return part, (*stars, *names[len(path) :])
    return None, names


def where_name(where: Mapping[str, Any]) -> str:
    """Conditions in one word for a path: `P1`, `P1+email`, `otherwise`."""
    return "+".join(_condition_name(wanted) for _, wanted in sorted(where.items())) or "otherwise"


def _condition_name(wanted: Value) -> str:
    if isinstance(wanted, dict):
        return ",".join(f"{test} {_condition_name(value)}" for test, value in wanted.items())
    return ",".join(str(one) for one in wanted) if isinstance(wanted, list) else str(wanted)


@cache
def _patterns(kind: str) -> tuple[tuple[tuple[str, ...], Part], ...]:
    return tuple((tuple(pattern.split("/")), part) for pattern, part in KINDS[kind].parts.items())


@cache
def _part_of(kind: str, path: tuple[str, ...]) -> Part | None:
    """The part at a path; the more literal pattern wins."""
    found = [(pattern.count("*"), part) for pattern, part in _patterns(kind) if _fits(pattern, path)]
    return min(found, key=lambda one: one[0])[1] if found else None


@cache
def _is_inner(kind: str, path: tuple[str, ...]) -> bool:
    """Whether parts lie below a path."""
    return any(len(pattern) > len(path) and _fits(pattern[: len(path)], path) for pattern, _ in _patterns(kind))


@cache
def _is_starred(kind: str, path: tuple[str, ...]) -> bool:
    """Whether the parts below a path are the same for every entry."""
    below = [
        pattern for pattern, _ in _patterns(kind) if len(pattern) > len(path) and _fits(pattern[: len(path)], path)
    ]
    return bool(below) and all(pattern[len(path)] == "*" for pattern in below)


def _fits(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    return len(pattern) == len(path) and all(a in ("*", b) for a, b in zip(pattern, path, strict=True))


def _normal(part: Part, value: Value) -> Value:
    if value is _MISSING or value is None:
        return part.default
    return part.form(value)


def _entries(part: Part, value: Value) -> dict[str, tuple[str | int, Value]]:
    """The entries of a collection by name, each with its key or position."""
    if isinstance(value, dict):
        return {key: (key, child) for key, child in value.items()}
    found: dict[str, tuple[str | int, Value]] = {}
    times: Counter[str] = Counter()
    for number, child in enumerate(_listed(value)):
        name = _entry_name(part, child)
        times[name] += 1
        found[name if times[name] == 1 else f"{name} ({times[name]})"] = (number, child)
    return found


def _entry_name(part: Part, entry: Value) -> str:
    fields = _mapping(entry)
    return str(next((fields[key] for key in part.key.split() if key in fields), deep(entry)))


def _mapping(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def _are_lists(*values: Value) -> bool:
    return all(isinstance(value, list) for value in values)


def _there(value: Value, key: str) -> str | None:
    return None if value is _MISSING else key

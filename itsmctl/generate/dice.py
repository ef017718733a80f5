"""Seeded chance in whole numbers: the same seed gives the same history on every machine."""

from __future__ import annotations

import random
from collections.abc import Iterable, MutableSequence, Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A seeded source of whole numbers; nothing here depends on floating point."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def below(self, limit: int) -> int:
        """A number from 0 up to, not including, `limit`."""
        return self._random.randrange(limit)

    def between(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""
        return low + self._random.randrange(high - low + 1)

    def permille(self, chance: int) -> bool:
        """True in `chance` of 1000 throws."""
        return self._random.randrange(1000) < chance

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, all alike."""
        return choices[self._random.randrange(len(choices))]

    def weighted(self, choices: Sequence[tuple[T, int]]) -> T:
        """One of the choices, each as often as its weight says."""
        point = self._random.randrange(sum(weight for _, weight in choices))
        for choice, weight in choices:
            point -= weight
            if point < 0:
                return choice
        raise AssertionError("weights are positive")

    def skewed(self, low: int, high: int) -> int:
        """A number from `low` to `high` where small ones are more likely, as durations are."""
        return low + min(self._random.randrange(high - low + 1) for _ in range(2))

    def shuffle(self, things: MutableSequence[T]) -> None:
        """Put things into another order, in place."""
        for last in range(len(things) - 1, 0, -1):
            other = self._random.randrange(last + 1)
            things[last], things[other] = things[other], things[last]


def shares(total: int, weights: Iterable[int]) -> list[int]:
    """Split a whole number by weights, the parts adding up to it exactly."""
    listed = list(weights)
    whole = sum(listed)
    parts, given, seen = [], 0, 0
    for weight in listed:
        seen += weight
        upto = total * seen // whole
        parts.append(upto - given)
        given = upto
    return parts

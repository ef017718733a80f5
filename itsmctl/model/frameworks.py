"""Standards and frameworks: their requirements, and which of them are about the same subject."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import Literal

from itsmctl.model.definition import Definition, Text
from itsmctl.values import value

EvidenceClass = Literal["definitions", "history", "tickets", "registers", "attestation"]

ClauseType = Literal["requirement", "process", "function", "practice"]


@value
class Objective:
    """A control objective: what a clause is after, in our words."""

    id: str
    text: Text
    news: Text


@value
class WayOfChecking:
    """One class of evidence for a clause: what is looked at, and which kinds of definitions show it."""

    by: EvidenceClass
    how: Text
    kinds: tuple[str, ...]
    """Kinds of which every definition stands for the clause."""
    named: tuple[str, ...]
    """Kinds of which at least one definition should name the clause."""


@value
class Clause:
    """A numbered requirement of a framework, with our own short title."""

    number: str
    title: Text
    type: ClauseType = "requirement"
    news: Text = Text()
    objectives: tuple[Objective, ...] = ()
    evidence: tuple[Text, ...] = ()
    checked: tuple[WayOfChecking, ...] = ()


@value
class Framework(Definition):
    """A standard or framework, as numbered requirements in our words."""

    version: str
    attribution: Text
    requirements: Mapping[str, Clause]

    def leaves(self) -> tuple[Clause, ...]:
        """The requirements that are no heading of others, in order."""
        return self._leaves

    @cached_property
    def _leaves(self) -> tuple[Clause, ...]:
        # Every heading above a number at once: asking number by number would compare all with all.
        above = {number[:place] for number in self.requirements for place in _dots(number)}
        return tuple(clause for clause in self.requirements.values() if clause.number not in above)

    def is_heading(self, number: str) -> bool:
        """Whether other requirements stand below this one."""
        return any(within(other, number) for other in self.requirements if other != number)


def _dots(number: str) -> list[int]:
    return [place for place, letter in enumerate(number) if letter == "."]


@value
class Subject:
    """A row of a crosswalk: what the frameworks say about one subject, as FRAMEWORK:NUMBER."""

    id: str
    title: Text
    clauses: tuple[str, ...]
    note: Text


@value
class Crosswalk(Definition):
    """Which requirements of several frameworks are about the same subject."""

    frameworks: tuple[str, ...]
    subjects: tuple[Subject, ...]
    alone: Mapping[str, Text]
    """Requirements without a counterpart, with the reason."""


def within(number: str, heading: str) -> bool:
    """Whether a requirement is a heading itself, or stands below it; works with and without the framework's name."""
    return number == heading or number.startswith(f"{heading}.")


def covers(named: Iterable[str], clause: str) -> bool:
    """Whether a clause is among those named, directly or by a heading above it."""
    return not headings(clause).isdisjoint(named)


@cache
def headings(clause: str) -> frozenset[str]:
    """A clause and every heading above it, of which `within` is true."""
    return frozenset(clause[: dot.start()] for dot in re.finditer(r"\.|$", clause))

"""What the statement tells, in one language: what page, document and print lay out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from itsmctl.language import Language


@dataclass(frozen=True)
class DefinitionWords:
    """One definition or register: what it is, where it stands, at which version."""

    kind: str
    id: str
    title: str
    place: str
    version: str
    process: str


@dataclass(frozen=True)
class RuleWords:
    """One rule that was run: on which population, with what outcome."""

    id: str
    title: str
    version: int
    severity: str
    code: str
    outcome: str
    population: str
    why: str


@dataclass(frozen=True)
class ClauseWords:
    """One clause; `above` are the headings that it is the first to stand under."""

    above: tuple[tuple[str, str], ...]
    number: str
    title: str
    code: str
    strength: str
    outcome_code: str
    outcome: str
    defined: tuple[DefinitionWords, ...]
    rules: tuple[RuleWords, ...]
    enquiries: tuple[RuleWords, ...]
    records: tuple[DefinitionWords, ...]
    open: tuple[str, ...]
    lacking: tuple[str, ...]

    @property
    def kinds(self) -> str:
        """What is defined, as a number of each kind."""
        return _kinds(self.defined)

    @property
    def kinds_of_records(self) -> str:
        """Which registers there are, as a number of each kind."""
        return _kinds(self.records)


@dataclass(frozen=True)
class ProcessWords:
    """One process's own part."""

    id: str
    title: str
    version: str
    place: str
    outcomes: str
    open: tuple[str, ...]
    clauses: tuple[ClauseWords, ...]


@dataclass(frozen=True)
class FrameworkWords:
    """One framework, with a line of counts."""

    id: str
    title: str
    version: str
    attribution: str
    counts: tuple[tuple[str, str, int], ...]
    clauses: tuple[ClauseWords, ...]
    processes: tuple[ProcessWords, ...]


@dataclass(frozen=True)
class StatementWords:
    """The whole statement in one language."""

    language: Language
    audit: str
    facts: tuple[tuple[str, str], ...]
    principles: tuple[str, ...]
    frameworks: tuple[FrameworkWords, ...]


def _kinds(found: Sequence[DefinitionWords]) -> str:
    return " · ".join(f"{kind} {n}" for kind, n in Counter(one.kind for one in found).items())

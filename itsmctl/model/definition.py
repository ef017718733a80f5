"""What every kind of definition has, and the small values that they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from itsmctl.errors import Where

Language = Literal["en", "zh"]


Severity = Literal["major", "minor", "observation"]


Outcome = Literal["pass", "fail", "not_testable", "no_data"]


Phase = Literal["new", "active", "paused", "resolved", "closed", "cancelled"]


ClockRole = Literal["pause", "stop", "cancel"]


SEVERITIES: tuple[Severity, ...] = ("major", "minor", "observation")


@dataclass(frozen=True)
class Text:
    """A text in English and Chinese; a definition may give only one of the two."""

    en: str = ""
    zh: str = ""

    def in_(self, language: Language) -> str:
        """The text in a language, or in the other one where that is missing."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)

    def __str__(self) -> str:
        return self.en or self.zh


@dataclass(frozen=True)
class Effective:
    """The days on which a definition is in force, both included; None is open-ended."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class Definition:
    """What every kind of definition has."""

    kind: str
    id: str
    title: Text
    effective: Effective
    where: Where
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Condition:
    """One test of a column: `in` and `not-in` take values, `present`, `absent` none, `at-least`, `at-most` one number.

    An empty value is never `in`, and always `not-in`: a record without a channel is not from monitoring.
    """

    column: str
    test: Literal["in", "not-in", "present", "absent", "at-least", "at-most"]
    values: tuple[str | int | float | bool, ...] = ()


Conditions = tuple[Condition, ...]
"""All of them must hold; none at all means everything."""


@dataclass(frozen=True)
class Limit:
    """How much is allowed: a number of records, or a percentage of those judged; the larger of the two counts."""

    count: int = 0
    percent: float = 0.0

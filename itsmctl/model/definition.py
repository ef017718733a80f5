"""What every kind of definition has, and the small values that they are made of."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import field
from datetime import date
from typing import Literal

from itsmctl.errors import Where
from itsmctl.values import value

Language = Literal["en", "zh"]


Severity = Literal["major", "minor", "observation"]


Outcome = Literal["pass", "fail", "not_testable", "no_data"]


Phase = Literal["new", "active", "paused", "resolved", "closed", "cancelled"]


ClockRole = Literal["pause", "stop", "cancel"]


SEVERITIES: tuple[Severity, ...] = ("major", "minor", "observation")


@value
class Text:
    """A text in English and Chinese; a definition may give only one of the two."""

    en: str = ""
    zh: str = ""

    def in_(self, language: Language) -> str:
        """The text in a language, or in the other one where that is missing."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)

    def __str__(self) -> str:
        return self.en or self.zh


@value
class Effective:
    """The days on which a definition is in force, both included; None is open-ended."""

    start: date | None = None
    end: date | None = None


@value
class ReviewCycle:
    """How often somebody looks at a definition again, and when somebody last did; `last` is None before the first time."""

    months: int
    last: date | None
    where: Where

    def due(self, since: date | None) -> date | None:
        """The last day for the next review; before the first one the cycle runs `since` the definition came into force."""
        start = self.last or since
        return months_after(start, self.months) if start else None


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@value
class Definition:
    """What every kind of definition has; `review` only the kinds that are reviewed at intervals."""

    kind: str
    id: str
    title: Text
    effective: Effective
    where: Where
    aliases: tuple[str, ...]
    review: ReviewCycle | None = field(default=None, kw_only=True)
    clauses: tuple[str, ...] = field(default=(), kw_only=True)
    """Requirements that it gives evidence for, as FRAMEWORK:NUMBER."""


@value
class Condition:
    """One test of a column: `in` and `not-in` take values, `present`, `absent` none, `at-least`, `at-most` one number.

    An empty value is never `in`, and always `not-in`: a record without a channel is not from monitoring.
    """

    column: str
    test: Literal["in", "not-in", "present", "absent", "at-least", "at-most"]
    values: tuple[str | int | float | bool, ...] = ()


Conditions = tuple[Condition, ...]
"""All of them must hold; none at all means everything."""


@value
class Limit:
    """How much is allowed: a number of records, or a percentage of those judged; the larger of the two counts."""

    count: int = 0
    percent: float = 0.0

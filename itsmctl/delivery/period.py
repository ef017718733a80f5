"""The period that a report is about: a month, a quarter, a year, or the days from one to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from itsmctl.scorecard.periods import parse_span
from itsmctl.zones import midnight, midnight_after


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included, and what the period was called."""

    name: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def moments(self, zone: str) -> tuple[int, int]:
        """[from, until) in epoch seconds, on the clock of a zone."""
        return midnight(self.first, zone), midnight_after(self.last, zone)


def period_of(text: str, option: str) -> Period:
    """The period that a text means; `option` is where it was said."""
    span = parse_span(text, option)
    return Period(span.label, span.start, span.end)

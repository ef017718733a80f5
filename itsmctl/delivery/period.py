"""The period that a report is about: a month, a quarter, a year, or the days from one to another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.model.indicators import Period as Kind
from itsmctl.scorecard.periods import span_of
from itsmctl.zones import midnight, midnight_after

_MONTH = re.compile(r"((?!0000)\d{4})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"((?!0000)\d{4})-?[qQ]([1-4])")
_YEAR = re.compile(r"(?!0000)\d{4}")


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
    if found := _MONTH.fullmatch(text):
        return _whole("month", int(found[1]), int(found[2]))
    if found := _QUARTER.fullmatch(text):
        return _whole("quarter", int(found[1]), 3 * int(found[2]) - 2)
    if _YEAR.fullmatch(text):
        return _whole("year", int(text), 1)
    first, slash, last = text.partition("/")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        days = None
    if not slash or days is None or days[0] > days[1]:
        template = "{text!r} is not a period; write a month (2026-05), a quarter (2026-Q2), a year (2026), or days (2026-05-01/2026-05-15)"
        raise ItsmctlError(Problem("not-a-period", template, Where(option), {"text": text}))
    return Period(text, *days)


def _whole(kind: Kind, year: int, month: int) -> Period:
    """The month, quarter or year that begins with a month."""
    span = span_of(kind, date(year, month, 1))
    return Period(span.label, span.start, span.end)

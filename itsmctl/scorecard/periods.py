"""Months, quarters, half-years and years: the periods over which indicators are taken."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.model.definition import months_after
from itsmctl.model.indicators import Period

SETTLING = timedelta(days=7)
"""Tickets that begin so soon after a period began, or end so shortly before its end, are taken to cover it: nobody opens one on every day."""
MONTHS: dict[Period, int] = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
_WRITTEN = re.compile(r"((?!0000)[0-9]{4})(?:-(0[1-9]|1[0-2])|-?[qQ]([1-4])|-?[hH]([12]))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Span:
    """One period of the calendar, or some days; the first and the last are included."""

    kind: Period | Literal["days"]
    start: date
    end: date

    @property
    def label(self) -> str:
        """`2026-05`, `2026-Q2`, `2026-H1` or `2026`; of days the first and the last."""
        if self.kind == "days":
            return "/".join(sorted({self.start.isoformat(), self.end.isoformat()}))
        number = (self.start.month - 1) // MONTHS[self.kind] + 1
        match self.kind:
            case "month":
                return self.start.isoformat()[:7]
            case "quarter":
                return f"{self.start.year:04}-Q{number}"
            case "half-year":
                return f"{self.start.year:04}-H{number}"
            case "year":
                return f"{self.start.year:04}"

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1


def span_of(kind: Period, day: date) -> Span:
    """The period in which a day lies."""
    months = MONTHS[kind]
    start = date(day.year, (day.month - 1) // months * months + 1, 1)
    last = months_after(start, months - 1)
    return Span(kind, start, last.replace(day=monthrange(last.year, last.month)[1]))


def spans_until(kind: Period, day: date, count: int) -> tuple[Span, ...]:
    """So many periods in order; the last is the one in which the day lies."""
    last = span_of(kind, day)
    return tuple(span_of(kind, months_after(last.start, -MONTHS[kind] * back)) for back in reversed(range(count)))


def parse_span(text: str, option: str = "") -> Span:
    """Read `2026`, `2026-H1`, `2026-Q2`, `2026-05`, `2026-05-15`, or from one to another of these: `2026-05-01/2026-05-15`.

    `option` is where it was said.
    """
    first, slash, last = text.strip().partition("/")
    start, end = _one(first), _one(last if slash else first)
    if start is None or end is None or start.start > end.end:
        template = "{text!r} is not a period; write a month (2026-05), a quarter (2026-Q2), a half-year (2026-H1), a year (2026), a day (2026-05-01), or from one to another (2026-05-01/2026-05-15)"
        raise ItsmctlError(Problem("not-a-period", template, Where(option), {"text": text}))
    return Span("days", start.start, end.end) if slash else start


def _one(text: str) -> Span | None:
    """What stands on one side of the slash."""
    if found := _WRITTEN.fullmatch(text):
        year, month, quarter, half = int(found[1]), found[2], found[3], found[4]
        if month:
            return span_of("month", date(year, int(month), 1))
        if quarter:
            return span_of("quarter", date(year, 3 * int(quarter) - 2, 1))
        if half:
            return span_of("half-year", date(year, 6 * int(half) - 5, 1))
        return span_of("year", date(year, 1, 1))
    if not _DAY.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return Span("days", day, day)

"""Columns of a sheet in which some dates are dates and others text: where Excel takes the day for the month, it does so
unsaid, and leaves as text what then is no date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from itsmctl.errors import ItsmctlError, Problem, Where

_DATE = re.compile(r"\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d\d)\b")
_TWELFTH = 12
_FEW = 3
"""So many dates up to the twelfth of their months may be by chance."""
_SPREAD = 3
"""In so many months they are not of one week; days that are taken for months lie in many."""


@dataclass
class DatesOfColumn:
    """How the dates of a column stand in the sheet, as counted row by row."""

    dates: int = 0
    late: int = 0
    """Dates after the twelfth of a month, which have no other reading."""
    texts: int = 0
    telling: int = 0
    """Texts of which one part is no month."""
    first: str = ""
    months: set[tuple[int, int]] = field(default_factory=set)
    """The months of the dates, with their years."""

    def see(self, cell: object) -> None:
        """Count a cell, whatever it holds."""
        if isinstance(cell, date):  # a datetime is one, too
            self.dates += 1
            self.late += cell.day > _TWELFTH
            self.months.add((cell.year, cell.month))
        elif isinstance(cell, str) and (found := _DATE.match(cell)):
            self.texts += 1
            self.telling += max(int(found[1]), int(found[2])) > _TWELFTH
            self.first = self.first or cell


def look_at_dates(columns: dict[str, DatesOfColumn], sheet: Where) -> list[tuple[str, str]]:
    """Notes about columns with both kinds of dates; raises ItsmctlError for one in which the kind follows from the day."""
    mixed = {name: seen for name, seen in columns.items() if seen.dates and seen.texts}
    exchanged = {
        name: seen
        for name, seen in mixed.items()
        if seen.dates >= _FEW and not seen.late and seen.telling == seen.texts and len(seen.months) >= _SPREAD
    }
    if exchanged:
        template = (
            "{column}: {dates} cells are dates, none of them after the 12th of a month, and {texts} are text such as {value!r}; Excel "
            "has taken the day for the month where it could, and the dates are wrong. Export again as CSV, and do not open it in Excel"
        )
        raise ItsmctlError(
            [
                Problem(
                    "dates-exchanged",
                    template,
                    sheet,
                    {"column": name, "dates": seen.dates, "texts": seen.texts, "value": seen.first},
                )
                for name, seen in exchanged.items()
            ]
        )
    return [
        (
            "mixed-dates",
            f"{name}: some cells are dates and others text such as {seen.first!r}; are day and month right in both? text: {seen.texts}",
        )
        for name, seen in mixed.items()
    ]

"""A plain Python loop with `businesstimedelta` for the open hours: the two rules about clocks.

The package walks from one opening to the next and needs zones of pytz; what is paused is counted by it too, and taken away.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import businesstimedelta
import loop
import pytz
import tickets as t


class Hours:
    """Open seconds between two moments, by the rules of the package."""

    def __init__(self) -> None:
        zone = pytz.timezone(str(t.ZONE))
        days = [businesstimedelta.WorkDayRule(begin, end, [0, 1, 2, 3, 4], tz=zone) for begin, end in t.HOURS]
        # It looks for the next holiday for ever: one beyond the data ends the search.
        holidays = [*map(date.fromisoformat, sorted(t.HOLIDAYS)), date(t.LAST.year + 1, 1, 1)]
        self.rules = businesstimedelta.Rules([*days, businesstimedelta.HolidayRule(set(holidays), tz=zone)])

    def between(self, begin: datetime, end: datetime) -> int:
        """Open seconds from one moment to a later one."""
        found = self.rules.difference(begin.replace(tzinfo=UTC), end.replace(tzinfo=UTC))
        return int(found.timedelta.total_seconds())


def main() -> None:
    """Judge the clocks of every incident and write what fails."""
    tables, output, as_of = t.asked()
    hours = Hours()
    t.write(
        output,
        [
            (rule, record_id)
            for record_id, record, life in loop.tickets(tables, as_of)
            for rule in loop.clocks(loop.moments_of(record), life, hours)
        ],
    )


if __name__ == "__main__":
    main()

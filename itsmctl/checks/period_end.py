"""Work that piles up on the last working days of a month.

Of the records whose moment `at` lies in a month, the last `days` working days of the `calendar` (with what lies after them) may have
at most `times` their share: 2 of 20 days hold a tenth of the work, so with `times: 2` at most a fifth. A month with fewer than
`minimum` records is told and not judged, nor is one that has not ended. Orders come when they come, so rules mark it as an enquiry.

    check: {period-end: {at: closed_at, days: 2, times: 2, calendar: cn-office, per: [group], minimum: 20}}

Passing: 30 of 200 closed on the last two of twenty days. Flagged: 45 of 200.
"""

from __future__ import annotations

from datetime import date, timedelta

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.grouping import group_key
from itsmctl.engine.parameters import COLUMN, COUNT, number_of, texts
from itsmctl.engine.sql import Fragment, literal_rows, name, percent_text
from itsmctl.model import TIME_COLUMNS, Calendar, Rule
from itsmctl.worktime import open_seconds
from itsmctl.zones import local_day, midnight, midnight_after

ID = "period-end"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["at", "days", "times", "calendar"],
    "properties": {
        "at": {"enum": list(TIME_COLUMNS), "description": "The moment that places a record in a month."},
        "days": {**COUNT, "description": "How many working days at the end of a month are looked at."},
        "times": {
            "type": "number",
            "exclusiveMinimum": 0,
            "description": "How many times their share of the working days of the month these days may hold of its records.",
        },
        "calendar": {"type": "string", "description": "The calendar that says which days are working days, by its id."},
        "per": {
            "type": "array",
            "uniqueItems": True,
            "items": COLUMN,
            "description": "The columns by whose values records are grouped, beside the month; left out, all of a month are one group.",
        },
        "minimum": {
            **COUNT,
            "description": "Months of a group with fewer records than this are told and not judged; default: 1.",
        },
    },
}
NAMES = {"at": "column", "calendar": "calendar", "per/*": "column"}
_YEARS = 8
"""Months are laid out so far back; what happened before is too old for an enquiry."""


def needs(rule: Rule) -> Needs:
    """The moment, and the columns of the groups."""
    return Needs(columns=frozenset({str(rule.parameters["at"]), *texts(rule, "per")}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per group and month; `observed` is the share of the last days."""
    at, days, times = f"r.{name(str(rule.parameters['at']))}", number_of(rule, "days", 1), rule.parameters["times"]
    minimum, calendar = number_of(rule, "minimum", 1), context.definitions.calendars[str(rule.parameters["calendar"])]
    months = _months(calendar, days, context.as_of)
    limit = f"100.0 * {times} * {days} / working"
    key = group_key(texts(rule, "per")) if texts(rule, "per") else "''"
    return (
        Fragment(
            f"""SELECT CASE WHEN key = '' THEN month ELSE concat(key, ' / ', month) END AS record_id,
            CASE WHEN n >= {minimum} THEN 1.0 * late * working <= {times} * {days} * n END AS passed,
            concat({percent_text("100.0 * late / n", limit)}, ' (', late, ' of ', n, ')') AS observed,
            concat('at most ', {percent_text(limit, "100.0 * late / n")}) AS expected, first_at AS "at",
            CASE WHEN n < {minimum} THEN 'too-few' END AS reason
            FROM (SELECT {key} AS key, m.month, m.working, min({at}) AS first_at, count(*) AS n, count(*) FILTER (WHERE {at} >= m.late_from) AS late
                FROM scoped AS r JOIN """
        )
        + literal_rows(months or [("", 0, 0, 0, 1)], "m", ("month", "since", "late_from", "until", "working"))
        + f" ON {at} >= m.since AND {at} < m.until GROUP BY {key}, m.month, m.working) AS counted"
    )


def _months(calendar: Calendar, days: int, as_of: int) -> list[tuple[str, int, int, int, int]]:
    """Of every whole month before `as_of`: name, begin, begin of its last working days, end, number of working days."""
    last = local_day(as_of, calendar.zone)
    found = []
    for year in range(last.year - _YEARS, last.year + 1):
        for month in range(1, 13):
            first, after = date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
            until = midnight(after, calendar.zone)
            working = [day for day in _days(first, after) if _is_open(calendar, day)]
            if until <= as_of and len(working) >= days:
                late = midnight(working[-days], calendar.zone)
                found.append((f"{year}-{month:02}", midnight(first, calendar.zone), late, until, len(working)))
    return found


def _days(first: date, after: date) -> list[date]:
    return [first + timedelta(n) for n in range((after - first).days)]


def _is_open(calendar: Calendar, day: date) -> bool:
    return open_seconds(calendar, midnight(day, calendar.zone), midnight_after(day, calendar.zone)) > 0

"""The year of a calendar for a narrow window: two months beside each other, a row for each week."""

from __future__ import annotations

from datetime import date

from itsmctl.language import Language, duration_text
from itsmctl.model import Calendar
from itsmctl.reports.markup import element, words
from itsmctl.views.calendar import (
    DAY,
    days_drawn,
    heading_drawn,
    heading_of,
    legend_drawn,
    month_name,
    open_by_month,
    weekday_drawn,
)
from itsmctl.views.picture import picture

_LEFT, _TOP, _GAP, _MONTH = 12, 76, 26, 190
WIDTH = 2 * _LEFT + 2 * 7 * DAY + _GAP


def svg(calendar: Calendar, language: Language, year: int) -> str:
    """The year, month by month; the same squares in the same colours as in its map."""
    heading, told = heading_of(calendar, language, year)
    parts = heading_drawn(heading, told)
    for number, (month, _, seconds) in enumerate(open_by_month(calendar, year)):
        left, top = _LEFT + number % 2 * (7 * DAY + _GAP), _TOP + number // 2 * _MONTH
        parts += _month(calendar, date(year, number + 1, 1), left, top, month_name(month, language), seconds, language)
    bottom = _TOP + 6 * _MONTH
    parts += legend_drawn(_LEFT, bottom, 2, language)
    return picture(heading, told, element("g", *parts), WIDTH, bottom + 80, language)


def _month(
    calendar: Calendar, first: date, left: float, top: float, name: str, seconds: int, language: Language
) -> list[str]:
    right = left + 7 * DAY - 2
    return [
        element("text", words(name), x=left, y=top + 14, class_="column-label"),
        element("text", words(duration_text(seconds, language)), x=right, y=top + 14, class_="note", text_anchor="end"),
        *(weekday_drawn(day, left + day * DAY, top + 34, language) for day in range(7)),
        *days_drawn(calendar, first, lambda slot: (left + slot % 7 * DAY, top + 42 + slot // 7 * DAY), language),
    ]

"""A calendar: its week, its special days, and the open hours of a whole year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from itsmctl.language import Language, duration_text, month_text, tr
from itsmctl.model import Calendar, Slot
from itsmctl.reports.markup import element, words
from itsmctl.views.page import Facts, Grid, Page, Section, Words
from itsmctl.views.picture import picture
from itsmctl.views.wording import WEEKDAYS, slots_text
from itsmctl.worktime import open_seconds
from itsmctl.zones import midnight

DAY, WEEK_GAP, MONTH_LEFT, TOP = 21, 8, 56, 92


def year_of(calendar: Calendar) -> int:
    """The year to show when none is asked for: the last whose special days are written down, else 2026."""
    return max((day.year for day in calendar.special), default=2026)


def slots_on(calendar: Calendar, day: date) -> tuple[Slot, ...]:
    """The opening hours of a day."""
    return calendar.special[day].slots if day in calendar.special else calendar.week[day.weekday()]


def open_by_month(calendar: Calendar, year: int) -> tuple[tuple[str, int, int], ...]:
    """(month, days with hours, open seconds) for each month of a year; seconds are exact across clock changes."""
    found = []
    for month in range(1, 13):
        first, after = date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
        days = sum(bool(slots_on(calendar, first + timedelta(days=n))) for n in range((after - first).days))
        seconds = open_seconds(calendar, midnight(first, calendar.zone), midnight(after, calendar.zone))
        found.append((f"{year}-{month:02}", days, seconds))
    return tuple(found)


def beyond_known(calendar: Calendar, language: Language, year: int) -> str:
    """What is to be said where the year goes beyond the days whose hours have been published; '' where it does not."""
    until = calendar.known_until
    if until is None or until >= date(year, 12, 31):
        return ""
    template = "The special days of this calendar are known up to {day} only: what lies after it counts by the week."
    return tr(template, language, day=until)


def page(calendar: Calendar, language: Language, year: int) -> Page:
    """The page of a calendar for a year."""
    months = open_by_month(calendar, year)
    rows = tuple((month_text(m, language), str(days), duration_text(seconds, language)) for m, days, seconds in months)
    total = (
        str(year),
        str(sum(days for _, days, _ in months)),
        duration_text(sum(seconds for *_, seconds in months), language),
    )
    week = tuple(
        (WEEKDAYS[language][number], slots_text(slots, language)) for number, slots in enumerate(calendar.week)
    )
    special = tuple(
        (
            f"{day} {WEEKDAYS[language][day.weekday()]}",
            entry.title.in_(language),
            slots_text(entry.slots, language),
        )
        for day, entry in sorted(calendar.special.items())
        if day.year == year
    )
    columns = (tr("month", language), tr("days with hours", language), tr("open", language))
    return Page(
        title=f"{calendar.title.in_(language)} · {calendar.id}",
        subtitle=tr("service hours {year} in {zone}", language, year=year, zone=calendar.zone),
        blocks=(
            Facts((*week, (tr("A business day counts", language), duration_text(calendar.day_minutes * 60, language)))),
            Words(beyond_known(calendar, language, year)),
        ),
        sections=(
            Section(
                tr("Days that differ", language),
                (Grid((tr("day", language), tr("what", language), tr("hours", language)), special),),
            ),
            Section(tr("Open hours", language), (Grid(columns, (*rows, total)),)),
        ),
        source=str(calendar.where),
    )


def svg(calendar: Calendar, language: Language, year: int) -> str:
    """The year as a map: a row for each month, a square for each day; fuller colour means longer hours."""
    heading, told = heading_of(calendar, language, year)
    parts = heading_drawn(heading, told)
    for column in range(37):
        parts.append(weekday_drawn(column, _x(column), TOP - 8, language))
    for number, (month, _, seconds) in enumerate(open_by_month(calendar, year)):
        y = TOP + number * (DAY + 5)
        label = month_name(month, language)
        parts.append(element("text", words(label), x=MONTH_LEFT - 10, y=y + 14, class_="row-label"))
        parts += days_drawn(calendar, date(year, number + 1, 1), lambda slot, y=y: (_x(slot), y), language)  # type: ignore[misc]
        parts.append(element("text", words(duration_text(seconds, language)), x=_x(37) + 8, y=y + 14, class_="note"))
    bottom = TOP + 12 * (DAY + 5) + 8
    parts += legend_drawn(MONTH_LEFT, bottom, 5, language)
    return picture(heading, told, element("g", *parts), _x(37) + 110, bottom + 34, language)


def _x(column: int) -> float:
    return MONTH_LEFT + column * DAY + (column // 7) * WEEK_GAP


def heading_of(calendar: Calendar, language: Language, year: int) -> tuple[str, str]:
    """What a drawing of a year is called, and what is to be known about it."""
    told = " · ".join(filter(None, (calendar.zone, beyond_known(calendar, language, year))))
    return f"{calendar.title.in_(language)} · {year}", told


def heading_drawn(heading: str, told: str) -> list[str]:
    """The two at the top of the drawing."""
    return [
        element("text", words(heading), x=12, y=28, class_="heading"),
        element("text", words(told), x=12, y=48, class_="sub"),
    ]


def month_name(month: str, language: Language) -> str:
    """A month under a heading that has its year."""
    return month_text(month, language).replace(f" {month[:4]}", "").replace(f"{month[:4]}年", "")


def weekday_drawn(column: int, x: float, y: float, language: Language) -> str:
    """The day of the week over the column that it heads."""
    name = WEEKDAYS[language][column % 7]
    return element("text", name[-1:] if language == "zh" else name[:2], x=x + DAY / 2 - 1, y=y, class_="day-number")


def days_drawn(
    calendar: Calendar, first: date, at: Callable[[int], tuple[float, float]], language: Language
) -> list[str]:
    """The squares of the month that begins on `first`; `at` says where its places are, counted from the Monday of its first week."""
    parts = []
    day, longest = first, _longest(calendar)
    while day.month == first.month:
        x, y = at(first.weekday() + day.day - 1)
        kind = _kind(calendar, day, longest)
        told = f"{day} {slots_text(slots_on(calendar, day), language)}"
        if day in calendar.special:
            told += f" · {calendar.special[day].title.in_(language)}"
        square = element(
            "rect", element("title", words(told)), x=x, y=y, width=DAY - 2, height=DAY - 2, rx=4, class_=f"day {kind}"
        )  # fmt: skip
        number = element(
            "text",
            str(day.day),
            x=x + DAY / 2 - 1,
            y=y + 13,
            class_="day-number on" if kind in ("open", "holiday", "makeup") else "day-number",
        )
        parts.append(square + number)
        day += timedelta(days=1)
    return parts


def _longest(calendar: Calendar) -> int:
    every = (*calendar.week, *(entry.slots for entry in calendar.special.values()))
    return max((sum(slot.end - slot.start for slot in slots) for slots in every), default=0)


def _kind(calendar: Calendar, day: date, longest: int) -> str:
    minutes = sum(slot.end - slot.start for slot in slots_on(calendar, day))
    if day in calendar.special and not minutes:
        return "holiday"
    if not minutes:
        return "closed"
    if day in calendar.special and not calendar.week[day.weekday()]:
        return "makeup"
    return "open" if minutes > 0.75 * longest else "short"


def legend_drawn(left: float, top: float, columns: int, language: Language) -> list[str]:
    """What the colours of the squares mean, in so many columns."""
    told = (
        ("open", tr("open", language)),
        ("short", tr("shorter hours", language)),
        ("makeup", tr("extra working day", language)),
        ("holiday", tr("holiday", language)),
        ("closed", tr("closed", language)),
    )
    parts = []
    for number, (kind, label) in enumerate(told):
        x, y = left + number % columns * 150, top + number // columns * 24
        parts.append(element("rect", x=x, y=y, width=14, height=14, rx=3, class_=f"day {kind}"))
        parts.append(element("text", words(label), x=x + 20, y=y + 12, class_="note"))
    return parts


def data(calendar: Calendar, year: int) -> Mapping[str, object]:
    """The calendar's year for a program: every day with hours, and what each month sums up to."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    return {
        "id": calendar.id,
        "zone": calendar.zone,
        "year": year,
        "known_until": str(calendar.known_until) if calendar.known_until else None,
        "months": [{"month": m, "days": n, "open_seconds": s} for m, n, s in open_by_month(calendar, year)],
        "days": [
            {
                "date": str(day),
                "hours": [[s.start, s.end] for s in slots_on(calendar, day)],
                "special": calendar.special[day].title.en if day in calendar.special else None,
            }
            for day in days
        ],
        "source": str(calendar.where),
    }

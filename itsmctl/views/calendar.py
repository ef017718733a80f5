"""A calendar: its week, its special days, and the open hours of a whole year."""

from __future__ import annotations

from collections.abc import Mapping
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
    longest = max(
        (sum(s.end - s.start for s in slots) for slots in (*calendar.week, *(e.slots for e in calendar.special.values()))),
        default=0,
    )  # fmt: skip
    heading = f"{calendar.title.in_(language)} · {year}"
    told = " · ".join(filter(None, (calendar.zone, beyond_known(calendar, language, year))))
    parts = [
        element("text", words(heading), x=12, y=28, class_="heading"),
        element("text", words(told), x=12, y=48, class_="sub"),
    ]
    for column in range(37):
        label = WEEKDAYS[language][column % 7][-1:] if language == "zh" else WEEKDAYS[language][column % 7][:2]
        parts.append(element("text", label, x=_x(column) + DAY / 2 - 1, y=TOP - 8, class_="day-number"))
    for number, (month, _, seconds) in enumerate(open_by_month(calendar, year)):
        y = TOP + number * (DAY + 5)
        label = month_text(month, language).replace(f" {year}", "").replace(f"{year}年", "")
        parts.append(element("text", words(label), x=MONTH_LEFT - 10, y=y + 14, class_="row-label"))
        parts += _month(calendar, year, number + 1, y, longest, language)
        parts.append(element("text", words(duration_text(seconds, language)), x=_x(37) + 8, y=y + 14, class_="note"))
    bottom = TOP + 12 * (DAY + 5) + 8
    parts += _legend(bottom, language)
    return picture(heading, told, element("g", *parts), _x(37) + 110, bottom + 34, language)


def _x(column: int) -> float:
    return MONTH_LEFT + column * DAY + (column // 7) * WEEK_GAP


def _month(calendar: Calendar, year: int, month: int, y: float, longest: int, language: Language) -> list[str]:
    parts = []
    day = date(year, month, 1)
    while day.month == month:
        column = date(year, month, 1).weekday() + day.day - 1
        kind = _kind(calendar, day, longest)
        told = f"{day} {slots_text(slots_on(calendar, day), language)}"
        if day in calendar.special:
            told += f" · {calendar.special[day].title.in_(language)}"
        square = element(
            "rect", element("title", words(told)), x=_x(column), y=y, width=DAY - 2, height=DAY - 2, rx=4, class_=f"day {kind}"
        )  # fmt: skip
        number = element(
            "text",
            str(day.day),
            x=_x(column) + DAY / 2 - 1,
            y=y + 13,
            class_="day-number on" if kind in ("open", "holiday", "makeup") else "day-number",
        )
        parts.append(square + number)
        day += timedelta(days=1)
    return parts


def _kind(calendar: Calendar, day: date, longest: int) -> str:
    minutes = sum(slot.end - slot.start for slot in slots_on(calendar, day))
    if day in calendar.special and not minutes:
        return "holiday"
    if not minutes:
        return "closed"
    if day in calendar.special and not calendar.week[day.weekday()]:
        return "makeup"
    return "open" if minutes > 0.75 * longest else "short"


def _legend(y: float, language: Language) -> list[str]:
    told = (
        ("open", tr("open", language)),
        ("short", tr("shorter hours", language)),
        ("makeup", tr("extra working day", language)),
        ("holiday", tr("holiday", language)),
        ("closed", tr("closed", language)),
    )
    parts = []
    for number, (kind, label) in enumerate(told):
        x = MONTH_LEFT + number * 150
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

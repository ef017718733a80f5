"""The special days of the reference calendars, from packages that collect what was published.

The calendars themselves are YAML, so that no verdict depends on a package. Once a year, when the packages know more:

    python tests/published_holidays.py cn-office --until 2027-12-31     # prints the days, to be compared and pasted

`tests/test_calendars.py` holds the YAML against the same functions.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile

OFFICE_CN, SUPPLIER_CN, HALF_DAY = '"09:00-12:00", "13:30-18:00"', '"08:30-20:00"', '"09:00-13:00"'
FIRST = date(2025, 1, 1)


@dataclass(frozen=True)
class PublishedDay:
    """A day that differs from its weekday: closed, or with hours as YAML writes them."""

    day: date
    en: str
    zh: str
    hours: str = ""

    def yaml(self) -> str:
        """Its line in a calendar."""
        hours = f", hours: [{self.hours}]" if self.hours else ""
        return f"  - {{date: {self.day}, title: {{en: {self.en}, zh: {self.zh}}}{hours}}}"


CHINESE = {
    "New Year's Day": ("New Year", "元旦"), "Spring Festival": ("Spring Festival", "春节"), "Tomb-sweeping Day": ("Qingming", "清明节"),
    "Labour Day": ("Labour Day", "劳动节"), "Dragon Boat Festival": ("Dragon Boat Festival", "端午节"),
    "Mid-autumn Festival": ("Mid-Autumn Festival", "中秋节"), "National Day": ("National Day", "国庆节"),
}  # fmt: skip
EUROPEAN = {
    "New Year's Day": ("New Year's Day", "元旦"), "Women's Day": ("Women's Day", "妇女节"), "Good Friday": ("Good Friday", "耶稣受难日"),
    "Easter Sunday": ("Easter Sunday", "复活节星期日"), "Easter Monday": ("Easter Monday", "复活节星期一"), "King's Day": ("King's Day", "国王节"),
    "Liberation Day": ("Liberation Day", "解放日"), "Labor Day": ("Labour Day", "劳动节"), "Ascension Day": ("Ascension Day", "耶稣升天节"),
    "Pentecost": ("Whit Sunday", "圣灵降临节星期日"), "Pentecost Monday": ("Whit Monday", "圣灵降临节星期一"),
    "German Unity Day": ("German Unity Day", "德国统一日"), "Christmas Day": ("Christmas Day", "圣诞节"),
    "Second Day of Christmas": ("Boxing Day", "圣诞节次日"),
    "80th anniversary of the liberation from Nazism and the end of the Second World War in Europe":
        ("80 years of liberation (2025 only)", "解放80周年纪念日（仅2025年）"),
}  # fmt: skip


def china(make_up_hours: str) -> Iterator[PublishedDay]:
    """Holidays and make-up working days, as far as the State Council has published them."""
    from chinese_calendar.constants import holidays, workdays

    found = {day: PublishedDay(day, *CHINESE[name]) for day, name in holidays.items() if name in CHINESE}
    for day, name in workdays.items():
        if day >= FIRST:
            en, zh = CHINESE[name]
            found[day] = PublishedDay(day, f"Make-up working day ({en})", f"{zh}调休上班", make_up_hours)
    return (found[day] for day in sorted(found) if day >= FIRST)


def spring_festival() -> Iterator[PublishedDay]:
    """New Year's Eve and the first two days of the lunar year, on which even the warehouses close."""
    from chinese_calendar.constants import holidays
    from holidays import country_holidays

    for year in sorted({day.year for day in holidays if day >= FIRST}):
        names = country_holidays("CN", years=year, language="en_US")
        first = min(day for day, name in names.items() if name == "Chinese New Year (Spring Festival)")
        yield PublishedDay(first - timedelta(1), "Lunar New Year's Eve", "除夕")
        yield PublishedDay(first, "Spring Festival", "春节")
        yield PublishedDay(first + timedelta(1), "Spring Festival", "春节")


def europe(country: str, state: str | None, last_year: int, half_days: bool) -> Iterator[PublishedDay]:
    """Public holidays by law; with `half_days` also the two afternoons that the house gives."""
    from holidays import country_holidays

    for year in range(FIRST.year, last_year + 1):
        days = [
            PublishedDay(day, *EUROPEAN[name])
            for day, name in country_holidays(country, subdiv=state, years=year, language="en_US").items()
        ]
        if half_days:
            days += [
                PublishedDay(date(year, 12, 24), "Christmas Eve", "平安夜", HALF_DAY),
                PublishedDay(date(year, 12, 31), "New Year's Eve", "新年前夜", HALF_DAY),
            ]
        yield from sorted(days, key=lambda entry: entry.day)


PUBLISHED: Mapping[str, Callable[[int], Iterator[PublishedDay]]] = {
    "cn-office": lambda _: china(OFFICE_CN),
    "eu-office": lambda last: europe("DE", "BE", last, half_days=True),
    "supplier-hengtong": lambda _: china(SUPPLIER_CN),
    "supplier-jiechi": lambda _: spring_festival(),
    "warehouse-rotterdam": lambda last: europe("NL", None, last, half_days=False),
    "warehouse-shanghai": lambda _: spring_festival(),
}
"""What was published up to the end of a year, by the id of the calendar that uses it."""


def published(calendar: str, until: date) -> list[PublishedDay]:
    """The special days of a reference calendar up to a day."""
    return list(takewhile(lambda entry: entry.day <= until, PUBLISHED[calendar](until.year)))


def main() -> None:
    """Print the days of one calendar as YAML."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("calendar", choices=sorted(PUBLISHED))
    parser.add_argument("--until", type=date.fromisoformat, default=date(2027, 12, 31), metavar="YYYY-MM-DD")
    chosen = parser.parse_args()
    year = 0
    print("days:")
    for entry in published(chosen.calendar, chosen.until):
        if entry.day.year != year:
            year = entry.day.year
            print(f"  # {year}")
        print(entry.yaml())


if __name__ == "__main__":
    main()

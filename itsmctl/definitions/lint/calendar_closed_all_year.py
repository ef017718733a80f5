"""A calendar has open hours in the year that follows.

日历在未来一年内有开放时间。

Why
    A clock that counts in a calendar without open hours never reaches its target: every ticket is in time for ever.

    在没有开放时间的日历中，时钟永远走不到目标，每张工单都永远“按时”。

Passes
    # --as-of 2026-06-30
    kind: calendar
    id: office
    zone: Asia/Shanghai
    week: {mon: ["09:00-18:00"]}

Fails
    # --as-of 2026-06-30
    kind: calendar
    id: stocktaking
    zone: Asia/Shanghai
    week: {mon: []}  # <-
    days:
      - {date: 2025-12-31, title: Stocktaking, hours: ["08:00-20:00"]}

Remedy
    Enter the hours of the coming year, or end what counts in this calendar.

    填写来年的开放时间，或者终止使用该日历的约定。
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity
from itsmctl.model.periods import in_force
from itsmctl.worktime import open_seconds

CODE = "calendar-closed-all-year"
SEVERITY: Severity = "warning"
READS = ("calendar",)
_YEAR = 366 * 86_400


def check(system: System) -> Iterator[Problem]:
    """Calendars without an open second in the year from the day named; without a day, none."""
    if system.as_of is None:
        return
    start = int(datetime(system.as_of.year, system.as_of.month, system.as_of.day, tzinfo=UTC).timestamp())
    for calendar in system.all(model.Calendar):
        c = calendar.definition
        if in_force(c.effective, system.as_of) and not any(c.week) and not open_seconds(c, start, start + _YEAR):
            template = "calendar {calendar} has no open hours in the year from {day}"
            values = {"calendar": c.id, "day": system.as_of}
            yield Problem(CODE, template, calendar.where("week"), values, SEVERITY)

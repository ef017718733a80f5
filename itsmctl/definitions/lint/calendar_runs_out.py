"""The special days of a calendar are known up to the day of judgement.

日历的特殊日期已公布到判定之日。

Why
    Holidays and make-up working days (调休) are published year by year. After the last known day a calendar still counts, but
    by its week alone, and every deadline around a holiday is wrong.

    节假日与调休逐年公布。过了最后已知日期，日历仍按每周时间计算，节假日前后的时限全都会错。

Passes
    # --as-of 2026-06-30
    kind: calendar
    id: cn-office
    known-until: 2026-12-31

Fails
    # --as-of 2027-01-04
    kind: calendar
    id: cn-office
    known-until: 2026-12-31  # <-

Remedy
    Enter the days of the new year as published, and move `known-until`.

    录入新公布的年度日期，并更新 `known-until`。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity
from itsmctl.model.periods import in_force

CODE = "calendar-runs-out"
SEVERITY: Severity = "warning"
READS = ("calendar",)


def check(system: System) -> Iterator[Problem]:
    """Calendars whose special days are known up to before the day named; without a day, none."""
    for calendar in system.all(model.Calendar):
        until = calendar.definition.known_until
        if system.as_of and until and until < system.as_of and in_force(calendar.definition.effective, system.as_of):
            template = "the special days of calendar {calendar} are known up to {until} only"
            values = {"calendar": calendar.definition.id, "until": until}
            yield Problem(CODE, template, calendar.where("known-until"), values, SEVERITY)

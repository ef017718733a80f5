"""Calendar arithmetic: pure functions on epoch seconds, from opening hours to the ledger and verdict of a clock."""

from __future__ import annotations

from itsmctl.worktime.calendars import (
    DayTable,
    day_columns,
    day_rows,
    day_table,
    has_hours,
    known_before,
    open_intervals,
    open_seconds,
)
from itsmctl.worktime.conditions import Values, is_empty, meets
from itsmctl.worktime.durations import Duration, duration_text, parse_duration, parse_slot
from itsmctl.worktime.editions import calendar_as
from itsmctl.worktime.fitting import Leg, WorstCase, always_open_with, worst_case
from itsmctl.worktime.lived_clock import Change, Reign, Terms, lived_clock
from itsmctl.worktime.measuring import HORIZON, NO_TARGET, Pause, measure
from itsmctl.worktime.record_clock import RecordClock, record_clock
from itsmctl.worktime.workdays import MOST_DAYS, business_days_from, open_days
from itsmctl.worktime.zones import YEARS, moment_text, offset_spans, parse_day, parse_moment

__all__ = [
    "HORIZON",
    "MOST_DAYS",
    "NO_TARGET",
    "YEARS",
    "Change",
    "DayTable",
    "Duration",
    "Leg",
    "Pause",
    "RecordClock",
    "Reign",
    "Terms",
    "Values",
    "WorstCase",
    "always_open_with",
    "business_days_from",
    "calendar_as",
    "day_columns",
    "day_rows",
    "day_table",
    "duration_text",
    "has_hours",
    "is_empty",
    "known_before",
    "lived_clock",
    "measure",
    "meets",
    "moment_text",
    "offset_spans",
    "open_days",
    "open_intervals",
    "open_seconds",
    "parse_day",
    "parse_duration",
    "parse_moment",
    "parse_slot",
    "record_clock",
    "worst_case",
]

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
from itsmctl.worktime.durations import Duration, duration_text, parse_duration, parse_slot
from itsmctl.worktime.fitting import Leg, WorstCase, always_open_with, worst_case
from itsmctl.worktime.measuring import HORIZON, NO_TARGET, Pause, measure
from itsmctl.worktime.record_clock import RecordClock, record_clock
from itsmctl.worktime.zones import YEARS, moment_text, offset_spans, parse_day, parse_moment

__all__ = [
    "HORIZON",
    "NO_TARGET",
    "YEARS",
    "DayTable",
    "Duration",
    "Leg",
    "Pause",
    "RecordClock",
    "WorstCase",
    "always_open_with",
    "day_columns",
    "day_rows",
    "day_table",
    "duration_text",
    "has_hours",
    "known_before",
    "measure",
    "moment_text",
    "offset_spans",
    "open_intervals",
    "open_seconds",
    "parse_day",
    "parse_duration",
    "parse_moment",
    "parse_slot",
    "record_clock",
    "worst_case",
]

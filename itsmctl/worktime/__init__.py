"""Calendar arithmetic: pure functions on epoch seconds, from opening hours to the ledger and verdict of a clock.

Every name can be imported from here, and loads its module when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from itsmctl.lazily import homes, loader

if TYPE_CHECKING:
    from itsmctl.worktime.calendars import DayTable as DayTable
    from itsmctl.worktime.calendars import day_columns as day_columns
    from itsmctl.worktime.calendars import day_rows as day_rows
    from itsmctl.worktime.calendars import day_table as day_table
    from itsmctl.worktime.calendars import has_hours as has_hours
    from itsmctl.worktime.calendars import known_before as known_before
    from itsmctl.worktime.calendars import open_intervals as open_intervals
    from itsmctl.worktime.calendars import open_seconds as open_seconds
    from itsmctl.worktime.conditions import Values as Values
    from itsmctl.worktime.conditions import is_empty as is_empty
    from itsmctl.worktime.conditions import meets as meets
    from itsmctl.worktime.durations import Duration as Duration
    from itsmctl.worktime.durations import duration_text as duration_text
    from itsmctl.worktime.durations import parse_duration as parse_duration
    from itsmctl.worktime.durations import parse_slot as parse_slot
    from itsmctl.worktime.editions import calendar_as as calendar_as
    from itsmctl.worktime.fitting import Leg as Leg
    from itsmctl.worktime.fitting import WorstCase as WorstCase
    from itsmctl.worktime.fitting import always_open_with as always_open_with
    from itsmctl.worktime.fitting import worst_case as worst_case
    from itsmctl.worktime.living import Reign as Reign
    from itsmctl.worktime.living import Terms as Terms
    from itsmctl.worktime.living import lived_clock as lived_clock
    from itsmctl.worktime.measuring import HORIZON as HORIZON
    from itsmctl.worktime.measuring import NO_TARGET as NO_TARGET
    from itsmctl.worktime.measuring import Pause as Pause
    from itsmctl.worktime.measuring import measure as measure
    from itsmctl.worktime.promised import NO_FIT as NO_FIT
    from itsmctl.worktime.promised import Change as Change
    from itsmctl.worktime.promised import fitting_target as fitting_target
    from itsmctl.worktime.promised import stored_with as stored_with
    from itsmctl.worktime.promised import values_at as values_at
    from itsmctl.worktime.recorded import RecordClock as RecordClock
    from itsmctl.worktime.recorded import record_clock as record_clock
    from itsmctl.worktime.workdays import MOST_DAYS as MOST_DAYS
    from itsmctl.worktime.workdays import business_days_from as business_days_from
    from itsmctl.worktime.workdays import open_days as open_days
    from itsmctl.worktime.zones import YEARS as YEARS
    from itsmctl.worktime.zones import moment_text as moment_text
    from itsmctl.worktime.zones import offset_spans as offset_spans
    from itsmctl.worktime.zones import parse_day as parse_day
    from itsmctl.worktime.zones import parse_moment as parse_moment

_MODULES = {
    "calendars": "DayTable day_columns day_rows day_table has_hours known_before open_intervals open_seconds",
    "conditions": "Values is_empty meets",
    "durations": "Duration duration_text parse_duration parse_slot",
    "editions": "calendar_as",
    "fitting": "Leg WorstCase always_open_with worst_case",
    "living": "Reign Terms lived_clock",
    "measuring": "HORIZON NO_TARGET Pause measure",
    "promised": "NO_FIT Change fitting_target stored_with values_at",
    "recorded": "RecordClock record_clock",
    "workdays": "MOST_DAYS business_days_from open_days",
    "zones": "YEARS moment_text offset_spans parse_day parse_moment",
}
_HOME = homes(_MODULES)

__all__ = list(_HOME)  # noqa: PLE0605
__getattr__ = loader(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted(_HOME)

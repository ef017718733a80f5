"""Open time by the calendars that rules name: what a check needs to measure in working hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from itsmctl.engine.session import Session
from itsmctl.engine.sql import Fragment, name
from itsmctl.model import FORESEEN_COLUMNS, TIME_COLUMNS, Calendar, Parameter
from itsmctl.worktime import day_columns, day_rows, day_table, known_before, parse_duration

DAY = 86_400


@dataclass(frozen=True)
class Opening:
    """One calendar in the table `opening`, under a number; its days are known before a moment."""

    calendar: Calendar
    number: int
    segments: int
    known_before: int
    until: int
    """Open seconds before the moment of the audit."""


def earliest(session: Session, table: str, columns: Iterable[str], otherwise: int) -> int:
    """The earliest moment since 1970 in some columns of a table; `otherwise` where there is none."""
    first = ", ".join(f"min(CASE WHEN {name(column)} >= 0 THEN {name(column)} END)" for column in columns)
    found = session.one(f"SELECT {first} FROM {table}") if first else ()
    return min((int(str(moment)) for moment in found if moment is not None), default=otherwise)


def create_openings(session: Session, calendars: Iterable[Calendar], as_of: int) -> Mapping[str, Opening]:
    """Create `opening`, the day table of some calendars over all that the history holds and the year that it foresees.

    Nothing for no calendars.
    """
    named = sorted({calendar.id: calendar for calendar in calendars}.items())
    if not named:
        return {}
    sources = {"record": TIME_COLUMNS, "event": ("moment",), "approval": ("moment",)}
    first_day = min(as_of, *(earliest(session, table, columns, as_of) for table, columns in sources.items())) // DAY
    tables = [day_table(calendar, first_day, _latest_foreseen(session, as_of) // DAY + 1) for _, calendar in named]
    segments = max(table.segments for table in tables)
    columns = day_columns(segments)
    session.run(f"CREATE TABLE opening ({', '.join(f'{column} BIGINT' for column in columns)})")
    session.insert("opening", columns, (row for n, table in enumerate(tables) for row in day_rows(table, n, segments)))
    openings = {}
    for number, ((id_, calendar), table) in enumerate(zip(named, tables, strict=True)):
        before, opens = table.before[as_of // DAY - first_day], table.opens[as_of // DAY - first_day]
        until = before + sum(min(max(as_of % DAY - low, 0), high - low) for low, high in opens)
        openings[id_] = Opening(calendar, number, segments, known_before(calendar), until)
    return openings


def _latest_foreseen(session: Session, as_of: int) -> int:
    """The last moment that is planned or due within a year of the audit; that of the audit where nothing is."""
    last = as_of + 366 * DAY
    moments = ", ".join(f"max(CASE WHEN {name(c)} <= {last} THEN {name(c)} END)" for c in FORESEEN_COLUMNS)
    found = session.one(f"SELECT {moments} FROM record")
    return max((int(str(moment)) for moment in found if moment is not None and int(str(moment)) > as_of), default=as_of)


def counted_until(opening: Opening | None, moment: str, day: str) -> str:
    """SQL for the time before a moment that counts: open seconds, or all of them without a calendar.

    `day` aliases the row that `join_day` joins. A moment beyond what is known of the calendar gives NULL.
    """
    if opening is None:
        return moment
    return f"CASE WHEN {moment} <= {opening.known_before} THEN {open_before(day, moment, opening.segments)} END"


def open_before(day: str, moment: str, segments: int) -> str:
    """SQL for the open seconds before a moment, by the row of its day in a day table."""
    inside = " + ".join(
        f"least(greatest({moment} % {DAY} - {day}.s{n}, 0), {day}.e{n} - {day}.s{n})" for n in range(1, segments + 1)
    )
    return f"{day}.cum + {inside}"


def join_day(opening: Opening | None, moment: str, day: str) -> Fragment:
    """The join that `counted_until` needs; nothing without a calendar."""
    if opening is None:
        return Fragment("")
    return Fragment(f" LEFT JOIN opening AS {day} ON {day}.k = {opening.number} * 100000 + {moment} // {DAY}")


@dataclass(frozen=True)
class Bound:
    """The most time that a rule allows, in seconds of a calendar or of the wall clock."""

    seconds: int
    opening: Opening | None
    text: str
    """As the rule has it: `4h`, or `1bd of cn-office`."""


BOUND: Mapping[str, object] = {
    "type": "string",
    "pattern": "^([0-9]+bd|[0-9]+h([0-9]+m)?|[0-9]+m)$",
    "examples": ["8h", "1bd"],
}
"""The schema of such a time; business days need a calendar, as `days_need_calendar` says."""


def days_need_calendar(key: str) -> dict[str, object]:
    """What a schema adds so that a time in business days names its calendar."""
    return {
        "if": {"properties": {key: {"pattern": "bd$"}}, "required": [key]},
        "then": {"required": ["calendar"]},
    }


def bound_of(parameters: Mapping[str, Parameter], key: str, openings: Mapping[str, Opening]) -> Bound:
    """The time that a rule gives under `key`, by its `calendar` if it names one."""
    opening, written = openings.get(str(parameters.get("calendar", ""))), str(parameters[key])
    seconds = parse_duration(written).seconds_in(opening.calendar.day_minutes if opening else 0)
    return Bound(seconds, opening, f"{written} of {opening.calendar.id}" if opening else written)

"""Calendars compared: shorter service time loosens, because clocks count less; for what must not come too soon it tightens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from itsmctl.change.judging import At, by_duration, ordered
from itsmctl.change.types import Effect
from itsmctl.marks import Value
from itsmctl.model import Calendar, Slot
from itsmctl.worktime import always_open_with, parse_slot

_USUAL_YEARS = (2026, 2028)
_AT_MOST = frozenset({"approved", "dwell-within", "elapsed-within", "untouched"}) | frozenset(
    f"{prefix}{order}" for prefix in ("", "alternate-", "chain-") for order in ("precedence", "response", "succession")
)
"""The checks that allow at most so much open time. Others by a calendar demand at least so much, or count its days."""


def by_calendar(old: Value, new: Value, at: At) -> Effect:
    """Another calendar: looser where it is open less, and never when the one before is closed."""
    a, b = at.base.calendars.get(str(old)), at.head.calendars.get(str(new))
    if a is None or b is None:
        return "review"
    if a.day_minutes != b.day_minutes:  # targets in business days move the other way
        return "review"
    first, last = _years(a, b)
    effect = ordered("tightened", always_open_with(a, b, first, last), always_open_with(b, a, first, last))
    return "structural" if effect == "neutral" else effect  # today the same hours, and another name


def by_hours(old: Value, new: Value, at: At) -> Effect:
    """Hours of a weekday: less open time loosens."""
    return _for_readers(_by_slots(_slots(old), _slots(new)), at)


def by_day_length(old: Value, new: Value, at: At) -> Effect:
    """How long a business day is: a longer one loosens."""
    return _for_readers(by_duration("loosened")(old, new, at), at)


def by_special_day(old: Value, new: Value, at: At) -> Effect:
    """Hours of one date, against what would hold on it otherwise: a holiday loosens, a make-up working day tightens."""
    day = date.fromisoformat(at.names[-1] if len(at.names[-1]) == 10 else at.names[-2])
    sides = []
    for calendar in (at.base.calendars.get(at.base_id), at.head.calendars.get(at.head_id)):
        if calendar is None:
            return "review"
        special = calendar.special.get(day)
        sides.append(special.slots if special else _usual(calendar, day))
    return _for_readers(_by_slots(*(_minutes(slots) for slots in sides)), at)


def _for_readers(effect: Effect, at: At) -> Effect:
    """What less or more open time does to those who count by the calendar: nobody can say where one of them must not come too soon."""
    if effect == "neutral":
        return effect
    sides = ((at.base, at.base_id), (at.head, at.head_id))
    readers = [rule for side, id_ in sides for rule in side.rules.values() if rule.parameters.get("calendar") == id_]
    return "review" if any(rule.check not in _AT_MOST for rule in readers) else effect


def _by_slots(old: frozenset[int], new: frozenset[int]) -> Effect:
    return ordered("tightened", old <= new, new <= old)


def _slots(value: Value) -> frozenset[int]:
    """The open minutes of a day; those after midnight count on."""
    written = value if isinstance(value, list) else []
    found: set[int] = set()
    for text in written:
        today, tomorrow = parse_slot(str(text))
        found |= _minutes(today) | {minute + 1440 for minute in _minutes(tomorrow)}
    return frozenset(found)


def _minutes(slots: Sequence[Slot]) -> frozenset[int]:
    return frozenset(minute for slot in slots for minute in range(slot.start, slot.end))


def _usual(calendar: Calendar, day: date) -> Sequence[Slot]:
    weeks = [week for start, week in calendar.later if start <= day]
    return (weeks[-1] if weeks else calendar.week)[day.weekday()]


def _years(*calendars: Calendar) -> tuple[int, int]:
    """The moments between which calendars are compared: the years of their special days and one more on either side."""
    days = [day for calendar in calendars for day in calendar.special]
    days += [start for calendar in calendars for start, _ in calendar.later]
    first = min((day.year for day in days), default=_USUAL_YEARS[0]) - 1
    last = max((day.year for day in days), default=_USUAL_YEARS[1]) + 2
    return tuple(int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (first, last))  # type: ignore[return-value]

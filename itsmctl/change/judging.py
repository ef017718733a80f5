"""Directions: what a change from one value to another does to the demands, computed, and `review` where nobody can say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from itsmctl.change.forms import key_of
from itsmctl.change.types import Effect
from itsmctl.marks import Value
from itsmctl.model import Definitions
from itsmctl.worktime import parse_duration


@dataclass(frozen=True)
class At:
    """Where a judgement is asked: both systems, the definition on either side, and the names on the way to the value."""

    base: Definitions
    head: Definitions
    base_id: str
    head_id: str
    names: tuple[str, ...] = ()
    old: Value = None
    """The whole definition on the base side, None where there is none."""
    new: Value = None


Judge = Callable[[Value, Value, At], Effect]
"""From the old and the new value, both in their normal form and None where there is none."""

_OPPOSITE: dict[Effect, Effect] = {"loosened": "tightened", "tightened": "loosened"}


def opposite(effect: Effect) -> Effect:
    """What the way back does."""
    return _OPPOSITE.get(effect, effect)


def always(effect: Effect) -> Judge:
    """The same whatever the values."""
    return lambda old, new, at: effect


def ordered(more: Effect, before: bool, after: bool) -> Effect:
    """From whether each value lies below the other or equals it: the effect of going up, or of going down."""
    if before and after:
        return "neutral"
    return more if before else opposite(more) if after else "review"


def by_number(more: Effect, *, absent: float | None = None) -> Judge:
    """A larger number has the effect `more`; a value that is left out counts as `absent`, or nobody can say."""

    def judge(old: Value, new: Value, at: At) -> Effect:
        a, b = _number(old, absent), _number(new, absent)
        return "review" if a is None or b is None else ordered(more, a <= b, b <= a)

    return judge


def by_duration(more: Effect, *, absent: Effect | None = None) -> Judge:
    """A longer time has the effect `more`; taking the time away altogether has the effect `absent`."""

    def judge(old: Value, new: Value, at: At) -> Effect:
        if old is None or new is None:
            return "review" if absent is None else absent if new is None else opposite(absent)
        return compare_durations(str(old), str(new), more, at)

    return judge


def compare_durations(old: str, new: str, more: Effect, at: At) -> Effect:
    """A longer time has the effect `more`; a business day is as long as the calendar says."""
    a, b = parse_duration(old), parse_duration(new)
    lengths = _day_lengths(at)
    # Where nobody names a calendar, what is longer for the shortest and for the longest day is longer for every day.
    ends = [(a.seconds_in(x), b.seconds_in(y)) for x, y in ([lengths] if lengths else [(1, 1), (1440, 1440)])]
    return ordered(more, all(x <= y for x, y in ends), all(y <= x for x, y in ends))


def _day_lengths(at: At) -> tuple[int, int] | None:
    """The minutes of a business day on either side; None where no one calendar says it."""
    found = []
    for side, definition in ((at.base, at.old), (at.head, at.new)):
        named = list(_under(definition, "calendar"))
        calendar = side.calendars.get(str(named[0])) if len(named) == 1 else None
        if calendar is None or "weekday" in _under(definition, "business-day"):
            return None
        found.append(calendar.day_minutes)
    return found[0], found[1]


def _under(value: Value, key: str) -> Iterator[Value]:
    """Everything that stands under a key, wherever."""
    for name, child in value.items() if isinstance(value, dict) else ():
        if name == key:
            yield child
        yield from _under(child, key)
    for child in value if isinstance(value, list) else ():
        yield from _under(child, key)


def by_months(more: Effect, *, absent: Effect | None = None) -> Judge:
    """A longer time in months (`12mo`) has the effect `more`."""

    def judge(old: Value, new: Value, at: At) -> Effect:
        if old is None or new is None:
            return "review" if absent is None else absent if new is None else opposite(absent)
        if all(str(value).endswith("mo") for value in (old, new)):
            a, b = (int(str(value).removesuffix("mo")) for value in (old, new))
            return ordered(more, a <= b, b <= a)
        (least, most), (fewest, longest) = (_days(str(value)) for value in (old, new))
        return ordered(more, most <= fewest, longest <= least)

    return judge


def by_day(later: Effect, *, absent: date = date.max) -> Judge:
    """A later day, or moment with its zone, has the effect `later`."""

    def judge(old: Value, new: Value, at: At) -> Effect:
        a, b = (absent.isoformat() if value is None else str(value) for value in (old, new))
        if ("T" in a) != ("T" in b):
            return ordered(later, a[:10] < b[:10], b[:10] < a[:10])
        if "T" in a:
            from itsmctl.worktime import parse_moment

            c, d = parse_moment(a, "UTC"), parse_moment(b, "UTC")
            return ordered(later, c <= d, d <= c)
        return ordered(later, a <= b, b <= a)

    return judge


def by_members(more: Effect, *, absent_is_all: bool = False) -> Judge:
    """More members have the effect `more`; a list that is left out holds nothing, or everything."""

    def judge(old: Value, new: Value, at: At) -> Effect:
        if absent_is_all and (old is None or new is None):
            return more if new is None else opposite(more)
        a, b = ({key_of(one) for one in value} if isinstance(value, list) else set() for value in (old, new))
        return ordered(more, a <= b, b <= a)

    return judge


def by_rank(up: Effect, ranks: Sequence[str], *, absent: str | None = None) -> Judge:
    """A value further on in `ranks` has the effect `up`."""

    def judge(old: Value, new: Value, at: At) -> Effect:
        a, b = (absent if value is None else str(value) for value in (old, new))
        if a not in ranks or b not in ranks:
            return "review"
        return ordered(up, ranks.index(a) <= ranks.index(b), ranks.index(b) <= ranks.index(a))

    return judge


def by_flag(on: Effect) -> Judge:
    """Turning it on has the effect `on`."""
    return lambda old, new, at: on if new else opposite(on)


def by_limit(more: Effect) -> Judge:
    """More allowance, as a number or a percentage of which the larger counts, has the effect `more`."""

    def judge(old: Value, new: Value, at: At) -> Effect:
        a, b = (value if isinstance(value, dict) else {"count": 0, "percent": 0} for value in (old, new))
        pairs = [(_number(a[key], 0) or 0, _number(b[key], 0) or 0) for key in ("count", "percent")]
        return ordered(more, all(x <= y for x, y in pairs), all(y <= x for x, y in pairs))

    return judge


def _days(span: str) -> tuple[int, int]:
    """How many days `12mo` or `90d` are at least, and at most: months in a row are of no one length."""
    if span.endswith("d"):
        return (days := int(span.removesuffix("d"))), days
    months = int(span.removesuffix("mo"))
    return 365 * months // 12 - 2, 366 * months // 12 + 2


def _number(value: Value, absent: float | None) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return absent if value is None else None
    return value

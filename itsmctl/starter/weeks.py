"""The hours of a week, as people type them and as a calendar writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from itsmctl.errors import ItsmctlError, Problem
from itsmctl.model import Slot
from itsmctl.worktime import parse_slot

Week = tuple[tuple[str, tuple[str, ...]], ...]
"""Each day of the week from Monday on, with its open hours."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AROUND_THE_CLOCK: Week = tuple((day, ("00:00-24:00",)) for day in DAYS)
_ALWAYS = ("24x7", "7x24", "24/7")
_CHINESE = {
    "周": "",
    "星期": "",
    "至": "-",
    "到": "-",
    "：": ":",
    "，": " ",
    "、": " ",
    "；": ";",
    "－": "-",
    "–": "-",
    "～": "-",
    "×": "x",
}
_NUMERALS = dict(zip("一二三四五六日", DAYS, strict=True)) | {"天": "sun"}
_LAST_MINUTE = 24 * 60


def week_of(words: str) -> Week:
    """The week that words such as `mon-fri 09:00-12:00 13:30-18:00; sat 09:00-12:00` mean; without days, Monday to Friday."""
    plain = words.strip().lower()
    for chinese, ours in _CHINESE.items():
        plain = plain.replace(chinese, ours)
    for numeral, day in _NUMERALS.items():
        plain = plain.replace(numeral, day)
    if plain in _ALWAYS:
        return AROUND_THE_CLOCK
    hours: dict[str, tuple[str, ...]] = dict.fromkeys(DAYS, ())
    for part in filter(None, (part.strip() for part in plain.split(";"))):
        days, slots = _part(part, words)
        for day in days:
            hours[day] += slots
    week = tuple(hours.items())
    _check(week, words)
    return week


def week_text(week: Week) -> str:
    """A week in the words that `week_of` reads."""
    parts: list[tuple[list[str], tuple[str, ...]]] = []
    for day, slots in week:
        if parts and parts[-1][1] == slots:
            parts[-1][0].append(day)
        else:
            parts.append(([day], slots))
    named = ((days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}", slots) for days, slots in parts if slots)
    return "; ".join(f"{days} {' '.join(slots)}" for days, slots in named)


def day_length(week: Week) -> str:
    """What one business day is: the open time of the longest day of the week, as a duration."""
    minutes = max(sum(_minutes(slot) for slot in slots) for _, slots in week)
    hours, rest = divmod(minutes, 60)
    return (f"{hours}h" if hours else "") + (f"{rest}m" if rest else "")


def ordinary(week: Week) -> tuple[str, ...]:
    """The hours of the first day that is worked, cut at midnight: those of a make-up working day."""
    slots = next(slots for _, slots in week if slots)
    return tuple(_written(today) for slot in slots for today in parse_slot(slot)[0])


def _part(part: str, words: str) -> tuple[Sequence[str], tuple[str, ...]]:
    days: list[str] = []
    slots: list[str] = []
    for word in re.split(r"[\s,]+", re.sub(r"\s*-\s*", "-", part)):
        if match := re.fullmatch(r"([a-z]{3})[a-z]*(?:-([a-z]{3})[a-z]*)?", word):
            days += _days(match[1], match[2] or match[1], words)
        else:
            slots.append(_written_as_read(word))
    if not slots:
        raise _unclear(words)
    return days or DAYS[:5], tuple(slots)


def _days(first: str, last: str, words: str) -> list[str]:
    if first not in DAYS or last not in DAYS:
        raise _unclear(words)
    start, count = DAYS.index(first), (DAYS.index(last) - DAYS.index(first)) % 7 + 1
    return [DAYS[(start + step) % 7] for step in range(count)]


def _written_as_read(word: str) -> str:
    """`9:00-18:00` as `09:00-18:00`; raises ItsmctlError where it is no hours."""
    parse_slot(word)
    return "-".join(time.rjust(5, "0") for time in word.split("-"))


def _written(slot: Slot) -> str:
    return f"{slot.start // 60:02}:{slot.start % 60:02}-{slot.end // 60:02}:{slot.end % 60:02}"


def _minutes(slot: str) -> int:
    return sum(part.end - part.start for half in parse_slot(slot) for part in half)


def _check(week: Week, words: str) -> None:
    open_: list[tuple[int, int]] = []
    for number, (_, slots) in enumerate(week):
        for today, tomorrow in map(parse_slot, slots):
            open_ += [(number * _LAST_MINUTE + s.start, number * _LAST_MINUTE + s.end) for s in today]
            open_ += [
                ((number + 1) % 7 * _LAST_MINUTE + s.start, (number + 1) % 7 * _LAST_MINUTE + s.end) for s in tomorrow
            ]
    if not open_:
        raise _unclear(words)
    open_.sort()
    if any(later[0] < earlier[1] for earlier, later in zip(open_, open_[1:], strict=False)):
        raise ItsmctlError(Problem("hours-overlap", "opening hours overlap on one day"))


def _unclear(words: str) -> ItsmctlError:
    template = "{words!r} names no hours; write them like mon-fri 09:00-12:00 13:30-18:00; sat 09:00-12:00"
    return ItsmctlError(Problem("hours-unclear", template, values={"words": words}))

"""How moments are written, found from the text itself: each value has a shape, and each shape one or two patterns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from itsmctl.importers.months import ENGLISH_MONTHS
from itsmctl.importers.times import EPOCHS, EXCEL_DAYS, ISO, mirrored, order_of
from itsmctl.model import DateOrder

_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?( ?(Z|[+-]\d\d(:?\d\d)?))?)?")
_OFFSET = re.compile(r".*\d\d:\d\d.*(Z|[+-]\d\d(:?\d\d)?)")
_DATES = (
    (re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})"), "year"),
    (re.compile(r"(\d{4})(年)(\d{1,2})月(\d{1,2})日"), "chinese"),
    (re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)(?!\d)"), "both"),
    (re.compile(r"(\d{1,2})([-/. ])([^\W\d]{2,}\.?|\d{1,2}月)\2(\d{4}|\d\d)(?!\d)"), "named"),
    (re.compile(r"([^\W\d]{2,}\.?)( )(\d{1,2}),? (\d{4})"), "american"),
)
_TIME = re.compile(
    r"(,? +|T|日? ?)([上下]午 ?)?(\d{1,2}):(\d\d)(:\d\d)?([.,]\d{3}(\d{3})?)?( ?[AaPp]\.? ?[Mm]\.?| ?[上下]午)?"
)
_OF_DAY = re.compile(r"([上下]午 ?)?([01]?\d|2[0-3]):")
_IN_JSON = re.compile(r"\\?/Date\(-?[0-9]{11,14}([+-][0-9]{4})?\)\\?/")
_NUMBER = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?")
_DIGITS_OF_DAYS, _FEW_DECIMALS = 5, 4
_OPEN = "?"
_YEARS = (946_684_800, 2_524_608_000)
"""2000 to 2050: seconds since 1970 outside these are some other number."""


@dataclass(frozen=True)
class Moments:
    """A column of moments: its patterns, the likeliest first, and what they leave open."""

    patterns: tuple[str, ...]
    share: float
    zoned: bool
    """Every moment says how far it is from UTC."""
    order: DateOrder | Literal["open"]
    """Which of day and month comes first, where both are numbers: what some values decide, or `open`."""


def moments_in(values: Sequence[str], *, numbers: bool) -> Moments | None:
    """What the values of a column say as moments; None where fewer than half are any. `numbers` may be seconds since 1970."""
    counts: Counter[str] = Counter()
    zoned = 0
    for value in map(str.strip, values):
        if pattern := pattern_of(value, numbers=numbers):
            counts[pattern] += 1
            zoned += pattern in EPOCHS or bool(pattern == ISO and _OFFSET.fullmatch(value))
    known = sum(counts.values())
    if not known or known * 2 < len(values):
        return None
    patterns = tuple(one for one, count in counts.most_common() if count * 50 >= known)
    settled, order = _settled(patterns)
    return Moments(settled, known / len(values), zoned == known, order)


def pattern_of(value: str, *, numbers: bool = False) -> str:
    """The pattern of one moment; '' where it is none. Where day and month can change places it starts with a mark."""
    if _ISO.fullmatch(value):
        return ISO
    if _IN_JSON.fullmatch(value):
        return "epoch-ms"
    if found := _NUMBER.fullmatch(value):
        return _counted(found) if numbers else ""
    for shape, kind in _DATES:
        if (found := shape.match(value)) and _is_month(found, kind):
            time = _time_pattern(value[found.end() :])
            return "" if time is None else _date_pattern(found, kind) + time
    return ""


def times_of_day(values: Sequence[str]) -> tuple[str, ...]:
    """The patterns of a column of times of day, the likeliest first; none where not nearly all of its values are some."""
    counts = Counter(_time_pattern(f" {value.strip()}") for value in values if _OF_DAY.match(value.strip()))
    counts.pop(None, None)
    if 10 * sum(counts.values()) < 9 * len(values):
        return ()
    return tuple(pattern.strip() for pattern, _ in counts.most_common() if pattern)


def with_time(days: Sequence[str], times: Sequence[str]) -> tuple[str, ...]:
    """The patterns of moments whose day and time of day stand in two columns, with a blank between them."""
    return tuple(f"{'yyyy-MM-dd' if day == ISO else day} {time}" for day in days for time in times)


def _is_month(found: re.Match[str], kind: str) -> bool:
    """Whether what stands for a month is the name of one."""
    if kind not in ("named", "american"):
        return True
    word = found[3 if kind == "named" else 1].rstrip(".").casefold()
    return word in ENGLISH_MONTHS or word[:-1].isdigit()


def _counted(number: re.Match[str]) -> str:
    """How a number counts to a moment: the seconds since 1970, or the days as Excel does."""
    whole, decimals = number.groups()
    if decimals and len(whole) == _DIGITS_OF_DAYS and len(decimals) > _FEW_DECIMALS:
        return EXCEL_DAYS if whole[0] in "23456" else ""
    return _epoch(whole)


def _epoch(digits: str) -> str:
    for name, length, unit in (("epoch-s", 10, 1), ("epoch-ms", 13, 1000)):
        if len(digits) == length and _YEARS[0] <= int(digits) // unit < _YEARS[1]:
            return name
    return ""


def _date_pattern(found: re.Match[str], kind: str) -> str:
    first, between, second, third = found.groups()
    match kind:
        case "year":
            return f"yyyy{between}MM{between}dd"
        case "chinese":
            return "yyyy年M月d日"
        case "both":
            year = "yyyy" if len(third) == 4 else "yy"
            if int(first) <= 12 < int(second):
                return f"MM{between}dd{between}{year}"
            mark = _OPEN if int(first) <= 12 else ""
            return f"{mark}dd{between}MM{between}{year}"
        case "named":
            return f"dd{between}MMM{between}{'yyyy' if len(third) == 4 else 'yy'}"
        case _:
            return "MMM d, yyyy" if "," in found[0] else "MMM d yyyy"


def _time_pattern(rest: str) -> str | None:
    """The pattern of what follows a date; None where it is no time of day."""
    if not rest:
        return ""
    found = _TIME.fullmatch(rest)
    if not found:
        return None
    between, before, _, _, seconds, fraction, micro, half = found.groups()
    pattern = (
        between.replace("T", "'T'")
        + (f"a{before[2:]}" if before else "")
        + ("hh" if half or before else "HH")
        + ":mm"
        + (":ss" if seconds else "")
    )
    if fraction:
        pattern += fraction[0] + ("SSSSSS" if micro else "SSS")
    return pattern + (f"{' ' if half.startswith(' ') else ''}a" if half else "")


def _settled(patterns: Sequence[str]) -> tuple[tuple[str, ...], DateOrder | Literal["open"]]:
    """The patterns without marks: a value such as 3/4/2026 follows what 3/14/2026 decides; where nothing does, both remain."""
    plain = [one for one in patterns if not one.startswith(_OPEN)]
    orders = {order_of(one) for one in plain} - {""}
    settled: list[str] = []
    for one in patterns:
        day_first = one.removeprefix(_OPEN)
        both = (day_first, mirrored(day_first))
        if one.startswith(_OPEN):
            settled += [choice for choice in both if not orders or order_of(choice) in orders]
        else:
            settled.append(one)
    torn = len(orders) > 1 or (not orders and len(plain) < len(patterns))
    return tuple(dict.fromkeys(settled)), "open" if torn else next(iter(orders), "")

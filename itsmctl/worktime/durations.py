"""Durations and opening hours as people write them: 2h30m, 1bd, 09:00-12:00."""

from __future__ import annotations

import re
from dataclasses import dataclass

from itsmctl.errors import NOWHERE, ItsmctlError, Problem, Where
from itsmctl.model import Slot

_PARTS = re.compile(r"(?:(?P<bd>\d{1,9})bd)?(?:(?P<h>\d{1,9})h)?(?:(?P<m>\d{1,9})m)?(?:(?P<s>\d{1,9})s)?")
_ISO = re.compile(r"PT(?:(?P<h>\d{1,9})H)?(?:(?P<m>\d{1,9})M)?(?:(?P<s>\d{1,9})S)?")
_PLAIN_DAYS = re.compile(r"(\d{1,4})\s*d(?:ays?)?", re.IGNORECASE)
_DAYS = re.compile(r"P\d+[DWMY].*|.*\d\s*(?:d|w|mo|y|days?|weeks?|months?|years?)(?:\d.*)?", re.IGNORECASE)
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
DAY_MINUTES = 1_440


@dataclass(frozen=True)
class Duration:
    """Counted time: seconds, plus business days whose length is the calendar's."""

    seconds: int
    business_days: int = 0

    def seconds_in(self, day_minutes: int) -> int:
        """The counted seconds, with business days of `day_minutes` open minutes each."""
        return self.seconds + self.business_days * day_minutes * 60


def parse_duration(text: str, where: Where = NOWHERE) -> Duration:
    """Read `30m`, `4h`, `2h30m`, `45s`, `1bd` (business days) or ISO 8601 `PT4H`.

    Days are refused, because some mean 24 hours by them and others one working day.
    """
    plain = text.strip()
    match = _PARTS.fullmatch(plain) or _ISO.fullmatch(plain)
    if match and any(match.groups()):
        parts = {unit: int(number) for unit, number in match.groupdict(default="0").items()}
        return Duration(parts["h"] * 3600 + parts["m"] * 60 + parts["s"], parts.get("bd", 0))
    template = "{text!r} is not a duration; write it like 30m, 4h, 2h30m or 1bd"
    raise ItsmctlError(in_days(text, where) or Problem("bad-duration", template, where, {"text": text}))


def in_days(text: str, where: Where = NOWHERE) -> Problem | None:
    """What is said of a duration in days, weeks or months; nothing of any other."""
    if not _DAYS.fullmatch(text.strip()):
        return None
    if days := _PLAIN_DAYS.fullmatch(text.strip()):
        template = "{text!r} does not say what a day is: write {hours}h if the clock counts {hours} hours, or {days}bd for business days of the calendar"
        return Problem(
            "ambiguous-days", template, where, {"text": text, "hours": 24 * int(days[1]), "days": int(days[1])}
        )
    template = "{text!r} does not say what a day is: write 24h for 24 counted hours, or 1bd for one business day"
    return Problem("ambiguous-days", template, where, {"text": text})


def duration_text(seconds: int) -> str:
    """Seconds in hours, minutes and seconds, without the parts that are zero: 5h30m, 45s, 0m."""
    sign, rest = ("-", -seconds) if seconds < 0 else ("", seconds)
    parts = ((rest // 3600, "h"), (rest // 60 % 60, "m"), (rest % 60, "s"))
    return sign + ("".join(f"{number}{unit}" for number, unit in parts if number) or "0m")


def parse_slot(text: str, where: Where = NOWHERE) -> tuple[tuple[Slot, ...], tuple[Slot, ...]]:
    """Read opening hours such as 09:00-12:00 as the slots of that day and of the day after.

    The end may be 24:00. Hours that end before they begin cross midnight: 22:00-06:00 gives 22:00-24:00 on the day
    itself and 00:00-06:00 on the next.
    """
    match = _HOURS.fullmatch(text.strip())
    if not match:
        raise _bad_hours(text, where, "write them like 09:00-12:00")
    hour, minute, end_hour, end_minute = (int(part) for part in match.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if minute > 59 or end_minute > 59 or start >= DAY_MINUTES or end > DAY_MINUTES:
        raise _bad_hours(text, where, "times of day go from 00:00 to 24:00")
    if start == end:
        raise _bad_hours(text, where, "for the whole day write 00:00-24:00, for a closed day no hours")
    if start < end:
        return (Slot(start, end),), ()
    return (Slot(start, DAY_MINUTES),), ((Slot(0, end),) if end else ())


def _bad_hours(text: str, where: Where, suggestion: str) -> ItsmctlError:
    return ItsmctlError(
        Problem("bad-hours", "{text!r} are not opening hours", where, {"text": text}, suggestion=suggestion)
    )

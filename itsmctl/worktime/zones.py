"""Offsets of time zones, and moments as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from itsmctl.errors import NOWHERE, ItsmctlError, Problem, Where
from itsmctl.zones import zone_info

DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = (datetime(1, 1, 3, tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)
_LAST = (datetime(9999, 12, 29, tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)
_BLOCK = 512 * DAY


def offset_spans(zone: str, start: int, end: int) -> list[tuple[int, int, int]]:
    """Cover [start, end) with the longest UTC spans (from, to, offset) of one constant offset, in seconds."""
    spans: list[tuple[int, int, int]] = []
    for block in range(start // _BLOCK, (end - 1) // _BLOCK + 1) if start < end else ():
        for begin, stop, offset in _block_spans(zone, block):
            low, high = max(begin, start), min(stop, end)
            if low >= high:
                continue
            if spans and spans[-1][2] == offset:
                spans[-1] = (spans[-1][0], high, offset)
            else:
                spans.append((low, high, offset))
    return spans


@lru_cache(maxsize=8192)
def _block_spans(zone: str, block: int) -> tuple[tuple[int, int, int], ...]:
    info = zone_info(zone)
    at, end = block * _BLOCK, (block + 1) * _BLOCK
    spans: list[tuple[int, int, int]] = []
    begin, offset = at, _offset(info, at)
    # The two nearest changes of any zone in tzdata lie seven days apart, so that a step of one day passes over none.
    while at < end:
        following = min(at + DAY, end)
        if _offset(info, following) != offset:
            at = _change(info, at, following)
            spans.append((begin, at, offset))
            begin, offset = at, _offset(info, at)
        else:
            at = following
    return (*spans, (begin, end, offset)) if begin < end else tuple(spans)


def _change(info: ZoneInfo, before: int, after: int) -> int:
    """The first second after `before` with another offset, by bisection."""
    old = _offset(info, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(info, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(info: ZoneInfo, at: int) -> int:
    moment = _EPOCH + timedelta(seconds=min(max(at, _FIRST), _LAST))
    return (moment.astimezone(info).utcoffset() or timedelta()) // timedelta(seconds=1)


def parse_moment(text: str, zone: str, where: Where = NOWHERE) -> int:
    """Read an ISO 8601 moment as epoch seconds; without an offset it is local time in `zone`.

    A local time that the clocks skip is refused; of one that occurs twice the first occurrence is meant.
    """
    problem = Problem(
        "bad-time", "{text!r} is not a day or a time like 2026-03-06, 2026-03-06T16:00 or 2026-03-06T16:00+01:00", where
    )
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ItsmctlError(_about(problem, text, zone)) from error
    if parsed.microsecond:
        raise ItsmctlError(_about(problem, text, zone, "times are counted in whole seconds; leave the fraction out"))
    if parsed.tzinfo is not None:
        return (parsed - _EPOCH) // timedelta(seconds=1)
    wall = (parsed.replace(tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)
    for begin, end, offset in offset_spans(zone, wall - 2 * DAY, wall + 2 * DAY):
        if begin <= wall - offset < end:
            return wall - offset
    skipped = Problem("nonexistent-time", "{text} never happens in {zone}: the clocks skip it", where)
    raise ItsmctlError(_about(skipped, text, zone, "give the time with its offset from UTC"))


YEARS = range(1970, 2101)
"""The years in which a day may lie: before, no tool kept tickets; after, no calendar is known."""


def parse_day(text: str, where: Where = NOWHERE) -> date:
    """Read a day such as 2026-06-30."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        template = "{text!r} is not a day; write it like 2026-06-30"
        raise ItsmctlError(Problem("bad-day", template, where, {"text": text})) from error
    if day.year not in YEARS:
        template = "{text!r} lies outside the years {first} to {last}"
        values = {"text": text, "first": YEARS[0], "last": YEARS[-1]}
        raise ItsmctlError(Problem("bad-day", template, where, values))
    return day


def _about(problem: Problem, text: str, zone: str, suggestion: str = "") -> Problem:
    return Problem(problem.code, problem.template, problem.where, {"text": text, "zone": zone}, suggestion=suggestion)


def moment_text(at: int, zone: str) -> str:
    """A moment in ISO 8601 with the offset that `zone` has then, as 2026-03-06T17:00:00+01:00."""
    return (_EPOCH + timedelta(seconds=at)).astimezone(zone_info(zone)).isoformat()

"""One round of a clock with pauses that are limited, and hours that may change on the way: ledger, sums, deadline."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from itsmctl.model import Calendar
from itsmctl.result import Cycle, LedgerKind, Piece
from itsmctl.worktime.calendars import stretches
from itsmctl.worktime.measuring import HORIZON, NO_TARGET, joined
from itsmctl.worktime.zones import DAY


@dataclass(frozen=True)
class Held:
    """Why a clock stands still, and for how many open seconds at most (None: as long as it lasts)."""

    why: str
    limit: int | None
    is_pause: bool
    """Whether it is a pause, and not time after a stop that the record left again."""


@dataclass(frozen=True)
class Stand:
    """Time in which the clock runs, or is held; without a calendar nothing is open. `number` tells agreements apart."""

    start: int
    end: int
    calendar: Calendar | None
    held: Held | None
    number: int = 0


def measured(
    stands: Sequence[Stand], start: int, end: int, target: int | None, share: float | None, calendar: Calendar | None
) -> Cycle:
    """Measure a round; what follows its end is foreseen by `calendar`, without further pauses.

    A pause counts again from where its limit is used up; with a `share`, in per cent, pauses are credited in their
    order until together they have that share of the open time that is not resolved. The verdict is left to the caller.
    """
    pieces = list(_pieces(stands))
    pieces = list(_within_limits(pieces))
    if share is not None:
        pieces = list(_within_share(pieces, share))
    ledger = tuple(joined(Piece(p.start, p.end, p.kind, p.reason) for p in pieces))
    sums: dict[LedgerKind, int] = {"counted": 0, "paused": 0, "closed": 0}
    for piece in ledger:
        sums[piece.kind] += piece.seconds
    promised = NO_TARGET if target is None else target
    deadline = None if target is None else _deadline(ledger, start, end, target, calendar)
    return Cycle(
        start, end, False, sums["counted"], sums["paused"], sums["closed"], promised, deadline, "not_testable", ledger
    )


@dataclass(frozen=True)
class _Part:
    """A piece of the ledger that still knows what held the clock; `group` numbers uninterrupted pauses."""

    start: int
    end: int
    kind: LedgerKind
    reason: str
    held: Held | None = None
    group: int = 0

    def split(self, seconds: int) -> Iterator[_Part]:
        """The first seconds as they are, the rest counted."""
        middle = min(self.start + seconds, self.end)
        if self.start < middle:
            yield _Part(self.start, middle, self.kind, self.reason, self.held, self.group)
        if middle < self.end:
            yield _Part(middle, self.end, "counted", "")


def _pieces(stands: Sequence[Stand]) -> Iterator[_Part]:
    group, before = 0, None
    for stand in stands:
        if (stand.held, stand.number) != before:
            group += 1
        before = (stand.held, stand.number)
        if stand.calendar is None:
            yield _Part(stand.start, stand.end, "closed", stand.held.why if stand.held else "closed")
            continue
        for low, high, is_open, reason in stretches(stand.calendar, stand.start, stand.end):
            if not is_open:
                yield _Part(low, high, "closed", reason)
            elif stand.held:
                yield _Part(low, high, "paused", stand.held.why, stand.held, group)
            else:
                yield _Part(low, high, "counted", "")


def _within_limits(parts: Sequence[_Part]) -> Iterator[_Part]:
    used: dict[int, int] = {}
    for part in parts:
        if part.held is None or part.held.limit is None:
            yield part
            continue
        left = max(part.held.limit - used.get(part.group, 0), 0)
        used[part.group] = used.get(part.group, 0) + part.end - part.start
        yield from part.split(left)


def _within_share(parts: Sequence[_Part], share: float) -> Iterator[_Part]:
    rest = sum(p.end - p.start for p in parts if p.held and not p.held.is_pause)
    opened = sum(p.end - p.start for p in parts if p.kind != "closed") - rest
    left = math.floor(round(opened * share, 6) / 100)
    for part in parts:
        if part.held is None or not part.held.is_pause:
            yield part
            continue
        yield from part.split(left)
        left = max(left - (part.end - part.start), 0)


def _deadline(ledger: Sequence[Piece], start: int, end: int, target: int, calendar: Calendar | None) -> int | None:
    """The first instant at which the counted time reaches the target."""
    if target <= 0:
        return start
    remaining = target
    for piece in ledger:
        if piece.kind == "counted":
            if piece.seconds >= remaining:
                return piece.start + remaining
            remaining -= piece.seconds
    begin, step = end, 4 * DAY
    while calendar and begin < end + HORIZON:
        until = min(begin + step, end + HORIZON)
        for low, high, is_open, _ in stretches(calendar, begin, until):
            if is_open and high - low >= remaining:
                return low + remaining
            remaining -= (high - low) if is_open else 0
        begin, step = until, min(step * 4, 366 * DAY)
    return None

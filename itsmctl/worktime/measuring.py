"""One run of a clock between two moments: what counted, what paused, what was closed, the deadline, the verdict."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from itsmctl.model import Calendar
from itsmctl.result import ClockVerdict, Cycle, LedgerKind, Piece
from itsmctl.worktime.calendars import has_hours, stretches
from itsmctl.worktime.zones import DAY

Pause = tuple[int, int, str]
"""(from, to, reason), half-open."""

NO_TARGET = -1
"""`Cycle.target` where nothing was promised; its verdict is then not_testable."""

HORIZON = 3_653 * DAY
"""How far past the stop a deadline is looked for: ten years."""


def measure(
    calendar: Calendar,
    start: int,
    stop: int,
    pauses: Sequence[Pause],
    target: int | None,
    *,
    running: bool = False,
    paused_now: bool = False,
) -> Cycle:
    """Measure [start, stop) by the calendar; `running` says that the clock had not stopped when judged at `stop`.

    - Counted is open and not paused. Pauses are a union: time in several at once is paused once, for the reason of
      the pause that began first. A pause that does not end after its start is empty.
    - Closed wins over paused: a pause out of hours changes nothing, and the ledger calls that time closed.
    - Ledger pieces are in order, without gaps, and add up to stop - start.
    - Met means counted <= target. The deadline is the first instant at which counted reaches the target, so it may
      be a closing time; pauses that reach past `stop` hold it up, others are not foreseen. It is None where the
      calendar does not open for long enough within ten years after `stop`.
    - Not testable: stop before start (nothing is counted then), no target, a calendar without opening hours.
    """
    promised = NO_TARGET if target is None else target
    if stop < start:
        return Cycle(start, stop, running, 0, 0, 0, promised, None, "not_testable", ())
    merged = _union(pauses)
    ledger = tuple(joined(_pieces(calendar, start, stop, merged)))
    sums: dict[LedgerKind, int] = {"counted": 0, "paused": 0, "closed": 0}
    for piece in ledger:
        sums[piece.kind] += piece.seconds
    testable = target is not None and has_hours(calendar)
    deadline = _deadline(calendar, start, stop, ledger, merged, promised) if testable else None
    verdict = _verdict(sums["counted"], promised, running, paused_now) if testable else "not_testable"
    return Cycle(
        start, stop, running, sums["counted"], sums["paused"], sums["closed"], promised, deadline, verdict, ledger
    )


def _verdict(counted: int, target: int, running: bool, paused_now: bool) -> ClockVerdict:
    if not running:
        return "met" if counted <= target else "breached"
    if counted > target:
        return "running_breached"
    return "paused_ok" if paused_now else "running_ok"


def _union(pauses: Iterable[Pause]) -> list[Pause]:
    """The pauses without overlap, sorted."""
    merged: list[Pause] = []
    for begin, end, reason in sorted(pauses, key=lambda pause: pause[0]):
        low = max(begin, merged[-1][1]) if merged else begin
        if low < end:
            merged.append((low, end, reason))
    return merged


def joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Pieces of a ledger in order, neighbours of one kind and reason made one."""
    held: Piece | None = None
    for piece in pieces:
        if held and (held.kind, held.reason) == (piece.kind, piece.reason):
            held = Piece(held.start, piece.end, held.kind, held.reason)
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _pieces(calendar: Calendar, start: int, stop: int, pauses: Sequence[Pause]) -> Iterator[Piece]:
    """The ledger of [start, stop), piece by piece."""
    ends = [end for _, end, _ in pauses]
    for low, high, is_open, reason in stretches(calendar, start, stop):
        if not is_open:
            yield Piece(low, high, "closed", reason)
            continue
        for begin, end, why in pauses[bisect_right(ends, low) :]:
            if begin >= high:
                break
            if low < begin:
                yield Piece(low, begin, "counted", "")
            yield Piece(max(low, begin), min(high, end), "paused", why)
            low = min(high, end)
        if low < high:
            yield Piece(low, high, "counted", "")


def _deadline(
    calendar: Calendar, start: int, stop: int, ledger: Iterable[Piece], pauses: Sequence[Pause], target: int
) -> int | None:
    if target <= 0:
        return start
    remaining = target
    for pieces in (ledger, _later(calendar, stop, pauses)):
        for piece in pieces:
            if piece.kind != "counted":
                continue
            if piece.seconds >= remaining:
                return piece.start + remaining
            remaining -= piece.seconds
    return None


def _later(calendar: Calendar, stop: int, pauses: Sequence[Pause]) -> Iterator[Piece]:
    """What follows `stop` as far as the horizon, computed in growing steps because most deadlines are near."""
    begin, step = stop, 4 * DAY
    while begin < stop + HORIZON:
        end = min(begin + step, stop + HORIZON)
        yield from joined(_pieces(calendar, begin, end, pauses))
        begin, step = end, min(step * 4, 366 * DAY)

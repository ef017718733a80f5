"""The clock of one record: from its state history and its times to what is measured, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from itsmctl.model import Calendar, ClockDefinition
from itsmctl.result import ClockVerdict, Cycle
from itsmctl.worktime.calendars import has_hours, known_before
from itsmctl.worktime.measuring import Pause, measure

_ENDS = ("resolved_at", "closed_at")


@dataclass(frozen=True)
class RecordClock:
    """What became of one clock of one record; without a start, or a known stop, there is no cycle."""

    verdict: ClockVerdict
    reason: str
    """Why the verdict is not_testable, or ''."""
    cycles: tuple[Cycle, ...]
    pauses: tuple[Pause, ...]
    """Time in pause states, and time in stop states that the record left again, within start and stop."""
    decisive: int = 0
    """Which of the cycles the verdict is about."""


@dataclass(frozen=True)
class _StateSpan:
    start: int
    end: int
    state: str
    role: str


@dataclass(frozen=True)
class _End:
    stop: int
    running: bool = False
    paused_now: bool = False
    cancelled: bool = False
    missing: bool = False


def record_clock(
    clock: ClockDefinition,
    calendar: Calendar,
    target: int | None,
    times: Mapping[str, int | None],
    moments: Sequence[tuple[int, str]],
    as_of: int,
    *,
    state: str = "",
) -> RecordClock:
    """Run a clock over one record as it stood at `as_of`. SQL computes the same; this is the reference.

    `times` are the record's time columns, `moments` its changes of state (at, new state) in order of seq, and
    `state` the record's last state, which is asked only where there are no moments.

    1. The clock starts at times[clock.starts_at]. Missing: not_testable, `missing:COLUMN`. After as_of:
       not_testable, `after-as-of`.
    2. Moments after as_of are dropped. Then a moment earlier than one before it takes that one's time (running
       maximum in order of seq).
    3. A state lasts [at, next at), the last one [at, as_of]. A state that lasted no time never was, except the last:
       of several moments at one instant the last by seq counts. Before the first moment the clock runs.
    4. `clock.states` gives a state its role. Stop and cancel beat pause, and pause beats running: a state has one
       role, and every span is half-open, so that at each instant exactly one role holds.
    5. Stop. With `reopens`, the start of the unbroken run of stop and cancel states that the history ends in; none
       if the last state is neither. Without `reopens`, the start of the first stop or cancel state: it is final.
       A clock without any stop state, or a record without moments, stops at times[clock.stops_at] where that is not
       after as_of, or when the record was cancelled, whichever comes first.
    6. Still running at as_of if there is no stop. But where the stop was to come from a column that is empty, and
       the record has ended all the same (resolved_at or closed_at not after as_of, or without moments a last state
       with the role stop), then the stop is unknown: not_testable, `missing:COLUMN`, no cycle. A last state with
       the role cancel gives cancelled there, without a cycle either.
    7. Pauses are the spans of pause states and of stop and cancel states, within [start, stop]; so the time between
       a resolution and a reopening is excluded, under the name of the state. They never overlap.
    8. counted = open seconds of [start, stop) less open seconds of the pauses; `measure` gives ledger and verdict,
       running with `paused_now` if the last state is a pause. One cycle: nothing here starts a second one.
    9. The verdict is then replaced, the first that applies: `stop-before-start` → not_testable; cancelled (the state
       that stopped it, or with `reopens` the last state, has the role cancel) → cancelled; no target → not_testable
       `no-target`; calendar without hours → not_testable `no-open-hours`; stop, or as_of without one, after the last
       day that the calendar knows → not_testable `calendar-not-known`; no moments although the clock has pause
       states, and counted > target → not_testable `no-history`, because pauses could have made it met.
    """
    start = times.get(clock.starts_at)
    if start is None:
        return RecordClock("not_testable", f"missing:{clock.starts_at}", (), ())
    if start > as_of:
        return RecordClock("not_testable", "after-as-of", (), ())
    spans = _spans(clock, moments, as_of)
    end = _end(clock, times, spans, as_of, state)
    if end.missing:
        if end.cancelled:
            return RecordClock("cancelled", "", (), ())
        return RecordClock("not_testable", f"missing:{clock.stops_at}", (), ())
    pauses = tuple(
        (max(span.start, start), min(span.end, end.stop), span.state)
        for span in spans
        if span.role and max(span.start, start) < min(span.end, end.stop)
    )
    cycle = measure(calendar, start, end.stop, pauses, target, running=end.running, paused_now=end.paused_now)
    verdict, reason = _judged(clock, calendar, target, cycle, end, bool(spans))
    return RecordClock(verdict, reason, (replace(cycle, verdict=verdict),), pauses)


def _spans(clock: ClockDefinition, moments: Sequence[tuple[int, str]], as_of: int) -> list[_StateSpan]:
    kept = [(at, state) for at, state in moments if at <= as_of]
    starts = list(accumulate((at for at, _ in kept), max))
    ends = [*starts[1:], as_of]
    last = len(kept) - 1
    return [
        _StateSpan(start, end, state, clock.states.get(state, ""))
        for index, ((_, state), start, end) in enumerate(zip(kept, starts, ends, strict=False))
        if start < end or index == last
    ]


def _end(
    clock: ClockDefinition, times: Mapping[str, int | None], spans: Sequence[_StateSpan], as_of: int, state: str
) -> _End:
    ending = _ending(clock, spans)
    stopped = ending[0].start if ending else None
    decisive = (ending[-1] if clock.reopens else ending[0]).role if ending else ""
    paused_now = bool(spans) and spans[-1].role == "pause"
    if spans and "stop" in clock.states.values():
        if stopped is None:
            return _End(as_of, running=True, paused_now=paused_now)
        return _End(stopped, cancelled=decisive == "cancel")
    role = decisive if spans else clock.states.get(state, "")
    column = times.get(clock.stops_at)
    if column is None and stopped is None and (role in ("stop", "cancel") or _ended(times, as_of)):
        return _End(as_of, missing=True, cancelled=role == "cancel")
    known = [at for at in (column, stopped) if at is not None and at <= as_of]
    if not known:
        return _End(as_of, running=True, paused_now=paused_now)
    return _End(min(known), cancelled=role == "cancel" and (stopped is None or min(known) == stopped))


def _ending(clock: ClockDefinition, spans: Sequence[_StateSpan]) -> list[_StateSpan]:
    """The spans of stop and cancel states that the clock ends in: the last run of them, or the first one if final."""
    if not clock.reopens:
        return [span for span in spans if span.role in ("stop", "cancel")][:1]
    run: list[_StateSpan] = []
    for span in reversed(spans):
        if span.role not in ("stop", "cancel"):
            break
        run.insert(0, span)
    return run


def _ended(times: Mapping[str, int | None], as_of: int) -> bool:
    return any(at is not None and at <= as_of for at in (times.get(column) for column in _ENDS))


def _judged(
    clock: ClockDefinition, calendar: Calendar, target: int | None, cycle: Cycle, end: _End, has_history: bool
) -> tuple[ClockVerdict, str]:
    if cycle.stop < cycle.start:
        return "not_testable", "stop-before-start"
    if end.cancelled:
        return "cancelled", ""
    if target is None:
        return "not_testable", "no-target"
    if not has_hours(calendar):
        return "not_testable", "no-open-hours"
    if cycle.stop > known_before(calendar):
        return "not_testable", "calendar-not-known"
    if not has_history and "pause" in clock.states.values() and cycle.counted > target:
        return "not_testable", "no-history"
    return cycle.verdict, ""

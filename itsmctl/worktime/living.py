"""The clock of one record whose agreement asks for more than its states and last values: rounds, changes, limits.

`record_clock` is the plain case of it. SQL computes the same in `engine.lived`; this is the reference, written from
the record's life as one would tell it, and it shares nothing with SQL but the definitions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from itsmctl.model import Calendar, ClockDefinition, ClockPolicy, ClockRole, Conditions
from itsmctl.result import ClockVerdict, Cycle
from itsmctl.worktime.calendars import has_hours, known_before
from itsmctl.worktime.conditions import Values, is_empty, meets
from itsmctl.worktime.measuring import NO_TARGET
from itsmctl.worktime.promised import Change, fitting_target, stored_with
from itsmctl.worktime.recorded import RecordClock
from itsmctl.worktime.rounds import Held, Stand, measured
from itsmctl.worktime.workdays import business_days_from

_ENDS = ("resolved_at", "closed_at")
_PRECISE = 1
_RUNNING = ("running_ok", "running_breached", "paused_ok")


@dataclass(frozen=True)
class Reign:
    """The clock and the calendar that count at some moment; `number` tells agreements apart."""

    number: int
    clock: ClockDefinition
    calendar: Calendar


@dataclass(frozen=True)
class Terms:
    """What one clock of a record is judged by.

    `clock` governs: its switches hold throughout. `choose` says what counts at a moment for such values (None: nothing
    is promised then), `turns` are the moments at which that may change by itself. `tracked` are the columns whose
    history is known, and `precision` is the smallest step of the export's times in seconds.
    """

    clock: ClockDefinition
    choose: Callable[[Values, int], Reign | None]
    turns: Sequence[int] = ()
    tracked: frozenset[str] = frozenset()
    precision: int = _PRECISE


@dataclass(frozen=True)
class _Stretch:
    """Time in which nothing changes: what the clock does in it, why, and which target fits."""

    start: int
    end: int
    values: Values
    reign: Reign | None
    role: str
    why: str
    resets: bool

    @property
    def ends(self) -> bool:
        return self.role in ("stop", "cancel")

    @property
    def target(self) -> tuple[int, int]:
        """(agreement, number of the target that fits), -1 where none does."""
        return (self.reign.number, fitting_target(self.reign.clock, self.values)) if self.reign else (-1, -1)


@dataclass(frozen=True)
class _Span:
    """From when to when the clock runs; `stop` is None while it does."""

    start: int
    stop: int | None
    paused_now: bool = False
    cancelled: bool = False


@dataclass(frozen=True)
class _Round:
    """One cycle: its stretches, and whether it stopped, still runs, or was overtaken by the next."""

    start: int
    end: int
    stretches: tuple[_Stretch, ...]
    how: str


def lived_clock(terms: Terms, record: Values, changes: Sequence[Change], as_of: int) -> RecordClock:
    """Run a clock over the life of one record as it stood at `as_of`.

    1. Life: each tracked column has the value of its last change, before its first change what that one says was
       before, or what the record was stored with; a column without changes has the record's own. Changes at one instant
       all count from it on.
    2. In each stretch of life the first that holds decides: cancel, stop, pause, running.
    3. Start: the time in `starts-at`, or where there are `start` conditions, the first moment at which one holds.
       Stop: as in `record_clock`; or the moment that `response_is` names.
    4. Rounds begin anew at a reset, where `restart` is agreed at another target, where `new-cycle` is agreed at a
       reopening. A round that another overtakes is over: its time counts no more, but if it was late it stays late.
    5. A round's target is the one that fits when it stops (`keep-first`: when it begins; `strictest`: the shortest
       of those that fitted).
    6. A pause counts up to its limit, all of a round's together up to the agreed share of its open time.
    7. The record's verdict is that of the first round that was late, else of the last one.
    """
    opened = record.get("opened_at")
    clock = terms.clock
    if not isinstance(opened, int):
        return RecordClock("not_testable", "missing:opened_at", (), ())
    kept = [change for change in changes if change.column in terms.tracked]
    life = _life(terms, record, kept, opened, as_of)
    ended = _column_end(clock, record, as_of)
    if ended is not None:
        life = [replace(stretch, end=min(stretch.end, ended)) for stretch in life if stretch.start <= ended]
        if not life:
            return RecordClock("cancelled", "not-started", (), ())
    start = _start(clock, record, life, opened)
    if start is None:
        if _starts(clock):
            return RecordClock("cancelled", "not-started", (), ())
        return RecordClock("not_testable", f"missing:{clock.starts_at}", (), ())
    if start > as_of:
        return RecordClock("not_testable", "after-as-of", (), ())
    if _starts(clock):
        life = [stretch for stretch in life if stretch.end > start or stretch is life[-1]]
    elif start < life[0].start:
        life = [replace(life[0], start=start, end=life[0].start, role="", why="", resets=False), *life]
    known = _has_history(clock, kept, as_of)
    span = _span(terms, record, life, start, as_of, known)
    if isinstance(span, str):
        return RecordClock(
            "cancelled" if span == "cancelled" else "not_testable", "" if span == "cancelled" else span, (), ()
        )
    if span.stop is not None and span.stop < start:
        cycle = Cycle(start, span.stop, False, 0, 0, 0, NO_TARGET, None, "not_testable", ())
        return RecordClock("not_testable", "stop-before-start", (cycle,), ())
    if not known:
        life = [replace(stretch, role="", why="") for stretch in life]
    rounds = _rounds(terms.clock.policy, life, span, as_of)
    return _verdict(terms, span, [_judged(terms, one, span, known) for one in rounds])


def _life(terms: Terms, record: Values, changes: Sequence[Change], opened: int, as_of: int) -> list[_Stretch]:
    values, stored = dict(record), stored_with(record, changes, as_of)
    told: set[str] = set()
    for change in changes:
        if change.column not in told:
            told.add(change.column)
            values[change.column] = stored.get(change.column, change.old) or None
    happened = [change for change in changes if change.happened(as_of)]
    born = min([opened, *(change.at for change in happened[:1])])
    knots: dict[int, dict[str, object]] = {born: {}}
    latest = born
    for change in happened:
        latest = max(latest, change.at)
        knots.setdefault(latest, {})[change.column] = change.new or None
    for turn in terms.turns:
        if born < turn <= as_of:
            knots.setdefault(turn, {})
    at = sorted(knots)
    life = []
    for begin, end in zip(at, [*at[1:], max(as_of, at[-1])], strict=True):
        values = {**values, **knots[begin]}
        life.append(_stretch(terms, begin, end, values))
    return life


def _stretch(terms: Terms, begin: int, end: int, values: Values) -> _Stretch:
    reign = terms.choose(values, begin)
    role, why = _role(reign.clock, values) if reign else ("pause", "no-agreement")
    if role == "cancel" and terms.clock.policy.cancelled_counts:
        role = "stop"
    resets = any(c.role == "reset" and meets(c.conditions, values) for c in terms.clock.conditions)
    return _Stretch(begin, end, values, reign, role, why, resets)


def _role(clock: ClockDefinition, values: Values) -> tuple[str, str]:
    """What holds: cancel beats stop, stop beats pause; and what the ledger calls it."""
    state = str(values.get("state") or "")
    wanted: tuple[ClockRole, ...] = ("cancel", "stop", "pause")
    for role in wanted:
        if clock.states.get(state) == role:
            return role, state
        for condition in clock.conditions:
            if condition.role == role and meets(condition.conditions, values):
                return role, condition.name
    return "", ""


def _starts(clock: ClockDefinition) -> list[Conditions]:
    return [condition.conditions for condition in clock.conditions if condition.role == "start"]


def _start(clock: ClockDefinition, record: Values, life: Sequence[_Stretch], opened: int) -> int | None:
    starts = _starts(clock)
    if not starts:
        at = record.get(clock.starts_at)
        return at if isinstance(at, int) else None
    first = next((s for s in life if any(meets(conditions, s.values) for conditions in starts)), None)
    return max(first.start, opened) if first else None


def _column_end(clock: ClockDefinition, record: Values, as_of: int) -> int | None:
    """The moment at which a column ends the clock for good, whatever the conditions say after it."""
    at = record.get(clock.stops_at) if clock.ends_at_column else None
    return at if isinstance(at, int) and at <= as_of else None


def _has_history(clock: ClockDefinition, changes: Sequence[Change], as_of: int) -> bool:
    """Whether anything is known of what the clock's parts in life look at."""
    looked_at = {"state", *(c.column for part in clock.conditions for c in part.conditions)}
    told: set[str] = set()
    for change in changes:
        first = change.column not in told
        told.add(change.column)
        if change.column in looked_at and (change.happened(as_of) or (first and change.old)):
            return True
    return False


def _has_role(clock: ClockDefinition, role: str) -> bool:
    return role in clock.states.values() or any(c.role == role for c in clock.conditions)


def _span(terms: Terms, record: Values, life: Sequence[_Stretch], start: int, as_of: int, known: bool) -> _Span | str:
    """When the clock stops; or the reason why nobody can say, or `cancelled` where only that is known."""
    clock = terms.clock
    ending = _ending(clock, life) if known else []
    stopped = ending[0].start if ending else None
    decisive = (ending[-1] if clock.reopens else ending[0]).role if ending else ""
    paused = known and life[-1].role == "pause"
    if clock.policy.response_is != "message":
        return _response(terms, record, life, start, as_of, known)
    if known and _has_role(clock, "stop"):
        ended = _column_end(clock, record, as_of)
        if stopped is None and ended is not None:
            return _Span(start, ended)
        if stopped is None:
            return _Span(start, None, paused)
        return _Span(start, stopped, cancelled=decisive == "cancel")
    role = decisive if known else life[-1].role
    column = record.get(clock.stops_at)
    ended = any(isinstance(at, int) and at <= as_of for at in (record.get(name) for name in _ENDS))
    if column is None and stopped is None and (role in ("stop", "cancel") or ended):
        return "cancelled" if role == "cancel" else f"missing:{clock.stops_at}"
    times = [at for at in (column, stopped) if isinstance(at, int) and at <= as_of]
    if not times:
        return _Span(start, None, paused)
    return _Span(start, min(times), cancelled=role == "cancel" and (stopped is None or min(times) == stopped))


def _ending(clock: ClockDefinition, life: Sequence[_Stretch]) -> list[_Stretch]:
    if not clock.reopens:
        return [stretch for stretch in life if stretch.ends][:1]
    running = [index for index, stretch in enumerate(life) if not stretch.ends]
    return list(life[running[-1] + 1 if running else 0 :])


def _response(terms: Terms, record: Values, life: Sequence[_Stretch], start: int, as_of: int, known: bool) -> _Span:
    """The first assignment or change of state from the start on; a record that ended without one was answered by its end.

    The first state that is told of a record, where none was before, is no change: it says in which one the record was stored.
    """
    column = "assignee" if terms.clock.policy.response_is == "assignment" else "state"
    before = next((s.values.get(column) for s in reversed(life) if s.start <= start), None)
    if column == "state" and is_empty(before):
        before = next((s.values.get(column) for s in life if not is_empty(s.values.get(column))), None)
    found: int | None = None
    if column == "assignee" and not is_empty(before):
        found = start
    for stretch in life:
        now = stretch.values.get(column)
        if found is None and stretch.start > start and not is_empty(now) and now != before:
            found = stretch.start
    ends = [at for at in (record.get(name) for name in _ENDS) if isinstance(at, int) and at <= as_of]
    ends += [stretch.start for stretch in life if stretch.ends and known][:1]
    answers = [at for at in (found, *ends) if at is not None]
    return _Span(start, min(answers)) if answers else _Span(start, None, known and life[-1].role == "pause")


def _rounds(policy: ClockPolicy, life: Sequence[_Stretch], span: _Span, as_of: int) -> list[_Round]:
    until = as_of if span.stop is None else span.stop
    inside = [s for s in life if s.start <= until and (s.end > span.start or s is life[-1])]
    groups: list[list[_Stretch]] = [[inside[0]]]
    hows: list[str] = []
    for place, stretch in enumerate(inside[1:], 1):
        new = _begins_anew(policy, inside[:place], stretch)
        if new and stretch.start > span.start and (stretch.start < until or span.stop is None):
            hows.append(new)
            groups.append([])
        groups[-1].append(stretch)
    hows.append("running" if span.stop is None else "stopped")
    begins = [max(group[0].start, span.start) for group in groups]
    ends = [
        max(_first_of_last_rest(group), span.start) if how == "stopped" else following
        for group, how, following in zip(groups, hows, begins[1:], strict=False)
    ]
    parts = zip(begins, [*ends, until], groups, hows, strict=True)
    return [_Round(begin, end, tuple(group), how) for begin, end, group, how in parts]


def _begins_anew(policy: ClockPolicy, earlier: Sequence[_Stretch], stretch: _Stretch) -> str:
    """Whether a new round begins, and then what became of the one before.

    A target that is not known yet, or no more, is no other target.
    """
    before = earlier[-1]
    if stretch.ends:
        return ""
    if before.ends and policy.on_reopen == "new-cycle":
        return "stopped"
    fitted = [s.target for s in earlier if not s.ends and s.target[1] >= 0]
    changed = bool(fitted) and stretch.target[1] >= 0 and fitted[-1] != stretch.target
    restarted = policy.on_priority_change == "restart" and changed
    return "overtaken" if restarted or (stretch.resets and not before.resets) else ""


def _first_of_last_rest(group: Sequence[_Stretch]) -> int:
    """When the stop states began in which the group ends."""
    first = group[-1]
    for stretch in reversed(group):
        if not stretch.ends:
            break
        first = stretch
    return first.start


def _judged(terms: Terms, one: _Round, span: _Span, known: bool) -> tuple[Cycle, str]:
    """A round measured, and the reason where it cannot be judged."""
    policy = terms.clock.policy
    within = [s for s in one.stretches if s.start <= one.end]
    target = _target(policy, one, within)
    stands = list(_stands(policy, one, within))
    calendar = next((s.reign.calendar for s in reversed(within) if s.reign), None)
    cycle = measured(stands, one.start, one.end, target, policy.max_pause_share, calendar)
    late = _late(policy, cycle)
    if target is None:
        verdict: ClockVerdict = "not_testable"
    elif one.how == "running":
        verdict = "running_breached" if late else "paused_ok" if span.paused_now else "running_ok"
    else:
        verdict = "breached" if late else "cancelled" if one.how == "overtaken" else "met"
    cycle = replace(cycle, running=one.how == "running", verdict=verdict)
    return cycle, _why_not(terms, one, within, cycle, known)


def _late(policy: ClockPolicy, cycle: Cycle) -> bool:
    if policy.verdict_by == "deadline":
        return cycle.deadline is not None and cycle.stop > cycle.deadline
    return cycle.target != NO_TARGET and cycle.counted > cycle.target


def _why_not(terms: Terms, one: _Round, within: Sequence[_Stretch], cycle: Cycle, known: bool) -> str:
    last = within[-1]
    if last.reign is None:
        return "" if one.how == "overtaken" else "no-agreement"
    if cycle.target == NO_TARGET:
        return "" if one.how == "overtaken" else "no-target"
    if not has_hours(last.reign.calendar):
        return "no-open-hours"
    if any(s.reign and min(s.end, one.end) > known_before(s.reign.calendar) for s in within):
        return "calendar-not-known"
    if not known and _has_role(terms.clock, "pause") and cycle.counted > cycle.target:
        return "no-history"
    near = terms.precision > _PRECISE and abs(cycle.counted - cycle.target) < terms.precision
    if terms.clock.policy.within_precision == "not-testable" and near:
        return "within-precision"
    return ""


def _target(policy: ClockPolicy, one: _Round, within: Sequence[_Stretch]) -> int | None:
    """The round's target in seconds, or None where none fits."""

    def seconds(stretch: _Stretch) -> int | None:
        if stretch.reign is None:
            return None
        number = fitting_target(stretch.reign.clock, stretch.values)
        if number < 0:
            return None
        target = stretch.reign.clock.targets[number]
        if policy.business_day == "weekday":
            more = business_days_from(stretch.reign.calendar, one.start, target.business_days)
            return None if more is None else target.seconds + more
        return target.seconds + target.business_days * stretch.reign.calendar.day_minutes * 60

    match policy.on_priority_change:
        case "keep-first":
            return seconds(within[0])
        case "strictest":
            return min((t for t in map(seconds, within) if t is not None), default=None)
        case _:
            return seconds(within[-1])


def _stands(policy: ClockPolicy, one: _Round, within: Sequence[_Stretch]) -> Iterator[Stand]:
    """What the clock does from moment to moment in a round."""
    changed = [b.start for a, b in zip(within, within[1:], strict=False) if a.target != b.target]
    for stretch in within:
        begin, end = max(stretch.start, one.start), min(stretch.end, one.end)
        if begin >= end:
            continue
        held = Held(stretch.why, _limit(stretch), stretch.role == "pause") if stretch.role else None
        if stretch.ends and policy.on_reopen == "resume-including-resolved":
            held = None
        lost = policy.on_priority_change == "continue-without-earlier-pauses" and changed and begin < changed[-1]
        if stretch.role == "pause" and lost:
            held = None
        yield Stand(begin, end, stretch.reign.calendar if stretch.reign else None, held, _number(stretch))


def _number(stretch: _Stretch) -> int:
    return stretch.reign.number if stretch.reign else -1


def _limit(stretch: _Stretch) -> int | None:
    if stretch.reign is None or stretch.role != "pause":
        return None
    limit = stretch.reign.clock.limits.get(stretch.why)
    if limit is None:
        return None
    return limit.seconds + limit.business_days * stretch.reign.calendar.day_minutes * 60


def _verdict(terms: Terms, span: _Span, judged: Sequence[tuple[Cycle, str]]) -> RecordClock:
    cycles = [cycle for cycle, _ in judged]
    late = (i for i, (cycle, why) in enumerate(judged) if not why and cycle.verdict in ("breached", "running_breached"))
    unsure = (i for i, (_, why) in enumerate(judged) if why)
    last = len(cycles) - 1
    decisive = last if span.cancelled else next(late, next(unsure, last))
    verdict, reason = cycles[decisive].verdict, judged[decisive][1]
    if span.cancelled:
        verdict, reason = "cancelled", ""
    elif reason:
        verdict = "not_testable"
    elif verdict in _RUNNING and terms.clock.policy.open_at_cutoff == "exclude":
        verdict, reason = "cancelled", "open-at-cutoff"
    cycles[decisive] = replace(cycles[decisive], verdict=verdict)
    return RecordClock(verdict, reason, tuple(cycles), _pauses(cycles), decisive)


def _pauses(cycles: Iterable[Cycle]) -> tuple[tuple[int, int, str], ...]:
    return tuple((p.start, p.end, p.reason) for cycle in cycles for p in cycle.ledger if p.kind == "paused")

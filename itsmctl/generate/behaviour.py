"""Patterns of behaviour that an audit must find, ticket by ticket and group by group, in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from itsmctl.generate.hours import Hours
from itsmctl.generate.people import FIRST_LINE, MONITORING
from itsmctl.generate.rhythm import month_of, months_between
from itsmctl.generate.terms import Outcome, Terms
from itsmctl.generate.ticket import Ticket

_NEAR, _REOPENED, _SOON = 1_800, 72 * 3600, 7_200
_DONE = ("resolved", "closed", "cancelled")
_AWAITING = "awaiting-"
_PLACEHOLDERS = ("done", "ok", "已处理")


@dataclass(frozen=True)
class Run:
    """The resolution clock of a ticket, with the states in which it stood still or had ended."""

    terms: Terms
    outcome: Outcome
    target: int | None

    def role(self, state: str) -> str:
        """What a state does to the clock; empty where it runs."""
        clock = self.terms.clock("resolution")
        return clock.states.get(state, "") if clock else ""

    def counted(self, start: int, moment: int, states: list[tuple[int, str]]) -> int:
        """The time counted from the start to a moment."""
        ends = [at for at, _ in states[1:]] + [moment]
        held = sum(
            self.terms.hours.counted(max(at, start), min(end, moment))
            for (at, state), end in zip(states, ends, strict=True)
            if self.role(state) and max(at, start) < min(end, moment)
        )
        return self.terms.hours.counted(start, moment) - held


def tests(
    t: Ticket, run: Run | None, states: list[tuple[int, str]], office: Hours | None, day: int, as_of: int
) -> dict[str, bool]:
    """Whether a ticket shows each of the patterns; `office` and `day` are the hours of the desk and its working day."""
    found = {
        "DQ-11": t.state in ("resolved", "closed")
        and t.channel != "monitoring"
        and "".join(letter for letter in t.close_notes.lower() if letter.isalnum()) in _PLACEHOLDERS,
    }
    if office is not None and t.priority in ("P1", "P2"):
        found["INC-07"] = _longest_silence(t, office, as_of) > 2 * day
        found["INC-08"] = _with_first_line(t, office, as_of) > day
    if run is not None and run.target is not None and run.outcome.verdict in ("kept", "broken"):
        found["INT-05"] = _shifted(t, run, run.target, states)
        found["INT-06"] = _paused_late(t, run, run.target, states)
    return found


def _longest_silence(t: Ticket, office: Hours, as_of: int) -> int:
    """The longest counted time between two touches in which nobody else was waited for."""
    touches = [(t.opened_at, "")] + [(max(update.at, t.opened_at), update.state) for update in t.updates]
    longest = 0
    for (at, state), (later, _) in zip(touches, [*touches[1:], (as_of, "")], strict=True):
        if state not in _DONE and not state.startswith(_AWAITING):
            longest = max(longest, office.counted(at, later))
    return longest


def _with_first_line(t: Ticket, office: Hours, as_of: int) -> int:
    """The counted time in the hands of the first line, over all visits."""
    total, ends = 0, t.resolved_at or t.closed_at or as_of
    held = [(update.at, update.group) for update in t.updates if update.group]
    moves = [one for before, one in zip([(0, ""), *held], held, strict=False) if before[1] != one[1]]
    until = [at for at, _ in moves[1:]] + [max(ends, at) for at, _ in moves[-1:]]
    for (at, group), later in zip(moves, until, strict=True):
        if group in FIRST_LINE.values():
            total += office.counted(at, later)
    return total


def _shifted(t: Ticket, run: Run, target: int, states: list[tuple[int, str]]) -> bool:
    """Resolved shortly before a month ended and open again in the next, or nearly late at the turn of a month."""
    roles = [(at, run.role(state)) for at, state in states]
    for place, (at, role) in enumerate(roles):
        if role != "stop" or (place and roles[place - 1][1] == "stop"):
            continue
        left_at = next((later for later, after in roles[place + 1 :] if after != "stop"), None)
        back = left_at is not None and left_at <= at + _REOPENED and month_of(left_at) > month_of(at)
        if month_of(at) != month_of(at + _NEAR) and back:
            return True
        near = month_of(at - _NEAR) != month_of(at + _NEAR)
        if near and run.outcome.stop == at and 100 * run.counted(t.opened_at, at, states) >= 80 * target:
            return True
    return False


def _paused_late(t: Ticket, run: Run, target: int, states: list[tuple[int, str]]) -> bool:
    """Paused in the last fifth of the target, and resumed by the same person."""
    changed = [
        (update.at, update.by, run.role(update.state))
        for before, update in zip([None, *t.updates], t.updates, strict=False)
        if before is None or before.state != update.state
    ]
    for place, (at, by, role) in enumerate(changed):
        if role != "pause" or (place and changed[place - 1][2] == "pause") or at > run.outcome.stop:
            continue
        ended = next((one for one in changed[place + 1 :] if one[2] != "pause"), None)
        counted = run.counted(t.opened_at, at, states)
        if 80 * target <= 100 * counted < 100 * target and ended is not None and ended[1] == by:
            return True
    return False


@dataclass
class Patterns:
    """What only many tickets together show."""

    _months: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    _bands: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    _lives: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    _reported: dict[tuple[str, str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    _closed: list[tuple[tuple[str, str, str], int, str]] = field(default_factory=list)

    def remember(self, t: Ticket, service: str, run: Run | None, states: list[tuple[int, str]]) -> None:
        """Add a ticket to its groups."""
        self._months[service][month_of(t.opened_at)] += 1
        if t.ci and t.category:
            about = (t.requester, t.ci, t.category)
            self._reported[about].append(t.opened_at)
            if t.closed_at is not None and t.channel != "monitoring":
                self._closed.append((about, t.closed_at, t.number))
        if run is None or run.target is None or run.outcome.running or run.outcome.verdict not in ("kept", "broken"):
            return
        group, stop = t.updates[-1].group or "-", run.outcome.stop
        counted = run.counted(t.opened_at, stop, states)
        if counted <= run.target:
            self._bands[group][0] += 100 * counted >= 95 * run.target
            self._bands[group][1] += 80 * run.target <= 100 * counted < 95 * run.target
        if t.resolved_by and t.resolved_by != MONITORING:
            ends = [at for at, _ in states[1:]] + [stop]
            spans = ((at, end) for (at, state), end in zip(states, ends, strict=True) if run.role(state) == "pause")
            cell = self._lives[group, t.resolved_by]
            cell[0] += 1
            cell[1] += sum(max(min(end, stop) - max(at, t.opened_at), 0) for at, end in spans)
            cell[2] += stop - t.opened_at

    def failed(self) -> Iterator[tuple[str, str]]:
        """The rule and the group of everything that must be found."""
        last = max((month for months in self._months.values() for month in months), default="")
        for service, months in self._months.items():
            if sum(months.values()) >= 120:
                yield from (("DQ-04", f"{service} / {m}") for m in months_between(min(months), last) if m not in months)
        for about, closed_at, number in self._closed:
            if any(closed_at < at <= closed_at + _SOON for at in self._reported[about]):
                yield "INT-11", number
        for group, (heaped, before) in self._bands.items():
            if heaped >= 10 and 3 * heaped > 2 * before:
                yield "INT-17", group
        yield from (("INT-07", f"{person} / {group}") for group, person in self._idle())

    def _idle(self) -> Iterator[tuple[str, str]]:
        """Who keeps clocks paused more than half of the time, and twice as much as the middle one of the group."""
        shares: dict[str, dict[str, float]] = defaultdict(dict)
        for (group, person), (count, paused, life) in self._lives.items():
            if count >= 10:
                shares[group][person] = 100.0 * paused / max(life, 1)
        for group, people in shares.items():
            usual = median(people.values())
            yield from ((group, person) for person, share in people.items() if share > 50 and share > 2 * usual)

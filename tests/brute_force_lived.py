"""The third voice on clocks with switches: a record's life played forward from instant to instant, as a tool would live it.

It asks at each instant what every column holds then, keeps the rounds of a clock as they come, and asks the minutes
walked by `brute_force` what was open. It shares definitions with the product, and no code that counts, cuts or chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from brute_force import OpenMinutes, open_between, zone_of
from lived_cases import Life

from itsmctl.model import Agreement, Calendar, ClockDefinition, Condition, Definitions

ENDS = ("stop", "cancel")
Minutes = Callable[[str, str], OpenMinutes]
"""The minutes of a calendar (by id) in a zone."""


@dataclass(frozen=True)
class Answer:
    """What became of a clock; `counted`, `target` and `stop` are those of the round that decides."""

    verdict: str
    counted: int | None = None
    target: int | None = None
    stop: int | None = None


@dataclass
class Round:
    """One run of the clock as it is lived: [a, b) with what it did, why, and under which agreement."""

    begins: int
    keys: list[tuple[int, str, int]] = field(default_factory=list)
    parts: list[tuple[int, int, str, str, str]] = field(default_factory=list)
    ends: int = 0
    how: str = "running"


@dataclass(frozen=True)
class Case:
    """One clock name of one record, judged at `as_of`."""

    definitions: Definitions
    minutes: Minutes
    life: Life
    name: str
    as_of: int
    precision: int
    tracked: frozenset[str]
    """The columns whose history counts; a change of any other says nothing of the order of things."""

    @cached_property
    def told(self) -> list[tuple[int, str, str]]:
        """The changes that are known, none earlier than one before it."""
        kept = [
            (at, c, new)
            for at, c, _, new in self.life.changes
            if c in self.tracked and at <= self.as_of and (c != "state" or new)
        ]
        latest: list[tuple[int, str, str]] = []
        for at, column, new in kept:
            latest.append((max(at, latest[-1][0]) if latest else at, column, new))
        return latest

    @cached_property
    def opened(self) -> int:
        return int(str(self.life.row["opened_at"]))

    @cached_property
    def born(self) -> int:
        return min([self.opened, *(at for at, _, _ in self.told[:1])])

    def value(self, column: str, instant: int) -> str:
        """What a column holds at an instant, '' for nothing."""
        if column in self.tracked:
            seen = [new for at, c, new in self.told if c == column and at <= instant]
            if seen:
                return seen[-1]
            first = next(((at, old, new) for at, c, old, new in self.life.changes if c == column), None)
            if first:
                at, old, new = first
                describes = column in ("priority", "service")
                stored = describes and not old and at == self.life.row.get("recorded_at") and at <= self.as_of
                return new if stored else old
        value = self.life.row.get(column)
        return "" if value is None else str(value)

    def signed(self, instant: int, at: int) -> Agreement | None:
        """The agreement in force at a moment, for the service that the record has at an instant."""
        service, customer = self.value("service", instant), self.value("customer", instant)
        fits = [
            a
            for a in self.definitions.agreements.values()
            if (not a.customers or customer in a.customers) and self.in_force(a, at)
        ]
        own = [a for a in fits if service in a.services] or [a for a in fits if not a.services]
        return own[0] if own and self.name in own[0].clocks else None

    def in_force(self, a: Agreement, at: int) -> bool:
        zone = self.definitions.calendars[a.calendar].zone
        day = datetime.fromtimestamp(at, UTC).astimezone(zone_of(zone)).date()
        return (a.effective.start or date.min) <= day <= (a.effective.end or date.max)

    @cached_property
    def governing(self) -> Agreement | None:
        final = replace_life_end(self)
        begun = final.signed(self.as_of, self.opened)
        if begun is None or begun.clocks[self.name].policy.agreement_version != "at-resolution":
            return begun
        ended = self.life.row["resolved_at"] or self.life.row["closed_at"]
        return final.signed(self.as_of, ended if isinstance(ended, int) and ended <= self.as_of else self.as_of)


def replace_life_end(case: Case) -> Case:
    """The record as exported: its last values are its values."""
    return replace(case, life=Life(case.life.row, ()))


def answer(case: Case) -> Answer:
    """Judge one clock by living it."""
    governing = case.governing
    if governing is None:
        return Answer("no-agreement")
    return Living(case, governing, governing.clocks[case.name]).answer()


@dataclass(frozen=True)
class Living:
    """A clock while it is lived under the switches of one agreement."""

    case: Case
    governing: Agreement
    clock: ClockDefinition

    def under(self, instant: int) -> Agreement | None:
        """The agreement that counts at an instant."""
        if self.clock.policy.agreement_version == "at-each-instant":
            return self.case.signed(max(instant, self.case.born), max(instant, self.case.born))
        return self.governing

    def holds(self, conditions: Sequence[Condition], instant: int) -> bool:
        for c in conditions:
            value = self.case.value(c.column, instant)
            true = {
                "in": value != "" and value in c.values,
                "not-in": value not in c.values,
                "absent": value == "",
                "present": value != "",
            }
            if not true[c.test]:
                return False
        return True

    def role(self, instant: int) -> tuple[str, str]:
        """What the clock does at an instant, and why."""
        if not self.is_known or (instant < self.case.born and not self.starts):
            return "", ""
        return self.role_by_values(instant)

    def role_by_values(self, instant: int) -> tuple[str, str]:
        agreement = self.under(instant)
        if agreement is None:
            return "pause", "no-agreement"
        clock, state = agreement.clocks[self.case.name], self.case.value("state", instant)
        for role in ("cancel", "stop", "pause"):
            names = [state] if clock.states.get(state) == role else []
            names += [p.name for p in clock.conditions if p.role == role and self.holds(p.conditions, instant)]
            if names:
                return ("stop" if role == "cancel" and self.clock.policy.cancelled_counts else role), names[0]
        return "", ""

    @cached_property
    def starts(self) -> list[Sequence[Condition]]:
        return [p.conditions for p in self.clock.conditions if p.role == "start"]

    @cached_property
    def is_known(self) -> bool:
        """Whether the history says anything of what the clock looks at."""
        looked_at = {"state", *(c.column for p in self.clock.conditions for c in p.conditions)}
        firsts = {c: old for _, c, old, _ in reversed(self.case.life.changes) if c in self.case.tracked}
        return any(c in looked_at for _, c, _ in self.case.told) or any(firsts.get(c) for c in looked_at)

    @cached_property
    def instants(self) -> list[int]:
        """Every instant at which something may be different from before."""
        turns = []
        if self.clock.policy.agreement_version == "at-each-instant":
            for a in self.case.definitions.agreements.values():
                zone = zone_of(self.case.definitions.calendars[a.calendar].zone)
                days = [a.effective.start, a.effective.end and a.effective.end + timedelta(days=1)]
                turns += [int(datetime(d.year, d.month, d.day, tzinfo=zone).timestamp()) for d in days if d]
        found = {self.case.born, self.case.as_of, *(at for at, _, _ in self.case.told), *turns}
        return sorted(at for at in found if self.case.born <= at <= self.case.as_of)

    def start(self) -> int | None:
        if not self.starts:
            at = self.case.life.row[self.clock.starts_at]
            return at if isinstance(at, int) else None
        began = [at for at in self.instants if any(self.holds(c, at) for c in self.starts)]
        return max(began[0], self.case.opened) if began else None

    def answer(self) -> Answer:
        case, policy = self.case, self.clock.policy
        if policy.zone_from != "agreement" and self.zone() is None:
            return Answer("no-zone")
        start = self.start()
        if start is None:
            return Answer("not-started" if self.starts else f"missing:{self.clock.starts_at}")
        if start > case.as_of:
            return Answer("after-as-of")
        stop, cancelled = self.stop(start)
        if isinstance(stop, str):
            return Answer(stop)
        if stop is not None and stop < start:
            return Answer("stop-before-start", stop=stop)
        rounds = self.live(start, stop)
        judged = [self.judge(one) for one in rounds]
        late = [j for j in judged if j.verdict in ("breached", "running_breached")]
        unsure = [j for j in judged if j.verdict in ("no-target", "no-agreement", "no-history", "within-precision")]
        decisive = judged[-1] if cancelled else [*late, *unsure, judged[-1]][0]
        if cancelled:
            return replace(decisive, verdict="cancelled")
        if decisive.verdict in ("running_breached", "running_ok", "paused_ok") and policy.open_at_cutoff == "exclude":
            return replace(decisive, verdict="open-at-cutoff")
        return decisive

    def lived_instants(self, start: int) -> list[int]:
        """The instants from the start on; before it only what is not forgotten when a condition starts the clock."""
        if not self.starts:
            return self.instants
        known = [at for at in self.instants if at <= start and (at < self.case.as_of or self.happens(at))]
        return [*known[-1:], *(at for at in self.instants if at > start)]

    def happens(self, instant: int) -> bool:
        """Whether something happens at an instant, and it is not just the moment of the audit."""
        return instant == self.case.born or any(at == instant for at, _, _ in self.case.told)

    def stop(self, start: int) -> tuple[int | str | None, bool]:
        """When the clock stops (None: it runs), or what is unknown about that; and whether it was cancelled."""
        case, row = self.case, self.case.life.row
        stopped: int | None = None
        role = ""
        for at in self.lived_instants(start):
            now = self.role(at)[0]
            if now in ENDS:
                stopped = at if stopped is None else stopped
                role = now if self.clock.reopens or not role else role
                if not self.clock.reopens:
                    break
            else:
                stopped, role = None, ""
        ends = [t for t in (row["resolved_at"], row["closed_at"]) if isinstance(t, int) and t <= case.as_of]
        if self.clock.policy.response_is != "message":
            return self.response(start, ends), False
        has_stop = "stop" in self.clock.states.values() or any(p.role == "stop" for p in self.clock.conditions)
        if self.is_known and has_stop:
            return stopped, role == "cancel"
        if not self.is_known:
            role = self.role_by_values(case.as_of)[0]
        column = row[self.clock.stops_at]
        if column is None and stopped is None and (role in ENDS or ends):
            return ("cancelled" if role == "cancel" else f"missing:{self.clock.stops_at}"), False
        known = [t for t in (column, stopped) if isinstance(t, int) and t <= case.as_of]
        stop = min(known, default=None)
        return stop, role == "cancel" and stop is not None and stopped in (None, stop)

    def response(self, start: int, ends: list[int]) -> int | None:
        column = "assignee" if self.clock.policy.response_is == "assignment" else "state"
        first = self.case.value(column, max(start, self.case.born))
        if column == "state" and not first:  # the state in which a record is stored answers nobody
            first = next((told for at in sorted(self.instants) if (told := self.case.value(column, at))), "")
        found = [start] if column == "assignee" and first else []
        found += [at for at in self.instants if at > start and self.case.value(column, at) not in ("", first)]
        found += [at for at in self.instants if self.role(at)[0] in ENDS][:1]
        return min([*found, *ends], default=None)

    def key(self, instant: int) -> tuple[str, int]:
        """Which target fits at an instant."""
        agreement = self.under(instant)
        if agreement is None:
            return "", -1
        for number, t in enumerate(agreement.clocks[self.case.name].targets):
            if any(self.case.value(c.column, instant) == "" for c in t.conditions):
                return agreement.id, -1
            if self.holds(t.conditions, instant):
                return agreement.id, number
        return agreement.id, -1

    def live(self, start: int, stop: int | None) -> list[Round]:
        """Play the clock from its start to its stop, or to the moment of the audit."""
        until = self.case.as_of if stop is None else stop
        policy = self.clock.policy
        steps = sorted({start, *(at for at in self.instants if start < at <= until)})
        now = Round(start)
        rounds = [now]
        rested: int | None = None
        ran: tuple[str, int] | None = None
        was_reset = False
        for at, following in zip(steps, [*steps[1:], until], strict=True):
            role, why = self.role(at)
            key = self.key(at)
            resets = any(p.role == "reset" and self.holds(p.conditions, at) for p in self.clock.conditions)
            may_begin = role not in ENDS and at > start and (at < until or stop is None)
            if may_begin and rested is not None and policy.on_reopen == "new-cycle":
                now.ends, now.how = rested, "stopped"
                now = Round(at)
                rounds.append(now)
            elif may_begin and (
                (policy.on_priority_change == "restart" and key[1] >= 0 and ran not in (None, key))
                or (resets and not was_reset)
            ):
                now.ends, now.how = at, "overtaken"
                now = Round(at)
                rounds.append(now)
            rested = (at if rested is None else rested) if role in ENDS else None
            ran = ran if role in ENDS or key[1] < 0 else key
            was_reset = resets
            now.keys.append((at, *key))
            now.parts.append(
                (at, following, role, why, (self.under(at) or self.governing).id if self.under(at) else "")
            )
        now.ends, now.how = until, "running" if stop is None else "stopped"
        for one in rounds:
            one.keys = [k for k in one.keys if k[0] <= one.ends]
            one.parts = [(a, min(b, one.ends), *rest) for a, b, *rest in one.parts if a < min(b, one.ends)]  # type: ignore[misc]
        return rounds

    def zone(self) -> str | None:
        policy = self.clock.policy
        if policy.zone_from == "agreement":
            return ""
        return policy.zones.get(self.case.value(policy.zone_from, self.case.as_of))

    def open(self, agreement: str, a: int, b: int) -> int:
        """Open seconds by an agreement's calendar in the zone of the record."""
        if not agreement:
            return 0
        calendar = self.case.definitions.agreements[agreement].calendar
        return open_between(self.case.minutes(calendar, self.zone() or ""), a, b)

    def seconds(self, agreement: str, number: int, begins: int) -> int | None:
        if number < 0:
            return None
        signed = self.case.definitions.agreements[agreement]
        target = signed.clocks[self.case.name].targets[number]
        calendar = self.case.definitions.calendars[signed.calendar]
        if self.clock.policy.business_day == "weekday":
            days = workdays(calendar, self.zone() or calendar.zone, begins, self.open, agreement)
            return target.seconds + sum(next(days) for _ in range(target.business_days))
        return target.seconds + target.business_days * calendar.day_minutes * 60

    def target(self, one: Round) -> int | None:
        change = self.clock.policy.on_priority_change
        every = [self.seconds(agreement, number, one.begins) for _, agreement, number in one.keys]
        if change == "keep-first":
            return every[0]
        if change == "strictest":
            return min((t for t in every if t is not None), default=None)
        return every[-1]

    def judge(self, one: Round) -> Answer:
        policy = self.clock.policy
        target = self.target(one)
        counted = sum(b - a for a, b in self.counted(one))
        stop = None if one.how == "running" else one.ends
        known = Answer("", counted, target, stop)
        if not one.keys[-1][1]:
            return replace(known, verdict="" if one.how == "overtaken" else "no-agreement")
        if target is None:
            return replace(known, verdict="" if one.how == "overtaken" else "no-target")
        pauses = "pause" in self.clock.states.values() or any(p.role == "pause" for p in self.clock.conditions)
        if not self.is_known and pauses and counted > target:
            return replace(known, verdict="no-history")
        if policy.within_precision == "not-testable" and 1 < self.case.precision > abs(counted - target):
            return replace(known, verdict="within-precision")
        late = counted > target
        if policy.verdict_by == "deadline" and counted == target:
            late = one.ends > self.deadline(one, target)
        if one.how == "running":
            paused = self.role(self.case.as_of)[0] == "pause"
            return replace(known, verdict="running_breached" if late else "paused_ok" if paused else "running_ok")
        return replace(known, verdict="breached" if late else "met" if one.how == "stopped" else "")

    def deadline(self, one: Round, target: int) -> int:
        """The end of the second in which the counted time reaches the target."""
        if target == 0:
            return one.begins
        left = target
        for a, b in self.counted(one):
            if b - a >= left:
                return a + left
            left -= b - a
        raise AssertionError("the target was not reached")

    def counted(self, one: Round) -> Iterator[tuple[int, int]]:
        """The pieces of a round in which the clock counts: open, and neither at rest nor in a pause that is still credited."""
        policy = self.clock.policy
        changes = [b[0] for a, b in zip(one.keys, one.keys[1:], strict=False) if a[1:] != b[1:]]
        excluded = policy.on_reopen != "resume-including-resolved"
        base = sum(self.open(who, a, b) for a, b, role, _, who in one.parts if not (role in ENDS and excluded))
        budget = None if policy.max_pause_share is None else int(round(base * policy.max_pause_share, 6) // 100)
        used, before = 0, ("", "")
        for a, b, role, why, who in one.parts:
            lost = policy.on_priority_change == "continue-without-earlier-pauses" and bool(changes) and a < changes[-1]
            pauses = role == "pause" and not lost
            used = used if pauses and (why, who) == before else 0
            before = (why, who) if pauses else ("", "")
            if role in ENDS and excluded:
                continue
            for low, high in self.opened(who, a, b):
                if not pauses:
                    yield low, high
                    continue
                limit = self.limit(who, why)
                credit = high - low if limit is None else min(high - low, max(limit - used, 0))
                used += high - low
                if budget is not None:
                    credit, budget = min(credit, budget), budget - min(credit, budget)
                if low + credit < high:
                    yield low + credit, high

    def limit(self, who: str, why: str) -> int | None:
        if not who:
            return None
        signed = self.case.definitions.agreements[who]
        limit = signed.clocks[self.case.name].limits.get(why)
        day = self.case.definitions.calendars[signed.calendar].day_minutes * 60
        return None if limit is None else limit.seconds + limit.business_days * day

    def opened(self, who: str, a: int, b: int) -> Iterator[tuple[int, int]]:
        """The open pieces of [a, b), found among the minutes."""
        if not who or a >= b:
            return
        calendar = self.case.definitions.agreements[who].calendar
        minutes = self.case.minutes(calendar, self.zone() or "")
        at = a
        while at < b:
            index = (at - minutes.first) // 60
            flag = minutes.open[index : index + 1]
            edge = minutes.open.find(b"\x00" if flag == b"\x01" else b"\x01", index)
            end = b if edge < 0 else min(minutes.first + edge * 60, b)
            if flag == b"\x01":
                yield at, end
            at = end


def workdays(
    calendar: Calendar, zone: str, begins: int, opened: Callable[[str, int, int], int], agreement: str
) -> Iterator[int]:
    """The open seconds of each local day that still has open time at `begins`, and of those after it."""
    info = zone_of(zone)
    day = datetime.fromtimestamp(begins, UTC).astimezone(info).date()
    for number in range(60):
        first, last = (
            datetime(d.year, d.month, d.day, tzinfo=info)
            for d in (day + timedelta(number), day + timedelta(number + 1))
        )
        a, b = int(first.timestamp()), int(last.timestamp())
        if opened(agreement, max(a, begins), b):
            yield opened(agreement, a, b)
    raise AssertionError(f"{calendar.id} hardly ever opens")


def as_reason(verdict: str, reason: str) -> str:
    """One word for what the product says."""
    plain: Mapping[str, str] = {
        "no-history:state": "no-history",
        "missing:priority": "no-target",
        "no-clock": "no-agreement",
    }
    return (
        plain.get(reason, reason).split(":")[0] if reason.startswith("no-zone") else plain.get(reason, reason)
    ) or verdict

"""What must be found: every rule applied to each ticket in plain Python, so that the truth is complete.

Whatever was planted has consequences (a late resolution also spoils the month), and an audit finds those too. The
limits are those of the reference rules; targets, calendars, states and codes are those of the definitions given.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from itsmctl.generate import behaviour
from itsmctl.generate.behaviour import Patterns, Run
from itsmctl.generate.flow import leaves_flow, roles_of
from itsmctl.generate.hours import Hours
from itsmctl.generate.recurring import Recurring
from itsmctl.generate.rhythm import month_of
from itsmctl.generate.roster import Roster, same_person
from itsmctl.generate.supplied import Contracts
from itsmctl.generate.symptoms import SHELVED
from itsmctl.generate.terms import RESOLUTION, RESPONSE, Agreements, Outcome, Terms, in_force, outcome
from itsmctl.generate.ticket import Ticket
from itsmctl.generate.ticket_tests import (
    changes,
    columns_of,
    count,
    detail_tests,
    life_tests,
    major_tests,
    parked,
    rises,
    time_tests,
)
from itsmctl.model import Definitions

HOUR = 3600
_ABOUT = ("service", "ci", "category")
_BURST, _BURST_SECONDS = 20, 600

CONSEQUENCES = {
    "CFG-03": "too many incidents of this service and month name no configuration item",
    "DQ-02": "the export has a suspiciously round number of rows",
    "DQ-03": "numbers are missing from the run",
    "DQ-08": "a mandatory field is empty",
    "DQ-10": "too many incidents of this month are filed under other",
    "DQ-13": "its history begins after it does",
    "DQ-12": "the tool and the agreement disagree",
    "CAP-03": "more and more incidents of this service come from lack of capacity",
    "KNW-03": "too many workarounds of this month name no article",
    "SLM-08": "too many incidents of this service and month were taken out of the count",
    "INC-03": "its priority does not follow from the matrix",
    "INC-05": "answered after the agreed response time",
    "INC-06": "not resolved within the agreed time",
    "INC-14": "kicked from group to group",
    "INC-16": "open for more than thirty days",
    "INC-19": "an urgent fault that came back twice within a month, without a problem",
    "INC-23": "moved on three times or more",
    "INC-24": "a change of state that the process does not allow",
    "INC-26": "left the path of its process",
    "INC-27": "too many incidents left the path of their process",
    "INC-28": "moved on by somebody outside of the lane",
    "INT-03": "stored more than a day after it was opened",
    "INT-04": "closed together with many others in minutes",
    "SLM-04": "agreed attainment missed in this month",
    "SUP-06": "with a supplier for longer than the contract allows",
    "SLM-12": "no agreement covers it",
    "SLM-13": "the tool itself reports its target as missed",
}


@dataclass(frozen=True, order=True)
class Planted:
    """One thing that an audit must find: the rule, the record or group, and what was done."""

    rule: str
    record: str
    what: str


@dataclass(frozen=True)
class Clocks:
    """The terms of a ticket and what became of its two clocks."""

    terms: Terms | None
    response: Outcome | None
    resolution: Outcome | None
    promised: bool

    @property
    def is_late(self) -> bool:
        """Whether it was not resolved within the agreed time."""
        return self.resolution is not None and self.resolution.verdict == "broken"


@dataclass
class Judge:
    """Applies the rules ticket by ticket, and to groups at the end."""

    definitions: Definitions
    agreements: Agreements
    as_of: int
    roster: Roster
    crews: Mapping[str, str]
    """The group of whoever works on incidents."""
    _other: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    _with_ci: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    _excused: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    _read: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    _crowded: dict[str, dict[str, list[int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    )
    _on_path: list[int] = field(default_factory=lambda: [0, 0])
    _kept: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    openings: dict[tuple[tuple[str, ...], tuple[str, ...]], array[int]] = field(default_factory=dict)
    """When incidents were opened, by what they are about."""
    patterns: Patterns = field(default_factory=Patterns)
    recurring: Recurring = field(default_factory=Recurring)
    _closings: dict[str, tuple[array[int], list[str]]] = field(default_factory=dict)

    def clocks(self, ticket: Ticket) -> Clocks:
        """Run both clocks of a ticket as it stands."""
        columns = columns_of(ticket)
        terms = self.agreements.of(columns["service"], columns["customer"], ticket.opened_at)
        if terms is None:
            return Clocks(None, None, None, False)
        times = {
            "opened_at": ticket.opened_at,
            "recorded_at": ticket.recorded_at,
            "responded_at": ticket.responded_at,
            "resolved_at": ticket.resolved_at,
            "closed_at": ticket.closed_at,
        }
        moments = list(changes(ticket))

        def columns_at(moment: int) -> dict[str, str]:
            first = ticket.updates[0] if ticket.updates else None  # it stored the ticket, and holds from its opening
            last = next((u for u in reversed(ticket.updates) if u.at <= moment), first)
            return columns | {"priority": last.priority} if last and last.priority else columns

        run = {name: outcome(terms, name, columns_at, times, moments, self.as_of) for name in (RESPONSE, RESOLUTION)}
        return Clocks(terms, run[RESPONSE], run[RESOLUTION], terms.target(RESOLUTION, columns) is not None)

    def look(self, ticket: Ticket, clocks: Clocks) -> Iterator[Planted]:
        """Everything that must be found on this ticket; groups remember it."""
        self._remember(ticket, clocks)
        self.patterns.remember(ticket, columns_of(ticket)["service"], self._run(ticket, clocks), list(changes(ticket)))
        for rule in sorted(self._failed(ticket, clocks)):
            if rule in self.definitions.rules:
                yield Planted(
                    rule,
                    ticket.number,
                    ticket.planted.get(rule) or CONSEQUENCES.get(rule) or str(self.definitions.rules[rule].title),
                )

    def groups(self) -> Iterator[Planted]:
        """Everything that must be found on months, services and people."""
        failed: list[tuple[str, str]] = []
        failed += [
            ("DQ-10", month) for month, (part, all_) in self._other.items() if all_ >= 20 and 100 * part > 5 * all_
        ]
        failed += [
            ("CFG-03", key) for key, (part, all_) in self._with_ci.items() if all_ >= 20 and 100 * part < 90 * all_
        ]
        failed += [
            ("SLM-08", key) for key, (part, all_) in self._excused.items() if all_ >= 20 and 100 * part > 5 * all_
        ]
        failed += [
            ("KNW-03", month) for month, (part, all_) in self._read.items() if all_ >= 10 and 100 * part < 60 * all_
        ]
        failed += [("CAP-03", service) for service, months in self._crowded.items() if rises(months, 3, 10)]
        failed += [("SLM-04", group) for group in self._missed()]
        if self._on_path[1] >= 20 and 100 * self._on_path[0] < 95 * self._on_path[1]:
            failed.append(("INC-27", "incident"))
        failed += [("INT-04", number) for number in self._bursts()]
        failed += self.patterns.failed()
        failed += self.recurring.failed()
        for rule, record in sorted(set(failed)):
            if rule in self.definitions.rules:
                yield Planted(rule, record, CONSEQUENCES.get(rule) or str(self.definitions.rules[rule].title))

    def _missed(self) -> Iterator[str]:
        """The months of services in which less was kept than agreed, named with the agreement where there are several."""
        agreed = {key: self.definitions.agreements[key[1]].attainment.get(RESOLUTION) for key in self._kept}
        agreements = Counter(group for (group, _), share in agreed.items() if share is not None)
        for (group, agreement), (part, all_) in self._kept.items():
            share = agreed[group, agreement]
            if share is not None and all_ >= 10 and 100.0 * part / all_ < share:
                yield group if agreements[group] == 1 else f"{group} / {agreement}"

    def _remember(self, ticket: Ticket, clocks: Clocks) -> None:
        month, service = month_of(ticket.opened_at), columns_of(ticket)["service"]
        self.recurring.remember(ticket, service)
        count(self._on_path, not self._strays(ticket))
        count(self._other[month], ticket.category in SHELVED)
        for same, about in ((("ci",), (ticket.ci,)), (_ABOUT, (service, ticket.ci, ticket.category))):
            self.openings.setdefault((same, about), array("q")).append(ticket.opened_at)
        if ticket.priority in ("P1", "P2", "P3"):
            count(self._with_ci[f"{service} / {month}"], bool(ticket.ci))
        count(self._excused[f"{service} / {month}"], "exception" in ticket.details)
        cause, crowded = ticket.details.get("cause_code"), self._crowded[service][month]
        crowded[0] += cause == "capacity"
        crowded[1] += not cause
        crowded[2] += 1
        if ticket.closure_code == "workaround":
            count(self._read[month], "article" in ticket.details)
        resolution = clocks.resolution
        if (
            resolution
            and clocks.terms
            and (
                clocks.is_late
                or resolution.verdict == "unknown"
                or (resolution.verdict == "kept" and not resolution.running)
            )
        ):  # what cannot be told counts as kept: a month that it could save is not missed
            stopped = month_of(resolution.stop)
            count(self._kept[f"{service} / {stopped}", clocks.terms.agreement.id], not clocks.is_late)
        if ticket.closed_by and ticket.closed_at is not None:
            moments, numbers = self._closings.setdefault(ticket.closed_by, (array("q"), []))
            moments.append(ticket.closed_at)
            numbers.append(ticket.number)

    def _bursts(self) -> Iterator[str]:
        for _, (moments, numbers) in sorted(self._closings.items()):
            ordered = sorted(zip(moments, numbers, strict=True))
            times = [at for at, _ in ordered]
            for start, (at, _) in enumerate(ordered):
                end = bisect_right(times, at + _BURST_SECONDS)
                if end - start >= _BURST:
                    yield from (number for _, number in ordered[start:end])

    def _failed(self, t: Ticket, clocks: Clocks) -> set[str]:
        tests = {**self._field_tests(t), **time_tests(t, self.as_of), **life_tests(t), **detail_tests(t)}
        silence = self._counted(t.resolved_at, t.closed_at) if (t.closed_at or 0) >= (t.resolved_at or 0) else None
        tests["INC-10"] &= silence is not None and 0 <= silence < 5 * self._desk()[1]
        tests["PRB-09"] = sum(self._counted(*span) for span in parked(t)) > 3 * self._desk()[1]
        tests["SLM-14"] = "exception" in t.details and t.details["exception"] not in self._exceptions()
        tests["INT-09"] = self._was_lowered(t, clocks)
        tests |= behaviour.tests(t, self._run(t, clocks), list(changes(t)), *self._desk(), self.as_of)
        if t.priority == "P1" or t.details.get("major") == "true":
            tests |= major_tests(t, self.as_of)
            tests["MI-05"] = (
                t.details.get("major") == "true"
                and self._counted(t.resolved_at, t.details.get("reviewed_at", self.as_of)) > 5 * self._desk()[1]
            )
        tests["INC-15"] = self.roster.is_gone(t.updates[-1].assignee, t.opened_at)
        tests["INT-16"] = bool(t.resolved_by) and any(
            self.roster.is_gone(person, t.opened_at if at is None else at)
            for person, at in ((t.resolved_by, t.resolved_at), (t.closed_by, t.closed_at))
        )
        tests["INC-24"] = self._jumps(t)
        tests["INC-26"] = self._strays(t, begins_anywhere=True)
        tests["INC-28"] = self._is_moved_by_others(t)
        tests["INC-05"] = clocks.response is not None and clocks.response.verdict == "broken"
        tests["INC-06"] = clocks.is_late
        tests["DQ-12"] = clocks.resolution is not None and clocks.resolution.verdict == (
            "broken" if t.reported_met else "kept"
        )
        tests["SUP-06"] = Contracts(self.definitions, self.agreements.hours).is_late(t, clocks.terms, clocks.resolution)
        tests["SLM-12"] = not clocks.promised
        tests["SLM-13"] = not t.reported_met
        return {rule for rule, failed in tests.items() if failed}

    def _field_tests(self, t: Ticket) -> dict[str, bool]:
        matrix = self.definitions.matrices.get("incident-priority")
        priorities = self.definitions.code_lists.get("priority")
        codes = {code.id for code in priorities.codes} if priorities else set()
        process = self.definitions.processes.get("incident")
        states = {state.id for state in process.states} if process else set()
        right = matrix.cells.get((t.impact, t.urgency)) if matrix else None
        return {
            "DQ-08": not (t.category and t.updates[-1].group),
            "DQ-09": any(update.state not in states for update in t.updates),
            "DQ-15": bool(codes) and t.priority not in codes,
            "INC-03": right is not None and t.priority != right and (not codes or t.priority in codes),
            "INC-04": t.service is None or not in_force(t.service.effective, t.opened_at),
        }

    def _run(self, t: Ticket, clocks: Clocks) -> Run | None:
        if clocks.terms is None or clocks.resolution is None:
            return None
        return Run(clocks.terms, clocks.resolution, clocks.terms.target(RESOLUTION, columns_of(t)))

    def _desk(self) -> tuple[Hours | None, int]:
        """The hours of the office that rules about neglect and waiting count in, and the length of its day."""
        rules = (self.definitions.rules.get(id_) for id_ in ("INC-07", "INC-10", "PRB-09"))
        named = next((str(rule.parameters["calendar"]) for rule in rules if rule), "")
        calendar, hours = self.definitions.calendars.get(named), self.agreements.hours.get(named)
        return hours, calendar.day_minutes * 60 if calendar else 0

    def _counted(self, start: int | str | None, end: int | str | None) -> int:
        """Office seconds between two moments; -1 where one is missing."""
        hours, _ = self._desk()
        return hours.counted(int(start), int(end)) if hours and start is not None and end is not None else -1

    def _exceptions(self) -> set[str]:
        listed = self.definitions.code_lists.get("agreement-exception")
        return {code.id for code in listed.codes} if listed else set()

    def _was_lowered(self, t: Ticket, clocks: Clocks) -> bool:
        """Lowered when less than a quarter of the target was left, and in time for the new target only."""
        if clocks.terms is None or clocks.resolution is None or clocks.is_late:
            return False
        columns = columns_of(t)
        for before, after in zip(t.updates, t.updates[1:], strict=False):
            old, new = (update.priority or t.priority for update in (before, after))
            before_that, now = (clocks.terms.target(RESOLUTION, columns | {"priority": one}) for one in (old, new))
            if before_that is None or now is None or now <= before_that:
                continue
            until, total = (clocks.terms.hours.counted(t.opened_at, at) for at in (after.at, clocks.resolution.stop))
            if 100 * (before_that - until) < 25 * before_that and total > before_that:
                return True
        return False

    def _strays(self, t: Ticket, *, begins_anywhere: bool = False) -> bool:
        states = [state for _, state in changes(t)]
        return leaves_flow(self.definitions.processes["incident"], states, begins_anywhere=begins_anywhere)

    def _is_moved_by_others(self, t: Ticket) -> bool:
        """Whether somebody took a step who holds no role of its lane and acts for none of its groups, as far as they are known."""
        process, roles = self.definitions.processes["incident"], self.definitions.roles
        moves = [
            update
            for before, update in zip([None, *t.updates], t.updates, strict=False)
            if before is None or before.state != update.state
        ]
        for update in moves:
            lane = roles_of(process, update.state)
            if not lane or same_person(update.by, t.requester) or self.roster.holds(update.by, lane, update.at):
                continue
            crew = self.crews.get(update.by, "")
            theirs = {id_ for id_, role in roles.items() if crew in role.groups}
            if not theirs & set(lane) and (theirs or self.roster.knows(update.by)):
                return True
        return False

    def _jumps(self, t: Ticket) -> bool:
        process = self.definitions.processes["incident"]
        known = {state.id for state in process.states}
        states = [state for _, state in changes(t)]
        pairs = zip(states, states[1:], strict=False)
        return any({old, new} <= known and new not in process.transitions.get(old, ()) for old, new in pairs)

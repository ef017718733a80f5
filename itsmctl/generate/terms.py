"""Which promise holds for a ticket: the agreement in force for its service, its calendar, its targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from itsmctl.errors import ItsmctlError, Problem
from itsmctl.generate.hours import Hours
from itsmctl.generate.life import Promise
from itsmctl.model import Agreement, Calendar, ClockDefinition, Condition, Definitions, Effective, Service
from itsmctl.zones import EVER, midnight_after

RESPONSE, RESOLUTION = "response", "resolution"
_DAY = 86_400
_FEW = 10
"""Tickets a month where no agreement says how many."""


@dataclass(frozen=True)
class Terms:
    """An agreement with its calendar, ready to be asked."""

    agreement: Agreement
    calendar: Calendar
    hours: Hours

    @property
    def known_before(self) -> int:
        """The first moment of which the calendar does not know whether it is a holiday."""
        last = self.calendar.known_until
        return midnight_after(last, self.calendar.zone) if last else EVER

    def clock(self, name: str) -> ClockDefinition | None:
        """The clock of that name, if the agreement has it."""
        return self.agreement.clocks.get(name)

    def target(self, name: str, columns: Mapping[str, str]) -> int | None:
        """The promised counted seconds: those of the first target whose conditions the record meets."""
        clock = self.clock(name)
        for target in clock.targets if clock else ():
            if all(holds(condition, columns) for condition in target.conditions):
                return target.seconds + target.business_days * self.calendar.day_minutes * 60
        return None

    def promise(self, columns: Mapping[str, str]) -> Promise | None:
        """Both targets for a record, or None where one of them is not promised."""
        response, resolution = self.target(RESPONSE, columns), self.target(RESOLUTION, columns)
        clock = self.clock(RESOLUTION)
        if not response or not resolution or clock is None:
            return None
        pauses = frozenset(state for state, role in clock.states.items() if role == "pause")
        return Promise(self.hours, response, resolution, pauses)


@dataclass(frozen=True)
class Outcome:
    """What became of one clock: kept, broken or cancelled, where that can be told, and when it stopped or was judged."""

    verdict: Literal["kept", "broken", "cancelled", "unknown"]
    stop: int
    running: bool


def outcome(
    terms: Terms,
    name: str,
    columns_at: Callable[[int], Mapping[str, str]],
    times: Mapping[str, int | None],
    moments: Sequence[tuple[int, str]],
    as_of: int,
) -> Outcome:
    """Run a clock over a ticket whose moments are in order, none of them after `as_of`; the columns at the stop choose the target.

    This is deliberately not `worktime.recorded`: the truth must not repeat a mistake of what it tests.
    """
    clock = terms.clock(name)
    start = times["opened_at"] or 0
    if clock is None:
        return Outcome("unknown", as_of, True)
    ends = [at for at, _ in moments[1:]] + [as_of]
    spans = [(at, end, clock.states.get(state, "")) for (at, state), end in zip(moments, ends, strict=True)]
    by_state = "stop" in clock.states.values()
    column = times.get(clock.stops_at)
    stop = _stop(spans, clock.reopens) if by_state else column
    if not by_state and column is None and (times["resolved_at"] or times["closed_at"]):
        return Outcome("unknown", as_of, False)
    if by_state and stop is not None and spans[-1][2] == "cancel":
        return Outcome("cancelled", stop, False)
    end = as_of if stop is None else stop
    target = terms.target(name, columns_at(end))
    if target is None or end < start or end > terms.known_before:
        return Outcome("unknown", end, stop is None)
    held = sum(
        terms.hours.counted(max(a, start), min(b, end)) for a, b, role in spans if role and max(a, start) < min(b, end)
    )
    counted = terms.hours.counted(start, end) - held
    return Outcome("kept" if counted <= target else "broken", end, stop is None)


def _stop(spans: Sequence[tuple[int, int, str]], reopens: bool) -> int | None:
    """The start of the unbroken run of ended states at the end, or of the first one where an end is final."""
    ended = [role in ("stop", "cancel") for _, _, role in spans]
    if not reopens:
        return next((at for (at, _, _), end in zip(spans, ended, strict=True) if end), None)
    stop = None
    for (at, _, _), end in zip(spans, ended, strict=True):
        stop = (at if stop is None else stop) if end else None
    return stop


class Agreements:
    """Every agreement of the definitions, found by service and day."""

    def __init__(self, definitions: Definitions, start: int, end: int) -> None:
        self.hours = {
            id_: Hours(calendar, start - 10 * _DAY, end + 400 * _DAY) for id_, calendar in definitions.calendars.items()
        }
        self._terms = [
            Terms(agreement, definitions.calendars[agreement.calendar], self.hours[agreement.calendar])
            for _, agreement in sorted(definitions.agreements.items())
        ]
        self._found: dict[tuple[str, str, int], Terms | None] = {}

    def of(self, service: str, customer: str, moment: int) -> Terms | None:
        """The agreement that names the service, else the one for any service; one for the customer comes first.

        Agreements change by the day, and every ticket asks for every service: what was found is kept.
        """
        asked = (service, customer, moment // _DAY)
        if asked not in self._found:
            self._found[asked] = self._of(service, customer, moment)
        return self._found[asked]

    def _of(self, service: str, customer: str, moment: int) -> Terms | None:
        fitting = [
            terms
            for terms in self._terms
            if in_force(terms.agreement.effective, moment)
            and (not terms.agreement.services or service in terms.agreement.services)
            and (not terms.agreement.customers or customer in terms.agreement.customers)
        ]
        return min(fitting, key=lambda t: (not t.agreement.services, not t.agreement.customers), default=None)

    def workload(self, service: str, customer: str, moment: int) -> int:
        """How many tickets a month the promise to this customer was made for; as a weight, never 0."""
        terms = self.of(service, customer, moment)
        limit = terms.agreement.workload_limit if terms else None
        if terms is None or limit is None or limit.per_month is None:
            return _FEW
        return max(limit.per_month // max(len(terms.agreement.services), 1), 1)

    def usual(self) -> Promise:
        """What is promised for an ordinary ticket somewhere; the definitions must promise something."""
        ordinary = (terms.promise({"priority": "P3"}) for terms in self._terms)
        found = next((promise for promise in ordinary if promise is not None), None)
        if found is None:
            template = (
                "no agreement promises times to respond and to resolve for priority P3, so no history can keep them"
            )
            raise ItsmctlError(Problem("nothing-promised", template))
        return found


def in_force(effective: Effective, moment: int) -> bool:
    """Whether a definition holds on the (UTC) day of a moment."""
    day = datetime.fromtimestamp(moment, UTC).date()
    return (effective.start is None or effective.start <= day) and (effective.end is None or day <= effective.end)


def offered(definitions: Definitions, moment: int) -> list[Service]:
    """The live services of the catalogue on a day, by id."""
    services = sorted(definitions.services.values(), key=lambda service: service.id)
    return [s for s in services if s.stage == "live" and in_force(s.effective, moment)]


def holds(condition: Condition, columns: Mapping[str, object]) -> bool:
    """Whether a condition holds of columns; an empty one is `not-in`, and never `in`."""
    value = str(columns.get(condition.column, ""))
    listed = [str(wanted).lower() if isinstance(wanted, bool) else str(wanted) for wanted in condition.values]
    match condition.test:
        case "in":
            return value in listed
        case "not-in":
            return value not in listed
        case "present":
            return bool(value)
        case "absent":
            return not value
        case _:
            return False

"""What is on offer to a record: every clock of every agreement, in the order in which they are tried."""

from __future__ import annotations

from dataclasses import dataclass

from itsmctl.model import Agreement, Calendar, ClockDefinition, Definitions
from itsmctl.worktime import calendar_as
from itsmctl.zones import EVER, midnight, midnight_after


@dataclass(frozen=True)
class Offer:
    """One clock of one agreement, numbered; the lower number of several that match wins."""

    number: int
    agreement: Agreement
    clock: ClockDefinition
    calendar: Calendar


def offers(definitions: Definitions) -> tuple[Offer, ...]:
    """Every clock of every agreement; agreements for named services come before those for any."""
    ordered = sorted(definitions.agreements.values(), key=lambda a: (not a.services, not a.customers, a.id))
    pairs = [(a, clock) for a in ordered for _, clock in sorted(a.clocks.items())]
    return tuple(
        Offer(i, a, clock, calendar_as(definitions.calendars[a.calendar], clock.policy.calendar_version))
        for i, (a, clock) in enumerate(pairs)
    )


def period_of(o: Offer) -> tuple[int, int]:
    """The days in force, from midnight to midnight of the agreement's calendar."""
    start, end = o.agreement.effective.start, o.agreement.effective.end
    return (
        midnight(start, o.calendar.zone) if start else -EVER,
        midnight_after(end, o.calendar.zone) if end else EVER,
    )

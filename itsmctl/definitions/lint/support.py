"""Which legs of operational agreements and contracts a clock of a service level agreement rests on; what laws share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from itsmctl.definitions.lint.system import Placed, System
from itsmctl.model import Agreement, Calendar, Contract, Leg, OperationalAgreement, SupportTerms
from itsmctl.model.periods import edges, in_force


@dataclass(frozen=True)
class SupportingLeg:
    """One leg, where its agreement stands, and the calendar in which it counts."""

    agreement: Placed[OperationalAgreement] | Placed[Contract]
    leg: Leg
    calendar: Calendar

    @property
    def name(self) -> str:
        """Agreement and leg, for messages."""
        return f"{self.agreement.definition.id} {self.leg.name}"


def supporters(system: System) -> tuple[Placed[OperationalAgreement] | Placed[Contract], ...]:
    """Every agreement that supports others."""
    return (*system.all(OperationalAgreement), *system.all(Contract))


def terms_of(agreement: Placed[OperationalAgreement] | Placed[Contract]) -> SupportTerms:
    """What an agreement promises."""
    return agreement.definition.terms


def chains(system: System, sla: Placed[Agreement], clock: str) -> Iterator[tuple[SupportingLeg, ...]]:
    """The legs that a clock rests on at one time, once for each different set, in the order of their steps."""
    found = [
        SupportingLeg(agreement, leg, calendar.definition)
        for agreement in supporters(system)
        if sla.definition.id in terms_of(agreement).supports
        for leg in terms_of(agreement).clocks.values()
        if leg.inside == clock
        for calendar in [system.find(Calendar, terms_of(agreement).calendar)]
        if calendar is not None
    ]
    periods = [one.agreement.definition.effective for one in found]
    told: set[tuple[int, ...]] = set()
    for day in edges([sla.definition.effective, *periods]):
        together = [
            n for n, period in enumerate(periods) if in_force(period, day) and in_force(sla.definition.effective, day)
        ]
        if together and tuple(together) not in told:
            told.add(tuple(together))
            yield tuple(sorted((found[n] for n in together), key=lambda one: (one.leg.step, one.name)))


def window(calendars: list[Calendar]) -> tuple[int, int]:
    """The years to look at, in epoch seconds: those whose special days all the calendars know.

    Where none has special days every year is alike but for its weekday and the change of clocks; 2024 to 2026 will do.
    """
    years = [{day.year for day in calendar.special} for calendar in calendars if calendar.special]
    common = set.intersection(*years) if years else set()
    chosen = sorted(common or (set.union(*years) if years else {2024, 2025, 2026}))
    last = date(chosen[-1] + 1, 1, 1)
    known = [calendar.known_until for calendar in calendars if calendar.known_until]
    first = date(chosen[0], 1, 1)
    end = min([last, *(day for day in known if day > first)])
    return _midnight(first), _midnight(end)


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())

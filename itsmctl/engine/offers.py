"""What is on offer to a record: every clock of every agreement, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from itsmctl.model import (
    DEFAULT_POLICY,
    Agreement,
    Calendar,
    ClockCondition,
    ClockDefinition,
    Condition,
    Contract,
    Definitions,
    Leg,
    OperationalAgreement,
)
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


@dataclass(frozen=True)
class LegOffer:
    """A leg of a supporting agreement as a clock of its own, on records that one of the offers `inside` judges."""

    agreement: OperationalAgreement | Contract
    clock: ClockDefinition
    groups: tuple[str, ...]
    inside: tuple[Offer, ...]


def legs(definitions: Definitions) -> tuple[LegOffer, ...]:
    """Every leg that some group works on; one that supports clocks with different ends appears once for each of them."""
    every = offers(definitions)
    supports: list[tuple[OperationalAgreement | Contract, tuple[str, ...]]] = [
        (ola, ola.groups) for ola in definitions.operational_agreements.values()
    ]
    for contract in definitions.contracts.values():
        supplier = definitions.suppliers.get(contract.supplier)
        supports.append((contract, supplier.groups if supplier else ()))
    return tuple(leg for support, groups in supports if groups for leg in _legs(support, groups, every))


def _legs(
    support: OperationalAgreement | Contract, groups: tuple[str, ...], every: tuple[Offer, ...]
) -> Iterator[LegOffer]:
    for leg in support.terms.clocks.values():
        inside: dict[object, list[Offer]] = {}
        for offer in every:
            if offer.clock.name == leg.inside and offer.agreement.id in support.terms.supports:
                ends = tuple(sorted((s, role) for s, role in offer.clock.states.items() if role != "pause"))
                inside.setdefault((ends, offer.clock.stops_at), []).append(offer)
        for supported in inside.values():
            clock = _clock_of(support.id, leg, groups, supported[0].clock)
            yield LegOffer(support, clock, groups, tuple(supported))


def _clock_of(support: str, leg: Leg, groups: tuple[str, ...], whole: ClockDefinition) -> ClockDefinition:
    """The leg's clock: it starts when a record first comes to the groups, stands still elsewhere, and ends with the whole."""
    states = {state: role for state, role in whole.states.items() if role != "pause"}
    return replace(
        whole,
        name=f"{support}/{leg.name}",
        title=leg.title,
        starts_at="opened_at",
        states={**{state: "pause" for state in leg.pauses if state not in states}, **states},
        reopens=True,
        targets=leg.targets,
        policy=DEFAULT_POLICY,
        conditions=(
            ClockCondition("start", (Condition("group", "in", groups),), "taken"),
            ClockCondition("stop", (Condition("group", "not-in", groups),), "elsewhere"),
        ),
        limits={},
        ends_at_column="stop" not in whole.states.values(),
    )

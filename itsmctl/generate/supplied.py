"""How long suppliers had a ticket in hand, in the hours and by the targets of their contracts, in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from itsmctl.generate.hours import Hours
from itsmctl.generate.terms import RESOLUTION, Outcome, Terms, holds
from itsmctl.generate.ticket import Ticket
from itsmctl.generate.ticket_tests import columns_of
from itsmctl.model import Contract, Definitions, Leg


@dataclass(frozen=True)
class Contracts:
    """The contracts of the definitions, with the hours that each counts in."""

    definitions: Definitions
    hours: dict[str, Hours]

    def is_late(self, t: Ticket, terms: Terms | None, whole: Outcome | None) -> bool:
        """Whether a supplier held the ticket longer than its contract allows, while the customer's clock went on."""
        if terms is None or whole is None or whole.verdict == "cancelled":
            return False
        return any(
            self._held(t, leg, contract, whole.stop) > target
            for contract, leg in self._legs(terms.agreement.id)
            if (target := self._target(t, leg, contract)) is not None
        )

    def _legs(self, agreement: str) -> Iterator[tuple[Contract, Leg]]:
        for contract in self.definitions.contracts.values():
            if agreement in contract.terms.supports:
                yield from ((contract, leg) for leg in contract.terms.clocks.values() if leg.inside == RESOLUTION)

    def _held(self, t: Ticket, leg: Leg, contract: Contract, stop: int) -> int:
        supplier = self.definitions.suppliers.get(contract.supplier)
        groups, hours = supplier.groups if supplier else (), self.hours[contract.terms.calendar]
        still = ("resolved", "closed", "cancelled", *leg.pauses)
        ends = [update.at for update in t.updates[1:]] + [stop]
        return sum(
            hours.counted(max(update.at, t.opened_at), min(end, stop))
            for update, end in zip(t.updates, ends, strict=True)
            if update.group in groups and update.state not in still and max(update.at, t.opened_at) < min(end, stop)
        )

    def _target(self, t: Ticket, leg: Leg, contract: Contract) -> int | None:
        columns = columns_of(t)
        day = self.definitions.calendars[contract.terms.calendar].day_minutes * 60
        fitting = (one for one in leg.targets if all(holds(condition, columns) for condition in one.conditions))
        return next((one.seconds + one.business_days * day for one in fitting), None)

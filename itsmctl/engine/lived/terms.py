"""What one clock of one record is judged by, chosen in Python: for the ledger, which must not lean on SQL."""

from __future__ import annotations

from dataclasses import replace

from itsmctl.engine.lived.plan import Plan
from itsmctl.engine.offers import Offer, period_of
from itsmctl.model import ZONE_OF_CALENDAR
from itsmctl.worktime import Reign, Terms, Values


def governing_offer(plan: Plan, clock: str, record: Values) -> Offer | None:
    """The offer whose switches hold: the one in force at the opening, or where that says so, at the resolution."""
    opened = record.get("opened_at")
    if not isinstance(opened, int):
        return None
    offer = offer_at(plan, clock, record, opened)
    if offer is None or offer.clock.policy.agreement_version != "at-resolution":
        return offer
    ended = record.get("resolved_at") or record.get("closed_at")
    return offer_at(plan, clock, record, ended if isinstance(ended, int) and ended <= plan.as_of else plan.as_of)


def offer_at(plan: Plan, clock: str, values: Values, at: int) -> Offer | None:
    """The offer under a clock's name at a moment; an agreement of the service's own decides alone."""
    fitting = [o for o in plan.every if _fits(o, values) and period_of(o)[0] <= at < period_of(o)[1]]
    own = [o for o in fitting if o.agreement.services] or fitting
    return min((o for o in own if o.clock.name == clock), key=lambda o: o.number, default=None)


def _fits(o: Offer, values: Values) -> bool:
    services, customers = o.agreement.services, o.agreement.customers
    return (not services or values.get("service") in services) and (
        not customers or values.get("customer") in customers
    )


def terms_of(plan: Plan, offer: Offer, record: Values) -> Terms | None:
    """The terms under which a lived clock is judged; None where nobody knows the zone of the record."""
    zone = _zone(plan, offer, record)
    if zone is None:
        return None
    by_instant = offer.clock.policy.agreement_version == "at-each-instant"

    def choose(values: Values, at: int) -> Reign | None:
        found = offer_at(plan, offer.clock.name, values, at) if by_instant else offer
        if found is None:
            return None
        return Reign(found.number, found.clock, replace(found.calendar, zone=zone or found.calendar.zone))

    turns = plan.turns if by_instant else ()
    return Terms(offer.clock, choose, turns, plan.tracked, plan.precision)


def _zone(plan: Plan, offer: Offer, record: Values) -> str | None:
    """The zone in which calendars are read for a record: '' for their own, None where nobody knows."""
    source = offer.clock.policy.zone_from
    return "" if source == ZONE_OF_CALENDAR else plan.zones_of(offer).get(str(record.get(source) or ""))

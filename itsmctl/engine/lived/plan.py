"""What the clocks that are not plain look at: offers, columns, calendars, and what the export does not hold of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from itsmctl.engine.offers import LegOffer, Offer, legs, offers, period_of
from itsmctl.model import CHANGING_COLUMNS, TEXT_COLUMNS, ZONE_OF_CALENDAR, Agreement, Calendar, Condition, Definitions
from itsmctl.worktime import known_before
from itsmctl.zones import EVER

CLOCKS = 10_000
"""More than there are names of clocks: the number of a run is that of its record times this, and that of the clock's name."""
KEPT_REASON = (
    "(c.reason LIKE 'column-not-in-file:%' OR c.reason LIKE 'unreadable:%' OR c.reason LIKE 'file-ends:%' "
    "OR c.reason IN ('missing:customer', 'missing:service'))"
)
"""SQL for whether the clock `c` is not testable for want of what no life of its record could tell, so that its verdict stays."""


@dataclass(frozen=True)
class Plan:
    """`history` are the columns whose changes the export records, `precision` the step of its times in seconds."""

    definitions: Definitions
    history: frozenset[str]
    as_of: int
    precision: int = 1
    with_legs: bool = False
    """Whether the clocks of supporting agreements run too."""

    @cached_property
    def every(self) -> tuple[Offer, ...]:
        """Every offer, by number."""
        return offers(self.definitions)

    @cached_property
    def legs(self) -> Mapping[int, LegOffer]:
        """The legs of supporting agreements, by the number under which they are offered; none where nobody asks."""
        if not self.with_legs:
            return {}
        return dict(enumerate(legs(self.definitions), len(self.every)))

    @cached_property
    def lived(self) -> tuple[Offer, ...]:
        """The offers whose clocks are not plain; legs never are."""
        leg_offers = (self._leg_offer(number, leg) for number, leg in self.legs.items())
        return (*(o for o in self.every if not o.clock.is_plain), *leg_offers)

    def _leg_offer(self, number: int, leg: LegOffer) -> Offer:
        support, terms = leg.agreement, leg.agreement.terms
        agreement = Agreement(
            support.kind, support.id, support.title, support.effective, support.where, support.aliases,
            services=(), customers=(), calendar=terms.calendar, clocks={}, attainment=terms.attainment,
        )  # fmt: skip
        return Offer(number, agreement, leg.clock, self.definitions.calendars[terms.calendar])

    def offer(self, number: int) -> Offer:
        """The offer with a number."""
        return self.every[number] if number < len(self.every) else self.lived[number - len(self.every) - len(self.legs)]

    @cached_property
    def clock_numbers(self) -> Mapping[str, int]:
        """A number for each name under which a clock may be lived."""
        names = sorted({o.clock.name for o in self.involved})
        assert len(names) < CLOCKS, f"{len(names)} names of clocks"
        return {name: number for number, name in enumerate(names)}

    @cached_property
    def involved(self) -> tuple[Offer, ...]:
        """The lived offers, and those that may take over from one of them."""
        taken_over = {o.clock.name for o in self.lived if o.clock.policy.agreement_version != "at-open"}
        return (*(o for o in self.every if o.clock.is_plain and o.clock.name in taken_over), *self.lived)

    @cached_property
    def by_instant(self) -> tuple[Offer, ...]:
        """The lived offers under which the agreement in force at each instant counts."""
        return tuple(o for o in self.lived if o.clock.policy.agreement_version == "at-each-instant")

    @cached_property
    def counts_once(self) -> bool:
        """Whether no clock begins anew, the target that fits last counts, and pauses have no limit."""
        return all(
            p.on_priority_change == "continue-from-open"
            and p.on_reopen != "new-cycle"
            and p.max_pause_share is None
            and p.verdict_by != "deadline"
            and p.period_of_ticket != "deadline"
            and p.business_day != "weekday"
            and not o.clock.limits
            and not any(part.role == "reset" for part in o.clock.conditions)
            for o in self.involved
            for p in (o.clock.policy,)
        )

    @cached_property
    def asks_deadlines(self) -> bool:
        """Whether some record counts in the month of its deadline."""
        return any(o.clock.policy.period_of_ticket == "deadline" for o in self.lived)

    @cached_property
    def turns(self) -> tuple[int, ...]:
        """The moments at which an agreement begins or ends."""
        return tuple(sorted({at for o in self.involved for at in period_of(o) if 0 <= at < EVER}))

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The columns of a record that decide anything."""
        asked = {c.column for o in self.involved for c in conditions_of(o)}
        if any(o.clock.policy.response_is == "assignment" for o in self.lived):
            asked.add("assignee")
        if self.by_instant:
            asked |= {"service", "customer"}
        return tuple(sorted(asked | {"state"}))

    @cached_property
    def tracked(self) -> frozenset[str]:
        """Those of them whose history is known."""
        return frozenset(self.asked) & frozenset(TEXT_COLUMNS) & self.history

    @cached_property
    def calendars(self) -> Mapping[tuple[str, str], tuple[int, Calendar]]:
        """Number and calendar, by its id and the zone in which it is read ('' for its own)."""
        zones = ["", *sorted({zone for o in self.involved for zone in self.zones_of(o).values()})]
        known = {o.calendar.id: o.calendar for o in self.involved}
        pairs = [(name, zone) for name in sorted(known) for zone in zones]
        return {
            (name, zone): (number, replace(known[name], zone=zone or known[name].zone))
            for number, (name, zone) in enumerate(pairs)
        }

    def calendar_rows(self) -> Iterator[tuple[int, str, int]]:
        """(offer, zone, number of the calendar) for whatever zone a record may be in."""
        for o in self.involved:
            for (name, zone), (number, _) in self.calendars.items():
                if name == o.calendar.id:
                    yield o.number, zone, number

    def zones_of(self, offer: Offer) -> Mapping[str, str]:
        """The zone for each value of the column that says where a record belongs; none where the calendar's holds."""
        policy = offer.clock.policy
        if policy.zone_from == ZONE_OF_CALENDAR:
            return {}
        customers = self.definitions.customers.values() if policy.zone_from == "customer" else ()
        return {**{c.id: c.zone for c in customers if c.zone}, **policy.zones}

    def missing(self, offer: Offer) -> tuple[str, ...]:
        """Columns that change, that the clock must see changing, and whose history the export does not hold."""
        policy = offer.clock.policy
        needed = {c.column for part in offer.clock.conditions for c in part.conditions}
        if policy.on_priority_change != "continue-from-open":
            needed |= {c.column for target in offer.clock.targets for c in target.conditions}
        if policy.response_is != "message":
            needed.add("assignee" if policy.response_is == "assignment" else "state")
        return tuple(sorted((needed & CHANGING_COLUMNS) - self.history - {"state"})) or (
            ("state",) if policy.response_is == "status-change" and "state" not in self.history else ()
        )

    def known_before(self, offer: Offer) -> int:
        """The first moment whose day the offer's calendar may not know."""
        return known_before(offer.calendar)


def conditions_of(offer: Offer) -> Iterator[Condition]:
    """Every condition of an offer's clock: those of its parts in life, and those of its targets."""
    parts: Iterable[Sequence[Condition]] = [part.conditions for part in offer.clock.conditions]
    for conditions in (*parts, *(target.conditions for target in offer.clock.targets)):
        yield from conditions

"""The story: which service has which tickets, what is done to which of them, and which months go wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from itsmctl.generate.details import Trends
from itsmctl.generate.dice import Dice
from itsmctl.generate.people import Site
from itsmctl.generate.rhythm import DAY, Opening, Period, midnight, month_of
from itsmctl.generate.terms import RESOLUTION, Agreements
from itsmctl.generate.violations import VIOLATIONS
from itsmctl.model import Customer, Definitions, Service

SETTLED = 36 * DAY
"""A ticket opened this long before the export is over by then."""
_SMALL = 200
"""Below this many records, one of each violation would be too much: only one ticket in eight is touched."""
_BATCH = 22
_MANY = 2_000
"""From so many tickets on, a service may be missing in a month, and others are still busy."""
_STEADY = 25
"""One ticket in so many makes steady work for one person."""


@dataclass(frozen=True)
class Story:
    """What the generator decided beforehand; `deeds` names the violation of a ticket by its place in the order."""

    services: tuple[Service, ...]
    """By ticket."""
    deeds: dict[int, str]
    shelved_month: str
    """The month in which too many are filed under other."""
    bare_month: str
    """The month in which `bare_service` is recorded without configuration items."""
    bare_service: str
    batch_at: int
    majors: frozenset[int]
    """The tickets that are major incidents."""
    trends: Trends
    gap_at: int
    """The ticket before which numbers are missing, or 0."""
    leaning: str
    """The service that one engineer alone knows, or ''."""


def bad_month_of(when: Period) -> str:
    """The month in which more goes wrong than usual."""
    return when.months[min(2, len(when.months) - 1)]


def tell(
    definitions: Definitions,
    agreements: Agreements,
    openings: Sequence[Opening],
    offered: Sequence[Service],
    when: Period,
    dice: Dice,
) -> Story:
    """Decide who suffers from what."""
    services = tuple(_service(definitions, agreements, offered, opening, dice) for opening in openings)
    services = _left_out(services, openings, when, dice)
    last = len(openings) - 1
    bare_month = when.months[min(1, len(when.months) - 1)]
    batch_at = midnight(when.days[-1]) - DAY + 17 * 3600 + 2_400
    deeds = {last: "future"} if len(openings) >= 8 else {}
    planner = _Planner(openings, services, deeds, when, dice)
    bad = bad_month_of(when)
    if len(openings) < _SMALL:
        planner.small()
    else:
        planner.usual()
        planner.late(agreements, bad)
        batch_at = planner.batch(batch_at)
        planner.many("idle", 30)
        planner.many("heaped", 16)
    majors = planner.majors()
    excused_month = when.months[min(3, len(when.months) - 1)]
    return Story(
        services=services,
        deeds=deeds,
        shelved_month=when.months[min(4, len(when.months) - 1)],
        bare_month=bare_month,
        bare_service=_busiest(services, openings, bare_month),
        batch_at=batch_at,
        majors=majors,
        trends=Trends(
            months=when.months,
            crowded=_busiest(services, openings, ""),
            unread=when.months[min(2, len(when.months) - 1)],
            excused=(_busiest(services, openings, excused_month), excused_month),
        ),
        gap_at=len(openings) * 4 // 7 if len(openings) >= 20 else 0,
        leaning=_leaning(services, offered),
    )


def _leaning(services: Sequence[Service], offered: Sequence[Service]) -> str:
    """The smallest service that others rest on and that has steady work; only where there are many tickets."""
    tickets = Counter(service.id for service in services)
    rested_on = {id_ for service in offered for id_ in service.depends_on}
    enough = [id_ for id_ in rested_on if _STEADY * tickets[id_] >= len(services)] if len(services) >= _MANY else []
    return min(enough, key=lambda id_: (tickets[id_], id_), default="")


def _left_out(
    services: tuple[Service, ...], openings: Sequence[Opening], when: Period, dice: Dice
) -> tuple[Service, ...]:
    """One busy service without a ticket in one month, as if an export had forgotten it; only where there are many."""
    if len(openings) < _MANY or len(when.months) < 3:
        return services
    counts = Counter(service.id for service in services)
    forgotten = sorted(counts, key=lambda id_: (-counts[id_], id_))[3]
    others = [service for service in services if service.id != forgotten]
    return tuple(
        dice.pick(others) if service.id == forgotten and month_of(opening.at) == when.months[-2] else service
        for service, opening in zip(services, openings, strict=True)
    )


def _busiest(services: Sequence[Service], openings: Sequence[Opening], month: str) -> str:
    """The service with most tickets in a month, or at all where there is none in it."""
    tickets = Counter(s.id for s, o in zip(services, openings, strict=True) if month_of(o.at) == month)
    tickets = tickets or Counter(s.id for s in services)
    return min(tickets, key=lambda id_: (-tickets[id_], id_))


def near(definitions: Definitions, service: Service, site: Site) -> list[Customer]:
    """The customers of a service on the continent of a site, or on none; all of them where there is nobody near."""
    every = [definitions.customers[id_] for id_ in service.customers]
    continent = site.zone.partition("/")[0]
    return [customer for customer in every if customer.zone.partition("/")[0] in ("", continent)] or every


def _service(
    definitions: Definitions, agreements: Agreements, offered: Sequence[Service], opening: Opening, dice: Dice
) -> Service:
    return dice.weighted([(service, _weight(definitions, agreements, service, opening)) for service in offered])


def _weight(definitions: Definitions, agreements: Agreements, service: Service, opening: Opening) -> int:
    """Tickets as the agreements expect them, and rather from the site whose hours the service keeps."""
    customers = [customer.id for customer in near(definitions, service, opening.site)] or [""]
    expected: dict[str, int] = {}
    for customer in customers:
        terms = agreements.of(service.id, customer, opening.at)
        expected[terms.agreement.id if terms else ""] = agreements.workload(service.id, customer, opening.at)
    weight = 4 * sum(expected.values())
    calendar = definitions.calendars.get(service.hours)
    if calendar is None or calendar.zone == "UTC":
        return weight
    return weight * 2 if calendar.zone == opening.site.zone else weight // 2


class _Planner:
    """Hands out deeds to tickets that have none yet."""

    def __init__(
        self,
        openings: Sequence[Opening],
        services: Sequence[Service],
        deeds: dict[int, str],
        when: Period,
        dice: Dice,
    ) -> None:
        self.openings, self.services, self.deeds, self.when, self.dice = openings, services, deeds, when, dice
        self.settled = sum(opening.at < when.as_of - SETTLED for opening in openings)

    def small(self) -> None:
        """As many violations as the few tickets can carry."""
        names = [name for name, violation in VIOLATIONS.items() if violation.permille]
        for name in names[: len(self.openings) // 8]:
            self._give(name, 1)

    def usual(self) -> None:
        """Each violation in its share of the tickets, and at least once."""
        for name, violation in VIOLATIONS.items():
            if violation.permille:
                self._give(name, max(1, len(self.openings) * violation.permille // 1000))

    def late(self, agreements: Agreements, bad_month: str) -> None:
        """Late resolutions: a few everywhere, and so many in one service's bad month that its attainment is missed."""
        groups: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, (opening, service) in enumerate(zip(self.openings, self.services, strict=True)):
            if index not in self.deeds and opening.at < self.when.as_of - SETTLED // 2:
                groups[service.id, month_of(opening.at)].append(index)
        sizes = sorted((len(group), service) for (service, month), group in groups.items() if month == bad_month)
        worst = next((service for size, service in sizes if size >= 40), sizes[-1][1] if sizes else "")
        for (suffering, month), members in sorted(groups.items()):
            allowed = 100 - self._agreed(agreements, members[0])
            wanted = len(members) * allowed // 1000 + self.dice.permille(300) * (len(members) * allowed >= 250)
            if (suffering, month) == (worst, bad_month):
                wanted = len(members) * (allowed + 9) // 100 + 1
            self.dice.shuffle(members)
            for number, index in enumerate(members[:wanted]):
                self.deeds[index] = {5: "told-met", 4: "no-breach-reason"}.get(number % 6, "late-resolution")

    def batch(self, batch_at: int) -> int:
        """One evening at the end of a month on which somebody tidies up; returns its moment."""
        months = [day for day in self.when.days if day.day == 1][1:]
        ends = [midnight(day) - DAY + 17 * 3600 + 2_400 for day in months[:-1]] or [batch_at]
        evening = ends[min(3, len(ends) - 1)]
        near = [
            i
            for i, o in enumerate(self.openings)
            if evening - 12 * DAY < o.at < evening - 5 * DAY and i not in self.deeds
        ]
        self.dice.shuffle(near)
        if len(near) >= _BATCH + 3:
            self.deeds.update(dict.fromkeys(near[: _BATCH + 3], "batch"))
        return evening

    def many(self, name: str, wanted: int) -> None:
        """So many tickets that show a pattern together, where that leaves most tickets alone."""
        if len(self.openings) >= 60 * wanted:
            for _ in range(wanted):
                self._give(name, 1)

    def majors(self) -> frozenset[int]:
        """One ticket in ninety that is over by the end, and a deed on some of them where there are many."""
        chosen = [i for i in range(self.settled) if i not in self.deeds and self.dice.below(90) == 0]
        names = [name for name, violation in VIOLATIONS.items() if violation.major]
        if len(chosen) > 2 * len(names):
            bent = list(chosen)
            self.dice.shuffle(bent)
            self.deeds.update(zip(bent, names, strict=False))
        return frozenset(chosen)

    def _agreed(self, agreements: Agreements, index: int) -> int:
        named = self.services[index]
        customer = next(iter(named.customers), "")
        terms = agreements.of(named.id, customer, self.openings[index].at)
        return int(terms.agreement.attainment.get(RESOLUTION, 90)) if terms else 90

    def _give(self, name: str, wanted: int) -> None:
        limit = self.settled if VIOLATIONS[name].old else len(self.openings)
        for _ in range(wanted if limit else 0):
            free = next((i for i in (self.dice.below(limit) for _ in range(60)) if i not in self.deeds), None)
            if free is not None:
                self.deeds[free] = name

"""The service catalogue in its two views: for those who use services, and for those who repair them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from itsmctl.language import Language, clock_text, reached_text, tr, trn
from itsmctl.model import Agreement, ClockDefinition, Definitions, Service
from itsmctl.reports.called import conditions_text
from itsmctl.site.facts import Portal
from itsmctl.site.found import attainment_of, promised_of
from itsmctl.views.service import CRITICALITY, STAGES, promises
from itsmctl.views.service_parts import legs
from itsmctl.views.wording import called, listed, target_text


@dataclass(frozen=True)
class Promise:
    """What one clock promises: the clock, and (for what, within which time)."""

    clock: str
    targets: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Offer:
    """A service as its users choose it."""

    service: Service
    title: str
    about: str
    stage: str
    for_whom: str
    hours: str
    how: str
    help: str
    requests: str
    promises: tuple[Promise, ...]
    attained: tuple[tuple[str, str], ...]
    """(clock, share met) as an audit found it."""


def offers(portal: Portal, language: Language) -> tuple[Offer, ...]:
    """The services for the business by stage, those in use first, then by title."""
    found = [s for s in portal.definitions.services.values() if s.type == "business"]
    order = ("live", "pipeline", "retired")
    found.sort(key=lambda one: (order.index(one.stage), one.title.in_(language), one.id))
    return tuple(_offer(portal, one, language) for one in found)


def _offer(portal: Portal, service: Service, language: Language) -> Offer:
    definitions = portal.definitions
    agreements = promises(definitions, service.id, portal.day)
    number = len(service.requests)
    return Offer(
        service=service,
        title=service.title.in_(language),
        about=service.description.in_(language),
        stage="" if service.stage == "live" else tr(STAGES[service.stage], language),
        for_whom=listed(definitions.customers, service.customers, language),
        hours=called(definitions.calendars, service.hours, language),
        how=service.for_users.get_it.in_(language),
        help=service.for_users.get_help.in_(language),
        requests=trn("{n} request to choose from", "{n} requests to choose from", number, language) if number else "",
        promises=tuple(_promises(agreements, language)),
        attained=tuple(
            (clock_text(clock, language), reached_text(*attainment_of(portal, service.id, clock)))
            for clock in promised_of(portal, service.id)
        ),
    )


def _promises(agreements: tuple[Agreement, ...], language: Language) -> Iterator[Promise]:
    """The clocks of the first agreement; where several are in force, the page of the service has them all."""
    for clock in agreements[0].clocks.values() if agreements else ():
        yield Promise(clock.title.in_(language), _targets(clock, language))


def _targets(clock: ClockDefinition, language: Language) -> tuple[tuple[str, str], ...]:
    """Targets by priority alone are called by it: `P1`."""
    return tuple(
        (
            " ".join(map(str, target.conditions[0].values))
            if len(target.conditions) == 1 and target.conditions[0].column == "priority"
            else conditions_text(target.conditions, language),
            target_text(target, language),
        )
        for target in clock.targets
    )


@dataclass(frozen=True)
class Component:
    """A service as those see it who repair it: one row of the technicians' view."""

    service: Service
    title: str
    stage: str
    criticality: str
    rests_on: tuple[str, ...]
    groups: str
    items: tuple[str, ...]
    supports: tuple[str, ...]
    """Agreements with teams, and contracts with suppliers."""


def components(portal: Portal, language: Language) -> tuple[Component, ...]:
    """Every service, those for the business first, then by title."""
    definitions = portal.definitions
    found = sorted(definitions.services.values(), key=lambda s: (s.type != "business", s.title.in_(language), s.id))
    return tuple(_component(portal, definitions, one, language) for one in found)


def _component(portal: Portal, definitions: Definitions, service: Service, language: Language) -> Component:
    agreements = promises(definitions, service.id, portal.day)
    supports = {s.id: s for s, _ in legs(definitions, agreements, portal.day)}
    return Component(
        service=service,
        title=service.title.in_(language),
        stage="" if service.stage == "live" else tr(STAGES[service.stage], language),
        criticality=tr(CRITICALITY[service.criticality], language),
        rests_on=tuple(called(definitions.services, one, language) for one in service.depends_on),
        groups=" → ".join(service.for_technicians.groups),
        items=service.supported_by,
        supports=tuple(f"{one.title.in_(language)} ({id_})" for id_, one in sorted(supports.items())),
    )

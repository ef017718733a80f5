"""A service: what it is, whom it is for, what it rests on, and what is promised about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from itsmctl.language import Language, msg, tr
from itsmctl.model import Agreement, Definitions, Service
from itsmctl.model.periods import in_force
from itsmctl.reports.called import conditions_text
from itsmctl.views import service_parts
from itsmctl.views.page import Facts, Grid, Page, Points, Section, Words
from itsmctl.views.wording import called, listed, period_text, target_text

TYPES = {"business": msg("business service"), "technical": msg("technical service")}
STAGES = {"pipeline": msg("in the pipeline"), "live": msg("live"), "retired": msg("retired")}
CRITICALITY = {"high": msg("high"), "medium": msg("medium"), "low": msg("low")}


def users_of(definitions: Definitions, service: str) -> tuple[str, ...]:
    """The services that rest directly on this one."""
    return tuple(s.id for s in definitions.services.values() if service in s.depends_on)


def affected_by(definitions: Definitions, service: str) -> tuple[str, ...]:
    """Every service that fails when this one does, near or far."""
    found: dict[str, None] = {}
    waiting = list(users_of(definitions, service))
    while waiting:
        name = waiting.pop(0)
        if name not in found and name != service:
            found[name] = None
            waiting += users_of(definitions, name)
    return tuple(sorted(found))


def promises(definitions: Definitions, service: str, day: date | None) -> tuple[Agreement, ...]:
    """The agreements that name the service, in force on the day where one is given."""
    named = (a for a in definitions.agreements.values() if service in a.services)
    return tuple(a for a in named if in_force(a.effective, day))


Audience = Literal["users", "technicians", "all"]
"""Whom a page is for: who uses the service, who repairs it, or both at once."""


def page(
    definitions: Definitions, service: Service, language: Language, day: date | None, audience: Audience = "all"
) -> Page:
    """The page of a service, or what its users or its technicians need of it."""
    agreements = promises(definitions, service.id, day)
    facts = {
        "users": _for_whom(definitions, service, language),
        "technicians": _standing(definitions, service, language),
        "all": (*_for_whom(definitions, service, language), *_standing(definitions, service, language)),
    }
    users = service_parts.for_users(definitions, service, language)
    promised = (
        _promised(agreements, language),
        Section(tr("Attainment agreed", language), (Points(_attainment(definitions, agreements, language)),)),
    )
    behind = service_parts.behind(definitions, agreements, language, day)
    technicians = _for_technicians(definitions, service, language)
    needs = (service_parts.capabilities(service, language), service_parts.resources(service, language))
    sections = {
        "users": (users, *promised),
        "technicians": (*technicians, *promised, behind, *needs),
        "all": (users, *promised, behind, *technicians, *needs),
    }
    return Page(
        title=f"{service.title.in_(language)} · {service.id}",
        subtitle=tr(TYPES[service.type], language) + " · " + tr(STAGES[service.stage], language),
        blocks=(Words(service.description.in_(language)), Facts(facts[audience])),
        sections=sections[audience],
        source=str(service.where),
    )


def _for_whom(definitions: Definitions, service: Service, language: Language) -> tuple[tuple[str, str], ...]:
    return (
        (tr("Customers", language), listed(definitions.customers, service.customers, language)),
        (tr("What comes of it", language), service.outcome.in_(language)),
        (tr("Service hours", language), called(definitions.calendars, service.hours, language)),
        (tr("Owner", language), called(definitions.roles, service.owner, language)),
    )


def _standing(definitions: Definitions, service: Service, language: Language) -> tuple[tuple[str, str], ...]:
    return (
        (tr("Criticality", language), tr(CRITICALITY.get(service.criticality, service.criticality), language)),
        (tr("Also called", language), tr(", ", language).join(service.also_called)),
        (tr("In force", language), period_text(service.effective, language)),
        (tr("Life", language), _life(service, language)),
    )


def _for_technicians(definitions: Definitions, service: Service, language: Language) -> tuple[Section, ...]:
    """Who repairs it, what it rests on, and what fails with it."""
    services = definitions.services
    affected = affected_by(definitions, service.id)
    return (
        service_parts.for_technicians(service, language),
        Section(tr("Rests on", language), (Points(tuple(called(services, s, language) for s in service.depends_on)),)),
        Section(tr("If it fails", language), (Points(tuple(called(services, s, language) for s in affected)),)),
        Section(tr("Configuration items", language), (Points(service.supported_by),)),
    )


def _promised(agreements: tuple[Agreement, ...], language: Language) -> Section:
    """A row for everything that is promised something, a column for each clock; an agreement is named in its first row."""
    clocks = {clock.name: clock.title.in_(language) for one in agreements for clock in one.clocks.values()}
    rows = tuple(row for agreement in agreements for row in _targets(agreement, tuple(clocks), language))
    columns = (tr("agreement", language), tr("applies to", language), *clocks.values(), tr("hours", language))
    nothing = "" if agreements else tr("Nothing is promised about this service.", language)
    return Section(tr("Promised", language), (Words(nothing), Grid(columns, rows)))


def _targets(agreement: Agreement, clocks: tuple[str, ...], language: Language) -> Iterator[tuple[str, ...]]:
    """What one agreement promises, in the order in which its clocks name what they apply to."""
    promised: dict[str, dict[str, str]] = {}
    for clock in agreement.clocks.values():
        for target in clock.targets:
            within = promised.setdefault(conditions_text(target.conditions, language), {})
            within.setdefault(clock.name, target_text(target, language))
    for number, (told, within) in enumerate(promised.items()):
        named = (agreement.id, agreement.calendar) if number == 0 else ("", "")
        yield named[0], told, *(within.get(clock, "") for clock in clocks), named[1]


def _life(service: Service, language: Language) -> str:
    """When each stage begins: `in the pipeline 2023-03-01 → live 2024-01-01`."""
    return " → ".join(f"{tr(STAGES[stage], language)} {day}" for stage, day in service.stages.items())


def _attainment(definitions: Definitions, agreements: tuple[Agreement, ...], language: Language) -> tuple[str, ...]:
    return tuple(
        f"{called(definitions.agreements, agreement.id, language)} · {agreement.clocks[name].title.in_(language)}{tr(': ', language)}{share:g}%"
        for agreement in agreements
        for name, share in agreement.attainment.items()
    )


def data(definitions: Definitions, service: Service, day: date | None) -> Mapping[str, object]:
    """The service for a program."""
    return {
        "id": service.id,
        "title": {"en": service.title.en, "zh": service.title.zh},
        "type": service.type,
        "stage": service.stage,
        "owner": service.owner,
        "customers": list(service.customers),
        "hours": service.hours,
        "criticality": service.criticality,
        "depends_on": list(service.depends_on),
        "affects": list(affected_by(definitions, service.id)),
        "configuration_items": list(service.supported_by),
        "agreements": [agreement.id for agreement in promises(definitions, service.id, day)],
        **service_parts.data(service),
        "supported_by_agreements": sorted(
            {s.id for s, _ in service_parts.legs(definitions, promises(definitions, service.id, day), day)}
        ),
        "source": str(service.where),
    }

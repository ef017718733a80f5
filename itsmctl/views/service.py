"""A service: what it is, whom it is for, what it rests on, and what is promised about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from itsmctl.language import Language, msg, tr
from itsmctl.model import Agreement, Definitions, Service
from itsmctl.model.periods import in_force
from itsmctl.views import service_parts
from itsmctl.views.page import Facts, Grid, Page, Points, Section, Words
from itsmctl.views.wording import called, conditions_text, listed, period_text, target_text

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


def page(definitions: Definitions, service: Service, language: Language, day: date | None) -> Page:
    """The page of a service."""
    services = definitions.services
    agreements = promises(definitions, service.id, day)
    rows = tuple(
        (agreement.id, clock.title.in_(language), conditions_text(target.conditions, language), target_text(target, language), agreement.calendar)
        for agreement in agreements
        for clock in agreement.clocks.values()
        for target in clock.targets
    )  # fmt: skip
    columns = (
        tr("agreement", language),
        tr("clock", language),
        tr("applies to", language),
        tr("within", language),
        tr("hours", language),
    )
    nothing = "" if agreements else tr("Nothing is promised about this service.", language)
    return Page(
        title=f"{service.title.in_(language)} · {service.id}",
        subtitle=tr(TYPES[service.type], language) + " · " + tr(STAGES[service.stage], language),
        blocks=(
            Words(service.description.in_(language)),
            Facts(
                (
                    (tr("Owner", language), called(definitions.roles, service.owner, language)),
                    (tr("Customers", language), listed(definitions.customers, service.customers, language)),
                    (tr("What comes of it", language), service.outcome.in_(language)),
                    (tr("Service hours", language), called(definitions.calendars, service.hours, language)),
                    (
                        tr("Criticality", language),
                        tr(CRITICALITY.get(service.criticality, service.criticality), language),
                    ),
                    (tr("Also called", language), tr(", ", language).join(service.also_called)),
                    (tr("In force", language), period_text(service.effective, language)),
                    (tr("Life", language), _life(service, language)),
                )
            ),
        ),
        sections=(
            service_parts.for_users(definitions, service, language),
            Section(
                tr("Rests on", language), (Points(tuple(called(services, s, language) for s in service.depends_on)),)
            ),
            Section(
                tr("If it fails", language),
                (Points(tuple(called(services, s, language) for s in affected_by(definitions, service.id))),),
            ),
            Section(tr("Configuration items", language), (Points(service.supported_by),)),
            Section(tr("Promised", language), (Words(nothing), Grid(columns, rows))),
            Section(tr("Attainment agreed", language), (Points(_attainment(agreements, language)),)),
            service_parts.behind(definitions, agreements, language, day),
            service_parts.for_technicians(service, language),
            service_parts.capabilities(service, language),
            service_parts.resources(service, language),
        ),
        source=str(service.where),
    )


def _life(service: Service, language: Language) -> str:
    """When each stage begins: `in the pipeline 2023-03-01 → live 2024-01-01`."""
    return " → ".join(f"{tr(STAGES[stage], language)} {day}" for stage, day in service.stages.items())


def _attainment(agreements: tuple[Agreement, ...], language: Language) -> tuple[str, ...]:
    return tuple(
        f"{agreement.id} · {agreement.clocks[name].title.in_(language)}: {share:g} %"
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

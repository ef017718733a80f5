"""The two views of a service, and what stands behind it: for its users, for those who repair it, for those who answer for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from itsmctl.language import Language, duration_text, msg, tr
from itsmctl.model import Agreement, Contract, Definitions, Leg, OperationalAgreement, Service, Text
from itsmctl.model.periods import in_force
from itsmctl.views.page import Facts, Grid, Section
from itsmctl.views.wording import target_text
from itsmctl.worktime import parse_duration

CAPABILITIES = {
    "management": msg("Management"),
    "organisation": msg("Organisation"),
    "processes": msg("Processes"),
    "knowledge": msg("Knowledge"),
    "people": msg("People"),
}
RESOURCES = {
    "information": msg("Information"),
    "applications": msg("Applications"),
    "infrastructure": msg("Infrastructure"),
    "financial-capital": msg("Financial capital"),
    "people": msg("People"),
}
Support = OperationalAgreement | Contract


def for_users(definitions: Definitions, service: Service, language: Language) -> Section:
    """How to get it, use it and get help, and what may be asked for."""
    view = service.for_users
    rows = tuple(
        (
            request.title.in_(language),
            request.entitled.in_(language),
            target_text(parse_duration(request.within), language) if request.within else "",
            definitions.roles[request.approval].title.in_(language) if request.approval else "–",
        )
        for request in service.requests
    )
    heads = (tr("request", language), tr("for whom", language), tr("within", language), tr("approved by", language))
    facts = (
        (tr("Getting it", language), view.get_it.in_(language)),
        (tr("Using it", language), view.use_it.in_(language)),
        (tr("Getting help", language), view.get_help.in_(language)),
    )
    return Section(tr("For users", language), (Facts(facts), Grid(heads, rows)))


def for_technicians(service: Service, language: Language) -> Section:
    """Who repairs it, how one sees its state, how it comes back."""
    view, after = service.for_technicians, service.continuity
    facts = [
        (tr("Groups", language), " → ".join(view.groups)),
        (tr("Watched", language), view.monitoring.in_(language)),
        (tr("Brought back", language), view.recovery.in_(language)),
        (tr("Mind", language), view.watch_out.in_(language)),
    ]
    if after:
        told = tr(
            "back within {time}, at most {point} of work lost",
            language,
            time=duration_text(after.recovery_time, language),
            point=duration_text(after.recovery_point, language),
        )
        facts.append((tr("After a disaster", language), told))
    return Section(tr("For technicians", language), (Facts(tuple(facts)),))


def capabilities(service: Service, language: Language) -> Section:
    """What the provider must be able to do for it."""
    return Section(tr("Capabilities", language), (_named(CAPABILITIES, service.capabilities, language),))


def resources(service: Service, language: Language) -> Section:
    """What the provider needs for it."""
    return Section(tr("Resources", language), (_named(RESOURCES, service.resources, language),))


def _named(names: Mapping[str, str], held: Mapping[str, Text], language: Language) -> Facts:
    return Facts(tuple((tr(names[key], language), words.in_(language)) for key, words in held.items()))


def behind(definitions: Definitions, agreements: Iterable[Agreement], language: Language, day: date | None) -> Section:
    """The agreements of teams and suppliers that support the promises, in the order of their steps."""
    rows = tuple(
        (
            str(leg.step),
            support.id,
            leg.title.in_(language),
            " · ".join(target_text(target, language) for target in leg.targets),
            support.terms.calendar,
        )
        for support, leg in legs(definitions, agreements, day)
    )
    heads = (
        tr("step", language),
        tr("agreement", language),
        tr("clock", language),
        tr("within", language),
        tr("hours", language),
    )
    return Section(tr("Behind the promise", language), (Grid(heads, rows),))


def legs(
    definitions: Definitions, agreements: Iterable[Agreement], day: date | None
) -> tuple[tuple[Support, Leg], ...]:
    """Every leg of the agreements that support these, by step."""
    promised = {agreement.id for agreement in agreements}
    supports: tuple[Support, ...] = (*definitions.operational_agreements.values(), *definitions.contracts.values())
    found = [
        (support, leg)
        for support in supports
        if promised.intersection(support.terms.supports) and in_force(support.effective, day)
        for leg in support.terms.clocks.values()
    ]
    return tuple(sorted(found, key=lambda pair: (pair[1].step, pair[0].id, pair[1].name)))


def data(service: Service) -> Mapping[str, object]:
    """Both views and what it takes, for a program."""
    users, technicians = service.for_users, service.for_technicians
    words = {
        "get_it": users.get_it,
        "use_it": users.use_it,
        "get_help": users.get_help,
        "monitoring": technicians.monitoring,
        "recovery": technicians.recovery,
        "watch_out": technicians.watch_out,
        **{f"capability {name}": words for name, words in service.capabilities.items()},
        **{f"resource {name}": words for name, words in service.resources.items()},
    }
    return {
        "stages": {stage: str(day) for stage, day in service.stages.items()},
        "requests": [
            {"id": r.id, "title": {"en": r.title.en, "zh": r.title.zh}, "within": r.within, "approval": r.approval}
            for r in service.requests
        ],
        "groups": list(technicians.groups),
        "words": {name: {"en": text.en, "zh": text.zh} for name, text in words.items() if text.en or text.zh},
    }

"""Rows of registers made of what is promised and approved: services, agreements, and definitions with an owner or a review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import prod

from itsmctl import model
from itsmctl.errors import Where
from itsmctl.model.periods import in_force

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "agreement": (
        "id", "type", "services", "calendar", "targets", "measured", "exceptions", "workload", "agreed", "since", "until", "days_left",
        "decide_by", "agreed_first", "availability", "supported", "fits",
    ),
    "definition": ("id", "type", "owner", "approver", "approved", "since", "approved_first", "own", "reviewed", "due_on", "overdue"),
    "service": ("id", "stage", "owner", "items", "agreements", "days_without"),
}  # fmt: skip

Found = tuple[Where, Mapping[str, model.Cell | None]]
_Support = model.OperationalAgreement | model.Contract
_YEAR = 365
_DAY = timedelta(1)


def agreements(definitions: model.Definitions, day: date) -> Iterator[Found]:
    """One row for each agreement, operational agreement and contract in force: what it holds, and whether it was agreed first."""
    for sla in definitions.agreements.values():
        if in_force(sla.effective, _known(day)):
            yield sla.where, {**_promise(sla, sla, day), **_agreed(sla), **_carried(definitions, sla, day)}
    for support in _supports(definitions):
        if in_force(support.effective, _known(day)):
            renewal = support.renewal if isinstance(support, model.Contract) else None
            yield (
                support.where,
                {**_promise(support, support.terms, day), "decide_by": renewal.decide_by if renewal else None},
            )


def definitions_kept(definitions: model.Definitions, day: date) -> Iterator[Found]:
    """One row for each definition in force that somebody approves or that is reviewed at intervals."""
    for one in definitions.every():
        approved = one if isinstance(one, model.Policy) else None
        if not (approved or one.review) or not in_force(one.effective, _known(day)):
            continue
        due = one.review.due(one.effective.start) if one.review else None
        yield (
            one.where,
            {
                "id": one.id,
                "type": one.kind,
                "owner": approved.owner if approved else None,
                "approver": approved.approver if approved else None,
                "approved": approved.approved if approved else None,
                "since": one.effective.start,
                "approved_first": _first(approved.approved, one.effective.start) if approved else None,
                "own": approved.owner == approved.approver if approved else None,
                "reviewed": one.review.last if one.review else None,
                "due_on": due,
                "overdue": None if due is None or day == date.max else due < day,
            },
        )


def services(definitions: model.Definitions, day: date) -> Iterator[Found]:
    """One row for each service: its items, and the agreements of its own that held in the year up to the day."""
    for service in definitions.services.values():
        own = [a.effective for a in definitions.agreements.values() if service.id in a.services]
        if service.type == "technical":  # which other teams and suppliers may promise instead
            own += [s.effective for s in _supports(definitions) if service.id in s.terms.services]
        yield (
            service.where,
            {
                "id": service.id,
                "stage": service.stage,
                "owner": service.owner,
                "items": len(service.supported_by),
                "agreements": sum(in_force(period, _known(day)) for period in own),
                "days_without": _days_without(own, service.stages.get("live") or service.effective.start, day),
            },
        )


def _days_without(promised: Sequence[model.Effective], live: date | None, day: date) -> int | None:
    """On how many days of the last year, as far as it was live, a service had no agreement in force."""
    if day == date.max:
        return None
    days = (day - number * _DAY for number in range(_YEAR))
    return sum(not any(in_force(period, d) for period in promised) for d in days if live is None or d >= live)


def _promise(
    one: model.Definition, terms: model.Agreement | model.SupportTerms, day: date
) -> dict[str, model.Cell | None]:
    """What all promises hold; one is `measured` where each of its clocks says which share must be in time."""
    until = one.effective.end
    return {
        "id": one.id,
        "type": one.kind,
        "services": len(terms.services),
        "calendar": terms.calendar or None,
        "targets": sum(len(clock.targets) for clock in terms.clocks.values()),
        "measured": set(terms.clocks) <= set(terms.attainment) and bool(terms.clocks),
        "workload": terms.workload_limit is not None,
        "since": one.effective.start,
        "until": until,
        "days_left": (until - day).days if until and day != date.max else None,
        "availability": terms.availability,
    }


def _agreed(sla: model.Agreement) -> dict[str, model.Cell | None]:
    return {
        "exceptions": len(sla.exceptions),
        "agreed": sla.agreed_on,
        "agreed_first": _first(sla.agreed_on, sla.effective.start),
    }


def _carried(definitions: model.Definitions, sla: model.Agreement, day: date) -> dict[str, model.Cell | None]:
    """The availability that those who support an agreement promise together, one needing the other: the product."""
    shares = [
        s.terms.availability / 100
        for s in _supports(definitions)
        if sla.id in s.terms.supports and s.terms.availability is not None and in_force(s.effective, _known(day))
    ]
    if not shares or sla.availability is None:
        return {}
    together = round(100 * prod(shares), 3)
    return {"supported": together, "fits": together >= sla.availability}


def _supports(definitions: model.Definitions) -> tuple[_Support, ...]:
    return (*definitions.operational_agreements.values(), *definitions.contracts.values())


def _first(agreed: date | None, start: date | None) -> bool | None:
    """Whether it was agreed before it came into force; None where one of the days is not known."""
    return None if agreed is None or start is None else agreed <= start


def _known(day: date) -> date | None:
    return None if day == date.max else day

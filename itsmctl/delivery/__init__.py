"""What was delivered to customers in a period: promised against delivered, by service, and against an earlier period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from itsmctl.audit.preparing import load_records, prepare
from itsmctl.delivery import counting, keeping
from itsmctl.delivery.comparing import measures, mix
from itsmctl.delivery.counting import Counted, Span
from itsmctl.delivery.keeping import Rows
from itsmctl.delivery.period import Period, period_of
from itsmctl.delivery.quality import Comparison, Figure, Quality, ServiceQuality
from itsmctl.delivery.statistics import UNKNOWN, count
from itsmctl.delivery.stepping import steps
from itsmctl.engine.session import JUDGING, Session
from itsmctl.errors import NONE, ItsmctlError, Problem, Where, did_you_mean
from itsmctl.importers.receipt import Receipt, unchanged
from itsmctl.language import epoch
from itsmctl.model import Agreement, Definitions, Service
from itsmctl.model.periods import in_force
from itsmctl.zones import local_day

__all__ = ["Asked", "Period", "Quality", "period_of", "service_quality"]


@dataclass(frozen=True)
class Asked:
    """What the report is to be about; without services all, without a customer every one."""

    period: Period
    services: tuple[str, ...] = ()
    customer: str = ""
    compare: Period | None = None
    memory_limit: str = ""


def service_quality(definitions: Definitions, dataset: Path, asked: Asked) -> Quality:
    """Measure a period as it stood at its end, and an earlier one in the same way.

    Raises ItsmctlError for a service or customer that the catalogue does not have, and for a period of which the export
    says nothing.
    """
    with unchanged(dataset) as receipt:
        return _quality(definitions, dataset, receipt, asked)


def _quality(definitions: Definitions, dataset: Path, receipt: Receipt, asked: Asked) -> Quality:
    zone = receipt.zone or "UTC"
    services = _services(definitions, asked.services)
    customers = _customers(definitions, asked.customer, receipt)
    rows: Rows = {} if definitions.is_reference else keeping.rows_kept(definitions, asked.period.last)
    shown, now = _measured(definitions, dataset, receipt, asked, asked.period, services, customers, rows)
    comparison = None
    if asked.compare:
        ids = [service.id for service in services]
        _, before = _measured(definitions, dataset, receipt, asked, asked.compare, services, customers, rows)
        down = (_down(rows, ids, asked.compare), _down(rows, ids, asked.period))
        told = tuple(_complaints(rows, ids, customers, period) for period in (asked.compare, asked.period))
        comparison = Comparison(
            asked.compare,
            measures(before, now, down, (told[0], told[1])),
            mix(before.priorities, now.priorities),
            _covers(receipt, asked.compare, zone),
        )
    return Quality(
        period=asked.period,
        zone=zone,
        as_of=_as_of(receipt, asked.period, zone),
        customer=definitions.customers.get(asked.customer),
        services=shown,
        covered=_covers(receipt, asked.period, zone),
        own_registers=not definitions.is_reference,
        comparison=comparison,
        records=receipt.records,
        digest=receipt.digest,
        definitions=definitions.digest,
    )


def _measured(
    definitions: Definitions,
    dataset: Path,
    receipt: Receipt,
    asked: Asked,
    period: Period,
    services: Sequence[Service],
    customers: Sequence[str],
    rows: Rows,
) -> tuple[tuple[ServiceQuality, ...], Counted]:
    zone = receipt.zone or "UTC"
    as_of = _as_of(receipt, period, zone)
    span = Span(*period.moments(zone))
    with Session(memory_limit=asked.memory_limit, program=JUDGING) as session:
        load_records(session, definitions, dataset, receipt, as_of, (None, None), zone)
        prepare(session, definitions, receipt, (), (), as_of, (None, None), zone)
        counting.take(session, [service.id for service in services], customers)
        attained = counting.attained(session, definitions, span)
        late, late_in_all = counting.late(session, definitions, span)
        volumes, changes = counting.volumes(session, span), counting.changes(session, span)
        counted = counting.counted(session, definitions, span, receipt.history)
    found = []
    for service in services:
        agreements = _agreements(definitions, service, customers, period)
        kept = keeping.about(definitions, rows, service.id, [one.id for one in agreements], customers, period)
        id, some = service.id, attained.get(service.id, ())
        those, volume = tuple(late.get(id, ())), volumes.get(id, ())
        if not (some or volume or kept or asked.services):
            continue
        one = ServiceQuality(
            service, agreements, some, those, late_in_all.get(id, 0), volume, changes.get(id, ()), kept, ()
        )
        todo = steps(service, agreements, one.promises, those, volume, kept, period)
        found.append(replace(one, steps=tuple(todo)))
    return tuple(sorted(found, key=lambda one: (-one.opened, one.service.id))), counted


def _as_of(receipt: Receipt, period: Period, zone: str) -> int:
    """The end of the period, or of the export where that comes first."""
    since, until = period.moments(zone)
    last = epoch(receipt.last_moment) if receipt.last_moment else until
    if last < since:
        template = "the export ends on {day}, before {period} begins; export a later period"
        values = {"day": local_day(last, zone).isoformat(), "period": period.name}
        raise ItsmctlError(Problem("period-not-exported", template, Where("--period"), values))
    return min(until, last)


def _covers(receipt: Receipt, period: Period, zone: str) -> bool:
    """Whether the export reaches from the first to the last day of a period, as far as its openings tell."""
    if not receipt.period_from or not receipt.last_moment:
        return False
    first, last = (local_day(epoch(text), zone) for text in (receipt.period_from, receipt.last_moment))
    return first <= period.first and last >= period.last


def _services(definitions: Definitions, named: Sequence[str]) -> list[Service]:
    unknown = [name for name in named if name not in definitions.services]
    if unknown:
        raise ItsmctlError(_unknown("service", name, list(definitions.services)) for name in unknown)
    return [service for id, service in sorted(definitions.services.items()) if not named or id in named]


def _customers(definitions: Definitions, named: str, receipt: Receipt) -> list[str]:
    """The customer, and those that are part of it."""
    if not named:
        return []
    if named not in definitions.customers:
        raise ItsmctlError(_unknown("customer", named, list(definitions.customers)))
    if "customer" not in receipt.mapped:
        template = "the export has no column for the customer, so that tickets cannot be told apart by customer"
        raise ItsmctlError(Problem("no-customers", template, Where("--customer")))
    chosen = [named]
    for name in chosen:  # grows while it is read
        chosen += sorted(
            one.id for one in definitions.customers.values() if one.part_of == name and one.id not in chosen
        )
    return chosen


def _agreements(
    definitions: Definitions, service: Service, customers: Sequence[str], period: Period
) -> tuple[Agreement, ...]:
    """The agreements in force in the period that name the service, or are for any where none does."""
    there = [one for one in definitions.agreements.values() if _overlaps(one, period)]
    there = [one for one in there if not one.customers or not customers or set(one.customers) & set(customers)]
    own = [one for one in there if service.id in one.services]
    return tuple(own or [one for one in there if not one.services])


def _overlaps(agreement: Agreement, period: Period) -> bool:
    start: date | None = agreement.effective.start
    return in_force(agreement.effective, period.last) or bool(start and period.first <= start <= period.last)


def _down(rows: Rows, services: Sequence[str], period: Period) -> Figure:
    found = keeping.down_minutes(rows, services, period)
    return Figure(found[0], None, None, found[1]) if found else UNKNOWN


def _complaints(rows: Rows, services: Sequence[str], customers: Sequence[str], period: Period) -> Figure:
    found = keeping.complaints(rows, services, customers, period)
    return UNKNOWN if found is None else count(found)


def _unknown(what: str, word: str, known: Sequence[str]) -> Problem:
    values = {"what": what, "word": word, "allowed": ", ".join(sorted(known)) or NONE}
    template = "unknown {what} {word!r}; known: {allowed}"
    return Problem(f"unknown-{what}", template, Where(), values, suggestion=did_you_mean(word, known))

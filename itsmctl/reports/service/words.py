"""The service quality report in words: a summary, each service, the comparison, and how to read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from itsmctl import __version__
from itsmctl.delivery.quality import ENOUGH, Attained, Kept, Late, Quality, ServiceQuality, Step, Volume
from itsmctl.language import (
    Language,
    clock_order,
    clock_text,
    date_text,
    duration_text,
    moment_text,
    number_text,
    reached_text,
    reason_text,
    tr,
    trn,
    zone_of,
)
from itsmctl.model import Cell as Value
from itsmctl.model import Definitions, Names, Text, names_of
from itsmctl.reports.called import value_text
from itsmctl.reports.outlines import Cell, Look, Outline, Part, Table
from itsmctl.reports.service.compared import compared, period_name

SHOWN = 20
"""Late tickets shown one by one; a workbook and JSON have more."""
_CHANGE = "change"


def outline(quality: Quality, definitions: Definitions, language: Language) -> Outline:
    """The whole report."""
    comparison = compared(quality.comparison, quality.period, language)
    names = names_of(definitions)
    return Outline(
        language=language,
        kind=tr("Service quality report", language),
        title=_title(quality, language),
        lead=_lead(quality, language),
        facts=_facts(quality, language),
        parts=(
            *([_summary(quality, language)] if len(quality.services) > 1 else []),
            *([comparison] if comparison else []),
            *(_service(one, quality, definitions, names, language) for one in quality.services),
            _reading(quality, language),
        ),
        foot=(
            (tr("Definitions", language), f"SHA-256 {quality.definitions}"),
            (tr("Tickets", language), f"SHA-256 {quality.digest}"),
        ),
    )


def _title(quality: Quality, language: Language) -> str:
    names = [quality.customer.title.in_(language)] if quality.customer else []
    if len(quality.services) == 1:
        names.append(quality.services[0].service.title.in_(language))
    return " · ".join([*(names or [tr("All services", language)]), period_name(quality.period, language)])


def _lead(quality: Quality, language: Language) -> str:
    """The one sentence that the customer reads."""
    promises = [one for service in quality.services for one in service.promises]
    judged = [one for one in promises if one.kept or one.missed]
    missed = [one for one in judged if one.missed]
    if not judged:
        return tr("No promise could be judged: too few tickets, too many not testable, or none promised.", language)
    if missed:
        return trn(
            "{n} of {all} promises was not kept.", "{n} of {all} promises were not kept.", len(missed), language, all=number_text(len(judged))
        )  # fmt: skip
    return trn("The one promise that could be judged was kept.", "All {n} promises that could be judged were kept.", len(judged), language)  # fmt: skip


def _facts(quality: Quality, language: Language) -> tuple[tuple[str, str], ...]:
    zone = zone_of(quality.zone)
    since, until = quality.period.moments(quality.zone)
    days = {"first": date_text(since, zone, language), "last": date_text(until - 1, zone, language)}
    facts = [
        (tr("Period", language), tr("{first} to {last}", language, **days)),
        (tr("Judged as of", language), f"{moment_text(quality.as_of, zone)} {quality.zone}"),
        (tr("Customer", language), quality.customer.title.in_(language) if quality.customer else tr("all customers", language)),
        (tr("Services", language), number_text(len(quality.services))),
        (tr("Tickets opened", language), number_text(sum(one.opened for one in quality.services))),
    ]  # fmt: skip
    if not quality.covered:
        facts.append((tr("Caution", language), tr("the export does not reach over the whole period", language)))
    return tuple(facts)


def _summary(quality: Quality, language: Language) -> Part:
    head = (tr("Service", language), tr("opened", language), tr("resolved", language), tr("open at the end", language),
            tr("response in time", language), tr("resolution in time", language), tr("late", language), tr("next steps", language))  # fmt: skip
    rows = [
        (
            one.service.title.in_(language), one.opened, sum(v.resolved for v in one.volumes), sum(v.open_after for v in one.volumes),
            _kept(one, "response"), _kept(one, "resolution"), one.late_in_all, len(one.steps),
        )
        for one in quality.services
    ]  # fmt: skip
    looks = tuple(_look(one.promises) for one in quality.services)
    return Part(tr("At a glance", language), "summary", tables=(Table(head, tuple(rows), tuple(range(1, 8)), looks),))


def _kept(service: ServiceQuality, clock: str) -> str:
    some = [one for one in service.promises if one.clock == clock]
    met, judged = sum(one.met for one in some), sum(one.judged for one in some)
    return reached_text(met, judged, sum(one.not_testable for one in some))


def _look(promises: Sequence[Attained]) -> Look:
    if any(one.missed for one in promises):
        return "bad"
    return "good" if any(one.kept for one in promises) else ""


def _service(one: ServiceQuality, quality: Quality, definitions: Definitions, names: Names, language: Language) -> Part:
    parts = (
        _promised(one, language),
        _late(one, quality, language),
        _volume(one, definitions, language),
        _changes(one, names, language),
        *(_register(kept, definitions, language) for kept in one.registers),
        Part(tr("Next steps", language), points=tuple(step_text(step, definitions, language) for step in one.steps)),
    )
    agreements = tr(", ", language).join(agreement.title.in_(language) for agreement in one.agreements)
    lead = tr("Agreed in: {agreements}", language, agreements=agreements) if agreements else tr("Nothing is agreed for this service.", language)  # fmt: skip
    shown = tuple(part for part in parts if not part.empty)
    return Part(one.service.title.in_(language), f"service/{one.service.id}", lead, parts=shown)


def _promised(one: ServiceQuality, language: Language) -> Part:
    head = (tr("Clock", language), tr("Priority", language), tr("Target", language), tr("Promised", language), tr("Delivered", language),
            tr("judged", language), tr("late", language), tr("not testable", language))  # fmt: skip
    lines = [(promise, tr("all", language)) for promise in one.promises]
    lines += [(attained, attained.priority or tr("none", language)) for attained in one.attained]
    lines.sort(key=lambda line: (clock_order(line[0].clock), line[0].agreement))
    rows = tuple(
        (
            clock_text(found.clock, language), name, found.target or "–", "–" if found.agreed is None else f"{found.agreed:g}%",
            reached_text(found.met, found.judged, found.not_testable), found.judged, found.late, found.not_testable,
        )
        for found, name in lines
    )  # fmt: skip
    looks = tuple(_look([found]) for found, _ in lines)
    many = len(one.agreements) > 1
    note = tr("The targets of several agreements: which one holds depends on the customer.", language) if many else ""
    tables = (Table(head, rows, (3, 4, 5, 6, 7), looks, note),) if rows else ()
    lead = "" if rows else tr("No clock of this service ended in the period.", language)
    return Part(tr("Promised and delivered", language), lead=lead, tables=tables)


def _late(one: ServiceQuality, quality: Quality, language: Language) -> Part:
    if not one.late:
        return Part("")
    head = (tr("Ticket", language), tr("Clock", language), tr("Priority", language), tr("counted", language), tr("Target", language),
            tr("over by", language), tr("ended", language), tr("Why", language))  # fmt: skip
    rows = tuple(_late_row(late, quality.zone, language) for late in one.late)
    note = ""
    if one.late_in_all > SHOWN:
        note = tr("The first {n} of {total}; `findings.csv` of the audit has them all.", language, n=SHOWN, total=number_text(one.late_in_all))  # fmt: skip
    table = Table(head, rows[:SHOWN], (3, 4, 5), note=note, whole=rows)
    lead = tr("`itsmctl explain TICKET` shows the ledger of each.", language)
    return Part(trn("{n} late ticket", "{n} late tickets", one.late_in_all, language), lead=lead, tables=(table,))


def _late_row(late: Late, zone: str, language: Language) -> tuple[Cell, ...]:
    ended = moment_text(late.stopped, zone_of(zone)) if late.stopped is not None else tr("still running", language)
    times = (late.counted, late.target, late.counted - late.target)
    return (
        late.number, clock_text(late.clock, language), late.priority or "–",
        *(duration_text(seconds, language) for seconds in times), ended, late.reason or "–",
    )  # fmt: skip


def _volume(one: ServiceQuality, definitions: Definitions, language: Language) -> Part:
    head = (tr("Process", language), tr("open before", language), tr("opened", language), tr("resolved", language), tr("open at the end", language))  # fmt: skip
    rows = tuple(_volume_row(volume, definitions, language) for volume in one.volumes)
    return Part(tr("Volume", language), tables=(Table(head, rows, (1, 2, 3, 4)),) if rows else ())


def _volume_row(volume: Volume, definitions: Definitions, language: Language) -> tuple[Cell, ...]:
    process = definitions.processes.get(volume.process)
    name = process.title.in_(language) if process else volume.process
    return name, volume.open_before, volume.opened, volume.resolved, volume.open_after


def _changes(one: ServiceQuality, names: Names, language: Language) -> Part:
    head = (tr("Type", language), tr("Outcome", language), tr("changes", language))
    rows = tuple(
        (
            value_text(names, _CHANGE, "type", change.type, language) or "–",
            _outcome_text(change.outcome, names, language) or "–",
            change.number,
        )
        for change in one.changes
    )
    return Part(tr("Changes that ended", language), tables=(Table(head, rows, (2,)),) if rows else ())


def _outcome_text(outcome: str, names: Names, language: Language) -> str:
    """How a change ended, or the state in which it did."""
    column = "outcome" if names.title(_CHANGE, "outcome", outcome) else "state"
    return value_text(names, _CHANGE, column, outcome, language)


def _register(kept: Kept, definitions: Definitions, language: Language) -> Part:
    """A register as it is kept, without the columns that name people."""
    columns = [column for column in kept.register.columns if column.type != "person" and column.id != "service"]
    columns = [column for column in columns if any(column.id in row.values for row in kept.rows)]
    rows = tuple(
        tuple(_value(row.values.get(column.id), column.to, definitions, language) for column in columns)
        for row in kept.rows
    )
    head = tuple(column.title.in_(language) for column in columns)
    numbers = tuple(number for number, column in enumerate(columns) if column.type == "number")
    return Part(kept.register.title.in_(language), tables=(Table(head, rows, numbers),) if columns else ())


def _value(value: Value | None, kind: str, definitions: Definitions, language: Language) -> Cell:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return tr("yes", language) if value else tr("no", language)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:g}"
    if kind == "customer" and value in definitions.customers:
        return definitions.customers[str(value)].title.in_(language)
    return value


def step_text(step: Step, definitions: Definitions, language: Language) -> str:
    """What to do, and the role that sees to it."""
    values = {name: _filled(name, value, language) for name, value in step.values.items()}
    told = tr(step.template, language, **values) if values else tr(step.template, language)
    role = definitions.roles.get(step.role)
    return tr("{step} — {role}", language, step=told, role=role.title.in_(language)) if role else told


def _filled(name: str, value: object, language: Language) -> object:
    match value:
        case Text():
            return value.in_(language)
        case int():
            return number_text(value)
        case date():
            return value.isoformat()
        case _ if name == "clock":
            return clock_text(str(value), language)
        case _:
            return value


def _reading(quality: Quality, language: Language) -> Part:
    points = [
        tr("Everything is computed from the tickets by the agreements in force when each was opened, not taken from the tool.", language),
        tr("A ticket counts in the period in which its clock stopped; one that still runs past its target counts as late.", language),
        tr("A promise is judged where at least {n} tickets were; a share of fewer is noise.", language, n=ENOUGH),
        tr("What could not be tested is neither in time nor late; where it could turn a promise, nothing is said of that promise.", language),
        tr("Nobody is named: columns of registers that name people are left out.", language),
    ]  # fmt: skip
    if not quality.own_registers:
        points.append(f"{reason_text('example-registers', language)}.".replace("。.", "。"))
    points.append(
        tr(
            "Made with itsmctl {version}; the same tickets and definitions give the same bytes.",
            language,
            version=__version__,
        )
    )
    return Part(tr("How to read this", language), "reading", points=tuple(points))

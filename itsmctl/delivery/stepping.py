"""What to do next about a service, from what was found; smallest and most urgent first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from itsmctl.delivery.keeping import is_open
from itsmctl.delivery.period import Period
from itsmctl.delivery.quality import Attained, Kept, Late, Step, Volume
from itsmctl.language import msg
from itsmctl.model import Agreement, RegisterRow, Service


def steps(
    service: Service,
    agreements: Sequence[Agreement],
    promises: Sequence[Attained],
    late: Sequence[Late],
    volumes: Sequence[Volume],
    registers: Sequence[Kept],
    period: Period,
) -> Iterator[Step]:
    """Every step that follows."""
    running = [one for one in late if one.stopped is None]
    if running:
        yield _step(
            msg("Bring to an end what still runs past its target: {records}"), service.owner, records=_named(running)
        )
    for one in promises:
        if one.missed:
            those = [found for found in late if found.clock == one.clock]
            template = msg("{clock}: {late} of {judged} were late where {agreed}% were promised; read the ledgers of {records} (`itsmctl explain`)")  # fmt: skip
            yield _step(
                template, service.owner, clock=one.clock, late=one.late, judged=one.judged, agreed=f"{one.agreed:g}",
                records=_named(those),
            )  # fmt: skip
    yield from _registers(service, registers, period)
    if not agreements:
        yield _step(msg("Agree a service level: nothing is promised for this service"), service.owner)
    for agreement in agreements:
        limit = agreement.workload_limit
        opened = sum(volume.opened for volume in volumes)
        if limit and limit.per_month and opened > limit.per_month * max(1, round(period.days / 30.4)):
            template = msg(
                "Talk about the workload: {opened} tickets were opened, and {agreement} is made for {limit} a month"
            )
            yield _step(template, service.owner, opened=opened, agreement=agreement.id, limit=limit.per_month)
    blind = sum(one.not_testable for one in promises)
    if blind:
        yield _step(msg("Make clocks measurable: {n} could not be tested; the audit says which columns are missing"), service.owner, n=blind)  # fmt: skip


def _registers(service: Service, registers: Sequence[Kept], period: Period) -> Iterator[Step]:
    for kept in registers:
        for row in kept.rows:
            name = kept.register.id
            if name == "availability" and row.values.get("reached") is False and not row.values.get("investigated"):
                yield _step(msg("Investigate why the availability promised was missed"), kept.register.owner)
            elif name == "complaints" and is_open(row, period.last):
                yield _step(
                    msg("Answer complaint {id}, which is open"), kept.register.owner, id=row.values.get("id", "")
                )
            elif name == "improvements" and _overdue(row, period.last):
                template = msg("Improvement {id} is past its day {day}: finish it, or agree another day")
                yield _step(template, kept.register.owner, id=row.values.get("id", ""), day=row.values["due_on"])
            elif name in ("continuity-tests", "restore-tests") and _missed(row):
                yield _step(msg("Repeat the test that missed its objective: {register}"), kept.register.owner, register=kept.register.title)  # fmt: skip


def _overdue(row: RegisterRow, last: date) -> bool:
    due = row.values.get("due_on")
    return isinstance(due, date) and due <= last and is_open(row, last)


def _missed(row: RegisterRow) -> bool:
    return "missed" in (row.values.get("rto"), row.values.get("rpo")) or row.values.get("complete") is False


def _named(late: Sequence[Late], most: int = 3) -> str:
    return ", ".join([one.number for one in late[:most]] + (["…"] if len(late) > most else []))


def _step(template: str, role: str, **values: object) -> Step:
    return Step(template, values, role)

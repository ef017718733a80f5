"""What the tickets of some services and customers say about a period, counted in the engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from itsmctl.delivery.quality import MOST_LATE, Attained, Changes, Late, Volume
from itsmctl.engine.people import known_as
from itsmctl.engine.session import Session
from itsmctl.model import Definitions

_COLUMNS = (
    "tix, record_id, number, process, service, customer, priority, state, opened_at, ended_at, resolved_at, type, outcome, "
    "resolved_by, reassignment_count, reopen_count, breach_reason"
)
_INSIDE = """(c.stop >= ? AND c.stop < ? OR c.stop IS NULL AND c.verdict = 'running_breached'
    OR c.verdict = 'not_testable' AND coalesce(c.stop, c.start, a.opened_at) >= ? AND coalesce(c.stop, c.start, a.opened_at) < ?)"""


@dataclass(frozen=True)
class Span:
    """[since, until) in epoch seconds."""

    since: int
    until: int


def take(session: Session, services: Sequence[str], customers: Sequence[str]) -> None:
    """Create `asked`: the records of these services, of these customers or of all."""
    where, values = "list_contains(?, service)", [list(services)]
    if customers:
        where, values = f"{where} AND list_contains(?, customer)", [*values, list(customers)]
    session.run(f"CREATE TEMP TABLE asked AS SELECT {_COLUMNS} FROM record WHERE {where}", values)


def attained(session: Session, definitions: Definitions, span: Span) -> dict[str, tuple[Attained, ...]]:
    """By service, the clocks of its agreements by priority; support from teams and suppliers is no promise to a customer."""
    rows = session.rows(
        f"""SELECT a.service, c.agreement, c.clock, coalesce(a.priority, ''), c.target_number,
            count(*) FILTER (WHERE c.verdict IN ('met', 'breached', 'running_breached')),
            count(*) FILTER (WHERE c.verdict = 'met'), count(*) FILTER (WHERE c.verdict = 'not_testable')
        FROM clock AS c JOIN asked AS a ON a.tix = c.tix
        WHERE c.agreement IS NOT NULL AND c.verdict IN ('met', 'breached', 'running_breached', 'not_testable') AND {_INSIDE}
        GROUP BY ALL ORDER BY ALL""",
        (span.since, span.until) * 2,
    )
    found: dict[str, list[Attained]] = defaultdict(list)
    for service, agreement, clock, priority, number, judged, met, untested in rows:
        promise = definitions.agreements.get(str(agreement))
        if promise is None or str(clock) not in promise.clocks:
            continue
        targets = promise.clocks[str(clock)].targets
        target = targets[int(str(number))].text if number is not None and int(str(number)) < len(targets) else ""
        found[str(service)].append(
            Attained(
                promise.id, str(clock), str(priority), target, promise.attainment.get(str(clock)),
                int(str(judged)), int(str(met)), int(str(untested)),
            )
        )  # fmt: skip
    return {
        service: tuple(sorted(some, key=lambda one: (one.clock != "response", one.clock, one.priority, one.target)))
        for service, some in found.items()
    }


def late(session: Session, definitions: Definitions, span: Span) -> tuple[dict[str, list[Late]], dict[str, int]]:
    """By service, the tickets that were not in time, those most over their target first, and how many there are."""
    rows = session.rows(
        f"""SELECT a.service, c.agreement, c.clock, a.record_id, a.number, a.priority, c.counted, c.target, c.stop, a.breach_reason
        FROM clock AS c JOIN asked AS a ON a.tix = c.tix
        WHERE c.agreement IS NOT NULL AND c.verdict IN ('breached', 'running_breached') AND {_INSIDE}
        ORDER BY a.service, c.counted - c.target DESC, a.record_id, c.clock""",
        (span.since, span.until) * 2,
    )
    found: dict[str, list[Late]] = defaultdict(list)
    numbers: dict[str, int] = defaultdict(int)
    for service, agreement, clock, record, number, priority, counted, target, stop, reason in rows:
        promise = definitions.agreements.get(str(agreement))
        if promise is None or str(clock) not in promise.clocks:
            continue
        numbers[str(service)] += 1
        if len(found[str(service)]) < MOST_LATE:
            found[str(service)].append(
                Late(
                    str(record), str(number or record), str(clock), str(priority or ""), int(str(counted)), int(str(target)),
                    None if stop is None else int(str(stop)), str(reason or ""),
                )
            )  # fmt: skip
    return found, numbers


def volumes(session: Session, span: Span) -> dict[str, tuple[Volume, ...]]:
    """By service, the tickets of each process that were open, came and went."""
    rows = session.rows(
        """SELECT service, process, count(*) FILTER (WHERE opened_at < ? AND (ended_at IS NULL OR ended_at >= ?)),
            count(*) FILTER (WHERE opened_at >= ? AND opened_at < ?), count(*) FILTER (WHERE ended_at >= ? AND ended_at < ?),
            count(*) FILTER (WHERE opened_at < ? AND (ended_at IS NULL OR ended_at >= ?))
        FROM asked GROUP BY ALL ORDER BY ALL""",
        (span.since, span.since, span.since, span.until, span.since, span.until, span.until, span.until),
    )
    found: dict[str, list[Volume]] = defaultdict(list)
    for service, process, *numbers in rows:
        volume = Volume(str(process), *(int(str(n)) for n in numbers))
        if volume.open_before or volume.opened or volume.resolved:
            found[str(service)].append(volume)
    return {service: tuple(some) for service, some in found.items()}


def changes(session: Session, span: Span) -> dict[str, tuple[Changes, ...]]:
    """By service, the changes that ended, by type and outcome; without an outcome by the state they are in."""
    rows = session.rows(
        """SELECT service, coalesce(type, ''), coalesce(outcome, state, ''), count(*) FROM asked
        WHERE process = 'change' AND ended_at >= ? AND ended_at < ? GROUP BY ALL ORDER BY 1, 2, 4 DESC, 3""",
        (span.since, span.until),
    )
    found: dict[str, list[Changes]] = defaultdict(list)
    for service, kind, outcome, number in rows:
        found[str(service)].append(Changes(str(kind), str(outcome), int(str(number))))
    return {service: tuple(some) for service, some in found.items()}


@dataclass(frozen=True)
class Counted:
    """What a comparison needs of one period, over all that was asked for."""

    response: tuple[int, int]
    """(met, judged)"""
    resolution: tuple[int, int]
    hours_to_fix: tuple[float, ...]
    """From the opening of each incident to its end, in order."""
    handled_at_once: tuple[int, int] | None
    """Incidents that were never passed on, of those resolved; None where the export has neither count nor history."""
    reopened: tuple[int, int] | None
    resolved: int
    resolvers: int
    opened: int
    open_after: int
    priorities: dict[str, int]
    """Incidents opened, by priority."""


def counted(session: Session, definitions: Definitions, span: Span, history: Sequence[str]) -> Counted:
    """Count one period."""
    clocks = {"response": (0, 0), "resolution": (0, 0)}
    for some in attained(session, definitions, span).values():
        for one in some:
            met, judged = clocks.get(one.clock, (0, 0))
            clocks[one.clock] = (met + one.met, judged + one.judged)
    every = [volume for some in volumes(session, span).values() for volume in some]
    priorities = session.rows(
        """SELECT coalesce(priority, ''), count(*) FROM asked WHERE process = 'incident' AND opened_at >= ? AND opened_at < ?
        GROUP BY 1 ORDER BY 1""",
        (span.since, span.until),
    )
    resolver = known_as("a.resolved_by", "w")
    resolvers = session.one(
        f"SELECT count(DISTINCT {resolver.who}) FROM asked AS a{resolver.join} WHERE ended_at >= ? AND ended_at < ?",
        (span.since, span.until),
    )
    return Counted(
        clocks["response"],
        clocks["resolution"],
        _hours(session, span),
        _passed_on(session, span, "group" in history),
        _reopened(session, span),
        sum(volume.resolved for volume in every),
        int(str(resolvers[0])),
        sum(volume.opened for volume in every),
        sum(volume.open_after for volume in every),
        {str(priority): int(str(n)) for priority, n in priorities},
    )


_ENDED = "process = 'incident' AND ended_at >= ? AND ended_at < ? AND opened_at IS NOT NULL AND ended_at >= opened_at"


def _hours(session: Session, span: Span) -> tuple[float, ...]:
    rows = session.rows(f"SELECT ended_at - opened_at FROM asked WHERE {_ENDED} ORDER BY 1", (span.since, span.until))
    return tuple(int(str(seconds)) / 3600 for (seconds,) in rows)


def _passed_on(session: Session, span: Span, has_history: bool) -> tuple[int, int] | None:
    passes = "reassignment_count"
    if has_history:
        passes = "(SELECT count(*) FROM event AS e WHERE e.tix = a.tix AND e.field = 'group' AND e.old <> '')"
    known, at_once = session.one(
        f"SELECT count({passes}), count(*) FILTER (WHERE {passes} = 0) FROM asked AS a WHERE {_ENDED}",
        (span.since, span.until),
    )
    return (int(str(at_once)), int(str(known))) if known else None


def _reopened(session: Session, span: Span) -> tuple[int, int] | None:
    known, reopened = session.one(
        f"SELECT count(reopen_count), count(*) FILTER (WHERE reopen_count > 0) FROM asked WHERE {_ENDED}",
        (span.since, span.until),
    )
    return (int(str(reopened)), int(str(known))) if known else None

"""Benefits 效益: two periods side by side, beside the figures that the presentation quotes, with what an honest reader must know.

The quoted figures have no source that anybody could check; they are shown to compare with, never to be reached.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal

from itsmctl.engine.people import known_as
from itsmctl.engine.sql import Fragment
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.scorecard.comparing import (
    Change,
    Mix,
    Proportion,
    median_change,
    mix_of,
    rate_change,
    share_change,
    total_change,
)
from itsmctl.scorecard.periods import Span
from itsmctl.scorecard.promises import ended_clocks
from itsmctl.scorecard.tickets import Tickets
from itsmctl.zones import midnight, midnight_after

Measure = Literal["down-time", "repair-time", "per-engineer", "first-time-right", "waiting-time", "in-time"]
Caveat = Literal["few", "chance", "mix", "population", "seasons", "not-covered", "open", "unknown", "unrated"]

REFERENCE: Mapping[Measure, float] = {
    "down-time": -0.79,
    "repair-time": -0.49,
    "per-engineer": 0.26,
    "first-time-right": 0.54,
    "waiting-time": 0.31,
}
"""What the presentation quotes (IDC): down time, time to find and repair, efficiency of operation, productivity of IT, and that of
users, which is the other way round than the hours they wait. Each stands beside the nearest that tickets can tell."""
ENOUGH = 30


@dataclass(frozen=True)
class Benefit:
    """One figure before and after; a change of `None` could not be told."""

    measure: Measure
    before: float | None
    after: float | None
    n: tuple[int, int]
    change: Change | None
    caveats: tuple[Caveat, ...]

    @property
    def reference(self) -> float | None:
        """The change that the presentation quotes for it."""
        return REFERENCE.get(self.measure)


@dataclass(frozen=True)
class Benefits:
    """Two periods compared; `mix` splits the change of the share in time into its strata and their weights."""

    before: Span
    after: Span
    benefits: tuple[Benefit, ...]
    mix: Mix | None
    caveats: tuple[Caveat, ...]


@dataclass(frozen=True)
class _Incident:
    """One that users waited for in a period. What still ran at its end counts up to there: nothing gets better by staying open."""

    age_hours: float
    """From its opening."""
    waited_hours: float
    """Of these, those in the period."""
    resolved: bool
    """Whether that was in the period."""
    critical: bool | None
    again: bool | None
    resolver: str
    assignee: str


def benefits_of(tickets: Tickets, before: Span, after: Span) -> Benefits:
    """Compare two periods by the incidents that were open in each; raises ItsmctlError where they overlap or stand in the wrong order."""
    if before.end >= after.start:
        template = "{before} does not end before {after} begins"
        raise ItsmctlError(Problem("periods-overlap", template, values={"before": before.label, "after": after.label}))
    sides = (_incidents(tickets, before), _incidents(tickets, after))
    days = (before.days, after.days)
    told = (_shares_in_time(tickets, before), _shares_in_time(tickets, after))
    mix = mix_of(*told)
    found = (
        _down_time(sides, days, "priority" in tickets.context.exported),
        _repair_time(sides),
        _per_engineer(sides, days, "per-engineer", right_only=False),
        _per_engineer(sides, days, "first-time-right", right_only=True),
        _waiting_time(sides, days),
        _in_time(told, mix),
    )
    return Benefits(before, after, found, mix, tuple(_caveats(tickets, before, after, sides)))


_Sides = tuple[Sequence[_Incident], Sequence[_Incident]]


def _down_time(sides: _Sides, days: tuple[int, int], prioritised: bool) -> Benefit:
    """Hours of critical incidents for each thirty days; one of unknown priority may be critical, unless none has any."""
    if not prioritised:
        return _benefit("down-time", (None, None), (0, 0), None)
    return _hours("down-time", sides, days, lambda incident: incident.critical is not False)


def _repair_time(sides: _Sides) -> Benefit:
    """The median hours from opening to resolution, or so far."""
    first, second = ([i.age_hours for i in side] for side in sides)
    return _benefit(
        "repair-time", (_median(first), _median(second)), (len(first), len(second)), median_change(first, second)
    )


def _per_engineer(sides: _Sides, days: tuple[int, int], measure: Measure, *, right_only: bool) -> Benefit:
    """Incidents resolved for each person and thirty days; `right_only` counts those that were not opened again.

    Whoever had an incident to do counts as a person, done or not: nobody gets quicker because a colleague finishes nothing.
    """
    counts, heads = [], []
    for side in sides:
        counts.append(sum(i.again is False or not right_only for i in side if i.resolver))
        heads.append(len({person for i in side for person in (i.resolver, i.assignee) if person}))
    times = [head * n / 30 for head, n in zip(heads, days, strict=True)]
    values = tuple(count / time if time else None for count, time in zip(counts, times, strict=True))
    change = rate_change(counts[0], times[0], counts[1], times[1]) if all(times) else None
    return _benefit(measure, values, (counts[0], counts[1]), change)


def _waiting_time(sides: _Sides, days: tuple[int, int]) -> Benefit:
    """Hours that users waited for all their incidents, for each thirty days."""
    return _hours("waiting-time", sides, days, lambda _: True)


def _hours(measure: Measure, sides: _Sides, days: tuple[int, int], counts: Callable[[_Incident], bool]) -> Benefit:
    """Hours of the incidents that count, for each thirty days; nothing is known of a period in which none was open at all."""
    first, second = ([i.waited_hours for i in side if counts(i)] for side in sides)
    told = zip(sides, (first, second), days, strict=True)
    values = tuple(30 * sum(some) / n if side else None for side, some, n in told)
    change = total_change(first, days[0], second, days[1]) if all(sides) else None
    return _benefit(measure, values, (len(first), len(second)), change)


def _in_time(told: tuple[Mapping[str, Proportion], Mapping[str, Proportion]], mix: Mix | None) -> Benefit:
    """Per cent of the promises kept; the change is in points of a hundred."""
    first, second = (
        Proportion(sum(one.hits for one in side.values()), sum(one.n for one in side.values())) for side in told
    )
    change = share_change(first, second)
    values = tuple(100 * one.share if one.n else None for one in (first, second))
    found = _benefit("in-time", values, (first.n, second.n), change)
    if mix and change and abs(mix.of_mix) > abs(mix.of_strata):
        return replace(found, caveats=(*found.caveats, "mix"))
    return found


def _benefit(measure: Measure, values: Sequence[float | None], n: tuple[int, int], change: Change | None) -> Benefit:
    caveats: list[Caveat] = []
    if change is None or min(n) < ENOUGH:
        caveats.append("few")
    if change is not None and not change.clear:
        caveats.append("chance")
    return Benefit(measure, values[0], values[1], n, change, tuple(caveats))


def _caveats(tickets: Tickets, before: Span, after: Span, sides: _Sides) -> list[Caveat]:
    """What holds of the comparison as a whole."""
    found: list[Caveat] = []
    done = [sum(i.resolved for i in side) / span.days for side, span in zip(sides, (before, after), strict=True)]
    every = [i for side in sides for i in side]
    if tickets.first_day is None or tickets.first_day > before.start:
        found.append("not-covered")
    if all(done) and not 0.8 <= done[1] / done[0] <= 1.25:
        found.append("population")
    if (before.start.month, before.end.month) != (after.start.month, after.end.month):
        found.append("seasons")
    if not all(i.resolved for i in every):
        found.append("open")
    if any(i.again is None for i in every if i.resolved):
        found.append("unknown")
    if any(i.critical is None for i in every) and "priority" in tickets.context.exported:
        found.append("unrated")
    return found


def _incidents(tickets: Tickets, span: Span) -> list[_Incident]:
    """Incidents that were open in a period; one whose times run backwards tells nothing."""
    since, until = midnight(span.start, tickets.context.zone), _end(tickets, span)
    people = (
        known_as("r.resolved_by", "w0"),
        known_as("r.assignee", "w1"),
    )  # as compared; '' for nobody, and for a machine
    rows = tickets.session.rows(
        f"""SELECT r.opened_at, coalesce(r.ended_at, {until}), r.resolved_at IS NOT NULL AND r.resolved_at < {until},
            r.priority = 'P1', r.reopen_count > 0, {", ".join(f"CASE WHEN {one.who} IS NOT NULL AND NOT {one.machine} THEN {one.who} ELSE '' END" for one in people)}
        FROM record AS r{"".join(one.join for one in people)} WHERE r.process = 'incident' AND r.opened_at < {until}
            AND (r.ended_at IS NULL OR r.ended_at >= greatest(r.opened_at, {since})) ORDER BY r.tix"""
    )
    found = []
    for opened, ended, resolved, critical, again, resolver, assignee in rows:
        start, end = int(str(opened)), min(int(str(ended)), until)
        found.append(
            _Incident(
                (end - start) / 3600, (end - max(start, since)) / 3600, bool(resolved), _maybe(critical), _maybe(again),
                str(resolver) if resolved else "", str(assignee),
            )
        )  # fmt: skip
    return found


def _end(tickets: Tickets, span: Span) -> int:
    """When a period has ended, or the export does: what came after nobody knows."""
    known = (tickets.context.as_of, tickets.last_moment)
    return min(midnight_after(span.end, tickets.context.zone), *(moment for moment in known if moment is not None))


def _maybe(told: object) -> bool | None:
    return None if told is None else bool(told)


def _shares_in_time(tickets: Tickets, span: Span) -> dict[str, Proportion]:
    """Resolution clocks that were met, of those that ended or ran over in a period or may have, by service and priority."""
    zone = tickets.context.zone
    query = (
        "SELECT concat(coalesce(r.service, ''), ' / ', coalesce(r.priority, '')), count(*) FILTER (WHERE c.verdict = 'met'), count(*) FROM "
        + ended_clocks(tickets.context, "incident", "resolution")
        + " AS c JOIN record AS r ON r.tix = c.tix WHERE "
        + Fragment("c.ended >= ? AND c.ended < ?", (midnight(span.start, zone), midnight_after(span.end, zone)))
        + " GROUP BY 1 ORDER BY 1"
    )
    rows = tickets.session.rows(query.text, query.values)
    return {str(stratum): Proportion(int(str(met)), int(str(n))) for stratum, met, n in rows}


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None

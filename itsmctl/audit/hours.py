"""Whether the times of an export lie where people work: in another zone than the one named, every clock is wrong."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from itsmctl.engine.context import Context
from itsmctl.engine.offers import Offer, offers
from itsmctl.engine.session import Session
from itsmctl.language import percent_text
from itsmctl.model import Calendar
from itsmctl.worktime import open_intervals

HOUR = 3_600
FORTNIGHT = 14 * 24 * HOUR
FARTHEST = 14
"""Hours by which two zones of the world may differ, as far as somebody may take one for the other."""
FEW, ENOUGH, SOME = 100, 500, 20_000
"""Moments from which on a share means something, about how many are looked at, and of how many records."""
MOST_INSIDE, MORE_BY = 0.75, 0.25
"""What share of the moments must lie in the hours of a calendar if all were moved, and how much more than as they are."""


@dataclass(frozen=True)
class Moved:
    """How many of the moments lie in the hours of a calendar, and how many would if all came so many hours later."""

    moments: int
    inside: int
    hours: int
    then: int


def doubtful_zone(session: Session, context: Context, zone: str) -> Iterator[tuple[str, str]]:
    """A warning for each calendar in whose hours hardly anybody answered or solved what it times, though they would have in another zone.

    Calendars that are always open tell nothing.
    """
    for calendar, moments in _worked(session, context):
        found = moved(calendar, moments)
        if found:
            yield "zone-doubtful", _told(calendar.id, found, zone)


def moved(calendar: Calendar, moments: Sequence[int]) -> Moved | None:
    """By how much moments, in epoch seconds, seem to lie beside the hours of a calendar; None where they lie well or are too few."""
    if len(moments) < FEW:
        return None
    margin = (FARTHEST + 1) * HOUR
    edges = [edge for both in open_intervals(calendar, min(moments) - margin, max(moments) + margin) for edge in both]
    inside = {
        hours: sum(bisect_right(edges, moment + hours * HOUR) % 2 for moment in moments)
        for hours in range(-FARTHEST, FARTHEST + 1)
    }
    best = max(inside, key=lambda hours: (inside[hours], -abs(hours)))
    if inside[best] < MOST_INSIDE * len(moments) or inside[best] - inside[0] < MORE_BY * len(moments):
        return None
    return Moved(len(moments), inside[0], best, inside[best])


def _worked(session: Session, context: Context) -> Iterator[tuple[Calendar, Sequence[int]]]:
    """Each calendar that is not always open, with moments at which somebody answered or solved what it times: of records far apart."""
    (records,) = session.one("SELECT count(*) FROM record")
    near = f"tix % {max(int(str(records)) // SOME, 1)} = 0"
    by_calendar: dict[str, list[Offer]] = {}
    for offer in offers(context.definitions):
        by_calendar.setdefault(offer.calendar.id, []).append(offer)
    for _, timed in sorted(by_calendar.items()):
        calendar = timed[0].calendar
        lately = (context.as_of - FORTNIGHT, context.as_of)
        if open_intervals(calendar, *lately) == [lately]:
            continue
        numbers = ", ".join(str(offer.number) for offer in timed)
        rows = session.rows(
            f"""SELECT moment FROM (
                SELECT moment, row_number() OVER (ORDER BY tix, moment) AS place, count(*) OVER () AS every FROM (
                    SELECT tix, responded_at AS moment FROM record WHERE {near} UNION ALL SELECT tix, resolved_at FROM record WHERE {near}
                ) AS m WHERE moment BETWEEN 0 AND {context.as_of} AND tix IN (SELECT tix FROM clock WHERE {near} AND offer IN ({numbers}))
            ) AS m WHERE place % greatest(every // {ENOUGH}, 1) = 0 ORDER BY place"""
        )
        yield calendar, [int(str(moment)) for (moment,) in rows]


def _told(calendar: str, found: Moved, zone: str) -> str:
    now, then = percent_text(found.inside, found.moments), percent_text(found.then, found.moments)
    when = f"{abs(found.hours)} h {'earlier' if found.hours < 0 else 'later'}"
    return f"calendar {calendar}: {now} of the answers and solutions looked at lie in its hours, and {then} would if they came {when}; see whether the export tells its times in {zone}, and name their zone with --zone"

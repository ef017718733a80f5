"""When work is asked for, how long it lies, and how much of its target it uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from itsmctl.audit.preparing import Period
from itsmctl.engine.context import Context
from itsmctl.engine.session import Session
from itsmctl.engine.sql import literal_rows
from itsmctl.figures import AGES, BANDS, BEYOND, Backlog, Distribution, Hours, OpenWork
from itsmctl.model import Calendar
from itsmctl.worktime import offset_spans
from itsmctl.zones import EVER, local_day, midnight

DAY = 86_400
STEPS = ((1, 62), (7, 62 * 7))
"""Days between two moments of the backlog, and up to how many days; beyond that, months."""
MOMENTS = 120
"""Moments told at most, the last ones."""


def distributions(session: Session, until: int | None) -> tuple[Distribution, ...]:
    """Of the clocks that people were promised; legs and lived clocks of others are named after what supports them."""
    wide = " ".join(f"WHEN c.counted <= {times} * c.target THEN {BANDS + n}" for n, times in enumerate(BEYOND, 1))
    rows = session.rows(
        f"""SELECT c.clock, CASE WHEN c.counted <= 2 * c.target THEN greatest((20 * c.counted + c.target - 1) // c.target, 1)
                {wide} ELSE {BANDS + len(BEYOND) + 1} END AS band, count(*)
        FROM clock AS c JOIN record AS r ON r.tix = c.tix
        WHERE c.verdict IN ('met', 'breached') AND c.target > 0 AND NOT contains(c.clock, '/') AND (r.ended_at IS NULL OR r.ended_at < ?)
        GROUP BY 1, 2""",
        (EVER if until is None else until,),
    )
    found: dict[str, Counter[int]] = {}
    for clock, band, n in rows:
        found.setdefault(str(clock), Counter())[whole(band)] = whole(n)
    return tuple(
        Distribution(clock, tuple(bands[n] for n in range(1, BANDS + len(BEYOND) + 2)))
        for clock, bands in sorted(found.items())
    )


def backlog(session: Session, context: Context, period: Period) -> Backlog | None:
    """Open at a midnight is what was opened by then and ended later, or has not ended as far as anybody knows."""
    first, last, undated = session.one(
        "SELECT min(opened_at), max(greatest(opened_at, ended_at)), count(*) FILTER (WHERE undated) FROM asked"
    )
    if first is None:
        return None
    end = min(period[1] or EVER, context.as_of, whole(last) + DAY)
    moments = _midnights(period[0] or whole(first), end, context.zone)
    if len(moments) < 2:
        return None
    ages = ", ".join(f"count(*) FILTER (WHERE e.edge - l.opened_at > {days * DAY})" for days in AGES)
    query = (
        f"SELECT e.edge, count(*), {ages} FROM "
        + literal_rows([(at,) for at in moments], "e", ("edge",))
        + f" JOIN asked AS l ON l.opened_at <= e.edge AND coalesce(l.ended_at, {EVER}) > e.edge WHERE NOT l.undated GROUP BY e.edge"
    )
    counted = {whole(row[0]): [whole(n) for n in row[1:]] for row in session.rows(query.text, query.values)}
    return Backlog(tuple(OpenWork(at, _apart(counted.get(at, [0, 0, 0, 0]))) for at in moments), whole(undated))


def _apart(older: Sequence[int]) -> tuple[int, int, int, int]:
    """From how many are older than each age to how many are of each."""
    every, day, week, month = older
    return every - day, day - week, week - month, month


def _midnights(start: int, end: int, zone: str) -> list[int]:
    """The midnights at which days, weeks (on Mondays) or months begin in a zone, as many as can be told apart in a chart."""
    day, last = local_day(start, zone), local_day(end, zone)
    step = next((step for step, most in STEPS if (last - day).days <= most), 0)
    found = []
    while day <= last:
        if step == 1 or (step == 7 and day.weekday() == 0) or (not step and day.day == 1):
            at = midnight(day, zone)
            if start <= at <= end:
                found.append(at)
        day += timedelta(days=1)
    return found[-MOMENTS:]


def hours(session: Session, context: Context) -> Hours | None:
    """In the zone of the calendar by which most promises were measured; where that never closes or there is none, the audit's."""
    first, last = session.one("SELECT min(opened_at), max(opened_at) FROM asked")
    if first is None:
        return None
    calendar = _usual_calendar(session, context)
    service = _service_hours(calendar, context) if calendar else frozenset()
    if len(service) == 7 * 24:  # what never closes could lie in any zone
        calendar, service = None, frozenset()
    zone = calendar.zone if calendar else context.zone
    spans = literal_rows(offset_spans(zone, whole(first), whole(last) + 1), "z", ("since", "until", "utc_offset"))
    query = (
        "SELECT (moment // 86400 + 3) % 7, moment % 86400 // 3600, count(*) FROM (SELECT r.opened_at + z.utc_offset AS moment FROM asked AS r JOIN "
        + spans
        + " ON r.opened_at >= z.since AND r.opened_at < z.until) AS opened GROUP BY 1, 2"
    )
    found = {(whole(day), whole(hour)): whole(n) for day, hour, n in session.rows(query.text, query.values)}
    opened = tuple(tuple(found.get((day, hour), 0) for hour in range(24)) for day in range(7))
    return Hours(zone, calendar.id if calendar else "", opened, service)


def _usual_calendar(session: Session, context: Context) -> Calendar | None:
    definitions, counted = context.definitions, Counter[str]()
    for agreement, n in session.rows("SELECT agreement, count(*) FROM clock WHERE agreement IS NOT NULL GROUP BY 1"):
        if str(agreement) in definitions.agreements:
            counted[definitions.agreements[str(agreement)].calendar] += whole(n)
    usual = min(counted, key=lambda name: (-counted[name], name), default="")
    return definitions.calendars.get(usual)


def _service_hours(calendar: Calendar, context: Context) -> frozenset[tuple[int, int]]:
    """The hours of the week, as it is at the moment of the audit, of which more than half is service time."""
    day = local_day(context.as_of, calendar.zone)
    week = next((week for since, week in reversed(calendar.later) if since <= day), calendar.week)
    return frozenset(
        (weekday, hour)
        for weekday, slots in enumerate(week)
        for hour in range(24)
        if sum(max(0, min(slot.end, 60 * hour + 60) - max(slot.start, 60 * hour)) for slot in slots) > 30
    )


def whole(value: object) -> int:
    """A count of the engine as a number."""
    return int(str(value))

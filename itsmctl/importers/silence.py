"""Where a log of changes is silent though its tickets lived on: a file is missing, or was not exported whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from itsmctl.engine.session import Session, exported, name, quote
from itsmctl.engine.sql import epoch
from itsmctl.importers.receipt import Receipt, Silence, iso

DAY = 86_400
LOOKED_BACK = 90 * DAY
"""How far before a silence is looked for other silences."""
ENOUGH = 30
"""Moments by which to say well whether a silence is unusual."""
UNUSUAL = 3
"""How many times the longest silence before it."""
_FEW = 5
"""Moments without which nobody can say."""
_UNUSUAL_OF_FEW = 6
"""The longest silence that few moments show is seldom the longest that there is."""
_KNOWS_WEEKENDS = 14 * DAY
"""Who was seen for a shorter time may have been seen on no weekend."""
_LONG_WEEKEND = 4 * DAY
_HOLIDAYS = 14 * DAY
"""Who rests at weekends rests at Christmas, or at the Spring Festival, for up to two weeks."""
_TICKETS = 3
"""So many tickets that were opened, resolved or closed in the midst of a silence show that work went on."""
APART = 30 * DAY
"""A moment that comes so long after all others is a typing error."""
_HOUR = 3_600
_ENDS = ("resolved_at", "closed_at")


def usual(silence: int, moments: int, span: int, *, holidays: bool = True) -> int | None:
    """How long a file may be silent and still be whole, by what was seen of it: its longest silence, in so many moments and such a time.

    None where too little was seen to say.
    """
    if moments < _FEW:
        return None
    longest = max(DAY, (UNUSUAL if moments >= ENOUGH else _UNUSUAL_OF_FEW) * silence)
    if span < _KNOWS_WEEKENDS:
        return max(longest, _LONG_WEEKEND)
    return max(longest, _HOLIDAYS) if holidays and silence > DAY else longest


@dataclass(frozen=True)
class _Pause:
    """A silence between two moments of a log, and for how long it is usual: while people work, and at all, where enough was seen to say."""

    last: int
    next: int
    usual_at_work: int
    usual: int | None


def with_silences(session: Session, receipt: Receipt, place: Path) -> Receipt:
    """The receipt that names the silences of its logs in which work went on.

    A log may rest for a while, as people do. It has a hole where it is silent for longer than usual, and tickets were opened,
    resolved or closed in the midst of it, as rows before or after say; or where one file ends, and the next begins only after all
    that is usual, holidays as well. It ends early where its tickets were resolved or closed after it; then the export was made no
    sooner than they were.
    """
    found = [one for files in receipt.logs.values() for one in _silences(session, place, files)]
    return replace(
        receipt,
        silences=tuple(silence for silence, _ in found),
        warnings=tuple(sorted({*receipt.warnings, *(warning for _, warning in found)})),
        last_moment=max([receipt.last_moment, *(silence.next for silence, _ in found)]),
    )


def _silences(session: Session, place: Path, files: tuple[str, ...]) -> Iterator[tuple[Silence, tuple[str, str]]]:
    listed = ", ".join(map(quote, files))
    hours = _hours(session, place, listed)
    if not hours:
        return
    pauses = _pauses(hours)
    end = hours[-1][1]
    events, records = exported(place, "event"), exported(place, "record")
    later = f"WHERE {_lived_between(end + DAY, None)} LIMIT 1"
    if not pauses and not session.rows(f"SELECT 1 FROM {records} {later}"):
        return
    session.run(
        f"CREATE OR REPLACE TEMP TABLE logged AS SELECT * FROM {records} WHERE source_file IN ({listed}) "
        f"OR record_id IN (SELECT record_id FROM {events} WHERE source_file IN ({listed}))"
    )
    processes = tuple(str(one) for (one,) in session.rows("SELECT DISTINCT process FROM logged ORDER BY process"))
    moment = epoch(name("at"))
    reach = [
        (str(file), int(str(first)), int(str(last)))
        for file, first, last in session.rows(
            f"SELECT source_file, min({moment}), max({moment}) FROM {events} WHERE source_file IN ({listed}) GROUP BY source_file ORDER BY source_file"
        )
    ]
    for pause in pauses:
        around = [file for file, first, last in reach if first <= pause.last and last >= pause.next]
        shown = ", ".join(around or [file for file, _, last in reach if last == pause.last])
        lived = _count(session, _lived_between(pause.last + DAY, pause.next - DAY))
        if lived >= _TICKETS:
            said = f"{shown} tells nothing between {iso(pause.last)} and {iso(pause.next)}, though tickets were opened or ended meanwhile: {lived}; was all exported?"
            until, code = pause.last + pause.usual_at_work, "log-silent"
        elif not around and pause.usual is not None and pause.next - pause.last > pause.usual:
            said = f"{shown} tells nothing after {iso(pause.last)}, and the next file goes on at {iso(pause.next)}: is one missing?"
            until, code = pause.last + pause.usual, "file-ends-early"
        else:
            continue
        yield Silence(files, processes, iso(pause.last), iso(until), iso(pause.next)), (code, said)
    yield from _ending(session, files, processes, end, ", ".join(file for file, _, last in reach if last == end))


def _ending(
    session: Session, files: tuple[str, ...], processes: tuple[str, ...], end: int, shown: str
) -> Iterator[tuple[Silence, tuple[str, str]]]:
    """The silence after the end of a log, where its tickets went on."""
    ended = _count(session, _lived_between(end + DAY, None))
    if ended >= _TICKETS:
        latest = _latest(session)
        said = f"{shown} tells nothing after {iso(end)}, though tickets were resolved or closed until {iso(latest)}: {ended}; was all exported?"
        yield Silence(files, processes, iso(end), iso(end + DAY), iso(latest)), ("log-silent", said)


def _lived_between(first: int, last: int | None) -> str:
    """SQL for whether a record was opened, resolved or closed between two moments, or resolved or closed after one."""
    if last is None:
        return " OR ".join(f"{epoch(column)} > {first}" for column in _ENDS)
    return " OR ".join(f"{epoch(column)} BETWEEN {first} AND {last}" for column in ("opened_at", *_ENDS))


def _count(session: Session, condition: str) -> int:
    (count,) = session.one(f"SELECT count(*) FROM logged WHERE {condition}")
    return int(count or 0)


def _latest(session: Session) -> int:
    """The latest moment at which a ticket was resolved or closed, those apart that only a wrong month explains."""
    rows = session.rows(
        f"SELECT DISTINCT greatest({', '.join(map(epoch, _ENDS))}) AS moment FROM logged WHERE {' OR '.join(f'{c} IS NOT NULL' for c in _ENDS)} "
        f"ORDER BY moment DESC LIMIT {_TICKETS}"
    )
    moments = [int(str(moment)) for (moment,) in rows]
    return next((one for one, before in pairwise(moments) if one - before <= APART), moments[-1])


def _hours(session: Session, place: Path, listed: str) -> list[tuple[int, int]]:
    """The first and the last moment of each hour in which a log tells anything."""
    moment = epoch(name("at"))
    hours = session.rows(
        f"SELECT min({moment}), max({moment}) FROM {exported(place, 'event')} WHERE source_file IN ({listed}) AND {moment} IS NOT NULL "
        f"GROUP BY {moment} // {_HOUR} ORDER BY 1"
    )
    return [(int(str(first)), int(str(last))) for first, last in hours]


def _pauses(hours: Sequence[tuple[int, int]]) -> list[_Pause]:
    """The silences of a log that are longer than what was usual in the quarter before each, holes in that apart."""
    pauses: list[_Pause] = []
    begin = 0
    for place, ((_, last), (first, _)) in enumerate(pairwise(hours), start=1):
        if first - last <= DAY:
            continue
        while hours[begin][0] < last - LOOKED_BACK:
            begin += 1
        seen = hours[begin:place]
        holes = {pause.last for pause in pauses}
        longest = max((after[0] - before[1] for before, after in pairwise(seen) if before[1] not in holes), default=0)
        span = last - seen[0][0]
        at_work = usual(longest, len(seen), span, holidays=False)
        if at_work is not None and first - last > at_work:
            pauses.append(
                _Pause(last, first, at_work, usual(longest, len(seen), span) if len(seen) >= ENOUGH else None)
            )
    return pauses

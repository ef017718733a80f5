"""Where a log of changes is silent though its tickets lived on: a file is missing, or was not exported whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from itsmctl.engine.session import Session, exported, name
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
    found = list(_silences(session, place, tuple(receipt.logs.values())))
    return replace(
        receipt,
        silences=tuple(silence for silence, _ in found),
        warnings=tuple(sorted({*receipt.warnings, *(warning for _, warning in found)})),
        last_moment=max([receipt.last_moment, *(silence.next for silence, _ in found)]),
    )


def _silences(
    session: Session, place: Path, logs: Sequence[tuple[str, ...]]
) -> Iterator[tuple[Silence, tuple[str, str]]]:
    session.run("CREATE OR REPLACE TEMP TABLE log_file (log BIGINT, file VARCHAR)")
    session.insert("log_file", ("log", "file"), [(log, file) for log, files in enumerate(logs) for file in files])
    hours = _hours(session, place)
    pauses = {log: _pauses(moments) for log, moments in hours.items()}
    ends = {log: moments[-1][1] for log, moments in hours.items()}
    latest = _latest_end(session, place)
    asked = [log for log in hours if pauses[log] or ends[log] + DAY < latest]
    if not asked:
        return
    processes = _create_logged(session, place, asked)
    reach = _reach(session, place)
    quiet = [(log, pause.last + DAY, pause.next - DAY) for log in asked for pause in pauses[log]]
    lived = _lived(session, [*quiet, *((log, ends[log] + DAY + 1, None) for log in asked)])
    for log in asked:
        for pause in pauses[log]:
            around = [file for file, first, last in reach[log] if first <= pause.last and last >= pause.next]
            shown = ", ".join(around or [file for file, _, last in reach[log] if last == pause.last])
            count = lived[log, pause.last + DAY]
            if count >= _TICKETS:
                said = f"{shown} tells nothing between {iso(pause.last)} and {iso(pause.next)}, though tickets were opened or ended meanwhile: {count}; was all exported?"
                until, code = pause.last + pause.usual_at_work, "log-silent"
            elif not around and pause.usual is not None and pause.next - pause.last > pause.usual:
                said = f"{shown} tells nothing after {iso(pause.last)}, and the next file goes on at {iso(pause.next)}: is one missing?"
                until, code = pause.last + pause.usual, "file-ends-early"
            else:
                continue
            yield Silence(logs[log], processes[log], iso(pause.last), iso(until), iso(pause.next)), (code, said)
        end = ends[log]
        count = lived[log, end + DAY + 1]
        if count >= _TICKETS:
            shown = ", ".join(file for file, _, last in reach[log] if last == end)
            until = _latest(session, log)
            said = f"{shown} tells nothing after {iso(end)}, though tickets were resolved or closed until {iso(until)}: {count}; was all exported?"
            yield Silence(logs[log], processes[log], iso(end), iso(end + DAY), iso(until)), ("log-silent", said)


def _latest_end(session: Session, place: Path) -> int:
    """The latest moment at which any record was resolved or closed."""
    (latest,) = session.one(
        f"SELECT greatest({', '.join(f'max({epoch(column)})' for column in _ENDS)}) FROM {exported(place, 'record')}"
    )
    return int(latest or 0)


def _create_logged(session: Session, place: Path, asked: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Create `logged`: of each log asked the records of its files and of its events, with seconds; the answer is the processes of each."""
    events, records = exported(place, "event"), exported(place, "record")
    files = f"(SELECT * FROM log_file WHERE log IN ({', '.join(map(str, asked))})) AS l"
    moments = ", ".join(f"{epoch(column)} AS {column}" for column in ("opened_at", *_ENDS))
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE logged AS SELECT l.log, r.process, {moments} FROM {records} AS r JOIN (
            SELECT l.log, e.record_id FROM {events} AS e JOIN {files} ON l.file = e.source_file
            UNION SELECT l.log, r.record_id FROM {records} AS r JOIN {files} ON l.file = r.source_file
        ) AS l ON l.record_id = r.record_id"""
    )
    found: dict[int, tuple[str, ...]] = dict.fromkeys(asked, ())
    for log, process in session.rows("SELECT DISTINCT log, process FROM logged ORDER BY log, process"):
        found[int(str(log))] += (str(process),)
    return found


def _reach(session: Session, place: Path) -> dict[int, list[tuple[str, int, int]]]:
    """By log its files with the first and the last moment that each tells of."""
    moment = epoch(name("at"))
    found: dict[int, list[tuple[str, int, int]]] = {}
    for log, file, first, last in session.rows(
        f"""SELECT l.log, l.file, min({moment}), max({moment}) FROM {exported(place, "event")} AS e
        JOIN log_file AS l ON l.file = e.source_file GROUP BY l.log, l.file ORDER BY l.log, l.file"""
    ):
        found.setdefault(int(str(log)), []).append((str(file), int(str(first)), int(str(last))))
    return found


def _lived(session: Session, stretches: Sequence[tuple[int, int, int | None]]) -> dict[tuple[int, int], int]:
    """By log and first moment how many records of the log were opened, resolved or closed until the last one; without a last one, resolved or closed since."""
    session.run('CREATE OR REPLACE TEMP TABLE stretch (log BIGINT, "first" BIGINT, "last" BIGINT)')
    session.insert("stretch", ("log", "first", "last"), list(stretches))
    ended = " OR ".join(f'l.{column} BETWEEN s."first" AND coalesce(s."last", l.{column})' for column in _ENDS)
    rows = session.rows(
        f"""SELECT s.log, s."first", count(l.log) FROM stretch AS s LEFT JOIN logged AS l
        ON l.log = s.log AND (l.opened_at BETWEEN s."first" AND s."last" OR {ended}) GROUP BY s.log, s."first" """
    )
    return {(int(str(log)), int(str(first))): int(str(count)) for log, first, count in rows}


def _latest(session: Session, log: int) -> int:
    """The latest moment at which a ticket of a log was resolved or closed, those apart that only a wrong month explains."""
    rows = session.rows(
        f"SELECT DISTINCT greatest({', '.join(_ENDS)}) AS moment FROM logged WHERE log = {log} AND ({' OR '.join(f'{c} IS NOT NULL' for c in _ENDS)}) "
        f"ORDER BY moment DESC LIMIT {_TICKETS}"
    )
    moments = [int(str(moment)) for (moment,) in rows]
    return next((one for one, before in pairwise(moments) if one - before <= APART), moments[-1])


def _hours(session: Session, place: Path) -> dict[int, list[tuple[int, int]]]:
    """By log the first and the last moment of each hour in which it tells anything."""
    moment = epoch(name("at"))
    found: dict[int, list[tuple[int, int]]] = {}
    for log, first, last in session.rows(
        f"""SELECT l.log, min({moment}), max({moment}) FROM {exported(place, "event")} AS e JOIN log_file AS l ON l.file = e.source_file
        WHERE {moment} IS NOT NULL GROUP BY l.log, {moment} // {_HOUR} ORDER BY 1, 2"""
    ):
        found.setdefault(int(str(log)), []).append((int(str(first)), int(str(last))))
    return found


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

"""Until when an export tells what became of its records, and each of its files, as several may have been exported at different times."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from itsmctl.engine.session import Session, exported, name
from itsmctl.engine.sql import epoch
from itsmctl.importers.canonical import ORDERED, Export
from itsmctl.importers.receipt import Receipt, iso
from itsmctl.model import FORESEEN_COLUMNS, TIME_COLUMNS

_MOMENTS = ("opened_at", "responded_at", "resolved_at", "closed_at", "recorded_at")
_DAY = 86_400
_LOOKED_BACK = 90 * _DAY
"""How far before its end a file is asked how long nothing happens in it."""
_ENOUGH = 30
"""Moments without which nobody can say whether a silence is unusual."""
_UNUSUAL = 3
"""How many times the longest silence before it."""
_FAR_APART = 366 * _DAY
"""A moment a year later than that of every other ticket is a typing error, if there was no such silence before."""
_SOME = 3
"""Moments that say so."""
_APART = 30 * _DAY
"""So is one that comes as late as a wrong month, where there are more to say how usual a silence is."""
_EXACT_TO = 60
"""Seconds by which a tool writes the same moment less exactly in one column than in another."""
_TYPED_WRONG = 3
"""How many moments are passed over at the most: more are no errors."""


def last_moment(session: Session, x: Export) -> tuple[int | None, list[tuple[str, str]]]:
    """When the export was made, as far as it tells: the latest update, or of a list that does not tell it the latest moment at which
    something happened to a ticket; with a warning where moments far beyond all others were passed over: open tickets would be judged
    by them, and they by themselves.
    """
    told = f"SELECT max(utc) AS moment FROM {ORDERED} GROUP BY id"
    if x.mapping.shape == "records":
        if (last := _last_update(session, x)) is not None:
            return last, []
        past = [name(column) for column in TIME_COLUMNS if column in x.found and column not in FORESEEN_COLUMNS]
        told = f"SELECT epoch_ms(greatest({', '.join(past) or 'NULL::TIMESTAMP'})) // 1000 AS moment FROM record"
    rows = session.rows(
        f"""SELECT moment, lead(moment) OVER (ORDER BY moment DESC) FROM ({told}) AS told WHERE moment IS NOT NULL
        ORDER BY moment DESC LIMIT {_TYPED_WRONG + 1}"""
    )
    moments = [(int(str(moment)), int(str(before)) if before is not None else None) for moment, before in rows]
    for place, (moment, before) in enumerate(moments[:_TYPED_WRONG]):
        if before is not None and _is_far(session, told, moment, before, typed=x.mapping.shape == "records"):
            days = (moments[0][0] - before) // _DAY
            said = f"moments {days} days after all others were passed over, as typing errors: {place + 1}; open tickets are judged as of {iso(before)}, unless --as-of names another moment"
            return before, [("lone-moments", said)]
    return (moments[0][0] if moments else None), []


def _last_update(session: Session, x: Export) -> int | None:
    """The latest moment at which the tool itself changed a row, or wrote a new one, which it may have stamped less exactly; None
    where a list does not tell it.
    """
    written = [epoch(name(column)) for column in ("opened_at", "recorded_at") if column in x.found]
    latest = f"SELECT max(utc) FROM {ORDERED}"
    alike = " UNION ALL ".join(f"SELECT {moment} AS moment FROM record" for moment in written) or "SELECT NULL::BIGINT"
    (last,) = session.one(
        f"SELECT greatest(({latest}), max(moment)) FROM ({alike}) AS written(moment) WHERE moment <= ({latest}) + {_EXACT_TO}"
    )
    return int(str(last)) if last is not None else None


def _is_far(session: Session, told: str, moment: int, before: int, *, typed: bool) -> bool:
    """Whether a moment comes after a silence such as there was none before it; the moments of a log are the tool's own, and nobody
    typed them.
    """
    apart = moment - before
    return (apart > _FAR_APART and _is_unusual(session, told, before, apart, None, _SOME)) or (
        typed and apart > _APART and _is_unusual(session, told, before, apart, _LOOKED_BACK, _ENOUGH)
    )


def _is_unusual(session: Session, told: str, before: int, apart: int, within: int | None, enough: int) -> bool:
    """Whether there were enough moments until then, or in so many seconds before it, and no silence nearly as long."""
    since = "" if within is None else f"AND moment >= {before - within}"
    silence, moments = session.one(
        f"""SELECT max(moment - earlier), count(*) FROM (
            SELECT moment, lag(moment) OVER (ORDER BY moment) AS earlier FROM ({told}) AS told WHERE moment <= {before} {since}
        ) AS beside"""
    )
    return int(moments or 0) >= enough and apart > _UNUSUAL * int(str(silence or 0))


def with_ends(session: Session, receipt: Receipt, place: Path) -> Receipt:
    """The receipt that says of each file of records that ends early until when it is to be believed.

    A file says of a record what it was when it was exported. If files were exported at different times, a record that was open in
    an early one is open for ever. A file ends early if it is silent at its end for longer than a day and than three times the
    longest silence in the quarter before it: a list, until the end of all files; a log of changes, until the next log goes on, as
    who is not in that has not changed.
    """
    records = [file for file in receipt.files if file.table == "record"]
    if len(records) < 2 or not receipt.last_moment:
        return receipt
    last = int(datetime.fromisoformat(receipt.last_moment).timestamp())
    session.run("CREATE TABLE read_file (name VARCHAR, mapping VARCHAR, list BOOLEAN)")
    session.insert(
        "read_file", ("name", "mapping", "list"), [(f.name, f.mapping, f.shape == "records") for f in records]
    )
    quoted = name("at")
    told = [f"SELECT source_file, {epoch(column)} AS moment FROM {exported(place, 'record')}" for column in _MOMENTS]
    told.append(f"SELECT source_file, {epoch(quoted)} AS moment FROM {exported(place, 'event')}")
    told.append(
        f"SELECT r.source_file, {epoch(f'e.{quoted}')} AS moment FROM {exported(place, 'event')} AS e "
        f"JOIN {exported(place, 'record')} AS r ON r.record_id = e.record_id JOIN read_file AS f ON f.name = r.source_file AND f.list"
    )
    rows = session.rows(
        f"""WITH told AS MATERIALIZED (
            SELECT DISTINCT t.source_file, f.mapping, f.list, t.moment
            FROM ({" UNION ALL ".join(told)}) AS t JOIN read_file AS f ON f.name = t.source_file WHERE t.moment <= {last}
        ), ending AS MATERIALIZED (
            SELECT source_file, mapping, list, max(moment) AS ends FROM told GROUP BY ALL HAVING max(moment) < {last - _DAY}
        ), going_on AS (
            SELECT e.source_file, min(t.moment) AS moment FROM ending AS e
            JOIN told AS t ON t.mapping = e.mapping AND t.moment > e.ends WHERE NOT e.list GROUP BY e.source_file
        )
        SELECT b.source_file, b.ends, max(b.silence), any_value(coalesce(g.moment, {last})) FROM (
            SELECT t.source_file, e.ends, t.moment - lag(t.moment) OVER (PARTITION BY t.source_file ORDER BY t.moment) AS silence
            FROM told AS t JOIN ending AS e ON e.source_file = t.source_file WHERE t.moment >= e.ends - {_LOOKED_BACK}
        ) AS b LEFT JOIN going_on AS g ON g.source_file = b.source_file GROUP BY b.source_file, b.ends HAVING count(*) >= {_ENOUGH}"""
    )
    early: dict[str, str] = {}
    warnings = set(receipt.warnings)
    for file_name, end, silence, other in rows:
        ends, goes_on = int(str(end)), int(str(other))
        until = ends + max(_DAY, _UNUSUAL * int(str(silence)))
        if until < goes_on:
            early[str(file_name)] = iso(until)
            warnings.add(("file-ends-early", _said(str(file_name), iso(ends), iso(goes_on), is_last=goes_on == last)))
    files = (replace(file, known_until=early.get(file.name, "")) for file in receipt.files)
    return replace(receipt, files=tuple(files), warnings=tuple(sorted(warnings)))


def _said(file: str, ends: str, goes_on: str, *, is_last: bool) -> str:
    if is_last:
        return f"{file} tells nothing after {ends}, other files do until {goes_on}: export all at the same time"
    return f"{file} tells nothing after {ends}, and the next file goes on at {goes_on}: is one missing?"

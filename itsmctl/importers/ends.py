"""Until when an export tells what became of its records, and each of its files, as several may have been exported at different times."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from itsmctl.engine.session import Session, exported, name
from itsmctl.engine.sql import epoch
from itsmctl.importers.canonical import ORDERED, Export
from itsmctl.importers.receipt import Receipt, iso
from itsmctl.importers.silence import APART, DAY, ENOUGH, LOOKED_BACK, UNUSUAL, usual, with_silences
from itsmctl.model import FORESEEN_COLUMNS, LIFE_COLUMNS, TIME_COLUMNS

_FAR_APART = 366 * DAY
"""A moment a year later than that of every other ticket is a typing error, if there was no such silence before.

So is one that comes as late as a wrong month (`APART`), where there are more to say how usual a silence is.
"""
_SOME = 3
"""Moments that say so."""
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
            days = (moments[0][0] - before) // DAY
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
        typed and apart > APART and _is_unusual(session, told, before, apart, LOOKED_BACK, ENOUGH)
    )


def _is_unusual(session: Session, told: str, before: int, apart: int, within: int | None, enough: int) -> bool:
    """Whether there were enough moments until then, or in so many seconds before it, and no silence nearly as long."""
    since = "" if within is None else f"AND moment >= {before - within}"
    silence, moments = session.one(
        f"""SELECT max(moment - earlier), count(*) FROM (
            SELECT moment, lag(moment) OVER (ORDER BY moment) AS earlier FROM ({told}) AS told WHERE moment <= {before} {since}
        ) AS beside"""
    )
    return int(moments or 0) >= enough and apart > UNUSUAL * int(str(silence or 0))


def with_ends(session: Session, receipt: Receipt, place: Path) -> Receipt:
    """The receipt that says of each list that ends early until when it is to be believed, and of each log where it is silent.

    A list says of a record what it was when it was exported. If lists were exported at different times, a record that was open in
    an early one is open for ever. A list ends early if it is silent until the end of all files, for longer than it ever was in the
    quarter before (`usual`), and one of its records was still open.
    """
    if not receipt.last_moment:
        return receipt
    receipt = with_silences(session, receipt, place)
    lists = [file.name for file in receipt.files if file.table == "record" and file.shape == "records"]
    if len([file for file in receipt.files if file.table == "record"]) < 2 or not lists:
        return receipt
    last = int(datetime.fromisoformat(receipt.last_moment).timestamp())
    session.run("CREATE TABLE read_list (name VARCHAR)")
    session.insert("read_list", ("name",), [(file,) for file in lists])
    told = [
        f"SELECT source_file, {epoch(column)} AS moment FROM {exported(place, 'record')} WHERE source_file IN (SELECT name FROM read_list)"
        for column in LIFE_COLUMNS
    ]
    quoted = name("at")
    told.append(
        f"SELECT r.source_file, {epoch(f'e.{quoted}')} AS moment FROM {exported(place, 'event')} AS e "
        f"JOIN {exported(place, 'record')} AS r ON r.record_id = e.record_id JOIN read_list AS f ON f.name = r.source_file"
    )
    rows = session.rows(
        f"""WITH told AS MATERIALIZED (
            SELECT DISTINCT source_file, moment FROM ({" UNION ALL ".join(told)}) AS t WHERE moment <= {last}
        ), ending AS MATERIALIZED (
            SELECT source_file, max(moment) AS ends FROM told GROUP BY source_file HAVING max(moment) < {last - DAY}
        ), opened AS (
            SELECT source_file, bool_or(closed_at IS NULL) AND (bool_or(resolved_at IS NULL) OR bool_or(closed_at IS NOT NULL)) AS still
            FROM {exported(place, "record")} GROUP BY source_file
        )
        SELECT b.source_file, b.ends, max(b.silence), count(*), b.ends - min(b.moment) FROM (
            SELECT t.source_file, e.ends, t.moment, t.moment - lag(t.moment) OVER (PARTITION BY t.source_file ORDER BY t.moment) AS silence
            FROM told AS t JOIN ending AS e ON e.source_file = t.source_file WHERE t.moment >= e.ends - {LOOKED_BACK}
        ) AS b JOIN opened AS o ON o.source_file = b.source_file WHERE o.still GROUP BY b.source_file, b.ends"""
    )
    early: dict[str, str] = {}
    warnings = set(receipt.warnings)
    for name_of, *told_of in rows:
        file = str(name_of)
        ends, silence, moments, span = (int(str(number or 0)) for number in told_of)
        whole = usual(silence, moments, span)
        if whole is not None and ends + whole < last:
            early[file] = iso(ends + whole)
            said = (
                f"{file} tells nothing after {iso(ends)}, other files do until {iso(last)}: export all at the same time"
            )
            warnings.add(("file-ends-early", said))
    files = (replace(file, known_until=early.get(file.name, "")) for file in receipt.files)
    return replace(receipt, files=tuple(files), warnings=tuple(sorted(warnings)))

"""Until when each list of records tells what became of them, where several were exported, and perhaps not at the same time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from itsmctl.engine.session import Session, exported
from itsmctl.engine.sql import epoch
from itsmctl.importers.receipt import Receipt, iso

_MOMENTS = ("opened_at", "responded_at", "resolved_at", "closed_at", "recorded_at")
_DAY = 86_400
_LOOKED_BACK = 90 * _DAY
"""How far before its end a file is asked how long nothing happens in it."""
_ENOUGH = 30
"""Moments without which nobody can say whether a silence is unusual."""
_UNUSUAL = 3
"""How many times the longest silence before it."""


def with_ends(session: Session, receipt: Receipt, place: Path) -> Receipt:
    """The receipt that says of each list of records that ends early until when it is to be believed.

    A list says of a record what it was when the list was exported. If its files were exported at different times, a record that
    was open in an early one is open for ever. A file ends early if it is silent at the end of all files, for longer than a day and
    than three times the longest silence in the quarter before it. A log of changes does not: who is not in its next file has not changed.
    """
    records = [file for file in receipt.files if file.table == "record"]
    if len(records) < 2 or not receipt.last_moment or all(file.shape != "records" for file in records):
        return receipt
    last = int(datetime.fromisoformat(receipt.last_moment).timestamp())
    told = [f"SELECT source_file, {epoch(column)} AS moment FROM {exported(place, 'record')}" for column in _MOMENTS]
    told.append(
        f"SELECT r.source_file, {epoch('e.at')} AS moment FROM {exported(place, 'event')} AS e "
        f"JOIN {exported(place, 'record')} AS r ON r.record_id = e.record_id"
    )
    rows = session.rows(
        f"""WITH told AS MATERIALIZED (SELECT DISTINCT source_file, moment FROM ({" UNION ALL ".join(told)}) AS every WHERE moment <= {last}),
        ending AS (SELECT source_file, max(moment) AS ends FROM told GROUP BY source_file HAVING max(moment) < {last - _DAY})
        SELECT source_file, ends, max(silence) FROM (
            SELECT t.source_file, e.ends, t.moment - lag(t.moment) OVER (PARTITION BY t.source_file ORDER BY t.moment) AS silence
            FROM told AS t JOIN ending AS e ON e.source_file = t.source_file WHERE t.moment >= e.ends - {_LOOKED_BACK}
        ) AS beside GROUP BY source_file, ends HAVING count(*) >= {_ENOUGH}"""
    )
    lists = {file.name for file in records if file.shape == "records"}
    ends = {str(name): (int(str(end)), int(str(silence))) for name, end, silence in rows if name in lists}
    until = {name: end + max(_DAY, _UNUSUAL * silence) for name, (end, silence) in ends.items()}
    early = {name: moment for name, moment in until.items() if moment < last}
    if not early:
        return receipt
    warnings = {
        ("file-ends-early", f"{name} tells nothing after {iso(ends[name][0])}, other files do until {receipt.last_moment}: export all at the same time")
        for name in early
    }  # fmt: skip
    return replace(
        receipt,
        files=tuple(
            replace(file, known_until=iso(early[file.name])) if file.name in early else file for file in receipt.files
        ),
        warnings=tuple(sorted({*receipt.warnings, *warnings})),
    )

"""The months of the audit's zone, whatever engine asks."""

from __future__ import annotations

from itsmctl.engine.session import Session, exported
from itsmctl.engine.sql import staircase
from itsmctl.engine.tables.loading import Loading
from itsmctl.worktime import offset_spans
from itsmctl.zones import EVER

FORESEEN = 400 * 86_400
"""How far past the audit a deadline is looked for, in seconds: more than a year, so that yearly hours are met again."""


def create_zone(session: Session, loading: Loading) -> None:
    """The offsets of the audit's zone, so that months are the local ones whatever engine asks."""
    session.run("CREATE TABLE zone_span (since BIGINT, until BIGINT, utc_offset BIGINT)")
    (first, last) = session.one(
        f"SELECT CAST(min(epoch(opened_at)) AS BIGINT), CAST(max(epoch(opened_at)) AS BIGINT) FROM {exported(loading.folder, 'record')}"
    )
    start = int(first) if isinstance(first, int) else loading.as_of
    end = max(int(last) if isinstance(last, int) else start, loading.as_of) + FORESEEN
    session.insert("zone_span", ("since", "until", "utc_offset"), offset_spans(loading.zone or "UTC", start, end))


def month_text(seconds: str, offset: str) -> str:
    """SQL for the local month of epoch seconds, `2026-03`; `offset` is SQL for the seconds that local time is ahead."""
    return f"strftime(make_timestamp(({seconds} + {offset}) * 1000000), '%Y-%m')"


def offset_at(session: Session, seconds: str) -> str:
    """SQL for how many seconds the audit's zone is ahead of UTC at a moment; 0 where the zone is not laid out.

    A join with the spans of the zone would sort all that is joined, however wide.
    """
    spans = session.rows("SELECT since, until, utc_offset FROM zone_span ORDER BY since")
    known = [(int(str(since)), str(offset)) for since, _, offset in spans]
    return staircase(seconds, [(-EVER, "0"), *known, (int(str(spans[-1][1])), "0")])

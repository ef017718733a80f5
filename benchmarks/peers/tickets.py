"""What all peers share: where the tables lie, what the rules demand, the hours of the calendar, and how verdicts are written.

Every peer is a program of its own: `python PEER.py TABLES OUTPUT AS_OF` reads the CSV of a dataset and writes the rows
`rule,record_id` that fail. What is demanded stands here a second time, apart from `benchmarks/definitions`, so that a
mistake in reading a definition cannot hide on both sides.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

MOMENTS = ("opened_at", "responded_at", "resolved_at", "closed_at")
STORED = "recorded_at"
"""When the row was written that stored the record: the priority that it gave holds from the opening."""
REQUIRED = {"BEN-02": "service", "BEN-03": "category", "BEN-04": "group", "BEN-05": "assignee", "BEN-06": "ci"}
REQUIRED_WHEN_CLOSED = {"BEN-07": "closure_code", "BEN-08": "resolved_by"}
CHANNELS = ("phone", "chat", "email", "self-service", "walk-in")
PRIORITY = {("1", "1"): "P1", ("1", "2"): "P2", ("1", "3"): "P3", ("2", "1"): "P2", ("2", "2"): "P3", ("2", "3"): "P4", ("3", "1"): "P3", ("3", "2"): "P4", ("3", "3"): "P4"}  # fmt: skip
AT_MOST = {"BEN-12": ("reopen_count", 0), "BEN-13": ("reassignment_count", 2)}
HANDOVERS = 2
RESPONSE = {"P1": 900, "P2": 1800, "P3": 3600, "P4": 7200}
RESOLUTION = {"P1": 7200, "P2": 14400, "P3": 43200, "P4": 86400}
PAUSE = "awaiting-user"
TRANSITIONS = {
    "new": ("assigned", "in-progress", "cancelled"),
    "assigned": ("in-progress", "awaiting-user", "awaiting-supplier", "cancelled"),
    "in-progress": ("assigned", "awaiting-user", "awaiting-supplier", "awaiting-change", "awaiting-problem", "awaiting-evidence", "resolved", "cancelled"),
    "awaiting-user": ("assigned", "in-progress", "resolved"),
    "awaiting-supplier": ("in-progress", "resolved"),
    "awaiting-change": ("in-progress",),
    "awaiting-problem": ("in-progress",),
    "awaiting-evidence": ("in-progress",),
    "resolved": ("in-progress", "closed"),
    "closed": (),
    "cancelled": (),
}  # fmt: skip
ZONE = ZoneInfo("Europe/Berlin")
HOURS = ((time(8), time(12)), (time(13), time(17)))
HOLIDAYS = {"2025-12-25", "2025-12-26", "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25", "2026-10-03"}  # fmt: skip
FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)


def asked() -> tuple[Path, Path, datetime]:
    """The tables, the file to write, and the moment of the audit in UTC without its zone, as in the tables."""
    tables, output, as_of = sys.argv[1:4]
    return Path(tables), Path(output), datetime.fromisoformat(as_of).astimezone(UTC).replace(tzinfo=None)


def openings() -> list[tuple[int, int]]:
    """The open intervals in epoch seconds; no edge of these hours lies within a change of the clocks."""
    found = []
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        if day.weekday() < 5 and day.isoformat() not in HOLIDAYS:
            found += [tuple(int(datetime.combine(day, edge, ZONE).timestamp()) for edge in slot) for slot in HOURS]
    return [(begin, end) for begin, end in found]


def write(output: Path, failures: Iterable[tuple[str, str]]) -> None:
    """One row per rule and record that fails."""
    with output.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(failures)

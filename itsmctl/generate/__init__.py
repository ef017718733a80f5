"""A believable ticket history with planted violations: the export of a tool, and beside it the truth."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem
from itsmctl.generate import export, rhythm, world
from itsmctl.generate.judge import CONSEQUENCES, Planted
from itsmctl.generate.world import PREFIX
from itsmctl.model import Definitions
from itsmctl.output import check_place, replacing

FORMAT = "itsmctl/truth/v1"
EXPORT, TRUTH = "incidents.csv", "truth.json"
ZONE = rhythm.ZONE.key
"""The zone of the local times in the export."""
START = date(2026, 1, 1)
ROUND = (1_000, 5_000, 10_000, 50_000)

__all__ = ["EXPORT", "FORMAT", "START", "TRUTH", "ZONE", "Planted", "Truth", "generate"]


@dataclass(frozen=True)
class Truth:
    """What was planted: an audit by the same definitions finds exactly this, sorted by rule and record."""

    seed: int
    records: int
    rows: int
    as_of: int
    """The moment of the export, epoch seconds."""
    planted: tuple[Planted, ...]


def generate(
    definitions: Definitions, records: int, seed: int, out: Path, *, start: date = START, months: int = 6
) -> Truth:
    """Write `incidents.csv` and `truth.json` into a folder: the same arguments give the same bytes everywhere.

    The history keeps every promise of the definitions where nothing was planted. Limits of rules are those of the
    reference rules; rules that the definitions do not have are left out of the truth.
    """
    _check(definitions, records, months)
    check_place(out, (EXPORT, TRUTH), TRUTH)
    scene = world.create(definitions, records, seed, rhythm.period(start, months))
    planted: list[Planted] = []
    with replacing(out) as place:
        rows = _written(place / EXPORT, _rows(scene, planted))
        truth = _truth(definitions, scene, seed, rows, planted)
        (place / TRUTH).write_text(_truth_text(truth), encoding="utf-8", newline="\n")
    return truth


def _truth(definitions: Definitions, scene: world.World, seed: int, rows: int, planted: list[Planted]) -> Truth:
    """Everything that must be found: on tickets, on groups of them, and on the export as a whole."""
    every = [*planted, *scene.judge.groups()]
    if scene.story.gap_at and "DQ-03" in definitions.rules:
        every.append(Planted("DQ-03", PREFIX, CONSEQUENCES["DQ-03"]))
    if rows in ROUND and "DQ-02" in definitions.rules:
        every.append(Planted("DQ-02", EXPORT, CONSEQUENCES["DQ-02"]))
    return Truth(seed, len(scene.openings), rows, scene.when.as_of, tuple(sorted(set(every))))


def _check(definitions: Definitions, records: int, months: int) -> None:
    problems = []
    for name, value in (("records", records), ("months", months)):
        if value < 1:
            problems.append(
                Problem("too-few", "{name} must be at least 1, not {value}", values={"name": name, "value": value})
            )
    if "incident" not in definitions.processes:
        problems.append(Problem("no-incident-process", "the definitions have no process 'incident'"))
    if problems:
        raise ItsmctlError(problems)


def _rows(scene: world.World, planted: list[Planted]) -> Iterator[tuple[str, ...]]:
    for ticket, found in world.tickets(scene):
        planted += found
        yield from export.rows(ticket)


def _written(path: Path, rows: Iterator[tuple[str, ...]]) -> int:
    """Write the CSV file row by row; returns the number of data rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(export.COLUMNS)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _truth_text(truth: Truth) -> str:
    listed = [{"rule": p.rule, "record": p.record, "what": p.what} for p in truth.planted]
    document = {
        "format": FORMAT,
        "seed": truth.seed,
        "records": truth.records,
        "rows": truth.rows,
        "zone": ZONE,
        "as_of": export.utc_text(truth.as_of),
        "planted": listed,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"

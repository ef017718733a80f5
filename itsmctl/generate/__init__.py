"""A believable ticket history with planted violations: the export of a tool, and beside it the truth."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem
from itsmctl.generate import export, flawed, rhythm, tables, world
from itsmctl.generate.book import Book, Columns
from itsmctl.generate.judge import CONSEQUENCES, Planted
from itsmctl.generate.rulings import rule_on
from itsmctl.generate.world import PREFIX
from itsmctl.model import Definitions
from itsmctl.output import check_place, replacing

FORMAT = "itsmctl/truth/v1"
EXPORT, TRUTH = "incidents.csv", "truth.json"
FILES = (EXPORT, *tables.FILES.values(), tables.APPROVALS, TRUTH)
"""Everything that may be written."""
MAPPINGS, FLAWED_MAPPINGS = "flawed-mappings.yaml", "mappings.yaml"
FLAWED_FILES = (*flawed.FILES, FLAWED_MAPPINGS, TRUTH)
ZONE = rhythm.ZONE.key
"""The zone of the local times in the export."""
START = date(2026, 1, 1)
ROUND = (1_000, 5_000, 10_000, 50_000)

__all__ = ["EXPORT", "FORMAT", "START", "TRUTH", "ZONE", "Planted", "Truth", "generate", "generate_flawed"]


@dataclass(frozen=True)
class Truth:
    """What was planted: an audit by the same definitions finds exactly this, sorted by rule and record."""

    seed: int
    records: int
    """How many incidents."""
    rows: Mapping[str, int]
    """Data rows by file."""
    as_of: int
    """The moment of the export, epoch seconds."""
    planted: tuple[Planted, ...]
    others: int = 0
    """How many records of other processes."""


def generate(
    definitions: Definitions, records: int, seed: int, out: Path, *, start: date = START, months: int = 6
) -> Truth:
    """Write the exports of all processes and `truth.json` into a folder: the same arguments give the same bytes everywhere.

    `records` are the incidents; the other processes have as many records as go with them. The history keeps every promise of the definitions where nothing was planted. Limits of rules are those of the
    reference rules; rules that the definitions do not have are left out of the truth.
    """
    _check(definitions, records, months)
    check_place(out, FILES, TRUTH)
    scene = world.create(definitions, records, seed, rhythm.period(start, months))
    planted: list[Planted] = []
    with replacing(out) as place:
        rows = {
            EXPORT: tables.write_rows(place / EXPORT, export.COLUMNS, _rows(scene, planted)),
            **_others(place, scene),
        }
        truth = _truth(definitions, scene, seed, rows, planted)
        (place / TRUTH).write_text(_truth_text(truth), encoding="utf-8", newline="\n")
    return truth


def generate_flawed(definitions: Definitions, seed: int, out: Path, *, start: date = START) -> Truth:
    """Write smaller exports with the faults that a history cannot carry, the mappings that read them, and `truth.json`.

    The truth is about `flawed.RULES`; what other rules find in these exports is not looked at.
    """
    check_place(out, FLAWED_FILES, TRUTH)
    with replacing(out) as place:
        rows, found, incidents = flawed.write(place, seed, rhythm.midnight(start))
        shutil.copyfile(Path(__file__).with_name(MAPPINGS), place / FLAWED_MAPPINGS)
        planted = tuple(sorted(one for one in found if one.rule in definitions.rules))
        truth = Truth(seed, incidents, rows, flawed.ends(rhythm.midnight(start)), planted)
        (place / TRUTH).write_text(_truth_text(truth), encoding="utf-8", newline="\n")
    return truth


def _others(place: Path, scene: world.World) -> dict[str, int]:
    """Write the exports of the other processes and their approvals; returns their data rows by file."""
    cases = scene.practice.cases
    rows = {tables.FILES[process]: tables.write(place, process, found) for process, found in cases.items() if found}
    every = [case for process in sorted(cases) for case in cases[process]]
    if any(case.approvals for case in every):
        rows[tables.APPROVALS] = tables.write_approvals(place, every)
    return rows


def _truth(
    definitions: Definitions, scene: world.World, seed: int, rows: Mapping[str, int], planted: list[Planted]
) -> Truth:
    """Everything that must be found: on tickets, on groups of them, and on the export as a whole."""
    every = [*(one for one in planted if _is_visible(one, scene)), *scene.judge.groups(), *rule_on(_book(scene))]
    if scene.story.gap_at and "DQ-03" in definitions.rules:
        every.append(Planted("DQ-03", PREFIX, CONSEQUENCES["DQ-03"]))
    if "DQ-02" in definitions.rules:
        every += [Planted("DQ-02", name, CONSEQUENCES["DQ-02"]) for name, count in rows.items() if count in ROUND]
    others = sum(len(cases) for cases in scene.practice.cases.values())
    return Truth(seed, len(scene.openings), rows, scene.when.as_of, tuple(sorted(set(every))), others)


def _is_visible(one: Planted, scene: world.World) -> bool:
    """Whether the exports hold what the rule compares a ticket with: no link is missing to changes that are not there."""
    asked = scene.definitions.rules[one.rule].parameters.get("process", "incident")
    return asked == "incident" or bool(scene.practice.cases.get(str(asked)))


def _book(scene: world.World) -> Book:
    cases = {process: found for process, found in scene.practice.cases.items() if found}
    exported = {process: frozenset(column for _, column in tables.COLUMNS[process]) | {"state"} for process in cases}
    named = scene.practice.references
    incidents: dict[str, Columns] = {
        number: {
            "number": number,
            "opened_at": scene.openings[i].at,
            "problem": named[i].problem,
            "change": named[i].change,
        }
        for i in sorted(named)
        for number in (world.number_of(scene.story, i),)
    }
    return Book(scene.definitions, scene.roster, scene.when.as_of, cases, incidents, exported, scene.judge.openings)


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
        yield from export.rows(ticket, scene.crews)


def _truth_text(truth: Truth) -> str:
    listed = [{"rule": p.rule, "record": p.record, "what": p.what} for p in truth.planted]
    document = {
        "format": FORMAT,
        "seed": truth.seed,
        "records": truth.records,
        "others": truth.others,
        "rows": sum(truth.rows.values()),
        "files": dict(sorted(truth.rows.items())),
        "zone": ZONE,
        "as_of": export.utc_text(truth.as_of),
        "planted": listed,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"

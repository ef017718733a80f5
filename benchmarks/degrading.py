"""Make some tickets of an export worse to read, each in one way of its own, and hold every verdict against those before.

    python benchmarks/degrading.py [--records N] [--months N] [--seed S] [--rounds N] [--share S] [--kinds KIND...] [--log FILE --zone ZONE --as-of MOMENT]

A cell is emptied, a word is written so that no mapping translates it, a moment so that nobody can read it, a name in other capitals
or in wide letters; in all rows of the ticket or in one. A verdict on such a ticket may become untested, or say what the cell now says.
Any other that turns into its opposite is printed, and so is every failure that went without a verdict, with what the audit warned of.
The export is generated, or some tickets of a log of a real tool, as CSV or zipped, whose times are in a zone.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import re
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from itsmctl.audit import AuditOptions, audit
from itsmctl.blanks import NARROW, WIDE
from itsmctl.definitions import load
from itsmctl.engine.results import read_verdicts
from itsmctl.generate import ZONE, generate
from itsmctl.importers.importing import import_files
from itsmctl.model import GROUPED, Definitions
from itsmctl.reference import reference_root

Table = tuple[list[str], list[list[str]]]
Tables = Mapping[str, Table]
Key = tuple[str, str]
"""Rule, record."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:|\d+/\d+/\d{4} \d+:\d\d")
_WIDENED = str.maketrans(NARROW, WIDE)
KINDS: Mapping[str, Callable[[str], str]] = {
    "blank": lambda cell: "",
    "word": lambda cell: cell if _MOMENT.match(cell) else f"{cell} (neu)",
    "garbled": lambda cell: "31.02.2026 x" if _MOMENT.match(cell) else cell,
    "capitals": lambda cell: cell if _MOMENT.match(cell) else cell.upper() if cell.upper() != cell else cell.lower(),
    "wide": lambda cell: cell if _MOMENT.match(cell) else cell.translate(_WIDENED),
}
"""How a cell gets worse to read; one that stays as it is cannot get so."""
IDS = {"approvals.csv": "sysapproval"}
UNTESTED, GONE = "not_testable", "gone"


@dataclass(frozen=True)
class Worse:
    """What was done to a ticket: the file, the column, how, and in all rows or in one."""

    file: str
    column: str
    kind: str
    everywhere: bool


@dataclass(frozen=True)
class Judged:
    """The state of every record under every rule, and what the audit warned of."""

    states: Mapping[Key, str]
    warnings: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Turn:
    """A verdict that became another; `worse` is what was done to its ticket, or None."""

    rule: str
    record: str
    before: str
    after: str
    worse: Worse | None


def read(folder: Path) -> dict[str, Table]:
    """The CSV files of a folder."""
    tables: dict[str, Table] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            head, *rows = csv.reader(stream, strict=True)
        tables[path.name] = (head, rows)
    return tables


def some_of(log: Path, tickets: int, seed: int) -> dict[str, Table]:
    """So many tickets of a log, with all their rows."""
    with zipfile.ZipFile(log) if log.suffix == ".zip" else nullcontext() as archive:
        name = log.name if archive is None else next(one for one in archive.namelist() if one.endswith(".csv"))
        with log.open("rb") if archive is None else archive.open(name) as stream:
            head, *rows = csv.reader(io.TextIOWrapper(stream, "utf-8-sig", newline=""), strict=True)
    own = head.index("number")
    chosen = set(random.Random(seed).sample(sorted({row[own] for row in rows}), tickets))
    return {name: (head, [row for row in rows if row[own] in chosen])}


def judged(definitions: Definitions, tables: Tables, folder: Path, as_of: str, zone: str = ZONE) -> Judged:
    """Import an export and judge it by everything."""
    export = folder / "export"
    export.mkdir(parents=True)
    for name, (head, rows) in tables.items():
        with (export / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows])
    import_files(sorted(export.iterdir()), None, definitions.mappings, zone, folder / "dataset")
    verdicts = folder / "verdicts.parquet"
    result = audit(definitions, folder / "dataset", AuditOptions(as_of=as_of, all_verdicts=True), verdicts=verdicts)
    states: dict[Key, str] = {}
    for one in read_verdicts(verdicts):
        state = UNTESTED if one.passed is None else "pass" if one.passed else "fail"
        states[one.rule, one.record_id] = min(state, states.get((one.rule, one.record_id), state), key=_WORST.index)
    return Judged(states, result.dataset.warnings)


_WORST = ("fail", UNTESTED, "pass")


def degraded(
    tables: Tables, failing: frozenset[str], share: float, dice: random.Random, kinds: Sequence[str]
) -> tuple[dict[str, Table], dict[str, Worse]]:
    """The export with some tickets worse to read, and what was done to each: half of those that fail something, and a share of the others."""
    made: dict[str, Table] = {}
    done: dict[str, Worse] = {}
    for name, (head, rows) in tables.items():
        own = IDS.get(name, "number")
        tickets: dict[str, list[list[str]]] = defaultdict(list)
        copied = [list(row) for row in rows]
        for row in copied:
            tickets[row[head.index(own)]].append(row)
        for ticket, its in sorted(tickets.items()):
            if ticket in done or dice.random() >= (0.5 if ticket in failing else share):
                continue
            if worse := _made_worse(name, [c for c in head if c != own], head, its, dice, kinds):
                done[ticket] = worse
        made[name] = (head, copied)
    return made, done


def _made_worse(
    file: str, columns: Sequence[str], head: Sequence[str], rows: list[list[str]], dice: random.Random, kinds: Sequence[str]
) -> Worse | None:  # fmt: skip
    for _ in range(30):
        column, kind, everywhere = dice.choice(columns), dice.choice(kinds), dice.random() < 0.5
        place, worse = head.index(column), KINDS[kind]
        hit = [row for row in rows if row[place] and worse(row[place]) != row[place]]
        if not hit or (len(hit) == 1 and not everywhere):
            continue
        for row in hit if everywhere else [dice.choice(hit)]:
            row[place] = worse(row[place])
        return Worse(file, column, kind, everywhere)
    return None


def turns(definitions: Definitions, before: Judged, after: Judged, done: Mapping[str, Worse]) -> Iterator[Turn]:
    """What became of each verdict on a record that is another now."""
    for rule, record in sorted(before.states.keys() | after.states.keys()):
        states = [one.states.get((rule, record), GONE) for one in (before, after)]
        if states[0] != states[1] and definitions.rules[rule].check not in GROUPED:
            yield Turn(rule, record, states[0], states[1], done.get(record))


SAYS_SO = {
    "blank": {"elapsed-within", "expression", "known", "linked", "not-sooner", "ordered-times", "required", "unchanged"},
    "garbled": {"readable"},
    "word": {"agreement", "allowed", "different-people", "employed", "expression", "handovers", "known", "linked", "readable", "unchanged"},
    "capitals": {"agreement", "allowed", "expression", "known"},
    "wide": {"agreement", "allowed", "expression", "known", "unchanged"},
}  # fmt: skip
"""Checks that are about what stands in a cell itself: that it is empty, or no code, no service, no name that it should be, or another
than before. A group or a person of another name is another; a moment that never came is still to come."""
RENAMED = {"business_service", "company", "assigned_to", "assignment_group"}
"""Columns in which another word is another thing, with agreements, hand-overs and acts of its own: what they say of it is true."""
STOPPING = {"u_responded_at", "resolved_at"}
"""Columns with the moments at which clocks stop: an empty one says that they did not."""


def wrong(definitions: Definitions, turn: Turn) -> bool:
    """Whether a verdict turned into its opposite though the cell that got worse does not say so."""
    if {turn.before, turn.after} != {"pass", "fail"}:
        return False
    if turn.worse is None:
        return True
    renamed = turn.worse.kind == "word" and turn.worse.column in RENAMED
    runs_on = turn.worse.kind == "blank" and turn.worse.column in STOPPING
    return not renamed and not runs_on and definitions.rules[turn.rule].check not in SAYS_SO[turn.worse.kind]


@dataclass(frozen=True)
class Bench:
    """A generated export, and its verdicts as it stands."""

    definitions: Definitions
    tables: Tables
    folder: Path
    as_of: str
    before: Judged
    zone: str = ZONE

    @classmethod
    def real(cls, folder: Path, log: Path, tickets: int, seed: int, zone: str, as_of: str) -> Bench:
        """Choose some tickets of a log, and judge."""
        definitions, tables = load(reference_root()), some_of(log, tickets, seed)
        return cls(
            definitions, tables, folder, as_of, judged(definitions, tables, folder / "before", as_of, zone), zone
        )

    @classmethod
    def generated(cls, folder: Path, records: int, months: int, seed: int, as_of: str) -> Bench:
        """Generate and judge."""
        definitions = load(reference_root())
        generate(definitions, records, seed, folder / "history", months=months)
        tables = read(folder / "history")
        return cls(definitions, tables, folder, as_of, judged(definitions, tables, folder / "before", as_of))

    def round(self, seed: int, share: float, kinds: Sequence[str] = tuple(KINDS)) -> tuple[list[Turn], Judged]:
        """Make some tickets worse, and judge again."""
        failing = frozenset(record for (_, record), state in self.before.states.items() if state == "fail")
        made, done = degraded(self.tables, failing, share, random.Random(seed), kinds)
        with tempfile.TemporaryDirectory(dir=self.folder) as place:
            after = judged(self.definitions, made, Path(place), self.as_of, self.zone)
        return list(turns(self.definitions, self.before, after, done)), after


def main() -> int:
    """Judge round after round, and print what turned."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=600)
    parser.add_argument("--months", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--share", type=float, default=0.1)
    parser.add_argument("--kinds", nargs="*", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--log", type=Path, help="a log of a real tool, instead of what is generated")
    parser.add_argument("--zone", default=ZONE, help="the zone of its times")
    parser.add_argument("--as-of", default="", help="when it is judged")
    asked = parser.parse_args()
    end = f"2026-{1 + asked.months:02}-01"
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        if asked.log:
            bench = Bench.real(Path(folder), asked.log, asked.records, asked.seed, asked.zone, asked.as_of)
        else:
            bench = Bench.generated(Path(folder), asked.records, asked.months, asked.seed, end)
        for number in range(asked.rounds):
            found, after = bench.round(asked.seed * 1000 + number, asked.share, asked.kinds)
            told = Counter((t.before, t.after) for t in found)
            print(f"round {number}: " + ", ".join(f"{a} -> {b} {n}" for (a, b), n in sorted(told.items())))
            for warning in sorted(set(after.warnings) - set(bench.before.warnings)):
                print("  warned:", *warning)
            for turn in found:
                if wrong(bench.definitions, turn):
                    bad += 1
                    print("  WRONG", turn)
                elif (turn.before, turn.after) == ("fail", GONE):
                    print("  gone", turn)
    print(f"{bad} verdicts turned that should not")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())

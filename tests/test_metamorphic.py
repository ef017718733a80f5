"""What must become of verdicts when the export is changed in a way whose effect is known: nothing, or nothing for the better.

No verdict is written down here. An export is changed, judged again by the whole library, and the two tables of verdicts
are compared row by row.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from itsmctl.audit import AuditOptions, audit
from itsmctl.definitions import load
from itsmctl.engine.results import Verdict, read_verdicts
from itsmctl.generate import ZONE, generate
from itsmctl.importers.importing import import_files
from itsmctl.model import Definitions
from itsmctl.reference import reference_root

AS_OF = "2026-03-01"
Table = tuple[list[str], list[list[str]]]
Tables = Mapping[str, Table]
Key = tuple[str, str]
INCIDENTS, CHANGES = "incidents.csv", "changes.csv"


@dataclass(frozen=True)
class Desk:
    """An export, and how it is judged."""

    definitions: Definitions
    tables: Tables
    folder: Path

    def judged(
        self, tables: Tables, definitions: Definitions | None = None, encoding: str = "utf-8", as_of: str = AS_OF
    ) -> dict[Key, Verdict]:
        """Every verdict on an export, passes too, by rule and record."""
        place = self.folder / str(len(list(self.folder.iterdir())))
        (place / "export").mkdir(parents=True)
        for name, (head, rows) in tables.items():
            with (place / "export" / name).open("w", encoding=encoding, newline="") as file:
                csv.writer(file).writerows([head, *rows])
        files = sorted((place / "export").iterdir())
        own = definitions or self.definitions
        import_files(files, None, own.mappings, ZONE, place / "dataset")
        audit(own, place / "dataset", AuditOptions(as_of=as_of, all_verdicts=True), verdicts=place / "verdicts.parquet")
        return {(one.rule, one.record_id): one for one in read_verdicts(place / "verdicts.parquet")}

    def without(self, name: str, *columns: str) -> Tables:
        """The export, in which one file has no such columns."""
        head, rows = self.tables[name]
        kept = [place for place, column in enumerate(head) if column not in columns]
        assert len(kept) == len(head) - len(columns)
        return {**self.tables, name: ([head[i] for i in kept], [[row[i] for i in kept] for row in rows])}

    def written(self, change: Callable[[str, str, str], str]) -> Tables:
        """The export, in which each cell is what `change` makes of the file, the column and the cell."""
        return {
            name: (head, [[change(name, column, cell) for column, cell in zip(head, row, strict=True)] for row in rows])
            for name, (head, rows) in self.tables.items()
        }


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder, definitions = tmp_path_factory.mktemp("desk"), load(reference_root())
    generate(definitions, 150, 7, folder / "history", months=2)
    tables: dict[str, Table] = {}
    for path in sorted((folder / "history").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            head, *rows = csv.reader(stream, strict=True)
        tables[path.name] = (head, rows)
    (folder / "judged").mkdir()
    return Desk(definitions, tables, folder / "judged")


@pytest.fixture(scope="module")
def usual(desk: Desk) -> dict[Key, Verdict]:
    return desk.judged(desk.tables)


def told(verdicts: Mapping[Key, Verdict], *prefixes: str) -> dict[Key, tuple[bool | None, str]]:
    """What became of each record, and why it was not tested; only of the records whose ids begin so."""
    return {key: (one.passed, one.reason) for key, one in verdicts.items() if key[1].startswith(prefixes or "")}


def cleared(before: Mapping[Key, Verdict], after: Mapping[Key, Verdict]) -> set[Key]:
    """Failures of records that are passes now."""
    return {key for key, one in before.items() if one.passed is False and key in after and after[key].passed}


def shuffled(tables: Tables) -> Tables:
    """The export with the rows of each file in another order."""
    chance = random.Random(2)
    return {name: (head, chance.sample(rows, len(rows))) for name, (head, rows) in tables.items()}


def test_which_row_of_a_ticket_comes_first_decides_nothing(desk: Desk, usual: dict[Key, Verdict]) -> None:
    """Without the count of updates the log of changes is taken for a list, in which each change stands several times."""
    listed = desk.without(CHANGES, "sys_mod_count")
    verdicts = desk.judged(listed)
    assert cleared(usual, verdicts) == set()
    assert told(desk.judged(shuffled(listed))) == told(verdicts)
    assert {one.reason for one in verdicts.values() if one.rule == "CHG-02"} == {"unreadable:actual_start"}


def test_whose_history_it_is_that_a_rule_rests_on(desk: Desk, usual: dict[Key, Verdict]) -> None:
    """Changes tell their groups; incidents of which no file tells the group were never handed on, as far as anybody knows."""
    without = desk.judged(desk.without(INCIDENTS, "assignment_group", "assigned_to"))
    assert cleared(usual, without) == set()
    rules = {"INC-08", "INC-14", "INT-14"}
    assert {without[key].reason for key in without if key[0] in rules and key[1].startswith("INC")} == {
        "column-not-in-file:group",
        "column-not-in-file:assignee",
    }


def test_what_other_files_tell_the_history_of_is_not_told_of_a_file_that_does_not(desk: Desk) -> None:
    mapping = desk.definitions.mappings["servicenow-audit-log"]
    silent = replace(
        mapping, history=tuple(column for column in mapping.history if column not in ("group", "assignee"))
    )
    definitions = replace(desk.definitions, mappings={**desk.definitions.mappings, mapping.id: silent})
    alone = told(desk.judged({INCIDENTS: desk.tables[INCIDENTS]}, definitions), "INC0")
    together = told(desk.judged(desk.tables, definitions), "INC0")
    hand_overs = {verdict for (rule, _), verdict in together.items() if rule == "INC-14"}
    assert hand_overs == {(None, "no-history:group")}
    of_others = {"INC-20", "INT-12"}  # which change caused it, and what other files have
    assert {key for key in alone if alone[key] != together.get(key)} <= {key for key in alone if key[0] in of_others}


def test_the_encoding_of_the_files_changes_nothing(desk: Desk, usual: dict[Key, Verdict]) -> None:
    assert desk.judged(desk.tables, encoding="gb18030") == usual


PEOPLE = {"requested_by", "approver", "u_tester", "opened_by", "resolved_by", "assigned_to", "sys_updated_by"}
THINGS = {
    "assignment_group",
    "u_updated_by_group",
    "business_service",
    "cmdb_ci",
    "category",
    "subcategory",
    "cat_item",
}
TICKETS = {"number", "sysapproval", "rfc", "problem_id", "caused_by", "u_incident", "u_problem"}


def test_blanks_in_names_change_nothing(desk: Desk, usual: dict[Key, Verdict]) -> None:
    """One row has names as a web page shows them, the next as they were typed, another filled up to a width.

    So a group is handed nothing on by itself, and a ticket is the same whichever file names it.
    """
    chance = random.Random(4)

    def spelt(_: str, column: str, cell: str) -> str:
        if cell and column in PEOPLE | THINGS:
            return chance.choice([cell, cell.replace(" ", "\u00a0 "), cell + "\u3000", cell + "  "])
        return chance.choice([cell, cell + " ", f"\t{cell}"]) if cell and column in TICKETS else cell

    assert told(desk.judged(desk.written(spelt))) == told(usual)


def test_a_moment_is_the_same_however_it_is_written(desk: Desk, usual: dict[Key, Verdict]) -> None:
    """From row to row of a log too: a planned start in another spelling was not edited after its approval."""
    chance, zone = random.Random(3), ZoneInfo(ZONE)

    def spelt(_: str, column: str, cell: str) -> str:
        try:
            moment = datetime.strptime(cell, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
        except ValueError:
            return cell
        elsewhere = moment.astimezone(ZoneInfo("Asia/Kathmandu")).isoformat(" ")
        return chance.choice(
            [cell, f"{cell}.9", moment.isoformat(), f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", elsewhere]
        )

    assert told(desk.judged(desk.written(spelt))) == told(usual)


@pytest.mark.parametrize("state", ["Closed", "Awaiting User Info"])
def test_a_state_that_nobody_translates_neither_clears_nor_accuses(
    desk: Desk, usual: dict[Key, Verdict], state: str
) -> None:
    """It may be any of the states of the process: resolved, or waiting, or not. That it is none of them is a finding of its own."""
    verdicts = desk.judged(
        desk.written(
            lambda _, column, cell: "Erledigt" if column in ("state", "incident_state") and cell == state else cell
        )
    )
    assert cleared(usual, verdicts) == set()
    accused = {key for key, one in verdicts.items() if one.passed is False and key in usual and usual[key].passed}
    assert {rule for rule, _ in accused} == {"DQ-09"}
    assert {one.reason for key, one in verdicts.items() if key[0] == "INC-06" and one.passed is None} > {
        "unknown-state"
    }


def test_an_audit_as_of_then_says_nothing_else_than_one_of_the_export_of_then(desk: Desk) -> None:
    """What was learnt later may leave a record untested; it never turns a verdict."""
    then = "2026-01-28 12:00:00"
    hindsight = {
        "resolved_at": ("resolved_by",),
        "closed_at": ("closed_by", "closed_code", "close_code", "close_notes"),
    }

    def known(head: list[str], row: list[str]) -> list[str]:
        late = {
            column
            for column, cell in zip(head, row, strict=True)
            if cell[:4].isdigit() and cell[4:5] == "-" and cell > then
        }
        late -= {"start_date", "end_date", "due_date"}
        late |= {other for column in late for other in hindsight.get(column, ())}
        return ["" if column in late else cell for column, cell in zip(head, row, strict=True)]

    of_then: dict[str, Table] = {}
    for name, (head, rows) in desk.tables.items():
        at = head.index("sys_updated_at" if "sys_updated_at" in head else "sys_updated_on")
        if kept := [known(head, row) for row in rows if row[at] <= then]:
            of_then[name] = (head, kept)
    as_of = f"{then.replace(' ', 'T')}+08:00"
    now, before = desk.judged(desk.tables, as_of=as_of), desk.judged(of_then, as_of=as_of)
    both = [key for key in now.keys() & before.keys() if None not in (now[key].passed, before[key].passed)]
    assert len(both) > 1000
    assert {key for key in both if now[key].passed != before[key].passed} == set()

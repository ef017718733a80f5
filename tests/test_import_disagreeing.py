"""A ticket in files that different mappings read: verdicts must not hang on which of them has the first name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from importing.mappings import mapping, updates

from itsmctl.audit import AuditOptions, audit
from itsmctl.definitions import load
from itsmctl.engine.session import Session
from itsmctl.generate import generate
from itsmctl.importers.importing import import_files
from itsmctl.importers.receipt import Receipt
from itsmctl.model import MappingDefinition
from itsmctl.reference import reference_root

DESK = mapping(
    id="desk", recognise=("Number", "Opened"),
    columns={"record_id": ("Number",), "opened_at": ("Opened",), "resolved_at": ("Resolved",), "closed_at": ("Closed",), "state": ("State",),
             "assignee": ("Assignee",), "priority": ("Priority",)},
    codes={"priority": {"2 - High": "P2"}},
)  # fmt: skip
PORTAL = mapping(
    id="portal", recognise=("Ticket", "Begun"),
    columns={"record_id": ("Ticket",), "opened_at": ("Begun",), "resolved_at": ("Solved",), "state": ("Status",), "assignee": ("By",),
             "priority": ("Prio",)},
    codes={"priority": {"hoch": "P2"}},
)  # fmt: skip
ONE = "Number,Opened,Resolved,State,Assignee,Priority\nINC1,2026-03-02 09:00:00,{},Resolved,{},2 - High\n"
OTHER = "Ticket,Begun,Solved,Status,By,Prio\nINC1,2026-03-02 09:00:00,{},Resolved,{},hoch\n"
EARLY, LATE = "2026-03-02 10:00:00", "2026-03-04 15:00:00"


def bring(folder: Path, files: dict[str, str], *mappings: MappingDefinition) -> tuple[Receipt, list[tuple[Any, ...]]]:
    """The receipt, and the records of the dataset, which lies in `folder / 'out'`."""
    folder.mkdir()
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8")
    known = {one.id: one for one in mappings}
    receipt = import_files([folder / file for file in files], None, known, "UTC", folder / "out")
    return receipt, rows(folder, "record", "record_id, CAST(resolved_at AS VARCHAR), assignee, priority")


def rows(folder: Path, table: str, columns: str) -> list[tuple[Any, ...]]:
    with Session() as session:
        return session.rows(f"SELECT {columns} FROM read_parquet('{folder / 'out' / table}.parquet') ORDER BY ALL")


def rejected(folder: Path) -> list[tuple[Any, ...]]:
    return rows(folder, "reject", 'source_file, source_row, "column", reason')


@pytest.mark.parametrize("names", [("a.csv", "b.csv"), ("b.csv", "a.csv")])
def test_what_two_mappings_tell_differently_is_known_of_neither_whatever_the_files_are_called(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    """A false clean: with the file named first that says `early`, the promise was kept."""
    one, other = names
    texts = {one: ONE.format(EARLY, "Wang Wei"), other: OTHER.format(LATE, "wang wei ")}
    receipt, records = bring(tmp_path / "x", texts, DESK, PORTAL)
    assert [(record[0], record[1]) for record in records] == [("INC1", None)]
    assert records[0][2].strip().lower() == "wang wei" and records[0][3] in ("2 - High", "hoch")
    first = "Resolved" if one == "a.csv" else "Solved"
    assert [row[2:] for row in rejected(tmp_path / "x")] == [
        (first, "contradicted"), ("record_id", "duplicate-id")
    ]  # fmt: skip
    assert [unread.column for unread in receipt.unread] == ["resolved_at"]
    options = AuditOptions(rules=("INC-04",), as_of="2026-06-30")
    result = audit(load(reference_root()), tmp_path / "x" / "out", options)
    (judged,) = [one for one in result.rules if one.rule.id == "INC-04"]
    assert (judged.passed, judged.failed) == (0, 0), judged


def test_what_they_tell_alike_is_known(tmp_path: Path) -> None:
    texts = {"a.csv": ONE.format(EARLY, "Wang Wei"), "b.csv": OTHER.format(EARLY, "Wang Wei")}
    receipt, records = bring(tmp_path / "x", texts, DESK, PORTAL)
    assert records == [("INC1", EARLY, "Wang Wei", "2 - High")]
    assert [row[2:] for row in rejected(tmp_path / "x")] == [("record_id", "duplicate-id")] and not receipt.unread


def test_moments_without_seconds_are_compared_to_the_minute(tmp_path: Path) -> None:
    texts = {
        "a.csv": ONE.format("2026-03-02 10:00:16", "x"),
        "b.csv": OTHER.replace(":00:00", ":00").format("2026-03-02 10:00", "x"),
    }
    formats = ("yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm")
    desk, portal = (mapping(**{**vars_of(one), "time_formats": formats}) for one in (DESK, PORTAL))
    _, records = bring(tmp_path / "x", texts, desk, portal)
    assert records[0][1] == "2026-03-02 10:00:16"


def vars_of(one: MappingDefinition) -> dict[str, Any]:
    return {key: getattr(one, key) for key in ("id", "recognise", "columns", "codes")}


def test_a_column_that_one_file_lacks_is_told_by_the_other_alone(tmp_path: Path) -> None:
    without = "\n".join(line.rpartition(",")[0] for line in OTHER.format(EARLY, "x").splitlines())
    _, records = bring(tmp_path / "x", {"a.csv": ONE.format(EARLY, "x"), "b.csv": without + "\n"}, DESK, PORTAL)
    assert records == [("INC1", EARLY, "x", "2 - High")]
    assert all(reason != "contradicted" for *_, reason in rejected(tmp_path / "x"))


def test_a_ticket_of_another_process_with_the_same_id_is_another_ticket(tmp_path: Path) -> None:
    """Nothing that is told of the one that is rejected may hang on the other: it would be accused of what it never did."""
    log = updates(id="changes", process="change", recognise=("Ref", "Updated"), columns={"record_id": ("Ref",), "state": ("Phase",), "opened_at": ("Made",)}, order_by=("Updated",))  # fmt: skip
    changes = "Ref,Updated,By,Phase,Made\nINC1,2026-03-05 09:00:00,zoe,Draft,2026-03-05 09:00:00\nINC1,2026-03-06 09:00:00,zoe,Failed,2026-03-05 09:00:00\n"
    _, records = bring(tmp_path / "x", {"a.csv": ONE.format(EARLY, "x"), "b.csv": changes}, DESK, log)
    assert records == [("INC1", EARLY, "x", "2 - High")]
    assert rows(tmp_path / "x", "event", "record_id, new") == []
    assert rejected(tmp_path / "x") == [("b.csv", 2, "record_id", "duplicate-id")]


def test_a_history_is_not_relied_on_where_the_state_is_contradicted(tmp_path: Path) -> None:
    log = updates(id="log", recognise=("Ref", "Updated"), columns={"record_id": ("Ref",), "state": ("Phase",), "opened_at": ("Made",)}, order_by=("Updated",), history=("state",))  # fmt: skip
    changes = "Ref,Updated,By,Phase,Made\nINC1,2026-03-02 09:00:00,zoe,New,2026-03-02 09:00:00\nINC1,2026-03-02 09:30:00,zoe,In Progress,2026-03-02 09:00:00\n"
    bring(tmp_path / "x", {"a.csv": ONE.format(EARLY, "x"), "b.csv": changes}, DESK, log)
    assert ("a.csv", 1, "State", "contradicted") in rejected(tmp_path / "x")
    result = audit(load(reference_root()), tmp_path / "x" / "out", AuditOptions(as_of="2026-06-30"))
    judged = [one for one in result.rules if one.rule.check == "transition" and one.in_scope]
    assert judged and all(one.passed == one.failed == 0 for one in judged)


def test_a_number_used_twice_among_the_logs_of_all_processes_is_found_within_little_memory(tmp_path: Path) -> None:
    """Each pair of eleven mappings compared in one statement did not fit, though there were hardly any tickets."""
    definitions = load(reference_root())
    export = tmp_path / "export"
    made = generate(definitions, 150, 1, export)
    releases = export / "releases.csv"
    releases.write_text(releases.read_text("utf-8").replace("RLS0060001", "CHG0030001"), encoding="utf-8")
    files = [export / name for name in made.rows]
    import_files(files, None, definitions.mappings, "Asia/Shanghai", tmp_path / "out")
    twice = [(file, column) for file, _, column, reason in rejected(tmp_path) if reason == "duplicate-id"]
    assert twice == [("releases.csv", "record_id")]
    assert not [row for row in rejected(tmp_path) if row[3] == "contradicted"], "they are two tickets"

"""Generated histories: the same bytes everywhere, an export that the mapping reads, and a truth that is complete."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmctl import cli
from itsmctl.audit import AuditOptions, audit
from itsmctl.definitions import load, load_mappings
from itsmctl.engine.results import read_verdicts
from itsmctl.errors import ItsmctlError
from itsmctl.generate import (
    EXPORT,
    FILES,
    FLAWED_FILES,
    FLAWED_MAPPINGS,
    TRUTH,
    ZONE,
    Truth,
    flawed,
    generate,
    generate_flawed,
)
from itsmctl.generate.dice import shares
from itsmctl.generate.hours import Hours
from itsmctl.generate.judge import CONSEQUENCES
from itsmctl.generate.misdeeds import MISDEEDS
from itsmctl.generate.violations import VIOLATIONS
from itsmctl.importers.importing import import_files
from itsmctl.model import Definitions
from itsmctl.reference import reference_root
from itsmctl.worktime import open_seconds

UCI_HEADER = [
    "number",
    "incident_state",
    "active",
    "reassignment_count",
    "reopen_count",
    "sys_mod_count",
    "made_sla",
    "caller_id",
    "opened_by",
    "opened_at",
    "sys_created_by",
    "sys_created_at",
    "sys_updated_by",
    "sys_updated_at",
    "contact_type",
    "location",
    "category",
    "subcategory",
    "u_symptom",
    "cmdb_ci",
    "impact",
    "urgency",
    "priority",
    "assignment_group",
    "assigned_to",
    "knowledge",
    "u_priority_confirmation",
    "notify",
    "problem_id",
    "rfc",
    "vendor",
    "caused_by",
    "closed_code",
    "resolved_by",
    "resolved_at",
    "closed_at",
]


@cache
def _reference() -> Definitions:
    return load(reference_root())


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return _reference()


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / EXPORT).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def _digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in _written(folder)}


def _written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name in FILES)


def _found(definitions: Definitions, folder: Path) -> set[tuple[str, str]]:
    """What an audit of a generated folder fails, as (rule, record)."""
    import_files(_exports(folder), None, definitions.mappings, ZONE, folder / "dataset")
    audit(definitions, folder / "dataset", AuditOptions(), verdicts=folder / "verdicts.parquet")
    return {(v.rule, v.record_id) for v in read_verdicts(folder / "verdicts.parquet", failed_only=True)}


def _exports(folder: Path) -> list[Path]:
    return [folder / name for name in _written(folder) if name != TRUTH]


def _planted(truth: Truth) -> set[tuple[str, str]]:
    return {(deed.rule, deed.record) for deed in truth.planted}


@pytest.mark.parametrize(("zone", "hash_seed"), [("America/New_York", "1"), ("Pacific/Kiritimati", "4242")])
def test_same_bytes_in_another_process_zone_and_hash_seed(
    definitions: Definitions, tmp_path: Path, zone: str, hash_seed: str
) -> None:
    generate(definitions, 260, 5, tmp_path / "here")
    code = (
        "import sys; from pathlib import Path; from itsmctl.definitions import load; from itsmctl.generate import generate; "
        "from itsmctl.reference import reference_root; generate(load(reference_root()), 260, 5, Path(sys.argv[1]))"
    )
    env = {**os.environ, "TZ": zone, "PYTHONHASHSEED": hash_seed, "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "there")], check=True, env=env, cwd=tmp_path)
    assert _digests(tmp_path / "there") == _digests(tmp_path / "here")


def test_another_seed_tells_another_story(definitions: Definitions, tmp_path: Path) -> None:
    generate(definitions, 60, 1, tmp_path / "one")
    generate(definitions, 60, 2, tmp_path / "two")
    assert _digests(tmp_path / "one")[EXPORT] != _digests(tmp_path / "two")[EXPORT]


@pytest.mark.parametrize(
    ("records", "seed", "start", "months"),
    [
        (1, 1, date(2026, 1, 1), 6),
        (45, 2, date(2026, 1, 1), 6),
        (199, 3, date(2026, 1, 1), 1),
        (200, 4, date(2025, 9, 1), 3),  # both changes of Berlin's clocks lie in one or the other
        (900, 5, date(2026, 2, 10), 2),
        (1500, 6, date(2026, 1, 1), 6),
        (3000, 7, date(2026, 1, 1), 6),
    ],
)
def test_truth_is_exactly_what_an_audit_finds(
    definitions: Definitions, tmp_path: Path, records: int, seed: int, start: date, months: int
) -> None:
    truth = generate(definitions, records, seed, tmp_path / "history", start=start, months=months)
    found, planted = _found(definitions, tmp_path / "history"), _planted(truth)
    assert sorted(planted - found) == [], "planted and not found"
    # Registers are not generated: their rows grow stale before or after the history.
    of_tickets = {(rule, record) for rule, record in found if definitions.rules[rule].check != "register"}
    assert sorted(of_tickets - planted) == [], "found and not planted"


def test_what_no_history_carries_is_planted_in_a_flawed_export(definitions: Definitions, tmp_path: Path) -> None:
    """The rules about tickets that a history leaves out, and no others; an audit finds what was planted, and nothing else."""
    truth = generate_flawed(definitions, 7, tmp_path / "flawed")
    folder = tmp_path / "flawed"
    assert sorted(file.name for file in folder.iterdir()) == sorted(FLAWED_FILES)
    assert {deed.rule for deed in truth.planted} == set(flawed.RULES)
    exports = [folder / name for name in truth.rows]
    mappings = load_mappings(folder / FLAWED_MAPPINGS, definitions)
    receipt = import_files(exports, mappings, {}, ZONE, tmp_path / "dataset")
    assert {file.name: file.rows_read for file in receipt.files} == truth.rows
    assert datetime.fromisoformat(receipt.last_moment).timestamp() == truth.as_of
    audit(definitions, tmp_path / "dataset", AuditOptions(rules=flawed.RULES), verdicts=tmp_path / "v.parquet")
    found = {(v.rule, v.record_id) for v in read_verdicts(tmp_path / "v.parquet", failed_only=True)}
    assert found == _planted(truth)


def test_every_other_rule_is_planted_in_a_history(definitions: Definitions, tmp_path: Path) -> None:
    truth = generate(definitions, 3000, 7, tmp_path / "history")
    about_tickets = {rule.id for rule in definitions.rules.values() if rule.check != "register"}
    assert {deed.rule for deed in truth.planted} == about_tickets - set(flawed.RULES)
    assert {v.rule for v in VIOLATIONS.values()} | set(CONSEQUENCES) | {m.rule for m in MISDEEDS} <= about_tickets
    missed = [deed.record for deed in truth.planted if deed.rule == "SLM-04"]
    assert any(record.endswith(" / 2026-03") for record in missed), "the bad month"
    assert all(deed.what for deed in truth.planted)
    touched = {deed.record for deed in truth.planted if deed.record.startswith("INC0")}
    assert 0.02 <= len(touched) / truth.records <= 0.08


def test_a_change_of_one_cell_is_no_longer_the_truth(definitions: Definitions, tmp_path: Path) -> None:
    """The comparison can fail: the tool's verdict on one clean record is turned round."""
    truth = generate(definitions, 300, 3, tmp_path / "history")
    rows = _rows(tmp_path / "history")
    marked = {record for _, record in _planted(truth)}
    victim = next(r["number"] for r in rows if r["number"] not in marked and r["incident_state"] == "Closed")
    for row in rows:
        if row["number"] == victim:
            row["made_sla"] = "false"
    with (tmp_path / "history" / EXPORT).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    new = _found(definitions, tmp_path / "history") - _planted(truth)
    assert new == {("DQ-12", victim), ("SLM-05", victim), ("SLM-13", victim)}


def test_export_reads_like_an_audit_log(definitions: Definitions, tmp_path: Path) -> None:
    truth = generate(definitions, 400, 9, tmp_path / "history")
    rows = _rows(tmp_path / "history")
    assert list(rows[0])[: len(UCI_HEADER)] == UCI_HEADER
    assert len(rows) == truth.rows[EXPORT]
    lives: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        assert None not in row and None not in row.values(), "a row of another width"
        lives.setdefault(row["number"], []).append(row)
    assert len(lives) == 400 and list(lives) == sorted(lives)
    for number, life in lives.items():
        assert [row["sys_mod_count"] for row in life] == [str(i) for i in range(len(life))]
        moments = [datetime.fromisoformat(row["sys_updated_at"]) for row in life]
        assert moments == sorted(moments), number
        assert len({row["opened_at"] for row in life}) == 1
    last = datetime(2026, 6, 30, 15, 59, 30, tzinfo=UTC).astimezone(UTC) + timedelta(hours=8)
    assert max(row["sys_updated_at"] for row in rows) == f"{last:%Y-%m-%d %H:%M:%S}"


def test_names_are_in_three_scripts(definitions: Definitions, tmp_path: Path) -> None:
    generate(definitions, 500, 4, tmp_path / "history")
    rows = _rows(tmp_path / "history")
    people = " ".join(sorted({row["caller_id"] for row in rows}))
    assert any("\u4e00" <= letter <= "\u9fff" for letter in people)
    assert "ü" in people or "ö" in people or "ä" in people
    assert {row["business_service"] for row in rows} >= {"订单管理", "Order management"}


def test_mapping_is_recognised_and_only_planted_values_are_set_aside(definitions: Definitions, tmp_path: Path) -> None:
    truth = generate(definitions, 1200, 8, tmp_path / "history")
    receipt = import_files(_exports(tmp_path / "history"), None, definitions.mappings, ZONE, tmp_path / "dataset")
    assert {file.name: file.mapping for file in receipt.files} == {
        EXPORT: "servicenow-audit-log",
        "articles.csv": "servicenow-article-log",
        "changes.csv": "servicenow-change-log",
        "complaints.csv": "servicenow-complaint-log",
        "improvements.csv": "servicenow-improvement-log",
        "items.csv": "servicenow-item-log",
        "problems.csv": "servicenow-problem-log",
        "projects.csv": "servicenow-project-log",
        "releases.csv": "servicenow-release-log",
        "requests.csv": "servicenow-request-log",
        "security.csv": "servicenow-security-log",
        "approvals.csv": "servicenow-approval",
    }
    assert receipt.records == 1200 + truth.others
    assert {file.name: file.rows_read for file in receipt.files} == truth.rows
    dirty = {record for rule, record in _planted(truth) if rule in ("DQ-09", "DQ-15")}
    numbers = [row["number"] for row in _rows(tmp_path / "history") if _is_dirty(row)]
    assert set(numbers) == dirty
    assert receipt.rejects == len(numbers)
    assert datetime.fromisoformat(receipt.last_moment).timestamp() == truth.as_of


def _is_dirty(row: dict[str, str]) -> bool:
    return row["incident_state"] == "-100" or row["priority"] == "5 - Planning"


def test_changes_are_made_by_those_who_may_and_never_two_on_one_item(definitions: Definitions, tmp_path: Path) -> None:
    truth = generate(definitions, 2000, 11, tmp_path / "history")
    bent = {deed.record for deed in truth.planted}
    with (tmp_path / "history" / "changes.csv").open(encoding="utf-8", newline="") as stream:
        last = {row["number"]: row for row in csv.DictReader(stream, strict=True)}
    assert len(last) == 2000 // 12 < truth.others
    holders = {a.person for a in definitions.assignments.values() if a.role == "change-implementer"}
    done = [
        row for row in last.values() if row["number"] not in bent and row["state"] == "Closed" and row["u_implementer"]
    ]
    assert len(done) > 40 and sum(row["u_implementer"] in holders for row in done) >= len(done) - 3
    incidents = {row["number"]: row for row in _rows(tmp_path / "history")}
    emergencies = [row for row in last.values() if row["type"] == "emergency" and row["u_incident"]]
    assert emergencies and all(incidents[row["u_incident"]]["rfc"] == row["number"] for row in emergencies)
    blamed = [row for row in incidents.values() if row["caused_by"]]
    assert blamed and all(last[row["caused_by"]]["work_end"] < row["opened_at"] for row in blamed)


def test_truth_file_says_the_same_and_is_sorted(definitions: Definitions, tmp_path: Path) -> None:
    truth = generate(definitions, 250, 6, tmp_path / "history")
    written = json.loads((tmp_path / "history" / TRUTH).read_text(encoding="utf-8"))
    assert (written["format"], written["seed"], written["records"]) == ("itsmctl/truth/v1", 6, 250)
    pairs = [(deed["rule"], deed["record"]) for deed in written["planted"]]
    assert pairs == sorted(_planted(truth))
    assert set(written["planted"][0]) == {"rule", "record", "what"}


def test_rules_that_the_definitions_lack_are_left_out(definitions: Definitions, tmp_path: Path) -> None:
    few = replace(definitions, rules={"INC-06": definitions.rules["INC-06"]})
    truth = generate(few, 300, 7, tmp_path / "history")
    assert {deed.rule for deed in truth.planted} == {"INC-06"}


@pytest.mark.parametrize(
    ("missing", "code"),
    [("services", "no-live-service"), ("agreements", "nothing-promised"), ("processes", "no-incident-process")],
)
def test_definitions_without_a_promise_are_refused(
    definitions: Definitions, tmp_path: Path, missing: str, code: str
) -> None:
    with pytest.raises(ItsmctlError) as caught:
        generate(replace(definitions, **{missing: {}}), 10, 1, tmp_path / "history")
    assert [problem.code for problem in caught.value.problems] == [code]
    assert not (tmp_path / "history").exists()


def test_a_folder_with_something_else_is_left_alone(definitions: Definitions, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ItsmctlError, match=r"letter\.txt"):
        generate(definitions, 10, 1, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_second_run_replaces_the_first(definitions: Definitions, tmp_path: Path) -> None:
    generate(definitions, 30, 1, tmp_path / "history")
    generate(definitions, 20, 1, tmp_path / "history")
    assert len({row["number"] for row in _rows(tmp_path / "history")}) == 20


def test_command_writes_both_files_and_says_what_is_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = ["--root", str(reference_root())]
    assert (
        cli.run(["generate", "--records", "40", "--seed", "3", "-o", str(tmp_path / "h"), "--months", "2", *root]) == 0
    )
    out = capsys.readouterr().out
    assert "40 incidents" in out and f"--zone {ZONE}" in out
    assert sorted(path.name for path in (tmp_path / "h").iterdir()) == [
        "approvals.csv",
        "changes.csv",
        EXPORT,
        "items.csv",
        "problems.csv",
        "requests.csv",
        TRUTH,
    ]
    assert all(f"{tmp_path / 'h' / name}\n" in out for name in _written(tmp_path / "h"))


def test_command_writes_a_flawed_export_and_says_how_it_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["generate", "--flawed", "-o", str(tmp_path / "h"), "--root", str(reference_root())]) == 0
    assert f"--mapping {tmp_path / 'h' / FLAWED_MAPPINGS} --zone {ZONE}" in " ".join(capsys.readouterr().out.split())
    assert cli.run(["generate", "-o", str(tmp_path / "i")]) == 2
    assert "--records" in capsys.readouterr().err
    assert cli.run(["generate", "--flawed", "--records", "3", "-o", str(tmp_path / "i")]) == 2


def test_command_refuses_no_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["generate", "--records", "0", "-o", str(tmp_path / "h")]) == 2
    assert "0" in capsys.readouterr().err
    assert not (tmp_path / "h").exists()


@given(st.integers(0, 10_000), st.lists(st.integers(0, 50), min_size=1, max_size=30).filter(any))
def test_shares_add_up(total: int, weights: list[int]) -> None:
    parts = shares(total, weights)
    assert sum(parts) == total and len(parts) == len(weights)
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


_START = int(datetime(2026, 3, 20, tzinfo=UTC).timestamp())


@cache
def _hours(calendar: str) -> Hours:
    return Hours(_reference().calendars[calendar], _START - 86_400, _START + 120 * 86_400)


@settings(deadline=None)
@given(
    st.sampled_from(["cn-office", "eu-office", "around-the-clock"]),
    st.integers(0, 20 * 86_400),
    st.integers(1, 40 * 3600),
)
def test_counting_forwards_agrees_with_counting(calendar: str, offset: int, seconds: int) -> None:
    plan = _reference().calendars[calendar]
    hours = _hours(calendar)
    moment = _START + offset
    after = hours.after(moment, seconds)
    assert open_seconds(plan, moment, after) == seconds == hours.counted(moment, after)
    assert open_seconds(plan, moment, after - 1) == seconds - 1

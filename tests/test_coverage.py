"""Coverage: what stands for a clause, how strong it is, what to do next, and how it is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from report_cases import rule

from itsmctl.cli import run
from itsmctl.coverage import ClauseCoverage, FrameworkCoverage, Judged, cover, main_framework, strength_of, worst
from itsmctl.coverage.finding import find_clause, find_framework
from itsmctl.coverage.standing import Standing
from itsmctl.coverage.steps import EFFORT, steps
from itsmctl.definitions import load
from itsmctl.errors import ItsmctlError, Where
from itsmctl.model import Definition, Definitions, Effective, Language, Outcome, Register, Text, WayOfChecking
from itsmctl.reports.coverage import overview, render
from itsmctl.reports.coverage_data import as_json, coverage_schema, markdown
from itsmctl.reports.coverage_page import page
from itsmctl.reports.plain import cells

SYSTEM = """\
kind: framework
id: std
title: {en: Standard, zh: 标准}
version: "1"
clauses:
  - {number: "1", title: {en: Operation, zh: 运行}}
  - number: "1.1"
    title: {en: Incidents, zh: 事件}
    objectives: [{id: C1.1-1, text: {en: They are recorded., zh: 有记录。}}]
    evidence: [{en: Tickets, zh: 工单}]
    checked:
      - {by: tickets, how: {en: Order of states, zh: 状态顺序}}
      - {by: definitions, named: [process], how: {en: A process, zh: 流程}}
  - number: "1.2"
    title: {en: Catalogue, zh: 目录}
    checked:
      - {by: definitions, kinds: [role], how: {en: Roles, zh: 角色}}
  - number: "1.3"
    title: {en: Interviews, zh: 面谈}
    checked:
      - {by: attestation, how: {en: Ask, zh: 询问}}
  - number: "1.4"
    title: {en: Suppliers, zh: 供应商}
    checked:
      - {by: registers, kinds: [sla], how: {en: Look, zh: 查看}}
---
kind: framework
id: other
title: {en: Other, zh: 其他}
version: "1"
attribution: {en: Thanks., zh: 致谢。}
clauses:
  - {number: ops, title: {en: Operations, zh: 运营}}
  - {number: ops.incident, title: {en: Incident, zh: 事件}}
  - {number: ops.events, title: {en: Events, zh: 事态}}
---
kind: crosswalk
id: both
title: {en: Both, zh: 对照}
frameworks: [std, other]
subjects:
  - {id: incident, title: {en: Incidents, zh: 事件}, clauses: ["std:1.1", "other:ops.incident"]}
alone:
  - {clauses: ["std:1.2", "std:1.3", "std:1.4", "other:ops.events"], why: Nothing like it elsewhere.}
"""

ROLE = """\
---
kind: role
id: owner
title: {en: Owner, zh: 负责人}
responsibilities: [answers for the process]
"""


def system(folder: Path, *clauses: str) -> Definitions:
    """The small system above, with a rule, and a process that names the clauses: coverage asks no more of a process than that."""
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies" / "system.yaml").write_text(SYSTEM + ROLE, encoding="utf-8")
    process = Definition("process", "incident", Text("Incident", "事件"), Effective(), Where(), (), clauses=clauses)
    tested = rule("INC-01", "Closed with a code", "有关闭代码", clauses=("std:1.1",))
    return replace(load(folder), processes={"incident": process}, rules={"INC-01": tested})  # type: ignore[arg-type]


def clause(found: tuple[FrameworkCoverage, ...], reference: str) -> ClauseCoverage:
    return next(c for entry in found for c in entry.clauses if c.reference == reference)


NAMED = ("std:1.1",)


# What stands for a clause


def test_what_names_a_clause_and_what_is_of_its_kinds_stands_for_it(tmp_path: Path) -> None:
    found = cover(system(tmp_path, *NAMED))
    assert [d.id for d in clause(found, "std:1.1").standing.definitions] == ["incident"]
    assert [rule.id for rule in clause(found, "std:1.1").standing.rules] == ["INC-01"]
    assert [(d.kind, d.id) for d in clause(found, "std:1.2").standing.definitions] == [("role", "owner")]
    assert clause(found, "std:1.3").standing.definitions == ()


def test_a_heading_stands_for_everything_below_it(tmp_path: Path) -> None:
    found = cover(system(tmp_path, "std:1"))
    named = [c.reference for e in found for c in e.clauses if any(d.id == "incident" for d in c.standing.definitions)]
    assert named == ["other:ops.incident", "std:1.1", "std:1.2", "std:1.3", "std:1.4"]


def test_a_framework_without_checks_borrows_from_its_counterparts_and_says_so(tmp_path: Path) -> None:
    found = cover(system(tmp_path, *NAMED))
    borrowed = clause(found, "other:ops.incident")
    assert borrowed.standing.through == ("std:1.1",)
    assert [d.id for d in borrowed.standing.definitions] == ["incident"]
    assert [rule.id for rule in borrowed.standing.rules] == ["INC-01"]
    assert clause(found, "std:1.1").standing.through == ()
    assert clause(found, "other:ops.events").standing.definitions == ()


def test_a_framework_that_rules_name_borrows_no_rules(tmp_path: Path) -> None:
    definitions = system(tmp_path, *NAMED)
    other = rule("INC-02", "Events", "事态", clauses=("other:ops.events",))
    more = replace(definitions, rules={**definitions.rules, "INC-02": other})
    assert clause(cover(more), "other:ops.incident").standing.rules == ()
    assert [r.id for r in clause(cover(more), "other:ops.events").standing.rules] == ["INC-02"]


def test_enquiries_are_no_rules(tmp_path: Path) -> None:
    definitions = system(tmp_path, *NAMED)
    enquiry = replace(definitions.rules["INC-01"], enquiry=True)
    found = clause(cover(replace(definitions, rules={"INC-01": enquiry})), "std:1.1")
    assert (found.standing.rules, [r.id for r in found.standing.enquiries]) == ((), ["INC-01"])


# Strength and outcome


@pytest.mark.parametrize(
    ("clauses", "outcome", "controlled", "strength"),
    [
        ((), None, True, "none"),
        (NAMED, None, True, "partial"),
        (NAMED, "pass", True, "strong"),
        (NAMED, "pass", False, "partial"),
        (NAMED, "fail", True, "partial"),
        (NAMED, "not_testable", True, "partial"),
        (NAMED, "no_data", True, "partial"),
        ((), "pass", True, "partial"),
        ((), "fail", True, "partial"),
        ((), "not_testable", True, "none"),
        ((), "no_data", True, "none"),
    ],
)
def test_strong_is_where_controlled_definitions_and_records_agree(
    clauses: tuple[str, ...], outcome: str | None, controlled: bool, strength: str, tmp_path: Path
) -> None:
    judged = Judged({"INC-01": outcome}) if outcome else None
    found = clause(cover(system(tmp_path, *clauses), judged, controlled=controlled), "std:1.1")
    assert (found.strength, found.outcome) == (strength, outcome)


@pytest.mark.parametrize(
    ("outcome", "strength"),
    [(None, "strong"), ("pass", "strong"), ("fail", "partial"), ("not_testable", "partial"), ("no_data", "partial")],
)
def test_registers_make_a_clause_strong_only_while_no_rule_tells_otherwise(
    outcome: Outcome | None, strength: str, reference: Definitions
) -> None:
    ways = (WayOfChecking("registers", Text(), (), ()),)
    one = next(iter(reference.processes.values()))
    assert strength_of(ways, Standing((one,), (), (), (one,)), outcome, True) == strength


def test_the_worst_outcome_counts() -> None:
    assert worst(["pass", "no_data"]) == "no_data"
    assert worst(["pass", "not_testable", "fail"]) == "fail"
    assert worst(["pass", "not_testable", "no_data"]) == "not_testable"
    assert worst([]) is None


def test_a_rule_that_was_not_judged_keeps_its_clause_from_being_strong(tmp_path: Path) -> None:
    definitions = system(tmp_path, *NAMED)
    more = replace(definitions, rules={**definitions.rules, "INC-02": rule("INC-02", "b", "b", clauses=("std:1.1",))})
    for outcomes, strength, outcome in (
        ({"INC-01": "pass", "INC-02": "pass"}, "strong", "pass"),
        ({"INC-01": "pass"}, "partial", "not_testable"),
        ({"INC-01": "fail"}, "partial", "fail"),
        ({"CHG-01": "pass"}, "partial", None),
    ):
        judged = Judged(outcomes)
        (std,) = cover(more, judged, frameworks=["std"], controlled=True)
        found = clause((std,), "std:1.1")
        assert (found.strength, found.outcome) == (strength, outcome), outcomes
        todo = {step.code: step.clauses for step in steps(std, more, judged)}
        assert todo.get("audit") == (None if len(outcomes) == 2 else ("std:1.1",))


@pytest.mark.parametrize("arguments", [[], ["8.6.1"], ["--format", "json"], ["--framework", "std"]])
def test_without_any_framework_it_says_so(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "roles").mkdir()
    (tmp_path / "roles" / "roles.yaml").write_text(ROLE, encoding="utf-8")
    assert run(["coverage", "--root", str(tmp_path), *arguments]) == 2
    assert "no framework is defined [no-framework]" in capsys.readouterr().err


def test_what_tickets_cannot_test_is_said(tmp_path: Path) -> None:
    found = cover(system(tmp_path))
    assert [c.reference for e in found for c in e.clauses if not c.testable] == [
        "other:ops.events", "std:1.2", "std:1.3", "std:1.4"
    ]  # fmt: skip


# Steps


def test_the_smallest_step_comes_first(tmp_path: Path) -> None:
    definitions = system(tmp_path)
    (std,) = cover(definitions, frameworks=["std"])
    found = steps(std, definitions)
    assert [(step.code, step.clauses, step.what) for step in found] == [
        ("audit", ("std:1.1",), ()),
        ("name", ("std:1.1",), ("process",)),
        ("define", ("std:1.4",), ("sla",)),
        ("record", ("std:1.4",), ()),
        ("ask", ("std:1.3",), ()),
    ]
    assert [EFFORT.index(step.code) for step in found] == sorted(EFFORT.index(step.code) for step in found)


def test_after_an_audit_the_steps_are_about_what_it_found(tmp_path: Path) -> None:
    definitions = system(tmp_path, *NAMED)
    for outcome, code in (("fail", "mend"), ("not_testable", "export")):
        judged = Judged({"INC-01": outcome})
        (std,) = cover(definitions, judged, frameworks=["std"])
        assert [(s.code, s.what) for s in steps(std, definitions, judged)][0] == (code, ("INC-01",))
    judged = Judged({"INC-01": "pass"})
    (std,) = cover(definitions, judged, frameworks=["std"])
    assert not any("std:1.1" in step.clauses for step in steps(std, definitions, judged))


def test_a_definition_that_names_others_is_not_asked_to_name_one_more(tmp_path: Path) -> None:
    definitions = system(tmp_path, "std:1.2")
    (std,) = cover(definitions, frameworks=["std"])
    assert ("write", ("std:1.1",)) in [(step.code, step.clauses) for step in steps(std, definitions)]


# Finding


def test_a_clause_is_found_with_and_without_its_framework(tmp_path: Path) -> None:
    definitions = system(tmp_path)
    assert find_clause(definitions, "1.1") == find_clause(definitions, "std:1.1") == "std:1.1"
    assert find_clause(definitions, "ops.incident", "other") == "other:ops.incident"
    for word, framework in (("1.11", ""), ("std:ops.incident", ""), ("1.1", "other"), ("sdt:1.1", "")):
        with pytest.raises(ItsmctlError):
            find_clause(definitions, word, framework)
    with pytest.raises(ItsmctlError) as error:
        find_framework(definitions, "sdt")
    assert error.value.problems[0].suggestion == "std"


# What is printed


@pytest.fixture(scope="module")
def reference() -> Definitions:
    return load(Path(__file__).resolve().parents[1])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [60, 80, 109, 110, 160])
def test_no_line_is_longer_than_the_terminal(reference: Definitions, width: int, language: Language) -> None:
    for entry in cover(reference, Judged({"INC-06": "fail", "INC-01": "pass", "CFG-03": "not_testable"})):
        text = render(entry, steps(entry, reference), reference, language, width)
        assert max(cells(line) for line in text.splitlines()) <= width
        marks = [line for line in text.splitlines() if line.startswith(("● ", "◐ ", "◌ ", "○ "))]
        assert len([line for line in marks if " · " not in line or width >= 110]) >= len(entry.clauses)
        numbers = [c.clause.number for c in entry.clauses if not c.clause.number[0].islower() or width >= 110]
        assert all(number.rpartition("." if number[0].islower() else " ")[2] in text for number in numbers)
    assert max(cells(line) for line in overview(cover(reference), language, width).splitlines()) <= width


def test_every_clause_of_the_reference_set_can_be_shown_in_full(reference: Definitions) -> None:
    for entry in cover(reference):
        for c in entry.clauses:
            for language in ("en", "zh"):
                text = page(entry, c.reference, reference, language, 80)
                assert text.startswith(f"{c.clause.number} {c.clause.title.in_(language)}")
                assert all(objective.id in text for objective in c.clause.objectives)


def test_a_register_without_rows_is_no_evidence() -> None:
    definitions, empty = load(), "service-reviews"
    register = replace(definitions.registers[empty], sources=(), files=(), entries=())
    definitions = replace(definitions, registers={**definitions.registers, empty: register})
    everything = [one for framework in cover(definitions) for one in framework.clauses]
    shown = [d for entry in everything for d in entry.standing.registers if isinstance(d, Register)]
    assert shown and empty not in {d.id for d in shown}
    assert all(register.has_rows for register in shown)
    assert empty in {d.id for entry in everything for d in entry.standing.definitions if d.kind == "register"}


def test_json_keeps_its_schema_and_leaves_out_no_clause(reference: Definitions) -> None:
    found = cover(reference)
    todo = {entry.framework.id: steps(entry, reference) for entry in found}
    document = json.loads(as_json(found, todo, reference))
    Draft7Validator(coverage_schema()).validate(document)
    iso = [row for row in document["clauses"] if row["framework"] == "iso-20000-1"]
    assert len(iso) == 57
    assert set(iso[0]) >= {
        "framework", "clause", "title", "definitions", "rules", "registers", "strength", "outcome"
    }  # fmt: skip
    assert sum(not row["testable"] for row in iso) == 18
    for row in document["clauses"]:
        assert row["outcome"] is None
        assert row["rules"] == sorted(row["rules"])
    incident = next(row for row in iso if row["clause"] == "8.6.1")
    assert "INC-01" in incident["rules"] and "INC-14" in incident["enquiries"]


def test_markdown_is_a_table_with_every_clause(reference: Definitions) -> None:
    found = cover(reference, frameworks=["fitsm-1"])
    text = markdown(found, {"fitsm-1": steps(found[0], reference)}, reference, "zh")
    rows = [line for line in text.splitlines() if line.startswith(("| GR", "| PR"))]
    assert len(rows) == 82 and all(row.count("|") == 8 for row in rows)
    assert "ITEMO e.V." in text


def test_the_framework_that_the_system_is_built_on_is_shown(reference: Definitions) -> None:
    assert main_framework(cover(reference)).framework.id == "iso-20000-1"


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    system(tmp_path, *NAMED)
    root = ["--root", str(tmp_path)]
    assert run(["coverage", *root]) == 0
    out = capsys.readouterr().out
    assert "○ 1.3" in out and "∅" in out and "\x1b" not in out
    assert run(["coverage", *root, "--framework", "other", "--lang", "zh"]) == 0
    assert "致谢。" in capsys.readouterr().out
    assert run(["coverage", "1.1", *root]) == 0
    assert "C1.1-1  They are recorded." in capsys.readouterr().out
    assert run(["coverage", "1.1", *root, "--format", "json"]) == 0
    assert [row["clause"] for row in json.loads(capsys.readouterr().out)["clauses"]] == ["1.1"]
    assert run(["coverage", *root, "--framework", "sdt"]) == 2
    assert "did you mean std" in capsys.readouterr().err
    assert run(["coverage", *root, "--result", str(tmp_path)]) == 2
    assert "no result.json" in capsys.readouterr().err


def test_the_command_reads_the_last_result(
    tmp_path: Path, reference: Definitions, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = dict.fromkeys(("in_scope", "passed", "failed", "not_testable", "waived", "not_applicable"), 1)
    failing = {"id": "INC-06", "version": 1, "severity": "minor", "clauses": ["iso-20000-1:8.3.3"], "outcome": "fail"}
    result = {
        "format": "itsmctl/result/v1", "as_of": "2026-06-30T16:00:00Z", "period": {"from": None, "to": None},
        "definitions": {"commit": None, "digest": reference.digest, "dirty": False},
        "dataset": {"digest": "d", "records": 1}, "rules": [{**failing, **counts}], "enquiries": [],
    }  # fmt: skip
    path = tmp_path / "result.json"
    path.write_text(json.dumps(result), encoding="utf-8")
    arguments = ["coverage", "--root", str(reference.root), "--result", str(tmp_path), "--format", "json"]
    assert run(arguments) == 0
    printed = capsys.readouterr()
    rows = {f"{row['framework']}:{row['clause']}": row for row in json.loads(printed.out)["clauses"]}
    assert (rows["iso-20000-1:8.3.3"]["outcome"], rows["iso-20000-1:8.3.3"]["strength"]) == ("fail", "partial")
    assert rows["iso-20000-1:8.6.1"]["outcome"] is None
    assert printed.err == ""
    result["definitions"] = {"commit": None, "digest": "another", "dirty": False}
    path.write_text(json.dumps(result), encoding="utf-8")
    assert run(arguments) == 0
    assert "other definitions" in capsys.readouterr().err

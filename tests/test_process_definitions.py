"""Processes: their sections, what passes between them, and whose states a rule or an agreement may name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from itsmctl.definitions import load, validate
from itsmctl.errors import Problem

SYSTEM = Path(__file__).parent / "cases" / "system"
PROCESS = "policies/policies.yaml"
CHANGE = """kind: process
id: change
title: Changes
version: "1.0"
owner: owner
manager: owner
purpose: Change without damage.
scope: All of it.
inputs: [{id: request-for-change, title: Request for change, from: [outside]}]
outputs: [{id: change-result, title: Result, to: [outside]}]
lanes: [{id: desk, title: Desk, roles: [owner]}]
activities:
  - {id: CH1, title: Work, lane: desk, description: Work., inputs: [request-for-change, {en: Plan}], outputs: [change-result]}
principles:
  general: [{text: Recorded.}]
  responsibility: [{text: Owned.}]
  assignment: [{text: Assigned.}]
  closure: [{text: Closed.}]
  notification: [{text: Told.}]
  escalation: [{text: Raised.}]
states:
  - {id: new, title: New, phase: new, initial: true}
  - {id: approved, title: Approved, phase: active}
  - {id: closed, title: Closed, phase: closed}
transitions: {new: [approved], approved: [closed], closed: []}
form:
  - {column: number, title: Number, required-in: new}
  - {attribute: back-out-plan, title: Back-out plan, required-in: approved}
"""


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A small management system with the processes incident and change, to be broken."""
    shutil.copytree(SYSTEM, tmp_path / "sms")
    (tmp_path / "sms" / "policies" / "change.yaml").write_text(CHANGE, encoding="utf-8")
    return tmp_path / "sms"


def broken(system: Path, old: str, new: str, name: str = "policies/change.yaml") -> list[Problem]:
    text = (system / name).read_text(encoding="utf-8")
    assert old in text
    (system / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return validate(system)


def told(problems: list[Problem]) -> list[tuple[str, str, str]]:
    return [(p.code, str(p.values.get("word", p.values.get("key", ""))), p.suggestion) for p in problems]


def test_an_activity_names_artefacts_of_its_process_by_id(system: Path) -> None:
    change = load(system).processes["change"]
    assert [(p.artefact, p.title.en) for p in change.activities[0].inputs] == [
        ("request-for-change", "Request for change"),
        ("", "Plan"),
    ]
    assert change.outputs[0].processes == ("outside",)
    problems = broken(system, "[request-for-change, {en: Plan}]", "[request-for-chang, {en: Plan}]")
    assert told(problems) == [("unknown-artefact", "request-for-chang", "request-for-change")]


def test_a_process_without_tickets_has_neither_states_nor_transitions(system: Path) -> None:
    text = (system / "policies" / "change.yaml").read_text(encoding="utf-8")
    start = text.index("states:")
    (system / "policies" / "change.yaml").write_text(text[:start], encoding="utf-8")
    assert validate(system) == []


@pytest.mark.parametrize(("gone", "key"), [("transitions:", "transitions"), ("states:", "states")])
def test_states_and_transitions_come_together(system: Path, gone: str, key: str) -> None:
    lines = (system / "policies" / "change.yaml").read_text(encoding="utf-8").split("\n")
    first = next(i for i, line in enumerate(lines) if line.startswith(gone))
    last = next((i for i in range(first + 1, len(lines)) if not lines[i].startswith(" ")), len(lines))
    (system / "policies" / "change.yaml").write_text("\n".join(lines[:first] + lines[last:]), encoding="utf-8")
    assert ("missing-key", key, "") in told(validate(system))


@pytest.mark.parametrize(
    "subject", ["general", "responsibility", "assignment", "closure", "notification", "escalation"]
)
def test_all_six_principles_are_wanted(system: Path, subject: str) -> None:
    (line,) = [line for line in CHANGE.split("\n") if line.startswith(f"  {subject}:")]
    assert told(broken(system, line + "\n", "")) == [("missing-key", subject, "")]


def test_a_form_field_is_a_column_or_an_attribute(system: Path) -> None:
    change = load(system).processes["change"]
    assert [(field.column, field.attribute) for field in change.form] == [("number", ""), ("", "back-out-plan")]
    assert told(broken(system, "{attribute: back-out-plan, ", "{")) == [("missing-key", "column", "")]


RULE = """kind: rule
id: ZZ-01
version: 1
title: Begins new
process: {process}
clauses: ["iso-20000-1:8.6.1"]
severity: minor
check: {{init: {{states: [{state}]}}}}
rationale: Because.
remedy: Look.
"""


def test_a_rule_names_states_of_its_own_process(system: Path) -> None:
    path = system / "policies" / "zz.yaml"
    path.write_text(RULE.format(process="change", state="approved"), encoding="utf-8")
    assert validate(system) == []
    path.write_text(RULE.format(process="incident", state="approved"), encoding="utf-8")
    (problem,) = validate(system)
    assert (problem.code, problem.values["word"]) == ("unknown-state", "approved")
    assert problem.values["allowed"] == "awaiting-user, cancelled, closed, in-progress, new, resolved"


def test_a_clock_names_states_of_one_process(system: Path) -> None:
    (name,) = [
        p.relative_to(system).as_posix()
        for p in (system / "catalog").glob("*.yaml")
        if "clocks:" in p.read_text("utf-8")
    ]
    problems = broken(system, "pause: [awaiting-user]", "pause: [approved]", name)
    assert told(problems) == [("unknown-state", "approved", "resolved")]

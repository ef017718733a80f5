"""Processes: their sections, what passes between them, and whose states a rule or an agreement may name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from itsmctl import model
from itsmctl.definitions import load, validate
from itsmctl.engine.paths import forbidden_steps
from itsmctl.errors import Problem
from itsmctl.reference import reference_root

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


def errors(system: Path) -> list[Problem]:
    """What is wrong, without the warnings about what is only missing from so small a system."""
    return [problem for problem in validate(system) if problem.severity == "error"]


def broken(system: Path, old: str, new: str, name: str = "policies/change.yaml") -> list[Problem]:
    text = (system / name).read_text(encoding="utf-8")
    assert old in text
    (system / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return errors(system)


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
    assert errors(system) == []


@pytest.mark.parametrize(("gone", "key"), [("transitions:", "transitions"), ("states:", "states")])
def test_states_and_transitions_come_together(system: Path, gone: str, key: str) -> None:
    lines = (system / "policies" / "change.yaml").read_text(encoding="utf-8").split("\n")
    first = next(i for i, line in enumerate(lines) if line.startswith(gone))
    last = next((i for i in range(first + 1, len(lines)) if not lines[i].startswith(" ")), len(lines))
    (system / "policies" / "change.yaml").write_text("\n".join(lines[:first] + lines[last:]), encoding="utf-8")
    assert ("missing-key", key, "") in told(errors(system))


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
check: {{init: {{activity: {state}}}}}
rationale: Because.
remedy: Look.
"""


def test_a_rule_names_states_of_its_own_process(system: Path) -> None:
    path = system / "policies" / "zz.yaml"
    path.write_text(RULE.format(process="change", state="approved"), encoding="utf-8")
    assert errors(system) == []
    path.write_text(RULE.format(process="incident", state="approved"), encoding="utf-8")
    (problem,) = errors(system)
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


# The reference processes

PROCESSES = sorted(path.stem for path in (reference_root() / "policies" / "processes").glob("*.yaml"))


@pytest.fixture(scope="module")
def reference() -> model.Definitions:
    return load(reference_root())


@pytest.fixture(params=PROCESSES)
def process(request: pytest.FixtureRequest, reference: model.Definitions) -> model.Process:
    """Each process of the reference definitions, which stands in the file of its name."""
    return reference.processes[str(request.param)]


def test_there_is_a_process_for_every_part_of_operation(reference: model.Definitions) -> None:
    assert sorted(reference.processes) == PROCESSES
    operation = "8.2.4 8.2.5 8.2.6 8.3.2 8.3.3 8.3.4.1 8.4.1 8.4.2 8.4.3 8.5.1.3 8.5.2.1 8.5.3 8.6.1 8.6.2 8.6.3 8.7.1 8.7.2 8.7.3.3"
    wanted = [*operation.split(), "9.2", "9.3", "9.4", "10.2"]
    named = {clause for process in reference.processes.values() for clause in process.clauses}
    assert {f"iso-20000-1:{number}" for number in wanted} <= named


def test_states_and_transitions_are_those_of_each_other(process: model.Process) -> None:
    assert set(process.transitions) == {state.id for state in process.states}
    ends = [state for state in process.states if state.phase in ("closed", "cancelled")]
    assert [state.id for state in process.states if not process.transitions[state.id]] == [state.id for state in ends]
    assert not process.states or {state.phase for state in ends} >= {"closed"}
    shown = {state for activity in process.activities for state in activity.states}
    assert {state.id for state in process.states} - shown <= {"cancelled"}, "a state in which nobody acts"


def test_a_path_that_transitions_allow_is_one_that_the_flow_draws(reference: model.Definitions) -> None:
    """Otherwise two rules of the library (as INC-24 and INC-26) would ask for different processes."""
    asked = {str(rule.parameters["process"]) for rule in reference.rules.values() if rule.check == "conforms"}
    assert asked >= {"incident", "request", "problem", "change", "release"}
    for process in (process for process in reference.processes.values() if process.states):
        steps = forbidden_steps(process)
        assert [(s.old, s.new, s.activities) for s in steps if s.new in process.transitions.get(s.old, ())] == []


def test_the_form_takes_its_codes_from_lists_for_its_own_fields(
    process: model.Process, reference: model.Definitions
) -> None:
    lists = reference.code_lists
    fields = {(field.column, field.attribute): field.codes for field in process.form}
    assert len(fields) == len(process.form)
    for place, codes in fields.items():
        assert not codes or (lists[codes].column, lists[codes].attribute) == place
    assert set(process.codes.values()) <= set(fields.values())
    assert bool(process.form) == bool(process.states)


def test_every_artefact_of_a_process_is_used_or_made_by_an_activity(process: model.Process) -> None:
    taken = {product.artefact for activity in process.activities for product in activity.inputs}
    made = {product.artefact for activity in process.activities for product in activity.outputs}
    assert {artefact.id for artefact in process.inputs} <= taken
    assert {artefact.id for artefact in process.outputs} <= made


def test_what_one_process_gives_another_takes(process: model.Process, reference: model.Definitions) -> None:
    others = reference.processes
    for artefact in process.outputs:
        for other in {*artefact.processes} & set(others):
            taken = {a.id: a for a in others[other].inputs}
            assert process.id in taken[artefact.id].processes, f"{other} does not take {artefact.id}"
            assert taken[artefact.id].title == artefact.title
    for artefact in process.inputs:
        for other in {*artefact.processes} & set(others):
            given = {a.id: a for a in others[other].outputs}
            assert process.id in given[artefact.id].processes, f"{other} does not give {artefact.id}"


def test_who_is_responsible_stands_in_a_lane_of_the_process(
    process: model.Process, reference: model.Definitions
) -> None:
    (raci,) = [raci for raci in reference.racis.values() if raci.process == process.id]
    assert raci.id == f"raci-{process.id}"
    assert set(raci.activities) == {activity.id for activity in process.activities}
    standing = {role for lane in process.lanes for role in lane.roles}
    assert {role for cells in raci.activities.values() for role in cells["R"]} <= standing


def test_hand_overs_agree_with_the_artefacts(process: model.Process) -> None:
    givers = {other for artefact in process.inputs for other in artefact.processes}
    takers = {other for artefact in process.outputs for other in artefact.processes}
    for interface in process.interfaces:
        ends = {"gives": takers, "takes": givers, "consults": givers}[interface.direction]
        assert interface.process in ends, (
            f"{process.id} {interface.direction} {interface.process}, but no artefact does"
        )

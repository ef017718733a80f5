"""The indicators and procedures of the reference set: every one has its place, and no place is empty."""

from __future__ import annotations

from functools import cache

import pytest

from itsmctl import definitions, model
from itsmctl.reference import reference_root

GOALS = {
    "customer": {"end-user-satisfaction", "sla-attainment", "renewal-rate"},
    "finance": {"budget-execution", "project-margin"},
    "learning": {"new-service-share", "knowledge-contribution", "employee-satisfaction"},
    "operation": {"output-per-engineer", "process-maturity"},
}
"""The ten indicators of the balanced scorecard, by its four sides."""


@cache
def reference() -> model.Definitions:
    return definitions.load(reference_root())


def test_the_goals_are_those_of_the_scorecard() -> None:
    goals = [kpi for kpi in reference().kpis.values() if kpi.type == "goal"]
    assert {side: {kpi.id for kpi in goals if kpi.quadrant == side} for side in GOALS} == GOALS


def test_every_goal_is_served_and_every_process_indicator_serves_one() -> None:
    kpis = reference().kpis.values()
    served = {goal for kpi in kpis for goal in kpi.supports}
    assert served == {goal for side in GOALS.values() for goal in side}
    assert [kpi.id for kpi in kpis if bool(kpi.supports) != (kpi.type == "process")] == []


def test_every_indicator_stands_in_its_process_and_nowhere_else() -> None:
    named = {(process.id, kpi) for process in reference().processes.values() for kpi in process.kpis}
    assert named == {(kpi.process, kpi.id) for kpi in reference().kpis.values()}


def test_every_process_has_two_indicators_or_more_and_few_enough_to_be_read() -> None:
    counts = {process.id: len(process.kpis) for process in reference().processes.values()}
    assert {id_: n for id_, n in counts.items() if not 2 <= n <= 8} == {}


def test_every_procedure_is_named_by_the_activities_that_it_details() -> None:
    named = {
        (process.id, activity.id, procedure)
        for process in reference().processes.values()
        for activity in process.activities
        for procedure in activity.procedures
    }
    told = {(p.process, activity, p.id) for p in reference().procedures.values() for activity in p.activities}
    assert named == told


def test_every_process_has_a_procedure_and_work_instructions_have_steps_that_say_who() -> None:
    procedures = reference().procedures.values()
    assert {p.process for p in procedures if p.level == "procedure"} == set(reference().processes)
    assert [p.id for p in procedures if not p.steps[0].role] == []


@pytest.mark.parametrize("id_", sorted(reference().procedures))
def test_the_limits_of_a_procedure_never_run_backwards(id_: str) -> None:
    limits = [minutes(step.within) for step in reference().procedures[id_].steps if step.within]
    assert limits == sorted(limits)


def minutes(duration: str) -> int:
    """Minutes of a duration, with eight hours in a business day."""
    if duration.endswith("bd"):
        return int(duration[:-2]) * 480
    hours, _, rest = duration.rpartition("h")
    return int(hours or 0) * 60 + int(rest.rstrip("m") or 0)


def test_owner_and_manager_of_a_process_are_two_roles_and_one_matrix_covers_it() -> None:
    d = reference()
    assert [p.id for p in d.processes.values() if p.owner == p.manager] == []
    assert {raci.process: raci.id for raci in d.racis.values()} == {id_: f"raci-{id_}" for id_ in d.processes}

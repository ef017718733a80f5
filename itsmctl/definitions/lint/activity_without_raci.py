"""The matrix of a process names each of its activities.

流程的责任分配矩阵涵盖其全部活动。

Why
    An activity that is missing from the matrix has neither R nor A, and no other law can notice it.

    矩阵中缺失的活动既无R也无A，而且其他检查也无从发现。

Passes
    kind: process
    id: incident
    activities:
      - {id: IM1, title: Record, lane: first-line}
    ---
    kind: raci
    id: raci-incident
    process: incident
    activities:
      IM1: {R: [service-desk-agent], A: [incident-process-manager]}

Fails
    kind: process
    id: incident
    activities:
      - {id: IM1, title: Record, lane: first-line}
      - {id: IM2, title: Classify, lane: first-line}
    ---
    kind: raci
    id: raci-incident
    process: incident
    activities:  # <-
      IM1: {R: [service-desk-agent], A: [incident-process-manager]}

Remedy
    Add the activity to the matrix with one A and at least one R.

    将该活动补入矩阵，并写明一个A和至少一个R。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "activity-without-raci"
SEVERITY: Severity = "error"
READS = ("process", "raci")
TELLS = ("raci",)


def check(system: System) -> Iterator[Problem]:
    """Activities of the process that its matrix leaves out."""
    for matrix in system.all(model.Raci):
        process = system.find(model.Process, matrix.definition.process)
        if process is None:
            continue
        wanted = {activity.id for activity in process.definition.activities}
        for missing in sorted(wanted - set(matrix.definition.activities)):
            yield Problem(
                CODE,
                "activity {activity} of the process is missing from the matrix",
                matrix.where("activities", key=True),
                {"activity": missing},
                SEVERITY,
            )

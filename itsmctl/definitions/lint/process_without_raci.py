"""Every process has a responsibility matrix.

每个流程都有责任分配矩阵。

Why
    Activities without a matrix are steps on paper. ISO/IEC 20000-1 (5.3) wants responsibilities and authorities assigned, and
    the matrix is where they stand.

    没有矩阵的活动只是纸面上的步骤。ISO/IEC 20000-1（5.3）要求分配职责与权限，矩阵就是其所在之处。

Passes
    kind: process
    id: incident
    ---
    kind: raci
    id: raci-incident
    process: incident

Fails
    kind: process
    id: incident  # <-

Remedy
    Add `roles/raci/ID.yaml` with one A and at least one R for each activity.

    新增 `roles/raci/ID.yaml`，为每项活动写明一个A和至少一个R。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "process-without-raci"
SEVERITY: Severity = "warning"
READS = ("process", "raci")
TELLS = ("process",)


def check(system: System) -> Iterator[Problem]:
    """Processes that no matrix is about."""
    answered = {matrix.definition.process for matrix in system.all(model.Raci)}
    for process in system.all(model.Process):
        if process.definition.id not in answered:
            template = "process {process} has no responsibility matrix"
            yield Problem(CODE, template, process.where("id"), {"process": process.definition.id}, SEVERITY)

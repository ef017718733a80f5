"""Every process is measured by at least one indicator.

每个流程至少有一项指标来衡量。

Why
    What nobody measures, nobody can say is effective (9.1); and the process owner hears of its state from complaints.

    无人衡量的流程，谁也说不清是否有效（9.1），流程负责人只能从投诉中得知其状况。

Passes
    kind: process
    id: incident
    kpis: [incident-backlog]
    ---
    kind: kpi
    id: incident-backlog
    process: incident

Fails
    kind: process
    id: incident  # <-

Remedy
    Define a `kpi` with its target and the position that answers for it, and name it under `kpis` of the process.

    定义一项 `kpi`，写明目标和负责岗位，并列入流程的 `kpis`。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "process-without-kpi"
SEVERITY: Severity = "warning"
READS = ("kpi", "process")
TELLS = ("process",)


def check(system: System) -> Iterator[Problem]:
    """Processes that name no indicator and that no indicator names."""
    measured = {kpi.definition.process for kpi in system.all(model.Kpi)}
    for process in system.all(model.Process):
        p = process.definition
        if not p.kpis and p.id not in measured:
            template = "process {process} has no indicator"
            yield Problem(CODE, template, process.where("id"), {"process": p.id}, SEVERITY)

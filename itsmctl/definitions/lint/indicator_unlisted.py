"""An indicator stands among those of its own process, and only there.

指标列在其所属流程中，且只列在该流程中。

Why
    The owner of a process looks at the indicators that the process names. One that no process names is computed for nobody;
    one that two processes name has two people who each wait for the other.

    流程负责人查看的是流程中列出的指标。没有流程列出的指标，算了也没人看；两个流程都列出的，双方互相等待。

Passes
    kind: kpi
    id: incidents-reopened
    process: incident
    ---
    kind: process
    id: incident
    kpis: [incidents-reopened]

Fails
    kind: kpi
    id: incidents-reopened
    process: incident  # <-
    ---
    kind: process
    id: incident
    ---
    kind: process
    id: problem
    kpis:
      - incidents-reopened  # <-

Remedy
    Add the indicator to `kpis` of its process, or name the right process in the indicator.

    将指标加入其流程的 `kpis`，或在指标中改写正确的流程。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "indicator-unlisted"
SEVERITY: Severity = "warning"
READS = ("kpi", "process")


def check(system: System) -> Iterator[Problem]:
    """Indicators that their process does not list, and lists with an indicator of another process."""
    for kpi in system.all(model.Kpi):
        own = system.find(model.Process, kpi.definition.process)
        if own and not {kpi.definition.id, *kpi.definition.aliases} & set(own.definition.kpis):
            yield Problem(
                CODE,
                "process {process} does not list its indicator {id}",
                kpi.where("process"),
                {"process": own.definition.id, "id": kpi.definition.id},
                SEVERITY,
            )
    for process in system.all(model.Process):
        for position, id_ in enumerate(process.definition.kpis):
            listed = system.find(model.Kpi, id_)
            if listed and system.find(model.Process, listed.definition.process) is not process:
                yield Problem(
                    CODE,
                    "indicator {id} belongs to process {process}",
                    process.where("kpis", position),
                    {"id": id_, "process": listed.definition.process},
                    SEVERITY,
                )

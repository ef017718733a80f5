"""Every goal indicator is served by an indicator of a process.

每个目标指标都有过程指标支撑。

Why
    A goal that nothing leads to is missed without warning: its figure comes once a year, and by then nobody can do anything
    about it.

    没有过程指标支撑的目标，会毫无预兆地落空：它的数字一年才出一次，到那时已无能为力。

Passes
    kind: kpi
    id: renewal-rate
    type: goal
    supports: []
    ---
    kind: kpi
    id: service-reviews-held
    type: process
    supports: [renewal-rate]

Fails
    kind: kpi
    id: renewal-rate  # <-
    type: goal
    supports: []

Remedy
    Ask which work moves the goal, and let an indicator of that process name it under `supports`.

    想一想哪项工作能推动该目标，并让该流程的指标在 `supports` 中写明它。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "goal-without-indicator"
SEVERITY: Severity = "warning"
READS = ("kpi",)


def check(system: System) -> Iterator[Problem]:
    """Goal indicators that no indicator supports."""
    kpis = system.all(model.Kpi)
    served = {id_ for kpi in kpis for id_ in kpi.definition.supports}
    for kpi in kpis:
        if kpi.definition.type == "goal" and served.isdisjoint((kpi.definition.id, *kpi.definition.aliases)):
            yield Problem(
                CODE,
                "no indicator of a process serves the goal {id}",
                kpi.where("id"),
                {"id": kpi.definition.id},
                SEVERITY,
            )

"""A process indicator serves goal indicators, not other process indicators.

过程指标支撑的是目标指标，而不是其他过程指标。

Why
    An indicator of the process is worth its effort for the goal behind it (do the right things, then do them right). A
    chain of process indicators that leads to no goal measures itself.

    过程指标的价值在于其背后的目标（先做正确的事，再正确地做事）。一串过程指标若不通向任何目标，衡量的只是它自己。

Passes
    kind: kpi
    id: sla-attainment
    type: goal
    supports: []
    ---
    kind: kpi
    id: incidents-reopened
    type: process
    supports: [sla-attainment]

Fails
    kind: kpi
    id: first-line-resolution
    type: process
    supports: []
    ---
    kind: kpi
    id: incidents-reopened
    type: process
    supports:
      - first-line-resolution  # <-

Remedy
    Name the goal that the figure serves in the end; where there is none, ask what the figure is for.

    写出该数字最终支撑的目标；若没有目标，就要问为什么要这个数字。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "supports-no-goal"
SEVERITY: Severity = "error"
READS = ("kpi",)


def check(system: System) -> Iterator[Problem]:
    """Indicators that support an indicator of the process."""
    for kpi in system.all(model.Kpi):
        for position, id_ in enumerate(kpi.definition.supports):
            supported = system.find(model.Kpi, id_)
            if supported and supported.definition.type != "goal":
                yield Problem(
                    CODE,
                    "{id} is no goal indicator, so it cannot be served by another one",
                    kpi.where("supports", position),
                    {"id": id_},
                    SEVERITY,
                )

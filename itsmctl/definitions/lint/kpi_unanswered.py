"""Somebody holds the position that answers for an indicator.

对指标负责的岗位有人任职。

Why
    An indicator turns red for somebody. Where the position is empty, or was never set up, it turns red for nobody.

    指标变红，总要有人管。岗位空缺或并未设立，变红就无人过问。

Passes
    kind: kpi
    id: incident-backlog
    position: service-operations-manager
    ---
    kind: position
    id: service-operations-manager
    ---
    kind: assignment
    id: operations
    person: Zhao Lei
    position: service-operations-manager

Fails
    kind: kpi
    id: incident-backlog
    position: service-operations-manager  # <-
    ---
    kind: position
    id: service-operations-manager

Remedy
    Assign somebody to the position, or name another one that answers. With `--as-of` the assignment must be in force on that day.

    为该岗位任命人员，或者改由其他岗位负责。指定 `--as-of` 时，任命须在当日有效。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity
from itsmctl.model.periods import in_force

CODE = "kpi-unanswered"
SEVERITY: Severity = "warning"
READS = ("assignment", "kpi", "position")
TELLS = ("kpi",)


def check(system: System) -> Iterator[Problem]:
    """Indicators whose position nobody holds, or that is said not to exist."""
    held = {
        a.definition.position for a in system.all(model.Assignment) if in_force(a.definition.effective, system.as_of)
    }
    for kpi in system.all(model.Kpi):
        k = kpi.definition
        position = system.find(model.Position, k.position)
        if k.position not in held or (position is not None and not position.definition.exists):
            template = "nobody holds the position {position}, which answers for the indicator {kpi}"
            yield Problem(CODE, template, kpi.where("position"), {"position": k.position, "kpi": k.id}, SEVERITY)

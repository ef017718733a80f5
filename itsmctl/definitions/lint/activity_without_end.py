"""From every activity the flow can still come to the end of the process.

从每项活动出发，流程都能走到结束。

Why
    A loop without a way out keeps work going round for ever; nobody can say when the process has done its job.

    没有出口的循环会让工作无休止地打转，谁也说不清流程何时算完成。

Passes
    kind: process
    id: problem
    activities:
      - {id: PM1, title: Record, lane: team, next: [{to: PM2}]}
      - {id: PM2, title: Investigate, lane: team, next: [{to: PM1, when: Unclear}, {to: end, when: Found}]}

Fails
    kind: process
    id: problem
    activities:
      - {id: PM1, title: Record, lane: team, next: [{to: PM2}]}  # <-
      - {id: PM2, title: Investigate, lane: team, next: [{to: PM1}]}  # <-

Remedy
    Say under which condition the process ends: `next: [{to: end, when: …}]`.

    写明流程在什么条件下结束：`next: [{to: end, when: …}]`。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.graphs import activity_steps, backwards, reachable
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "activity-without-end"
SEVERITY: Severity = "error"
READS = ("process",)


def check(system: System) -> Iterator[Problem]:
    """Activities from which no chain of flows leads to the end."""
    for process in system.all(model.Process):
        finishing = reachable([model.END], backwards(activity_steps(process.definition)))
        for position, activity in enumerate(process.definition.activities):
            if activity.id not in finishing:
                template = "no flow leads from {activity} to the end of the process"
                where = process.where("activities", position, "id")
                yield Problem(CODE, template, where, {"activity": activity.id}, SEVERITY)

"""The flow of a process leads from its first activity to every other one.

流程从第一项活动出发，能走到其余每项活动。

Why
    An activity to which no arrow leads is work that nobody is ever sent to do. It looks designed, and in the drawing it hangs
    in the air.

    没有箭头指向的活动，永远轮不到任何人去做。看上去设计了，图上却悬在空中。

Passes
    kind: process
    id: problem
    activities:
      - {id: PM1, title: Record, lane: team, next: [{to: PM2}]}
      - {id: PM2, title: Investigate, lane: team, next: [{to: end}]}

Fails
    kind: process
    id: problem
    activities:
      - {id: PM1, title: Record, lane: team, next: [{to: end}]}
      - {id: PM2, title: Investigate, lane: team, next: [{to: end}]}  # <-

Remedy
    Draw the arrow that leads there (`next`), or take the activity out. The first activity of the list begins the process.

    补上指向该活动的箭头（`next`），或者删除该活动。列表中的第一项活动是流程的起点。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.graphs import activity_steps, reachable
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "activity-unreachable"
SEVERITY: Severity = "error"
READS = ("process",)


def check(system: System) -> Iterator[Problem]:
    """Activities that no chain of flows from the first one reaches."""
    for process in system.all(model.Process):
        activities = process.definition.activities
        reached = reachable([activities[0].id], activity_steps(process.definition))
        for position, activity in enumerate(activities):
            if activity.id not in reached:
                template = "no flow from the first activity leads to {activity}"
                where = process.where("activities", position, "id")
                yield Problem(CODE, template, where, {"activity": activity.id}, SEVERITY)

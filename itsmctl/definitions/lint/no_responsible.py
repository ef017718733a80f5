"""Somebody is Responsible for each activity.

每项活动都有角色负责执行（R）。

Why
    An activity without R is answered for but done by nobody. Such places are the gaps between the staves of the barrel.

    没有R的活动有人担责、无人动手。这正是“木板之间的缝隙”。

Passes
    kind: raci
    id: raci-incident
    process: incident
    activities:
      IM1: {R: [service-desk-agent], A: [incident-process-manager]}

Fails
    kind: raci
    id: raci-incident
    process: incident
    activities:
      IM1: {A: [incident-process-manager]}  # <-

Remedy
    Name the role that does the work under R; it may be the accountable one itself.

    在R下写明执行的角色；可以与A是同一角色。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "no-responsible"
SEVERITY: Severity = "error"
READS = ("raci",)


def check(system: System) -> Iterator[Problem]:
    """Activities of a matrix without any role under R."""
    for matrix in system.all(model.Raci):
        for activity, cells in matrix.definition.activities.items():
            if not cells.get("R"):
                where = matrix.where("activities", activity, key=True)
                yield Problem(CODE, "{activity} has nobody Responsible", where, {"activity": activity}, SEVERITY)

"""Exactly one role is Accountable for each activity.

每项活动有且只有一个角色最终负责（A）。

Why
    Where two answer for the same thing, each relies on the other; where nobody does, it is done when there is time.
    One activity has one A, even if ten people work on it.

    两个角色同时最终负责，等于互相依赖；没有人最终负责，就要等到有空才做。
    一项活动无论多少人参与，都只有一个A。

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
      IM1:
        R: [service-desk-agent]
        A:
          - incident-process-manager
          - incident-process-owner  # <-

Remedy
    Keep the one role that is asked when the activity goes wrong; make the others C (asked before) or I (told after).

    保留出问题时被追问的那个角色，其余改为C（事前咨询）或I（事后知会）。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "one-accountable"
SEVERITY: Severity = "error"
READS = ("raci",)


def check(system: System) -> Iterator[Problem]:
    """Activities of a matrix with no role, or more than one, under A."""
    for matrix in system.all(model.Raci):
        for activity, cells in matrix.definition.activities.items():
            count = len(cells.get("A", ()))
            if count == 1:
                continue
            path = ("activities", activity)
            yield Problem(
                CODE,
                "{activity} has {count} roles Accountable; exactly one must answer for it",
                matrix.where(*path, "A", 1) if count else matrix.where(*path, key=True),
                {"activity": activity, "count": count},
                SEVERITY,
            )

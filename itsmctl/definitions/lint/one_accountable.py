"""Exactly one role is Accountable for each activity.

每项活动有且只有一个角色最终负责（A）。

Why
    Where two answer for the same thing, each relies on the other; where nobody does, it is done when there is time.
    One activity has one A, even if ten people work on it, and in however many matrices it stands.

    两个角色同时最终负责，等于互相依赖；没有人最终负责，就要等到有空才做。
    一项活动无论多少人参与、列在几张矩阵中，都只有一个A。

Passes
    kind: raci
    id: raci-incident
    process: incident
    effective: {from: 2026-01-01}
    activities:
      IM1: {R: [service-desk-agent], A: [incident-process-manager]}
    ---
    kind: raci
    id: raci-incident-2025
    process: incident
    effective: {to: 2025-12-31}
    activities:
      IM1: {R: [service-desk-agent], A: [incident-process-owner]}

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
    ---
    kind: raci
    id: raci-incident-2026
    process: incident
    effective: {from: 2026-01-01}
    activities:
      IM1: {R: [service-desk-agent], A: [service-desk-manager]}  # <-

Remedy
    Keep the one role that is asked when the activity goes wrong; make the others C (asked before) or I (told after).
    End a matrix on the day before the one that takes its place begins.

    保留出问题时被追问的那个角色，其余改为C（事前咨询）或I（事后知会）。旧矩阵应在新矩阵开始的前一天终止。
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from itsmctl import model
from itsmctl.definitions.lint.system import Placed, System
from itsmctl.errors import Problem, Severity
from itsmctl.model.periods import common

CODE = "one-accountable"
SEVERITY: Severity = "error"
READS = ("raci",)


def check(system: System) -> Iterator[Problem]:
    """Activities with no role, or more than one, under A: in a matrix, or in several of one process."""
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
    for earlier, later in combinations(system.all(model.Raci), 2):
        same_process = earlier.definition.process == later.definition.process
        if same_process and common(earlier.definition.effective, later.definition.effective):
            yield from _other_roles(earlier, later)


def _other_roles(earlier: Placed[model.Raci], later: Placed[model.Raci]) -> Iterator[Problem]:
    before = earlier.definition.activities
    for activity, cells in later.definition.activities.items():
        if activity in before and set(cells.get("A", ())) != set(before[activity].get("A", ())):
            values = {"activity": activity, "other": earlier.definition.id}
            template = "{activity} has another role Accountable in {other}; exactly one must answer for it"
            yield Problem(CODE, template, later.where("activities", activity, "A"), values, SEVERITY)

"""Every role that a process counts on has a holder.

流程所依赖的每个角色都有人担任。

Why
    The matrix says that somebody answers; if nobody holds the role, nobody does. Most often a person left and only the
    assignment was ended.

    矩阵说有人负责；若无人担任该角色，就等于无人负责。最常见的情形是人已离开，只终止了任命。

Passes
    kind: role
    id: change-manager
    ---
    kind: assignment
    id: change-manager
    person: Zhao Lei
    role: change-manager
    ---
    kind: raci
    id: raci-change
    process: change
    activities:
      CM1: {R: [change-manager], A: [change-manager]}

Fails
    kind: role
    id: change-manager  # <-
    ---
    kind: raci
    id: raci-change
    process: change
    activities:
      CM1: {R: [change-manager], A: [change-manager]}

Remedy
    Assign the role to a person, or to a position that somebody holds. With `--as-of` the assignment must be in force on that day.

    将该角色分配给某人或某个有人任职的岗位。指定 `--as-of` 时，任命须在当日有效。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.held import held_roles
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity
from itsmctl.model.periods import in_force

CODE = "vacant-role"
SEVERITY: Severity = "warning"
READS = ("assignment", "position", "process", "raci", "role", "service")
TELLS = ("role",)


def check(system: System) -> Iterator[Problem]:
    """Roles that are accountable or responsible, or own or manage something, and that nobody holds."""
    held = {tenure.role for tenure in held_roles(system) if in_force(tenure.period, system.as_of)}
    needed = set(_needed(system))
    for role in system.all(model.Role):
        if role.definition.id in needed - held:
            template = "nobody holds the role {role}"
            yield Problem(CODE, template, role.where("id"), {"role": role.definition.id}, SEVERITY)


def _needed(system: System) -> Iterator[str]:
    for matrix in system.all(model.Raci):
        for cells in matrix.definition.activities.values():
            yield from (*cells.get("A", ()), *cells.get("R", ()))
    for process in system.all(model.Process):
        yield from (process.definition.owner, process.definition.manager)
    for service in system.all(model.Service):
        yield service.definition.owner

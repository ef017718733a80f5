"""An assignment names either a role or a position.

任命要么针对角色，要么针对岗位。

Why
    A position brings its roles with it. An assignment that names both says two things at once, and one that names
    neither says nothing.

    岗位自带其角色。两者都写是一次说两件事，两者都不写等于什么也没说。

Passes
    kind: assignment
    id: desk-lead
    person: Sun Hao
    position: service-operations-manager

Fails
    kind: assignment  # <-
    id: desk-lead
    person: Sun Hao
    role: incident-process-manager
    position: service-operations-manager

Remedy
    Keep the position where there is one, and the role where none brings it.

    有对应岗位的写岗位；没有岗位承担的写角色。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "role-or-position"
SEVERITY: Severity = "error"
READS = ("assignment",)


def check(system: System) -> Iterator[Problem]:
    """Assignments of both, or of neither."""
    for assignment in system.all(model.Assignment):
        if bool(assignment.definition.role) == bool(assignment.definition.position):
            template = "an assignment names either a role or a position, one of the two"
            yield Problem(CODE, template, assignment.where(), {}, SEVERITY)

"""Somebody stands in only while the assignment is in force.

代理只能发生在任命有效期之内。

Why
    Outside the assignment there is nothing to stand in for: the delegate would hold a role that the holder does not have.

    任命期之外无可代理：代理人会拥有连担任者都没有的角色。

Passes
    kind: assignment
    id: change-manager
    effective: {from: 2026-01-01, to: 2026-12-31}
    person: Zhao Lei
    role: change-manager
    delegations:
      - {person: Katrin Vogel, from: 2026-07-01, to: 2026-07-14, reason: Leave}

Fails
    kind: assignment
    id: change-manager
    effective: {from: 2026-01-01, to: 2026-12-31}
    person: Zhao Lei
    role: change-manager
    delegations:
      - {person: Katrin Vogel, from: 2026-12-24, to: 2027-01-06, reason: Leave}  # <-

Remedy
    Correct the days of the delegation, or lengthen the assignment.

    更正代理的日期，或者延长任命。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity
from itsmctl.model.periods import common

CODE = "delegation-outside"
SEVERITY: Severity = "error"
READS = ("assignment",)


def check(system: System) -> Iterator[Problem]:
    """Delegations that begin before or end after their assignment."""
    for assignment in system.all(model.Assignment):
        for one in assignment.definition.delegations:
            days = model.Effective(one.start, one.end)
            if common(days, assignment.definition.effective) != days:
                template = "the delegation is not within the days of the assignment"
                yield Problem(CODE, template, one.where, {}, SEVERITY)

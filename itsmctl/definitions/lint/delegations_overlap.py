"""Only one person at a time stands in for somebody.

同一时间只能有一人代理。

Why
    Of two delegates at once each can believe the other to be it, and both may approve.

    若同时有两名代理人，双方都可能以为对方在代理，也可能双双批准。

Passes
    kind: assignment
    id: change-manager
    person: Zhao Lei
    role: change-manager
    delegations:
      - {person: Katrin Vogel, from: 2026-07-01, to: 2026-07-14, reason: Leave}
      - {person: Sun Hao, from: 2026-07-15, to: 2026-07-31, reason: Leave}

Fails
    kind: assignment
    id: change-manager
    person: Zhao Lei
    role: change-manager
    delegations:
      - {person: Katrin Vogel, from: 2026-07-01, to: 2026-07-14, reason: Leave}
      - {person: Sun Hao, from: 2026-07-14, to: 2026-07-31, reason: Leave}  # <-

Remedy
    Let one delegation end on the day before the other begins.

    让前一代理在后一代理开始的前一天结束。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity
from itsmctl.model.periods import common

CODE = "delegations-overlap"
SEVERITY: Severity = "error"
READS = ("assignment",)


def check(system: System) -> Iterator[Problem]:
    """Delegations of one assignment that share days with an earlier one."""
    for assignment in system.all(model.Assignment):
        earlier: list[model.Effective] = []
        for one in assignment.definition.delegations:
            days = model.Effective(one.start, one.end)
            if any(common(days, other) for other in earlier):
                template = "on some of these days somebody else stands in already"
                yield Problem(CODE, template, one.where, {}, SEVERITY)
            earlier.append(days)

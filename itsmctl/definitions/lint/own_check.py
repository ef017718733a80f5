"""Whoever took an action does not judge whether it worked.

采取措施的人不得自行评判措施是否有效。

Why
    People see in their own work what they meant to do. Another pair of eyes sees what is there.

    人看自己的工作，看到的是自己想做的；旁人看到的才是实际存在的。

Passes
    kind: nonconformity
    id: nc-2026-02
    actions:
      - {what: Ask for the code on closing, owner: Zhao Lei, due: 2026-04-30, done: 2026-04-20}
    effectiveness: {by: Xu Jing, on: 2026-06-20, result: effective}

Fails
    kind: nonconformity
    id: nc-2026-02
    actions:
      - {what: Ask for the code on closing, owner: Zhao Lei, due: 2026-04-30, done: 2026-04-20}
    effectiveness:
      by: Zhao Lei  # <-
      on: 2026-06-20
      result: effective

Remedy
    Let somebody else check it, from records of after the action.

    由他人依据措施之后的记录进行检查。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "own-check"
SEVERITY: Severity = "error"
READS = ("nonconformity",)


def check(system: System) -> Iterator[Problem]:
    """Checks of effectiveness by an owner of one of the actions."""
    for nonconformity in system.all(model.Nonconformity):
        n = nonconformity.definition
        if n.effectiveness and n.effectiveness.by in {action.owner for action in n.actions}:
            template = "whoever took the action does not judge whether it worked"
            yield Problem(CODE, template, nonconformity.where("effectiveness", "by"), {}, SEVERITY)

"""Nobody approves what they ask for themselves.

任何人不得批准自己提出的事项。

Why
    A deviation that people allow themselves is not a deviation but a habit; a statement that its owner approves has been read by
    nobody else.

    自己批准自己的偏差不叫偏差，叫习惯；由负责人自己批准的声明，没有第二个人读过。

Passes
    kind: waiver
    id: no-closure-codes
    author: Katrin Vogel
    approver: Chen Wei
    ---
    kind: policy
    id: change-policy
    owner: change-manager
    approver: top-management

Fails
    kind: waiver
    id: no-closure-codes
    author: Chen Wei
    approver: Chen Wei  # <-
    ---
    kind: policy
    id: change-policy
    owner: change-manager
    approver: change-manager  # <-

Remedy
    Let somebody else approve it, who has the authority.

    由另一位有权限的人批准。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity, Where

CODE = "own-approval"
SEVERITY: Severity = "error"
READS = ("baseline", "policy", "waiver")


def check(system: System) -> Iterator[Problem]:
    """Waivers and baselines approved by their author, and statements approved by the role that owns them."""
    for waiver in system.all(model.Waiver):
        if waiver.definition.author == waiver.definition.approver:
            yield _problem(waiver.where("approver"))
    for baseline in system.all(model.Baseline):
        if baseline.definition.author == baseline.definition.approver:
            yield _problem(baseline.where("approver"))
    for policy in system.all(model.Policy):
        if policy.definition.owner == policy.definition.approver:
            template = "nobody approves what they own; name another role"
            yield Problem(CODE, template, policy.where("approver"), {}, SEVERITY)


def _problem(where: Where) -> Problem:
    return Problem(CODE, "nobody approves what they ask for themselves", where, {}, SEVERITY)

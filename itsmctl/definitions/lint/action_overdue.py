"""Corrective actions and decisions are done by the day that was agreed.

纠正措施和评审决定按约定日期完成。

Why
    A due date that passes in silence teaches everybody that due dates mean nothing.

    到期日无声无息地过去，会让所有人明白到期日毫无意义。

Passes
    # --as-of 2026-06-30
    kind: nonconformity
    id: nc-2026-02
    actions:
      - {what: Ask for the code on closing, owner: Zhao Lei, due: 2026-07-15}

Fails
    # --as-of 2026-06-30
    kind: nonconformity
    id: nc-2026-02
    actions:
      - what: Ask for the code on closing
        owner: Zhao Lei
        due: 2026-04-30  # <-

Remedy
    Do it and write the day under `done`, or agree a new date with a reason.

    完成后在 `done` 写明日期，或者商定新的日期并说明原因。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "action-overdue"
SEVERITY: Severity = "warning"
READS = ("nonconformity", "review")


def check(system: System) -> Iterator[Problem]:
    """Actions and decisions that are not done though they were due before the day named; without a day, none."""
    if system.as_of is None:
        return
    for nonconformity in system.all(model.Nonconformity):
        for place, action in enumerate(nonconformity.definition.actions):
            if action.done is None and action.due and action.due < system.as_of:
                template = "this action of {owner} was due on {due}"
                values = {"owner": action.owner, "due": action.due}
                yield Problem(CODE, template, nonconformity.where("actions", place, "due"), values, SEVERITY)
    for review in system.all(model.ManagementReview):
        for place, decision in enumerate(review.definition.outputs):
            if decision.done is None and decision.due and decision.due < system.as_of:
                template = "this decision, which {owner} carries out, was due on {due}"
                values = {"owner": decision.owner, "due": decision.due}
                yield Problem(CODE, template, review.where("outputs", place, "due"), values, SEVERITY)

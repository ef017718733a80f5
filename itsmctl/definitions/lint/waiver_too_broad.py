"""A waiver says for which records, and for a year at most.

豁免须限定记录范围，期限不超过一年。

Why
    A waiver of a rule for everything and for ever is a change of the rule that nobody called one: it passes no review, and
    the rule goes on looking strict.

    对一切记录、无限期的豁免，实质是不声不响地修改规则：没有经过评审，而规则看上去依然严格。

Passes
    kind: waiver
    id: no-closure-codes
    scope: {service: email-collaboration, category: hardware}
    approved: 2026-03-27
    expires: "2026-05-01T00:00:00+08:00"

Fails
    kind: waiver
    id: no-closure-codes
    scope:
      service: {present: true}  # <-
    approved: 2026-03-27
    expires: "2027-05-01T00:00:00+08:00"  # <-

Remedy
    Name the service, group or category that cannot keep the rule yet, and the day by which it will. If nobody can, change the
    rule.

    写明暂时做不到的服务、组或分类，以及何时能做到。若谁都做不到，就修改规则。
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity
from itsmctl.model import months_after

CODE = "waiver-too-broad"
SEVERITY: Severity = "warning"
READS = ("waiver",)


def check(system: System) -> Iterator[Problem]:
    """Waivers whose scope leaves nothing out by value, and those that last longer than a year."""
    for waiver in system.all(model.Waiver):
        w = waiver.definition
        if not w.records and not any(condition.test in ("in", "at-least", "at-most") for condition in w.scope):
            template = "the scope of waiver {waiver} names no value, so that it covers nearly every record"
            where = waiver.where("scope", w.scope[0].column) if w.scope else waiver.where("scope")
            yield Problem(CODE, template, where, {"waiver": w.id}, SEVERITY)
        last = datetime.fromtimestamp(w.expires, UTC).date() - timedelta(1)
        begins = w.approved or w.effective.start
        if begins and last > months_after(begins, 12):
            template = "waiver {waiver} lasts longer than a year"
            yield Problem(CODE, template, waiver.where("expires"), {"waiver": w.id}, SEVERITY)

"""Whoever approved a waiver held the authority on that day.

批准豁免的人在批准当日拥有相应权限。

Why
    An approval by somebody who had no authority is none, however senior they are. Standing in for the holder counts.

    没有权限的人作出的批准不是批准，无论其职位多高。代理期间的批准有效。

Passes
    kind: assignment
    id: owner
    person: Chen Wei
    role: incident-process-owner
    ---
    kind: waiver
    id: no-closure-codes
    author: Katrin Vogel
    approver: Chen Wei
    authority: incident-process-owner

Fails
    kind: assignment
    id: owner
    effective: {from: 2026-05-01}
    person: Chen Wei
    role: incident-process-owner
    ---
    kind: waiver
    id: no-closure-codes
    author: Katrin Vogel
    approver: Chen Wei  # <-
    authority: incident-process-owner
    approved: 2026-03-27

Remedy
    Have it approved by whoever holds the role under `authority`, or name the role by whose authority it was approved.

    由担任 `authority` 所列角色的人批准，或者写明批准所依据的角色。
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from itsmctl import model
from itsmctl.definitions.lint.held import held_roles
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity, Where
from itsmctl.model.holding import Tenure, held

CODE = "waiver-without-authority"
SEVERITY: Severity = "warning"
READS = ("assignment", "baseline", "position", "role", "waiver")
TELLS = ("baseline", "waiver")


def check(system: System) -> Iterator[Problem]:
    """Waivers and baselines whose approver did not hold the role named as authority on the day of approval."""
    tenures = list(held_roles(system))
    for waiver in system.all(model.Waiver):
        w = waiver.definition
        yield from _missing(tenures, w.approver, w.authority, w.approved, waiver.where("approver"))
    for baseline in system.all(model.Baseline):
        b = baseline.definition
        yield from _missing(tenures, b.approver, b.authority, b.approved, baseline.where("approver"))


def _missing(tenures: Sequence[Tenure], person: str, role: str, day: date | None, where: Where) -> Iterator[Problem]:
    if not held(tenures, person, role, day):
        values = {"person": person, "role": role, "day": day}
        yield Problem(CODE, "{person} did not hold the role {role} on {day}", where, values, SEVERITY)

"""Nobody holds duties that must be kept apart.

任何人不得兼任应当分离的职责。

Why
    Who approves their own change, or audits what they own, has nobody to tell them that they are wrong. Roles add up
    through positions and while somebody stands in, and nobody sees the sum when they are given one by one.

    自己批准自己的变更、自己审核自己的工作，就没有人能指出错误。角色会通过岗位和代理累加，逐个授予时没有人看到总和。

Passes
    kind: separation
    id: duties
    duties:
      - id: audit-and-own
        title: Audit and own
        sides: [{roles: [internal-auditor]}, {roles: [change-manager]}]
        within: person
        reason: Nobody audits their own work
    ---
    kind: assignment
    id: auditor
    effective: {from: 2026-01-01, to: 2026-03-31}
    person: Xu Jing
    role: internal-auditor
    ---
    kind: assignment
    id: change-manager
    effective: {from: 2026-04-01}
    person: Xu Jing
    role: change-manager

Fails
    kind: separation
    id: duties
    duties:
      - id: audit-and-own
        title: Audit and own
        sides: [{roles: [internal-auditor]}, {roles: [change-manager]}]
        within: person
        reason: Nobody audits their own work
    ---
    kind: assignment
    id: auditor
    effective: {from: 2026-01-01}
    person: Xu Jing
    role: internal-auditor
    ---
    kind: assignment
    id: change-manager
    effective: {from: 2025-01-01}
    person: Zhao Lei
    role: change-manager
    delegations:
      - person: Xu Jing  # <-
        from: 2026-07-01
        to: 2026-07-14
        reason: Leave

Remedy
    Give one of the duties to somebody else, or end one before the other begins. Where there really is nobody else, a waiver says
    so and what is done instead.

    将其中一项职责交给他人，或者先终止一项再开始另一项。确实无人可替时，用豁免说明原因和替代措施。
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from itsmctl import model
from itsmctl.definitions.lint.held import held_roles, place_of
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity
from itsmctl.model.holding import Tenure
from itsmctl.model.periods import common, period_text

CODE = "separated-duties"
SEVERITY: Severity = "warning"
READS = ("assignment", "position", "role", "separation")
TELLS = ("assignment",)


def check(system: System) -> Iterator[Problem]:
    """People on two sides of a separation on the same days, told at the later tenure, once for each pair of duties."""
    by_person: dict[str, list[Tenure]] = {}
    for tenure in held_roles(system):
        by_person.setdefault(tenure.person, []).append(tenure)
    for separation in system.all(model.Separation):
        for duty in separation.definition.duties:
            if duty.within == "person":  # the tickets show the rest
                for person, tenures in sorted(by_person.items()):
                    yield from _clashes(system, duty, person, tenures)


def _clashes(system: System, duty: model.SeparatedDuties, person: str, tenures: Sequence[Tenure]) -> Iterator[Problem]:
    told: set[tuple[str, str]] = set()
    for one, other in combinations(duty.sides, 2):
        for first in (t for t in tenures if _is_on(t, one)):
            for second in (t for t in tenures if _is_on(t, other)):
                days = common(first.period, second.period)
                if days is None or (first.role, second.role) in told:
                    continue
                told.add((first.role, second.role))
                later = max(first, second, key=lambda t: (str(t.period.start or ""), t.delegation is not None))
                values = {"person": person, "one": first.role, "other": second.role, "duty": duty.id, "days": period_text(days)}  # fmt: skip
                template = "{person} holds {one} and {other}, {days}, which {duty} keeps apart"
                yield Problem(CODE, template, place_of(system, later), values, SEVERITY)


def _is_on(tenure: Tenure, side: model.Side) -> bool:
    return tenure.role in side.roles or (tenure.position in side.positions and bool(tenure.position))

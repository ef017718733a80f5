"""A role or position with one holder has no two at the same time.

只设一名担任者的角色或岗位，同一时间不得有两人担任。

Why
    Two who hold a role that is meant for one both decide, or neither does. It mostly happens when a successor is entered and
    the predecessor's assignment is left open, or when a role that a position brings is given by name as well. A delegate takes the holder's place for some days, which is no overlap.

    本应一人担任的角色由两人担任，要么两个都拍板，要么都不拍板。多半是录入了继任者却没有终止前任的任命，
    或岗位已带来的角色又另行直接任命。
    代理人在约定的日子里替代担任者，不算重叠。

Passes
    kind: role
    id: change-manager
    holders: one
    ---
    kind: assignment
    id: change-manager-2025
    effective: {from: 2025-01-01, to: 2026-03-31}
    person: Zhao Lei
    role: change-manager
    ---
    kind: assignment
    id: change-manager
    effective: {from: 2026-04-01}
    person: Katrin Vogel
    role: change-manager
    delegations:
      - {person: Zhao Lei, from: 2026-07-01, to: 2026-07-14, reason: Leave}

Fails
    kind: role
    id: change-manager
    holders: one
    ---
    kind: assignment
    id: change-manager-2025
    effective: {from: 2025-01-01}
    person: Zhao Lei
    role: change-manager
    ---
    kind: assignment
    id: change-manager
    effective: {from: 2026-04-01}
    person: Katrin Vogel  # <-
    role: change-manager
    ---
    kind: role
    id: problem-manager
    holders: one
    ---
    kind: position
    id: head-of-operation
    roles: [problem-manager]
    holders: one
    ---
    kind: assignment
    id: head-of-operation
    effective: {from: 2025-05-01}
    person: Xu Jing
    position: head-of-operation
    ---
    kind: assignment
    id: problem-manager
    effective: {from: 2026-05-01}
    person: Lin Na  # <-
    role: problem-manager

Remedy
    End the earlier assignment on the day before the later one begins.

    在后一任命开始的前一天终止前一任命。
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import combinations

from itsmctl import model
from itsmctl.definitions.lint.held import held_roles, place_of
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity
from itsmctl.model.holding import Tenure
from itsmctl.model.periods import common, period_text

CODE = "overlapping-assignments"
SEVERITY: Severity = "warning"
READS = ("assignment", "position", "role")
TELLS = ("assignment",)


def check(system: System) -> Iterator[Problem]:
    """Two people who hold on the same days what is for one, told at the later of them, once for each pair and place."""
    roles = {role.definition.id for role in system.all(model.Role) if role.definition.holders == "one"}
    positions = {p.definition.id for p in system.all(model.Position) if p.definition.holders == "one"}
    found: dict[tuple[str, str], list[Tenure]] = {}
    for tenure in held_roles(system):
        if tenure.position in positions:
            found.setdefault(("position", tenure.position), []).append(tenure)
        if tenure.role in roles:
            found.setdefault(("role", tenure.role), []).append(tenure)
    for (kind, name), tenures in sorted(found.items()):
        yield from _overlaps(system, kind, name, sorted(tenures, key=_order), positions)


def _overlaps(
    system: System, kind: str, name: str, tenures: Sequence[Tenure], positions: Collection[str]
) -> Iterator[Problem]:
    told: set[frozenset[str]] = set()
    for earlier, later in combinations(tenures, 2):
        if kind == "role" and earlier.position == later.position and later.position in positions:
            continue  # told of the position
        days = common(earlier.period, later.period)
        pair = frozenset((earlier.person, later.person))
        if days is None or len(pair) < 2 or pair in told:
            continue
        told.add(pair)
        values = {"kind": kind, "id": name, "person": later.person, "other": earlier.person, "days": period_text(days)}
        template = "{person} and {other} both hold the {kind} {id}, {days}; it has one holder"
        yield Problem(CODE, template, place_of(system, later), values, SEVERITY)


def _order(tenure: Tenure) -> tuple[date, str]:
    return tenure.period.start or date.min, tenure.assignment.id

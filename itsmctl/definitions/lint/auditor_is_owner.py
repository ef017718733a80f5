"""Nobody audits a process that they own, manage or work in.

任何人不得审核自己负责、管理或参与的流程。

Why
    ISO/IEC 20000-1 (9.2) wants auditors who are impartial. Whoever answers for a process will find what they have always known
    about it, and not what they have always overlooked.

    ISO/IEC 20000-1（9.2）要求审核员保持公正。流程的责任人只会发现自己早就知道的，看不到自己一直忽视的。

Passes
    kind: process
    id: change
    owner: change-process-owner
    manager: change-manager
    ---
    kind: assignment
    id: change-manager
    person: Zhao Lei
    role: change-manager
    ---
    kind: audit
    id: internal-2026-1
    type: internal
    processes: [change]
    auditors: [Xu Jing]

Fails
    kind: process
    id: change
    owner: change-process-owner
    manager: change-manager
    ---
    kind: assignment
    id: change-manager
    person: Zhao Lei
    role: change-manager
    ---
    kind: audit
    id: internal-2026-1
    type: internal
    processes: [change]
    auditors: [Xu Jing, Zhao Lei]  # <-

Remedy
    Let somebody from another process audit this one, or a guest auditor.

    由其他流程的人员或外请审核员审核。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.held import held_roles
from itsmctl.definitions.lint.system import System
from itsmctl.definitions.periods import in_force
from itsmctl.errors import Problem, Severity

CODE = "auditor-is-owner"
SEVERITY: Severity = "warning"
READS = ("assignment", "audit", "position", "process", "raci", "role")
TELLS = ("audit",)


def check(system: System) -> Iterator[Problem]:
    """Auditors who on the day of the audit held a role that one of its processes is owned, managed or answered for by."""
    tenures = list(held_roles(system))
    for audit in system.all(model.AuditPlan):
        a = audit.definition
        day = a.held or a.planned.start or a.period_end
        for process in a.processes:
            own = _roles_of(system, process)
            for place, person in enumerate(a.auditors):
                held = sorted(
                    {t.role for t in tenures if t.person == person and t.role in own and in_force(t.period, day)}
                )
                if held:
                    values = {"person": person, "process": process, "roles": ", ".join(held)}
                    template = "{person} audits {process}, for which they answer as {roles}"
                    yield Problem(CODE, template, audit.where("auditors", place), values, SEVERITY)


def _roles_of(system: System, name: str) -> set[str]:
    process = system.find(model.Process, name)
    owned = {process.definition.owner, process.definition.manager} if process else set()
    answered = {
        role
        for matrix in system.all(model.Raci)
        if matrix.definition.process == name
        for cells in matrix.definition.activities.values()
        for role in cells.get("A", ())
    }
    return owned | answered

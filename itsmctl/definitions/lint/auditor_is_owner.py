"""Nobody audits a process that they own, manage or work in.

任何人不得审核自己负责、管理或参与的流程。

Why
    ISO/IEC 20000-1 (9.2) wants auditors who are impartial. Whoever answers for a process will find what they have always known
    about it, and not what they have always overlooked. Working in a process is to stand in its matrix with an A or an R. An
    audit that names neither processes nor areas looks at all processes; of areas, nobody audits the role that they hold.

    ISO/IEC 20000-1（9.2）要求审核员保持公正。流程的责任人只会发现自己早就知道的，看不到自己一直忽视的。
    在流程矩阵中标为A或R即为参与该流程。既未列流程也未列区域的审核，视为涵盖全部流程；列出区域的，不得审核自己担任的角色。

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
    ---
    kind: raci
    id: change
    process: change
    activities:
      CM1: {A: [change-manager], R: [change-analyst]}
    ---
    kind: assignment
    id: change-analyst
    person: Lin Na
    role: change-analyst
    ---
    kind: audit
    id: internal-2026-all
    type: internal
    auditors: [Lin Na]  # <-
    ---
    kind: audit
    id: internal-2026-analysts
    type: internal
    areas: [change-analyst]
    auditors: [Lin Na]  # <-

Remedy
    Let somebody from another process audit this one, or a guest auditor.

    由其他流程的人员或外请审核员审核。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.held import held_roles
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity
from itsmctl.model.periods import in_force

CODE = "auditor-is-owner"
SEVERITY: Severity = "warning"
READS = ("assignment", "audit", "position", "process", "raci", "role")
TELLS = ("audit",)


def check(system: System) -> Iterator[Problem]:
    """Auditors who on the day of the audit held a role that owns, manages or works in what is audited."""
    tenures = list(held_roles(system))
    for audit in system.all(model.AuditPlan):
        a = audit.definition
        day = a.held or a.planned.start or a.period_end
        held = {
            person: {t.role for t in tenures if t.person == person and in_force(t.period, day)} for person in a.auditors
        }
        for place, person in enumerate(a.auditors):
            for process in _processes_of(system, a):
                if own := held[person] & _roles_of(system, process):
                    values = {"person": person, "process": process, "roles": ", ".join(sorted(own))}
                    template = "{person} audits {process}, which they own, manage or work in as {roles}"
                    yield Problem(CODE, template, audit.where("auditors", place), values, SEVERITY)
            if own := held[person].intersection(a.areas):
                values = {"person": person, "roles": ", ".join(sorted(own))}
                template = "{person} audits the work of {roles}, which is their own"
                yield Problem(CODE, template, audit.where("auditors", place), values, SEVERITY)


def _processes_of(system: System, audit: model.AuditPlan) -> tuple[str, ...]:
    """What an audit looks at: the processes that it names; all of them where it names neither processes nor areas."""
    everything = () if audit.areas else tuple(process.definition.id for process in system.all(model.Process))
    return audit.processes or everything


def _roles_of(system: System, name: str) -> set[str]:
    process = system.find(model.Process, name)
    owned = {process.definition.owner, process.definition.manager} if process else set()
    working = {
        role
        for matrix in system.all(model.Raci)
        if matrix.definition.process == name
        for cells in matrix.definition.activities.values()
        for letter in "AR"
        for role in cells.get(letter, ())
    }
    return owned | working

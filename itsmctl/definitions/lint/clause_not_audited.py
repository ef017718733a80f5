"""Within the cycle of an audit programme every requirement of its frameworks is audited.

审核方案的周期内，其所列框架的每项要求都被审核到。

Why
    A programme is the promise that nothing is left out for good (9.2). The clauses that nobody plans to audit are seldom the ones
    that work best.

    审核方案承诺没有任何要求会被长期遗漏（9.2）。没有人安排审核的条款，往往不是做得最好的。

Passes
    kind: framework
    id: own
    clauses: [{number: "8.6.1", title: Incident}]
    ---
    kind: programme
    id: audits-2026
    cycle: {from: 2026-01-01, to: 2026-12-31}
    frameworks: [own]
    ---
    kind: audit
    id: internal-2026-1
    type: internal
    programme: audits-2026
    clauses: ["own:8.6.1"]

Fails
    kind: framework
    id: own
    clauses: [{number: "8.6.1", title: Incident}, {number: "8.6.2", title: Request}]
    ---
    kind: programme
    id: audits-2026
    cycle: {from: 2026-01-01, to: 2026-12-31}
    frameworks: [own]  # <-
    ---
    kind: audit
    id: internal-2026-1
    type: internal
    programme: audits-2026
    clauses: ["own:8.6.1"]

Remedy
    Plan an audit of the programme whose `clauses` name it, or a heading above it.

    在方案中安排一次审核，在其 `clauses` 中写明该条款或其上级标题。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "clause-not-audited"
SEVERITY: Severity = "warning"
READS = ("audit", "framework", "programme")
TELLS = ("programme",)


def check(system: System) -> Iterator[Problem]:
    """Requirements without an audit of the programme, told for each framework at once."""
    for programme in system.all(model.Programme):
        p = programme.definition
        audited = [
            clause
            for audit in system.all(model.AuditPlan)
            if audit.definition.programme == p.id
            for clause in audit.definition.clauses
        ]
        for place, name in enumerate(p.frameworks):
            framework = system.find(model.Framework, name)
            leaves = framework.definition.leaves() if framework else []
            missing = [leaf.number for leaf in leaves if not model.covers(audited, f"{name}:{leaf.number}")]
            if missing:
                values = {"programme": p.id, "framework": name, "clauses": ", ".join(missing), "n": len(missing)}
                template = "no audit of {programme} looks at {n} requirements of {framework}: {clauses}"
                yield Problem(CODE, template, programme.where("frameworks", place), values, SEVERITY)

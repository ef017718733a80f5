"""Something stands for every requirement that is audited: a definition, a rule or a register.

每项被审核的要求都有相应的定义、规则或记录册。

Why
    A requirement for which nothing stands is met by luck. Better to find it here than in the certification audit; `itsmctl
    coverage` shows for each one what stands for it and the smallest next step.

    没有任何内容对应的要求，能满足全凭运气。在这里发现好过在认证审核中被发现；`itsmctl coverage` 显示各项要求的对应内容及最小的下一步。

Passes
    kind: framework
    id: own
    clauses: [{number: "8.6.1", title: Incident}]
    ---
    kind: programme
    id: audits-2026
    frameworks: [own]
    ---
    kind: process
    id: incident
    clauses: ["own:8.6"]

Fails
    kind: framework
    id: own
    clauses: [{number: "8.6.1", title: Incident}, {number: "8.6.3", title: Problem}]
    ---
    kind: programme
    id: audits-2026
    frameworks:
      - own  # <-
    ---
    kind: process
    id: incident
    clauses: ["own:8.6.1"]

Remedy
    Name the requirement under `clauses` of the process, policy or rule that meets it, or write what is missing.

    在满足该要求的流程、方针或规则的 `clauses` 中写明该条款，或者补写所缺的定义。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.definitions.schema import kinds
from itsmctl.errors import Problem, Severity

CODE = "clause-uncovered"
SEVERITY: Severity = "warning"
READS = tuple(kinds())
TELLS = ("programme",)
_NO_ANSWER = ("framework", "crosswalk", "baseline", "complaint", "nonconformity", "waiver", "audit", "programme")
"""Kinds that ask, or say that something was not kept, or only look."""


def check(system: System) -> Iterator[Problem]:
    """Requirements of the frameworks that are audited for which nothing stands, told for each framework at once."""
    answers = [entry.definition for entry in system.entries if entry.definition.kind not in _NO_ANSWER]
    named = [clause for d in answers for clause in d.clauses]
    present = {entry.definition.kind for entry in system.entries}
    for programme in system.all(model.Programme):
        for place, name in enumerate(programme.definition.frameworks):
            framework = system.find(model.Framework, name)
            missing = [
                leaf.number
                for leaf in (framework.definition.leaves() if framework else ())
                if not model.covers(named, f"{name}:{leaf.number}")
                and not any(present & set(way.kinds) for way in leaf.checked)
            ]
            if missing:
                values = {"framework": name, "clauses": ", ".join(missing), "n": len(missing)}
                template = "nothing stands for {n} requirements of {framework}: {clauses}"
                yield Problem(CODE, template, programme.where("frameworks", place), values, SEVERITY)

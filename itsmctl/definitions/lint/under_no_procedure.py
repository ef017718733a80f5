"""A work instruction stands under a procedure of its own process.

操作指示隶属于本流程的一份规程。

Why
    Three levels: the process says what, the procedure who and in which order, the work instruction how. Under another
    instruction, or under the procedure of another process, nobody who follows the process finds it.

    三个层次：流程说做什么，规程说谁按什么顺序做，操作指示说怎么做。挂在另一份操作指示或别的流程的规程之下，执行流程的人就找不到它。

Passes
    kind: procedure
    id: incident-handling
    level: procedure
    process: incident
    ---
    kind: procedure
    id: take-a-call
    level: work-instruction
    process: incident
    under: incident-handling

Fails
    kind: procedure
    id: change-handling
    level: procedure
    process: change
    ---
    kind: procedure
    id: take-a-call
    level: work-instruction
    process: incident
    under: change-handling  # <-

Remedy
    Name the procedure of which it explains a step.

    写明它所解释的步骤属于哪份规程。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "under-no-procedure"
SEVERITY: Severity = "error"
READS = ("procedure",)


def check(system: System) -> Iterator[Problem]:
    """Work instructions under another instruction, or under a procedure of another process."""
    for procedure in system.all(model.Procedure):
        above = system.find(model.Procedure, procedure.definition.under)
        if above is None:
            continue
        if above.definition.level != "procedure":
            template = "{id} is a work instruction too; this one stands under a procedure"
        elif above.definition.process != procedure.definition.process:
            template = (
                "procedure {id} belongs to process {process}; this instruction stands under one of its own process"
            )
        else:
            continue
        values = {"id": above.definition.id, "process": above.definition.process}
        yield Problem(CODE, template, procedure.where("under"), values, SEVERITY)

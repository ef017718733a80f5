"""Somebody answers for every activity at which a process meets another one.

流程与流程交接的每项活动都有人最终负责。

Why
    Things get lost at hand-overs. Where the activity on our side has no A, nobody notices that the other side never
    received anything.

    东西总是丢在交接处。若我方活动没有A，就没有人会发现对方根本没有收到。

Passes
    kind: process
    id: incident
    activities:
      - {id: IM4, title: Resolve, lane: second-line}
    interfaces:
      - {process: change, activity: IM4, direction: gives, what: Request for change}
    ---
    kind: raci
    id: raci-incident
    process: incident
    activities:
      IM4: {R: [second-line-engineer], A: [incident-process-manager]}

Fails
    kind: process
    id: incident
    activities:
      - {id: IM4, title: Resolve, lane: second-line}
    interfaces:
      - {process: change, activity: IM4, direction: gives, what: Request for change}  # <-
    ---
    kind: raci
    id: raci-incident
    process: incident
    activities:
      IM4: {R: [second-line-engineer]}

Remedy
    Name the accountable role of the activity in the matrix of the process.

    在该流程的责任分配矩阵中写明该活动的A。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "handover-without-owner"
SEVERITY: Severity = "warning"
READS = ("process", "raci")
TELLS = ("process",)


def check(system: System) -> Iterator[Problem]:
    """Interfaces at an activity for which no matrix names anybody accountable; that a matrix leaves it out is told there."""
    answers: dict[str, dict[str, bool]] = {}
    for matrix in system.all(model.Raci):
        cells = matrix.definition.activities.items()
        answers.setdefault(matrix.definition.process, {}).update({name: bool(cell.get("A")) for name, cell in cells})
    for process in system.all(model.Process):
        told = answers.get(process.definition.id)
        for position, interface in enumerate(process.definition.interfaces):
            if told is None or not told.get(interface.activity, True):
                yield Problem(
                    CODE,
                    "nobody is accountable at {activity} for what passes between {process} and {other}",
                    process.where("interfaces", position, "activity"),
                    {"activity": interface.activity, "process": process.definition.id, "other": interface.process},
                    SEVERITY,
                )

"""What a process hands over is taken by the process that it names.

流程交出的产物，都被其写明的流程接收。

Why
    This is the gap between the staves (木板之间的缝隙): each process does its part, and what one puts down nobody picks up.

    这就是“木板之间的缝隙”：各流程都做好了自己的部分，可一方放下的东西，另一方没有人接。

Passes
    kind: process
    id: incident
    outputs:
      - {id: problem-candidate, title: Candidate, to: [problem]}
    ---
    kind: process
    id: problem
    inputs:
      - {id: problem-candidate, title: Candidate, from: [incident]}

Fails
    kind: process
    id: incident
    outputs:
      - {id: problem-candidate, title: Candidate, to: [problem]}  # <-
    ---
    kind: process
    id: problem

Remedy
    Add the artefact to `inputs` of the other process, from this one, or take out who does not want it.

    在对方流程的 `inputs` 中补入该产物并写明来自本流程，或者删去不需要它的一方。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "output-nobody-takes"
SEVERITY: Severity = "warning"
READS = ("process",)


def check(system: System) -> Iterator[Problem]:
    """Outputs to a process that has no such input from here."""
    for process in system.all(model.Process):
        for position, artefact in enumerate(process.definition.outputs):
            for number, name in enumerate(artefact.processes):
                other = system.find(model.Process, name)
                if other is None or _takes(other.definition, artefact.id, process.definition.id):
                    continue
                yield Problem(
                    CODE,
                    "{process} does not take {artefact} from {maker}",
                    process.where("outputs", position, "to", number),
                    {"process": name, "artefact": artefact.id, "maker": process.definition.id},
                    SEVERITY,
                )


def _takes(process: model.Process, artefact: str, maker: str) -> bool:
    return any(taken.id == artefact and maker in taken.processes for taken in process.inputs)

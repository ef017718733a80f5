"""What a process waits for is made by the process that it names.

流程等待的产物，都由其写明的流程产出。

Why
    A process that waits for something nobody makes does not start, or starts with less than it needs, and each side
    believes the other to be late.

    等待无人产出之物的流程，要么无法开始，要么缺料开工，而双方都以为是对方延误。

Passes
    kind: process
    id: problem
    inputs:
      - {id: problem-candidate, title: Candidate, from: [incident]}
    ---
    kind: process
    id: incident
    inputs:
      - {id: fault-report, title: Report, from: [outside]}
    outputs:
      - {id: problem-candidate, title: Candidate, to: [problem]}

Fails
    kind: process
    id: problem
    inputs:
      - {id: problem-candidate, title: Candidate, from: [incident]}  # <-
    ---
    kind: process
    id: incident
    inputs:
      - {id: fault-report, title: Report, from: [outside]}

Remedy
    Add the artefact to `outputs` of the other process, to this one, or name who really makes it.

    在对方流程的 `outputs` 中补入该产物并写明交给本流程，或者写明真正的产出方。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "input-nobody-makes"
SEVERITY: Severity = "warning"
READS = ("process",)


def check(system: System) -> Iterator[Problem]:
    """Inputs from a process that has no such output to here."""
    for process in system.all(model.Process):
        for position, artefact in enumerate(process.definition.inputs):
            for number, name in enumerate(artefact.processes):
                other = system.find(model.Process, name)
                if other is None or _makes(other.definition, artefact.id, process.definition.id):
                    continue
                yield Problem(
                    CODE,
                    "{process} does not give {artefact} to {taker}",
                    process.where("inputs", position, "from", number),
                    {"process": name, "artefact": artefact.id, "taker": process.definition.id},
                    SEVERITY,
                )


def _makes(process: model.Process, artefact: str, taker: str) -> bool:
    return any(made.id == artefact and taker in made.processes for made in process.outputs)

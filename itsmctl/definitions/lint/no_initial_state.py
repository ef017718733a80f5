"""A process with states marks the one in which a ticket begins.

有状态的流程须标明工单的初始状态。

Why
    Without a beginning no transition can be judged, and no state can be called unreachable.

    没有起点，就无法判断流转是否合规，也无法判断状态能否到达。

Passes
    kind: process
    id: incident
    states:
      - {id: new, phase: new, initial: true}
      - {id: closed, phase: closed}
    transitions: {new: [closed]}

Fails
    kind: process
    id: incident
    states:
      - {id: new, phase: new}  # <-
      - {id: closed, phase: closed}
    transitions: {new: [closed]}

Remedy
    Write `initial: true` at the state that a ticket is recorded in.

    在工单登记时所处的状态上写 `initial: true`。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "no-initial-state"
SEVERITY: Severity = "error"
READS = ("process",)


def check(system: System) -> Iterator[Problem]:
    """Processes with states of which none is initial."""
    for process in system.all(model.Process):
        states = process.definition.states
        if states and not any(state.initial for state in states):
            template = "no state is marked `initial: true`, so no ticket could begin"
            yield Problem(CODE, template, process.where("states"), {}, SEVERITY)

"""Some chain of transitions leads to every state.

每个状态都可由流转到达。

Why
    A state that no ticket can be in is either a transition forgotten or a state nobody needs. As long as it stands
    there, reports show an empty column and people ask why.

    工单永远不可能处于的状态，要么漏写了流转，要么根本不需要。只要它还在，报表就会出现空列，引来疑问。

Passes
    kind: process
    id: incident
    states:
      - {id: new, phase: new, initial: true}
      - {id: resolved, phase: resolved}
      - {id: closed, phase: closed}
    transitions: {new: [resolved], resolved: [closed]}

Fails
    kind: process
    id: incident
    states:
      - {id: new, phase: new, initial: true}
      - {id: resolved, phase: resolved}  # <-
      - {id: closed, phase: closed}
    transitions: {new: [closed], resolved: [closed]}

Remedy
    Add the transition that leads there, or take the state out.

    补上通向该状态的流转，或者删除该状态。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.graphs import live_states
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "unreachable-state"
SEVERITY: Severity = "error"
READS = ("process",)


def check(system: System) -> Iterator[Problem]:
    """States that no chain of transitions from an initial state reaches."""
    for process in system.all(model.Process):
        reached = live_states(process.definition)
        if not reached:
            continue  # no-initial-state says why
        for position, state in enumerate(process.definition.states):
            if state.id not in reached:
                where = process.where("states", position, "id")
                yield Problem(CODE, "no transition leads to state {state!r}", where, {"state": state.id}, SEVERITY)

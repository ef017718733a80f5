"""From every state a ticket can still come to its end.

工单从任一状态都能走到终点。

Why
    In a state without a way to `closed` or `cancelled` tickets collect for ever: they stay in the backlog, and a clock that
    runs in them never stops.

    走不到“关闭”或“取消”的状态会让工单永远滞留：一直算作积压，在其中运行的时钟也永不停止。

Passes
    kind: process
    id: incident
    states:
      - {id: new, phase: new, initial: true}
      - {id: awaiting-user, phase: paused}
      - {id: closed, phase: closed}
    transitions: {new: [awaiting-user, closed], awaiting-user: [new]}

Fails
    kind: process
    id: incident
    states:
      - {id: new, phase: new, initial: true}
      - {id: awaiting-user, phase: paused}  # <-
      - {id: closed, phase: closed}
    transitions: {new: [awaiting-user, closed]}

Remedy
    Add the way out: back to work, or on to the end.

    补上出路：回到处理中，或者走向结束。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.graphs import END_PHASES, backwards, live_states, reachable
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "dead-end-state"
SEVERITY: Severity = "error"
READS = ("process",)


def check(system: System) -> Iterator[Problem]:
    """States that tickets reach but from which no chain of transitions leads to an end of life."""
    for process in system.all(model.Process):
        p = process.definition
        ends = [state.id for state in p.states if state.phase in END_PHASES]
        finishing = reachable(ends, backwards(p.transitions))
        reached = live_states(p)
        for position, state in enumerate(p.states):
            if state.id not in reached or state.id in finishing:
                continue
            yield Problem(
                CODE,
                "no transition leads from state {state!r} to an end, though its phase {phase!r} is none",
                process.where("states", position, "id"),
                {"state": state.id, "phase": state.phase},
                SEVERITY,
            )

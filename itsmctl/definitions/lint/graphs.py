"""The states and the activities of a process as graphs; what the laws about them share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from itsmctl.model import END, Process

END_PHASES = ("closed", "cancelled")
"""Phases of life that a ticket may end in."""


def reachable(starts: Iterable[str], steps: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Everything that the starts lead to, themselves included."""
    reached = set(starts)
    frontier = list(reached)
    while frontier:
        for following in steps.get(frontier.pop(), ()):
            if following not in reached:
                reached.add(following)
                frontier.append(following)
    return frozenset(reached)


def live_states(process: Process) -> frozenset[str]:
    """The states that a ticket can be in: those that the transitions reach from an initial one."""
    return reachable((state.id for state in process.states if state.initial), process.transitions)


def backwards(steps: Mapping[str, Iterable[str]]) -> Mapping[str, list[str]]:
    """The same steps, each the other way round."""
    turned: dict[str, list[str]] = {}
    for start, ends in steps.items():
        for end in ends:
            turned.setdefault(end, []).append(start)
    return turned


def activity_steps(process: Process) -> Mapping[str, list[str]]:
    """Where the flow goes on from each activity; one without a flow ends the process."""
    return {activity.id: [flow.to for flow in activity.flows] or [END] for activity in process.activities}

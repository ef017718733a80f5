"""States, activities, and what rests on what, as graphs; what the laws about them share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

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


def circles(steps: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, int, Sequence[str]]]:
    """Each circle once: where it starts, the number of the step that leads into it, and the way round, both ends included."""
    told: set[str] = set()
    for start, nexts in steps.items():
        for position, following in enumerate(nexts):
            if start not in told and start in reachable([following], steps):
                circle = (start, *_way(following, start, steps))
                told.update(circle)
                yield start, position, circle


def _way(here: str, goal: str, steps: Mapping[str, Sequence[str]]) -> list[str]:
    """A shortest way along the steps, both ends included."""
    ways = [[here]]
    seen = {here}
    while ways[0][-1] != goal:
        way = ways.pop(0)
        for following in steps.get(way[-1], ()):
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return ways[0]

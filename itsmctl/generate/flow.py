"""Whether states follow one another as the flow of a process leads, and who may enter them, in plain Python."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.model import END, Process


def leaves_flow(process: Process, states: Sequence[str], *, begins_anywhere: bool = False) -> bool:
    """Whether a step, the first one included, leads to no activity that the flow reaches from where the case was.

    A case that was given up may stop anywhere; one that has come to rest must have reached the end.
    With `begins_anywhere` the first step counts as allowed.
    """
    of = {state.id: {a.id for a in process.activities if state.id in a.states} for state in process.states}
    given_up = {state.id for state in process.states if state.phase == "cancelled"}
    over = {state.id for state in process.states if state.phase == "closed"}
    path = [state for state in states if of.get(state) and state not in given_up]
    initial = {state.id for state in process.states if state.initial}
    if path and initial and path[0] not in initial and not begins_anywhere:
        return True
    here = of[path[0]] if path and begins_anywhere else _begins(process)
    for state in path:
        there = of[state] & here
        if not there:
            return True
        here = of[state] | _led_to(process, of[state])
    ended = bool(path) and states[-1] in over and not given_up & set(states)
    return ended and END not in here


def roles_of(process: Process, state: str) -> tuple[str, ...]:
    """The roles of the lanes whose activities a state belongs to; none for a state that anybody may enter."""
    if any(one.id == state and one.phase == "cancelled" for one in process.states):
        return ()
    lanes = {activity.lane for activity in process.activities if state in activity.states}
    return tuple(role for lane in process.lanes if lane.id in lanes for role in lane.roles)


def _begins(process: Process) -> set[str]:
    """The activities with a state that come first, or first after those without one."""
    led_to = {flow.to for activity in process.activities for flow in activity.flows}
    first = {a.id for a in process.activities if a.id not in led_to} or {process.activities[0].id}
    return _seen(process, first)


def _led_to(process: Process, of: set[str]) -> set[str]:
    return _seen(process, {flow.to for a in process.activities if a.id in of for flow in a.flows})


def _seen(process: Process, ids: set[str]) -> set[str]:
    """The activities themselves, and where those of them lead that leave no trace."""
    by_id = {activity.id: activity for activity in process.activities}
    found, waiting = set(ids), list(ids)
    while waiting:
        activity = by_id.get(waiting.pop())
        if activity is not None and not activity.states:
            news = {flow.to for flow in activity.flows} - found
            found |= news
            waiting += news
    return found

"""Whether the life of a record is over, and since when: by its state, else by its times."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.engine.context import Context
from itsmctl.engine.sql import Fragment, join
from itsmctl.engine.strange import is_strange
from itsmctl.model import Phase, Process

CLOSED: tuple[Phase, ...] = ("closed", "cancelled")
"""Phases in which nothing more is expected of a record."""
DONE: tuple[Phase, ...] = ("resolved", *CLOSED)
"""Phases in which nobody works on a record any more."""


def closed(context: Context) -> Fragment:
    """SQL for whether nothing more is expected of the record `r`; NULL where nothing in the export tells."""
    return _is_in(context, CLOSED, ("closed_at",))


def done(context: Context) -> Fragment:
    """SQL for whether nobody works on the record `r` any more; NULL where nothing in the export tells."""
    return _is_in(context, DONE, ("resolved_at", "closed_at"))


def not_yet(over: Fragment, context: Context) -> Fragment:
    """SQL for whether the export tells that the record `r` is not `over` (`closed` or `done`) yet; never NULL, and false in a state that nobody translates."""
    known = " AND NOT " + is_strange("r", ()) if context.meets_strange else ""
    return "(NOT coalesce(" + over + ", true)" + known + ")"


def states_in(context: Context, phases: Sequence[Phase]) -> tuple[tuple[str, str], ...]:
    """(process, state) of every state in some phases, sorted: of the process that is judged, or of all."""
    return tuple(sorted((p.id, state.id) for p in _judged(context) for state in p.states if state.phase in phases))


def _judged(context: Context) -> list[Process]:
    """The processes whose records may be met: naming the states of all others would cost more than looking at the records."""
    processes = context.definitions.processes.values()
    return sorted((p for p in processes if context.process in ("", p.id)), key=lambda p: p.id)


def _is_in(context: Context, phases: Sequence[Phase], columns: Sequence[str]) -> Fragment:
    """By the state, where its process knows it; else by whether one of the columns is filled."""
    inside, tests = set(states_in(context, phases)), []
    for process in _judged(context):
        for is_in in (True, False):
            states = [state.id for state in process.states if ((process.id, state.id) in inside) == is_in]
            if states:
                test = f"WHEN r.process = ? AND r.state IN ({', '.join('?' * len(states))}) THEN {str(is_in).lower()}"
                tests.append(Fragment(test, (process.id, *states)))
    filled = " OR ".join(f"r.{column} IS NOT NULL" for column in columns)
    known = "false" if context.exported.intersection(columns) else "NULL"
    return "CASE " + join(" ", [*tests, Fragment(f"WHEN {filled} THEN true ELSE {known} END")])

"""The path of a record through the activities of its process: which steps the flow allows, and what a forbidden one leaves out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from itsmctl.engine.context import Context
from itsmctl.engine.life import closed
from itsmctl.engine.sql import Fragment, literal_rows
from itsmctl.model import END, Process

START = ""
"""Where every path comes from, and where one that is over leads."""
SKIPPED, BACK = "skipped", "back"


@dataclass(frozen=True)
class Step:
    """A change of state that the flow does not allow: it leaves activities out, or leads to where no flow leads."""

    old: str
    new: str
    kind: str
    activities: tuple[str, ...]


def forbidden_steps(process: Process) -> tuple[Step, ...]:
    """Every step between two states of activities, from the start or to the end, that the flow does not allow.

    A state may belong to several activities; a step is allowed where any of them explains it. Activities without a
    state leave no trace, so nobody can see them left out. Where states are marked as initial, a path begins in one of them.
    """
    seen = {
        state: frozenset(activity.id for activity in process.activities if state in activity.states)
        for state in states_on_path(process)
    }
    ends = [(START, frozenset({START}), state, of) for state, of in seen.items()]
    ends += [(state, of, START, frozenset({END})) for state, of in seen.items()]
    ends += [(old, of, new, to) for old, of in seen.items() for new, to in seen.items() if not of & to]
    begins = {state.id for state in process.states if state.initial} or {START, *seen}
    found = (
        (old, new, None if old == START and new not in begins and not left_out else left_out)
        for old, of, new, to in ends
        for left_out in (_left_out(process, of, to),)
    )
    return tuple(
        Step(
            old, new, BACK if left_out is None else SKIPPED, tuple(sorted(seen[new])) if left_out is None else left_out
        )
        for old, new, left_out in found
        if left_out != () and not (left_out is None and new == START)
    )


def _left_out(process: Process, of: Iterable[str], to: frozenset[str]) -> tuple[str, ...] | None:
    """The fewest activities with states that lie between; none is an allowed step, None that no flow leads there."""
    flows = _flows(process)
    visible = {activity.id for activity in process.activities if activity.states}
    waiting: deque[tuple[str, tuple[str, ...]]] = deque((one, ()) for one in sorted(of))
    fewest: dict[str, tuple[str, ...]] = {}
    arrived: list[tuple[str, ...]] = []
    while waiting:
        here, passed = waiting.popleft()
        for there in flows.get(here, ()):
            through = (*passed, there) if there in visible else passed
            if there in to:
                arrived.append(passed)
            elif there not in fewest or len(through) < len(fewest[there]):
                fewest[there] = through
                waiting.append((there, through))
    return min(arrived, key=lambda passed: (len(passed), passed), default=None)


def _flows(process: Process) -> Mapping[str, tuple[str, ...]]:
    """Where each activity leads; from START to every activity that nothing leads to, or else to the first."""
    flows = {activity.id: tuple(flow.to for flow in activity.flows) for activity in process.activities}
    led_to = {there for leads in flows.values() for there in leads}
    begins = tuple(activity.id for activity in process.activities if activity.id not in led_to)
    return {**flows, START: begins or tuple(activity.id for activity in process.activities[:1])}


def states_on_path(process: Process) -> tuple[str, ...]:
    """The states of activities, sorted; what is cancelled leaves the path, and may do so everywhere."""
    acted = {state for activity in process.activities for state in activity.states}
    return tuple(sorted(state.id for state in process.states if state.id in acted and state.phase != "cancelled"))


def walked(process: Process, context: Context) -> Fragment:
    """SELECT of tix, steps, wrong, says and wrong_at (of the first wrong step), and the path of each record in `scoped`.

    States of no activity are passed over, and so is one that follows itself.
    """
    steps = [
        (step.old, step.new, step.kind, ", ".join(step.activities), f"{step.old or '–'} -> {step.new or '–'}")
        for step in forbidden_steps(process)
    ]
    states = states_on_path(process)
    given_up = [state.id for state in process.states if state.phase == "cancelled"]
    over = Fragment("")
    if given_up:
        marks = ", ".join("?" * len(given_up))
        over = Fragment(
            f" AND l.tix NOT IN (SELECT tix FROM span WHERE is_last AND state IN ({marks}))", tuple(given_up)
        )
    kept = Fragment(f"s.state IN ({', '.join('?' * len(states))})", states) if states else Fragment("false")
    moves = (
        "SELECT s.tix, s.seq, s.t0, s.state, lag(s.state) OVER (PARTITION BY s.tix ORDER BY s.seq) AS old FROM span AS s JOIN scoped AS r ON r.tix = s.tix WHERE "
        + kept
    )
    walk = (
        "SELECT tix, seq, t0, state, coalesce(old, '') AS old, row_number() OVER (PARTITION BY tix, state ORDER BY seq) AS visit FROM ("
        + moves
        + ") AS m WHERE old IS NULL OR old <> state"
    )
    last = (
        "SELECT l.tix, l.seq + 1 AS seq, l.t0, '' AS state, l.state AS old, 1 AS visit FROM (SELECT tix, max(seq) AS seq, max_by(t0, seq) AS t0, max_by(state, seq) AS state FROM ("
        + walk + ") AS w GROUP BY tix) AS l JOIN scoped AS r ON r.tix = l.tix WHERE " + closed(context) + over
    )  # fmt: skip
    says = "concat(CASE WHEN k.kind = 'skipped' THEN 'skipped: ' WHEN p.visit > 1 THEN 'repeated: ' ELSE 'out of order: ' END, k.activities, ' (', k.step, ')')"
    return (
        f"""SELECT p.tix, count(*) FILTER (WHERE p.state <> '') AS steps, count(k.kind) AS wrong, min_by({says}, CASE WHEN k.kind IS NOT NULL THEN p.seq END) AS says,
            min(CASE WHEN k.kind IS NOT NULL THEN p.t0 END) AS wrong_at, string_agg(CASE WHEN p.state <> '' THEN p.state END, ' > ' ORDER BY p.seq) AS path
        FROM ("""
        + walk + " UNION ALL " + last + ") AS p LEFT JOIN "
        + literal_rows(steps or [("", "", "", "", "")], "k", ("old", "new", "kind", "activities", "step"))
        + " ON k.old = p.old AND k.new = p.state AND (k.old <> '' OR k.new <> '') GROUP BY p.tix"
    )  # fmt: skip

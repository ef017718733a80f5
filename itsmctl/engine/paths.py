"""The path of a record through the activities of its process: which steps the flow allows, and what a forbidden one leaves out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
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


def walked(process: Process, context: Context, *, begins_anywhere: bool = False) -> Fragment:
    """SELECT of tix, steps, wrong, says and wrong_at (of the first wrong step), and the path of each record in `scoped`.

    States of no activity are passed over, and so is one that follows itself. A record that is over, and was not given
    up, also takes the step to the end. With `begins_anywhere` the step from the start is allowed, wherever it leads.

    Most records take allowed steps alone, which each state and the one before it tell; only the others are walked step by step.
    """
    forbidden = [step for step in forbidden_steps(process) if not (begins_anywhere and step.old == START)]
    within = [step for step in forbidden if step.new != START]
    at_end = [step for step in forbidden if step.new == START]
    kept = _among("s.state", states_on_path(process))
    return (
        "WITH odd AS MATERIALIZED (" + _odd(process, context, within, at_end)
        + """) SELECT s.tix, count(*) AS steps, 0 AS wrong, CAST(NULL AS VARCHAR) AS says, CAST(NULL AS BIGINT) AS wrong_at,
            string_agg(s.state, ' > ' ORDER BY s.seq) AS path
        FROM span AS s JOIN scoped AS r ON r.tix = s.tix
        WHERE (s.before IS NULL OR s.before <> s.state) AND s.tix NOT IN (SELECT tix FROM odd) AND """ + kept
        + " GROUP BY s.tix UNION ALL "
        + _walked_one_by_one(process, context, within, at_end)
    )  # fmt: skip


def _odd(process: Process, context: Context, within: Sequence[Step], at_end: Sequence[Step]) -> Fragment:
    """SELECT of the records that take a forbidden step, or come back to the path from beside it, or may end beside it."""
    on_path, given_up = states_on_path(process), _given_up(process)
    ends = sorted({step.old for step in at_end})
    return (
        "SELECT DISTINCT s.tix FROM span AS s JOIN scoped AS r ON r.tix = s.tix LEFT JOIN " + _steps(within, "k")
        + " ON k.old = coalesce(s.before, '') AND k.new = s.state WHERE k.kind IS NOT NULL OR (s.before IS NOT NULL AND NOT "
        + _among("s.before", on_path) + " AND " + _among("s.state", on_path) + ") OR (s.is_last AND (" + _among("s.state", ends)
        + " AND " + closed(context) + " OR NOT " + _among("s.state", (*on_path, *given_up)) + "))"
    )  # fmt: skip


def _given_up(process: Process) -> tuple[str, ...]:
    return tuple(state.id for state in process.states if state.phase == "cancelled")


def _walked_one_by_one(process: Process, context: Context, within: Sequence[Step], at_end: Sequence[Step]) -> Fragment:
    """The same of the records in `odd`, looking from each step to those beside it."""
    back = any(step.kind == BACK for step in (*within, *at_end))
    visit = "row_number() OVER (PARTITION BY tix, state ORDER BY seq)" if back else "1"
    moves = (
        "SELECT s.tix, s.seq, s.t0, s.state, coalesce(lag(s.state) OVER (PARTITION BY s.tix ORDER BY s.seq), '') AS old, "
        + closed(context) + " AS is_over FROM span AS s JOIN scoped AS r ON r.tix = s.tix WHERE s.tix IN (SELECT tix FROM odd) AND "
        + _among("s.state", states_on_path(process))
    )  # fmt: skip
    walk = (
        f"SELECT tix, seq, t0, state, old, {visit} AS visit, is_over AND lead(seq) OVER (PARTITION BY tix ORDER BY seq) IS NULL AS ends FROM ("
        + moves
        + ") AS m WHERE old <> state"
    )
    given_up = _given_up(process)
    on_path = "true" if not given_up else "p.tix NOT IN (SELECT tix FROM span WHERE is_last AND "
    over = Fragment(on_path) + (_among("state", given_up) + ")" if given_up else "")
    says = "concat(CASE WHEN k.kind = 'skipped' THEN 'skipped: ' WHEN p.visit > 1 THEN 'repeated: ' ELSE 'out of order: ' END, k.activities, ' (', k.step, ')')"
    says_at_end = "concat('skipped: ', e.activities, ' (', e.step, ')')"
    return (
        f"""SELECT p.tix, count(*) AS steps, count(k.kind) + count(e.kind) AS wrong,
            coalesce(min_by({says}, CASE WHEN k.kind IS NOT NULL THEN p.seq END), max(CASE WHEN e.kind IS NOT NULL THEN {says_at_end} END)) AS says,
            coalesce(min(CASE WHEN k.kind IS NOT NULL THEN p.t0 END), max(CASE WHEN e.kind IS NOT NULL THEN p.t0 END)) AS wrong_at,
            string_agg(p.state, ' > ' ORDER BY p.seq) AS path
        FROM ("""
        + walk
        + ") AS p LEFT JOIN " + _steps(within, "k") + " ON k.old = p.old AND k.new = p.state"
        + " LEFT JOIN " + _steps(at_end, "e") + " ON p.ends AND e.old = p.state AND " + over
        + " GROUP BY p.tix"
    )  # fmt: skip


def _among(column: str, states: Sequence[str]) -> Fragment:
    return Fragment(f"{column} IN ({', '.join('?' * len(states))})", tuple(states)) if states else Fragment("false")


def _steps(steps: Sequence[Step], alias: str) -> Fragment:
    """Forbidden steps as rows; where there are none, one that nobody takes."""
    rows = [
        (step.old, step.new, step.kind, ", ".join(step.activities), f"{step.old or '–'} -> {step.new or '–'}")
        for step in steps
    ]
    nobody = (None, None, None, None, None)
    return literal_rows(rows or [nobody], alias, ("old", "new", "kind", "activities", "step"))

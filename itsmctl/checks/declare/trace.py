"""The trace of a record: the events of the kinds that a rule speaks of, in their order, with what is known of it.

Changes of one field have an order, their sequence. Between a change and an approval, two approvals, or changes of two
fields that happened in the same second, nobody knows it; such rows are `mixed`, where the order matters.
"""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.checks.declare.activity import APPROVAL, STATE, Activity
from itsmctl.engine.context import Context
from itsmctl.engine.life import closed
from itsmctl.engine.openings import Opening, counted_until, join_day
from itsmctl.engine.people import called
from itsmctl.engine.spans import values_of
from itsmctl.engine.sql import Fragment, join
from itsmctl.model import PEOPLE_COLUMNS

STEP = 1_000_000
"""More than any record has events: the place of an event is its second times this, plus its sequence."""


def sources(activities: Sequence[Activity]) -> tuple[str, ...]:
    """The kinds of events that some activities are of, sorted."""
    return tuple(sorted({activity.source for activity in activities}))


def is_mixable(kinds: Sequence[str]) -> bool:
    """Whether the order of events of these kinds can be unknown."""
    return len(kinds) > 1 or APPROVAL in kinds


def trace(
    first: Activity, then: Activity | None, context: Context, opening: Opening | None, *, whole: bool
) -> Fragment:
    """SELECT of tix, place, t, source, label, clock, is_a, is_b, closed, closed_at; `whole` keeps other events of the kinds."""
    kinds = sources([first, then] if then else [first])
    rows = join(" UNION ALL ", (_events(kind, context) for kind in kinds))
    selected = (
        Fragment(f"SELECT e.tix, e.t * {STEP} + e.seq AS place, e.t, e.source, e.label, {counted_until(opening, 'e.t', 'd')} AS clock, ")
        + first.test() + " AS is_a, " + (then.test() if then else "false") + " AS is_b, "
        + closed(context) + " AS closed, r.closed_at FROM (" + rows + ") AS e JOIN scoped AS r ON r.tix = e.tix"
        + join_day(opening, "e.t", "d")
    )  # fmt: skip
    return selected if whole else "SELECT * FROM (" + selected + ") AS told WHERE is_a OR is_b"


def _events(kind: str, context: Context) -> Fragment:
    """tix, seq, t, kind, source (within which `seq` tells the order), value, role, label."""
    no_role = "CAST(NULL AS VARCHAR) AS role"
    if kind == STATE:
        return Fragment(
            f"SELECT s.tix, s.seq, s.t0 AS t, 'state' AS kind, 'state' AS source, s.state AS value, {no_role}, s.state AS label FROM span AS s"
        )
    if kind == APPROVAL:
        return Fragment(
            """SELECT a.tix, 0 AS seq, a.t, 'approval' AS kind, concat('approval ', row_number() OVER (PARTITION BY a.tix ORDER BY a.t, a.approver, a.role, a.decision)) AS source,
            a.decision AS value, a.role, concat('approval = ', a.decision) AS label
            FROM (SELECT a.tix, a.moment AS t, a.approver, a.role, a.decision FROM approval AS a JOIN scoped AS r ON r.tix = a.tix) AS a
            WHERE a.t <= ?""",
            (context.as_of,),
        )
    value = f"CASE WHEN v.value IS NOT NULL THEN {called('v.value')} END" if kind in PEOPLE_COLUMNS else "v.value"
    return (
        Fragment(f"SELECT v.tix, v.seq, v.t0 AS t, ? AS kind, ? AS source, v.value, {no_role}, concat(?, ' = ', {value}) AS label FROM (", (kind, kind, kind))
        + values_of(kind, context)
        + ") AS v"
    )  # fmt: skip

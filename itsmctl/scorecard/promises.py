"""Clocks of agreements as figures: what was promised and kept, and what nobody can tell the promise of."""

from __future__ import annotations

from itsmctl.engine.context import Context
from itsmctl.engine.sql import Fragment


def ended_clocks(context: Context, process: str, clock: str) -> Fragment:
    """A relation of the clocks that ended or ran over, or whose promise nobody can tell: `tix`, `verdict`, `ended`.

    A clock without an agreement promises nothing. But a ticket that does not say its service may have been promised more
    than what everybody is: were it left out, or judged by the looser promise, a share would rise by what a ticket lost.
    """
    last = context.as_of - 1
    untold = _untold(context)
    return (
        Fragment(f"""(SELECT c.tix, CASE WHEN {untold} THEN 'not_testable' ELSE c.verdict END AS verdict,
            least(CASE WHEN c.agreement IS NULL THEN coalesce(r.resolved_at, r.closed_at, {last}) ELSE c.judged_at END, {last}) AS ended
        FROM clock AS c JOIN record AS r ON r.tix = c.tix
        WHERE c.verdict <> 'cancelled' AND ({untold} OR c.agreement IS NOT NULL
            AND c.verdict IN ('met', 'breached', 'running_breached', 'not_testable'))""")
        + Fragment(" AND c.clock = ? AND r.process = ?)", (clock, process))
    )  # fmt: skip


def service_missing(context: Context) -> str:
    """SQL for whether a record `r` does not say its service, where that decides what was promised."""
    named = any(agreement.services for agreement in context.definitions.agreements.values())
    return "r.service IS NULL" if named and "service" in context.exported else "false"


def _untold(context: Context) -> str:
    """SQL for whether a record does not say which agreement is its own."""
    nameless = "c.agreement IS NULL AND c.reason NOT IN ('no-agreement', 'no-clock')"
    return f"({service_missing(context)} OR {nameless})"

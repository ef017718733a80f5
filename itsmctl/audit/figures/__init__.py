"""What charts show, counted in the engine: a few hundred rows, however many records there are."""

from __future__ import annotations

from itsmctl.audit.figures.times import backlog, distributions, hours
from itsmctl.audit.figures.ways import flows, network, recurrence
from itsmctl.audit.preparing import Period
from itsmctl.engine.context import Context
from itsmctl.engine.life import DONE, states_in
from itsmctl.engine.session import Session, quote
from itsmctl.figures import ASKED, Figures


def count_figures(session: Session, context: Context, period: Period) -> Figures:
    """Everything that charts show of the records that were judged."""
    _create_asked(session, context)
    return Figures(
        distributions(session, period[1]),
        backlog(session, context, period),
        flows(session),
        network(session, context) if "group" in context.history else None,
        hours(session, context),
        recurrence(session, context),
    )


def _create_asked(session: Session, context: Context) -> None:
    """`asked`: the records of what people ask for; one that is over by its state, nobody knows since when, is `undated`."""
    here = [process for process in ASKED if process in context.processes]
    scope = f" AND r.process IN ({', '.join(map(quote, here))})" if here else ""
    over = [state for state in states_in(context, DONE) if not here or state[0] in here]
    undated = "false"
    if over and "state" not in context.known_later:
        pairs = " OR ".join(f"r.process = {quote(process)} AND r.state = {quote(state)}" for process, state in over)
        undated = f"r.ended_at IS NULL AND coalesce({pairs}, false)"
    session.run(
        "CREATE OR REPLACE TEMP TABLE asked AS SELECT r.tix, r.opened_at, r.ended_at, "
        f"{undated} AS undated FROM record AS r WHERE r.opened_at >= 0{scope}"
    )

"""Pauses that agreements allow and an export cannot tell: what waited in them counts as if somebody had been at work."""

from __future__ import annotations

from itsmctl.engine.context import Context
from itsmctl.engine.session import Session
from itsmctl.engine.sql import join
from itsmctl.engine.telling import never_there
from itsmctl.model import Definitions


def untold_pauses(session: Session, context: Context) -> tuple[tuple[str, str], ...]:
    """A warning for each process some of whose clocks ran under agreements that pause in states which the export cannot tell.

    Who broke such a promise may have been waiting for others: the auditor must know before anybody is asked why.
    """
    warnings = []
    for process in sorted(context.processes):
        seen = context.about(process)
        words = seen.words_for("state")
        if all(states <= words for states in _pauses(context.definitions).values()):
            continue
        untold = [state for state in _allowed(session, seen) if state not in words]
        asked = join(", ", (never_there("state", state, seen) for state in untold))
        missing = session.one(f"SELECT {asked.text}", asked.values) if untold else ()
        if states := [state for state, never in zip(untold, missing, strict=True) if never]:
            message = f"{process}: no time is taken off for pauses that the export neither has nor has a word for: {', '.join(states)}"
            warnings.append(("pause-never-named", message))
    return tuple(warnings)


def _allowed(session: Session, context: Context) -> list[str]:
    """The states of the process that pause a clock which some of its records had."""
    rows = session.rows(
        """SELECT DISTINCT c.agreement, c.clock FROM clock AS c JOIN record AS r ON r.tix = c.tix
        WHERE r.process = ? AND c.agreement IS NOT NULL AND c.verdict NOT IN ('not_testable', 'cancelled')""",
        (context.process,),
    )
    pauses = _pauses(context.definitions)
    states = {state for agreement, clock in rows for state in pauses.get((str(agreement), str(clock)), ())}
    process = context.definitions.processes.get(context.process)
    own = {state.id for state in process.states} if process else states
    return sorted(states & own)


def _pauses(definitions: Definitions) -> dict[tuple[str, str], frozenset[str]]:
    """By agreement and the name of the clock as records have it, the states that pause it."""
    promised = {
        (agreement.id, name): frozenset(state for state, role in clock.states.items() if role == "pause")
        for agreement in definitions.agreements.values()
        for name, clock in agreement.clocks.items()
    }
    for supporting in (definitions.operational_agreements, definitions.contracts):
        for id_, support in supporting.items():
            for name, leg in support.terms.clocks.items():
                promised[id_, f"{id_}/{name}"] = frozenset(leg.pauses)
    return promised

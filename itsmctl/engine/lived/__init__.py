"""Clocks whose agreements ask for more than states and last values: the SQL twin of `worktime.living`.

Only what some agreement uses is computed, and only for the records that it judges. The plain clocks have chosen the
agreement in force when a record was opened; what that agreement says on changes, reopenings and pauses is followed
here along the record's life: stretches in which nothing changes, rounds of the clock, and their sums.
"""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.engine.lived.bounds import create_bounds
from itsmctl.engine.lived.counting import create_counts
from itsmctl.engine.lived.life import create_life
from itsmctl.engine.lived.once import count_once
from itsmctl.engine.lived.plan import Plan
from itsmctl.engine.lived.rounds import create_policies, create_rounds
from itsmctl.engine.lived.starts import create_starts
from itsmctl.engine.lived.stretches import create_stretches
from itsmctl.engine.lived.terms import governing_offer, offer_at, terms_of
from itsmctl.engine.lived.verdicts import create_offer_facts, replace_verdicts
from itsmctl.engine.session import Session

__all__ = ["Plan", "governing_offer", "judge_lived", "offer_at", "terms_of"]

_TEMPORARY: Sequence[str] = (
    "lived", "lived_name", "lived_life", "lived_kind", "lived_stretch", "lived_bound", "lived_round", "lived_offer", "lived_policy",
)  # fmt: skip


def judge_lived(session: Session, plan: Plan) -> None:
    """Replace the rows of `clock` for the clocks that are not plain."""
    if not plan.lived:
        return
    if not create_life(session, plan):
        return
    create_starts(session, plan)
    create_stretches(session, plan)
    create_bounds(session, plan)
    create_policies(session, plan)
    create_offer_facts(session, plan)
    if plan.counts_once:
        count_once(session, plan)
    else:
        create_rounds(session, plan)
        create_counts(session, plan)
    replace_verdicts(session, plan)
    for table in _TEMPORARY:
        session.run(f"DROP TABLE {table}")

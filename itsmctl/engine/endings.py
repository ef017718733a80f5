"""What the history says of the end of each clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from itsmctl.engine.offers import Offer
from itsmctl.engine.session import Session, quote

ENDING = frozenset({"stop", "cancel"})
"""The roles of states that end a clock."""


@dataclass(frozen=True)
class Playing:
    """The states that play a role in the clocks of some offers, as SQL that asks for them in a record or a span."""

    ends: str
    cancels: str
    pauses: str
    left: str
    """Whether a span follows on an end without being one: the record was taken up again."""

    @classmethod
    def of(cls, every: Sequence[Offer]) -> Playing:
        """What plays a role in their clocks."""
        played = [(state, role) for o in every for state, role in o.clock.states.items()]
        ends = {frozenset(state for state, role in o.clock.states.items() if role in ENDING) for o in every}
        left = (f"({_among('before', some)} AND NOT {_among('state', some)})" for some in sorted(ends, key=sorted))
        return cls(
            ends=_among("state", (state for state, role in played if role in ENDING)),
            cancels=_among("state", (state for state, role in played if role == "cancel")),
            pauses=_among("state", (state for state, role in played if role not in ENDING)),
            left=" OR ".join(left) or "false",
        )


def _among(column: str, states: Iterable[str]) -> str:
    listed = ", ".join(map(quote, sorted(set(states))))
    return f"{column} IN ({listed})" if listed else "false"


def create_endings(session: Session, parties: str, playing: Playing) -> None:
    """Create `ending`: what the history says of the end of each clock, a row where there is a history.

    A record that ended and was not taken up again has nothing but ends from the first of them on, so that no other state
    before its last tells anything; that of a record in `reopened` does.
    """
    session.run(f"CREATE OR REPLACE TEMP TABLE reopened AS SELECT DISTINCT tix FROM ticket_span WHERE {playing.left}")
    # A clock that no state stops or pauses, such as that of an answer, asks the history of cancelled records alone.
    cancelled = (
        f"SELECT tix FROM ticket WHERE {playing.cancels} UNION ALL SELECT tix FROM ticket_span WHERE {playing.cancels}"
    )
    # Parts lie side by side: what ends the clock for good begins where the last part ends that does not.
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE ending AS
        SELECT tix, offer, bool_or(is_last AND role = 'pause') AS paused_now, bool_or(is_last AND role = 'cancel') AS cancelled_now,
            CASE WHEN bool_or(is_last AND ends) THEN coalesce(max(CASE WHEN NOT ends THEN t1 END), min(t0)) END AS last_stop,
            min(CASE WHEN ends THEN t0 END) AS first_stop, min(CASE WHEN role = 'cancel' THEN t0 END) AS first_cancel
        FROM (
            SELECT s.tix, a.offer, s.t0, s.t1, s.is_last, coalesce(c.role, '') AS role, coalesce(c.role IN ('stop', 'cancel'), false) AS ends
            FROM (
                SELECT * FROM ticket_span WHERE is_last OR (t0 < t1 AND ({playing.ends} OR tix IN (SELECT tix FROM reopened)))
            ) AS s JOIN (
                SELECT r.tix, a.offer FROM {parties} JOIN clock_kind AS k ON k.offer = a.offer
                WHERE k.has_stop OR k.has_pause OR r.tix IN ({cancelled})
            ) AS a ON a.tix = s.tix LEFT JOIN clock_role AS c ON c.offer = a.offer AND c.state = s.state
        ) AS part GROUP BY tix, offer"""
    )

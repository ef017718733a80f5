"""The life of a record as stretches of time: the same whether rows lie in order or are sorted, and as a plain loop says."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from itsmctl.engine.session import Session
from itsmctl.engine.spans import create_spans
from itsmctl.engine.tables.histories import _out_of_order

AS_OF = 1_000
Event = tuple[int, int, int | None, str, str | None, str | None]
"""tix, seq, moment, field, old, new"""
Span = tuple[int, int, str, int, int, bool, str | None]
"""tix, seq, state, t0, t1, is_last, before"""


class Sorting(Session):
    """A session that does not read rows in the order in which they lie."""

    @property
    def in_order(self) -> bool:
        return False


@pytest.mark.parametrize("kind", [Session, Sorting])
@pytest.mark.parametrize("seed", range(20))
def test_spans_are_what_a_plain_loop_says(kind: type[Session], seed: int) -> None:
    """Moments that run backwards, are empty or lie after the audit, states that are emptied, what was before the first change."""
    opened, events = _histories(random.Random(seed))
    with kind() as session:
        _fill(session, opened, events)
        create_spans(session, AS_OF)
        found = session.rows("SELECT tix, seq, state, t0, t1, is_last, before FROM span ORDER BY tix, seq")
    assert found == [span for tix in opened for span in _spans(tix, opened, events)]


def test_events_out_of_order_are_seen() -> None:
    """A record that comes back after another, or a change before the one that precedes it."""
    rows: list[Event] = [
        (1, 1, 5, "state", None, "new"),
        (1, 2, 6, "state", "new", "old"),
        (2, 1, 5, "state", None, "new"),
    ]
    with Session() as session:
        _fill(session, {1: 0, 2: 0}, rows)
        assert not _out_of_order(session)
        session.run("INSERT INTO event VALUES (1, 3, 7, 'state', 'old', 'new')")
        assert _out_of_order(session)
    with Session() as session:
        _fill(session, {1: 0, 2: 0}, [rows[1], rows[0]])
        assert _out_of_order(session)


def _histories(draw: random.Random) -> tuple[dict[int, int | None], list[Event]]:
    opened: dict[int, int | None] = {}
    events: list[Event] = []
    for tix in range(1, 300):
        opened[tix] = draw.choice([None, *range(0, 1_100, 50)])
        at = draw.randrange(0, 900)
        for seq in range(1, draw.randrange(1, 8)):
            at += draw.choice([0, 0, 10, 40, 200, -30])
            moment = draw.choice([at] * 20 + [None])
            states = ["new", "work", "wait", "done"]
            field = draw.choice(["state"] * 4 + ["group"])
            events.append((tix, seq, moment, field, draw.choice([None, *states]), draw.choice([None, *states])))
    return opened, events


def _fill(session: Session, opened: dict[int, int | None], events: list[Event]) -> None:
    session.run("CREATE TABLE record (tix BIGINT, state VARCHAR, opened_at BIGINT)")
    session.insert("record", ("tix", "opened_at"), list(opened.items()))
    session.run(
        'CREATE TABLE event (tix BIGINT, seq BIGINT, moment BIGINT, field VARCHAR, "old" VARCHAR, "new" VARCHAR)'
    )
    session.insert("event", ("tix", "seq", "moment", "field", "old", "new"), events)
    session.run("CREATE TABLE state_word AS SELECT old AS word FROM event UNION SELECT new FROM event")


def _spans(tix: int, opened: dict[int, int | None], events: list[Event]) -> Iterator[Span]:
    mine = [event for event in events if event[0] == tix and event[3] == "state"]
    life: list[tuple[int, str, int]] = []
    if mine and mine[0][4] is not None and mine[0][2] is not None:
        began, changed = opened[tix], mine[0][2]
        # Where nobody knows, or it is said to be later: as if it had been opened when it first changed.
        life.append((0, mine[0][4], min(changed if began is None else began, changed, AS_OF)))
    life += [(seq, new, at) for _, seq, at, _, _, new in mine if at is not None and at <= AS_OF and new is not None]
    latest = -(10**9)
    told = []
    for seq, state, at in life:
        latest = max(latest, at)
        told.append((seq, state, latest))
    for place, (seq, state, at) in enumerate(told):
        is_last = place + 1 == len(told)
        yield (
            tix,
            seq,
            state,
            at,
            AS_OF if is_last else told[place + 1][2],
            is_last,
            told[place - 1][1] if place else None,
        )

"""Several pieces of work on one database, two at a time, each with a schema of its own for the tables that it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from itsmctl.beside import Beside, Result
from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError


def in_lanes(
    session: Session, works: Sequence[Callable[[Session], Result]], sizes: Sequence[int], shared: str = "main"
) -> list[Result]:
    """Do all pieces of work, the largest first, and return what they return in the order in which they are named.

    What a piece makes goes away when it ends, but for what it makes under the name of the schema `shared`, and no piece
    sees what another makes elsewhere. Of pieces that cannot be done the first one named tells why, whichever came to its
    end first.
    """
    waiting = iter(sorted(range(len(works)), key=lambda place: (-sizes[place], place)))
    done: dict[int, Result] = {}
    refused: dict[int, ItsmctlError] = {}

    def work_off(lane: Session) -> None:
        for place in waiting:
            if place > min(refused, default=place):
                continue
            try:
                with _own_schema(lane, f"piece_{place}", shared):
                    done[place] = works[place](lane)
            except ItsmctlError as error:
                refused[place] = error

    with session.alone():
        here, there = session.lane(), session.lane()
        if session.allowed == 1 or len(works) == 1:
            work_off(here)
        else:
            with Beside(lambda: work_off(there), there.interrupt):
                work_off(here)
    if refused:
        raise refused[min(refused)]
    return [done[place] for place in range(len(works))]


@contextmanager
def _own_schema(lane: Session, schema: str, shared: str) -> Iterator[None]:
    """Find and make tables in a new schema, and find those of the shared one too."""
    lane.run(f"CREATE SCHEMA {schema}")
    lane.run(f"SET search_path = '{schema},{shared}'")
    try:
        yield
    finally:
        lane.run(f"SET search_path = '{shared}'")
        lane.run(f"DROP SCHEMA {schema} CASCADE")

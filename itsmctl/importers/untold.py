"""Rows of a log that do not say when something happened, or in which state a ticket was then: holes in the history of their tickets."""

from __future__ import annotations

from itsmctl.engine.session import Session, quote
from itsmctl.importers.canonical import ORDERED, Export
from itsmctl.importers.export import RAW, REJECT

_FEW = 4
"""Of so many rows one may be without a state; where more are, the tool writes the state only into rows that change it."""


def set_untold_aside(session: Session, x: Export) -> None:
    """Put into quarantine the empty moments of rows that are left out of the history, and the empty states of a log that tells states."""
    if x.mapping.shape == "records":
        return
    if x.mapping.at in x.moments.names:
        _reject(session, x, f"o.utc IS NULL AND r.{x.staged.sql(x.mapping.at)} IS NULL", x.mapping.at, "no-time")
    if "state" in x.history:
        untold = f"h{x.history.index('state')} IS NULL"
        few, rows = session.one(f"SELECT count(*) FILTER (WHERE {untold}), count(*) FROM {ORDERED}")
        if 0 < _FEW * int(few or 0) <= int(rows or 0):
            _reject(session, x, f"o.{untold}", x.found["state"].shown, "no-state")


def _reject(session: Session, x: Export, where: str, column: str, reason: str) -> None:
    session.run(
        f"INSERT INTO {REJECT} SELECT r.file, r.row, o.id, NULL, ?, NULL, {quote(reason)}, false "
        f"FROM {ORDERED} o JOIN {RAW} r ON r.rowid = o.raw WHERE {where}",
        [column],
    )

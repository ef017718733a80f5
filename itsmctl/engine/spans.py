"""The life of every record as stretches of time, each with one value of a field: first of all the state."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from itsmctl.engine.context import Context
from itsmctl.engine.session import Session, name
from itsmctl.engine.sql import Fragment, neighbour
from itsmctl.model import DESCRIBING_COLUMNS

WITH_STATES = " LEFT JOIN (SELECT tix FROM span WHERE is_last) AS k ON k.tix = r.tix"
"""The join after which `k.tix` is NULL where the history tells no state of the record `r`."""


def blind_to(field: str) -> tuple[str, str]:
    """A join, and SQL for whether nothing is known of a field of the record `r`: only of the state can that be."""
    return (WITH_STATES, "k.tix IS NULL") if field == "state" else ("", "false")


def create_spans(session: Session, as_of: int) -> None:
    """Create `span`, the states of all records as [t0, t1): tix, seq, state, t0, t1, is_last, and the state before.

    What the first change names as before it holds since the opening, or, where nobody knows when that was or it is said to be
    later than the change, for no time at all.
    Moments after `as_of` are dropped, and times never run backwards: few histories do, and only theirs need a maximum over
    all that went before.
    """
    steps = "FROM event WHERE field = 'state'"
    word = session.type_of_words("word", "state_word")
    session.run(
        f"CREATE TABLE span (tix BIGINT, seq BIGINT, state {word}, t0 BIGINT, t1 BIGINT, is_last BOOLEAN, before {word})"
    )
    before = partial(neighbour, in_order=session.in_order)
    after = partial(neighbour, in_order=session.in_order, after=True)
    kept = f"{steps} AND new IS NOT NULL AND moment <= {as_of}"
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE at_opening AS SELECT f.tix, CAST(f.old AS {word}) AS state, least(coalesce(r.opened_at, f.moment), f.moment, {as_of}) AS t0 FROM (
            SELECT tix, old, moment FROM (SELECT tix, old, moment, {before("tix")} AS before FROM event WHERE field = 'state') AS e
            WHERE before IS NULL AND old IS NOT NULL AND moment IS NOT NULL
        ) AS f JOIN record AS r ON r.tix = f.tix"""
    )
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE unsteady AS SELECT DISTINCT tix FROM (
            SELECT tix, moment, {before("moment")} AS before {kept}
        ) AS e WHERE moment < before
        UNION SELECT e.tix FROM event AS e JOIN at_opening AS o ON o.tix = e.tix
        WHERE e.field = 'state' AND e.new IS NOT NULL AND e.moment <= {as_of} AND e.moment < o.t0"""
    )
    session.run(
        f"""INSERT INTO span SELECT e.tix, e.seq, e.state, e.t0, coalesce(e.t1, {as_of}), e.t1 IS NULL, coalesce(e.before, o.state)
        FROM (
            SELECT tix, seq, state, moment AS t0, {after("moment")} AS t1, {before("state")} AS before
            FROM (SELECT tix, seq, CAST(new AS {word}) AS state, moment {kept}) AS step
        ) AS e LEFT JOIN at_opening AS o ON o.tix = e.tix WHERE e.tix NOT IN (SELECT tix FROM unsteady)"""
    )
    if session.rows("SELECT 1 FROM at_opening LIMIT 1"):
        session.run(
            f"""INSERT INTO span SELECT o.tix, 0, o.state, o.t0, coalesce(f.t0, {as_of}), f.tix IS NULL, NULL FROM at_opening AS o
            LEFT JOIN (SELECT tix, min(t0) AS t0 FROM span GROUP BY tix) AS f ON f.tix = o.tix WHERE o.tix NOT IN (SELECT tix FROM unsteady)"""
        )
    if session.rows("SELECT 1 FROM unsteady LIMIT 1"):
        query = (
            """INSERT INTO span
            SELECT tix, seq, value, t0, coalesce(lead(t0) OVER life, ?) AS t1, lead(t0) OVER life IS NULL AS is_last, lag(value) OVER life AS before
            FROM ("""
            + _moved_to(
                "state",
                "(SELECT * FROM record WHERE tix IN (SELECT tix FROM unsteady))",
                as_of,
                Fragment("FROM event WHERE field = ?", ("state",)),
                before,
            )
            + ") AS moved WINDOW life AS (PARTITION BY tix ORDER BY seq)"
        )
        session.run(query.text, (as_of, *query.values))


def values_of(field: str, context: Context) -> Fragment:
    """SELECT of every value that a field took, in the records in `scoped`, up to `as_of`: tix, seq, value, t0, never running backwards.

    A first change that names what was before it tells the value since opening (seq 0). A field of which a record has no
    change at all has had its value since opening too, but the state: there a missing history is more likely.
    """
    if field == "state":  # told already
        return Fragment("SELECT s.tix, s.seq, s.state AS value, s.t0 FROM span AS s JOIN scoped AS r ON r.tix = s.tix")
    return _moved_to(field, "scoped", context.as_of, context.changes_of(field), context.neighbour)


def _moved_to(field: str, records: str, as_of: int, changes: Fragment, before: Callable[[str], str]) -> Fragment:
    """The same of some records and any field, from the changes of the field and what stands before each of them.

    Only where moments run backwards, or one is not known, the latest of all before is looked for: few histories do.
    """
    never_changed = ""
    if field != "state":
        never_changed = f"""
            UNION ALL
            SELECT r.tix, 0 AS seq, CAST(r.{name(field)} AS VARCHAR) AS value, r.opened_at AS moment FROM {records} AS r
            WHERE r.{name(field)} IS NOT NULL AND r.opened_at <= {as_of} AND r.tix NOT IN (SELECT tix FROM change)"""
    return (
        Fragment(
            f"""SELECT tix, seq, value, t0 FROM (WITH change AS MATERIALIZED (
                SELECT e.* FROM (SELECT tix, seq, moment, old, new, {before("tix")} AS earlier, {before("moment")} AS moment_before """
        )
        + changes
        + f""") AS e JOIN {records} AS r ON r.tix = e.tix),
        moved AS NOT MATERIALIZED (
            SELECT tix, seq, new AS value, moment FROM change WHERE moment <= {as_of} AND new IS NOT NULL
            UNION ALL
            SELECT c.tix, 0 AS seq, c.old AS value, least(coalesce(r.opened_at, c.moment), c.moment, {as_of}) AS moment FROM change AS c JOIN {records} AS r ON r.tix = c.tix
            WHERE c.earlier IS NULL AND c.old IS NOT NULL AND c.moment IS NOT NULL{never_changed}
        ) SELECT m.tix, m.seq, m.value, coalesce(u.t0, m.moment) AS t0 FROM moved AS m LEFT JOIN (
            SELECT tix, seq, max(moment) OVER (PARTITION BY tix ORDER BY seq) AS t0 FROM moved WHERE tix IN (SELECT tix FROM change WHERE coalesce(moment < moment_before, earlier IS NOT NULL))
        ) AS u ON u.tix = m.tix AND u.seq = m.seq) AS moved_to"""
    )


def changes_of(records: str, as_of: int) -> str:
    """SELECT of the changes of the records whose `tix` are in `records`, each once there.

    `kept` says whether a change is known at `as_of`; `moment` is when, no earlier than the kept ones before it; `place`
    counts the changes of its field; `written` is the moment that it says of itself; `old` and `new` are NULL
    where nothing stood.
    """
    kept = f"e.moment <= {as_of} AND NOT (e.field = 'state' AND e.new IS NULL)"
    return f"""SELECT e.tix, e.seq, e.moment AS written, max(CASE WHEN {kept} THEN e.moment END) OVER (PARTITION BY e.tix ORDER BY e.seq) AS moment, e.field,
            nullif(e.old, '') AS old, nullif(e.new, '') AS new, {kept} AS kept, row_number() OVER (PARTITION BY e.tix, e.field ORDER BY e.seq) AS place
        FROM event AS e JOIN ({records}) AS l ON l.tix = e.tix"""


def stored_with(field: str, recorded_at: str, change: str) -> str:
    """SQL for whether the first change of a field tells what the record was stored with: the twin of `worktime.stored_with`.

    It asks whether the change was `kept`, for what was `old`, and when it was `written`.
    """
    if field not in DESCRIBING_COLUMNS:
        return "false"
    return f"{change}.kept AND {change}.old IS NULL AND {change}.written = {recorded_at}"

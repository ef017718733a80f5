"""Which target of its agreement fits a record: by its last values, and for a clock that stopped, by those at the stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from itsmctl.engine.offers import Offer
from itsmctl.engine.session import Session, name, quote
from itsmctl.engine.spans import changes_of, stored_with
from itsmctl.engine.sql import Fragment, all_of, by_case, join
from itsmctl.model import TEXT_COLUMNS, Conditions


def target_number(every: Sequence[Offer]) -> Fragment:
    """SQL for the first target of the offer `a.offer` that fits record `r`, or NULL where none is known to."""
    return choice(
        every,
        lambda o: join(
            " ",
            [
                Fragment(_unknown_first(t.conditions)) + "WHEN " + all_of(t.conditions) + f" THEN {i}"
                for i, t in enumerate(o.clock.targets)
            ]
            or [Fragment("WHEN true THEN NULL")],
        ),
    )


def unknown_columns(every: Sequence[Offer]) -> Fragment:
    """SQL for the columns that the targets of `a.offer` ask about and record `r` leaves empty, joined by commas, or NULL."""
    return choice(every, lambda o: Fragment(f"WHEN true THEN {_empty_columns(o)}"))


def choice(every: Sequence[Offer], branches: Callable[[Offer], Fragment]) -> Fragment:
    """What `branches` say of the offer `a.offer`."""
    return by_case("a.offer", ((o.number, "CASE " + branches(o) + " END") for o in every))


def put_back(session: Session, every: Sequence[Offer], history: frozenset[str], as_of: int) -> None:
    """Create `at_stop`, for clocks that stopped: a priority that is lowered afterwards changes no promise.

    `judged` was made from the last values. Where a column that a target asks about changed after the stop, its target
    is chosen again; `history` are the columns of whose changes the export tells. A change in the second of the stop
    belongs to it, and as in `worktime.living` no change happens before the one that precedes it. A clock that never started
    has no stop, whatever its column says.
    """
    session.run(
        "CREATE OR REPLACE TEMP TABLE at_stop (tix BIGINT, offer BIGINT, target_number BIGINT, unknown_columns VARCHAR)"
    )
    asked = {c.column for o in every for target in o.clock.targets for c in target.conditions}
    changing = sorted(asked & history & frozenset(TEXT_COLUMNS))
    if not changing:
        return
    columns = ", ".join(
        f"CASE WHEN l.{name(c)} IS NULL THEN t.{name(c)} ELSE nullif(l.{name(c)}, '') END AS {name(c)}"
        if c in changing
        else f"t.{name(c)}"
        for c in sorted(asked)
    )
    query = (
        Fragment("INSERT INTO at_stop SELECT a.tix, a.offer, ")
        + target_number(every) + " AS target_number, " + unknown_columns(every)
        + f""" AS unknown_columns FROM (SELECT tix, offer FROM judged) AS a JOIN (
            SELECT l.tix, l.offer, {columns} FROM ticket AS t JOIN ({_later(changing, as_of)}) AS l ON l.tix = t.tix
        ) AS r ON r.tix = a.tix AND r.offer = a.offer"""
    )  # fmt: skip
    session.run(query.text, query.values)


def _later(changing: Sequence[str], as_of: int) -> str:
    """SELECT of the clocks of which such a column changed after the stop, with the value at the stop of each column that ever changed."""
    fields = ", ".join(map(quote, changing))
    at_stop = ", ".join(
        f"coalesce(max_by(coalesce(c.new, ''), c.seq) FILTER (WHERE c.field = {quote(column)} AND c.kept AND c.moment <= j.stop), "
        f"max(c.new) FILTER (WHERE c.field = {quote(column)} AND c.place = 1 AND {stored_with(column, 'c.recorded_at', 'c')}), "
        f"max(coalesce(c.old, '')) FILTER (WHERE c.field = {quote(column)} AND c.place = 1)) AS {name(column)}"
        for column in changing
    )
    # Almost every record has such a change, but few have one after a stop; where times run backwards, `broken` knows of it.
    changed = f"""SELECT j.tix FROM judged AS j JOIN (SELECT tix, moment FROM event WHERE field IN ({fields})) AS e
        ON e.tix = j.tix WHERE e.moment > j.stop
        UNION SELECT b.tix FROM broken AS b JOIN ticket AS t ON t.tix = b.tix"""
    return f"""SELECT j.tix, j.offer, {at_stop} FROM judged AS j JOIN (
            SELECT c.*, r.recorded_at FROM ticket AS r JOIN ({changes_of(changed, as_of)}) AS c ON c.tix = r.tix
        ) AS c ON c.tix = j.tix
        WHERE j.stop IS NOT NULL AND j.start <= {as_of} GROUP BY j.tix, j.offer HAVING bool_or(c.field IN ({fields}) AND c.kept AND c.moment > j.stop)"""


def _unknown_first(conditions: Conditions) -> str:
    """A branch before a target: a column that it asks about is empty, so neither it nor a later target is known to fit."""
    asked = [name(c.column) for c in conditions if c.test in ("in", "at-least", "at-most")]
    return f"WHEN {' OR '.join(f'r.{column} IS NULL' for column in asked)} THEN NULL " if asked else ""


def _empty_columns(o: Offer) -> str:
    columns = sorted({c.column for target in o.clock.targets for c in target.conditions})
    cases = [f"CASE WHEN r.{name(column)} IS NULL THEN {quote(column)} END" for column in columns]
    return f"nullif(concat_ws(',', {', '.join(cases)}), '')" if len(cases) > 1 else "".join(cases) or "NULL"

"""The ways that records take: through the states of their process, from group to group, and back again as new ones."""

from __future__ import annotations

from itsmctl.audit.figures.times import whole
from itsmctl.engine.context import Context
from itsmctl.engine.session import Row, Session, quote
from itsmctl.figures import OTHERS, Flow, Network, Recurrence, Recurring

VARIANTS, GROUPS, KINDS, MONTHS = 8, 10, 10, 24
"""How many paths, groups, kinds of incidents and months are told one by one."""
PROCESSES = 4
RECURS = 3
"""Incidents alike in one month, from which they are a candidate for a problem."""
_BITS, _PLACES, _WORDS = 6, 10, 3
"""The bits of the number of a state, how many such numbers a whole number holds, and how many of these tell a life."""


def flows(session: Session) -> tuple[Flow, ...]:
    """By process, those with most records first; a state that follows itself is no step.

    Records that have the same states at the same places are told from numbers, and of each such kind the path is written out
    once. Which states are usual a sample tells; a record with another one, or with too many changes, is a kind of its own.
    """
    usual = session.rows(
        f"SELECT state FROM span WHERE tix % 16 = 0 GROUP BY state ORDER BY count(*) DESC, state LIMIT {2**_BITS - 1}"
    )
    codes = " ".join(f"WHEN {quote(str(state))} THEN {n}" for n, (state,) in enumerate(usual, 1)) or "WHEN NULL THEN 0"
    place = f"CAST({_BITS} * (seq % {_PLACES}) AS INTEGER)"
    words = [f"w{n}" for n in range(_WORDS)]
    told = ", ".join(
        f"bit_or(CASE WHEN seq // {_PLACES} = {n} THEN code << {place} ELSE 0 END) AS {word}"
        for n, word in enumerate(words)
    )
    rows = session.rows(
        f"""WITH kind AS MATERIALIZED (
            SELECT r.process, {", ".join(words)}, own, min(s.tix) AS tix, count(*) AS n FROM (
                SELECT tix, {told}, max(CASE WHEN code IS NULL OR seq < 0 OR seq >= {_PLACES * _WORDS} THEN tix END) AS own
                FROM (SELECT tix, seq, CAST(CASE state {codes} END AS BIGINT) AS code FROM span) AS coded GROUP BY tix
            ) AS s JOIN record AS r ON r.tix = s.tix GROUP BY r.process, {", ".join(words)}, own),
        walk AS (SELECT s.tix, string_agg(s.state, '\x1f' ORDER BY s.seq) AS path FROM span AS s JOIN kind AS k ON k.tix = s.tix
            WHERE s.before IS NULL OR s.before <> s.state GROUP BY s.tix),
        variant AS (SELECT k.process, w.path, sum(k.n) AS n FROM walk AS w JOIN kind AS k ON k.tix = w.tix GROUP BY k.process, w.path),
        ranked AS (SELECT *, row_number() OVER (PARTITION BY process ORDER BY n DESC, path) AS place FROM variant)
        SELECT process, CASE WHEN place <= {VARIANTS} THEN path END AS path, sum(n), count(*) FROM ranked GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2"""
    )
    by_process: dict[str, list[Row]] = {}
    for row in rows:
        by_process.setdefault(str(row[0]), []).append(row)
    found_flows = [
        Flow(
            process,
            tuple((tuple(str(path).split("\x1f")), whole(n)) for _, path, n, _ in found if path is not None),
            sum(whole(paths) for *_, paths in found),
            sum(whole(n) for _, _, n, _ in found),
        )
        for process, found in by_process.items()
    ]
    return tuple(sorted(found_flows, key=lambda flow: (-flow.records, flow.process))[:PROCESSES])


def network(session: Session, context: Context) -> Network | None:
    """Changes of the group after the first one that a record had, as the check `handovers` counts them."""
    rows = session.rows(
        f"""WITH held AS (SELECT giver, taker FROM (
            SELECT tix, coalesce({context.neighbour("new")}, old) AS giver, new AS taker
            FROM event WHERE field = 'group' AND new IS NOT NULL AND moment <= ?
        ) AS e WHERE tix IN (SELECT tix FROM asked)),
        pair AS (SELECT giver, taker, count(*) AS n FROM held WHERE giver <> taker GROUP BY 1, 2),
        busy AS (SELECT holder, row_number() OVER (ORDER BY sum(n) DESC, holder) AS place
            FROM (SELECT giver AS holder, n FROM pair UNION ALL SELECT taker AS holder, n FROM pair) AS ends GROUP BY holder)
        SELECT CASE WHEN g.place <= {GROUPS} THEN p.giver ELSE '{OTHERS}' END, CASE WHEN t.place <= {GROUPS} THEN p.taker ELSE '{OTHERS}' END,
            sum(p.n), (SELECT count(*) FROM busy)
        FROM pair AS p JOIN busy AS g ON g.holder = p.giver JOIN busy AS t ON t.holder = p.taker GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2""",
        (context.as_of,),
    )
    if not rows:
        return None
    handovers = tuple((str(giver), str(taker), whole(n)) for giver, taker, n, _ in rows)
    return Network(handovers, whole(rows[0][3]), sum(n for _, _, n in handovers))


def recurrence(session: Session, context: Context) -> Recurrence | None:
    known = "problem" in context.links
    linked = "r.tix IN (SELECT tix FROM link WHERE type = 'problem')" if known else "false"
    rows = session.rows(
        f"""WITH cell AS (SELECT coalesce(r.service, '') AS service, coalesce(r.category, '') AS category, coalesce(r.subcategory, '') AS subcategory, r.month,
                count(*) AS n, count(*) FILTER (WHERE {linked}) AS linked FROM record AS r
            WHERE r.process = 'incident' AND r.month IS NOT NULL AND coalesce(r.category, r.subcategory) IS NOT NULL GROUP BY ALL),
        kind AS (SELECT service, category, subcategory, sum(n) AS n, sum(linked) AS linked FROM cell GROUP BY ALL HAVING max(n - linked) >= {RECURS}),
        worst AS (SELECT *, count(*) OVER () AS candidates, row_number() OVER (ORDER BY n - linked DESC, service, category, subcategory) AS place FROM kind)
        SELECT w.place, w.service, w.category, w.subcategory, c.month, c.n, w.n, w.linked, w.candidates
        FROM worst AS w JOIN cell AS c ON c.service = w.service AND c.category = w.category AND c.subcategory = w.subcategory
        WHERE w.place <= {KINDS} ORDER BY w.place, c.month"""
    )
    if not rows:
        return None
    months = _months_between(min(str(row[4]) for row in rows), max(str(row[4]) for row in rows))[-MONTHS:]
    by_month = {(whole(row[0]), str(row[4])): whole(row[5]) for row in rows}
    kinds = {whole(row[0]): row for row in rows}
    return Recurrence(
        tuple(months),
        tuple(
            Recurring(
                str(row[1]),
                str(row[2]),
                str(row[3]),
                tuple(by_month.get((place, month), 0) for month in months),
                whole(row[6]),
                whole(row[7]) if known else None,
            )
            for place, row in sorted(kinds.items())
        ),
        whole(rows[0][8]),
    )


def _months_between(first: str, last: str) -> list[str]:
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(start, end + 1)]

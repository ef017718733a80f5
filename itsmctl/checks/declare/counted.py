"""Templates about how often an activity occurs, which of two occur, and which comes first or last."""

from __future__ import annotations

from itsmctl.checks.declare.template import Demand, verdict
from itsmctl.checks.declare.trace import is_mixable, trace
from itsmctl.engine.context import Context
from itsmctl.engine.life import closed
from itsmctl.engine.sql import Fragment

_COUNTS = (
    "SELECT tix, count(*) FILTER (WHERE is_a) AS n_a, count(*) FILTER (WHERE is_b) AS n_b, max(t) AS last_at FROM ("
)
_UNKNOWN_END = "'missing:state'"


def at_least(demand: Demand, context: Context) -> Fragment:
    """At least so often; what is still open may yet come."""
    return _counted(demand, context, Fragment("n_a >= ?", (demand.number,)), Fragment("true"))


def at_most(demand: Demand, context: Context) -> Fragment:
    """At most so often."""
    return _counted(demand, context, Fragment("n_a <= ?", (demand.number,)), Fragment("false"))


def exactly(demand: Demand, context: Context) -> Fragment:
    """Exactly so often; what is still open may yet come, if it has not come too often."""
    return _counted(demand, context, Fragment("n_a = ?", (demand.number,)), Fragment("n_a < ?", (demand.number,)))


def _counted(demand: Demand, context: Context, holds: Fragment, may_come: Fragment) -> Fragment:
    words = ("occurrences of ", demand.first.text)
    observed = Fragment(
        "CASE WHEN holds OR NOT may_come OR closed THEN concat(?, ?, ': ', n_a) ELSE concat(?, ?, ' so far: ', n_a) END",
        (*words, *words),
    )
    return _judged(demand, context, holds, may_come, observed)


def responded_existence(demand: Demand, context: Context) -> Fragment:
    """Where the first occurs, the other does too, before or after."""
    return _judged(demand, context, Fragment("n_a = 0 OR n_b > 0"), Fragment("true"), _pair(demand))


def co_existence(demand: Demand, context: Context) -> Fragment:
    """Both or neither."""
    return _judged(demand, context, Fragment("(n_a > 0) = (n_b > 0)"), Fragment("true"), _pair(demand))


def not_co_existence(demand: Demand, context: Context) -> Fragment:
    """Not both."""
    return _judged(demand, context, Fragment("n_a = 0 OR n_b = 0"), Fragment("false"), _pair(demand))


def choice(demand: Demand, context: Context) -> Fragment:
    """At least one of the two."""
    return _judged(demand, context, Fragment("n_a > 0 OR n_b > 0"), Fragment("true"), _pair(demand))


def exclusive_choice(demand: Demand, context: Context) -> Fragment:
    """One of the two, and not both."""
    return _judged(demand, context, Fragment("(n_a > 0) <> (n_b > 0)"), Fragment("n_a = 0 AND n_b = 0"), _pair(demand))


def _pair(demand: Demand) -> Fragment:
    """What of the two occurs."""
    first, then = demand.first.text, demand.then.text if demand.then else ""
    return Fragment(
        """concat(CASE WHEN n_a > 0 AND n_b > 0 THEN concat('both ', ?, ' and ', ?) WHEN n_a > 0 THEN concat(?, ' without ', ?)
        WHEN n_b > 0 THEN concat(?, ' without ', ?) ELSE concat('neither ', ?, ' nor ', ?) END,
        CASE WHEN holds OR NOT may_come OR closed THEN '' ELSE ' so far' END)""",
        (first, then, first, then, then, first, first, then),
    )


def _judged(demand: Demand, context: Context, holds: Fragment, may_come: Fragment, observed: Fragment) -> Fragment:
    """Verdicts from counts: it holds, or it does not yet and the record is open, so that what lacks may come."""
    facts = (
        "SELECT c.tix, c.last_at, "
        + observed
        + " AS observed, CASE WHEN holds THEN true WHEN NOT may_come THEN false ELSE NOT closed END AS passed FROM ("
        + "SELECT n.*, " + holds + " AS holds, " + may_come + " AS may_come FROM ("
        + "SELECT r.tix, coalesce(m.n_a, 0) AS n_a, coalesce(m.n_b, 0) AS n_b, m.last_at, " + closed(context)
        + f" AS closed FROM scoped AS r LEFT JOIN ({_COUNTS}"
        + trace(demand.first, demand.then, context, None, whole=False)
        + ") AS rows_told GROUP BY tix) AS m ON m.tix = r.tix) AS n) AS c"
    )  # fmt: skip
    return verdict(demand, facts, Fragment("m.passed"), Fragment("m.observed"), "m.last_at", _UNKNOWN_END)


def init(demand: Demand, context: Context) -> Fragment:
    """The first event is this activity."""
    return _edge(demand, context, "min_by", "false")


def end(demand: Demand, context: Context) -> Fragment:
    """The last event is this activity; the last one of a record that is still open is not known yet."""
    return _edge(demand, context, "max_by", "true")


def _edge(demand: Demand, context: Context, pick: str, may_come: str) -> Fragment:
    rows = trace(demand.first, None, context, None, whole=True)
    mixed = "false"
    if is_mixable(demand.kinds):
        mixed = "min(is_a) OVER at_once <> max(is_a) OVER at_once"
    facts = (
        f"SELECT tix, {pick}(is_a, place) AS is_it, {pick}(label, place) AS label, {pick}(t, place) AS edge_at, {pick}(mixed, place) AS mixed FROM ("
        f"SELECT *, {mixed} AS mixed FROM ("
        + rows
        + ") AS told WINDOW at_once AS (PARTITION BY tix, t ORDER BY t)) AS known GROUP BY tix"
    )
    passed = (
        "CASE WHEN m.mixed THEN NULL WHEN m.is_it THEN true "
        + Fragment(f"WHEN NOT {may_come} AND m.tix IS NOT NULL THEN false ELSE NOT ")
        + closed(context)
        + " END"
    )
    observed = Fragment("coalesce(m.label, 'nothing')")
    if may_come == "true":
        observed = (
            "CASE WHEN m.is_it OR "
            + closed(context)
            + " THEN coalesce(m.label, 'nothing') ELSE concat(coalesce(m.label, 'nothing'), ' so far') END"
        )
    return verdict(
        demand,
        facts,
        passed,
        observed,
        "m.edge_at",
        f"CASE WHEN m.mixed THEN 'unordered-events' ELSE {_UNKNOWN_END} END",
    )

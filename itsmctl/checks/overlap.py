"""Two records on one configuration item (or anything else) whose times overlap.

Compared are the records of the rule's process, in its scope or not, that meet `where`; a cell may list several items, between
commas or semicolons. Times that only touch do not overlap. A record without both moments, or without the item, is not judged; one
that may overlap with a record whose file lacks one of these columns is not testable. Nor is one that ends before it begins, or that
may overlap with such a one, or with one of which nobody knows whether it is compared.

    check: {overlap: {same: ci, from: planned_start, to: planned_end, where: {state: {not: [cancelled, rejected]}}}}

Passing: from 20:00 to 22:00, and the next on the same item from 22:00. Failing: from 20:00 to 22:00, and another from 21:30.
"""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.doubts import doubted, others_lack, unknown_in
from itsmctl.engine.parameters import COLUMN, WHERE, conditions_of
from itsmctl.engine.sql import LISTED, Fragment, all_of, each_item, join, name, quote, ranked
from itsmctl.engine.strange import is_untranslated
from itsmctl.model import TIME_COLUMNS, Rule

ID = "overlap"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["same", "from", "to"],
    "properties": {
        "same": {**COLUMN, "description": "What both records have in common, such as `ci`."},
        "from": {"enum": list(TIME_COLUMNS), "description": "The moment at which the time of a record begins."},
        "to": {"enum": list(TIME_COLUMNS), "description": "The moment at which the time of a record ends."},
        "where": {**WHERE, "description": "Which records are compared; left out, all of the process are."},
    },
}
NAMES = {"same": "column", "from": "column", "to": "column"}


def needs(rule: Rule) -> Needs:
    """The item and both moments, of all records compared."""
    own = frozenset(str(rule.parameters[key]) for key in ("same", "from", "to"))
    return Needs(columns=own, elsewhere=frozenset(c.column for c in conditions_of(rule)))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record with an item and both moments; `observed` is a record that overlaps with it."""
    same, start, stop = (name(str(rule.parameters[key])) for key in ("same", "from", "to"))
    before = "(PARTITION BY item ORDER BY start, stop, tix ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    after = "(PARTITION BY item ORDER BY start, stop, tix ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING)"
    backwards = f"r.{start} > r.{stop} AND r.{same} IS NOT NULL"
    vague = _vague(rule, context)
    reason = quote(f"runs-backwards:{rule.parameters['from']},{rule.parameters['to']}")
    body = (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN p.tix IS NOT NULL THEN p.other IS NULL END AS passed, CASE WHEN p.tix IS NOT NULL THEN coalesce(p.other, 'none') END AS observed, 'no overlap' AS expected,
                r.{start} AS "at", CASE WHEN p.tix IS NULL THEN {reason} END AS reason
            FROM scoped AS r LEFT JOIN (SELECT tix, min(CASE WHEN stop_before > start THEN other_before WHEN start_after < stop THEN other_after END) AS other FROM (
                SELECT tix, start, stop, max(stop) OVER {before} AS stop_before, max_by(record_id, {ranked("stop", "tix")}) OVER {before} AS other_before,
                    min(start) OVER {after} AS start_after, min(record_id) OVER {after} AS other_after
                FROM ("""
        )
        + _on_items(rule, "record", start, stop, _compared(rule) + " AND NOT " + vague)
        + f") AS named) AS laid GROUP BY tix) AS p ON p.tix = r.tix WHERE p.tix IS NOT NULL OR ({backwards})"
    )
    lacking = sorted((needs(rule).columns | needs(rule).elsewhere) & context.lacking)
    if lacking:
        body = doubted(body, _unseen(rule, lacking), "passes")
    if vague.text != "false":
        which = Fragment("o.process = ? AND ", (rule.process,)) + vague
        body = doubted(body, _beside(rule, start, stop, which, sorted(c.column for c in conditions_of(rule))), "passes")
    return doubted(body, _backwards(rule), "passes")


def _compared(rule: Rule) -> Fragment:
    """SQL for whether a record `o` is compared: it is of the process, and in the scope or as `where` says."""
    return (
        Fragment("o.process = ? AND (o.tix IN (SELECT tix FROM scoped) OR ", (rule.process,))
        + all_of(conditions_of(rule), "o")
        + ")"
    )


def _on_items(rule: Rule, records: str, start: str, stop: str, where: Fragment) -> Fragment:
    """SELECT of the items of records `o` whose `start` is not after their `stop`: tix, record_id, start, stop, item."""
    items = each_item(str(rule.parameters["same"]), "o")
    return (
        f"""SELECT DISTINCT tix, record_id, start, stop, trim(item) AS item FROM (
            SELECT o.tix, o.record_id, o.{start} AS start, o.{stop} AS stop, {items} AS item FROM {records} AS o WHERE o.{start} <= o.{stop} AND """
        + where
        + ") AS listed WHERE trim(item) <> ''"
    )


def _vague(rule: Rule, context: Context) -> Fragment:
    """SQL for whether nobody can say of a record `o` that it is compared: a cell that `where` asks for could not be read, or holds a
    word that nobody translates."""
    tests = []
    for c in conditions_of(rule):
        if c.column in context.lacking:
            tests.append(Fragment(f"o.tix IN {unknown_in((c.column,))}"))
        if word := is_untranslated(c, context, "o"):
            tests.append("coalesce(" + word + ", false)")
    return "(" + join(" OR ", tests) + ")" if tests else Fragment("false")


def _backwards(rule: Rule) -> Fragment:
    """The records that another on the same item would overlap with, had its end and its begin been swapped: nobody knows when it was."""
    start, stop = (str(rule.parameters[key]) for key in ("from", "to"))
    backwards = _compared(rule) + f" AND o.{name(start)} > o.{name(stop)}"
    return _beside(rule, name(stop), name(start), backwards, (start, stop))


def _beside(rule: Rule, start: str, stop: str, which: Fragment, unknown: Sequence[str]) -> Fragment:
    """The records with which others `o` would overlap of which something is not known."""
    begin, end = (name(str(rule.parameters[key])) for key in ("from", "to"))
    return (
        Fragment(f"SELECT DISTINCT r.record_id, r.opened_at, {others_lack(unknown)} AS reason FROM scoped AS r JOIN (")
        + _on_items(rule, "scoped", begin, end, Fragment("true"))
        + ") AS m ON m.tix = r.tix JOIN ("
        + _on_items(rule, "record", start, stop, which)
        + ") AS u ON u.item = m.item AND u.tix <> m.tix AND u.start < m.stop AND u.stop > m.start"
    )


def _unseen(rule: Rule, lacking: Sequence[str]) -> Fragment:
    """The records at whose time another may have been on the same item, of which nobody knows the item, the time or what counts."""
    same, start, stop = (str(rule.parameters[key]) for key in ("same", "from", "to"))
    lacks = ", ".join(
        f"""max(CASE WHEN "column" = {quote(column)} THEN 1 ELSE 0 END) AS {alias}"""
        for column, alias in ((same, "item"), (start, "start"), (stop, "stop"))
    )
    return Fragment(
        f"""SELECT DISTINCT r.record_id, r.opened_at, {others_lack(lacking)} AS reason FROM scoped AS r JOIN (
            SELECT o.tix, o.{name(same)} AS "named", o.{name(start)} AS "from", o.{name(stop)} AS "to", k.item, k.start, k.stop, coalesce({_several(f"o.{name(same)}")}, false) AS several
            FROM record AS o JOIN (SELECT tix, {lacks} FROM lacking WHERE "column" IN ({", ".join(map(quote, lacking))}) GROUP BY tix) AS k ON k.tix = o.tix WHERE o.process = ?
        ) AS u ON u.tix <> r.tix AND (u.start = 1 OR u."from" < r.{name(stop)}) AND (u.stop = 1 OR u."to" > r.{name(start)})
            AND (u.item = 1 OR u.several OR u."named" = r.{name(same)} OR {_several(f"r.{name(same)}")})
        WHERE r.{name(same)} IS NOT NULL AND r.{name(start)} <= r.{name(stop)}""",
        (rule.process,),
    )


def _several(cell: str) -> str:
    """SQL for whether a cell lists several items."""
    return " OR ".join(f"{cell} LIKE '%{sign}%'" for sign in LISTED.strip("[]"))

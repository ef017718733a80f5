"""Whether an export can tell the values that a rule names: it holds them, or its mapping has a word that means them.

A tool that neither has a state nor a word for it tells the same otherwise or not at all. That nothing is found there says
neither that it never happened nor that somebody left it out.
"""

from __future__ import annotations

from collections.abc import Iterable

from itsmctl.engine.context import Context, Named
from itsmctl.engine.sql import Fragment, join, name, quote
from itsmctl.engine.strange import codes_of
from itsmctl.model import TEXT_COLUMNS, Condition

_OF_APPROVALS = ("decision", "role")
_WORDS = frozenset({*TEXT_COLUMNS, *_OF_APPROVALS})
"""The columns that hold words; a number or a moment needs none."""


def with_untold(body: Fragment, named: Iterable[Named], context: Context) -> Fragment:
    """Leave untested what a check, whose statement is `body`, would judge by values that the export cannot tell.

    Of several values one is enough where a record fails without them: a rule names what each tool may call it. Where a record
    passes without them, each state must be one that the tool can tell, or no pass is believed; what was found in spite of that
    stays found. Groups, people and codes come and go: of these one is enough for that, too.
    """
    blind, unsure, reasons = [], [], []
    for one in sorted(named):
        words = context.words_for(one.column)
        unsaid = [value for value in one.values if one.column in _WORDS and value not in words]
        missing = [never_there(one.column, value, context) for value in unsaid]
        none = join(" AND ", missing) if missing and len(unsaid) == len(one.values) else Fragment("false")
        some = join(" OR ", missing) if missing and one.column == "state" else none
        if one.fails_without and none.text != "false":
            blind.append(none)
            reasons.append(_because(none, one))
        if one.passes_without and some.text != "false":
            unsure.append(some)
            reasons.append(_because(some, one))
    if not reasons:
        return body
    untold = "(n.blind AND j.passed IS NOT NULL OR n.unsure AND coalesce(j.passed, false))"
    return (
        f"""SELECT j.record_id, CASE WHEN {untold} THEN NULL ELSE j.passed END AS passed, CASE WHEN {untold} THEN NULL ELSE j.observed END AS observed,
        j.expected, j."at", CASE WHEN {untold} THEN n.reason ELSE j.reason END AS reason FROM ("""
        + body
        + ") AS j CROSS JOIN (SELECT " + _any(blind) + " AS blind, " + _any(unsure) + " AS unsure, CASE "
        + join(" ", reasons) + " END AS reason) AS n"
    )  # fmt: skip


def _because(test: Fragment, one: Named) -> Fragment:
    return "WHEN " + test + f" THEN {quote(f'never-named:{one.column}')}"


def _any(tests: list[Fragment]) -> Fragment:
    return "(" + join(" OR ", ("(" + test + ")" for test in tests)) + ")" if tests else Fragment("false")


def never_there(column: str, value: str, context: Context) -> Fragment:
    """SQL for whether no record of the export ever had a value, be it after the moment of the audit; of states, none of the process judged."""
    if column in _OF_APPROVALS:  # where nobody approved anything, that is what the check says
        return Fragment(
            f"((SELECT count(*) FROM every_approval) > 0 AND (SELECT count(*) FROM every_approval WHERE {name(column)} = ?) = 0)",
            (value,),
        )
    if column == "state":
        own, owner = (" AND process = ?", (context.process,)) if context.process else ("", ())
        return Fragment(
            f"""((SELECT count(*) FROM record WHERE state = ?{own}) = 0
            AND (SELECT count(*) FROM record AS o JOIN (SELECT DISTINCT tix FROM every_event WHERE field = 'state' AND (new = ? OR old = ?)) AS s ON s.tix = o.tix WHERE true{own}) = 0)""",
            (value, *owner, value, value, *owner),
        )
    never = Fragment(
        f"""((SELECT count(*) FROM record WHERE {name(column)} = ?) = 0
        AND (SELECT count(*) FROM every_event WHERE field = ? AND (new = ? OR old = ?)) = 0)""",
        (value, column, value, value),
    )
    codes = codes_of(column, context.process, context.definitions)
    if value not in codes:
        return never
    spoken = Fragment(
        f"""(SELECT count(*) > 0 AND count(*) = count(CASE WHEN {name(column)} IN ({", ".join("?" * len(codes))}) THEN 1 END)
        FROM record WHERE process = ? AND {name(column)} IS NOT NULL)""",
        (*codes, context.process),
    )
    return "(" + never + " AND NOT " + spoken + ")"


def named_by(conditions: Iterable[Condition], *, passes_without: bool, fails_without: bool) -> frozenset[Named]:
    """The values for which conditions ask, where a group passes or fails if no record meets them; `not-in` turns that round."""
    return frozenset(
        Named(
            c.column, values, *((passes_without, fails_without) if c.test == "in" else (fails_without, passes_without))
        )
        for c in conditions
        if c.test in ("in", "not-in") and (values := tuple(value for value in c.values if isinstance(value, str)))
    )

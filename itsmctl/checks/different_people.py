"""Duties that may not meet in one hand on one record.

`columns` may not all name the same person. `sides` keep duties apart: nobody may stand on two of them, be it in a column, as
one of the `approvers`, or as whoever made a change. `duty` names the separation of duties that asks for it.

    check: {different-people: {columns: [requester, resolved_by, closed_by]}}
    check: {different-people: {sides: [[requester, opened_by], [approvers]], duty: request-and-approve}}
    check: {different-people: {sides: [[{state: approved}], [implementer]]}}

A person is the same under each name that an assignment lists under `also-called`. Who acts through a shared account
(`account: shared`) nobody can say, so a record with one is not testable.

Passing: requested by Li, resolved and closed by Wang; requested by Li, resolved by Wang, and who closed it is not known, where all
three are asked for; requested by Li, approved by Wang. Failing: all three are Wang; requested and approved by Wang. Not testable:
one column is empty and the others name one person, or nobody is known on one of the sides; a column of a side that is empty may
stand for anybody, also where another tells who was there.
"""

from __future__ import annotations

from itsmctl.engine.acts import ACTS, act_text, acts_of, names_in, needs_of
from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import texts
from itsmctl.engine.people import called, known_as
from itsmctl.engine.sql import Fragment, join, name, quote
from itsmctl.model import PEOPLE_COLUMNS, Parameter, Rule

ID = "different-people"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "oneOf": [{"required": ["columns"]}, {"required": ["sides"]}],
    "properties": {
        "columns": {
            "type": "array",
            "minItems": 2,
            "uniqueItems": True,
            "items": {"enum": list(PEOPLE_COLUMNS)},
            "description": "Columns of people that may not all name the same person.",
        },
        "sides": {
            "type": "array",
            "minItems": 2,
            "items": ACTS,
            "description": "The duties that are kept apart, each as a list of acts: columns of people, `approvers`, `actors`, or changes such as `{state: approved}`.",
        },
        "duty": {
            "type": "string",
            "description": "The pair of duties in the separation of duties that asks for it, by its id.",
        },
    },
    "dependencies": {"duty": ["sides"]},
}
NAMES = {"columns/*": "column", "duty": "duty", **names_in("sides/*/*")}


def needs(rule: Rule) -> Needs:
    """Every column listed; of the sides all that tells who acted."""
    if "columns" in rule.parameters:
        return Needs(columns=frozenset(texts(rule, "columns")))
    return needs_of([act for side in _sides(rule) for act in side]).resting("passes")


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the person who is everywhere or on two sides, or that they are different."""
    return _columns_apart(texts(rule, "columns")) if "columns" in rule.parameters else _sides_apart(rule, context)


def _columns_apart(columns: tuple[str, ...]) -> Fragment:
    known = [known_as(f"r.{name(c)}", f"w{number}") for number, c in enumerate(columns)]
    told = ", ".join(
        f"r.{name(c)} AS c{number}, {one.one} AS one{number}"
        for number, (c, one) in enumerate(zip(columns, known, strict=True))
    )
    people = ", ".join(f"one{number}" for number in range(len(columns)))
    empty = ", ".join(f"CASE WHEN c{number} IS NULL THEN {quote(c)} END" for number, c in enumerate(columns))
    some_empty = " OR ".join(f"c{number} IS NULL" for number in range(len(columns)))
    unknown = f"{some_empty} OR some_shared"
    return Fragment(
        f"""SELECT record_id, CASE WHEN differ THEN true WHEN {unknown} THEN NULL ELSE false END AS passed,
            CASE WHEN differ THEN 'different people' WHEN {unknown} THEN NULL ELSE {called("c0")} END AS observed,
            {quote("different people: " + ", ".join(columns))} AS expected, opened_at AS "at",
            CASE WHEN differ THEN NULL WHEN {some_empty} THEN concat('missing:', concat_ws(',', {empty})) WHEN some_shared THEN 'shared-account' END AS reason
        FROM (SELECT *, coalesce(least({people}) <> greatest({people}), false) AS differ
            FROM (SELECT r.record_id, r.opened_at, {" OR ".join(one.shared for one in known)} AS some_shared, {told} FROM scoped AS r{"".join(one.join for one in known)}) AS named) AS compared"""
    )


def _sides_apart(rule: Rule, context: Context) -> Fragment:
    sides = _sides(rule)
    people = join(
        " UNION ALL ",
        (
            Fragment(f"SELECT {number} AS side, s.tix, s.person, s.moment FROM (") + acts_of(side, context) + ") AS s"
            for number, side in enumerate(sides)
        ),
    )
    known = known_as("a.person", "w")
    total = " + ".join(f"max(s{number})" for number in range(len(sides)))
    each = ", ".join(
        f"max(CASE WHEN side = {number} AND person IS NOT NULL THEN 1 ELSE 0 END) AS s{number}"
        for number in range(len(sides))
    )
    columns = [act for side in sides for act in side if isinstance(act, str) and act in PEOPLE_COLUMNS]
    some_empty = " OR ".join(f"r.{name(column)} IS NULL" for column in columns) or "false"
    empty = ", ".join(f"CASE WHEN r.{name(column)} IS NULL THEN {quote(column)} END" for column in columns)
    told = f"concat('missing:', concat_ws(',', {empty}))" if columns else "NULL"
    expected = "different people: " + " / ".join(", ".join(act_text(act) for act in side) for side in sides)
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN p.both IS NOT NULL THEN false WHEN coalesce(p.sides, 0) < {len(sides)} OR p.nameless > 0 OR {some_empty} THEN NULL ELSE true END AS passed,
            CASE WHEN p.both IS NOT NULL THEN {called("p.both")} WHEN p.sides = {len(sides)} AND p.nameless = 0 AND NOT ({some_empty}) THEN 'different people' END AS observed, ? AS expected,
            coalesce(p.both_at, r.opened_at) AS "at", CASE WHEN p.both IS NULL AND p.shared > 0 THEN 'shared-account' WHEN p.both IS NULL AND p.nameless > 0 THEN 'missing:actor'
                WHEN p.both IS NULL AND coalesce(p.sides, 0) < {len(sides)} THEN 'one-side-only' WHEN p.both IS NULL AND ({some_empty}) THEN {told} END AS reason
            FROM scoped AS r LEFT JOIN (
                SELECT tix, min(CASE WHEN sides > 1 THEN called END) AS both, min(CASE WHEN sides > 1 THEN last_at END) AS both_at,
                    {total} AS sides, sum(CASE WHEN person IS NULL THEN 1 ELSE 0 END) AS nameless, sum(shared) AS shared FROM (
                    SELECT tix, person, max(shared) AS shared, min(called) AS called, max(moment) AS last_at, {each},
                        count(DISTINCT CASE WHEN person IS NOT NULL THEN side END) AS sides
                    FROM (SELECT a.side, a.tix, CASE WHEN NOT {known.shared} THEN {known.who} END AS person, CASE WHEN {known.shared} THEN 1 ELSE 0 END AS shared,
                        a.person AS called, a.moment FROM (""",
            (expected,),
        )
        + people
        + f") AS a{known.join}) AS named GROUP BY tix, person) AS known GROUP BY tix) AS p ON p.tix = r.tix"
    )


def _sides(rule: Rule) -> tuple[tuple[Parameter, ...], ...]:
    sides = rule.parameters["sides"]
    assert isinstance(sides, tuple)
    return tuple(side for side in sides if isinstance(side, tuple))

"""Many records by one person in a short time.

Every record that lies in such a burst is flagged. This is a pattern to ask about (a clean-up, a meeting that decided on many), so
rules mark it as an enquiry. With `by: approvers` the approvals are counted, each at its own moment, which `at` then does not name; several
of one record at one moment are one.
What programs do through a service account is no pattern; what is done through a shared account may be the work of several, so it is not
testable where it would be a burst; it is counted by itself, and never added to what a person did under their own name. A person is the same under each name that an assignment lists under `also-called`.
What nobody is named for may be part of anybody's burst, and is not testable. Nor is a record that would lie in a burst if what is not
known of others belonged to it: who did it, when, or what an approval decided.

    check: {batch: {by: closed_by, at: closed_at, count: 20, within: 10m}}
    check: {batch: {by: approvers, count: 20, within: 5m}}

Passing: 3 closed within 10 minutes. Flagged: each of 25 closed within 10 minutes.
"""

from __future__ import annotations

from itsmctl.engine.acts import APPROVERS, approvals, is_decision, unclear
from itsmctl.engine.context import Context, Needs
from itsmctl.engine.doubts import Resting, others_lack, unknown_in
from itsmctl.engine.parameters import DURATION, seconds_of
from itsmctl.engine.people import KnownAs, known_as
from itsmctl.engine.sql import Fragment, name, quote
from itsmctl.engine.statements import may_be_beside
from itsmctl.model import APPROVAL, PEOPLE_COLUMNS, TIME_COLUMNS, Rule
from itsmctl.zones import EVER

ID = "batch"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["by", "count", "within"],
    "if": {"properties": {"by": {"const": APPROVERS}}},
    "else": {"required": ["at"]},
    "properties": {
        "by": {
            "enum": [*PEOPLE_COLUMNS, APPROVERS],
            "description": "Whose records are counted: a column of people, or `approvers`.",
        },
        "at": {
            "enum": list(TIME_COLUMNS),
            "description": "The moment at which it was done; not needed with `approvers`, whose approvals have their own.",
        },
        "count": {"type": "integer", "minimum": 2, "description": "From how many records on it is a burst."},
        "within": {
            **DURATION,
            "description": "The time within which they were done, in hours, minutes and seconds, such as `10m`.",
        },
    },
}
NAMES = {"at": "column"}


def needs(rule: Rule) -> Needs:
    """The person and the moment, or the approvals."""
    if rule.parameters["by"] == APPROVERS:
        passes: frozenset[Resting] = frozenset({"passes"})
        return Needs(tables=frozenset({"approval"}), decided=passes, dated=passes)
    return Needs(columns=frozenset({str(rule.parameters["by"]), str(rule.parameters["at"])}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record that has the moment; `observed` is the size of the largest burst that it lies in."""
    count, seconds = rule.parameters["count"], seconds_of(rule, "within")
    by, at = str(rule.parameters["by"]), str(rule.parameters.get("at", ""))
    burst, named = f"max(CASE WHEN NOT b.shared THEN b.n END) >= {count}", "count(b.n) = count(*)"
    alone = f"max(b.n + b.perhaps) < {count}"
    nameless = quote("missing:" + ("actor" if by == APPROVERS else by))
    others = others_lack((APPROVAL,) if by == APPROVERS else (by, at))
    around, until = (f"RANGE BETWEEN {begin} PRECEDING AND {seconds} FOLLOWING" for begin in (seconds, "UNBOUNDED"))
    perhaps = " + ".join(
        f"sum(CASE WHEN {whose} THEN {number} ELSE 0 END) OVER ({among} ORDER BY moment {reach})"
        for among, whose in (("", "who IS NULL"), ("PARTITION BY who", "who IS NOT NULL"))
        for number, reach in (("dated", around), ("undated", until))
    )
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN {burst} THEN false WHEN {alone} AND {named} THEN true END AS passed,
            CASE WHEN max(b.n) IS NOT NULL THEN concat(max(b.n), ' within ', ?) END AS observed, ? AS expected, min(b.moment) AS "at",
            CASE WHEN NOT coalesce({burst}, false) THEN CASE WHEN max(b.n) >= {count} THEN 'shared-account' WHEN NOT {named} THEN {nameless} WHEN NOT {alone} THEN {others} END END AS reason
            FROM scoped AS r JOIN (WITH done AS MATERIALIZED (SELECT tix, who, shared, moment FROM (""",
            (str(rule.parameters["within"]), f"fewer than {count}"),
        )
        + _done(rule)
        + ") AS every WHERE moment IS NOT NULL AND NOT coalesce(machine, false)), unsure AS MATERIALIZED ("
        + _unsure(rule, context)
        # Tools that write minutes, and programs, do much at one moment: bursts are looked for over moments.
        + f""")
            SELECT d.tix, d.shared, d.moment, m.n, m.perhaps FROM done AS d LEFT JOIN (
                SELECT who, moment, max(burst) OVER (PARTITION BY who ORDER BY moment RANGE BETWEEN {seconds} PRECEDING AND CURRENT ROW) AS n,
                    {perhaps} AS perhaps FROM (
                    SELECT *, sum(acts) OVER (PARTITION BY who ORDER BY moment RANGE BETWEEN CURRENT ROW AND {seconds} FOLLOWING) AS burst FROM (
                        SELECT who, moment, count(DISTINCT tix) AS acts, 0 AS dated, 0 AS undated FROM done WHERE who IS NOT NULL GROUP BY who, moment
                        UNION ALL SELECT who, coalesce(moment, since), 0, CASE WHEN moment IS NOT NULL THEN 1 ELSE 0 END, CASE WHEN moment IS NULL THEN 1 ELSE 0 END FROM unsure
                    ) AS told
                ) AS bursts
            ) AS m ON m.who = d.who AND m.moment = d.moment) AS b ON b.tix = r.tix GROUP BY r.record_id"""
    )


def _done(rule: Rule) -> Fragment:
    """SELECT of what was done: tix, who, shared and machine (what kind of account that is), moment."""
    if rule.parameters["by"] == APPROVERS:
        known = known_as("a.approver", "w")
        return Fragment(f"SELECT a.tix, {_told(known)}, a.moment FROM (") + approvals() + f") AS a{known.join}"
    by, at = f"r.{name(str(rule.parameters['by']))}", f"r.{name(str(rule.parameters['at']))}"
    known = known_as(by, "w")
    return Fragment(f"SELECT r.tix, {_told(known)}, {at} AS moment FROM scoped AS r{known.join}")


def _unsure(rule: Rule, context: Context) -> Fragment:
    """SELECT of who may have done something, and when, of which not both are known, or whether it was done, or whether it counts;
    where it is not known when, `since` is a moment before which it was not.
    """
    return _unsure_approvals(rule, context) if rule.parameters["by"] == APPROVERS else _unsure_acts(rule, context)


def _unsure_approvals(rule: Rule, context: Context) -> Fragment:
    known = known_as("a.approver", "w")
    of = f"SELECT {known.who} AS who, a.moment, {-EVER} AS since FROM approval AS a JOIN {{records}} AS r ON r.tix = a.tix{known.join} WHERE NOT {known.machine} AND ("
    approved, vague = is_decision("a.decision"), unclear("a.decision")
    made = of.format(records="scoped") + approved + " AND (a.moment IS NULL OR a.approver IS NULL) OR " + vague + ")"
    if rule.scope:
        made += " UNION ALL " + of.format(records="record") + approved + " OR " + vague + ") AND "
        made += _perhaps_counts(rule, context)
    return made


def _unsure_acts(rule: Rule, context: Context) -> Fragment:
    by, at = str(rule.parameters["by"]), str(rule.parameters["at"])
    made = Fragment(
        f"SELECT CAST(NULL AS VARCHAR) AS who, r.{name(at)} AS moment, {-EVER} AS since FROM scoped AS r WHERE r.{name(by)} IS NULL AND r.{name(at)} IS NOT NULL"
    )
    if rule.scope or {by, at} & context.lacking:
        known = known_as(f"r.{name(by)}", "w")
        made += Fragment(
            f""" UNION ALL SELECT {known.who} AS who, r.{name(at)} AS moment, coalesce(o.since, r.opened_at, {-EVER}) AS since
            FROM record AS r{known.join} LEFT JOIN {_known_open(at)} AS o ON o.tix = r.tix
            WHERE NOT {known.machine} AND (r.{name(at)} IS NOT NULL OR r.tix IN {unknown_in((at,))}) AND """
        )
        made += _perhaps_counts(rule, context)
    return made


def _perhaps_counts(rule: Rule, context: Context) -> Fragment:
    """SQL for whether a record `r` may be in the scope, but is not known to be, or cannot be judged itself."""
    return may_be_beside(rule, context) + " AND r.tix NOT IN (SELECT tix FROM scoped)"


def _known_open(at: str) -> str:
    """SQL for the records that had not come to a moment when their list ended, and until when: `(SELECT tix, since …)`."""
    ends = f"""SELECT tix FROM lacking WHERE "column" = {quote(at)} AND why = 'file-ends'"""
    return f"(SELECT tix, since FROM left_open WHERE tix IN ({ends}))"


def _told(known: KnownAs) -> str:
    return f"{known.who} AS who, {known.shared} AS shared, {known.machine} AS machine"

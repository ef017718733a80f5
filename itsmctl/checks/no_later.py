"""Nothing of the kind happens again soon after: no later record about the same thing within a time.

Looks for records of a `process` (if left out, of the rule's own) with the same values in the columns under `same`, opened after
the moment `after` and not later than `within` after it; `where` says which of them count, `most` how many may come. A record
without that moment is not judged. What may still come after the moment of the audit is not held against it.

    check: {no-later: {after: closed_at, within: 720h, process: incident, same: [service, ci]}}
    check: {no-later: {after: closed_at, within: 2h, same: [requester, ci, category]}}

Passing: the next incident of that item came 31 days after the problem closed. Failing: it came after a week.
Not testable: the item is not known; or the file of an incident opened within the time has no column for the item.
"""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.doubts import doubted, others_lack, unknown_in
from itsmctl.engine.parameters import COLUMNS, DURATION, WHERE, conditions_of, number_of, seconds_of, texts
from itsmctl.engine.sql import Fragment, all_of, name, quote
from itsmctl.model import TIME_COLUMNS, Rule

ID = "no-later"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["after", "within", "same"],
    "properties": {
        "after": {"enum": list(TIME_COLUMNS), "description": "The moment after which nothing of the kind may happen."},
        "within": {**DURATION, "description": "For how long, in hours, minutes and seconds, such as `720h`."},
        "process": {
            "type": "string",
            "description": "The process of the later records, by its id; default: that of the rule.",
        },
        "same": {**COLUMNS, "description": "Columns in which a later record says the same."},
        "where": {**WHERE, "description": "Which later records count; left out, all do."},
        "most": {"type": "integer", "minimum": 0, "description": "How many may come; default: 0."},
    },
}
NAMES = {"after": "column", "process": "process", "same/*": "column"}


def needs(rule: Rule) -> Needs:
    """The moment, the columns compared, and the other process."""
    same = frozenset(texts(rule, "same"))
    return Needs(
        columns=same | {str(rule.parameters["after"])},
        elsewhere=same | {"opened_at"} | {c.column for c in conditions_of(rule)},
        processes=frozenset({str(rule.parameters["process"])} if "process" in rule.parameters else ()),
    )


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record that has the moment; `observed` counts the later records and says when the first was opened."""
    after, within = name(str(rule.parameters["after"])), seconds_of(rule, "within")
    most, process = number_of(rule, "most", 0), str(rule.parameters.get("process", rule.process))
    same = texts(rule, "same")
    keys = ", ".join(f"k{i}" for i in range(len(same)))
    mine, theirs = (", ".join(f"{t}.{name(c)} AS k{i}" for i, c in enumerate(same)) for t in "ro")
    mine_only = ", ".join(f"r.{name(c)}" for c in same)
    alike = " AND ".join(f"a.k{i} = o.{name(c)}" for i, c in enumerate(same))
    filled = " AND ".join(f"r.{name(c)} IS NOT NULL" for c in same)
    empty = ", ".join(f"CASE WHEN r.{name(c)} IS NULL THEN {quote(c)} END" for c in same)
    frame = f"(PARTITION BY {keys} ORDER BY moment RANGE BETWEEN 1 FOLLOWING AND {within} FOLLOWING)"
    body = (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN {filled} THEN coalesce(f.n, 0) <= {most} END AS passed, CASE WHEN {filled} THEN concat(coalesce(f.n, 0), ' within ', ?) END AS observed,
                ? AS expected, coalesce(f.first_at, r.{after}) AS "at", CASE WHEN NOT ({filled}) THEN concat('missing:', concat_ws(',', {empty})) END AS reason
            FROM scoped AS r LEFT JOIN (
                WITH others AS MATERIALIZED (
                    SELECT o.opened_at AS moment, {theirs} FROM record AS o JOIN (
                        SELECT {mine}, min(r.{after}) AS first_at, max(r.{after}) AS last_at FROM scoped AS r WHERE r.{after} IS NOT NULL AND {filled} GROUP BY {mine_only}
                    ) AS a ON {alike} AND o.opened_at > a.first_at AND o.opened_at <= a.last_at + {within} WHERE o.process = ? AND """,
            (str(rule.parameters["within"]), f"at most {most} of {process}, same {', '.join(same)}", process),
        )
        + all_of(conditions_of(rule), "o")
        + f""") SELECT tix, n, first_at FROM (
                SELECT tix, sum(later) OVER {frame} AS n, min(CASE WHEN later = 1 THEN moment END) OVER {frame} AS first_at FROM (
                    SELECT r.tix, r.{after} AS moment, 0 AS later, {mine} FROM scoped AS r WHERE r.{after} IS NOT NULL AND ({mine_only}) IN (SELECT {keys} FROM others)
                    UNION ALL SELECT NULL AS tix, moment, 1 AS later, {keys} FROM others
                ) AS happened) AS counted WHERE tix IS NOT NULL
            ) AS f ON f.tix = r.tix WHERE r.{after} IS NOT NULL"""
    )
    lacking = sorted({*same, *(c.column for c in conditions_of(rule))} & context.about(process).lacking)
    return doubted(body, _unseen(rule, process, lacking), "passes") if lacking else body


def _unseen(rule: Rule, process: str, lacking: Sequence[str]) -> Fragment:
    """The records after which one was opened of which nobody knows whether it is about the same thing."""
    after, within = name(str(rule.parameters["after"])), seconds_of(rule, "within")
    return Fragment(
        f"""SELECT r.record_id, r.opened_at, {others_lack(lacking)} AS reason FROM scoped AS r JOIN (
            SELECT tix, min(CASE WHEN tix IS NULL THEN moment END) OVER (ORDER BY moment RANGE BETWEEN 1 FOLLOWING AND {within} FOLLOWING) AS unseen FROM (
                SELECT r.tix, r.{after} AS moment FROM scoped AS r WHERE r.{after} IS NOT NULL
                UNION ALL SELECT CAST(NULL AS BIGINT) AS tix, o.opened_at AS moment FROM record AS o
                    JOIN {unknown_in(lacking)} AS k ON k.tix = o.tix
                    WHERE o.process = ? AND o.opened_at IS NOT NULL
            ) AS happened
        ) AS f ON f.tix = r.tix AND f.unseen IS NOT NULL""",
        (process,),
    )

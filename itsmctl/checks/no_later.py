"""Nothing of the kind happens again soon after: no later record about the same thing within a time.

Looks for records of a `process` (if left out, of the rule's own) with the same values in the columns under `same`, opened after
the moment `after` and not later than `within` after it; `where` says which of them count, `most` how many may come. A record
without that moment is not judged. A cell of `ci` may list several items, of which one in common is enough; a person is the same under
each name that an assignment lists under `also-called`. What may still come after the moment of the audit is not held against it.

    check: {no-later: {after: closed_at, within: 720h, process: incident, same: [service, ci]}}
    check: {no-later: {after: closed_at, within: 2h, same: [requester, ci, category]}}

Passing: the next incident of that item came 31 days after the problem closed. Failing: it came after a week.
Not testable: the item is not known; the requester is a shared account; or the file of an incident opened within the time has no column
for the item.
"""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.doubts import doubted, others_lack, unknown_in
from itsmctl.engine.parameters import COLUMNS, DURATION, WHERE, conditions_of, number_of, seconds_of, texts
from itsmctl.engine.people import known_as
from itsmctl.engine.sql import Fragment, all_of, each_item, name, quote
from itsmctl.model import PEOPLE_COLUMNS, TIME_COLUMNS, Rule

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
    keys = [f"k{i}" for i in range(len(same))]
    listed = ", ".join(keys)
    alike = " AND ".join(f"a.{k} = o.{k}" for k in keys)
    filled = " AND ".join(f"r.{name(c)} IS NOT NULL" for c in same)
    empty = ", ".join(f"CASE WHEN r.{name(c)} IS NULL THEN {quote(c)} END" for c in same)
    people = [known_as(f"r.{name(c)}", f"p{i}") for i, c in enumerate(same) if c in PEOPLE_COLUMNS]
    shared = " OR ".join(one.shared for one in people) or "false"
    told = f"({filled}) AND NOT ({shared})"
    soon = f"o.moment > a.moment AND o.moment <= a.moment + {within}"
    frame = f"(PARTITION BY {listed} ORDER BY moment RANGE BETWEEN 1 FOLLOWING AND {within} FOLLOWING)"
    body = (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN {told} THEN coalesce(f.n, 0) <= {most} END AS passed, CASE WHEN {told} THEN concat(coalesce(f.n, 0), ' within ', ?) END AS observed,
                ? AS expected, coalesce(f.first_at, r.{after}) AS "at",
                CASE WHEN NOT ({filled}) THEN concat('missing:', concat_ws(',', {empty})) WHEN {shared} THEN 'shared-account' END AS reason
            FROM scoped AS r{"".join(one.join for one in people)} LEFT JOIN (
                WITH mine AS MATERIALIZED (SELECT *, count(*) OVER (PARTITION BY tix) > 1 AS several FROM (""",
            (str(rule.parameters["within"]), f"at most {most} of {process}, same {', '.join(same)}"),
        )
        + _about("scoped", str(rule.parameters["after"]), same, Fragment("true"))
        + ") AS m), others AS MATERIALIZED (SELECT o.* FROM ("
        + _about("record", "opened_at", same, _counting(rule, process))
        + f""") AS o JOIN (SELECT {listed}, min(moment) AS first_at, max(moment) AS last_at FROM mine GROUP BY {listed}) AS a
                        ON {alike} AND o.moment > a.first_at AND o.moment <= a.last_at + {within}
                ) SELECT tix, CASE WHEN n > 0 THEN n END AS n, CASE WHEN n > 0 THEN first_at END AS first_at FROM (
                    SELECT c.tix, c.n - CASE WHEN own.tix IS NULL THEN 0 ELSE 1 END AS n, c.first_at FROM (
                        SELECT tix, sum(later) OVER {frame} AS n, min(CASE WHEN later = 1 THEN moment END) OVER {frame} AS first_at FROM (
                            SELECT tix, moment, 0 AS later, {listed} FROM mine WHERE NOT several AND ({listed}) IN (SELECT {listed} FROM others)
                            UNION ALL SELECT NULL AS tix, moment, 1 AS later, {listed} FROM others
                        ) AS happened
                    ) AS c LEFT JOIN (SELECT DISTINCT a.tix FROM mine AS a JOIN others AS o ON o.tix = a.tix AND {soon} AND {alike}) AS own ON own.tix = c.tix
                    WHERE c.tix IS NOT NULL
                    UNION ALL
                    SELECT a.tix, count(DISTINCT o.tix) AS n, min(o.moment) AS first_at FROM mine AS a JOIN others AS o ON {alike} AND {soon} AND o.tix <> a.tix WHERE a.several GROUP BY a.tix
                ) AS counted
            ) AS f ON f.tix = r.tix WHERE r.{after} IS NOT NULL"""
    )
    lacking = sorted({*same, *(c.column for c in conditions_of(rule))} & context.about(process).lacking)
    return doubted(body, _unseen(rule, process, lacking), "passes") if lacking else body


def later_than(rule: Rule, record_ids: Sequence[str]) -> Fragment:
    """SELECT of `asked`, one of some records, and the `tix` of each later record that is counted with it."""
    same, process = texts(rule, "same"), str(rule.parameters.get("process", rule.process))
    alike = " AND ".join(f"o.k{i} = m.k{i}" for i in range(len(same)))
    asked = Fragment(f"o.record_id IN ({', '.join('?' * len(record_ids))})", tuple(record_ids))
    return (
        "SELECT DISTINCT r.record_id AS asked, o.tix FROM ("
        + _about("record", str(rule.parameters["after"]), same, asked)
        + ") AS m JOIN ("
        + _about("record", "opened_at", same, _counting(rule, process))
        + f""") AS o ON {alike} AND o.tix <> m.tix AND o.moment > m.moment AND o.moment <= m.moment + {seconds_of(rule, "within")}
        JOIN record AS r ON r.tix = m.tix"""
    )


def _counting(rule: Rule, process: str) -> Fragment:
    """SQL for whether a record `o` counts."""
    return Fragment("o.process = ? AND ", (process,)) + all_of(conditions_of(rule), "o")


def _about(records: str, moment: str, same: Sequence[str], where: Fragment) -> Fragment:
    """SELECT of what records `o` are about, and when: tix, moment, and k0, k1, … for each column; a row for each item that a cell lists."""
    people = {c: known_as(f"o.{name(c)}", f"w{i}") for i, c in enumerate(same) if c in PEOPLE_COLUMNS}
    told = {c: people[c].one if c in people else f"o.{name(c)}" for c in same}
    items = ", ".join(f"{each_item(c, 'o') if c == 'ci' else told[c]} AS k{place}" for place, c in enumerate(same))
    keys = [f"trim(k{place})" if c == "ci" else f"k{place}" for place, c in enumerate(same)]
    chosen = ", ".join(f"{key} AS k{place}" for place, key in enumerate(keys))
    filled = "".join(
        f" AND {key} <> ''" if c == "ci" else f" AND {key} IS NOT NULL" for c, key in zip(same, keys, strict=True)
    )
    joined = "".join(one.join for one in people.values())
    return (
        f"SELECT DISTINCT tix, moment, {chosen} FROM (SELECT o.tix, o.{name(moment)} AS moment, {items} FROM {records} AS o{joined} WHERE "
        + where
        + f") AS about WHERE moment IS NOT NULL{filled}"
    )


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

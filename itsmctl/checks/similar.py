"""Several similar records within some weeks, of which none is linked to what would explain them: a candidate for a problem.

Similar are records with the same values under `same`, the same value in at least one column of `either` (left out: none is asked),
and titles that have at least `similar` per cent of their words in common (for Chinese, pairs of characters). Each record that lies
among `count` of them `within` the time is a candidate, unless it has a link of a type under `unless`. Titles decide, so one may ask
and need not find: rules mark it as an enquiry. Another record that may be in the scope, that lacks some of the columns, or its title,
and is similar in all else that it tells, may be similar: where a record would be a candidate with such ones, it is not testable.

    check: {similar: {same: [service, category], either: [ci, customer], similar: 50, count: 3, within: 720h, unless: [problem]}}

Passing: two printer incidents in a month; three that name their problem. Flagged: `VPN login fails`, `VPN login fails again`,
`login fails on VPN` within a week, without a problem. Not testable: the third of them does not say on which item.
"""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.doubts import doubted, others_lack
from itsmctl.engine.parameters import COLUMNS, COUNT, DURATION, PERCENT, TEXTS, number_of, seconds_of, texts
from itsmctl.engine.sql import Fragment, join, name, quote
from itsmctl.engine.statements import may_be_beside
from itsmctl.engine.tokens import tokens
from itsmctl.model import TEXT_COLUMNS, Rule

ID = "similar"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["same", "count", "within"],
    "properties": {
        "same": {**COLUMNS, "description": "Columns in which similar records have the same values."},
        "either": {
            **COLUMNS,
            "description": "Columns in at least one of which they have the same value; left out, none is asked.",
        },
        "text": {"enum": list(TEXT_COLUMNS), "description": "The column whose words are compared; default: `title`."},
        "similar": {
            **PERCENT,
            "description": "How many of their words they have in common at least, in per cent; default: 50.",
        },
        "count": {**COUNT, "description": "From how many similar records on each is a candidate."},
        "within": {
            **DURATION,
            "description": "The time within which they were opened, in hours, minutes and seconds, such as `720h`.",
        },
        "unless": {**TEXTS, "description": "Kinds of link that explain a record, so that it is no candidate."},
    },
}
NAMES = {"same/*": "column", "either/*": "column", "text": "column"}


def needs(rule: Rule) -> Needs:
    """The columns compared, the title, the moment of opening, and one of the types of link."""
    compared = {*texts(rule, "same"), *texts(rule, "either"), _text(rule), "opened_at"}
    return Needs(columns=frozenset(compared), links=frozenset(texts(rule, "unless")))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record that has what is compared; `observed` is the number of similar records around it."""
    count, within = number_of(rule, "count", 3), seconds_of(rule, "within")
    links = texts(rule, "unless")
    explained = Fragment("false")
    if links:
        explained = Fragment(f"r.tix IN (SELECT tix FROM link WHERE type IN ({', '.join('?' * len(links))}))", links)
    bursts = join(" UNION ALL ", (_bursts(rule, columns, within) for columns in _branches(rule)))
    maybe = join(" UNION ", (_may_be_similar(rule, context, columns, within) for columns in _branches(rule)))
    compared = dict.fromkeys([*texts(rule, "same"), *texts(rule, "either"), _text(rule)])
    body = (
        Fragment("SELECT record_id, CASE WHEN explained OR n + perhaps < ? THEN true WHEN n >= ? THEN false END AS passed,", (count, count))
        + Fragment(
            f""" concat(n, ' within ', ?) AS observed, ? AS expected, opened_at AS "at",
            CASE WHEN NOT explained AND n < ? AND n + perhaps >= ? THEN {others_lack(compared)} END AS reason
            FROM (SELECT r.record_id, r.opened_at, s.n, coalesce(m.n, 0) AS perhaps, """,
            (
                str(rule.parameters["within"]),
                f"fewer than {count} similar" + (f", or linked: {', '.join(links)}" if links else ""),
                count,
                count,
            ),
        )
        + explained
        + " AS explained FROM scoped AS r JOIN (SELECT tix, max(n) AS n FROM ("
        + bursts
        + ") AS found GROUP BY tix) AS s ON s.tix = r.tix LEFT JOIN (SELECT tix, count(DISTINCT other) AS n FROM ("
        + maybe
        + ") AS others GROUP BY tix) AS m ON m.tix = r.tix) AS counted"
    )  # fmt: skip
    unread = sorted({*links} & context.lacking)
    return doubted(body, _unread_links(unread), "failures") if unread else body


def _unread_links(columns: Sequence[str]) -> Fragment:
    """The records of which nobody knows whether they name what explains them."""
    listed = ", ".join(map(quote, columns))
    return Fragment(
        f"""SELECT r.record_id, min(r.opened_at) AS opened_at, concat(min(k.why), {quote(":" + ",".join(columns))}) AS reason
        FROM scoped AS r JOIN lacking AS k ON k.tix = r.tix AND k."column" IN ({listed}) GROUP BY r.record_id"""
    )


def similar_to(rule: Rule, scope: Fragment, record_ids: Sequence[str]) -> Fragment:
    """SELECT of `asked`, one of some records, and the `tix` of each record of the scope that is similar to it, within the time before or after."""
    within, marks = seconds_of(rule, "within"), ", ".join("?" * len(record_ids))
    near = join(
        " UNION ", (_near(columns, _text(rule), within, marks, scope, tuple(record_ids)) for columns in _branches(rule))
    )
    words = tokens("SELECT mine AS id, mine AS text FROM near UNION SELECT theirs AS id, theirs AS text FROM near")
    return (
        "SELECT asked, tix FROM (WITH near AS MATERIALIZED (" + near + "), word AS MATERIALIZED (SELECT id, token, count(*) OVER (PARTITION BY id) AS n FROM ("
        + words
        + f""") AS words) SELECT p.asked, p.tix FROM near AS p JOIN word AS a ON a.id = p.mine JOIN word AS b ON b.id = p.theirs AND b.token = a.token
            GROUP BY p.asked, p.tix, a.n, b.n HAVING {_alike(rule)}) AS alike"""
    )  # fmt: skip


def _near(
    columns: tuple[str, ...], text: str, within: int, marks: str, scope: Fragment, asked: tuple[str, ...]
) -> Fragment:
    """SELECT of pairs of records with the same values, opened within the time, with their titles; one of each pair was asked for."""
    same = " AND ".join(f"o.{name(column)} = m.{name(column)}" for column in columns)
    return (
        f"SELECT m.record_id AS asked, o.tix, m.{name(text)} AS mine, o.{name(text)} AS theirs FROM (" + scope + ") AS m JOIN (" + scope
        + Fragment(f""") AS o ON {same} AND o.tix <> m.tix AND abs(o.opened_at - m.opened_at) <= {within}
            WHERE m.{name(text)} IS NOT NULL AND o.{name(text)} IS NOT NULL AND m.record_id IN ({marks})""", asked)
    )  # fmt: skip


def _alike(rule: Rule) -> str:
    """SQL for whether two titles with `a.n` and `b.n` words have so many in common."""
    return f"100.0 * count(*) / (a.n + b.n - count(*)) >= {rule.parameters.get('similar', 50)}"


def _branches(rule: Rule) -> list[tuple[str, ...]]:
    same, either = texts(rule, "same"), texts(rule, "either")
    return [(*same, column) for column in either] or [same]


def _bursts(rule: Rule, columns: tuple[str, ...], within: int) -> Fragment:
    """The largest number of similar records that lie together with each record, over records with equal `columns`.

    Words are compared once for each pair of different titles, not for each pair of records.
    """
    text = name(_text(rule))
    filled = " AND ".join(f"r.{name(column)} IS NOT NULL" for column in (*columns, _text(rule), "opened_at"))
    key = ", '\x1f', ".join(f"r.{name(column)}" for column in columns)
    told = (
        f"(SELECT r.tix, r.opened_at AS moment, concat({key}) AS k, r.{text} AS text FROM scoped AS r WHERE {filled})"
    )
    words = tokens(f"SELECT DISTINCT text AS id, text FROM {told} AS told")
    weighed = f"(SELECT id, token, count(*) OVER (PARTITION BY id) AS n FROM ({words}) AS words)"
    titles = f"(SELECT k, text FROM {told} AS told GROUP BY k, text)"
    burst = f"(PARTITION BY k, mine ORDER BY moment RANGE BETWEEN CURRENT ROW AND {within} FOLLOWING)"
    around = f"(PARTITION BY k, mine ORDER BY moment RANGE BETWEEN {within} PRECEDING AND CURRENT ROW)"
    return Fragment(
        f"""SELECT tix, n FROM (SELECT tix, text, mine, max(burst) OVER {around} AS n FROM (
            SELECT t.tix, t.moment, t.k, t.text, p.mine, count(*) OVER {burst.replace("k, mine", "t.k, p.mine").replace("moment", "t.moment")} AS burst
            FROM {told} AS t JOIN (
                SELECT a.k, a.text AS mine, b.text AS theirs FROM (SELECT x.k, x.text, w.token, w.n FROM {titles} AS x JOIN {weighed} AS w ON w.id = x.text) AS a
                JOIN (SELECT x.k, x.text, w.token, w.n FROM {titles} AS x JOIN {weighed} AS w ON w.id = x.text) AS b ON b.k = a.k AND b.token = a.token
                GROUP BY a.k, a.text, b.text, a.n, b.n HAVING {_alike(rule)}
            ) AS p ON p.k = t.k AND p.theirs = t.text
        ) AS near) AS bursts WHERE text = mine"""
    )


def _may_be_similar(rule: Rule, context: Context, columns: tuple[str, ...], within: int) -> Fragment:
    """SELECT of each record with what is compared (`tix`), and every `other` that may be in the scope and similar to it, but does not tell all.

    Whoever tells none of the columns tells nothing. `known` says which of them one tells, and only the same are compared: each
    pattern that occurs once, so that all is one join.
    """
    text, last = name(_text(rule)), len(columns) - 1
    filled = " AND ".join(f"r.{name(column)} IS NOT NULL" for column in (*columns, _text(rule), "opened_at"))
    named = ", ".join(f"r.{name(column)} AS c{place}" for place, column in enumerate(columns))
    which = ", ".join(f"CASE WHEN r.{name(column)} IS NULL THEN '-' ELSE '+' END" for column in columns)
    theirs = ", '\x1f', ".join(f"coalesce(r.{name(column)}, '')" for column in columns)
    mine = ", '\x1f', ".join(
        f"CASE WHEN substr(m.known, {place + 1}, 1) = '+' THEN t.c{place} ELSE '' END" for place in range(last + 1)
    )
    words = tokens(
        "SELECT mine AS id, mine AS text FROM near UNION SELECT theirs AS id, theirs AS text FROM near WHERE theirs IS NOT NULL"
    )
    return (
        f"""SELECT tix, other FROM (WITH told AS MATERIALIZED (SELECT r.tix, r.opened_at AS moment, r.{text} AS text, {named} FROM scoped AS r WHERE {filled}),
        partly AS MATERIALIZED (SELECT r.tix, r.opened_at AS moment, r.{text} AS text, concat({which}) AS known, concat({theirs}) AS k FROM record AS r WHERE """
        + may_be_beside(rule, context)
        + f""" AND r.tix NOT IN (SELECT tix FROM told)),
        near AS MATERIALIZED (SELECT t.tix, p.tix AS other, t.text AS mine, p.text AS theirs FROM told AS t
            CROSS JOIN (SELECT DISTINCT known FROM partly WHERE known LIKE '%+%') AS m
            JOIN partly AS p ON p.known = m.known AND p.k = concat({mine}) AND coalesce(abs(p.moment - t.moment) <= {within}, true)),
        word AS MATERIALIZED (SELECT id, token, count(*) OVER (PARTITION BY id) AS n FROM ({words}) AS words)
        SELECT n.tix, n.other FROM near AS n LEFT JOIN (
            SELECT p.mine, p.theirs FROM (SELECT DISTINCT mine, theirs FROM near WHERE theirs IS NOT NULL) AS p
            JOIN word AS a ON a.id = p.mine JOIN word AS b ON b.id = p.theirs AND b.token = a.token
            GROUP BY p.mine, p.theirs, a.n, b.n HAVING {_alike(rule)}
        ) AS s ON s.mine = n.mine AND s.theirs = n.theirs WHERE n.theirs IS NULL OR s.mine IS NOT NULL) AS maybe"""
    )  # fmt: skip


def _text(rule: Rule) -> str:
    return str(rule.parameters.get("text", "title"))

"""Ticket numbers as a prefix and the digits at their end, and the holes in a run of them."""

from __future__ import annotations

import re

from itsmctl.engine.session import Session, quote
from itsmctl.engine.sql import name


def missing_numbers(numbered: str, seen: str) -> str:
    """SQL for the numbers in scope by prefix: the first and the last, and how many are missing between (NULL without digits).

    Not missing is what some record has, whatever the scope, and the numbers `seen`, a SELECT of one column.
    """
    column = name(numbered)
    scoped = _split(f"SELECT r.{column} AS number, r.opened_at FROM scoped AS r WHERE r.{column} IS NOT NULL")
    every = _split(f"SELECT {column} AS number FROM every_number UNION ALL {seen}")
    return f"""WITH numbered AS MATERIALIZED ({scoped}),
        reach AS MATERIALIZED (SELECT prefix, min(digits) AS low, max(digits) AS high, min(opened_at) AS first_at FROM numbered GROUP BY prefix)
        SELECT g.prefix, g.high - g.low + 1 - coalesce(k.known, 0) AS missing, e.first, e.last, g.first_at
        FROM reach AS g LEFT JOIN (
            SELECT n.prefix, min(CASE WHEN n.digits = g.low THEN n.number END) AS first, max(CASE WHEN n.digits = g.high THEN n.number END) AS last
            FROM numbered AS n JOIN reach AS g ON g.prefix = n.prefix WHERE n.digits = g.low OR n.digits = g.high GROUP BY n.prefix
        ) AS e ON e.prefix = g.prefix LEFT JOIN (
            SELECT n.prefix, count(DISTINCT n.digits) AS known FROM ({every}) AS n JOIN reach AS g ON g.prefix = n.prefix AND n.digits BETWEEN g.low AND g.high
            GROUP BY n.prefix
        ) AS k ON k.prefix = g.prefix"""


def words_of_rows(session: Session, rejects: str) -> list[str]:
    """What stands in the cells of rows that could not be read at all, each word once; `rejects` is a relation in SQL."""
    rows = session.rows(
        f"SELECT DISTINCT value FROM {rejects} WHERE coalesce(\"column\", '') = '' AND value IS NOT NULL"
    )
    words = {word.strip().strip("\"'") for (value,) in rows for word in re.split(r"[,;|\t]", str(value))}
    return sorted(words - {""})


def numbers_seen(session: Session, rejects: str) -> str:
    """SELECT of the numbers that stand in rows which could not be read, or were not taken; `rejects` is a relation in SQL."""
    words = words_of_rows(session, rejects)
    cells = f" UNION ALL SELECT unnest([{', '.join(map(quote, words))}])" if words else ""
    return f"SELECT number FROM {rejects} WHERE number IS NOT NULL{cells}"


def holes(records: str, seen: str) -> str:
    """SQL for every hole in the numbers of records: the number `before` it, the one `after` it, and how many are `missing` between.

    `seen` is a SELECT of one column with numbers that are not missing either; beyond the records' own it says nothing.
    """
    ending = "regexp_extract(number, '[0-9]{1,18}$', 0)"
    split = "SELECT number, left(number, length(number) - length(ending)) AS prefix, CAST(ending AS BIGINT) AS n"
    return f"""WITH own AS MATERIALIZED ({split} FROM (SELECT number, {ending} AS ending FROM {records}) AS r WHERE ending <> ''),
        other AS MATERIALIZED ({split} FROM (SELECT number, {ending} AS ending FROM ({seen}) AS s (number)) AS r WHERE ending <> ''),
        reach AS (SELECT prefix, min(n) AS low, max(n) AS high FROM own WHERE prefix IN (SELECT prefix FROM other) GROUP BY prefix)
        SELECT before, number AS after, n - n_before - 1 AS missing FROM (
            SELECT number, n, lag(number) OVER run AS before, lag(n) OVER run AS n_before FROM (
                SELECT number, prefix, n FROM own
                UNION ALL SELECT o.number, o.prefix, o.n FROM other AS o JOIN reach AS r ON r.prefix = o.prefix AND o.n BETWEEN r.low AND r.high
            ) AS listed WINDOW run AS (PARTITION BY prefix ORDER BY n, number)
        ) AS beside WHERE n - n_before > 1"""


def _split(numbers: str) -> str:
    """SQL for the numbers of a query with the prefix and the digits of each."""
    return f"""SELECT *, left(number, length(number) - length(ending)) AS prefix,
                CASE WHEN length(ending) < 19 THEN TRY_CAST(ending AS BIGINT) END AS digits
            FROM (SELECT *, regexp_extract(number, '[0-9]+$', 0) AS ending FROM ({numbers}) AS listed) AS ended"""

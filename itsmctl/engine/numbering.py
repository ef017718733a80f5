"""Ticket numbers as a prefix and the digits at their end, and the holes in a run of them."""

from __future__ import annotations

from itsmctl.engine.sql import name


def missing_numbers(numbered: str) -> str:
    """SQL for the numbers in scope by prefix: the first and the last, and how many are missing between (NULL without digits)."""
    column = name(numbered)
    scoped = _split(f"SELECT r.{column} AS number, r.opened_at FROM scoped AS r WHERE r.{column} IS NOT NULL")
    every = _split(f"SELECT {column} AS number FROM every_number UNION ALL SELECT word AS number FROM mentioned")
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


def _split(numbers: str) -> str:
    """SQL for the numbers of a query with the prefix and the digits of each."""
    return f"""SELECT *, left(number, length(number) - length(ending)) AS prefix,
                CASE WHEN length(ending) < 19 THEN TRY_CAST(ending AS BIGINT) END AS digits
            FROM (SELECT *, regexp_extract(number, '[0-9]+$', 0) AS ending FROM ({numbers}) AS listed) AS ended"""

"""Ticket numbers as a prefix and the digits at their end, and the holes in a run of them."""

from __future__ import annotations

from itsmctl.engine.sql import name


def missing_numbers(numbered: str) -> str:
    """SQL for the numbers in scope by prefix: the first and the last, and how many are missing between (NULL without digits)."""
    column = name(numbered)
    return f"""SELECT s.prefix, s.high - s.low + 1 - count(DISTINCT k.digits) AS missing, s.first, s.last, s.first_at
        FROM (
            SELECT prefix, low, high, min(CASE WHEN digits = low THEN number END) AS first,
                max(CASE WHEN digits = high THEN number END) AS last, min(opened_at) AS first_at
            FROM (SELECT *, min(digits) OVER (PARTITION BY prefix) AS low, max(digits) OVER (PARTITION BY prefix) AS high FROM (
                {_split(f"SELECT r.{column} AS number, r.opened_at FROM scoped AS r WHERE r.{column} IS NOT NULL")}
            ) AS numbered) AS ranged GROUP BY prefix, low, high
        ) AS s LEFT JOIN (
            {_split(f"SELECT {column} AS number FROM every_number UNION ALL SELECT word AS number FROM mentioned")}
        ) AS k ON k.prefix = s.prefix AND k.digits BETWEEN s.low AND s.high
        GROUP BY s.prefix, s.low, s.high, s.first, s.last, s.first_at"""


def _split(numbers: str) -> str:
    """SQL for the numbers of a query with the prefix and the digits of each."""
    digits = "regexp_extract(number, '[0-9]+$', 0)"
    return f"""SELECT *, regexp_replace(number, '[0-9]+$', '') AS prefix,
                CASE WHEN length({digits}) < 19 THEN TRY_CAST({digits} AS BIGINT) END AS digits FROM ({numbers}) AS listed"""

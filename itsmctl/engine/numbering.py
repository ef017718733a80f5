"""Ticket numbers as a prefix and the digits at their end, and the holes in a run of them; hexadecimal ids are no such numbers."""

from __future__ import annotations

import re

from itsmctl.engine.session import Session, quote
from itsmctl.engine.sql import name


def missing_numbers(numbered: str, seen: str) -> str:
    """SQL for the numbers in scope by prefix: the first and the last, and how many are missing between (NULL without digits).

    All `hexadecimal` ones that look alike have one prefix, and no digits. Not missing is what some record has, whatever the scope, and the numbers `seen`, a SELECT of one column.
    """
    column = name(numbered)
    scoped = _decimal(
        f"SELECT r.{column} AS number, r.opened_at FROM scoped AS r WHERE r.{column} IS NOT NULL", ", n.opened_at"
    )
    every = _split(f"SELECT {column} AS number FROM every_number UNION ALL {seen}")
    return f"""WITH numbered AS MATERIALIZED ({scoped}),
        reach AS MATERIALIZED (SELECT prefix, min(digits) AS low, max(digits) AS high, min(opened_at) AS first_at, bool_or(hexadecimal) AS hexadecimal
            FROM numbered GROUP BY prefix)
        SELECT g.prefix, g.hexadecimal, g.high - g.low + 1 - coalesce(k.known, 0) AS missing, e.first, e.last, g.first_at
        FROM reach AS g LEFT JOIN (
            SELECT n.prefix, min(CASE WHEN n.digits = g.low THEN n.number END) AS first, max(CASE WHEN n.digits = g.high THEN n.number END) AS last
            FROM numbered AS n JOIN reach AS g ON g.prefix = n.prefix WHERE n.digits = g.low OR n.digits = g.high GROUP BY n.prefix
        ) AS e ON e.prefix = g.prefix LEFT JOIN (
            SELECT n.prefix, count(DISTINCT n.digits) AS known FROM ({every}) AS n JOIN reach AS g ON g.prefix = n.prefix AND n.digits BETWEEN g.low AND g.high
            GROUP BY n.prefix
        ) AS k ON k.prefix = g.prefix"""


def are_counted(session: Session, records: str) -> bool:
    """Whether any record has a number in which a gap could be seen."""
    found = session.one(f"SELECT count(digits) FROM ({_decimal(f'SELECT number FROM {records}')}) AS r")
    return found != (0,)


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
    own, other = _decimal(f"SELECT number FROM {records}"), _split(f"SELECT * FROM ({seen}) AS s (number)")
    return f"""WITH own AS MATERIALIZED (SELECT number, prefix, digits AS n FROM ({own}) AS r WHERE digits IS NOT NULL),
        other AS MATERIALIZED (SELECT number, prefix, digits AS n FROM ({other}) AS r WHERE digits IS NOT NULL),
        reach AS (SELECT prefix, min(n) AS low, max(n) AS high FROM own WHERE prefix IN (SELECT prefix FROM other) GROUP BY prefix)
        SELECT before, number AS after, n - n_before - 1 AS missing FROM (
            SELECT number, n, lag(number) OVER run AS before, lag(n) OVER run AS n_before FROM (
                SELECT number, prefix, n FROM own
                UNION ALL SELECT o.number, o.prefix, o.n FROM other AS o JOIN reach AS r ON r.prefix = o.prefix AND o.n BETWEEN r.low AND r.high
            ) AS listed WINDOW run AS (PARTITION BY prefix ORDER BY n, number)
        ) AS beside WHERE n - n_before > 1"""


_HEXADECIMAL = "[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$|[0-9A-Fa-f]+$"
"""The end of a number as far as it may be hexadecimal: an id of the form of UUID as a whole."""
_LETTERED = "[0-9][0-9A-Fa-f-]*[A-Fa-f]$"
"""A hexadecimal id that ends in a letter behind a digit: six of sixteen do, and of decimal numbers only those with a suffix."""


def _decimal(numbers: str, beside: str = "") -> str:
    """SQL for the numbers of a query with the prefix and the digits of each; hexadecimal ones have no digits, and 0x behind their prefix.

    An id of digits alone may be hexadecimal too, so those decide that look like it: with the same beginning and as many
    characters behind it. Where an eighth of them are lettered, all are hexadecimal.
    """
    ended = (
        f"SELECT *, regexp_extract(number, {quote(_HEXADECIMAL)}, 0) AS hexadecimal FROM ({_split(numbers)}) AS parted"
    )
    told = f"SELECT *, left(number, length(number) - length(hexadecimal)) AS head, length(hexadecimal) AS width FROM ({ended}) AS ended"
    lettered = f"sum(CASE WHEN regexp_matches(number, {quote(_LETTERED)}) THEN 1 ELSE 0 END)"
    alike = f"SELECT head, width FROM ({told}) AS told GROUP BY head, width HAVING {lettered} > 0 AND 8 * {lettered} >= count(*)"
    return f"""SELECT n.number{beside}, CASE WHEN x.head IS NULL THEN n.prefix ELSE concat(n.head, '0x') END AS prefix,
                CASE WHEN x.head IS NULL THEN n.digits END AS digits, x.head IS NOT NULL AS hexadecimal
            FROM ({told}) AS n LEFT JOIN ({alike}) AS x ON x.head = n.head AND x.width = n.width"""


def _split(numbers: str) -> str:
    """SQL for the numbers of a query with the prefix and the digits of each."""
    return f"""SELECT *, left(number, length(number) - length(ending)) AS prefix,
                CASE WHEN length(ending) < 19 THEN TRY_CAST(ending AS BIGINT) END AS digits
            FROM (SELECT *, regexp_extract(number, '[0-9]+$', 0) AS ending FROM ({numbers}) AS listed) AS ended"""

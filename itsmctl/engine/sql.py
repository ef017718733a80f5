"""Pieces of SQL with their values apart, and the few functions whose spelling differs between engines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from itsmctl.engine.session import name, quote
from itsmctl.model import BOOLEAN_COLUMNS, NUMBER_COLUMNS, THING_COLUMNS, TIME_COLUMNS, Condition, Conditions

__all__ = [
    "LISTED",
    "Fragment",
    "all_of",
    "carried",
    "condition",
    "each_word",
    "duration_text",
    "epoch",
    "each_item",
    "each_match",
    "join",
    "latest",
    "literal_rows",
    "matches",
    "moment_text",
    "name",
    "neighbour",
    "number_of",
    "numbers_between",
    "agreed_text",
    "percent_text",
    "quote",
    "ranked",
    "staircase",
    "tested",
    "time_of",
]


_AFTER_ALL_TIME = 10**13
"""More seconds than lie between any two moments that an export may tell."""


@dataclass(frozen=True)
class Fragment:
    """SQL text and the values of its `?` marks, in their order."""

    text: str
    values: tuple[object, ...] = ()

    def __add__(self, other: Fragment | str) -> Fragment:
        other = Fragment(other) if isinstance(other, str) else other
        return Fragment(self.text + other.text, self.values + other.values)

    def __radd__(self, other: str) -> Fragment:
        return Fragment(other) + self


def join(separator: str, parts: Iterable[Fragment]) -> Fragment:
    """Join fragments as `str.join` joins texts."""
    listed = list(parts)
    return Fragment(
        separator.join(part.text for part in listed), tuple(value for part in listed for value in part.values)
    )


def by_case(key: str, branches: Iterable[tuple[int, Fragment]], otherwise: str = "NULL") -> Fragment:
    """`CASE WHEN key IN (n, …) THEN … ELSE … END`: numbers that lead to the same share a branch, for every branch is tried on all rows."""
    alike: dict[Fragment, list[str]] = {}
    for number, then in branches:
        alike.setdefault(then, []).append(str(number))
    if not alike or set(alike) == {Fragment(otherwise)}:
        return Fragment(otherwise)
    parts = [Fragment(f"WHEN {key} IN ({', '.join(numbers)}) THEN ") + then for then, numbers in alike.items()]
    return Fragment("CASE ") + join(" ", parts) + f" ELSE {otherwise} END"


COMPARING = ("in", "at-least", "at-most")
"""Tests of a condition that a record without a value does not meet, though nobody knows whether it ought to."""


def all_of(conditions: Conditions, table: str = "r") -> Fragment:
    """The conjunction of conditions, never NULL; no condition is true."""
    return join(" AND ", (condition(c, table) for c in conditions)) if conditions else Fragment("true")


def condition(c: Condition, table: str = "r") -> Fragment:
    """One condition as a boolean that is never NULL; see `model.Condition` for empty values."""
    return tested(c, f"{table}.{name(c.column)}", _typed(c))


def tested(c: Condition, column: str, values: Sequence[object]) -> Fragment:
    """A condition on any column, with its values as the column's type."""
    match c.test:
        case "present":
            return Fragment(f"{column} IS NOT NULL")
        case "absent":
            return Fragment(f"{column} IS NULL")
        case "in":
            return Fragment(f"({column} IS NOT NULL AND {column} IN ({_marks(values)}))", tuple(values))
        case "not-in":
            return Fragment(f"({column} IS NULL OR {column} NOT IN ({_marks(values)}))", tuple(values))
        case "at-least" | "at-most":
            sign = ">=" if c.test == "at-least" else "<="
            return Fragment(f"({column} IS NOT NULL AND {column} {sign} ?)", tuple(values))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _typed(c: Condition) -> tuple[object, ...]:
    """The values as the column's type, so that no engine has to guess: `priority: 1` means the text '1'."""
    if c.column in BOOLEAN_COLUMNS:
        return tuple(value if isinstance(value, bool) else str(value).lower() == "true" for value in c.values)
    if c.column in (*NUMBER_COLUMNS, *TIME_COLUMNS):
        return tuple(value if isinstance(value, int | float) else float(value) for value in c.values)
    return tuple(number_of(value) for value in c.values)


def number_of(value: object) -> str:
    """A YAML value as the text that an export would hold."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def literal_rows(rows: Sequence[Sequence[object]], alias: str, columns: Sequence[str]) -> Fragment:
    """A small table of constants: `(VALUES (?, ?), …) AS alias(columns)`; `rows` must not be empty."""
    marks = ", ".join(f"({_marks(row)})" for row in rows)
    names = ", ".join(name(column) for column in columns)
    return Fragment(f"(VALUES {marks}) AS {alias}({names})", tuple(value for row in rows for value in row))


def staircase(value: str, steps: Sequence[tuple[int, str]]) -> str:
    """SQL for what holds at a whole number: of `steps` (from which number on, SQL) the last that it reaches, or the first.

    A balanced CASE, so that a value meets only log2(n) comparisons.
    """
    if len(steps) == 1:
        return steps[0][1]
    middle = len(steps) // 2
    left, right = staircase(value, steps[:middle]), staircase(value, steps[middle:])
    return f"CASE WHEN {value} < {steps[middle][0]} THEN {left} ELSE {right} END"


def epoch(timestamp: str) -> str:
    """SQL for the whole seconds since 1970 of a timestamp column."""
    return f"CAST(floor(epoch({timestamp})) AS BIGINT)"


LISTED = "[,;\u3001\uff0c\uff1b]"
"""What stands between the items that a cell lists; within their names there may be blanks."""


def each_word(text: str, between: str = "[,;\\s\u3001\uff0c\uff1b\u3000]+") -> str:
    """SQL that makes one row of each of the names that a cell lists, between commas, semicolons or blanks."""
    return f"unnest(regexp_split_to_array({text}, {quote(between)}))"


def each_item(column: str, table: str) -> str:
    """SQL that makes one row of each item that a cell lists, as it is compared: the name of a thing is the same in any capitals.

    The rows have blanks around them, and some may be empty.
    """
    cell = f"{table}.{name(column)}"
    return each_word(f"lower({cell})" if column in THING_COLUMNS else cell, LISTED)


def each_match(text: str, pattern: str) -> str:
    """SQL that makes one row of each match of a regular expression."""
    return f"unnest(regexp_extract_all({text}, {quote(pattern)}))"


def matches(text: str, pattern: str) -> str:
    """SQL for whether a regular expression matches somewhere in a text."""
    return f"regexp_matches({text}, {quote(pattern)})"


def finds(text: str, pattern: str) -> str:
    """The same for a pattern that no empty text matches: DuckDB then looks once at a text that many rows of a file share."""
    return f"regexp_extract({text}, {quote(pattern)}, 0) <> ''"


def time_of(text: str) -> str:
    """SQL for a text that may be an ISO 8601 time as something to compare, NULL where it is none."""
    return f"TRY_CAST({text} AS TIMESTAMP)"


def numbers_between(low: str, high: str) -> str:
    """SQL that makes one row of each whole number from the first to the last, both included."""
    return f"unnest(generate_series({low}, {high}))"


def neighbour(column: str, *, after: bool = False, in_order: bool) -> str:
    """SQL for a column of the row before, or after, of the same record; NULL where there is none.

    It stands in a plain read of `event`, with conditions at most, or in what `latest` and `carried` add to one. Where the session reads rows in the order in which they lie
    (`Session.in_order`), none has to be sorted: the neighbour is the next row, if that is of the same record. What a join
    returns is in no order: join what this returns.
    """
    which = "lead" if after else "lag"
    if in_order:
        return f"CASE WHEN {which}(tix) OVER () = tix THEN {which}({column}) OVER () END"
    return f"{which}({column}) OVER (PARTITION BY tix ORDER BY seq)"


def carried(value: str, where: str, *, below: int = 0, in_order: bool) -> str:
    """SQL for a value of the last row of the same record, up to this one, of which a condition holds; NULL where there is none.

    It stands where `neighbour` does. The value must not be NULL where the condition holds. Whole numbers from 0 on and
    `below` some other are quicker than texts.
    """
    if not in_order:
        return f"last_value(CASE WHEN {where} THEN {value} END IGNORE NULLS) OVER (PARTITION BY tix ORDER BY seq)"
    so_far = "IGNORE NULLS) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    if below:
        last = f"last_value(CASE WHEN {where} THEN tix * {below} + {value} END {so_far}"
        return f"CASE WHEN {last} // {below} = tix THEN {last} % {below} END"
    mine = f"last_value(CASE WHEN {where} THEN tix END {so_far} = tix"
    return f"CASE WHEN {mine} THEN last_value(CASE WHEN {where} THEN {value} END {so_far} END"


def latest(moment: str, *, in_order: bool) -> str:
    """SQL for the latest of the moments of the same record up to this row; it stands where `neighbour` does.

    None of the moments may be NULL. In the order of the table the number of the record weighs more than any moment, so that each record begins anew.
    """
    if in_order:
        before = f"CAST(tix AS HUGEINT) * {_AFTER_ALL_TIME}"
        return f"CAST(max({before} + {moment}) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - {before} AS BIGINT)"
    return f"max({moment}) OVER (PARTITION BY tix ORDER BY seq)"


def ranked(first: str, then: str) -> str:
    """SQL for a number that orders by `first` and, where it is the same, by `then`: whole numbers, the second below ten digits.

    The least and the greatest by one number alone would be any of several, and another one on another day or engine.
    """
    return f"(CAST({first} AS HUGEINT) * 10000000000 + {then})"


def moment_text(seconds: str) -> str:
    """SQL for epoch seconds as `2026-03-29T01:00:00Z`."""
    return f"strftime(make_timestamp(CAST({seconds} AS BIGINT) * 1000000), '%Y-%m-%dT%H:%M:%SZ')"


def percent_text(share: str, *limits: str) -> str:
    """SQL for a share in per cent, `86.0%`: with one decimal, or so many more that it is shown on the side of each limit on which it lies.

    `0%` and `100%` are exactly none and all, as in `language.percent_text`.
    """

    def shows(rounded: str) -> str:
        sides = (
            f"({rounded} {sign} {limit}) = ({share} {sign} {limit})"
            for limit in ("0", "100", *limits)
            for sign in ("<", ">")
        )
        return f"coalesce({' AND '.join(sides)}, true)"

    rounded = [f"round({share}, {digits})" for digits in (1, 2, 4)]
    cases = " ".join(f"WHEN {shows(one)} THEN CAST({one} AS VARCHAR)" for one in rounded)
    whole = f"WHEN {share} = 0 THEN '0' WHEN {share} = 100 THEN '100'"
    return f"concat(CASE {whole} {cases} ELSE CAST({share} AS VARCHAR) END, '%')"


def agreed_text(percent: str) -> str:
    """SQL for per cents that somebody wrote down, `95%` or `99.5%`: as they were written."""
    return f"concat(CASE WHEN {percent} = floor({percent}) THEN CAST(CAST({percent} AS BIGINT) AS VARCHAR) ELSE CAST({percent} AS VARCHAR) END, '%')"


def duration_text(seconds: str) -> str:
    """SQL for a number of seconds as `5h30m`, `45s`, `0m`; the same text as `worktime.duration_text`."""
    s = f"CAST({seconds} AS BIGINT)"
    hours, minutes, rest = f"(abs({s}) // 3600)", f"(abs({s}) % 3600 // 60)", f"(abs({s}) % 60)"
    return (
        f"CASE WHEN {s} IS NULL THEN NULL WHEN {s} = 0 THEN '0m' ELSE concat(CASE WHEN {s} < 0 THEN '-' ELSE '' END, "
        f"CASE WHEN {hours} > 0 THEN concat({hours}, 'h') ELSE '' END, "
        f"CASE WHEN {minutes} > 0 THEN concat({minutes}, 'm') ELSE '' END, "
        f"CASE WHEN {rest} > 0 THEN concat({rest}, 's') ELSE '' END) END"
    )

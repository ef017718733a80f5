"""Groups of records, by their month of opening and any columns: what checks about shares and counts judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itsmctl.engine.context import Context
from itsmctl.engine.doubts import unknown_in
from itsmctl.engine.parameters import conditions_of, words
from itsmctl.engine.people import called
from itsmctl.engine.sql import COMPARING, Fragment, condition, join, name, numbers_between
from itsmctl.engine.strange import is_untranslated
from itsmctl.model import GROUPED, PEOPLE_COLUMNS, Conditions, Rule


def group_key(per: Sequence[str], table: str = "r") -> str:
    """SQL for the key of a record's group, `erp / 2026-03`; all records together are `-`."""
    if not per:
        return "'-'"
    parts = ", ' / ', ".join(_part(f"{table}.{name(column)}", column in PEOPLE_COLUMNS) for column in per)
    return f"concat({parts})"


def grouped_by_people(rule: Rule) -> Sequence[str]:
    """The columns of people by which a rule makes groups: these are of one person, by whatever name the export has.

    What the rule compares with names of its own stays as it was exported.
    """
    if rule.check not in GROUPED:
        return ()
    asked = {word for key in ("per", "by", "peers") if key in rule.parameters for word in words(rule.parameters[key])}
    named = {condition.column for condition in conditions_of(rule)}
    return [column for column in PEOPLE_COLUMNS if column in asked - named]


def clock_columns(per: Sequence[str]) -> list[str]:
    """SQL for the values by which clocks are grouped: columns of the record `r`, and the month of the clock `c`."""
    return ["c.month" if column == "month" else f"r.{name(column)}" for column in per]


def key_of(values: Sequence[str]) -> str:
    """SQL for the key of a group that has these values, none of them a person."""
    parts = ", ' / ', ".join(_part(value, is_person=False) for value in values)
    return f"concat({parts})"


def _part(value: str, is_person: bool) -> str:
    text = f"CASE WHEN {value} IS NOT NULL THEN {called(value)} END" if is_person else f"CAST({value} AS VARCHAR)"
    return f"coalesce({text}, '-')"


@dataclass(frozen=True)
class Hits:
    """SQL for how many records `r` of a group meet conditions for `sure`, and how many do or may at the `most`.

    A record may meet a condition if the cell that it asks for is empty, where the test is of a value, could not be read, or holds a
    state or a code that nobody translates.
    `joined` stands behind the table of the records.
    """

    sure: Fragment
    most: Fragment
    joined: str


def hits_of(conditions: Conditions, context: Context, *, as_written: bool = False) -> Hits:
    """How many records meet conditions; `as_written`, a word that nobody translates is none of those asked for."""
    sure, most, joined = [Fragment("true")], [Fragment("true")], ""
    for place, asked in enumerate(conditions):
        holds = condition(asked)
        unknown = Fragment(f"r.{name(asked.column)} IS NULL" if asked.test in COMPARING else "false")
        if not as_written and (word := is_untranslated(asked, context)):
            unknown += " OR coalesce(" + word + ", false)"
        if asked.column in context.lacking:
            unread = f"k{place}"
            joined += f" LEFT JOIN {unknown_in((asked.column,))} AS {unread} ON {unread}.tix = r.tix"
            unknown += f" OR {unread}.tix IS NOT NULL"
        sure.append("(" + holds + " AND NOT (" + unknown + "))")
        most.append("(" + holds + " OR " + unknown + ")")
    surely, at_most = (Fragment("count(*) FILTER (WHERE ") + join(" AND ", tests) + ")" for tests in (sure, most))
    return Hits(surely, at_most, joined)


def group_needs(per: Sequence[str]) -> frozenset[str]:
    """The columns that the groups rest on."""
    return frozenset("opened_at" if column == "month" else column for column in per)


def months_from(records: str) -> str:
    """SQL for every month from the first to the last in which one of the records was opened: `(month)`, without holes."""
    number = "CAST(substr({0}, 1, 4) AS BIGINT) * 12 + CAST(substr({0}, 6, 2) AS BIGINT) - 1"
    return f"""(SELECT concat(CAST(n // 12 AS VARCHAR), '-', lpad(CAST(n % 12 + 1 AS VARCHAR), 2, '0')) AS month FROM (
        SELECT {numbers_between("low", "high")} AS n FROM (SELECT {number.format("min(month)")} AS low, {number.format("max(month)")} AS high
            FROM {records} WHERE month IS NOT NULL) AS ends) AS numbered)"""

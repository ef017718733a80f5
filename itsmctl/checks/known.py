"""A name in a record that must be one of the definitions in force on the day the record was opened (days in UTC).

    check: {known: {column: service, kind: service}}

Passing: service `erp`, live since 2024. Failing: service `fax`, which the catalogue does not have. Empty: fails too,
as the field names nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, literal_rows, name, quote
from itsmctl.model import Definition, Definitions, Rule

ID = "known"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["column", "kind"],
    "properties": {"column": {"type": "string"}, "kind": {"enum": ["service"]}},
}
NAMES = {"column": "column"}

_EVER = 2**53


def needs(rule: Rule) -> Needs:
    """The column."""
    return Needs(columns=frozenset({str(rule.parameters["column"])}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the name."""
    column = f"r.{name(str(rule.parameters['column']))}"
    rows = [
        (word, _start(d), _end(d))
        for d in _defined(context.definitions, str(rule.parameters["kind"]))
        for word in (d.id, *d.aliases)
    ]
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN k.word IS NULL THEN false WHEN k.since = {-_EVER} AND k.until = {_EVER} THEN true
                ELSE r.opened_at >= k.since AND r.opened_at < k.until END AS passed,
            coalesce({column}, 'empty') AS observed, {quote("a " + str(rule.parameters["kind"]) + " defined on that day")} AS expected,
            r.opened_at AS "at", CASE WHEN r.opened_at IS NULL THEN 'missing:opened_at' END AS reason FROM scoped AS r LEFT JOIN """
        )
        + literal_rows(rows or [("", 0, 0)], "k", ("word", "since", "until"))
        + f" ON k.word = {column}"
    )


def _defined(definitions: Definitions, kind: str) -> Iterable[Definition]:
    assert kind == "service"
    return definitions.services.values()


def _start(definition: Definition) -> int:
    return _midnight(definition.effective.start) if definition.effective.start else -_EVER


def _end(definition: Definition) -> int:
    return _midnight(definition.effective.end + timedelta(days=1)) if definition.effective.end else _EVER


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())

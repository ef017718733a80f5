"""A name in a record that must be one of the definitions in force on the day the record was opened (days in the audit's zone).

    check: {known: {column: service, kind: service}}

Passing: service `erp`, live since 2024. Failing: service `fax`, which the catalogue does not have. Empty: fails too,
as the field names nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, literal_rows, name, quote
from itsmctl.model import Definition, Definitions, Rule
from itsmctl.zones import EVER

ID = "known"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["column", "kind"],
    "properties": {"column": {"type": "string"}, "kind": {"enum": ["service"]}},
}
NAMES = {"column": "column"}


def needs(rule: Rule) -> Needs:
    """The column."""
    return Needs(columns=frozenset({str(rule.parameters["column"])}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the name."""
    column = f"r.{name(str(rule.parameters['column']))}"
    rows = [
        (word, context.first_moment(d.effective), context.end_moment(d.effective))
        for d in _defined(context.definitions, str(rule.parameters["kind"]))
        for word in (d.id, *d.aliases)
    ]
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN k.word IS NULL THEN false WHEN k.since = {-EVER} AND k.until = {EVER} THEN true
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

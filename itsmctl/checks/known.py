"""A name in a record that must be one of the definitions in force on the day the record was opened (days in the audit's zone).

`offered-request` is what a service of the catalogue offers to be requested, as long as that service is in force.

    check: {known: {column: service, kind: service}}
    check: {known: {column: item, kind: offered-request}}

Passing: service `erp`, live since 2024. Failing: service `fax`, which the catalogue does not have. Empty: fails too,
as the field names nothing. Not testable: any name, where the catalogue is that of the example company and has none of the export's.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment, literal_rows, name, quote
from itsmctl.model import Rule, Service
from itsmctl.zones import EVER

ID = "known"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["column", "kind"],
    "properties": {
        "column": {"type": "string", "description": "The column with the name."},
        "kind": {
            "enum": ["service", "offered-request"],
            "description": "What it must be the name of: a service of the catalogue, or a request that one of them offers.",
        },
    },
}
NAMES = {"column": "column"}
_EXPECTED = {
    "service": "a service defined on that day",
    "offered-request": "a request offered on that day",
}


def needs(rule: Rule) -> Needs:
    """The column."""
    return Needs(columns=frozenset({str(rule.parameters["column"])}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the name."""
    column = f"r.{name(str(rule.parameters['column']))}"
    kind = str(rule.parameters["kind"])
    spans: dict[str, tuple[int, int]] = {}
    for service in context.definitions.services.values():
        since, until = context.first_moment(service.effective), context.end_moment(service.effective)
        for word in _names(service, kind):
            first, last = spans.get(word, (since, until))
            spans[word] = (min(first, since), max(last, until))
    rows = [(word, *span) for word, span in spans.items()]
    known = literal_rows(rows or [("", 0, 0)], "k", ("word", "since", "until"))
    foreign = _foreign(context, column, known)
    return (
        Fragment(
            f"""SELECT record_id, CASE WHEN coalesce(reason, '') <> 'example-catalogue' THEN passed END AS passed, observed, expected, "at", reason FROM (
            SELECT r.record_id, CASE WHEN k.word IS NULL THEN false WHEN k.since = {-EVER} AND k.until = {EVER} THEN true
                ELSE r.opened_at >= k.since AND r.opened_at < k.until END AS passed,
            coalesce({column}, 'empty') AS observed, {quote(_EXPECTED[kind])} AS expected, r.opened_at AS "at",
            CASE WHEN {column} IS NOT NULL AND """
        )
        + foreign
        + Fragment(
            """ THEN 'example-catalogue' WHEN r.opened_at IS NULL THEN 'missing:opened_at' END AS reason FROM scoped AS r LEFT JOIN """
        )
        + known
        + f" ON k.word = {column}) AS named"
    )


def _foreign(context: Context, column: str, known: Fragment) -> Fragment:
    """Whether the export is somebody else's than the example company's: not one of its names is in the catalogue."""
    if not context.definitions.is_reference:
        return Fragment("false")
    return "(SELECT count(*) FROM record AS r JOIN " + known + f" ON k.word = {column}) = 0"


def _names(service: Service, kind: str) -> tuple[str, ...]:
    if kind == "offered-request":
        return tuple(request.id for request in service.requests)
    return (service.id, *service.aliases)

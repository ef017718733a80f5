"""A name in a record that must be one of the definitions in force on the day the record was opened (days in the audit's zone).

`offered-request` is what a service of the catalogue offers to be requested, as long as that service is in force.

    check: {known: {column: service, kind: service}}
    check: {known: {column: item, kind: offered-request}}

Passing: service `erp`, live since 2024. Failing: service `fax`, which the catalogue does not have; a request that one service no longer
offers, and another not yet. Empty: fails too, as the field names nothing. Not testable: any name, where the catalogue is that of the
example company and has hardly any of the export's.
"""

from __future__ import annotations

from collections.abc import Iterable

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
    spans: dict[str, list[tuple[int, int]]] = {}
    for service in context.definitions.services.values():
        for word in _names(service, kind):
            since, until = context.first_moment(service.effective), context.end_moment(service.effective)
            spans.setdefault(word, []).append((since, until))
    rows = [(word, *span) for word, every in spans.items() for span in _together(every)]
    known = literal_rows(rows or [("", 0, 0)], "k", ("word", "since", "until"))
    words = literal_rows([(word,) for word in spans] or [("",)], "n", ("word",))
    foreign = _foreign(context, column, words)
    return (
        Fragment(
            f"""SELECT record_id, CASE WHEN coalesce(reason, '') <> 'example-catalogue' THEN passed END AS passed, observed, expected, "at", reason FROM (
            SELECT r.record_id, CASE WHEN n.word IS NULL THEN false WHEN k.word IS NOT NULL THEN true WHEN r.opened_at IS NOT NULL THEN false END AS passed,
            coalesce({column}, 'empty') AS observed, {quote(_EXPECTED[kind])} AS expected, r.opened_at AS "at",
            CASE WHEN {column} IS NOT NULL AND """
        )
        + foreign
        + Fragment(
            """ THEN 'example-catalogue' WHEN r.opened_at IS NULL THEN 'missing:opened_at' END AS reason FROM scoped AS r LEFT JOIN """
        )
        + words
        + f" ON n.word = {column} LEFT JOIN "
        + known
        + f""" ON k.word = {column} AND (k.since = {-EVER} AND k.until = {EVER} OR r.opened_at >= k.since AND r.opened_at < k.until)) AS named"""
    )


def _together(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same spans of time with those joined that overlap or touch."""
    joined: list[tuple[int, int]] = []
    for since, until in sorted(spans):
        if joined and since <= joined[-1][1]:
            since, until = joined[-1][0], max(joined.pop()[1], until)
        joined.append((since, until))
    return joined


def _foreign(context: Context, column: str, words: Fragment) -> Fragment:
    """Whether the export is somebody else's than the example company's: of the records that give a name, the catalogue knows less
    than half. A `vpn` or a `mail` everybody has.
    """
    if not context.definitions.is_reference:
        return Fragment("false")
    known = "(SELECT 2 * count(n.word) < count(*) FROM record AS r LEFT JOIN "
    return known + words + f" ON n.word = {column} WHERE {column} IS NOT NULL)"


def _names(service: Service, kind: str) -> tuple[str, ...]:
    if kind == "offered-request":
        return tuple(request.id for request in service.requests)
    return (service.id, *service.aliases)

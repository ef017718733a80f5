"""Which waivers an audit applies, and what is to be said about each: refused, unused, over-broad, expired, about to expire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from itsmctl.engine.context import Context
from itsmctl.engine.evaluate import Counts
from itsmctl.engine.waiving import Cover, window
from itsmctl.errors import Problem
from itsmctl.language import epoch
from itsmctl.model import Baseline, Definitions, Rule, Waiver
from itsmctl.model.holding import held, tenures
from itsmctl.result import AuditResult, WaiverStanding, WaiverUse

SOON = 30 * 86_400
"""A waiver that ends within so many seconds after the audit is told of, while there is time to mend what it excuses."""


def waivers_of(definitions: Definitions) -> Mapping[str, tuple[Waiver, ...]]:
    """The waivers by the rule that they are about, under its id of today."""
    today = {alias: rule.id for rule in definitions.rules.values() for alias in rule.aliases}
    today |= {id_: id_ for id_ in definitions.rules}
    found: dict[str, tuple[Waiver, ...]] = {}
    for waiver in definitions.waivers.values():
        rule = today.get(waiver.rule, waiver.rule)
        found[rule] = (*found.get(rule, ()), replace(waiver, rule=rule))
    return found


def refusal(definitions: Definitions, waiver: Waiver | Baseline) -> Problem | None:
    """Why an approval counts for nothing: it is the author's own, or the approver had no authority on that day."""
    where = waiver.where
    values: dict[str, object] = {"id": waiver.id, "person": waiver.approver}
    if waiver.approver == waiver.author:
        return Problem("own-approval", "{id} excuses nothing: {person} approved what they asked for", where, values)
    held_roles = tenures(definitions.assignments.values(), definitions.positions)
    if not held(held_roles, waiver.approver, waiver.authority, waiver.approved):
        template = "{id} excuses nothing: {person} did not hold the role {role} on {day}"
        values |= {"role": waiver.authority, "day": waiver.approved}
        return Problem("waiver-without-authority", template, where, values)
    return None


def applied(definitions: Definitions) -> Mapping[str, tuple[Waiver, ...]]:
    """The waivers that were approved as they must be, by rule."""
    return {
        rule: tuple(waiver for waiver in waivers if refusal(definitions, waiver) is None)
        for rule, waivers in waivers_of(definitions).items()
    }


def uses(judged: Mapping[str, tuple[Rule, Counts]], context: Context, result: AuditResult) -> tuple[WaiverUse, ...]:
    """Every waiver of a rule that was judged, by id, and what is to be said of it."""
    opened = result.dataset.opened_from
    begins = result.period_from if result.period_from is not None else (epoch(opened) if opened else result.as_of)
    every = (
        waiver for rule, waivers in waivers_of(context.definitions).items() if rule in judged for waiver in waivers
    )
    told = (_use(waiver, judged[waiver.rule][1], context, begins) for waiver in every)
    return tuple(sorted(told, key=lambda use: use.waiver.id))


def _use(waiver: Waiver, counts: Counts, context: Context, begins: int) -> WaiverUse:
    since, until = window(waiver, context)
    refused = refusal(context.definitions, waiver)
    cover = counts.covers.get(waiver.id, Cover(0, 0, 0))
    if refused:
        return WaiverUse(waiver, "refused", since, until, 0, (refused,))
    overlaps = since <= context.as_of and until > begins
    problems = tuple(_problems(waiver, cover, counts, until - context.as_of, overlaps))
    standing = _standing(since, until, context.as_of)
    return WaiverUse(waiver, standing, since, until, cover.excused, problems, cover.elsewhere)


def _standing(since: int, until: int, as_of: int) -> WaiverStanding:
    if as_of < since:
        return "to_come"
    return "in_force" if as_of < until else "expired"


def _problems(waiver: Waiver, cover: Cover, counts: Counts, left: int, overlaps: bool) -> Iterator[Problem]:
    about = {"waiver": waiver.id, "rule": waiver.rule}

    def problem(code: str, template: str, **values: object) -> Problem:
        return Problem(code, template, waiver.where, {**about, **values}, "warning")

    if cover.late:
        template = "waiver {waiver} of {rule} has ended; failures that it would have covered, and that count: {n}"
        yield problem("waiver-expired", template, n=cover.late)
    if not waiver.records and cover.scope == counts.in_scope > 1:
        template = "waiver {waiver} covers every one of the {n} records that {rule} judges: that changes the rule"
        yield problem("waiver-too-broad", template, n=counts.in_scope)
    if overlaps and counts.in_scope > counts.not_testable and not cover.excused:
        yield problem("waiver-unused", "waiver {waiver} of {rule} excuses no failure of this audit")
    if 0 < left <= SOON and cover.excused:
        template = (
            "waiver {waiver} of {rule} ends in {n} days; it excuses {excused} failures here, and none from then on"
        )
        yield problem("waiver-ends-soon", template, n=-(-left // 86_400), excused=cover.excused)

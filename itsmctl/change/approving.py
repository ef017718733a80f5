"""Whose approval a change needs: those who answer for what it touches, by the definitions as they were before it.

The side before the change decides, so that nobody makes themselves the approver of their own change. What is new says
itself to what it belongs; who answers for that is as before, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from itsmctl import model
from itsmctl.change.types import Change, parted
from itsmctl.model import Definition, Definitions

_OF_THE_SYSTEM = "policy"
_ANSWERING = ("owner", "approver", "manager", "relationship_manager", "agreed_provider", "provider", "process", "type")
"""The fields by which somebody answers for a definition."""


def approvers(change: Change, base: Definitions, head: Definitions) -> tuple[str, ...]:
    """The ids of the roles that must approve a change, sorted."""
    side, definition = _before(change, base, head)
    if definition is None:
        return ()
    found = {role for role in _answering(definition, change, side) if role}
    if isinstance(definition, (model.Waiver, model.Baseline)):
        found |= set(_of_excused(definition.authority, _excused(definition), side, base))
        if new := head.of_kind(change.kind).get(change.id):
            found |= set(_of_excused(definition.authority, _excused(new), _answered_as_before(base, head), base))
    return tuple(sorted(found or set(of_the_system(side))))


def _before(change: Change, base: Definitions, head: Definitions) -> tuple[Definitions, Definition | None]:
    known = base.of_kind(change.kind)
    new = head.of_kind(change.kind).get(change.id)
    names = (change.id, *(new.aliases if new else ()))
    old = next((known[name] for name in names if name in known), None)
    return (base, old) if old or new is None else (_answered_as_before(base, head), new)


def _answered_as_before(base: Definitions, head: Definitions) -> Definitions:
    """The newer definitions, for each of which answers whoever did before, as far as it is not new itself."""
    merged: dict[str, Any] = {}
    for field in fields(head):
        before, after = getattr(base, field.name), getattr(head, field.name)
        if isinstance(after, Mapping):
            merged[field.name] = {id_: _as_before(one, before) for id_, one in after.items()}
    return replace(head, **merged)


def _as_before(one: Any, known: Mapping[str, Any]) -> Any:
    old = next((known[name] for name in (one.id, *one.aliases) if name in known), one)
    same = {name: getattr(old, name) for name in _ANSWERING if hasattr(one, name)}
    return replace(one, **{name: value for name, value in same.items() if value != getattr(one, name)})


def _answering(definition: Definition, change: Change, side: Definitions) -> Iterator[str]:
    match definition:
        case model.Rule(process=process, id=id_):
            yield from _of_process(process, side)
            yield from _of_policies(side, rule=id_)
        case model.Process(id=id_):
            yield from _of_process(id_, side)
            yield from _accountable(id_, change, side)
            yield from _of_policies(side, process=id_)
        case model.Raci(process=process):
            yield from _of_process(process, side)
            yield from _accountable(process, change, side)
        case model.Agreement(services=services, agreed_provider=provider):
            yield from _of_services(services, side)
            yield provider
        case model.OperationalAgreement(terms=terms, provider=provider):
            yield provider
            yield from _of_services(terms.services, side)
        case model.Contract(terms=terms, manager=manager):
            yield manager
            yield from _of_services(terms.services, side)
        case model.Service(owner=owner):
            yield owner
        case model.Calendar(id=id_):
            yield from _of_calendar(id_, side)
        case model.Customer(relationship_manager=manager) | model.Supplier(manager=manager):
            yield manager
        case model.Policy(approver=approver) | model.Programme(approver=approver):
            yield approver
        case model.Waiver(authority=authority) | model.Baseline(authority=authority):
            yield authority
        case model.Survey(owner=owner):
            yield owner
        case model.Assignment(role=role):
            yield from _of_process(side.roles[role].process if role in side.roles else "", side)
        case model.Register(process=process, owner=owner):
            yield owner
            yield from _of_process(process, side)
        case model.AuditPlan(programme=programme):
            yield side.programmes[programme].approver if programme in side.programmes else ""
        case model.CodeList(id=id_):
            yield from (one.owner for one in side.processes.values() if id_ in _codes(one))
        case model.Separation(duties=duties):
            for rule in sorted({rule for duty in duties for rule in duty.rules}):
                yield from _of_policies(side, rule=rule)
        case (
            model.Procedure(process=process)
            | model.Role(process=process)
            | model.Kpi(process=process)
            | model.MappingDefinition(process=process)
            | model.PriorityMatrix(process=process)
            | model.Nonconformity(process=process)
        ):
            yield from _of_process(process, side)
        case _:
            return


def _of_process(id_: str, side: Definitions) -> Iterator[str]:
    if id_ in side.processes:
        yield side.processes[id_].owner


def _accountable(process: str, change: Change, side: Definitions) -> Iterator[str]:
    """Who is accountable for the activity that a change touches."""
    steps = parted(change.path)
    if len(steps) < 2 or steps[0] != "activities":
        return
    for raci in side.racis.values():
        if raci.process == process:
            yield from raci.activities.get(steps[1], {}).get("A", ())


def _of_policies(side: Definitions, *, rule: str = "", process: str = "") -> Iterator[str]:
    """The approvers of the policies with a statement that a rule tests, or that a process carries out."""
    for policy in side.policies.values():
        if any(rule in statement.rules or process in statement.processes for statement in policy.statements):
            yield policy.approver


def _excused(definition: Definition) -> set[str]:
    """The rules whose failures a definition lets go."""
    match definition:
        case model.Waiver(rule=rule):
            return {rule}
        case model.Baseline(findings=findings):
            return {known.rule for known in findings}
        case _:
            return set()


def _of_excused(authority: str, rules: set[str], side: Definitions, base: Definitions) -> Iterator[str]:
    """Those who answer for rules whose failures a role lets go, but for the rules for which it answered before the change itself."""
    for rule in side.rules.values():
        names = (rule.id, *rule.aliases)
        if not rules.isdisjoint(names):
            before = {*_of_process(rule.process, base), *of_the_system(base)}.union(
                *(_of_policies(base, rule=name) for name in names)
            )
            if authority not in before:
                yield from _of_process(rule.process, side)
                yield from _of_policies(side, rule=rule.id)


def _of_services(services: tuple[str, ...], side: Definitions) -> Iterator[str]:
    """The owners of services."""
    for id_ in services:
        if id_ in side.services:
            yield side.services[id_].owner


def _of_calendar(id_: str, side: Definitions) -> Iterator[str]:
    """Those who answer for whatever runs in a calendar, is promised by it, or is measured by it."""
    yield from (service.owner for service in side.services.values() if service.hours == id_)
    yield from (supplier.manager for supplier in side.suppliers.values() if supplier.hours == id_)
    for agreement in side.agreements.values():
        if agreement.calendar == id_:
            yield agreement.agreed_provider
            yield from _of_services(agreement.services, side)
    for support in side.operational_agreements.values():
        if support.terms.calendar == id_:
            yield support.provider
    for contract in side.contracts.values():
        if contract.terms.calendar == id_:
            yield contract.manager
    for rule in side.rules.values():
        if rule.parameters.get("calendar") == id_:
            yield from _of_process(rule.process, side)


def _codes(process: model.Process) -> set[str]:
    return {*process.codes.values(), *(field.codes for field in process.form)}


def of_the_system(side: Definitions) -> Iterator[str]:
    """Who approves what the management system commits itself to, where nobody is nearer."""
    yield from (policy.approver for policy in side.policies.values() if policy.type == _OF_THE_SYSTEM)

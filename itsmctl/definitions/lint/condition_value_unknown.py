"""A condition, or an expression, asks for values that its process knows.

条件与表达式中的取值都是该流程已有的代码或状态。

Why
    A priority written `p1` instead of `P1` selects no record. The rule then has nothing to judge and the indicator stands at
    zero, and both look as if all were well.

    把优先级 `P1` 写成 `p1` 就选不出任何记录：规则无可判定，指标显示为零，看上去却一切正常。

Passes
    kind: rule
    id: INC-90
    process: incident
    scope: {priority: [P1]}
    check: {readable: {}}
    ---
    kind: rule
    id: PRB-90
    process: problem
    check: {linked: {types: [incident], process: incident, where: {priority: [P1]}}}
    ---
    kind: process
    id: problem
    form:
      - {column: priority, title: Priority, codes: problem-priority}
    ---
    kind: code-list
    id: problem-priority
    column: priority
    codes: [{id: high, title: High}]
    ---
    kind: process
    id: incident
    form:
      - {column: priority, title: Priority, codes: priority}
    ---
    kind: code-list
    id: priority
    column: priority
    codes: [{id: P1, title: Critical}]

Fails
    kind: rule
    id: INC-90
    process: incident
    scope:
      priority: [p1]  # <-
    check: {readable: {}}
    ---
    kind: process
    id: incident
    form:
      - {column: priority, title: Priority, codes: priority}
    ---
    kind: code-list
    id: priority
    column: priority
    codes: [{id: P1, title: Critical}]
    ---
    kind: rule
    id: PRB-90
    process: problem
    check: {linked: {types: [incident], process: incident, where: {priority: [p1]}}}  # <-
    ---
    kind: rule
    id: INC-91
    process: incident
    check:
      expression:
        that: "priority <> 'p1' OR major"  # <-
    ---
    kind: kpi
    id: critical-incidents
    measure:
      records:
        process: incident
        figure: count
        where: {priority: [critical]}  # <-
    ---
    kind: ola
    id: ola-network
    supports: [sla-order]
    clocks:
      repair:
        title: Time to repair
        leg: resolution
        targets:
          - where: {priority: [p1]}  # <-
            within: 2h
    ---
    kind: waiver
    id: waiver-2026-1
    rule: INC-90
    scope: {priority: [P2]}  # <-
    ---
    kind: service
    id: network
    title: Network and VPN
    ---
    kind: waiver
    id: waiver-2026-2
    rule: INC-90
    scope: {service: netwrok}  # <-
    ---
    kind: waiver
    id: waiver-2026-3
    rule: INC-90
    scope: {service: Network and VPN}  # <-

Remedy
    Write the code as the code list has it, the state as the process has it, the service by its id; digits in quotes. What the tool calls it is the
    business of the mapping.

    按代码表中的代码或流程中的状态书写，服务写其 id；数字加引号。工具中的叫法由映射处理。
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from itsmctl import model
from itsmctl.definitions.lint.support import supporters
from itsmctl.definitions.lint.system import Placed, System
from itsmctl.definitions.references import asked_values, values_at
from itsmctl.errors import Problem, Severity, Where, did_you_mean

CODE = "condition-value-unknown"
SEVERITY: Severity = "error"
READS = ("code-list", "contract", "kpi", "ola", "process", "rule", "service", "sla", "waiver")

_CALLED = "service called"
_SLIP = 0.85
"""How alike a slip of the pen is to what was meant; `erp-2019` may well be a service of its own that ended."""
Values = Mapping[str, frozenset[str]]
"""Codes, or states, by column; under _CALLED the names of services that no record has."""


def check(system: System) -> Iterator[Problem]:
    """Values in the conditions of rules, waivers, indicators and targets that are neither code nor state of the process."""
    services = _services(system)
    known = {process.definition.id: {**_values(system, process), **services} for process in system.all(model.Process)}
    anywhere = _together([services, *known.values()])
    for rule in system.all(model.Rule):
        yield from _strangers(rule, "scope", known.get(rule.definition.process, anywhere))
        if rule.definition.check == "expression":
            yield from _strangers_within(rule, known.get(rule.definition.process, anywhere))
        if rule.definition.check == "register":  # the rows of a register have codes of their own
            continue
        # A check that looks at other records, such as `linked`, names their process beside the condition.
        looked_at = str(rule.definition.parameters.get("process", rule.definition.process))
        yield from _strangers(rule, f"check/{rule.definition.check}/where", known.get(looked_at, anywhere))
    for kpi in system.all(model.Kpi):
        measure = kpi.definition.measure
        if isinstance(measure, model.ClockShare | model.RecordFigure):
            for pattern in ("measure/clock/where", "measure/records/where", "measure/records/of"):
                yield from _strangers(kpi, pattern, known.get(measure.process, anywhere))
    for waiver in system.all(model.Waiver):
        waived = system.find(model.Rule, waiver.definition.rule)
        allowed = known.get(waived.definition.process, anywhere) if waived else anywhere
        yield from _strangers(waiver, "scope", allowed)
    for agreement in (*system.all(model.Agreement), *supporters(system)):
        for part in ("targets", "start", "pause", "stop", "cancel", "reset"):
            yield from _strangers(agreement, f"clocks/*/{part}/*/where", anywhere)


def _values(system: System, process: Placed[model.Process]) -> Values:
    """What the record form of a process allows; a column without a code list may hold anything."""
    lists = {field.column: system.find(model.CodeList, field.codes) for field in process.definition.form}
    found = {column: frozenset(code.id for code in codes.definition.codes) for column, codes in lists.items() if codes}
    if process.definition.states:
        found["state"] = frozenset(state.id for state in process.definition.states)
    return found


def _services(system: System) -> Values:
    """The ids of the services, and what else they are called: records have the id, whatever the tool says."""
    services = [placed.definition for placed in system.all(model.Service)]
    called = {
        str(name) for one in services for name in (*one.aliases, *one.also_called, *vars(one.title).values()) if name
    }
    return {"service": frozenset(one.id for one in services), _CALLED: frozenset(called)} if services else {}


def _together(values: Any) -> Values:
    found: dict[str, frozenset[str]] = {}
    for one in values:
        for column, allowed in one.items():
            found[column] = found.get(column, frozenset()) | allowed
    return found


def _strangers_within(rule: Placed[model.Rule], allowed: Values) -> Iterator[Problem]:
    """Values that an expression compares a column with; one that is not readable is told as such elsewhere."""
    from itsmctl.engine.expressions import Compiled, compile_expression  # its parser is large

    path = ("check", "expression", "that")
    found = compile_expression(str(rule.definition.parameters["that"]))
    for asked in found.asked if isinstance(found, Compiled) else ():
        strange = asked.column in allowed and asked.text not in allowed[asked.column]
        if strange and _meant(asked.column, asked.text, allowed):
            where = rule.document.where_in(path, asked.where.line - 1, asked.where.column - 1)
            yield _stranger(asked.column, asked.text, allowed, where)


def _strangers(placed: Placed[model.Definition], pattern: str, allowed: Values) -> Iterator[Problem]:
    for base, where in values_at(placed.document.data, pattern):
        for column, wanted in where.items() if isinstance(where, dict) else ():
            for path, value in asked_values(wanted):
                if column in allowed and value not in allowed[column] and _meant(column, value, allowed):
                    yield _stranger(column, value, allowed, placed.where(*base, column, *path))


def _meant(column: str, value: object, allowed: Values) -> bool:
    """Whether one of the known values must have been meant: tickets may name services that no catalogue has."""
    near = get_close_matches(str(value), list(allowed[column]), n=1, cutoff=_SLIP)
    return column != "service" or value in allowed[_CALLED] or bool(near)


def _stranger(column: str, value: object, allowed: Values, where: Where) -> Problem:
    choices = sorted(allowed[column])
    told = {"column": column, "word": value, "allowed": ", ".join(choices)}
    near = did_you_mean(str(value), choices)
    return Problem(CODE, "{column} is never {word!r}; known: {allowed}", where, told, SEVERITY, near)

"""How each kind of definition is shown: where its definitions are, its page, its data, its drawings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from itsmctl.model import Definitions, Language
from itsmctl.views import (
    agreement,
    assessed,
    audit,
    baseline,
    bpmn,
    calendar,
    codes,
    crosswalk,
    improvement,
    indicator,
    mapping,
    party,
    policy,
    position,
    procedure,
    process,
    questionnaire,
    raci,
    register,
    role,
    rule,
    separation,
    service,
    service_map,
    support,
    survey,
    swimlane_svg,
    waiver,
)
from itsmctl.views.page import Page
from itsmctl.views.plain_data import plain_data


@dataclass(frozen=True)
class Asked:
    """What was asked for, beside the definition itself; `year` 0 is the last that a calendar knows."""

    definitions: Definitions
    language: Language
    day: date | None = None
    year: int = 0


@dataclass(frozen=True)
class View:
    """How one kind is shown: where its definitions are, its page, its data, and its drawings by format."""

    found: Callable[[Definitions], Mapping[str, Any]]
    page: Callable[[Any, Asked], Page]
    data: Callable[[Any, Asked], Mapping[str, object]]
    drawings: Mapping[str, Callable[[Any, Asked], str]]


def _people(definitions: Definitions) -> Mapping[str, str]:
    return {assignment.person: assignment.person for assignment in definitions.assignments.values()}


def _raci_by_process(definitions: Definitions) -> Mapping[str, Any]:
    """Matrices by their own id and by the process that they belong to."""
    return {**{matrix.process: matrix for matrix in definitions.racis.values()}, **definitions.racis}


def _titles(asked: Asked) -> dict[str, str]:
    return {id_: found.title.in_(asked.language) for id_, found in asked.definitions.processes.items()}


def _plainly(kind: str, page: Callable[[Definitions, Any, Language], Page]) -> View:
    """The view of a kind whose page needs nothing else, and which has no drawing."""
    return View(
        lambda d: d.of_kind(kind),
        lambda x, a: page(a.definitions, x, a.language),
        lambda x, a: plain_data(x),
        {},
    )


VIEWS: Mapping[str, View] = {
    "service": View(
        lambda d: d.services,
        lambda x, a: service.page(a.definitions, x, a.language, a.day),
        lambda x, a: service.data(a.definitions, x, a.day),
        {"svg": lambda x, a: service_map.svg(a.definitions, x, a.language)},
    ),
    "sla": View(
        lambda d: d.agreements,
        lambda x, a: agreement.page(a.definitions, x, a.language),
        lambda x, a: agreement.data(x),
        {},
    ),
    "role": View(
        lambda d: d.roles,
        lambda x, a: role.role_page(a.definitions, x, a.language, a.day),
        lambda x, a: role.role_data(a.definitions, x, a.day),
        {},
    ),
    "person": View(
        _people,
        lambda x, a: role.person_page(a.definitions, x, a.language, a.day),
        lambda x, a: role.person_data(a.definitions, x, a.day),
        {},
    ),
    "process": View(
        lambda d: d.processes,
        lambda x, a: process.page(a.definitions, x, a.language),
        lambda x, a: process.data(x),
        {
            "svg": lambda x, a: swimlane_svg.svg(x, a.language, _titles(a)),
            "bpmn": lambda x, a: bpmn.bpmn(x, a.language),
        },
    ),
    "raci": View(
        _raci_by_process,
        lambda x, a: raci.page(a.definitions, x, a.language),
        lambda x, a: raci.data(x),
        {"svg": lambda x, a: raci.svg(a.definitions, x, a.language)},
    ),
    "calendar": View(
        lambda d: d.calendars,
        lambda x, a: calendar.page(x, a.language, a.year or calendar.year_of(x)),
        lambda x, a: calendar.data(x, a.year or calendar.year_of(x)),
        {"svg": lambda x, a: calendar.svg(x, a.language, a.year or calendar.year_of(x))},
    ),
    "position": View(
        lambda d: d.positions,
        lambda x, a: position.page(a.definitions, x, a.language, a.day),
        lambda x, a: plain_data(x),
        {},
    ),
    "ola": _plainly("ola", support.ola_page),
    "contract": _plainly("contract", support.contract_page),
    "customer": _plainly("customer", party.customer_page),
    "supplier": _plainly("supplier", party.supplier_page),
    "procedure": _plainly("procedure", procedure.page),
    "kpi": _plainly("kpi", indicator.page),
    "priority-matrix": _plainly("priority-matrix", codes.matrix_page),
    "code-list": _plainly("code-list", codes.list_page),
    "separation": _plainly("separation", separation.page),
    "policy": _plainly("policy", policy.page),
    "rule": _plainly("rule", rule.page),
    "programme": _plainly("programme", audit.programme_page),
    "audit": _plainly("audit", audit.plan_page),
    "review": _plainly("review", improvement.review_page),
    "nonconformity": _plainly("nonconformity", improvement.nonconformity_page),
    "register": _plainly("register", register.page),
    "waiver": _plainly("waiver", waiver.page),
    "baseline": _plainly("baseline", baseline.page),
    "questionnaire": _plainly("questionnaire", questionnaire.page),
    "assessment": _plainly("assessment", assessed.page),
    "survey": _plainly("survey", survey.page),
    "mapping": _plainly("mapping", mapping.page),
    "crosswalk": _plainly("crosswalk", crosswalk.page),
}

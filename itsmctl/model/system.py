"""A whole management system: every definition by kind and id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from pathlib import Path
from typing import TYPE_CHECKING

from itsmctl.values import value

if TYPE_CHECKING:
    from itsmctl.model.agreements import Agreement, Contract, LegName, OperationalAgreement
    from itsmctl.model.assessments import Assessment, Questionnaire, Survey
    from itsmctl.model.audits import AuditPlan, MappingDefinition, Programme
    from itsmctl.model.catalog import Calendar, Customer, Service, Supplier
    from itsmctl.model.complaints import Complaint
    from itsmctl.model.definition import Definition
    from itsmctl.model.deviations import Baseline, Waiver
    from itsmctl.model.frameworks import Crosswalk, Framework
    from itsmctl.model.improvement import ManagementReview, Nonconformity
    from itsmctl.model.indicators import Kpi
    from itsmctl.model.policies import Rule
    from itsmctl.model.procedures import Procedure
    from itsmctl.model.process import CodeList, PriorityMatrix, Process
    from itsmctl.model.registers import Register
    from itsmctl.model.roles import Assignment, Position, Raci, Role, Separation
    from itsmctl.model.statements import Policy


FIELD_OF_KIND: Mapping[str, str] = {
    "service": "services",
    "sla": "agreements",
    "ola": "operational_agreements",
    "contract": "contracts",
    "customer": "customers",
    "supplier": "suppliers",
    "calendar": "calendars",
    "priority-matrix": "matrices",
    "code-list": "code_lists",
    "process": "processes",
    "role": "roles",
    "position": "positions",
    "assignment": "assignments",
    "raci": "racis",
    "separation": "separations",
    "policy": "policies",
    "framework": "frameworks",
    "crosswalk": "crosswalks",
    "rule": "rules",
    "kpi": "kpis",
    "complaint": "complaints",
    "procedure": "procedures",
    "mapping": "mappings",
    "audit": "plans",
    "programme": "programmes",
    "waiver": "waivers",
    "baseline": "baselines",
    "questionnaire": "questionnaires",
    "assessment": "assessments",
    "survey": "surveys",
    "nonconformity": "nonconformities",
    "review": "reviews",
    "register": "registers",
}
"""The field of `Definitions` that holds the definitions of each kind."""


@value
class Definitions:
    """A whole, valid management system: every definition by kind and id."""

    root: Path
    is_reference: bool
    files: tuple[str, ...]
    digest: str
    services: Mapping[str, Service] = field(default_factory=dict)
    agreements: Mapping[str, Agreement] = field(default_factory=dict)
    operational_agreements: Mapping[str, OperationalAgreement] = field(default_factory=dict)
    contracts: Mapping[str, Contract] = field(default_factory=dict)
    customers: Mapping[str, Customer] = field(default_factory=dict)
    suppliers: Mapping[str, Supplier] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    matrices: Mapping[str, PriorityMatrix] = field(default_factory=dict)
    code_lists: Mapping[str, CodeList] = field(default_factory=dict)
    processes: Mapping[str, Process] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    positions: Mapping[str, Position] = field(default_factory=dict)
    assignments: Mapping[str, Assignment] = field(default_factory=dict)
    racis: Mapping[str, Raci] = field(default_factory=dict)
    separations: Mapping[str, Separation] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    frameworks: Mapping[str, Framework] = field(default_factory=dict)
    crosswalks: Mapping[str, Crosswalk] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    kpis: Mapping[str, Kpi] = field(default_factory=dict)
    complaints: Mapping[str, Complaint] = field(default_factory=dict)
    procedures: Mapping[str, Procedure] = field(default_factory=dict)
    mappings: Mapping[str, MappingDefinition] = field(default_factory=dict)
    plans: Mapping[str, AuditPlan] = field(default_factory=dict)
    programmes: Mapping[str, Programme] = field(default_factory=dict)
    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    baselines: Mapping[str, Baseline] = field(default_factory=dict)
    questionnaires: Mapping[str, Questionnaire] = field(default_factory=dict)
    assessments: Mapping[str, Assessment] = field(default_factory=dict)
    surveys: Mapping[str, Survey] = field(default_factory=dict)
    nonconformities: Mapping[str, Nonconformity] = field(default_factory=dict)
    reviews: Mapping[str, ManagementReview] = field(default_factory=dict)
    registers: Mapping[str, Register] = field(default_factory=dict)

    def of_kind(self, kind: str) -> Mapping[str, Definition]:
        """The definitions of a kind by id."""
        found: Mapping[str, Definition] = getattr(self, FIELD_OF_KIND[kind])
        return found

    def leg_names(self) -> Mapping[str, LegName]:
        """What people call the clocks of legs, by the names that these have in tickets: `ola-desk/answer`."""
        from itsmctl.model.agreements import LegName

        supports = [(one.id, one.title, one.terms) for one in self.operational_agreements.values()]
        supports += [(one.id, one.title, one.terms) for one in self.contracts.values()]
        return {
            f"{id_}/{leg.name}": LegName(leg.title, title)
            for id_, title, terms in supports
            for leg in terms.clocks.values()
        }

    def every(self) -> tuple[Definition, ...]:
        """Every definition of every kind."""
        groups = (getattr(self, field_.name) for field_ in fields(self))
        return tuple(d for group in groups if isinstance(group, Mapping) for d in group.values())

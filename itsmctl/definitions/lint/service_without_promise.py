"""Every live service has an agreement of its own in force.

每个在运服务都有自己的生效协议。

Why
    Without a promise nobody is late. A general agreement (`services: any`) keeps incidents from being due “some day”, but nobody
    agreed it for this service with those who use it (8.3.3).

    没有承诺，就无所谓超时。通用协议（`services: any`）只是避免事件“遥遥无期”，并不是与该服务的客户商定的级别（8.3.3）。

Passes
    kind: service
    id: order-management
    stage: live
    ---
    kind: sla
    id: sla-order-management
    services: [order-management]

Fails
    kind: service
    id: order-management  # <-
    stage: live
    ---
    kind: sla
    id: sla-standard
    services: any

Remedy
    Agree levels with the customer and name the service under `services` of an agreement. A technical service may be promised by an
    operational level agreement or a contract instead.

    与客户商定级别，并在协议的 `services` 中写明该服务。技术服务也可由运营级别协议或支撑合同承诺。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.support import supporters, terms_of
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity
from itsmctl.model.periods import in_force

CODE = "service-without-promise"
SEVERITY: Severity = "warning"
READS = ("contract", "ola", "service", "sla")
TELLS = ("service",)


def check(system: System) -> Iterator[Problem]:
    """Live services that no agreement names, or with a day named, none in force on that day."""
    day = system.as_of
    promised = {
        service
        for sla in system.all(model.Agreement)
        if in_force(sla.definition.effective, day)
        for service in sla.definition.services
    }
    supported = {
        service
        for agreement in supporters(system)
        if in_force(agreement.definition.effective, day)
        for service in terms_of(agreement).services
    }
    for service in system.all(model.Service):
        s = service.definition
        live = s.stage == "live" and in_force(s.effective, day)
        if live and s.id not in promised and not (s.type == "technical" and s.id in supported):
            template = "no agreement in force names the live service {service}"
            yield Problem(CODE, template, service.where("id"), {"service": s.id}, SEVERITY)

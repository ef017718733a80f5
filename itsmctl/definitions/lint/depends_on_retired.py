"""A live service rests on live services only.

在运服务只依赖在运的服务。

Why
    A retired service is repaired by nobody, and one in the pipeline does not run yet. What rests on them cannot keep its
    promise.

    已退役的服务无人维修，筹备中的服务尚未运行。依赖它们的服务无法兑现承诺。

Passes
    kind: service
    id: order-management
    stage: live
    depends-on: [network]
    ---
    kind: service
    id: network
    stage: live

Fails
    kind: service
    id: order-management
    stage: live
    depends-on: [network, fax]  # <-
    ---
    kind: service
    id: network
    stage: live
    ---
    kind: service
    id: fax
    stage: retired

Remedy
    Name the service that took its place, or keep it alive until nothing rests on it.

    改为接替它的服务，或者在无人依赖之前保持其运行。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "depends-on-retired"
SEVERITY: Severity = "warning"
READS = ("service",)


def check(system: System) -> Iterator[Problem]:
    """Dependencies of a live service on one that is not."""
    for service in system.all(model.Service):
        for position, name in enumerate(service.definition.depends_on):
            other = system.find(model.Service, name)
            if service.definition.stage == "live" and other is not None and other.definition.stage != "live":
                yield Problem(
                    CODE,
                    "the live service {service} rests on {other}, whose stage is {stage!r}",
                    service.where("depends-on", position),
                    {"service": service.definition.id, "other": name, "stage": other.definition.stage},
                    SEVERITY,
                )

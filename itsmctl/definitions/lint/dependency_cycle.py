"""No service rests on itself, not even through others.

任何服务都不得依赖自身，间接也不行。

Why
    In a circle nobody can say which service must be repaired first, and no target of one can be fitted into the targets
    of the other.

    循环依赖使人无法判断应先恢复哪个服务，目标时限也无法彼此嵌套。

Passes
    kind: service
    id: order-management
    depends-on: [network]
    ---
    kind: service
    id: network

Fails
    kind: service
    id: order-management
    depends-on: [network]  # <-
    ---
    kind: service
    id: network
    depends-on: [directory]
    ---
    kind: service
    id: directory
    depends-on: [order-management]

Remedy
    Keep the direction in which a failure spreads: the service that stops when the other one stops depends on it.

    保留故障传播的方向：因另一服务中断而中断的服务，才是依赖方。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.graphs import circles
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "dependency-cycle"
SEVERITY: Severity = "error"
READS = ("service",)


def check(system: System) -> Iterator[Problem]:
    """One problem for each circle, at the first service of it."""
    services = {service.definition.id: service for service in system.all(model.Service)}
    steps = {id_: service.definition.depends_on for id_, service in services.items()}
    for start, position, circle in circles(steps):
        values = {"circle": " → ".join(circle)}
        yield Problem(
            CODE,
            "the services rest on each other in a circle: {circle}",
            services[start].where("depends-on", position),
            values,
            SEVERITY,
        )

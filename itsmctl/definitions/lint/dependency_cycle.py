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

from collections.abc import Iterator, Mapping

from itsmctl import model
from itsmctl.definitions.lint.graphs import reachable
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "dependency-cycle"
SEVERITY: Severity = "error"
READS = ("service",)


def check(system: System) -> Iterator[Problem]:
    """One problem for each circle, at the first service of it."""
    steps = {s.definition.id: s.definition.depends_on for s in system.all(model.Service)}
    told: set[str] = set()
    for service in system.all(model.Service):
        start = service.definition.id
        for position, following in enumerate(service.definition.depends_on):
            if start in told or start not in reachable([following], steps):
                continue
            circle = [start, *_way(following, start, steps)]
            told.update(circle)
            values = {"circle": " → ".join(circle)}
            yield Problem(
                CODE,
                "the services rest on each other in a circle: {circle}",
                service.where("depends-on", position),
                values,
                SEVERITY,
            )


def _way(here: str, goal: str, steps: Mapping[str, tuple[str, ...]]) -> list[str]:
    """A shortest way along the steps, both ends included."""
    ways = [[here]]
    seen = {here}
    while ways[0][-1] != goal:
        way = ways.pop(0)
        for following in steps.get(way[-1], ()):
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return ways[0]

"""No two agreements promise the same to the same customers at the same time.

不得有两份协议在同一时间就同一事项向同一客户作出承诺。

Why
    A ticket is judged by one promise. Of two that fit it equally well only one counts, and nobody decided which; the other
    is never judged. It mostly happens when a new agreement is entered and the one before is left open. An agreement with named customers
    goes before one with all customers of the service, and that before one for any service, which is no overlap.

    一张工单只按一项承诺判定。两项同样适用时只有一项生效，却没有人决定是哪一项，另一项从不判定。
    多半是录入了新协议而没有终止旧协议。指明客户的协议优先于面向该服务全部客户的协议，后者又优先于面向任何服务的协议，不算重叠。

Passes
    kind: sla
    id: sla-email-2025
    effective: {from: 2025-01-01, to: 2026-03-31}
    services: [email-collaboration]
    clocks: {response: {targets: [{within: 4h}]}}
    ---
    kind: sla
    id: sla-email
    effective: {from: 2026-04-01}
    services: [email-collaboration]
    clocks: {response: {targets: [{within: 2h}]}}
    ---
    kind: sla
    id: sla-email-china
    services: [email-collaboration]
    customers: [china-region]
    clocks: {response: {targets: [{within: 1h}]}}

Fails
    kind: sla
    id: sla-email-2025
    effective: {from: 2025-01-01}
    services: [email-collaboration]
    clocks: {response: {targets: [{within: 4h}]}}
    ---
    kind: sla
    id: sla-email
    effective: {from: 2026-04-01}
    services: [email-collaboration]  # <-
    clocks: {response: {targets: [{within: 2h}]}}

Remedy
    End the earlier agreement on the day before the later one begins, or name the services and customers of each.

    在后一协议开始的前一天终止前一协议，或分别写明各自的服务和客户。
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity
from itsmctl.model.periods import common, period_text

CODE = "agreements-overlap"
SEVERITY: Severity = "error"
READS = ("sla",)


def check(system: System) -> Iterator[Problem]:
    """One problem for each pair of agreements that promise the same, at the services of the later one."""
    agreements = sorted(
        system.all(model.Agreement), key=lambda one: (str(one.definition.effective.start or ""), one.definition.id)
    )
    for earlier, later in combinations(agreements, 2):
        one, other = earlier.definition, later.definition
        days, clocks = common(one.effective, other.effective), sorted({*one.clocks} & {*other.clocks})
        if days and clocks and _meet(one.services, other.services) and _meet(one.customers, other.customers):
            values = {"id": other.id, "other": one.id, "clocks": ", ".join(clocks), "days": period_text(days)}
            template = (
                "{id} and {other} promise the same ({clocks}) to the same customers, {days}: only one of them counts"
            )
            yield Problem(CODE, template, later.where("services"), values, SEVERITY)


def _meet(some: Collection[str], others: Collection[str]) -> bool:
    """Whether two agreements are for some of the same; named ones go before those for all, which is no doubt."""
    return bool({*some} & {*others}) if some and others else not some and not others

"""A leg pauses only where the clock that it supports pauses too.

支撑时限只在其所支撑的时钟暂停时才暂停。

Why
    While the supplier's clock stands still and the customer's runs, any target of the supplier is longer than it looks:
    no number fits inside a promise that goes on without it.

    供应商的时钟停着而客户的时钟在走，供应商的时限就比看上去更长：任何数字都容纳不进仍在计时的承诺。

Passes
    kind: sla
    id: sla-order
    clocks:
      resolution: {title: Time to resolve, pause: [awaiting-user], targets: [{within: 4h}]}
    ---
    kind: ola
    id: ola-network
    supports: [sla-order]
    clocks:
      repair: {title: Time to repair, leg: resolution, pause: [awaiting-user], targets: [{within: 2h}]}

Fails
    kind: sla
    id: sla-order
    clocks:
      resolution: {title: Time to resolve, pause: [awaiting-user], targets: [{within: 4h}]}
    ---
    kind: ola
    id: ola-network
    supports: [sla-order]
    clocks:
      repair:
        title: Time to repair
        leg: resolution
        pause: [awaiting-user, awaiting-supplier]  # <-
        targets: [{within: 2h}]

Remedy
    Take the state out of the pauses of the leg, or agree with the customer that their clock pauses there as well.

    从该段的暂停状态中删去它，或者与客户商定其时钟在此也暂停。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.support import supporters, terms_of
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "support-pauses-more"
SEVERITY: Severity = "warning"
READS = ("contract", "ola", "sla")
TELLS = ("contract", "ola")


def check(system: System) -> Iterator[Problem]:
    """States in which a leg pauses and the clock of an agreement that it supports runs."""
    for agreement in supporters(system):
        for name, leg in terms_of(agreement).clocks.items():
            for position, state in enumerate(leg.pauses):
                running = [
                    sla.definition.id
                    for word in terms_of(agreement).supports
                    for sla in [system.find(model.Agreement, word)]
                    if sla and _runs(sla.definition.clocks.get(leg.inside), state)
                ]
                if running:
                    yield Problem(
                        CODE,
                        "{leg} pauses in state {state!r}, in which the clock {clock} of {slas} runs on",
                        agreement.where("clocks", name, "pause", position),
                        {"leg": name, "state": state, "clock": leg.inside, "slas": ", ".join(running)},
                        SEVERITY,
                    )


def _runs(clock: model.ClockDefinition | None, state: str) -> bool:
    return clock is not None and clock.states.get(state) is None

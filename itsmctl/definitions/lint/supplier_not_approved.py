"""A contract in force is with a supplier that is approved.

生效的合同，其供应商是经批准的。

Why
    A supplier that is only a candidate, or has ended, answers for nothing; the legs of its contract hold nothing up (8.3.4).

    仅为候选或已终止的供应商不承担任何责任，其合同时限支撑不了任何承诺（8.3.4）。

Passes
    kind: supplier
    id: nordlicht
    status: approved
    ---
    kind: contract
    id: contract-line
    supplier: nordlicht

Fails
    kind: supplier
    id: nordlicht
    status: ended
    ---
    kind: contract
    id: contract-line
    supplier: nordlicht  # <-

Remedy
    End the contract (`effective.to`), or write the supplier's real status.

    终止合同（`effective.to`），或者更正供应商的实际状态。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity
from itsmctl.model.periods import in_force

CODE = "supplier-not-approved"
SEVERITY: Severity = "warning"
READS = ("contract", "supplier")
TELLS = ("contract",)


def check(system: System) -> Iterator[Problem]:
    """Contracts with a candidate or a former supplier that have not ended, by the day named or by having an end at all."""
    for contract in system.all(model.Contract):
        c = contract.definition
        supplier = system.find(model.Supplier, c.supplier)
        ended = c.effective.end is not None if system.as_of is None else not in_force(c.effective, system.as_of)
        if supplier and supplier.definition.status in ("candidate", "ended") and not ended:
            template = "contract {contract} is in force, but supplier {supplier} is {status!r}"
            values = {"contract": c.id, "supplier": c.supplier, "status": supplier.definition.status}
            yield Problem(CODE, template, contract.where("supplier"), values, SEVERITY)

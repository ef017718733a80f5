"""What the registers of the management system say about a service in a period, and about the customer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Literal

from itsmctl.definitions.registers import rows_of
from itsmctl.delivery.period import Period
from itsmctl.delivery.quality import Kept
from itsmctl.model import Definitions, RegisterRow

_Choice = Literal["period", "latest", "open"]
REGISTERS: Mapping[str, _Choice] = {
    "availability": "period",
    "capacity": "period",
    "continuity-tests": "latest",
    "restore-tests": "latest",
    "major-incident-reviews": "period",
    "complaints": "open",
    "service-reviews": "latest",
    "improvements": "open",
}
"""Registers that a service report looks at: rows of the period, the last one before its end, or also what is still open."""

Rows = Mapping[str, tuple[RegisterRow, ...]]


def rows_kept(definitions: Definitions, day: date) -> Rows:
    """Every row of those registers that are kept."""
    there = [definitions.registers[name] for name in REGISTERS if name in definitions.registers]
    return {register.id: rows_of(definitions, register, day) for register in there}


def about(
    definitions: Definitions,
    rows: Rows,
    service: str,
    agreements: Collection[str],
    customers: Collection[str],
    period: Period,
) -> tuple[Kept, ...]:
    """What each register says about a service in a period; without customers, of all of them."""
    found = []
    for name, kept in rows.items():
        register = definitions.registers[name]
        ours = [row for row in kept if _is_about(row, service, agreements, customers)]
        chosen = _chosen(ours, register.dated, REGISTERS[name], period)
        if chosen:
            found.append(Kept(register, chosen))
    return tuple(found)


def _is_about(row: RegisterRow, service: str, agreements: Collection[str], customers: Collection[str]) -> bool:
    if customers and "customer" in row.values and row.values["customer"] not in customers:
        return False
    if "agreement" in row.values and "service" not in row.values:
        return row.values["agreement"] in agreements
    return row.values.get("service") == service


def _chosen(rows: list[RegisterRow], dated: str, choice: _Choice, period: Period) -> tuple[RegisterRow, ...]:
    days = [(day, row) for row in rows if isinstance(day := row.values.get(dated), date) and day <= period.last]
    days.sort(key=lambda one: one[0])
    match choice:
        case "period":
            return tuple(row for day, row in days if day >= period.first)
        case "latest":
            return tuple(row for _, row in days[-1:])
        case "open":
            return tuple(row for day, row in days if day >= period.first or is_open(row, period.last))


def is_open(row: RegisterRow, last: date) -> bool:
    """Whether a complaint or an improvement had not come to its end on that day."""
    answered = row.values.get("answered")
    if isinstance(answered, date):
        return answered > last
    if "state" in row.values:
        return row.values["state"] in ("open", "late")
    return "done" not in row.values or row.values["done"] == "never"


def down_minutes(rows: Rows, services: Collection[str], period: Period) -> tuple[float, int] | None:
    """Minutes in which these services were not available, and from how many rows; None where no register says."""
    found = [
        (float(percent), _days(month))
        for row in rows.get("availability", ())
        if row.values.get("kind") == "service-month" and row.values.get("service") in services
        and isinstance(month := row.values.get("month"), date) and period.first <= month <= period.last
        and isinstance(percent := row.values.get("percent"), (int, float))
    ]  # fmt: skip
    return (sum((100 - percent) / 100 * days * 1440 for percent, days in found), len(found)) if found else None


def complaints(rows: Rows, services: Collection[str], customers: Collection[str], period: Period) -> int | None:
    """How many complaints were received; None where no register is kept."""
    if "complaints" not in rows:
        return None
    return sum(
        isinstance(day := row.values.get("received"), date) and period.first <= day <= period.last
        and row.values.get("service") in services and (not customers or row.values.get("customer") in customers)
        for row in rows["complaints"]
    )  # fmt: skip


def _days(month: date) -> int:
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return (after - month.replace(day=1)).days

"""The rows of registers as tables, beside the records: what checks of evidence outside the ticket tool select from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from itsmctl.engine.session import Session
from itsmctl.engine.sql import Fragment, name, tested
from itsmctl.model import Condition, Definition, Definitions, Register, RegisterColumn, RegisterRow, Service, Supplier
from itsmctl.model.periods import in_force
from itsmctl.zones import local_day

ORDER, KEY, PLACE = "_order", "_key", "_place"
"""Of every row: its place in the register, what tells it from the others, and where it stands. No column begins so."""

SUBJECT_KINDS = ("customer", "process", "service", "sla", "supplier")
"""Of each definition of these kinds a register can be asked."""

_TYPES = {"boolean": "BOOLEAN", "number": "DOUBLE"}
"""All else is text: days too, as `2026-03-31`, which compares as days do; a moment counts as its day."""


def table_of(register: Register) -> str:
    """The table of a register, as an identifier."""
    return name(f"register {register.id}")


def create_registers(session: Session, kept: Iterable[tuple[Register, Sequence[RegisterRow]]], zone: str) -> None:
    """Create one table per register with all its rows; days are days of the audit's zone. Nothing for no registers."""
    for register, rows in kept:
        columns = {column.id: _TYPES.get(column.type, "VARCHAR") for column in register.columns}
        every = {ORDER: "BIGINT", KEY: "VARCHAR", PLACE: "VARCHAR", **columns}
        session.run(f"CREATE TABLE {table_of(register)} ({', '.join(f'{name(c)} {t}' for c, t in every.items())})")
        cells = [_cells(register, row, number, zone) for number, row in enumerate(rows)]
        session.insert(f"register {register.id}", list(every), cells)


def row_condition(register: Register, c: Condition, table: str) -> Fragment:
    """One condition on a row of a register as a boolean that is never NULL."""
    column = register.column(c.column)
    assert column is not None  # the references of definitions were checked
    values = tuple(float(value) if column.type == "number" else value for value in c.values)
    return tested(c, f"{table}.{name(c.column)}", values)


def subjects_of(definitions: Definitions, kind: str, day: date) -> list[str]:
    """The ids of one of SUBJECT_KINDS of which there is something to show: in force, neither still planned nor done with."""
    every: Mapping[str, Mapping[str, Definition]] = {
        "customer": definitions.customers,
        "process": definitions.processes,
        "service": definitions.services,
        "sla": definitions.agreements,
        "supplier": definitions.suppliers,
    }
    return sorted(one.id for one in every[kind].values() if _runs(one) and in_force(one.effective, day))


def _runs(one: Definition) -> bool:
    if isinstance(one, Service):
        return one.stage == "live"
    return not isinstance(one, Supplier) or one.status in ("approved", "watched")


def _cells(register: Register, row: RegisterRow, number: int, zone: str) -> list[object]:
    where = row.where
    place = f"{where.file}, row {where.row}" if where.row else f"{where.file}, line {where.line}"
    cells = {column.id: _cell(column, row, zone) for column in register.columns}
    told = [
        cells[column.id] for column in register.columns if column.id in register.key
    ]  # in whatever order they are named
    key = " / ".join(str("-" if cell is None else cell) for cell in told) or place
    return [number, key, place, *cells.values()]


def _cell(column: RegisterColumn, row: RegisterRow, zone: str) -> object:
    value = row.values.get(column.id)
    if isinstance(value, date):
        return value.isoformat()
    if column.type == "moment" and isinstance(value, int):
        return local_day(value, zone).isoformat()
    return value

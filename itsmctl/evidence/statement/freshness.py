"""Registers whose newest row is older than they say it may be: evidence of how it once was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from itsmctl.definitions.registers import rows_of
from itsmctl.model import Definitions, Register
from itsmctl.model.definition import months_after


def stale(definitions: Definitions, day: date) -> Mapping[str, str]:
    """The day of the newest row of each register that is too old on a day, by id; one without rows is no evidence at all."""
    found = {id_: _newest(definitions, register, day) for id_, register in definitions.registers.items()}
    return {
        id_: newest
        for id_, newest in found.items()
        if newest and newest < _oldest_allowed(definitions.registers[id_], day)
    }


def _newest(definitions: Definitions, register: Register, day: date) -> str:
    """The last day that a row tells, up to the day asked about; empty where the register keeps for ever or tells none."""
    if register.fresh_for is None or not register.dated:
        return ""
    days = (str(row.values.get(register.dated, ""))[:10] for row in rows_of(definitions, register, day))
    return max((told for told in days if told <= day.isoformat()), default="")


def _oldest_allowed(register: Register, day: date) -> str:
    assert register.fresh_for is not None, "only such registers have a newest row"
    return months_after(day, -register.fresh_for).isoformat()

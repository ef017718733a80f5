"""Rows of registers that stand in CSV files: evidence rather than demands, so people judge what changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from itsmctl.change.types import Change
from itsmctl.definitions.registers.tables import named_by, read_table
from itsmctl.errors import Where
from itsmctl.marks import Value
from itsmctl.model import Definitions, Register


def row_changes(base: Definitions, head: Definitions) -> Iterator[Change]:
    """One change for every register on both sides whose files hold other rows; their order means nothing."""
    for id_, register in sorted(head.registers.items()):
        before = next((base.registers[word] for word in (id_, *register.aliases) if word in base.registers), None)
        if before is None:
            continue
        old, new = _rows(base, before), _rows(head, register)
        if old != new:
            places = (_place(before), _place(register))
            yield Change("register-rows-changed", "review", "register", id_, "files", old, new, *places, ())


def _rows(side: Definitions, register: Register) -> Value:
    """How many rows there are, and a digest of them in any order."""
    rows: list[str] = []
    for name in named_by(register):
        table = read_table(side.root / name, name)
        rows += (repr(sorted(line.cells.items())) for line in table.lines)
    return {"rows": len(rows), "sha256": hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()[:12]}


def _place(register: Register) -> Where:
    """The first file with rows, else the register itself."""
    return next((Where(name, 1, 1) for name in named_by(register)), register.where)

"""Rows of registers that stand in CSV files: evidence rather than demands, so people judge what changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from itsmctl.change.types import Change, joined
from itsmctl.definitions.registers.tables import named_by, read_table
from itsmctl.errors import Where
from itsmctl.marks import Value
from itsmctl.model import Definitions, Register


def row_changes(base: Definitions, head: Definitions) -> Iterator[Change]:
    """A change for every register on both sides whose files hold other rows; their order means nothing, nor in which file they stand.

    Of several files each that differs has its own, as each has its own authors.
    """
    for id_, register in sorted(head.registers.items()):
        before = next((base.registers[word] for word in (id_, *register.aliases) if word in base.registers), None)
        if before is None:
            continue
        old, new = named_by(before), named_by(register)
        if _rows(base, old) == _rows(head, new):
            continue
        if len(old) < 2 and len(new) < 2:
            yield _change(id_, "files", _rows(base, old), _rows(head, new), _place(old, before), _place(new, register))
            continue
        for name in sorted({*old, *new}):
            one, other = ([name] if name in some else [] for some in (old, new))
            rows, place = (_rows(base, one), _rows(head, other)), Where(name, 1, 1)
            if rows[0] != rows[1]:
                path = joined(("files", name))
                yield _change(id_, path, *rows, place if one else None, place if other else None)


def _change(id_: str, path: str, old: Value, new: Value, before: Where | None, after: Where | None) -> Change:
    return Change("register-rows-changed", "review", "register", id_, path, old, new, before, after, ())


def _rows(side: Definitions, files: Sequence[str]) -> Value:
    """How many rows there are, and a digest of them in any order."""
    rows: list[str] = []
    for name in files:
        table = read_table(side.root / name, name)
        rows += (repr(sorted(line.cells.items())) for line in table.lines)
    return {"rows": len(rows), "sha256": hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()[:12]}


def _place(files: Sequence[str], register: Register) -> Where:
    """The first file with rows, else the register itself."""
    return next((Where(name, 1, 1) for name in files), register.where)

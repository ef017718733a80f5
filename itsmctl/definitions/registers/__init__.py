"""Registers: their rows read from files, from the definition itself, or made of definitions that exist already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from itsmctl import model
from itsmctl.definitions.registers.cells import value_of
from itsmctl.definitions.registers.derived import rows_from
from itsmctl.definitions.registers.tables import Line, named_by, read_table
from itsmctl.errors import Where


def rows_of(
    definitions: model.Definitions, register: model.Register, as_of: date | None
) -> tuple[model.RegisterRow, ...]:
    """Every row of a register of a sound system, in the order of its sources, files and entries.

    What is made of definitions is as it stood at the end of `as_of`, as far as they say when it came about.
    """
    derived = [row for source in register.sources for row in rows_from(source, definitions, as_of)]
    return (*derived, *_written(definitions.root, register))


def _written(root: Path, register: model.Register) -> Iterator[model.RegisterRow]:
    for shown in named_by(register):
        for line in read_table(root / shown, shown).lines:
            yield _row(register, line)
    for number, entry in enumerate(register.entries, 1):
        yield _row(register, Line(replace(register.where, row=number), entry))


def _row(register: model.Register, line: Line) -> model.RegisterRow:
    values = {}
    for column in register.columns:
        written = line.cells.get(column.id, "")
        value = None if written == "" else value_of(column, written)
        if value is not None:
            values[column.id] = value
    return model.RegisterRow(Where(line.where.file, line.where.line, line.where.column, line.where.row), values)

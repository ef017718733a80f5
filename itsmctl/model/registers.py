"""Registers: records that the management system keeps beside the tickets, and what a row of them holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from itsmctl.errors import Where
from itsmctl.model.definition import Definition, Text
from itsmctl.values import value

ColumnType = Literal["boolean", "code", "date", "moment", "number", "person", "reference", "text"]


RowSource = Literal[
    "action",
    "agreement",
    "assessment",
    "assignment",
    "audit",
    "definition",
    "nonconformity",
    "review",
    "service",
    "survey",
]


Cell = str | int | float | bool | date
"""The value of one cell; a moment is epoch seconds."""


@value
class RegisterColumn:
    """What one column holds: `to` is the kind that a reference names, `values` are the codes that it may hold."""

    id: str
    title: Text
    type: ColumnType
    to: str
    values: tuple[str, ...]
    required: bool
    description: Text


@value
class RegisterRow:
    """One row with the values that it has, and where it stands."""

    where: Where
    values: Mapping[str, Cell]


@value
class Register(Definition):
    """What is kept in a register and where its rows stand; `fresh_for` is in months, None means for ever.

    `files` lie beside the definition; `sources` are kinds of definitions whose content is the rows.
    """

    purpose: Text
    process: str
    owner: str
    columns: tuple[RegisterColumn, ...]
    key: tuple[str, ...]
    dated: str
    fresh_for: int | None
    sources: tuple[RowSource, ...]
    files: tuple[str, ...]
    entries: tuple[Mapping[str, str | int | float | bool], ...]

    def column(self, name: str) -> RegisterColumn | None:
        """The column of that name."""
        return next((column for column in self.columns if column.id == name), None)

    @property
    def has_rows(self) -> bool:
        """Whether anything says where rows are to be found."""
        return bool(self.sources or self.files or self.entries)

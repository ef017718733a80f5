"""A record of another process than incident while it is being written: who entered what when, and who approved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

Cell = str | int
"""A text, or a moment in epoch seconds."""


@dataclass(frozen=True)
class Entry:
    """Somebody filled in a column."""

    at: int
    by: str
    column: str
    value: Cell


@dataclass(frozen=True)
class Approval:
    """Somebody decided."""

    at: int
    approver: str
    role: str
    decision: str


@dataclass
class Case:
    """A change, problem, request or release; its columns are what was entered last."""

    process: str
    number: str
    entries: list[Entry] = field(default_factory=list)
    approvals: list[Approval] = field(default_factory=list)
    deed: str = ""
    """What was done to it on purpose."""

    def put(self, at: int, by: str, **values: Cell) -> None:
        """Enter values at a moment; an empty text is nothing."""
        self.entries += [Entry(at, by, column, value) for column, value in values.items() if value != ""]

    def change(self, column: str, value: Cell) -> None:
        """Let a column have been another value from the first; an empty text takes it away."""
        kept = [entry for entry in self.entries if entry.column != column]
        first = next((entry for entry in self.entries if entry.column == column), None)
        if first is not None and value != "":
            kept.append(Entry(first.at, first.by, column, value))
        self.entries = kept

    def finish(self, end: int) -> None:
        """Put everything in order of time, and forget what happens after the export was made."""
        self.entries = sorted((entry for entry in self.entries if entry.at <= end), key=lambda entry: entry.at)
        self.approvals = sorted((a for a in self.approvals if a.at <= end), key=lambda approval: approval.at)

    @property
    def columns(self) -> dict[str, Cell]:
        """The columns as the record shows them at its end."""
        return {entry.column: entry.value for entry in self.entries}

    def text(self, column: str) -> str:
        """A column as text; empty where nothing was entered."""
        return str(self.columns.get(column, ""))

    def time(self, column: str) -> int:
        """A moment that must be there."""
        value = self.columns[column]
        assert isinstance(value, int)
        return value

    def updates(self) -> Iterator[tuple[int, str, dict[str, Cell]]]:
        """Each update, with all columns as they stood after it."""
        shown: dict[str, Cell] = {}
        for number, entry in enumerate(self.entries):
            shown[entry.column] = entry.value
            following = self.entries[number + 1 : number + 2]
            if not following or (following[0].at, following[0].by) != (entry.at, entry.by):
                yield entry.at, entry.by, shown

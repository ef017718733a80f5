"""The rows of registers checked against their columns: what a file calls them, holds, leaves out and says twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from itsmctl import model
from itsmctl.definitions.references import Entry, Known
from itsmctl.definitions.registers.cells import value_of
from itsmctl.definitions.registers.tables import Line, Table, named_by, place_in_header, read_table, shown_beside
from itsmctl.errors import ItsmctlError, Problem, Where, unknown_at


def check_registers(
    entries: Iterable[Entry], paths: Mapping[str, Path], known: Known, only: Collection[str] | None
) -> Iterator[Problem]:
    """Everything wrong with the rows of registers; `paths` says where each definition file lies.

    With `only`, the registers in those files, or whose rows stand in them.
    """
    entries = [entry for entry in entries if isinstance(entry.definition, model.Register)]
    yield from _unclaimed(entries, paths, only)
    for entry in entries:
        register = entry.definition
        if not isinstance(register, model.Register):
            continue
        if only is None or not set(only).isdisjoint((entry.document.file, *named_by(register))):
            for problem in _register(entry, register, paths[entry.document.file].parent, known):
                yield problem if problem.subject else replace(problem, subject=_subject(register, problem.where))


def is_about_rows(problem: Problem) -> bool:
    """Whether a problem is about rows of a register, which may stand in another file than their register."""
    return problem.subject.startswith("register ") and "/rows" in problem.subject


def _unclaimed(entries: Sequence[Entry], paths: Mapping[str, Path], only: Collection[str] | None) -> Iterator[Problem]:
    """Files beside those of registers that no register names: their rows would be lost without a word."""
    named, beside = set(), set()
    for entry in entries:
        assert isinstance(entry.definition, model.Register)
        for name, shown in zip(entry.definition.files, named_by(entry.definition), strict=True):
            named.add(shown)
            folder = (paths[entry.document.file].parent / name).parent
            beside |= {shown_beside(shown, path.name) for path in folder.glob("*.csv")}
    wanted = beside if only is None else {file for file in only if file.endswith(".csv")}
    for file in sorted(wanted - named):
        yield Problem("unclaimed-file", "no register names this file, so nobody reads its rows", Where(file, 1, 1), subject=f"register /rows/{file}")  # fmt: skip


def _subject(register: model.Register, where: Where) -> str:
    parts = ["rows", str(where.row), where.column_name] if where.row else ["rows"]
    return "/".join([f"register {register.id}", *(part for part in parts if part)])


def _register(entry: Entry, register: model.Register, folder: Path, known: Known) -> Iterator[Problem]:
    first: dict[tuple[object, ...], Where] = {}
    for position, name in enumerate(register.files):
        try:
            table = read_table(folder / name, shown_beside(entry.document.file, name))
        except ItsmctlError as error:
            for problem in error.problems:
                missing = problem.code == "unreadable-file"
                yield replace(problem, where=entry.document.where(("files", position))) if missing else problem
            continue
        yield from _table(table, register)
        for line in table.lines:
            yield from _line(register, line, known, first)
    for position, cells in enumerate(register.entries):
        yield from _entry(entry, register, position, Line(entry.document.where(("entries", position)), cells), known, first)  # fmt: skip


def _table(table: Table, register: model.Register) -> Iterator[Problem]:
    yield from table.problems
    names = frozenset(column.id for column in register.columns)
    for name in table.header:
        if name not in names:
            yield unknown_at(place_in_header(table, name), name, "column", names)
    for column in register.columns:
        if column.required and column.id not in table.header and table.header:
            template = "column {column!r} is missing; every row must have it"
            yield Problem("missing-column", template, Where(table.file, 1, 1), {"column": column.id})


def _entry(
    entry: Entry,
    register: model.Register,
    position: int,
    line: Line,
    known: Known,
    first: dict[tuple[object, ...], Where],
) -> Iterator[Problem]:
    """The same for a row written in YAML, at the places of its values."""
    names = frozenset(column.id for column in register.columns)
    for name in line.cells:
        if name not in names:
            yield unknown_at(entry.document.where(("entries", position, name), key=True), name, "column", names)
    for problem in _line(register, line, known, first):
        cell = problem.where.column_name
        yield replace(problem, where=entry.document.where(("entries", position, cell) if cell else ("entries", position)))  # fmt: skip


def _line(
    register: model.Register, line: Line, known: Known, first: dict[tuple[object, ...], Where]
) -> Iterator[Problem]:
    for column in register.columns:
        written = line.cells.get(column.id, "")
        where = replace(line.where, column_name=column.id)
        if written == "":
            if column.required and column.id in line.cells or column.required and not line.where.row:
                yield Problem("missing-value", "column {column!r} must have a value", where, {"column": column.id})
            continue
        yield from _cell(column, written, where, known)
    yield from _twice(register, line, first)


def _cell(
    column: model.RegisterColumn, written: str | int | float | bool, where: Where, known: Known
) -> Iterator[Problem]:
    if value_of(column, written) is None:
        yield _wrong(column, written, where)
        return
    names = {
        "code": ("code", frozenset(column.values)),
        "person": ("person", known.get("person", frozenset())),
        "reference": (column.to, known.get(column.to, frozenset())),
    }
    what, allowed = names.get(column.type, ("", frozenset()))
    if what and written not in allowed:
        yield unknown_at(where, str(written), what, allowed)


def _wrong(column: model.RegisterColumn, written: str | int | float | bool, where: Where) -> Problem:
    """What is said of a cell that is not what its column holds."""
    match column.type:
        case "boolean":
            template = "{value!r} is neither `true` nor `false`"
        case "date":
            template = "{value!r} is not a day of the calendar; write YYYY-MM-DD"
        case "moment":
            template = "{value!r} is not a moment with its zone; write 2026-03-06T16:00:00+08:00"
        case "number":
            template = "{value!r} is not a number; write 12 or 3.5"
        case _:
            template = "{value!r} is not text; put it in quotes"
    return Problem("wrong-value", template, where, {"value": written})


def _twice(register: model.Register, line: Line, first: dict[tuple[object, ...], Where]) -> Iterator[Problem]:
    if not register.key:
        return
    key = tuple(line.cells.get(name, "") for name in register.key)
    if key in first:
        template = "{key} stands twice in this register; the first is at {first}"
        values = {"key": " / ".join(str(part) for part in key), "first": str(first[key])}
        yield Problem("row-twice", template, replace(line.where, column_name=register.key[0]), values)
    first.setdefault(key, line.where)

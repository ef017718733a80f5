"""How each time column of an export is written: the format that reads most of it, and what it says on its own clock face.

A column is read in one format, but where several files write it each in its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from itsmctl.engine.session import Row, Session, Value
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.export import RAW, Staged
from itsmctl.importers.times import (
    SPREADSHEETS,
    in_order,
    mirrored,
    offset_sql,
    order_of,
    rivals,
    seconds_sql,
    stamp_sql,
)
from itsmctl.model import MappingDefinition

FACE = "face"
"""One row per row of RAW, in its order: raw BIGINT (its rowid), and l0, z0, l1, z1, … BIGINT, the seconds of each on its own clock face, and the offset that it names, if any."""

_FIRST_CELLS = 2048


@dataclass(frozen=True)
class Column:
    """A time column: `l<number>` are its seconds on its own clock face, `z<number>` the offset that it names, if any."""

    number: int
    name: str
    cell: str
    format: str
    unreadable: int = 0
    elsewhere: tuple[tuple[int, str], ...] = ()
    """Files that write it in a format of their own."""
    followers: tuple[tuple[str, str], ...] = ()
    """Warnings, each with its code."""

    @property
    def formats(self) -> str:
        """Its formats, most files' first."""
        return " | ".join(dict.fromkeys((self.format, *(form for _, form in self.elsewhere))))

    def sql(self, made: Callable[[str, str], str]) -> str:
        """SQL made of its cell and its format, in each file the one that holds there."""
        cases = " ".join(f"WHEN {file} THEN {made(self.cell, form)}" for file, form in self.elsewhere)
        usual = made(self.cell, self.format)
        return f"CASE file {cases} ELSE {usual} END" if cases else usual


@dataclass(frozen=True)
class Face:
    """What a time column says, as counted: cells that are no time, the first and the last time without an offset, times
    with seconds, times without an offset, and midnights.
    """

    unreadable: int
    low: int
    high: int
    odd: int
    zoneless: int
    midnights: int


def read_faces(
    session: Session, staged: Staged, cells: Mapping[str, str], mapping: MappingDefinition
) -> tuple[Sequence[Column], Sequence[Face]]:
    """Fill FACE with what each time says on its own clock face, every column in the one format that fits it best.

    `cells` are the columns by name, each with SQL for its text in RAW.
    """
    mapping = replace(mapping, time_formats=in_order(mapping.time_formats, mapping.date_order))
    first = mapping.time_formats[0]
    tried = _promising(session, [Column(i, name, cell, first) for i, (name, cell) in enumerate(cells.items())], mapping)
    faces = _create_face(session, tried, mapping)
    columns: Sequence[Column] = [
        _best_format(session, replace(column, unreadable=face.unreadable), mapping)
        if column.format == first or not face.unreadable
        else _any_format(session, column, mapping)
        for column, face in zip(tried, faces, strict=True)
    ]
    saved = _saved_by_spreadsheet(session, staged, columns, mapping)
    own = _in_agreement(session, staged, [column for column in columns if column.number not in saved], mapping)
    columns = sorted((*own, *saved.values()), key=lambda column: column.number)
    if len(staged.exports) > 1:
        columns = [_files_in_agreement(session, staged, column, mapping) for column in columns]
        columns = [_by_file(session, staged, column, mapping) if column.unreadable else column for column in columns]
    if [(c.format, c.elsewhere) for c in columns] != [(c.format, c.elsewhere) for c in tried]:
        session.run(f"DROP TABLE {FACE}")
        faces = _create_face(session, columns, mapping)
    return columns, faces


def _promising(session: Session, columns: Sequence[Column], mapping: MappingDefinition) -> Sequence[Column]:
    """The columns, each with the first format that reads the least and the greatest of its first cells.

    No format before it reads every cell, so where it does, it is the one that would be found by trying all in turn.
    """
    forms = mapping.time_formats
    if len(forms) == 1 or not columns:
        return columns
    ends = ", ".join(f"min({c.cell}), max({c.cell})" for c in columns)
    cells = in_groups(session.one(f"SELECT {ends} FROM (SELECT * FROM {RAW} LIMIT {_FIRST_CELLS})"), 2)
    texts = list(dict.fromkeys(text for pair in cells for text in pair if text is not None))
    if not texts:
        return columns
    read = ", ".join(f"{seconds_sql(stamp_sql('cell', form, mapping.where))} IS NOT NULL" for form in forms)
    listed = ", ".join(["(?)"] * len(texts))
    rows = session.rows(f"SELECT cell, {read} FROM (VALUES {listed}) AS v(cell)", texts)
    reads = {text: [form for form, yes in zip(forms, answers, strict=True) if yes] for text, *answers in rows}
    return [
        replace(column, format=next((f for f in forms if all(f in reads[t] for t in pair if t is not None)), forms[0]))
        for column, pair in zip(columns, cells, strict=True)
    ]


def _create_face(session: Session, columns: Sequence[Column], mapping: MappingDefinition) -> Sequence[Face]:
    """Fill FACE with the columns as they are to be read, and tell what is in it."""

    def stamp(cell: str, form: str) -> str:
        return stamp_sql(cell, form, mapping.where)

    stamps = "".join(f", {c.sql(stamp)} AS s{c.number}, {c.sql(offset_sql)} AS z{c.number}" for c in columns)
    seconds = "".join(f", {seconds_sql(f's{c.number}')} AS l{c.number}, z{c.number}" for c in columns)
    session.run(f"CREATE TABLE {FACE} AS SELECT raw{seconds} FROM (SELECT rowid AS raw{stamps} FROM {RAW})")
    if not columns:
        return []
    cells = ", ".join(f"count({c.cell}) AS n{c.number}" for c in columns)
    told = ", ".join(
        f"count(l{i}) AS read{i}, min(l{i}) FILTER (WHERE z{i} IS NULL) AS low{i}, max(l{i}) FILTER (WHERE z{i} IS NULL) AS high{i}, "
        f"count(*) FILTER (WHERE l{i} % 60 <> 0) AS odd{i}, count(l{i}) FILTER (WHERE z{i} IS NULL) AS zoneless{i}, "
        f"count(*) FILTER (WHERE l{i} % 86400 = 0) AS midnights{i}"
        for i in range(len(columns))
    )
    each = ", ".join(f"n{i} - read{i}, low{i}, high{i}, odd{i}, zoneless{i}, midnights{i}" for i in range(len(columns)))
    counted = session.one(f"SELECT {each} FROM (SELECT {told} FROM {FACE}) CROSS JOIN (SELECT {cells} FROM {RAW})")
    return [Face(*(int(count or 0) for count in one)) for one in in_groups(counted, 6)]


def _best_format(session: Session, column: Column, mapping: MappingDefinition) -> Column:
    """The first format that parses every value, else the one that parses most; the column comes with the first tried."""
    best = column
    for pattern in mapping.time_formats[1:]:
        if not best.unreadable:
            break
        stamp = stamp_sql(column.cell, pattern, mapping.where)
        (bad,) = session.one(
            f"SELECT count(cell) - count({seconds_sql('stamp')}) FROM "
            f"(SELECT {column.cell} AS cell, {stamp} AS stamp FROM {RAW})"
        )
        if int(bad or 0) < best.unreadable:
            best = replace(column, format=pattern, unreadable=int(bad or 0))
    return best


def _any_format(session: Session, column: Column, mapping: MappingDefinition) -> Column:
    """The best of all formats of a mapping for a column of which nothing is known."""
    first, *_ = mapping.time_formats
    tried = replace(mapping, time_formats=(first, *mapping.time_formats))
    return _best_format(session, replace(column, format=first, unreadable=2**62), tried)


def _saved_by_spreadsheet(
    session: Session, staged: Staged, columns: Sequence[Column], mapping: MappingDefinition
) -> Mapping[int, Column]:
    """Those columns of which no format of the mapping reads a cell and one that spreadsheets write reads most, by their numbers;
    but not where the mapping has that one with day and month in each other's place.

    Raises ItsmctlError where it is in doubt which of day and month comes first.
    """
    unread = [column for column in columns if column.unreadable]
    if not unread:
        return {}
    cells = session.one(f"SELECT {', '.join(f'count({column.cell})' for column in unread)} FROM {RAW}")
    filled = {column.number: int(str(count)) for column, count in zip(unread, cells, strict=True)}
    forms = in_order(SPREADSHEETS, mapping.date_order)
    by_spreadsheets = replace(mapping, time_formats=forms)
    read = [
        _any_format(session, column, by_spreadsheets) for column in unread if column.unreadable == filled[column.number]
    ]
    most = [
        column
        for column in read
        if 2 * column.unreadable < filled[column.number] and not rivals(column.format, mapping.time_formats)
    ]
    saved = {}
    for column in _in_agreement(session, staged, most, by_spreadsheets):
        said = f"{column.name}: the times are not written as the tool writes them, but as spreadsheets do; read as {column.format}"
        saved[column.number] = replace(column, followers=(*column.followers, ("times-of-spreadsheet", said)))
    return saved


def _by_file(session: Session, staged: Staged, column: Column, mapping: MappingDefinition) -> Column:
    """The column with a format of its own for each file of which that reads more: people export with settings of theirs."""
    forms = tuple(dict.fromkeys((column.format, *mapping.time_formats)))
    read = ", ".join(f"count({seconds_sql(stamp_sql(column.cell, form, mapping.where))})" for form in forms)
    counts = {int(str(row[0])): row[1:] for row in session.rows(f"SELECT file, {read} FROM {RAW} GROUP BY file")}
    elsewhere = []
    for export in staged.exports:
        usual, *others = (int(str(count)) for count in counts.get(export.number, (0,)))
        if others and max(others) > usual:
            elsewhere.append((export.number, forms[1 + others.index(max(others))]))
    return replace(column, elsewhere=tuple(elsewhere))


def _in_agreement(
    session: Session, staged: Staged, columns: Sequence[Column], mapping: MappingDefinition
) -> list[Column]:
    """The columns, where one in doubt about day and month follows those that are not; a tool writes all in one way.

    Raises ItsmctlError where none decides, where they disagree, or where a column stands the other way round than the
    mapping says.
    """
    doubts = {column.number: _doubt(session, staged, column, mapping) for column in columns}
    decided = [column for column in columns if doubts[column.number] == "decided" and order_of(column.format)]
    orders = {order_of(column.format) for column in decided}
    settled: list[Column] = []
    for column in columns:
        problem = doubts[column.number]
        if isinstance(problem, Problem):
            if len(orders) != 1 or not order_of(column.format):
                raise ItsmctlError(problem)
            formats = in_order(mapping.time_formats, *orders)
            column = _any_format(session, column, replace(mapping, time_formats=formats))
            message = f"no date under {column.name} says whether the day or the month comes first; read as {column.format}, as under {', '.join(one.name for one in decided)}"
            column = replace(column, followers=(("dates-followed", message),))
        _refuse_mirrored(session, staged, column, mapping)
        settled.append(column)
    return settled


def _files_in_agreement(session: Session, staged: Staged, column: Column, mapping: MappingDefinition) -> Column:
    """The column, with what is to be told of files whose own dates leave open what those of other files decide."""
    formats = [column.format, *rivals(column.format, mapping.time_formats)]
    if not order_of(column.format) or len(formats) == 1:
        return column
    ours, *theirs = (seconds_sql(stamp_sql(column.cell, form, mapping.where)) for form in formats)
    alone = " AND ".join(f"{other} IS NULL" for other in theirs)
    torn = " OR ".join(f"{ours} <> {other}" for other in theirs)
    rows = session.rows(
        f"SELECT file, count_if({ours} IS NOT NULL AND {alone}), count_if({torn}) FROM {RAW} GROUP BY file"
    )
    names = {export.number: export.name for export in staged.exports}
    deciding = ", ".join(names[int(str(file))] for file, own, _ in sorted(rows) if own)
    if not deciding:
        return column
    told = [
        (
            "dates-followed",
            f"{names[int(str(file))]}: no date under {column.name} says whether the day or the month comes first; read as {column.format}, as in {deciding}",
        )
        for file, own, open_ in sorted(rows)
        if open_ and not own
    ]
    return replace(column, followers=(*column.followers, *told))


def _doubt(
    session: Session, staged: Staged, column: Column, mapping: MappingDefinition
) -> Problem | Literal["decided", "none"]:
    """What is in doubt about a column whose format has rivals, or whether its values decide.

    The whole column decides, never one row: its format must read values that a rival cannot, and the rival none beyond.
    """
    verdict: Literal["decided", "none"] = "none"
    for rival in rivals(column.format, mapping.time_formats):
        ours, theirs, torn = _against(session, column, rival, mapping)
        if ours and not theirs:
            verdict = "decided"
        if torn and (theirs or not ours):
            values = {"first": column.format, "second": rival, "value": torn, "mapping": mapping.id}
            template = (
                "times such as {value!r} can be read as {first} and as {second}, and the other times of the column do not "
                "decide; say which comes first with --date-order or `date-order` of mapping {mapping}, or leave only the right one "
                "under its `time-formats`"
            )
            return Problem("ambiguous-time-format", template, _place(session, staged, column, torn), values)
    return verdict


def _refuse_mirrored(session: Session, staged: Staged, column: Column, mapping: MappingDefinition) -> None:
    """Raise ItsmctlError where day and month stand the other way round than the mapping says."""
    mirror = mirrored(column.format)
    if column.unreadable and mirror and mirror not in mapping.time_formats:
        ours, theirs, _ = _against(session, column, mirror, mapping)
        if theirs and not ours:
            values = {"format": column.format, "mirror": mirror, "value": theirs, "mapping": mapping.id}
            template = (
                "{value!r} is not {format}, as mapping {mapping} says, but {mirror}, and nothing in the column speaks for {format}; "
                "write {mirror} under `time-formats` of the mapping"
            )
            raise ItsmctlError(Problem("other-time-format", template, _place(session, staged, column, theirs), values))


def _place(session: Session, staged: Staged, column: Column, value: Value) -> Where:
    """Where a value of a column stands first."""
    file, row = session.one(f"SELECT file, row FROM {RAW} WHERE {column.cell} = ? ORDER BY file, row LIMIT 1", [value])
    export = next(export for export in staged.exports if export.number == file)
    return Where(export.shown, row=int(str(row)), column_name=column.name)


def _against(session: Session, column: Column, rival: str, mapping: MappingDefinition) -> tuple[Value, ...]:
    """A value that only the column's format reads, one that only the rival reads, one that both read differently."""
    ours, theirs = (seconds_sql(stamp_sql(column.cell, form, mapping.where)) for form in (column.format, rival))
    return session.one(
        "SELECT min(CASE WHEN ours IS NOT NULL AND theirs IS NULL THEN cell END), "
        "min(CASE WHEN ours IS NULL AND theirs IS NOT NULL THEN cell END), min(CASE WHEN ours <> theirs THEN cell END) "
        f"FROM (SELECT {column.cell} AS cell, {ours} AS ours, {theirs} AS theirs FROM {RAW})"
    )


def in_groups(row: Row, size: int) -> list[Row]:
    """The values of a row, so many at a time."""
    return [row[start : start + size] for start in range(0, len(row), size)]

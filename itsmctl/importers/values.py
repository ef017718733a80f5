"""Cells with a type: times to UTC, numbers, booleans and codes, and a reject row for each cell that is not one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from itsmctl.engine.session import Row, Session, Value, quote
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.export import RAW, REJECT, Staged
from itsmctl.importers.recognition import FALSE, TRUE, Source
from itsmctl.importers.times import (
    Piece,
    in_order,
    local_pieces,
    mirrored,
    offset_sql,
    order_of,
    rivals,
    seconds_sql,
    stamp_sql,
    twice_sql,
    utc_sql,
)
from itsmctl.model import BOOLEAN_COLUMNS, NUMBER_COLUMNS, TIME_COLUMNS, MappingDefinition

MOMENT = "moment"
"""FACE with t0, t1, … BIGINT, the UTC seconds of each exported time column."""

FACE = "face"
"""One row per row of RAW, in its order: raw BIGINT (its rowid), and l0, z0, l1, z1, … BIGINT, the seconds of each on its own clock face, and the offset that it names, if any."""

_FIRST_CELLS = 2048
_NUMBER = r"[+-]?\d{1,18}(\.0+)?"


@dataclass(frozen=True)
class Moments:
    """The time columns of an export: format of each, and what is worth a warning."""

    names: tuple[str, ...]
    formats: Mapping[str, str]
    ambiguous: Mapping[str, int]
    precision_seconds: int
    local: bool
    """Whether any time says nothing of an offset, and was read on the clock of the zone."""
    followers: tuple[str, ...] = ()
    """Where dates do not say themselves whether the day or the month comes first, and others decided it for them."""

    def sql(self, name: str) -> str:
        """The column of MOMENT that holds an exported time column."""
        return f"t{self.names.index(name)}"


def time_names(found: Mapping[str, Source], mapping: MappingDefinition, staged: Staged) -> tuple[str, ...]:
    """The exported columns that hold times: those mapped to a time column, and the moment of each update."""
    names = [found[column].exported[0] for column in TIME_COLUMNS if column in found]
    if mapping.at in staged.columns:
        names.append(mapping.at)
    return tuple(dict.fromkeys(names))


@dataclass(frozen=True)
class _Column:
    """A time column: `l<number>` are its seconds on its own clock face, `z<number>` the offset that it names, if any."""

    number: int
    name: str
    cell: str
    format: str
    unreadable: int = 0
    elsewhere: tuple[tuple[int, str], ...] = ()
    """Files that write it in a format of their own."""
    followers: tuple[str, ...] = ()

    @property
    def formats(self) -> str:
        """Its formats, most files' first."""
        return " | ".join(dict.fromkeys((self.format, *(form for _, form in self.elsewhere))))

    def sql(self, made: Callable[[str, str], str]) -> str:
        """SQL made of its cell and its format, in each file the one that holds there."""
        cases = " ".join(f"WHEN {file} THEN {made(self.cell, form)}" for file, form in self.elsewhere)
        usual = made(self.cell, self.format)
        return f"CASE file {cases} ELSE {usual} END" if cases else usual


def convert_times(
    session: Session,
    staged: Staged,
    record_id: Source,
    names: Sequence[str],
    mapping: MappingDefinition,
    zone: str,
) -> Moments:
    """Fill MOMENT and reject what is no time; raises ItsmctlError for times without a zone when none is given."""
    columns, faces = _read_faces(session, staged, names, mapping)
    pieces = _pieces(session, columns, faces, staged, zone)
    utc = [f"CASE WHEN z{i} IS NULL THEN {utc_sql(f'l{i}', pieces)} ELSE l{i} - z{i} END" for i in range(len(columns))]
    session.run(
        f"CREATE TABLE {MOMENT} AS SELECT *{''.join(f', {sql} AS t{i}' for i, sql in enumerate(utc))} FROM {FACE}"
    )
    session.run(f"DROP TABLE {FACE}")
    changes = _clock_changes(session, columns, pieces)
    for c, (_, gone) in zip(columns, changes, strict=True):
        if c.unreadable:
            where = f"{c.cell} IS NOT NULL AND l{c.number} IS NULL"
            _reject(session, staged, record_id, c.cell, where, c.name, "bad-time")
        if gone:
            where = f"l{c.number} IS NOT NULL AND t{c.number} IS NULL"
            _reject(session, staged, record_id, c.cell, where, c.name, "nonexistent-time")
    return Moments(
        tuple(names),
        {c.name: c.formats for c in columns},
        {c.name: repeated for c, (repeated, _) in zip(columns, changes, strict=True) if repeated},
        1 if any(face.odd for face in faces) else 60,
        any(face.zoneless for face in faces),
        tuple(message for c in columns for message in c.followers),
    )


def _clock_changes(session: Session, columns: Sequence[_Column], pieces: Sequence[Piece]) -> Sequence[tuple[int, int]]:
    """How many times of each column the zone's clocks showed twice, and how many never."""
    if not columns or not any(piece.twice or piece.offset is None for piece in pieces):
        return [(0, 0)] * len(columns)
    counts = [
        f"count(*) FILTER (WHERE z{i} IS NULL AND {twice_sql(f'l{i}', pieces)}), count(l{i}) - count(t{i})"
        for i in range(len(columns))
    ]
    counted = _in_groups(session.one(f"SELECT {', '.join(counts)} FROM {MOMENT}"), 2)
    return [(int(repeated or 0), int(gone or 0)) for repeated, gone in counted]


@dataclass(frozen=True)
class _Face:
    """What a time column says, as counted: cells that are no time, the first and the last time without an offset, times
    with seconds, and times without an offset.
    """

    unreadable: int
    low: int
    high: int
    odd: int
    zoneless: int


def _read_faces(
    session: Session, staged: Staged, names: Sequence[str], mapping: MappingDefinition
) -> tuple[Sequence[_Column], Sequence[_Face]]:
    """Fill FACE with what each time says on its own clock face, every column in the one format that fits it best."""
    mapping = replace(mapping, time_formats=in_order(mapping.time_formats, mapping.date_order))
    first = mapping.time_formats[0]
    tried = _promising(session, [_Column(i, name, staged.sql(name), first) for i, name in enumerate(names)], mapping)
    faces = _create_face(session, tried, mapping)
    columns: Sequence[_Column] = [
        _best_format(session, replace(column, unreadable=face.unreadable), mapping)
        if column.format == first or not face.unreadable
        else _any_format(session, column, mapping)
        for column, face in zip(tried, faces, strict=True)
    ]
    columns = _in_agreement(session, columns, mapping)
    if len(staged.exports) > 1:
        columns = [_files_in_agreement(session, staged, column, mapping) for column in columns]
        columns = [_by_file(session, staged, column, mapping) if column.unreadable else column for column in columns]
    if [(c.format, c.elsewhere) for c in columns] != [(c.format, c.elsewhere) for c in tried]:
        session.run(f"DROP TABLE {FACE}")
        faces = _create_face(session, columns, mapping)
    return columns, faces


def _promising(session: Session, columns: Sequence[_Column], mapping: MappingDefinition) -> Sequence[_Column]:
    """The columns, each with the first format that reads the least and the greatest of its first cells.

    No format before it reads every cell, so where it does, it is the one that would be found by trying all in turn.
    """
    forms = mapping.time_formats
    if len(forms) == 1 or not columns:
        return columns
    ends = ", ".join(f"min({c.cell}), max({c.cell})" for c in columns)
    cells = _in_groups(session.one(f"SELECT {ends} FROM (SELECT * FROM {RAW} LIMIT {_FIRST_CELLS})"), 2)
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


def _create_face(session: Session, columns: Sequence[_Column], mapping: MappingDefinition) -> Sequence[_Face]:
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
        f"count(*) FILTER (WHERE l{i} % 60 <> 0) AS odd{i}, count(l{i}) FILTER (WHERE z{i} IS NULL) AS zoneless{i}"
        for i in range(len(columns))
    )
    each = ", ".join(f"n{i} - read{i}, low{i}, high{i}, odd{i}, zoneless{i}" for i in range(len(columns)))
    counted = session.one(f"SELECT {each} FROM (SELECT {told} FROM {FACE}) CROSS JOIN (SELECT {cells} FROM {RAW})")
    return [_Face(*(int(count or 0) for count in one)) for one in _in_groups(counted, 5)]


def _best_format(session: Session, column: _Column, mapping: MappingDefinition) -> _Column:
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


def _any_format(session: Session, column: _Column, mapping: MappingDefinition) -> _Column:
    """The best of all formats of a mapping for a column of which nothing is known."""
    first, *_ = mapping.time_formats
    tried = replace(mapping, time_formats=(first, *mapping.time_formats))
    return _best_format(session, replace(column, format=first, unreadable=2**62), tried)


def _by_file(session: Session, staged: Staged, column: _Column, mapping: MappingDefinition) -> _Column:
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


def _in_agreement(session: Session, columns: Sequence[_Column], mapping: MappingDefinition) -> list[_Column]:
    """The columns, where one in doubt about day and month follows those that are not; a tool writes all in one way.

    Raises ItsmctlError where none decides, where they disagree, or where a column stands the other way round than the
    mapping says.
    """
    doubts = {column.number: _doubt(session, column, mapping) for column in columns}
    decided = [column for column in columns if doubts[column.number] == "decided" and order_of(column.format)]
    orders = {order_of(column.format) for column in decided}
    settled: list[_Column] = []
    for column in columns:
        problem = doubts[column.number]
        if isinstance(problem, Problem):
            if len(orders) != 1 or not order_of(column.format):
                raise ItsmctlError(problem)
            formats = in_order(mapping.time_formats, *orders)
            column = _any_format(session, column, replace(mapping, time_formats=formats))
            message = (
                f"no date under {column.name} says whether the day or the month comes first; read as {column.format}"
            )
            column = replace(column, followers=(f"{message}, as under {', '.join(one.name for one in decided)}",))
        _refuse_mirrored(session, column, mapping)
        settled.append(column)
    return settled


def _files_in_agreement(session: Session, staged: Staged, column: _Column, mapping: MappingDefinition) -> _Column:
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
    message = f"no date under {column.name} says whether the day or the month comes first; read as {column.format}, as in {deciding}"
    told = [f"{names[int(str(file))]}: {message}" for file, own, open_ in sorted(rows) if open_ and not own]
    return replace(column, followers=(*column.followers, *told)) if deciding else column


def _doubt(session: Session, column: _Column, mapping: MappingDefinition) -> Problem | Literal["decided", "none"]:
    """What is in doubt about a column whose format has rivals, or whether its values decide.

    The whole column decides, never one row: its format must read values that a rival cannot, and the rival none beyond.
    """
    verdict: Literal["decided", "none"] = "none"
    for rival in rivals(column.format, mapping.time_formats):
        ours, theirs, torn = _against(session, column, rival, mapping)
        if ours and not theirs:
            verdict = "decided"
        if torn and (theirs or not ours):
            values = {"column": column.name, "first": column.format, "second": rival, "value": torn}
            template = (
                "{column}: times such as {value!r} can be read as {first} and as {second}, and the other times of the "
                "column do not decide; say which comes first with --date-order or `date-order` of the mapping, or leave only the "
                "right one under `time-formats`"
            )
            return Problem("ambiguous-time-format", template, mapping.where, values)
    return verdict


def _refuse_mirrored(session: Session, column: _Column, mapping: MappingDefinition) -> None:
    """Raise ItsmctlError where day and month stand the other way round than the mapping says."""
    mirror = mirrored(column.format)
    if column.unreadable and mirror and mirror not in mapping.time_formats:
        ours, theirs, _ = _against(session, column, mirror, mapping)
        if theirs and not ours:
            values = {"column": column.name, "format": column.format, "mirror": mirror, "value": theirs}
            template = (
                "{column}: {value!r} is not {format}, as the mapping says, but {mirror}, and nothing in the column speaks "
                "for {format}; write {mirror} under `time-formats` of the mapping"
            )
            raise ItsmctlError(Problem("other-time-format", template, mapping.where, values))


def _against(session: Session, column: _Column, rival: str, mapping: MappingDefinition) -> tuple[Value, ...]:
    """A value that only the column's format reads, one that only the rival reads, one that both read differently."""
    ours, theirs = (seconds_sql(stamp_sql(column.cell, form, mapping.where)) for form in (column.format, rival))
    return session.one(
        "SELECT min(CASE WHEN ours IS NOT NULL AND theirs IS NULL THEN cell END), "
        "min(CASE WHEN ours IS NULL AND theirs IS NOT NULL THEN cell END), min(CASE WHEN ours <> theirs THEN cell END) "
        f"FROM (SELECT {column.cell} AS cell, {ours} AS ours, {theirs} AS theirs FROM {RAW})"
    )


def reject_values(session: Session, staged: Staged, found: Mapping[str, Source], mapping: MappingDefinition) -> None:
    """Reject each cell that is no number, no boolean, or outside the codes of its column."""
    tested = [(source, test) for column, source in found.items() if (test := _unreadable(column, mapping))]
    # Such columns have few values, each of which is looked at once: of a mere DISTINCT DuckDB would test all rows before.
    asked = " UNION ALL ".join(
        f"SELECT {i} FROM (SELECT max(value) AS cell FROM (SELECT {source.sql(staged)} AS value FROM {RAW}) GROUP BY value) "
        f"WHERE {bad('cell')}"
        for i, (source, (bad, _)) in enumerate(tested)
    )
    for (i,) in session.rows(f"SELECT DISTINCT * FROM ({asked})") if tested else ():
        source, (bad, reason) = tested[int(str(i))]
        text = source.sql(staged)
        _reject(session, staged, found["record_id"], text, bad(text), source.shown, reason)


def _unreadable(canonical: str, mapping: MappingDefinition) -> tuple[Callable[[str], str], str] | None:
    """SQL that tells whether a text cannot be what a column holds, and the reason; None where every text can."""
    if canonical in NUMBER_COLUMNS:
        return lambda text: f"{text} IS NOT NULL AND {number_sql(text)} IS NULL", "bad-number"
    if canonical in BOOLEAN_COLUMNS:
        return lambda text: f"{text} IS NOT NULL AND {boolean_sql(text)} IS NULL", "bad-boolean"
    if codes := mapping.codes.get(canonical):
        known = ", ".join(quote(word) for word in codes)
        return lambda text: f"{text} NOT IN ({known})", "unknown-code"
    return None


def number_sql(text: str) -> str:
    """SQL for a whole number; NULL where the text is none."""
    return f"CASE WHEN regexp_full_match(trim({text}), {quote(_NUMBER)}) THEN CAST(trim({text}) AS DECIMAL(38, 9))::BIGINT END"


def boolean_sql(text: str) -> str:
    """SQL for true or false in English or Chinese; NULL where the text is neither."""
    yes, no = (", ".join(quote(word) for word in words) for words in (TRUE, FALSE))
    return f"CASE WHEN lower(trim({text})) IN ({yes}) THEN true WHEN lower(trim({text})) IN ({no}) THEN false END"


def _pieces(
    session: Session, columns: Sequence[_Column], faces: Sequence[_Face], staged: Staged, zone: str
) -> list[Piece]:
    """How the local times that are there become UTC; raises ItsmctlError if there are any and no zone."""
    local = [(column, face) for column, face in zip(columns, faces, strict=True) if face.zoneless]
    if not local:
        return [Piece(0, 0)]
    if not zone:
        raise _no_zone(session, staged, local[0][0])
    return local_pieces(zone, min(face.low for _, face in local), max(face.high for _, face in local))


def _in_groups(row: Row, size: int) -> list[Row]:
    """The values of a row, so many at a time."""
    return [row[start : start + size] for start in range(0, len(row), size)]


def _no_zone(session: Session, staged: Staged, column: _Column) -> ItsmctlError:
    value, file, row = session.one(
        f"SELECT {column.cell}, file, row FROM {FACE} f JOIN {RAW} r ON r.rowid = f.raw "
        f"WHERE l{column.number} IS NOT NULL AND z{column.number} IS NULL ORDER BY f.raw LIMIT 1"
    )
    shown = {export.number: export.shown for export in staged.exports}
    where = Where(shown[int(file or 0)], row=int(row or 0), column_name=column.name)
    template = "{column} has times without a zone, such as {value!r}; say in which zone the tool wrote them, as in --zone Europe/Berlin"
    return ItsmctlError(Problem("no-zone", template, where, {"column": column.name, "value": value}))


def _reject(
    session: Session, staged: Staged, record_id: Source, cell: str, where: str, column: str, reason: str
) -> None:
    """Put cells in quarantine; `where` may speak of RAW and, for times, of MOMENT beside it."""
    beside = f"JOIN {MOMENT} m ON m.raw = r.rowid" if reason.endswith("-time") else ""
    session.run(
        f"INSERT INTO {REJECT} SELECT file, row, {record_id.sql(staged)}, ?, {cell}, ?, false "
        f"FROM {RAW} r {beside} WHERE {where}",
        [column, reason],
    )

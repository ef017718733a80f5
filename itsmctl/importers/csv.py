"""CSV exports: encoding, delimiter and header found; clean files read by DuckDB, others row by row with a quarantine.

A row is a CSV record, not a line of the file: a quoted cell may contain line breaks. Blank lines are no rows.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from itertools import islice
from pathlib import Path

from itsmctl.engine.session import Session, Value
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.container import Plain
from itsmctl.importers.encoding import CHUNK, MARK, TextFile, detect, to_utf8
from itsmctl.importers.export import RAW, REJECT, Export, csv_source, numbered
from itsmctl.importers.header import HeaderRow, Row, first_rows, left_above, no_such_row, refuse_title
from itsmctl.importers.lines import cut_lines
from itsmctl.importers.objects import HEAD, object_columns, spread
from itsmctl.importers.rows import MAX_COLUMNS, Tables, too_many_columns
from itsmctl.letters import composed

DELIMITERS = (",", ";", "\t", "|")
MAX_ROW = 2 * CHUNK
"""Characters in one row; a row that is longer, which an unclosed quote makes it, is quarantined."""
KEPT_TEXT = 1000
"""How much of an unreadable row `reject.parquet` keeps."""
_SHOWN = 40
"""How much of a cell a message shows."""

_SEPARATOR = re.compile(r"\ufeff?\"?sep=([,;\t|])\"?\s*", re.IGNORECASE)
"""What tells Excel how cells are separated; it is no row of the table."""
_HEAD = 2**18
_TITLE = 2
"""Cells that a delimiter may make of a title, as the comma in `Tickets, March`."""


def open_csv(
    plain: Plain, scratch: Path, encoding: str = "", delimiter: str = "", named: Sequence[HeaderRow] = ()
) -> Export:
    """Find encoding, delimiter and header of a CSV file; raises ItsmctlError where there is no usable header.

    A header with a line break in a name is not clean: where lines end otherwise, DuckDB takes all rows for part of it.
    """
    csv.field_size_limit(2 * MAX_ROW)
    found = detect(plain.path, plain.shown, encoding)
    text = to_utf8(found, scratch / f"utf8-{len(list(scratch.iterdir()))}", plain.shown)
    head = _head(text)
    if text.clean and head and (said := _SEPARATOR.fullmatch(head[0])):
        text = _below(text, len(head[0]), scratch)
        head, delimiter = _head(text), delimiter or said[1]
    if not "".join(head).strip():
        raise _error("empty-file", "the file is empty", plain.shown)
    above = _above(head, delimiter, named, Where(plain.shown))
    if above.characters:
        text = _below(text, above.characters, scratch)
        head = _head(text)
    given = bool(delimiter)
    delimiter = delimiter or _delimiter(head)
    header = next(_records(iter(head), delimiter), None)
    if header is None or isinstance(header, _Unreadable):
        raise _error("no-header", "the first row is not a readable header", plain.shown)
    if len(set(header)) == 1 or not _fits(head, delimiter):
        # A title may hold none of the delimiters, or one that is not the table's: the likeliest one was found by chance.
        for one in (delimiter,) if given else DELIMITERS:
            refuse_title(above.beneath(head, one), Where(plain.shown), most=_TITLE)
    names, unnamed = _header(header, plain.shown)
    if unnamed:  # Excel fills up the row of a title to the width of the table
        refuse_title(above.beneath(head, delimiter), Where(plain.shown))
    note = (
        f"{plain.name}: the encoding was guessed to be {found.encoding}; name it with --encoding if letters look wrong"
    )
    export = Export(
        source=plain,
        format="csv",
        columns=names,
        path=text.path,
        encoding=text.encoding if text.path == plain.path else found.encoding,
        written_as=text.encoding,
        delimiter=delimiter,
        clean=text.clean and not any(set(cell) & {"\r", "\n"} for cell in header),
        unnamed=unnamed,
        notes=((("guessed-encoding", note),) if found.guessed else ())
        + left_above(plain.name, above.header_row, above.rows),
        header_row=above.header_row,
    )
    first = [row.cells for row in islice(_rows(head, delimiter), 1, HEAD)]
    places = _named(export)
    nested = object_columns(names, ([cells[place] for place in places if place < len(cells)] for cells in first))
    return _spread(export, nested, scratch) if nested else export


def _spread(export: Export, nested: frozenset[str], scratch: Path) -> Export:
    """The export with columns for what stands in the objects of its cells."""
    with Tables(export.source, scratch) as tables:
        tables[""].name_columns([name for name in export.columns if name not in nested])
        for _, record in _sorted_rows(export):
            if isinstance(record, _Unreadable):
                tables[""].reject(record.text, record.reason)
            else:
                tables[""].add(spread(dict(zip(export.columns, record, strict=True)), nested))
    if not tables[""].rows:
        return export
    (made,) = tables.exports("csv")
    return replace(export, columns=made.columns, path=made.path, bad=made.bad, rows=made.rows, delimiter=made.delimiter, unnamed=())  # fmt: skip


@dataclass(frozen=True)
class _Above:
    """What stands above the header: how many characters, and the rows that have anything in them."""

    header_row: int = 0
    """The row that is named; 0 where none is."""
    characters: int = 0
    rows: int = 0

    def beneath(self, head: Sequence[str], delimiter: str) -> list[Row[str]]:
        """The first rows beneath it by their numbers in the file."""
        before = max(self.header_row - 1, 0)
        return [Row(before + row.number, row.cells) for row in first_rows(_rows(head, delimiter), ())]


def _above(head: Sequence[str], delimiter: str, named: Sequence[HeaderRow], where: Where) -> _Above:
    """What stands above the first of the named rows that fits; raises ItsmctlError where a row is empty that a user names.

    What separates cells is found from the rows beneath, as a title says nothing of it.
    """
    for one in named:
        places = {sign: _place(head, sign, one.number) for sign in ((delimiter,) if delimiter else DELIMITERS)}
        below = {sign: _lines_below(head, place) for sign, place in places.items() if place is not None}
        if not below:
            if one.fits(()):
                raise no_such_row(one.number, where)
            continue
        sign = max(below, key=lambda sign: _fit(below[sign], sign))
        names = next(_records(iter(below[sign]), sign), None)
        if isinstance(names, list) and one.fits([composed(cell.strip()) for cell in names]):
            rows = sum(row.number < one.number for row in _rows(head, sign))
            return _Above(one.number, places[sign] or 0, rows)
    return _Above()


def _place(head: Sequence[str], delimiter: str, row: int) -> int | None:
    """How many characters stand above a row, counted as a spreadsheet counts rows; None where nothing stands in it."""
    characters = 0
    for number, (text, cells) in enumerate(_every_record(iter(head), delimiter), 1):
        if number == row:
            return characters if cells else None
        characters += len(text)
    return None


def _lines_below(head: Sequence[str], characters: int) -> list[str]:
    return list(StringIO("".join(head)[characters:], newline=""))


def _below(text: TextFile, characters: int, scratch: Path) -> TextFile:
    """The text without its first characters, of which a byte order mark is none; bytes that are not its encoding stay so."""
    target = scratch / f"rows-below-{len(list(scratch.iterdir()))}"
    with (
        text.path.open(encoding=text.encoding, errors="itsmctl-mark", newline="") as source,
        target.open("w", encoding="utf-8", errors="surrogatepass", newline="") as written,
    ):
        first = source.read(characters + 1)
        written.write(first[characters + first.startswith("\ufeff") :])
        while chunk := source.read(CHUNK):
            written.write(chunk)
    return TextFile(target, "utf-8", text.clean)


def stage_csv(
    session: Session, export: Export, number: int, columns: Sequence[str], missing: Sequence[str], scratch: Path
) -> int:
    """Append the rows of an export to RAW as file `number` and return how many rows were read, good and bad.

    Raises ItsmctlError at the first cell that is filled in a column without a name, unless that only numbers the rows.
    """
    names = [f"c{columns.index(column)}" for column in export.columns]
    targets = f"{RAW} (file, row, {', '.join(names)})"
    if export.clean:
        cells = _every_cell(names, export.unnamed)
        source = csv_source(export.path, cells, export.delimiter, missing, 8 * MAX_ROW)
        # With the memory of an import DuckDB lets one thread write in order, and others only hinder it.
        with session.alone():
            clean = session.attempt(f"INSERT INTO {targets} SELECT {number}, NULL, {', '.join(names)} FROM {source}")
            if clean and export.unnamed:
                source = csv_source(export.path, cells, export.delimiter, (), 8 * MAX_ROW)
                _refuse_filled(session, export, source)
        if clean:
            return _number_rows(session, number)
    good, bad = scratch / f"good-{number}.csv", scratch / f"bad-{number}.csv"
    read = _sort_out(export, good, bad)
    source = csv_source(good, ["row", *names], ",", missing, 8 * MAX_ROW)
    session.run(f"INSERT INTO {targets} SELECT {number}, CAST(row AS BIGINT), {', '.join(names)} FROM {source}")
    source = csv_source(bad, ["row", "value", "reason"], ",", (), 8 * MAX_ROW)
    session.run(
        f"INSERT INTO {REJECT} SELECT {number}, CAST(row AS BIGINT), NULL, NULL, '', value, reason, true FROM {source}"
    )
    return read


def _every_cell(names: Sequence[str], unnamed: Collection[int]) -> list[str]:
    """The names of the cells of a row as it stands in the file; those without a name are u0, u1, … by their place."""
    named = iter(names)
    return [f"u{place}" if place in unnamed else next(named) for place in range(len(names) + len(unnamed))]


def _refuse_filled(session: Session, export: Export, source: str) -> None:
    """Raise ItsmctlError where a column without a name holds anything but the numbers of the rows, at its first row."""
    cells = [f"u{place}" for place in export.unnamed]
    filled = " OR ".join(
        f"(trim({cell}) <> '' AND coalesce(try_cast({cell} AS BIGINT) NOT IN (row - 1, row), true))" for cell in cells
    )
    listed = ", ".join(cells)
    rows = session.rows(
        f"SELECT * FROM (SELECT row_number() OVER () AS row, {listed} FROM {source}) WHERE {filled} ORDER BY row LIMIT 1"
    )
    for row, *found in rows:
        _check_unnamed(export, int(str(row)), dict(zip(export.unnamed, found, strict=True)))


def _check_unnamed(export: Export, row: int, cells: Mapping[int, Value]) -> None:
    """Raise ItsmctlError where one of the cells that stand in columns without a name is filled; programs that write tables
    number the rows there, from 0 or 1, and that is no loss.
    """
    for place, cell in cells.items():
        if cell is not None and str(cell).strip(" ") not in ("", str(row - 1), str(row)):
            template = (
                "column {position} of the header has no name, and here stands {value!r}; name the column, or empty it"
            )
            values = {"position": place + 1, "value": str(cell)[:_SHOWN]}
            where = Where(export.shown, row=export.header_row + row, column_name=str(place + 1))
            raise ItsmctlError(Problem("empty-column-name", template, where, values))


def _number_rows(session: Session, number: int) -> int:
    """Number the rows of a file by their place, and return how many there are.

    RAW keeps rows in the order of the file. Counting them while they are read would keep all processors but one from it.
    """
    rows, first, last = session.one(f"SELECT count(*), min(rowid), max(rowid) FROM {RAW} WHERE file = {number}")
    if not rows:
        return 0
    start, count = int(str(first)), int(str(rows))
    assert int(str(last)) - start + 1 == count
    session.run(f"UPDATE {RAW} SET row = rowid - {start} + 1 WHERE file = {number}")
    return count


@dataclass(frozen=True)
class _Unreadable:
    """The text of a row that is not valid CSV, and why."""

    text: str
    reason: str


def _records(lines: Iterator[str], delimiter: str) -> Iterator[list[str] | _Unreadable]:
    """Yield each record as its cells, or as bad text; blank lines are none."""
    yield from (cells for _, cells in _every_record(lines, delimiter) if cells)


def _every_record(lines: Iterator[str], delimiter: str) -> Iterator[tuple[str, list[str] | _Unreadable]]:
    """Yield each record, blank lines too, with its text; after an unclosed quote reading resumes on the next line."""
    waiting: deque[str] = deque()
    while True:
        taken: list[str] = []
        feed = _feed(lines, waiting, taken)
        try:
            cells = next(csv.reader(feed, delimiter=delimiter, strict=True), None)
        except csv.Error:
            yield (
                taken[0],
                _Unreadable(taken[0], "row-too-long" if len(taken[0]) > MAX_ROW else "unbalanced-quotes"),
            )
            waiting.extendleft(reversed(taken[1:]))
            continue
        if cells is None:
            return
        text = "".join(taken)
        if len(text) > MAX_ROW:
            yield text, _Unreadable(text, "row-too-long")
        elif "\0" in text or MARK in text:
            yield text, _Unreadable(text, "nul-byte" if "\0" in text else "bad-encoding")
        else:
            yield text, cells


def _feed(lines: Iterator[str], waiting: deque[str], taken: list[str]) -> Iterator[str]:
    """Hand out lines, first those handed back, until a record has become too long; remember them in `taken`."""
    size = 0
    while size <= MAX_ROW:
        line = waiting.popleft() if waiting else next(lines, None)
        if line is None:
            return
        taken.append(line)
        size += len(line)
        yield line
    raise csv.Error("row too long")


def _sort_out(export: Export, good: Path, bad: Path) -> int:
    """Write the readable rows, numbered, to one clean CSV file and the others with their reason to another."""
    row = 0
    with (
        good.open("w", encoding="utf-8", newline="") as good_file,
        bad.open("w", encoding="utf-8", newline="") as bad_file,
    ):
        keep = csv.writer(good_file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        drop = csv.writer(bad_file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        keep.writerow(["row", *(f"c{place}" for place in _named(export))])
        drop.writerow(["row", "value", "reason"])
        for row, record in _sorted_rows(export):
            if isinstance(record, _Unreadable):
                drop.writerow([row, record.text, record.reason])
            else:
                keep.writerow([row, *record])
    return row


def _named(export: Export) -> list[int]:
    """The places of the columns that have a name."""
    width = len(export.columns) + len(export.unnamed)
    return [place for place in range(width) if place not in export.unnamed]


def _sorted_rows(export: Export) -> Iterator[tuple[int, list[str] | _Unreadable]]:
    """Each row by its number: the cells of the columns that have a name, or why it cannot be read."""
    width = len(export.columns) + len(export.unnamed)
    named = _named(export)
    least = named[-1] + 1
    with export.path.open(encoding=export.written_as, errors="itsmctl-mark", newline="") as text:
        records = _records(cut_lines(text, 2 * MAX_ROW), export.delimiter)
        for row, record in enumerate(islice(records, 1, None), 1):
            if isinstance(record, _Unreadable):
                yield row, _Unreadable(_printable(record.text), record.reason)
                continue
            if len(record) == width + 1 and not record[-1]:
                record.pop()  # a delimiter at the end of the line, which DuckDB also lets pass
            if least <= len(record) < width:
                record += [""] * (width - len(record))  # Excel ends rows early where nothing stands behind them
            if len(record) == width:
                _check_unnamed(export, row, {place: record[place] for place in export.unnamed})
                yield row, [composed(record[place]) for place in named]
            else:
                text_of_row = export.delimiter.join(record)[:KEPT_TEXT]
                yield row, _Unreadable(text_of_row, "too-few-cells" if len(record) < width else "too-many-cells")


def _printable(text: str) -> str:
    return (
        text[:KEPT_TEXT].rstrip("\r\n").replace("\0", "\N{SYMBOL FOR NULL}").replace(MARK, "\N{REPLACEMENT CHARACTER}")
    )


def _head(text: TextFile) -> list[str]:
    with text.path.open(encoding=text.encoding, errors="itsmctl-mark", newline="") as stream:
        head = stream.read(_HEAD)
    lines = list(StringIO(head.removeprefix("\ufeff"), newline=""))
    return lines[:-1] if len(head) == _HEAD and len(lines) > 1 else lines


def _delimiter(head: Iterable[str]) -> str:
    """The delimiter that gives the first rows most often as many cells as the header; in a tie, more cells."""
    lines = list(head)
    return max(DELIMITERS, key=lambda delimiter: _fit(lines, delimiter))


def _fit(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    """Which share of the first rows has as many cells as the header, and how many that are."""
    rows = [row.cells for row in islice(_rows(lines, delimiter), 50)]
    width = len(rows[0]) if rows else 0
    same = sum(len(cells) == width for cells in rows)
    return (same / len(rows) if width > 1 else 0.0), width


def _fits(head: Sequence[str], delimiter: str) -> bool:
    """Whether most rows have as many cells as the first."""
    first, *others = [len(row.cells) for row in islice(_rows(head, delimiter), 20)] or [0]
    return 2 * others.count(first) >= len(others)


def _rows(head: Iterable[str], delimiter: str) -> Iterator[Row[str]]:
    """The rows that can be read and are not blank, by their numbers."""
    for number, (_, cells) in enumerate(_every_record(iter(head), delimiter), 1):
        if cells and not isinstance(cells, _Unreadable):
            yield Row(number, cells)


def _header(cells: Sequence[str], shown: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The names of the columns, and the places of those that have none; raises ItsmctlError where none has any."""
    if len(cells) > MAX_COLUMNS:
        raise too_many_columns(shown)
    names = [composed(cell.strip()) for cell in cells]
    if len(names) > 1 and not names[-1] and all(names[:-1]):
        names.pop()  # some tools end every line with a delimiter
    if not any(names):
        raise _error("no-header", "the first row is not a readable header", shown)
    return numbered([name for name in names if name]), tuple(i for i, name in enumerate(names) if not name)


def _error(code: str, template: str, shown: str) -> ItsmctlError:
    return ItsmctlError(Problem(code, template, Where(shown)))

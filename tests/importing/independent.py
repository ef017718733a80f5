"""A second reader of the awkward exports, of the standard library alone and never of itsmctl: what must come of each row.

It knows nothing of mappings: what a tool calls its columns, and how it writes moments, is said anew beside each file.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

Row = dict[str, str]


@dataclass(frozen=True)
class Columns:
    """What a file calls the columns that are looked at; `state` may be two that are joined, `rows` is where its rows lie."""

    id: str
    title: str = ""
    state: str = ""
    opened: str = ""
    when: str = "%Y-%m-%d %H:%M:%S"
    recorded: str = ""
    at: str = ""
    """The moment of each row, where a record has several."""
    order: str = ""
    """The number of each of them, whatever their order in the file: the last says how the record ended."""
    rows: str = ""
    delimiter: str = ","
    part: str = ""
    """What the file's name has after it where it holds several tables."""
    records: bool = True
    """Whether rows are records, and not about those of another file."""


@dataclass(frozen=True)
class Derived:
    """What must become of a file."""

    rejects: list[tuple[int, str]]
    records: dict[str, tuple[str, str, str]]
    """By id: title, state and when it was opened, in UTC."""


def derive(file: Path, columns: Columns, zone: str) -> Derived:
    """What must become of each row, by the rules in words: docs/how-to/your-own-export.md."""
    rejects: list[tuple[int, str]] = []
    records: dict[str, tuple[str, str, str]] = {}
    seen: dict[str, Row] = {}
    for number, row in enumerate(read(file, columns), 1):
        key = re.sub(r"(?<=\d) (?=\d)", "", row.get(columns.id, ""))
        if not all(map(encodes, row.values())):
            rejects.append((number, "bad-encoding"))
        elif not key:
            rejects.append((number, "no-record-id"))
        elif columns.records and not columns.at and key in seen:
            rejects += [(number, "duplicate-id")] if row != seen[key] else []
            looked_at = ([columns.title], columns.state.split("/"), [columns.opened])
            alike = [all(row.get(name) == seen[key].get(name) for name in names) for names in looked_at]
            title, state, opened = (cell if same else "" for cell, same in zip(records[key], alike, strict=True))
            records[key] = title, state, opened
        else:
            moments = {
                name: utc(row[name], columns.when, zone)
                for name in (columns.opened, columns.recorded, columns.at)
                if name
            }
            rejects += [(number, "bad-time") for name, moment in moments.items() if moment is None and row[name]]
            state = "/".join(row.get(name, "") for name in columns.state.split("/"))
            opened = moments.get(columns.opened or columns.at) or ""
            last = seen.get(key, row)
            if not columns.order or int(row[columns.order]) >= int(last[columns.order]):
                records[key] = (row.get(columns.title, ""), state, records.get(key, ("", "", opened))[2])
                seen[key] = row
    return Derived(rejects, records if columns.records else {})


def encodes(text: str) -> bool:
    """Whether every character is one; bytes of no encoding, and halves of a character, are none."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def utc(text: str, when: str, zone: str) -> str | None:
    """A moment in UTC; None where there is no such day."""
    try:
        if when == "epoch-ms":
            moment = datetime.fromtimestamp(int(text) / 1000, UTC)
        elif when == "iso":
            moment = datetime.fromisoformat(text)
        else:
            moment = datetime.strptime(text, when)  # noqa: DTZ007 - the zone is put in below
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def read(file: Path, columns: Columns) -> Iterator[Row]:
    """The rows of a file in its order, every cell as text."""
    match file.suffix:
        case ".csv":
            text = file.read_bytes().decode("utf-8-sig", "surrogateescape")
            yield from csv.DictReader(io.StringIO(text, newline=""), delimiter=columns.delimiter)
        case ".jsonl":
            yield from (flat(json.loads(line)) for line in file.read_text("utf-8").splitlines())
        case ".json":
            yield from nested(json.loads(file.read_text("utf-8")), columns.rows.split("."), {})
        case ".xml" | ".xes":
            yield from _xml(ElementTree.parse(file).getroot(), columns)
        case ".xlsx":
            yield from _workbook(file)
        case ".sqlite":
            yield from _database(file, columns)
        case ".parquet":
            import duckdb

            found = duckdb.execute("SELECT * FROM read_parquet(?)", [str(file)])
            names = [str(name) for name, *_ in found.description or ()]
            yield from (dict(zip(names, map(said, row), strict=True)) for row in found.fetchall())


def said(value: Any) -> str:
    """A value as text; nothing is an empty text."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def flat(record: dict[str, Any], before: str = "") -> Row:
    """A record as one row, what lies within it by its path; of a value and what is displayed for it the value."""
    cells: Row = {}
    for name, value in record.items():
        match value:
            case {"value": inner}:
                cells[before + name] = said(inner)
            case dict():
                cells |= flat(value, f"{before}{name}.")
            case list():
                cells |= {one["name"]: said(one["value"]) for one in value if {"name", "value"} <= set(one)}
            case _:
                cells[before + name] = said(value)
    return cells


def nested(value: Any, path: list[str], above: Row) -> Iterator[Row]:
    """The rows at a path of arrays, each with the cells of what they lie in under `^NAME`."""
    for record in value if isinstance(value, list) else [value]:
        if not path or path == [""]:
            yield {**above, **flat(record)}
            continue
        outer = above if "id" not in record else {**above, **{f"^{k}": v for k, v in flat(record).items()}}
        yield from nested(record[path[0]], path[1:], outer)


def _xml(root: ElementTree.Element, columns: Columns) -> Iterator[Row]:
    if root.tag.endswith("}log"):
        for trace in root.findall("{*}trace"):
            of_trace = {f"case:{one.get('key')}": one.get("value", "") for one in trace if one.get("key")}
            for event in trace.findall("{*}event"):
                yield {**of_trace, **{str(one.get("key")): one.get("value", "") for one in event}}
        return
    for record in root.iterfind(columns.rows):
        attributes = {str(one.get("name")): one.text or "" for one in record.iterfind("attributes/attribute")}
        yield {**record.attrib, **{one.tag: one.text or "" for one in record}, **attributes}


def _workbook(file: Path) -> Iterator[Row]:
    with zipfile.ZipFile(file) as archive:
        shared, sheet = (
            ElementTree.fromstring(archive.read(f"xl/{part}.xml")) for part in ("sharedStrings", "worksheets/sheet1")
        )
    texts = ["".join(one.itertext()) for one in shared]
    rows = [
        {re.sub(r"\d", "", cell.get("r", "")): texts[int(cell.findtext("{*}v", "0"))] for cell in row if cell.get("t") == "s"}
        for row in sheet.iterfind("{*}sheetData/{*}row")
    ]  # fmt: skip
    for row in rows[1:]:
        yield {name: row.get(place, "") for place, name in rows[0].items()}


def _database(file: Path, columns: Columns) -> Iterator[Row]:
    with closing(sqlite3.connect(file)) as database:
        database.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        cursor = database.execute(columns.rows)
        names = [name for name, *_ in cursor.description]
        yield from (dict(zip(names, map(said, row), strict=True)) for row in cursor)

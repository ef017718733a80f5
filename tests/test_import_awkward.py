"""Five awkward rows in the export of every tool: a newline in a cell, bad bytes, no id, an id twice, a day that does not exist."""

from __future__ import annotations

import copy
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from importing.mappings import shipped

from itsmctl.engine.session import Session
from itsmctl.importers.importing import import_files
from itsmctl.importers.opening import ImportOptions
from itsmctl.importers.receipt import Receipt
from itsmctl.model import MappingDefinition

EXPORTS = Path(__file__).parent / "importing"
FILES = (
    "freshservice-csv/tickets.csv", "freshservice/tickets.json", "glpi-en/glpi.csv", "glpi-fr/glpi.csv", "glpi-others/de.csv",
    "glpi-others/es.csv", "glpi-others/pt.csv", "glpi-others/zh.csv", "helix/incidents.csv", "itop/changes.csv",
    "itop/requests.xml", "jira-csv/jira.csv", "jira-rest/search.json", "manageengine-csv/requests.csv",
    "manageengine/requests.json", "otrs/tickets.csv", "servicenow-api/incidents.json", "servicenow-list/incident.csv",
    "servicenow-tables/change_request.csv", "servicenow-tables/incident.json", "servicenow-tables/problem.xml",
    "servicenow-tables/sc_req_item.csv", "zammad/tickets.json", "zendesk/tickets.json",
)  # fmt: skip
NEWLINE, BAD = "two\nlines", "\udc80"
"""BAD stands for bytes that are no text: a lone byte in CSV, half a character in JSON; XML can hold neither."""

DAY = re.compile(r"\d{4}-\d\d-\d\d|\d\d?([./-])\d\d?\1\d{4}|\d\d?/\w{3}/\d\d")

Row = dict[str, str]


def rows_of(mapping: MappingDefinition, good: Row) -> list[Row]:
    """The awkward rows, each made of a good one."""

    def column(*names: str) -> str:
        return next(known for name in names for known in mapping.columns.get(name, ()) if known in good)

    key, title, opened = column("record_id"), column("title", "requester", "group"), column("opened_at")
    day = DAY.sub(no_such_day, good[opened]) if DAY.search(good[opened]) else "2026-02-31 10:00:00"
    other = {key: good[key] + "9", **({column("number"): good[key] + "9"} if "number" in mapping.columns else {})}
    return [
        {**good, **other, title: NEWLINE},
        {**good, **{key: other[key] + "8"}, title: BAD},
        {**good, key: "", title: "No id"},
        {**good, title: "Another of this id"},
        {**good, **{key: other[key] + "7"}, opened: day},
    ]


def no_such_day(day: re.Match[str]) -> str:
    """The 31st of February in the form of another day."""
    separator = day[1] or ("/" if "/" in day[0] else "-")
    if re.match(r"\d{4}", day[0]):
        return "2026-02-31"
    return "31/Feb/26" if re.search("[a-z]", day[0]) else separator.join(("31", "02", "2026"))


def into_csv(data: bytes, mapping: MappingDefinition) -> bytes:
    text = data.decode("utf-8-sig")
    head = text.splitlines()[0]
    delimiter = max(",;\t", key=head.count)
    table = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    made = io.StringIO()
    writer = csv.writer(made, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    firsts = {name: place for place, name in reversed(list(enumerate(table[0])))}
    for row in rows_of(mapping, {name: table[1][place] for name, place in firsts.items()}):
        cells = list(table[1])
        for name, place in firsts.items():
            cells[place] = row[name]
        writer.writerow(cells)
    return data.rstrip(b"\r\n") + b"\n" + made.getvalue().encode("utf-8", "surrogateescape")


def into_json(data: bytes, mapping: MappingDefinition) -> bytes:
    document = json.loads(data)
    records = document if isinstance(document, list) else next(v for v in document.values() if isinstance(v, list) and len(v) > 1)  # fmt: skip
    good = records[0]
    flat = {
        name: place for names in mapping.columns.values() for name in names for place in [place_of(good, name)] if place
    }
    row = {name: str(holder(good, place)[place[-1]]) for name, place in flat.items()}
    for awkward in rows_of(mapping, row):
        record = copy.deepcopy(good)
        for name, place in flat.items():
            if awkward[name] != row[name]:
                holder(record, place)[place[-1]] = awkward[name]
        records.append(record)
    return json.dumps(document).encode()


def place_of(record: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Where in a record the column of a name stands, which may lie under `fields`; nowhere is ()."""
    shown = [name.removeprefix("dv_"), "display_value"] if name.startswith("dv_") else ["", ""]
    for path in (shown, name.split("."), ["fields", *name.split(".")], [*name.split("."), "value"]):
        here: Any = record
        for part in path:
            here = here.get(part) if isinstance(here, dict) else None
        if isinstance(here, str | int):
            return tuple(path)
    return ()


def holder(record: Any, place: tuple[str, ...]) -> Any:
    for part in place[:-1]:
        record = record[part]
    return record


def into_xml(data: bytes, mapping: MappingDefinition) -> bytes:
    root = ElementTree.fromstring(data)
    row = {child.tag: child.text or "" for child in root[0]}
    for awkward in rows_of(mapping, row):
        element = copy.deepcopy(root[0])
        for child in element:
            child.text = awkward[child.tag].replace(BAD, "no bad bytes in XML")
        root.append(element)
    return ElementTree.tostring(root)


INTO: dict[str, Callable[[bytes, MappingDefinition], bytes]] = {".csv": into_csv, ".json": into_json, ".xml": into_xml}


def bring(file: Path, case: str, out: Path) -> tuple[Receipt, Counter[str], set[str]]:
    """The receipt of an import, how often each reason for a reject, and all cells of the records."""
    expected = yaml.load((EXPORTS / case / "expected.yaml").read_text("utf-8"), yaml.BaseLoader)
    named = [shipped()[name] for name in expected.get("named", [])]
    # Of a file this small one bad byte leaves the encoding open, unless it is named.
    encoding = "utf-8" if file.suffix == ".csv" else ""
    options = ImportOptions(encoding, date_order=expected.get("date-order", ""))
    receipt = import_files([file], named, shipped(), expected["zone"], out, options=options)
    with Session() as session:
        reasons = session.rows(f"SELECT reason, count(*) FROM '{out / 'reject.parquet'}' GROUP BY reason")
        cells = {str(cell) for row in session.rows(f"SELECT * FROM '{out / 'record.parquet'}'") for cell in row}
    return receipt, Counter({str(reason): int(str(n)) for reason, n in reasons}), cells


@pytest.mark.parametrize("name", FILES)
def test_awkward_rows_are_kept_or_set_aside_with_their_reason(tmp_path: Path, name: str) -> None:
    source = EXPORTS / name
    before, reasons_before, _ = bring(source, source.parent.name, tmp_path / "before")
    mapping = shipped()[before.files[0].mapping]
    awkward = tmp_path / source.name
    awkward.write_bytes(INTO[source.suffix](source.read_bytes(), mapping))
    after, reasons, cells = bring(awkward, source.parent.name, tmp_path / "after")
    bad = source.suffix != ".xml"
    assert after.files[0].rows_read == before.files[0].rows_read + 5
    assert after.records == before.records + (2 if bad else 3)
    assert NEWLINE in cells
    new = reasons - reasons_before
    assert (new["bad-encoding"], new["duplicate-id"], new["bad-time"]) == (1 if bad else 0, 1, 1)
    assert new["no-record-id"] >= 1, "what lies in a record without an id has none either"

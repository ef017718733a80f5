"""Every tool's export in its real shape: what stands in the files, and beside them the canonical rows it must give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from importing.mappings import ROOT, shipped

from itsmctl.engine.session import Session
from itsmctl.importers.importing import import_files
from itsmctl.importers.opening import ImportOptions
from itsmctl.importers.receipt import Receipt, read_receipt

EXPORTS = Path(__file__).parent / "importing"
CASES = sorted(path.parent.name for path in EXPORTS.glob("*/expected.yaml"))
EXPECTED = "expected.yaml"
PAIR = ROOT / ".." / "shared" / "data" / "servicenow-pdi-export-xml-json"

COLUMNS = {
    "events": ("event", ("record_id", "at", "actor", "field", "old", "new")),
    "approvals": ("approval", ("record_id", "approver", "role", "decision", "at")),
    "links": ("link", ("record_id", "type", "target")),
    "rejects": ("reject", ("source_file", "source_row", "record_id", "column", "value", "reason")),
}


def rows(folder: Path, table: str, columns: tuple[str, ...]) -> list[list[Any]]:
    """Rows of a table of a dataset, moments as text in UTC."""
    with Session() as session:
        path = f"read_parquet('{folder / table}.parquet')"
        types = {name: kind for name, kind, *_ in session.rows(f"DESCRIBE SELECT * FROM {path}")}
        shown = (f"strftime(\"{c}\", '%Y-%m-%d %H:%M:%S')" if types[c] == "TIMESTAMP" else f'"{c}"' for c in columns)
        return [list(row) for row in session.rows(f"SELECT {', '.join(shown)} FROM {path}")]


def bring(case: str, out: Path, expected: dict[str, Any]) -> Receipt:
    files = sorted(path for path in (EXPORTS / case).iterdir() if path.name != EXPECTED)
    named = [shipped()[name] for name in expected.get("named", [])]
    options = ImportOptions(date_order=expected.get("date-order", ""))
    return import_files(files, named, shipped(), expected["zone"], out, options=options)


@pytest.mark.parametrize("case", CASES)
def test_an_export_gives_the_rows_beside_it(tmp_path: Path, case: str) -> None:
    expected: dict[str, Any] = yaml.load((EXPORTS / case / EXPECTED).read_text("utf-8"), yaml.BaseLoader)
    receipt = bring(case, tmp_path / "out", expected)
    assert receipt == read_receipt(tmp_path / "out")
    assert {file.name: file.mapping for file in receipt.files} == expected["mappings"]
    assert all(file.rows_read == file.rows_imported + file.rows_rejected for file in receipt.files)
    asked = sorted({column for record in expected["records"] for column in record})
    found = [dict(zip(asked, row, strict=True)) for row in rows(tmp_path / "out", "record", tuple(asked))]
    wanted = [{column: record.get(column, "") for column in asked} for record in expected["records"]]
    assert [{column: text(value) for column, value in record.items()} for record in found] == wanted
    for key, (table, columns) in COLUMNS.items():
        assert [[text(cell) for cell in row] for row in rows(tmp_path / "out", table, columns)] == expected.get(key, [])
    assert sorted({code for code, _ in receipt.warnings}) == sorted(expected.get("warnings", []))


def text(value: Any) -> str:
    """A cell as the expectation writes it; nothing is an empty text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_every_shipped_mapping_has_a_case() -> None:
    used = {
        mapping
        for case in CASES
        for mapping in yaml.load((EXPORTS / case / EXPECTED).read_text("utf-8"), yaml.BaseLoader)["mappings"].values()
    }
    assert set(shipped()) - used <= {"servicenow-audit-log", "xes-vinst"}, "those two have the public logs"


def test_servicenow_xml_and_json_are_the_same_records(tmp_path: Path) -> None:
    if not PAIR.exists():
        pytest.skip("ServiceNow's pair of exports is not here")
    read = []
    for name in ("incident.xml", "incident.json"):
        out = tmp_path / name
        receipt = import_files([PAIR / name], None, shipped(), "UTC", out)
        assert (receipt.mapping, receipt.records, receipt.rejects) == ("servicenow-incident", 70, 0)
        with Session() as session:
            query = "SELECT * EXCLUDE (attributes, source_file, source_row) FROM read_parquet('{}') ORDER BY ALL"
            tables = [session.rows(query.format(out / "record.parquet"))]
            tables.append(session.rows(f"SELECT * FROM read_parquet('{out / 'link.parquet'}')"))
        read.append(tables)
        left = {table.name.partition("#")[2]: table.rows for table in receipt.left_out}
        wanted = {"sys_attachment": 11, "sys_attachment_doc": 456, "sys_journal_field": 84}
        assert left == (wanted if name.endswith("xml") else {})
    assert read[0] == read[1]
    assert len(read[0][0]) == 70

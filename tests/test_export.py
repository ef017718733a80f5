"""A dataset written out as CSV and imported again is the same dataset, row for row, whatever stands in its cells."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from importing.mappings import shipped
from jsonschema import Draft7Validator

from itsmctl.cli import group, run
from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError
from itsmctl.importers.dataset import FILES
from itsmctl.importers.importing import import_files
from itsmctl.importers.plain_tables import read_back, write_out

EXPORTS = Path(__file__).parent / "importing"
TABLES = ("record", "event", "approval", "link", "reject")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All five tables with rows, newlines and quotes among them."""
    files = sorted(path for path in (EXPORTS / "servicenow-tables").iterdir() if path.suffix != ".yaml")
    out = tmp_path_factory.mktemp("made") / "dataset"
    import_files(files, None, shipped(), "UTC", out)
    return out


def rows_of(folder: Path) -> dict[str, object]:
    """Every row of every table in its order, the types of its columns, and the text of the receipt."""
    found: dict[str, object] = {"receipt": (folder / "receipt.json").read_text("utf-8")}
    with Session() as session:
        for table in TABLES:
            query = f"SELECT * FROM read_parquet('{folder / table}.parquet')"
            found[table] = (session.rows(f"DESCRIBE {query}"), session.rows(query))
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    return found


def test_what_is_written_is_what_its_schema_says(dataset: Path, tmp_path: Path) -> None:
    write_out(dataset, tmp_path / "tables")
    for file, name in ((dataset / "receipt.json", "receipt"), (tmp_path / "tables" / "export.json", "export")):
        told = json.loads(file.read_text("utf-8"))
        schema = Draft7Validator(json.loads(CliRunner().invoke(group, ["schema", name]).output))
        schema.validate(told)
        assert not schema.is_valid({**told, "seen": 1}) and not any(schema.is_valid({k: v for k, v in told.items() if k != key}) for key in told)  # fmt: skip


def test_what_is_written_out_comes_back_as_it_was(dataset: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    told = runner.invoke(group, ["export", str(dataset), "-o", str(tmp_path / "tables")])
    assert told.exit_code == 0, told.output
    assert f"itsmctl import {tmp_path / 'tables'} -o" in told.output.replace("\n", " ")
    assert run(["import", str(tmp_path / "tables"), "--zone", "UTC", "-o", str(tmp_path / "again")]) == 2
    again = runner.invoke(group, ["import", str(tmp_path / "tables"), "-o", str(tmp_path / "again"), "-q"])
    assert again.exit_code == 0, again.output
    assert rows_of(tmp_path / "again") == rows_of(dataset)
    with Session() as session:
        for table in TABLES:
            (rows,) = session.one(f"SELECT count(*) FROM '{dataset / table}.parquet'")
            with (tmp_path / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
                assert len(list(csv.DictReader(stream))) == rows, "any program reads it"
            assert int(str(rows)) > 0


CELL = st.none() | st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["", '"', '""', "\r", "\r\n", "\n", "\0", ",", "\\", "NULL", "\ufeff", " x ", "=1+1", "#", "张伟", '{"a": null}']
)  # fmt: skip
MOMENT = st.none() | st.integers(-2_208_988_800, 7_258_118_399).map(
    lambda second: datetime.fromtimestamp(0, UTC).replace(tzinfo=None) + timedelta(seconds=second)
)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(CELL, CELL, MOMENT, st.none() | st.booleans(), st.none() | st.integers(0, 9)), min_size=1, max_size=9
    )
)
def test_any_cells_come_back_as_they_were(dataset: Path, rows: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as name, Session() as session:
        made = Path(name) / "made"
        shutil.copytree(dataset, made)
        first = f"(SELECT * FROM '{dataset / 'record.parquet'}' LIMIT 1)"
        session.run(
            "CREATE TABLE t (title VARCHAR, attributes VARCHAR, opened_at TIMESTAMP, major BOOLEAN, reopen_count BIGINT)"
        )
        session.insert("t", ["title", "attributes", "opened_at", "major", "reopen_count"], rows)
        columns = ("title", "attributes", "opened_at", "major", "reopen_count")
        session.write_parquet(
            f"SELECT r.* REPLACE ({', '.join(f't.{c} AS {c}' for c in columns)}) FROM t, {first} AS r ORDER BY t.rowid",
            made / "record.parquet",
        )
        write_out(made, Path(name) / "tables")
        import_files([Path(name) / "tables"], None, {}, "", Path(name) / "again")
        assert rows_of(Path(name) / "again") == rows_of(made)


def test_a_table_that_is_altered_while_it_is_read_is_refused_too(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_out(dataset, tmp_path / "tables")
    record, made = tmp_path / "tables" / "record.csv", Session.write_parquet

    def alter_first(session: Session, query: str, path: Path) -> int:
        record.write_text(record.read_text("utf-8").replace("new", "old"), encoding="utf-8")
        return made(session, query, path)

    monkeypatch.setattr(Session, "write_parquet", alter_first)
    with pytest.raises(ItsmctlError, match=r"record\.csv: the file changed while it was read"):
        read_back(tmp_path / "tables", tmp_path / "again", "")
    assert not (tmp_path / "again").exists()


def test_an_altered_table_is_refused_and_nothing_is_written(dataset: Path, tmp_path: Path) -> None:
    write_out(dataset, tmp_path / "tables")
    table = tmp_path / "tables" / "event.csv"
    table.write_bytes(table.read_bytes().replace(b"beth", b"anna", 1))
    with pytest.raises(ItsmctlError, match=r"event\.csv: the table was changed .*\[altered-export\]"):
        import_files([tmp_path / "tables"], None, {}, "", tmp_path / "again")
    table.unlink()
    with pytest.raises(ItsmctlError, match=r"\[unreadable-file\]"):
        import_files([tmp_path / "tables"], None, {}, "", tmp_path / "again")
    manifest = tmp_path / "tables" / "export.json"
    manifest.write_text(json.dumps({"format": "itsmctl/export/v1"}), encoding="utf-8")
    with pytest.raises(ItsmctlError, match=r"\[not-a-dataset\]"):
        import_files([tmp_path / "tables"], None, {}, "", tmp_path / "again")
    assert [path.name for path in tmp_path.iterdir()] == ["tables"]
    assert run(["export", str(tmp_path), "-o", str(tmp_path / "x")]) == 2

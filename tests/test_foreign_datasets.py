"""A dataset of another's making is refused where its tables are not what they promise, with the file and the row; never misjudged."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from dataset import write_dataset

from itsmctl import cli
from itsmctl.audit import AuditOptions, audit
from itsmctl.definitions import load
from itsmctl.errors import ItsmctlError

ROOT = Path(__file__).parent.parent
STATES = ("new", "in-progress", "resolved", "closed")


def _dataset(folder: Path) -> Path:
    records = [
        {"record_id": f"A{n}", "number": f"N{n}", "opened_at": "2026-03-02T08:00:00Z", "state": "closed", "reopen_count": 0, "major": False}
        for n in range(1, 4)
    ]  # fmt: skip
    events = [
        [f"A{n}", f"2026-03-02T{8 + place:02}:00:00Z", "state", before, after]
        for n in range(1, 4)
        for place, (before, after) in enumerate(zip((None, *STATES), STATES, strict=False))
    ]
    approvals = [{"record_id": "A1", "approver": "Li", "decision": "approved", "at": "2026-03-02T08:00:00Z"}]
    links = [{"record_id": "A1", "type": "problem", "target": "P1"}]
    return write_dataset(folder, records, events, approvals=approvals, links=links)


def _rewrite(dataset: Path, table: str, columns: dict[str, str], more: str = "") -> None:
    """Write a table again, with expressions for some of its columns and perhaps more rows."""
    path = dataset / f"{table}.parquet"
    with duckdb.connect() as connection:
        names = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()]
        assert set(columns) <= set(names)
        told = ", ".join(f'{columns[c]} AS "{c}"' if c in columns else f'"{c}"' for c in names)
        query = f"SELECT {told} FROM '{path}'{more.format(path=path)}"
        connection.execute(f"COPY ({query}) TO '{path}.new' (FORMAT parquet)")
    Path(f"{path}.new").replace(path)


def _judged(dataset: Path) -> str:
    """What an audit says of the dataset: what is wrong with it, or ''."""
    try:
        audit(load(ROOT), dataset, AuditOptions(rules=("INC-02",), as_of="2026-06-30T00:00:00Z", threads=1))
    except ItsmctlError as error:
        (problem,) = error.problems
        assert problem.code == "not-a-dataset"
        return str(problem).removeprefix(f"{dataset}/")
    return ""


@pytest.mark.parametrize(
    ("table", "column", "value", "says"),
    [
        ("event", "at", """CASE WHEN seq = 2 AND record_id = 'A2' THEN NULL ELSE "at" END""", "event.parquet: row 6, column at: at must not be empty; what cannot be read belongs into reject.parquet"),
        ("event", "seq", "CASE WHEN seq = 2 AND record_id = 'A2' THEN NULL ELSE seq END", "event.parquet: row 6, column seq: seq must not be empty"),
        ("event", "seq", "seq - 1", "event.parquet: row 1, column seq: the changes of a record are numbered from 1"),
        ("event", "seq", "CASE WHEN seq = 3 AND record_id = 'A2' THEN 2 ELSE seq END", "event.parquet: row 7, column seq: an earlier row has the number 2 of the record A2, too"),
        ("event", "field", "CASE WHEN seq = 3 THEN NULL ELSE field END", "event.parquet: row 3, column field: field must not be empty"),
        ("event", "record_id", "CASE WHEN record_id = 'A3' THEN NULL ELSE record_id END", "event.parquet: row 9, column record_id: record_id must not be empty"),
        ("event", "at", """CAST("at" AS VARCHAR)""", "event.parquet: the column at is of the type VARCHAR, and must be of TIMESTAMP"),
        ("event", "seq", "CAST(seq AS VARCHAR)", "event.parquet: the column seq is of the type VARCHAR, and must be of BIGINT"),
        ("record", "record_id", "CASE WHEN record_id = 'A2' THEN NULL ELSE record_id END", "record.parquet: row 2, column record_id: record_id must not be empty"),
        ("record", "record_id", "CASE WHEN record_id = 'A2' THEN '' ELSE record_id END", "record.parquet: row 2, column record_id: record_id must not be empty"),
        ("record", "process", "CASE WHEN record_id = 'A2' THEN NULL ELSE process END", "record.parquet: row 2, column process: process must not be empty"),
        ("record", "opened_at", "CAST(opened_at AS VARCHAR)", "record.parquet: the column opened_at is of the type VARCHAR, and must be of TIMESTAMP"),
        ("record", "opened_at", "CAST(opened_at AS DATE)", "record.parquet: the column opened_at is of the type DATE, and must be of TIMESTAMP"),
        ("record", "number", "12", "record.parquet: the column number is of the type INTEGER, and must be of VARCHAR"),
        ("record", "reopen_count", "0.5", "record.parquet: the column reopen_count is of the type DECIMAL(2,1), and must be of BIGINT"),
        ("record", "major", "'no'", "record.parquet: the column major is of the type VARCHAR, and must be of BOOLEAN"),
        ("record", "source_row", "'a'", "record.parquet: the column source_row is of the type VARCHAR, and must be of BIGINT"),
        ("approval", "at", "'yesterday'", "approval.parquet: the column at is of the type VARCHAR, and must be of TIMESTAMP"),
        ("approval", "record_id", "CAST(NULL AS VARCHAR)", "approval.parquet: row 1, column record_id: record_id must not be empty"),
        ("link", "record_id", "CAST(NULL AS VARCHAR)", "link.parquet: row 1, column record_id: record_id must not be empty"),
    ],
)  # fmt: skip
def test_what_a_table_does_not_promise_is_refused(
    table: str, column: str, value: str, says: str, tmp_path: Path
) -> None:
    dataset = _dataset(tmp_path / "dataset")
    assert _judged(dataset) == ""
    _rewrite(dataset, table, {column: value})
    assert _judged(dataset).startswith(says)


def test_a_table_of_another_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    dataset = _dataset(tmp_path / "dataset")
    path = dataset / "reject.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * EXCLUDE number FROM '{path}') TO '{path}.new' (FORMAT parquet)")
    Path(f"{path}.new").replace(path)
    assert _judged(dataset) == (
        "reject.parquet: there is no column number: another version or another program wrote the table; "
        "import the export again [not-a-dataset]"
    )


def test_an_id_that_two_records_share_is_refused_and_named_with_its_second_row(tmp_path: Path) -> None:
    dataset = _dataset(tmp_path / "dataset")
    _rewrite(dataset, "record", {}, " UNION ALL SELECT * FROM '{path}' WHERE record_id = 'A2'")
    assert _judged(dataset).startswith("record.parquet: row 4, column record_id: an earlier row has the id A2, too")


def test_the_place_in_a_table_of_several_files_is_that_in_its_own_file(tmp_path: Path) -> None:
    dataset = _dataset(tmp_path / "dataset")
    whole = dataset / "event.parquet"
    whole.rename(tmp_path / "whole.parquet")
    whole.mkdir()
    with duckdb.connect() as connection:
        for n in range(1, 4):
            rows = f"SELECT * FROM '{tmp_path / 'whole.parquet'}' WHERE record_id = 'A{n}'"
            connection.execute(f"COPY ({rows}) TO '{whole / f'part-{n}.parquet'}' (FORMAT parquet)")
    assert _judged(dataset) == ""
    _rewrite(whole, "part-2", {"at": 'CASE WHEN seq = 3 THEN NULL ELSE "at" END'})
    assert _judged(dataset).startswith("event.parquet/part-2.parquet: row 3, column at: at must not be empty")


@pytest.mark.parametrize("kind", ["TIMESTAMPTZ", "TIMESTAMP_NS", "TIMESTAMP_MS"])
def test_other_kinds_of_moments_and_rows_in_another_order_are_judged_alike(kind: str, tmp_path: Path) -> None:
    plain, other = _dataset(tmp_path / "plain"), _dataset(tmp_path / "other")
    _rewrite(
        other, "event", {"at": f'CAST("at" AS {kind})', "seq": "CAST(seq AS INTEGER)"}, " ORDER BY seq DESC, record_id"
    )
    _rewrite(other, "record", {"opened_at": f"CAST(opened_at AS {kind})"}, " ORDER BY record_id DESC")
    options = AuditOptions(rules=("INC-*",), as_of="2026-06-30T00:00:00Z", threads=1, all_verdicts=True)
    for dataset in (plain, other):
        audit(load(ROOT), dataset, options, verdicts=dataset / "verdicts.parquet")
    assert (plain / "verdicts.parquet").read_bytes() == (other / "verdicts.parquet").read_bytes()


def test_a_dataset_without_records_or_without_changes_reads_as_nothing_that_is_clean(tmp_path: Path) -> None:
    without_changes, empty = _dataset(tmp_path / "without-changes"), _dataset(tmp_path / "empty")
    _rewrite(without_changes, "event", {}, " WHERE false")
    (result,) = audit(load(ROOT), without_changes, AuditOptions(rules=("INC-02",), threads=1)).rules
    assert (result.outcome, result.not_testable, result.reasons) == ("not_testable", 3, (("no-history:state", 3),))
    _rewrite(empty, "record", {}, " WHERE false")
    with pytest.raises(ItsmctlError, match=r"\[no-records\]"):
        audit(load(ROOT), empty, AuditOptions(rules=("INC-02",), threads=1))


def test_the_command_line_cannot_answer_and_says_it_in_both_languages(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    dataset = _dataset(tmp_path / "dataset")
    _rewrite(dataset, "event", {"at": "CAST(NULL AS TIMESTAMP)"})
    for language, words in (
        ("en", "event.parquet: row 1, column at: at must not be empty"),
        ("zh", "at 不能为空"),
    ):
        code = cli.run(["audit", "--tickets", str(dataset), "--root", str(ROOT), "--lang", language])
        assert (code, words in capfd.readouterr().err) == (2, True)

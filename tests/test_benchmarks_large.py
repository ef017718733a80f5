"""The large benchmark: copies have ids of their own, and other programs reach the same verdicts, row for row."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from benches import BENCHMARKS, bench
from click.testing import CliRunner

from itsmctl.cli import group
from itsmctl.definitions import load
from itsmctl.generate import ZONE, generate
from itsmctl.importers.importing import import_files
from itsmctl.reference import reference_root

measure, many = bench("measure"), bench("many")
bench("pages")
agreeing, peering = bench("agreeing"), bench("peering")
for name in ("mutations", "organisation"):
    bench(name)
run, large = bench("run"), bench("large")
RECORDS, COPIES = 150, 2


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated history, as a dataset folder; of some incidents nobody translates the state in which they are worked on."""
    folder = tmp_path_factory.mktemp("imported")
    definitions = load(reference_root())
    truth = generate(definitions, RECORDS, 1, folder / "export")
    incidents = folder / "export" / "incidents.csv"
    told = incidents.read_text("utf-8")
    incidents.write_text(re.sub(r"(?m)^(INC\d*[05]),Active,", r"\1,-100,", told), "utf-8")
    files = [folder / "export" / name for name in truth.rows]
    import_files(files, None, definitions.mappings, ZONE, folder / "once")
    return folder / "once"


@pytest.fixture(scope="module", params=["whole", "lean"])
def history(imported: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder with that history or its changes alone, its copies as a dataset and as CSV, and the verdicts by the shared rules."""
    folder = tmp_path_factory.mktemp("large")
    if request.param == "whole":
        shutil.copytree(imported, folder / "once")
    else:
        many.lean(imported, folder / "once")
    many.lay_out(folder / "once", folder / "dataset", COPIES)
    many.write_tables(folder / "dataset", folder / "tables")
    chosen = [word for rule in ("BEN-0*", "BEN-1*", "BEN-20") for word in ("--rule", rule)]
    place = [
        "--root",
        str(BENCHMARKS / "definitions"),
        "--tickets",
        str(folder / "dataset"),
        "-o",
        str(folder / "result"),
    ]
    ran = CliRunner().invoke(group, ["audit", *chosen, *place, "-q"])
    assert (folder / "result" / "verdicts.parquet").is_file(), ran.output
    return folder


def asked(query: str, *paths: Path) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(query, [str(path) for path in paths]).fetchall()


def test_every_copy_has_ids_of_its_own(history: Path) -> None:
    for table in ("record", "event", "approval", "link"):
        both = [asked("SELECT count(*), count(DISTINCT record_id) FROM read_parquet(?)", history / folder / f"{table}.parquet")[0]
                for folder in ("once", "dataset")]  # fmt: skip
        assert both[1] == tuple(COPIES * int(str(number)) for number in both[0])


def test_references_stay_within_their_copy(history: Path) -> None:
    query = """SELECT count(*) FROM read_parquet(?) AS r JOIN read_parquet(?) AS p ON p.record_id = r.problem"""
    solved = {name: asked(query, *[history / name / "record.parquet"] * 2)[0][0] for name in ("once", "dataset")}
    assert solved["once"] and solved["dataset"] == COPIES * int(str(solved["once"]))
    items = asked("SELECT count(DISTINCT ci), count(ci) FROM read_parquet(?)", history / "dataset" / "record.parquet")
    once = asked("SELECT count(DISTINCT ci), count(ci) FROM read_parquet(?)", history / "once" / "record.parquet")
    assert items == [tuple(COPIES * int(str(number)) for number in once[0])]


@pytest.mark.parametrize("peer", peering.PEERS, ids=lambda peer: peer.name)
def test_other_programs_fail_the_same_records(history: Path, peer: object) -> None:
    if peer.missing:  # type: ignore[attr-defined]
        pytest.skip(f"{', '.join(peer.missing)} is not installed")  # type: ignore[attr-defined]
    as_of = many.read(history / "dataset", history / "tables").as_of
    written = history / f"{peer.script}.csv"  # type: ignore[attr-defined]
    subprocess.run(peer.command(history / "tables", written, as_of), check=True, cwd=history)  # type: ignore[attr-defined]
    difference = agreeing.compare(peer.name, peer.rules, history / "result", written)  # type: ignore[attr-defined]
    assert difference.lines() == []
    assert difference.shared > 0
    rows = written.read_text("utf-8").splitlines(keepends=True)
    (history / "less.csv").write_text("".join([*rows[1:], f"{peer.rules[-1]},INC1\n"]), "utf-8")
    rule, record = rows[0].strip().split(",")
    wrong = agreeing.compare("peer", peer.rules, history / "result", history / "less.csv")  # type: ignore[attr-defined]
    assert wrong.lines() == [
        f"peer: only itsmctl fails {record} by {rule}",
        f"peer: only peer fails INC1 by {peer.rules[-1]}",
    ]


def test_a_lean_history_tells_changes_alone(imported: Path, tmp_path: Path) -> None:
    lean = many.lean(imported, tmp_path / "lean")
    query = """SELECT field, old IS NULL AS first, count(*) FROM read_parquet(?) GROUP BY ALL"""
    before, after = (
        {(field, first): rows for field, first, rows in asked(query, folder / "event.parquet")}
        for folder in (imported, lean)
    )
    gone = {key for key in before if key[1] and key[0] not in ("state", "priority")}
    assert gone and after == {key: rows for key, rows in before.items() if key not in gone}
    numbers = asked("SELECT count(*), max(seq) FROM read_parquet(?) GROUP BY record_id", lean / "event.parquet")
    assert all(rows == last for rows, last in numbers)
    assert json.loads((lean / "receipt.json").read_text("utf-8"))["events"] == sum(after.values())


def test_the_history_of_a_record_stands_together_in_the_tables(imported: Path, tmp_path: Path) -> None:
    shutil.copytree(imported, tmp_path / "dataset")
    rows = f"SELECT * FROM read_parquet('{imported / 'event.parquet'}')"
    asked(f"COPY ({rows} ORDER BY seq DESC) TO '{tmp_path / 'dataset' / 'event.parquet'}' (FORMAT parquet)")
    many.write_tables(tmp_path / "dataset", tmp_path / "tables")
    lines = (tmp_path / "tables" / "event.csv").read_text("utf-8").splitlines()[1:]
    ids = [(record, int(number)) for record, number, _ in (line.split(",", 2) for line in lines)]
    assert ids == sorted(ids) and len(ids) > RECORDS


def test_the_floor_reads_every_row(history: Path) -> None:
    command = [sys.executable, str(BENCHMARKS / "floor_tables.py"), str(history / "dataset"), str(history / "tables")]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = sum(
        int(str(asked("SELECT count(*) FROM read_parquet(?)", history / "dataset" / f"{table}.parquet")[0][0]))
        for table in ("record", "event", "approval", "link")
    )
    assert told.stdout == f"{rows}\n"


def test_the_rules_more_are_of_the_families_of_the_core() -> None:
    rules = load(reference_root()).rules
    families = {rules[rule].check for rule in run.CORE}
    assert len(set(large.TEN_MORE) - set(run.CORE)) == len(large.TEN_MORE) == 10
    assert {rule: rules[rule].process for rule in large.TEN_MORE} == dict.fromkeys(large.TEN_MORE, "incident")
    assert {rules[rule].check for rule in large.TEN_MORE} <= families


def test_what_one_more_rule_adds_is_a_tenth_of_what_ten_add() -> None:
    names = (large.TWENTY_RULES, large.THIRTY_RULES)
    samples = {
        name: [measure.Sample(1.0, seconds, 0) for seconds in some]
        for name, some in zip(names, ([10.0, 20.0, 30.0], [24.0, 22.0, 90.0]), strict=True)
    }
    assert large.one_more(samples) == pytest.approx(0.02)


def test_what_an_audit_spills_is_seen_in_the_folder_that_it_claims_for_itself(tmp_path: Path) -> None:
    """Nothing was told as spilled, as the files lie in a folder of the process."""
    with bench("limited").watched(tmp_path) as seen:
        (tmp_path / "claimed.partial").mkdir()
        (tmp_path / "claimed.partial" / "rows.tmp").write_bytes(b"x" * 2**20)
        until = time.monotonic() + 20
        while max(seen) < 2**20 and time.monotonic() < until:
            time.sleep(0.1)
    assert max(seen) >= 2**20


@pytest.mark.parametrize(("limit", "code", "told"), [("300MB", 0, "pass"), ("90MiB", 1, "FAIL")])
def test_a_limited_audit_is_held_to_its_limit_and_to_the_verdicts_without_one(limit: str, code: int, told: str) -> None:
    few = ["--records", "150", "--once", "75", "--rule", "DQ-0*", "--memory-limit", limit]
    ran = subprocess.run([sys.executable, str(BENCHMARKS / "limited.py"), *few], capture_output=True, text=True)
    assert ran.returncode == code, ran.stderr
    assert f"{told}  at most {limit}\n" in ran.stdout and "pass  the same verdicts\n" in ran.stdout

"""Pieces of work in lanes: each has names of its own, answers come in order, and the first one named that fails tells why."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from itsmctl.cli import group
from itsmctl.engine.lanes import in_lanes
from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError, Problem


def counted(lane: Session, number: int) -> int:
    lane.run(f"CREATE TABLE own AS SELECT range AS n FROM range({number})")
    lane.run(f"CREATE TABLE main.kept_{number} AS SELECT * FROM own")
    (count,) = lane.one("SELECT count(*) FROM own")
    return int(str(count))


def refused(lane: Session, number: int) -> int:
    raise ItsmctlError(Problem(f"refused-{number}", "no"))


@pytest.mark.parametrize("threads", [1, 2])
def test_answers_come_in_order_and_only_what_is_shared_stays(threads: int) -> None:
    numbers = [3, 50, 7, 20, 1]
    with Session(threads=threads) as session:
        works = [partial(counted, number=number) for number in numbers]
        assert in_lanes(session, works, numbers) == numbers
        tables = session.rows("SELECT table_name FROM duckdb_tables() ORDER BY table_name")
        assert tables == [(name,) for name in sorted(f"kept_{number}" for number in numbers)]
        assert session.one("SELECT current_setting('threads')") == (threads,)


@pytest.mark.parametrize("sizes", [[1, 2, 3, 4], [4, 3, 2, 1]])
def test_the_first_that_fails_tells_why(sizes: list[int]) -> None:
    works = [partial(counted, number=0), *(partial(refused, number=number) for number in (1, 2, 3))]
    with Session(threads=2) as session, pytest.raises(ItsmctlError) as error:
        in_lanes(session, works, sizes)
    assert [problem.code for problem in error.value.problems] == ["refused-1"]


def test_files_that_repeat_ids_are_imported_in_one_lane_after_another(tmp_path: Path) -> None:
    """Three mappings, so that one lane reads two of them: what was noted of the first file's ids is gone by then."""
    paths = []
    for letter in "abc":
        mapping = tmp_path / f"m-{letter}.yaml"
        mapping.write_text(_MAPPING.format(letter=letter, upper=letter.upper()), encoding="utf-8")
        export = tmp_path / f"{letter}.csv"
        rows = [f"{letter}1,2026-01-01 10:00,x", f"{letter}2,2026-01-02 10:00,y", f"{letter}1,2026-01-01 10:00,z"]
        export.write_text("\n".join([f"Ticket{letter.upper()},Reported{letter.upper()},Title", *rows, ""]), "utf-8")
        paths += [str(export), "--mapping", str(mapping)]
    outcome = CliRunner().invoke(group, ["import", *paths, "-q", "-o", str(tmp_path / "dataset")])
    assert outcome.exit_code == 0, outcome.output
    receipt = json.loads((tmp_path / "dataset" / "receipt.json").read_text("utf-8"))
    assert (receipt["records"], receipt["rejects"]) == (6, 6), "the later row, and the title that it tells otherwise"


_MAPPING = """kind: mapping
id: m-{letter}
title: {{en: m {letter}, zh: m {letter}}}
tool: T
format: csv
shape: records
process: incident
recognise: [Ticket{upper}, Reported{upper}]
missing: [""]
time-formats: ["yyyy-MM-dd HH:mm"]
zone: UTC
columns: {{record_id: Ticket{upper}, opened_at: Reported{upper}, title: Title}}
"""

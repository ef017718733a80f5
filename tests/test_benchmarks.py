"""The benchmark harness measures what it says, on a handful of generated tickets."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from benches import bench
from importing.mappings import mapping

from itsmctl.definitions import load, validate
from itsmctl.importers.importing import import_files
from itsmctl.reference import reference_root

measure = bench("measure")
bench("pages")
mutations, organisation = bench("mutations"), bench("organisation")
run = bench("run")
floor = bench("floor")
for name in ("growing_files", "growing_servers", "reading", "workbooks"):
    bench(name)
growing = bench("growing")
truth = bench("truth")


def python(code: str, **more: object) -> object:
    return measure.Task("task", (sys.executable, "-c", code), **more)


def test_a_run_knows_its_time_and_its_peak() -> None:
    sample = measure.run(python("import time; x = bytearray(80_000_000); time.sleep(0.2)"))
    assert 0.2 <= sample.seconds < 30
    assert sample.peak > 80_000_000
    assert sample.processor < sample.seconds + 1


def test_the_peak_is_that_of_one_process_alone() -> None:
    # From a process of its own: a child's peak is never below what its parent held when it forked.
    code = """
import sys
import measure
task = lambda code: measure.Task("python", (sys.executable, "-c", code))
large, small = measure.run(task("x = bytearray(200_000_000)")), measure.run(task("pass"))
print(small.peak < large.peak / 2)
"""
    folder = Path(measure.__file__).parent
    told = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert told.stdout == "True\n"


def test_findings_are_a_success_only_where_that_is_said() -> None:
    assert measure.run(python("raise SystemExit(1)", codes=(0, 1))).seconds > 0
    with pytest.raises(RuntimeError, match="ended with 1:\nwhat was wrong"):
        measure.run(python("raise SystemExit('what was wrong')"))


def test_runs_are_interleaved_and_the_warm_up_is_left_out(tmp_path: Path) -> None:
    log, made = tmp_path / "log", tmp_path / "made"
    tasks = [
        measure.Task(name, (sys.executable, "-c", f"open({str(log)!r}, 'a').write({name!r}); open({str(made)!r}, 'x')"), (made,))
        for name in ("a", "b")
    ]  # fmt: skip
    samples = measure.interleaved(tasks, 2)
    assert log.read_text("utf-8") == "ababab"
    assert {name: len(some) for name, some in samples.items()} == {"a": 2, "b": 2}


def test_ratios_are_taken_within_each_round() -> None:
    def samples(*seconds: float) -> list[object]:
        return [measure.Sample(value, value, 1) for value in seconds]

    assert measure.ratio((samples(2, 40, 2), samples(2, 40, 4)), samples(1, 20, 1)) == 4
    assert measure.median(samples(3, 1, 2)) == 2


def test_a_limit_that_is_not_kept_is_said_so() -> None:
    sample = measure.Sample(1.0, 1.0, 10)
    slow = measure.Sample(4.0, 4.0, 2**31)
    names = ("floor", "import csv", "import zip", "audit", "audit by the first rules", "audit by the rules about incidents", "audit of the zip", "audit of 10,000 tickets of the csv", "evidence build", "validate",
             "validate many", "validate one of many", "help")  # fmt: skip
    samples = {name: [slow if name == "audit" else sample] for name in names}
    found = {limit.what: limit.kept for limit in run.limits(samples)}
    assert found["import + audit by the first rules"] is True
    assert found["peak memory of each"] is False
    assert found["itsmctl --help"] is False
    assert "FAIL  peak memory of each" in run.terminal(samples, run.limits(samples))


def test_the_whole_harness_on_a_handful_of_tickets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "benchmarks.md"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert run.main(
        [
            "--runs",
            "1",
            "--warm-up",
            "0",
            "--records",
            "40",
            "--definitions",
            "600",
            "--mutants",
            "25",
            "--output",
            str(page),
        ]
    ) in (0, 1)
    text = page.read_text("utf-8")
    for name in (
        "floor",
        "import csv",
        "import zip",
        "audit",
        "audit by the first rules",
        "evidence build",
        "validate",
        "help",
    ):
        assert f"| {name} |" in text
    assert "40 generated incidents" in text
    assert "生成的 40 个事件" in page.with_suffix(".zh.md").read_text("utf-8")
    assert "import + audit by the library" in capsys.readouterr().out


def test_the_first_tickets_keep_all_their_rows(tmp_path: Path) -> None:
    export = tmp_path / "log.csv"
    export.write_text(
        'number,state\nINC1,New\nINC2,New\nINC1,"Closed, at last"\nINC3,New\nINC2,Closed\n', encoding="utf-8"
    )
    some = run.first(2, export, tmp_path / "some.csv")
    rows = some.read_text("utf-8").splitlines()
    assert rows == ["number,state", "INC1,New", "INC2,New", 'INC1,"Closed, at last"', "INC2,Closed"]


def test_the_floor_reads_what_generate_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = tmp_path / "incidents.csv"
    export.write_text(
        "number,made_sla,reopen_count,opened_at\nINC1,true,0,2026-01-01 10:25:41\nINC2,false,2,\n", encoding="utf-8"
    )
    assert floor.main(export) == 0
    assert capsys.readouterr().out == "2\n"


def test_the_floor_reads_days_before_months(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = tmp_path / "log.csv"
    export.write_text("number,opened_at\nINC1,29/2/2016 01:16\nINC2,?\n", encoding="utf-8")
    assert floor.main(export) == 0
    assert capsys.readouterr().out == "2\n"


def test_what_grows_is_measured_at_three_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    kinds = ("csv", "workbooks")
    assert growing.main(["--rows", "5", *(word for kind in kinds for word in ("--kind", kind))]) == 0
    told, books = capsys.readouterr().out.split("\n\n")
    head, _, *rows = told.splitlines()
    assert head == "|  | 5 rows | 20 rows | 80 rows |"
    assert [row.split(" | ")[0] for row in rows] == ["| csv"]
    assert all(row.count(" MB, ") == 3 for row in rows)
    assert books.count("foreseen by itsmctl") == 3 and "python-calamine" in books


def test_every_form_that_is_measured_is_read_with_all_its_rows(tmp_path: Path) -> None:
    known = mapping(format="table", recognise=("number", "opened_at"), time_formats=("iso",), columns={"record_id": ("number",), "number": ("number",), "opened_at": ("opened_at",)})  # fmt: skip
    for kind, write in growing.WRITERS.items():
        write(tmp_path / "rows", 3)
        read = replace(known, format="xes", shape="trace", at="opened_at") if kind == "xes" else known
        mappings = load(reference_root()).mappings if kind.startswith("ocel") else {read.id: read}
        receipt = import_files([tmp_path / "rows"], None, mappings, "UTC", tmp_path / kind)
        assert receipt.records == 3, kind


def test_planted_truth_is_scored_rule_by_rule() -> None:
    definitions, outcome = load(reference_root()), truth.Outcome()
    truth.add(definitions, 60, 3, outcome)
    assert outcome.seeds[0][2] > 10 and outcome.seeds[0][3:] == (0, 0)
    assert all(score.precision == score.recall == 1 for score in outcome.rules.values())
    half = truth.Score(right=3, missed=1, extra=3)
    assert (half.precision, half.recall, truth.Score().precision) == (0.5, 0.75, None)
    told = truth.told(definitions, 60, outcome)
    assert "| 3 | " in told["by_seed"] and "| DQ-07 | " in told["judged"]
    assert "| DQ-07 | " in truth.BOTH.in_chinese(told)


def test_the_large_organisation_is_valid(tmp_path: Path) -> None:
    """Two departments that no law tells anything of: a benchmark of mistakes would measure their telling."""
    assert organisation.write(tmp_path, 900) > 900
    assert validate(tmp_path) == []

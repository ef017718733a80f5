"""Samples in a pack: only what people really examined, of the tickets that were audited."""

from __future__ import annotations

import json
import subprocess
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from evidence_case import make_case
from test_sampling_draw import drawn_folder, filled_xlsx, filled_yaml, numbered

from itsmctl.cli import group
from itsmctl.errors import ItsmctlError
from itsmctl.evidence.reading import Judged, read_result
from itsmctl.evidence.samples import samples
from itsmctl.evidence.verify import verify
from itsmctl.sampling.population import population_of
from itsmctl.source import parse_documents

Case = tuple[Path, Path]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return make_case(tmp_path_factory.mktemp("samples"))


@pytest.fixture
def judged(case: Case) -> Judged:
    return read_result(case[0] / "result.json")


def _codes(problem: pytest.ExceptionInfo[ItsmctlError]) -> list[str]:
    return [found.code for found in problem.value.problems]


def test_a_sample_goes_into_the_pack_with_its_evaluation(case: Case, tmp_path: Path) -> None:
    result, root = case
    folder = drawn_folder(tmp_path / "样本 june", population_of(numbered(60), ["T1"]))
    paper = filled_xlsx(folder)
    (folder / "notes of somebody.txt").write_text("not part of the sample", encoding="utf-8")
    arguments = [
        "evidence",
        "build",
        result,
        "-o",
        tmp_path / "pack",
        "--root",
        root,
        "--sample",
        paper,
        "--with-names",
    ]
    done = CliRunner().invoke(group, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    place = tmp_path / "pack/data/samples/样本 june"
    assert {path.name for path in place.iterdir()} == {
        "sample.yaml", "population.tsv", "targeted.tsv", "working-paper.yaml", "working-paper.xlsx", "evaluation.json",
    }  # fmt: skip
    told = json.loads((place / "evaluation.json").read_text("utf-8"))
    assert told["conclusion"] == "supported"
    assert (place / "working-paper.xlsx").read_bytes() == paper.read_bytes()
    assert "`data/samples/样本 june/`" in (tmp_path / "pack/data/README.md").read_text("utf-8")
    for readme in ("README.md", "README.zh.md"):
        commands = _commands(tmp_path / "pack/data" / readme, "cd 'data/samples/样本 june'")
        done = subprocess.run(["sh", "-c", commands], cwd=tmp_path / "pack", capture_output=True, check=True)
        units = [line.split("\t")[2] for line in done.stdout.decode().splitlines()]
        assert units == [unit["unit"] for unit in _drawn(place)]
        assert len(units) > 10
    assert verify(tmp_path / "pack").intact, "whoever draws again leaves nothing in the pack"


def _commands(readme: Path, first: str) -> str:
    """The indented commands of a README that begin with a line, as a reader would copy them."""
    lines = readme.read_text("utf-8").splitlines()
    start = lines.index(f"    {first}")
    return "\n".join(line[4:] for line in takewhile(lambda line: line.startswith("    "), lines[start:]))


def _drawn(place: Path) -> list[Any]:
    paper = parse_documents((place / "working-paper.yaml").read_text("utf-8"), "paper")[0].data
    assert isinstance(paper, dict)
    return list(paper["units"])


def test_a_paper_without_answers_is_refused(judged: Judged, tmp_path: Path) -> None:
    folder = drawn_folder(tmp_path / "s", population_of(numbered(60)))
    with pytest.raises(ItsmctlError) as problem:
        samples([folder / "working-paper.yaml"], judged)
    assert set(_codes(problem)) == {"no-answer"}


def test_a_population_that_was_changed_later_is_refused(judged: Judged, tmp_path: Path) -> None:
    folder = drawn_folder(tmp_path / "s", population_of(numbered(60)))
    paper = filled_yaml(folder)
    with (folder / "population.tsv").open("a", encoding="utf-8") as file:
        file.write("all\tINC99999\n")
    with pytest.raises(ItsmctlError) as problem:
        samples([paper], judged)
    assert _codes(problem) == ["population-altered"]


def test_a_sample_of_other_tickets_is_refused(judged: Judged, tmp_path: Path) -> None:
    from dataclasses import replace

    paper = filled_yaml(drawn_folder(tmp_path / "s", population_of(numbered(60))))
    with pytest.raises(ItsmctlError) as problem:
        samples([paper], replace(judged, dataset_digest="e" * 64))
    assert _codes(problem) == ["other-tickets"]
    assert str(paper) in str(problem.value)


def test_two_samples_need_two_names_and_every_mistake_is_told(judged: Judged, tmp_path: Path) -> None:
    one = filled_yaml(drawn_folder(tmp_path / "a/s", population_of(numbered(60))))
    other = filled_yaml(drawn_folder(tmp_path / "b/s", population_of(numbered(50))))
    missing = tmp_path / "c/working-paper.yaml"
    with pytest.raises(ItsmctlError) as problem:
        samples([one, other, missing], judged)
    assert _codes(problem)[0] == "same-name"
    assert len(_codes(problem)) == 2
    (found,) = samples([one], judged)
    assert set(found.files) >= {"data/samples/s/sample.yaml", "data/samples/s/evaluation.json"}

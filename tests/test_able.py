"""The eight "-able" scores count what the definitions hold, and fall when it is taken away."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from itsmctl.cli import group
from itsmctl.definitions import system_of
from itsmctl.definitions.lint.able import PRINCIPLES, Score, scores
from itsmctl.model import Language
from itsmctl.reference import FOLDERS, reference_root
from itsmctl.reports.able import render
from itsmctl.reports.plain import cells


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in FOLDERS:
        shutil.copytree(reference_root() / folder, tmp_path / folder)
    return tmp_path


def incident(root: Path) -> dict[str, Score]:
    found: Sequence[Score] = next(found for process, found in scores(system_of(root)) if process.id == "incident")
    return {score.principle: score for score in found}


@pytest.mark.parametrize(
    ("old", "new", "principle"),
    [
        ("\ninterfaces:\n", "\ninterfaces: []\n#", "definable"),
        ("title: {en: Identify and record, zh: 事件识别与记录}", "title: {en: Identify and record}", "visualisable"),
        ("rules: [INC-16, INC-28]", "rules: []", "auditable"),
        ("\nreview:", "\n# review:", "improvable"),
    ],
)
def test_what_is_taken_away_costs_points(old: str, new: str, principle: str, copy: Path) -> None:
    before = incident(copy)
    path = copy / "policies" / "processes" / "incident.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    head, _, tail = text.partition(old)
    if new.endswith("#"):
        tail = "#" + tail.replace("\n", "\n#")
    path.write_text(head + new + tail, encoding="utf-8")
    after = incident(copy)
    assert after[principle].points < before[principle].points
    assert (after[principle].wanted, after[principle].there) != (before[principle].wanted, before[principle].there)


def test_a_role_without_a_holder_makes_its_activities_not_executable(copy: Path) -> None:
    before = incident(copy)["executable"]
    path = copy / "roles" / "raci" / "incident.yaml"
    text = path.read_text(encoding="utf-8")
    roles = copy / "roles" / "roles.yaml"
    roles.write_text(
        roles.read_text(encoding="utf-8") + "---\nkind: role\nid: nobody\ntitle: Nobody\nresponsibilities: [Nothing]\n",
        encoding="utf-8",
    )
    path.write_text(
        text.replace("    R: [service-desk-agent]", "    R: [service-desk-agent, nobody]", 1), encoding="utf-8"
    )
    after = incident(copy)["executable"]
    assert (after.wanted, after.there) == (before.wanted, before.there - 1)


def test_points_are_whole_only_when_everything_is_there() -> None:
    assert [Score("x", there, 3).points for there in range(4)] == [0, 33, 66, 100]
    assert Score("x", 199, 200).points == 99


def test_they_are_shown_with_what_is_counted_in_both_languages() -> None:
    for language, title in (("en", "Definable"), ("zh", "可定义")):
        shown = CliRunner().invoke(group, ["rules", "show", "eight-able", "--lang", language]).output
        told = "".join(shown.split())
        assert title in shown
        assert all("".join(one.counts.in_(language).split()) in told for one in PRINCIPLES)  # type: ignore[arg-type]
        assert "\n  incident " in shown
    rows = json.loads(CliRunner().invoke(group, ["rules", "show", "eight-able", "--format", "json"]).output)["scores"]
    assert {row["principle"] for row in rows} == {one.id for one in PRINCIPLES}
    assert all(row["points"] == 100 * row["there"] // row["wanted"] for row in rows)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_fits_the_terminal(language: Language) -> None:
    scored = list(scores(system_of(reference_root())))
    titles = [one.title.in_(language) for one in PRINCIPLES]
    narrow, wide = render(scored, language, 80), render(scored, language, 180)
    for shown, width in ((narrow, 80), (wide, 180)):
        assert all(cells(line) <= width for line in shown.splitlines())
    assert any(line.split() == list("12345678") for line in narrow.splitlines())
    assert all(f"  {number} {title}" in narrow for number, title in enumerate(titles, 1))
    assert any(line.split() == titles for line in wide.splitlines())
    for process, found in scored:
        row = [process.id, *(str(score.points) for score in found)]
        assert any(line.split() == row for line in narrow.splitlines())
        assert any(line.split() == row for line in wide.splitlines())

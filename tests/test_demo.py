"""The demo: it finds what it planted, says so, and notices when it does not."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from itsmctl import cli, demo
from itsmctl.definitions import load
from itsmctl.errors import ItsmctlError
from itsmctl.generate import Planted, Truth, generate
from itsmctl.reference import reference_root
from itsmctl.reports.plain import cells

RECORDS = 400


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> demo.Demo:
    return demo.play(tmp_path_factory.mktemp("demo") / "itsmctl-demo", RECORDS, 7)


def test_finds_what_it_planted_and_nothing_else(played: demo.Demo) -> None:
    assert [(t.rule.rule.id, t.missed, t.extra) for t in played.tallies if t.missed or t.extra] == []
    assert played.report.intact
    assert played.worked
    assert sum(tally.found for tally in played.tallies) == len(played.truth.planted) > 20


def test_leaves_a_folder_to_look_into(played: demo.Demo) -> None:
    names = {path.relative_to(played.folder).as_posix() for path in played.folder.rglob("*") if path.is_file()}
    assert {
        "export/incidents.csv",
        "export/truth.json",
        "dataset/receipt.json",
        "result/report.html",
        "result/report.zh.html",
        "evidence.zip",
    } <= names
    assert zipfile.ZipFile(played.folder / "evidence.zip").testzip() is None


def test_story_counts_by_process_and_names_real_places(played: demo.Demo) -> None:
    story = demo.tell(played)
    for process in {tally.rule.rule.process for tally in played.tallies if tally.planted}:
        tallies = [t for t in played.tallies if t.rule.rule.process == process and t.planted]
        line = next(line for line in story.splitlines() if line.startswith(f"✓ {played.processes[process].in_('en')} "))
        assert line.split()[-3:] == [str(n) for n in (len(tallies), *[sum(t.planted for t in tallies)] * 2)]
    assert len(story.splitlines()) < 60
    for tally in played.tallies:
        assert (tally.rule.rule.id in story) or tally.planted
    assert "Everything that was planted was found, and nothing else." in story
    line = next(line for line in story.splitlines() if "itsmctl explain" in line)
    record = line.split()[2]
    assert record in {deed.record for deed in played.truth.planted}
    assert str(played.folder / "result" / "report.html") in story


def test_only_what_was_looked_at_reads_as_clean(played: demo.Demo) -> None:
    told = "\n".join(demo.tell(played).split("\n\n"))
    clean = told[told.index("Nothing planted and nothing found:") : told.index("No record to judge")]
    quiet = {t.rule.rule.id: t.rule.outcome for t in played.tallies if not t.planted and not t.found}
    assert {"pass", "no_data", "not_testable"} <= set(quiet.values())
    assert {rule for rule in quiet if rule in clean.split()} == {rule for rule, one in quiet.items() if one == "pass"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_story_fits_the_terminal(played: demo.Demo, language: demo.Language) -> None:
    folder = str(played.folder)
    lines = [line.replace(folder, "itsmctl-demo") for line in demo.tell(played, language).splitlines()]
    assert [line for line in lines if cells(line) > 80] == []
    assert "\x1b" not in "".join(lines)


def test_color_is_only_added(played: demo.Demo) -> None:
    import re

    assert re.sub(r"\x1b\[\d*m", "", demo.tell(played, color=True)) == demo.tell(played)


def test_two_demos_are_the_same(played: demo.Demo, tmp_path: Path) -> None:
    again = demo.play(tmp_path / "again", RECORDS, 7)
    assert (again.folder / "evidence.zip").read_bytes() == (played.folder / "evidence.zip").read_bytes()
    assert demo.tell(again).replace(str(again.folder), "X") == demo.tell(played).replace(str(played.folder), "X")


def test_says_what_it_missed_and_what_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A truth that is wrong in both directions gives exit code 1, and both are named."""
    taken: list[Planted] = []

    def lying(*arguments: object) -> Truth:
        truth = generate(*arguments)  # type: ignore[arg-type]
        taken.append(next(deed for deed in truth.planted if deed.rule == "INC-06"))
        invented = Planted("INT-01", "INC0010022", "invented")
        return replace(truth, planted=tuple(sorted({*truth.planted, invented} - {taken[0]})))

    monkeypatch.setattr(demo, "generate", lying)
    assert cli.run(["demo", "-o", str(tmp_path / "d"), "--records", str(RECORDS), "-q"]) == 1
    story = capsys.readouterr().out
    assert f"INC-06 was found and not planted on {taken[0].record}" in story
    assert "INT-01 was planted and not found on INC0010022" in story
    assert "Everything that was planted" not in story


def test_command_plays_and_replaces_its_own_folder(
    played: demo.Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(played.folder, "itsmctl-demo")
    earlier = Path("itsmctl-demo", "evidence.zip").read_bytes()
    assert cli.run(["demo", "--records", "60", "-q"]) == 0
    assert Path("itsmctl-demo", "evidence.zip").read_bytes() != earlier
    assert "itsmctl-demo/result/report.html" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["itsmctl-demo"]


def test_another_folder_is_left_alone(tmp_path: Path) -> None:
    generate(load(reference_root()), 10, 1, tmp_path / "mine")
    before = sorted(path.name for path in (tmp_path / "mine").iterdir())
    with pytest.raises(ItsmctlError) as caught:
        demo.play(tmp_path / "mine", 10, 1)
    assert [problem.code for problem in caught.value.problems] == ["output-exists"]
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == before

"""`itsmctl assess new`: a file that is valid with every criterion open, filled in where it stands, and never written over another."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from itsmctl.cli import group
from itsmctl.definitions import load, validate
from itsmctl.errors import ItsmctlError
from itsmctl.reference import reference_root
from itsmctl.source import read_documents

PERSON = "Service desk lead, to be named 待定（服务台主管）"


def run(*arguments: object, input: str | None = None) -> Result:
    return CliRunner().invoke(group, [str(one) for one in arguments], input=input)


def refused(*arguments: object) -> str:
    """What is told in the place of doing it."""
    found = run(*arguments).exception
    assert isinstance(found, ItsmctlError)
    return str(found) + " ".join(problem.suggestion for problem in found.problems)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A management system as `init` writes it."""
    made = run("init", tmp_path / "own", "--yes", "--quiet")
    assert made.exit_code == 0, made.output
    return tmp_path / "own"


def new(root: Path, *arguments: str) -> Result:
    return run("assess", "new", "maturity", "--period", "2026-H2", "--by", PERSON, "--root", root, *arguments)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_file_is_valid_and_asks_every_question_in_the_language_chosen(own: Path, language: str) -> None:
    made = new(own, "--lang", language)
    assert made.exit_code == 0, made.output
    assert not [one for one in validate(own) if one.severity == "error"]
    path = own / "audits/assessments/maturity-2026-h2.yaml"
    lines, model = path.read_text(encoding="utf-8").splitlines(), load(own).questionnaires["maturity"]
    for one in model.criteria.values():
        (line,) = (line for line in lines if line.strip().startswith(f"{one.id}:"))
        assert line.partition("#")[0].strip() == f"{one.id}:"
        assert " ".join(one.text.in_("zh" if language == "zh" else "en").split()) in line
    ((document,),) = (read_documents(path),)
    assert list(dict(document.data)["answers"]) == list(model.criteria)  # type: ignore[call-overload]
    found = load(own).assessments["maturity-2026-h2"]
    assert (found.answers, found.assessed, found.title.en) == ({}, None, "Maturity of service management, 2026-H2")


def test_what_is_not_concluded_is_shown_by_its_name_and_nothing_rests_on_it(own: Path) -> None:
    assert "itsmctl assess new maturity" in refused("assess", "--root", own)
    new(own)
    assert "maturity-2026-h2" in refused("assess", "--root", own)
    shown = run("assess", "maturity-2026-h2", "--root", own)
    assert "not concluded" in shown.stdout
    assert "level –, –" in shown.stdout
    assert "Assess yourselves" in run("assess", "next", "--root", own).stdout


def test_an_answer_takes_the_place_of_nothing_and_the_question_stays_behind_it(own: Path) -> None:
    new(own)
    path = own / "audits/assessments/maturity-2026-h2.yaml"
    before = path.read_text(encoding="utf-8").splitlines()
    filled = run("assess", "fill", "maturity-2026-h2", "--at", "MM.L2.TRT.A1", "--by", PERSON, "--root", own, input="L\n\n\n.\n")  # fmt: skip
    assert filled.exit_code == 0, filled.output
    after = path.read_text(encoding="utf-8").splitlines()
    ((was, now),) = ((a, b) for a, b in zip(before, after, strict=True) if a != b)
    assert now.startswith(f'  MM.L2.TRT.A1: {{rating: L, by: "{PERSON}"}}')
    assert now.endswith(was[was.index("# ") :])
    assert load(own).assessments["maturity-2026-h2"].answers["MM.L2.TRT.A1"].rating == "L"


def test_nothing_is_overwritten_and_nobody_unknown_assesses(own: Path) -> None:
    new(own)
    path = own / "audits/assessments/maturity-2026-h2.yaml"
    held = path.read_bytes()
    again = refused("assess", "new", "maturity", "--period", "2026-H2", "--by", PERSON, "--root", own)
    assert path.read_bytes() == held
    assert "--id" in again
    assert new(own, "--id", "second").exit_code == 0
    wrong = PERSON.replace("lead", "led")
    assert PERSON in refused("assess", "new", "maturity", "--period", "2027", "--by", wrong, "--root", own)
    assert len(list(path.parent.iterdir())) == 2
    assert "unknown questionnaire" in refused(
        "assess", "new", "maturty", "--period", "2027", "--by", PERSON, "--root", own
    )


def test_the_set_that_came_with_the_program_is_not_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "--root" in refused("assess", "new", "maturity", "--period", "2026-H2", "--by", "Xu Jing 徐静")
    assert not (reference_root() / "audits/assessments/maturity-2026-h2.yaml").exists()

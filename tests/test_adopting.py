"""The road map of adoption: steps of coverage and recommendations of assessments in one row, the smallest useful first."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from assessment_case import assessment, criterion, questionnaire, rule, system, tickets
from click.testing import CliRunner
from jsonschema import Draft7Validator

from itsmctl.assessment import Assessed, assess
from itsmctl.assessment.adopting import SIZES, Proposed, propose
from itsmctl.assessment.shown import RuleShown
from itsmctl.cli import group
from itsmctl.coverage.steps import Step
from itsmctl.language import LANGUAGES
from itsmctl.model import Cap
from itsmctl.views.adopting import next_schema


def assessed(*rules: RuleShown, clauses: dict[str, bool] | None = None) -> Assessed:
    """Three criteria said to be full: one held back by a rule, one by the coverage of a clause, one by nothing."""
    criteria = [
        criterion("C.RULE", "D", 1, caps=[Cap("R-1", 90)], clauses=["f:8.1"]),
        criterion("C.COVER", "D", 1, caps=[Cap("", 100, "f:8")]),
        criterion("C.WORD", "D", 1, clauses=["f:9"]),
    ]
    model = questionnaire(criteria)
    answers = assessment({"C.RULE": "F", "C.COVER": "F", "C.WORD": "P"}, targets={"D": 1})
    found = clauses if clauses is not None else {"f:8.1": True, "f:8.2": False, "f:9": True}
    return assess(system([model], [answers]), answers, tickets(*rules, clauses=found))


def names(found: tuple[Proposed, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.size, one.step.code if one.step else one.advice.id if one.advice else "", one.criteria) for one in found]  # fmt: skip


def test_a_step_closes_the_gaps_that_it_takes_the_limit_from() -> None:
    steps = [Step("mend", ("f:8.1",), ("R-1",)), Step("write", ("f:8.2",), ("policy",)), Step("ask", ("f:9",))]
    found = propose(steps, [assessed(rule("R-1", 10))])
    assert names(found) == [
        ("days", "write", ("C.COVER",)),
        ("days", "ask", ("C.WORD",)),
        ("weeks", "mend", ("C.RULE",)),
    ]


def test_what_no_step_closes_is_left_to_the_recommendations_of_the_assessment() -> None:
    found = propose([Step("mend", ("f:7",), ("R-9",))], [assessed(rule("R-1", 10))])
    left = {one.criteria for one in found if one.advice}
    assert left == {("C.RULE",), ("C.COVER",), ("C.WORD",)}


@pytest.mark.parametrize("passed", [0, 60, 95])
def test_judging_the_tickets_helps_only_what_a_rule_holds_back(passed: int) -> None:
    (step,) = (one for one in propose([Step("audit", ("f:8.1",))], [assessed(rule("R-1", passed))]) if one.step)
    assert step.criteria == (("C.RULE",) if passed < 50 else ())
    assert step.size == "minutes"


def test_smallest_first_and_of_a_size_the_most_useful() -> None:
    steps = [Step("ask", ("f:1",)), Step("define", ("f:1", "f:2"), ("role",)), Step("name", ("f:3",), ("policy",))]
    found = propose(steps, [])
    assert [one.step.code for one in found if one.step] == ["name", "define", "ask"]
    sizes = [SIZES.index(one.size) for one in found]
    assert sizes == sorted(sizes)


def test_worse_tickets_never_make_fewer_gaps_worth_closing() -> None:
    def use(passed: int) -> int:
        return len({name for one in propose([], [assessed(rule("R-1", passed))]) for name in one.criteria})

    assert [use(passed) for passed in range(100, -1, -10)] == sorted(use(passed) for passed in range(0, 101, 10))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_company_is_told_its_next_step_in_every_form(language: str) -> None:
    shown = {
        form: CliRunner().invoke(group, ["assess", "next", "--format", form, "--lang", language])
        for form in ("text", "json", "markdown", "html")
    }
    assert all(one.exit_code == 0 for one in shown.values())
    steps = json.loads(shown["json"].stdout)
    Draft7Validator(next_schema()).validate(steps)
    assert steps["steps"][0]["code"] == "audit", "nobody looked at tickets yet"
    for form in ("text", "markdown", "html"):
        assert ("下一步" in shown[form].stdout) == (language == "zh")


def test_without_any_framework_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "s.yaml").write_text("kind: role\nid: r\ntitle: R\n", encoding="utf-8")
    told = CliRunner().invoke(group, ["assess", "next", "--root", str(tmp_path)])
    assert told.exception is not None


@pytest.mark.parametrize(("language", "word"), [("en", "itsmctl init"), ("zh", "用 `itsmctl init`")])
def test_where_nothing_is_defined_the_next_step_is_to_begin(language: str, word: str, tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "itsmctl", "assess", "next", "--root", str(tmp_path), "--lang", language],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (told.returncode, told.stdout) == (2, "")
    assert word in told.stderr


def test_the_kind_of_what_is_unknown_is_said_in_the_language() -> None:
    for arguments, word in (
        (["assess", "maturty"], "未知的评估"),
        (["assess", "experience", "custmer"], "未知的调查"),
    ):
        told = subprocess.run(
            [sys.executable, "-m", "itsmctl", *arguments, "--lang", "zh"],
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert told.returncode == 2
        assert word in told.stderr

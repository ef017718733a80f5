"""Customer experience: figures against counts by hand, minimum sample, what is measured beside it; answers from CSV."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
import yaml
from assessment_case import NOWHERE, rule
from click.testing import CliRunner, Result
from jsonschema import Draft7Validator

from itsmctl.assessment.shown import RuleShown
from itsmctl.cli import group
from itsmctl.definitions import load
from itsmctl.errors import ItsmctlError
from itsmctl.experience import Experience, experience
from itsmctl.experience.importing import count_answers
from itsmctl.language import LANGUAGES
from itsmctl.model import Effective, Question, ScaleStep, Survey, SurveyRun, Text
from itsmctl.reference import reference_root
from itsmctl.views.experience import data, experience_schema

THEN, NOW = Effective(date(2025, 7, 1), date(2025, 12, 31)), Effective(date(2026, 1, 1), date(2026, 6, 30))
SCALE = tuple(ScaleStep(str(n), Text(f"step {n}", f"第{n}档"), float(n), None, None, n > 2) for n in (1, 2, 3))


def question(name: str, stage: str = "operation", *, weight: float = 1, by: Sequence[str] = ()) -> Question:
    return Question(name, Text(f"How is {name}?", f"{name}如何？"), stage, "", weight, tuple(by))


def run(period: Effective, counts: Mapping[str, tuple[int, ...]], customer: str = "", invited: int = 100) -> SurveyRun:
    answered = max(sum(one) for one in counts.values())
    return SurveyRun(period, None, customer, "", None, invited, answered, counts, (), ())


def survey(questions: Sequence[Question], runs: Sequence[SurveyRun], least: int = 5) -> Survey:
    return Survey(
        "survey", "s", Text("s"), Effective(), NOWHERE, (), "customers", "", Text(), least, SCALE,
        {one.id: one for one in questions}, tuple(runs), (),
    )  # fmt: skip


def found(questions: Sequence[Question], runs: Sequence[SurveyRun], *rules: RuleShown, least: int = 5) -> Experience:
    return experience(survey(questions, runs, least), {one.id: one for one in rules} if rules else None, NOW)


def test_an_index_is_the_weighted_mean_of_what_is_measured_and_else_of_what_is_felt() -> None:
    questions = [question("speed", weight=3, by=["INC-05", "INC-06"]), question("manner"), question("offer", "sales")]
    runs = [run(NOW, {"speed": (2, 2, 6), "manner": (1, 1, 8), "offer": (5, 0, 5)})]
    one = found(questions, runs, rule("INC-05", 90), rule("INC-06", 14, 20))
    sales, operation = one.stages
    assert (sales.stage, sales.index, sales.data_share) == ("sales", 0.5, 0.0)
    # felt 0.6 and 0.8 at weights 3 and 1; measured is the mean of 0.9 and 0.7
    assert operation.felt == pytest.approx((3 * 0.6 + 0.8) / 4)
    assert operation.index == pytest.approx((3 * 0.8 + 0.8) / 4)
    assert operation.data_share == 0.75
    speed = operation.factors[0]
    assert speed.gap == pytest.approx(-0.2)
    assert [factor.question.id for factor in one.melons] == ["speed"]


def test_runs_of_several_customers_count_each_answer_once_and_are_told_apart_too() -> None:
    runs = [run(NOW, {"a": (0, 0, 30)}, "east"), run(NOW, {"a": (10, 0, 0)}, "west"), run(THEN, {"a": (20, 0, 20)})]
    one = found([question("a")], runs)
    assert one.stages[0].felt == 0.75
    assert {name: stages[0].felt for name, stages in one.customers.items()} == {"east": 1.0, "west": 0.0}
    assert (one.turnout.invited, one.turnout.answered, one.turnout.rate) == (200, 40, 0.2)
    assert [shares["operation"] for _, shares in one.history] == [0.5, 0.75]


def test_below_the_least_number_of_answers_there_is_no_figure() -> None:
    one = found([question("a", by=["INC-05"]), question("b")], [run(NOW, {"a": (0, 1, 3), "b": (1, 1, 3)})], rule("INC-05", 100))  # fmt: skip
    few, enough = one.stages[0].factors
    assert (few.felt, few.gap, few.change, few.value) == (None, None, None, 1.0)
    assert enough.felt == 0.6
    assert found([question("a")], [run(NOW, {"a": (0, 1, 3)})]).stages[0].index is None


@pytest.mark.parametrize(
    ("then", "now", "clear"),
    [((50, 0, 50), (45, 0, 55), False), ((50, 0, 50), (30, 0, 70), True), ((5, 0, 5), (3, 0, 7), False)],
)
def test_a_change_is_told_only_where_it_is_more_than_chance(
    then: tuple[int, ...], now: tuple[int, ...], clear: bool
) -> None:
    change = found([question("a")], [run(THEN, {"a": then}), run(NOW, {"a": now})]).stages[0].factors[0].change
    assert change is not None
    assert change.value == pytest.approx(now[2] / sum(now) - then[2] / sum(then))
    assert change.clear == clear


def test_a_rule_that_found_nothing_or_could_not_be_tested_measures_nothing() -> None:
    rules = [
        rule("INC-05", 0, 0, outcome="no_data"),
        rule("INC-06", 0, 10, outcome="not_testable", why="missing:priority"),
    ]
    factor = found([question("a", by=["INC-05", "INC-06", "INC-07"])], [run(NOW, {"a": (0, 0, 9)})], *rules).stages[0].factors[0]  # fmt: skip
    assert not factor.is_measured
    assert factor.value == 1.0


def test_worse_tickets_and_worse_answers_never_raise_an_index() -> None:
    def index(passed: int, satisfied: int) -> float:
        one = found([question("a", by=["INC-05"]), question("b")], [run(NOW, {"a": (9, 0, 9), "b": (50 - satisfied, 0, satisfied)})], rule("INC-05", passed, outcome="fail" if passed > 4 else "not_testable"))  # fmt: skip
        assert one.stages[0].index is not None
        return one.stages[0].index

    assert [index(p, 20) for p in range(0, 101, 10)] == sorted(index(p, 20) for p in range(0, 101, 10))
    assert [index(50, s) for s in range(0, 51, 5)] == sorted(index(50, s) for s in range(0, 51, 5))


# --- The reference company ---


def ask(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, ["assess", *map(str, arguments)])


def test_the_reference_company_agrees_with_a_plain_count_of_its_file() -> None:
    written = yaml.safe_load((reference_root() / "audits/surveys/customer-experience.yaml").read_text(encoding="utf-8"))
    told = json.loads(ask("experience", "--format", "json").stdout)
    Draft7Validator(experience_schema()).validate(told)
    last = [one for one in written["results"] if str(one["period"]["to"]) == "2026-06-30"]
    weights = {one["id"]: one.get("weight", 1) for one in written["questions"]}
    shares = {}
    for name in weights:
        counts = [one["counts"][name] for one in last]
        shares[name] = sum(count[3] + count[4] for count in counts) / sum(sum(count) for count in counts)
    for stage in (one for one in told["stages"] if not one["aspect"]):
        names = [one["id"] for one in written["questions"] if one["stage"] == stage["stage"]]
        wanted = sum(weights[n] * shares[n] for n in names) / sum(weights[n] for n in names)
        assert stage["felt"] == round(wanted, 4)
        assert stage["index"] == stage["felt"], "without tickets nothing is measured"
    assert told["turnout"]["rate"] == round(43 / 56, 4)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_is_told_in_both_languages(language: str) -> None:
    for form in ("text", "markdown", "html"):
        shown = ask("experience", "--format", form, "--lang", language)
        assert shown.exit_code == 0
        assert ("客户体验" in shown.stdout) == (language == "zh")
    assert (
        ask("experience", "--format", "json", "--lang", language).stdout == ask("experience", "--format", "json").stdout
    )


def test_an_unknown_survey_is_told_with_the_nearest() -> None:
    error = ask("experience", "customer-experiense").exception
    assert isinstance(error, ItsmctlError)
    assert error.problems[0].suggestion == "customer-experience"


# --- Answers from CSV ---

HEAD = "a,How is b?,c如何？\n"
QUESTIONS = [question("a"), question("b"), question("c")]


def csv(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_are_counted_by_step_or_title_in_any_language(tmp_path: Path) -> None:
    rows = "1,step 2,第3档\n3,STEP 3,\n\n2,,1\n"
    counted = count_answers(csv(tmp_path / "a.csv", HEAD + rows), survey(QUESTIONS, []))
    assert counted.answered == 3
    assert dict(counted.counts) == {"a": (1, 1, 1), "b": (0, 1, 1), "c": (1, 0, 1)}


def test_what_is_wrong_is_told_by_file_row_and_column(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "a,bb,time\n4,1,x\nstepp 2,1,x\n1\n,,y\n")
    with pytest.raises(ItsmctlError) as told:
        count_answers(path, survey(QUESTIONS, []), ["time"])
    assert [(p.code, p.where.row, p.where.column_name, p.suggestion) for p in told.value.problems] == [
        ("row-length", 3, "", ""),
        ("unknown-question", 0, "", "b"),
        ("unknown-answer", 1, "a", ""),
        ("unknown-answer", 2, "a", "2"),
        ("row-empty", 4, "", ""),
    ]
    assert all(p.where.file == str(path) for p in told.value.problems)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("audits", "catalog", "policies", "roles"):
        shutil.copytree(reference_root() / folder, tmp_path / "own" / folder)
    return tmp_path / "own"


def test_a_run_is_added_once_whole_and_nothing_else_moves(root: Path, tmp_path: Path) -> None:
    file = root / "audits/surveys/customer-satisfaction.yaml"
    before = file.read_text(encoding="utf-8")
    path = csv(tmp_path / "a.csv", "overall,response-speed\n5,4\nSatisfied,2\n")
    options = ["--from", path, "--root", root, "--period-from", "2026-07-01", "--period-to", "2026-12-31"]
    assert ask("survey", "customer-satisfaction", *options, "--invited", "1").exit_code == 2
    assert file.read_text(encoding="utf-8") == before
    assert ask("survey", "customer-satisfaction", *options, "--invited", "40", "--population", "400").exit_code == 0
    after = file.read_text(encoding="utf-8")
    added = [line for line in after.splitlines() if line not in before.splitlines()]
    assert added == [
        "  - period: {from: 2026-07-01, to: 2026-12-31}",
        "    population: 400",
        "    invited: 40",
        "    answered: 2",
        "      overall: [0, 0, 0, 1, 1]",
        "      response-speed: [0, 1, 0, 1, 0]",
    ]
    survey_ = load(root).surveys["customer-satisfaction"]
    assert survey_.results[:-1] == load(None).surveys["customer-satisfaction"].results
    assert data(experience(survey_, None, survey_.results[-1].period))["turnout"] == {
        "population": 400, "invited": 40, "answered": 2, "rate": 0.05,
    }  # fmt: skip
    again = ask("survey", "customer-satisfaction", *options, "--invited", "40")
    assert isinstance(again.exception, ItsmctlError)
    assert again.exception.problems[0].code == "run-twice"
    assert file.read_text(encoding="utf-8") == after


def test_what_the_definitions_refuse_is_not_written(root: Path, tmp_path: Path) -> None:
    file = root / "audits/surveys/customer-satisfaction.yaml"
    before = file.read_bytes()
    path = csv(tmp_path / "a.csv", "overall\n5\n")
    told = ask("survey", "customer-satisfaction", "--from", path, "--root", root, "--period-from", "2026-07-01", "--period-to", "2026-12-31", "--invited", "4", "--customer", "china-regon")  # fmt: skip
    assert isinstance(told.exception, ItsmctlError)
    assert told.exception.problems[0].suggestion == "china-region"
    assert file.read_bytes() == before

"""`itsmctl assess`: the reference company's assessments, told in two languages and as JSON, beside what tickets show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft7Validator

from itsmctl.assessment import assess
from itsmctl.assessment.shown import RuleShown, Shown, clauses_shown
from itsmctl.cli import group, run
from itsmctl.definitions import load
from itsmctl.model import Language
from itsmctl.reference import reference_root
from itsmctl.reports.assessment import overview, render
from itsmctl.reports.assessment_data import assessment_schema
from itsmctl.reports.plain import cells

REFERENCE = load(None)
CLAUSES = clauses_shown(REFERENCE)
CAPS = sorted({cap.rule for one in REFERENCE.questionnaires.values() for c in one.criteria.values() for cap in c.caps})


def result(folder: Path, passed: Mapping[str, int], *, as_of: str = "2026-06-30T12:00:00Z") -> Path:
    """A result folder in which every rule that limits an answer passes for 100 records, or for as many as are named."""
    rules = [_rule(name, passed.get(name, 100)) for name in CAPS if name]
    document = {
        "format": "itsmctl/result/v1",
        "as_of": as_of,
        "definitions": {"commit": "", "digest": REFERENCE.digest},
        "dataset": {"digest": "d", "records": 100},
        "rules": rules,
    }
    folder.mkdir(exist_ok=True)
    (folder / "result.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def _rule(name: str, passed: int) -> dict[str, object]:
    rule, failed = REFERENCE.rules[name], 100 - passed
    shares = [
        {"column": "service", "value": "mail", "failed": failed},
        {"column": "service", "value": "web", "failed": 0},
    ]
    return {
        "id": name, "version": 1, "severity": rule.severity, "clauses": list(rule.clauses),
        "outcome": "fail" if failed else "pass", "in_scope": 100, "passed": passed, "failed": failed,
        "not_testable": 0, "waived": 0, "not_applicable": 0,
        "breakdown": [*shares, {"column": "priority", "value": "P1", "failed": failed}],
    }  # fmt: skip


def ask(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, ["assess", *map(str, arguments)])


def told(*arguments: str | Path) -> dict[str, dict[str, object]]:
    """The assessments of `--format json`, by id."""
    found = ask(*arguments, "--format", "json")
    assert found.exit_code == 0
    document = json.loads(found.stdout)
    Draft7Validator(assessment_schema()).validate(document)
    return {one["id"]: one for one in document["assessments"]}


def test_the_last_assessment_by_each_questionnaire_is_told(tmp_path: Path) -> None:
    good = result(tmp_path / "result", {})
    text = ask("--result", good).stdout
    for name in ("maturity-2026-h1", "five-aspects-2026-h1", "capability-2026-h1"):
        assert name in text
    assert set(told("--result", good)) == {"maturity-2026-h1", "five-aspects-2026-h1", "capability-2026-h1"}


def test_good_tickets_lower_nothing_and_every_criterion_of_the_model_is_there(tmp_path: Path) -> None:
    one = told("maturity", "--result", result(tmp_path / "result", {}))["maturity-2026-h1"]
    criteria = [c for c in one["criteria"] if ".A1" not in c["id"]]  # type: ignore[attr-defined, index]
    assert len(criteria) == 67
    assert one["said"] == one["shown"]
    assert all(not c["lowered_by"] for c in criteria)


def test_bad_tickets_lower_the_level_and_are_named(tmp_path: Path) -> None:
    bad = result(tmp_path / "result", {"INC-01": 30, "INC-06": 60})
    one = told("maturity-2026-h1", "--result", bad)["maturity-2026-h1"]
    process = next(d for d in one["dimensions"] if d["id"] == "PRC")  # type: ignore[attr-defined, index]
    assert (process["said"]["level"], process["shown"]["level"]) == (3, 2)
    lowered = {c["id"]: (c["said"], c["shown"], c["lowered_by"]) for c in one["criteria"] if c["lowered_by"]}  # type: ignore[attr-defined]
    assert lowered == {"MM.L3.PRC.3": ("L", "P", ["INC-01"])}
    advice = {r["id"]: r for r in one["recommendations"]}["INC-01"]  # type: ignore[attr-defined]
    assert advice["because"]["services"] == ["mail"]
    # major (3) × clauses of ISO/IEC 20000-1 (two: the criterion's and the rule's) × one service, over weeks (3)
    assert advice["rank"] == pytest.approx(3 * 2 * 1 / 3)
    text = ask("maturity", "--result", bad).stdout
    assert "INC-01: 30% of its records pass, 95% wanted" in text


def test_the_capability_of_a_process_is_what_its_tickets_show(tmp_path: Path) -> None:
    bad = result(tmp_path / "result", {"INC-03": 50})
    one = told("capability", "--result", bad)["capability-2026-h1"]
    levels = {d["id"]: (d["said"]["level"], d["shown"]["level"]) for d in one["dimensions"]}  # type: ignore[attr-defined]
    assert levels["IM"] == (3, 2)  # 50 of the 95 per cent wanted is 2 of 4 steps
    assert levels["SL"] == (3, 3)


def test_without_tickets_that_is_said() -> None:
    assert "No tickets were looked at" in ask("maturity").stdout
    assert told("maturity")["maturity-2026-h1"]["with_tickets"] is False


def test_the_assessment_before_can_be_asked_for_and_is_compared_with_nothing() -> None:
    assert told("maturity-2025-h2")["maturity-2025-h2"]["comparison"] is None
    assert told("maturity")["maturity-2026-h1"]["comparison"]["earlier"] == "maturity-2025-h2"  # type: ignore[index]


def test_the_assessment_before_may_stand_in_a_file_elsewhere(tmp_path: Path) -> None:
    kept = tmp_path / "kept.yaml"
    text = (reference_root() / "audits/assessments/maturity-2025-h2.yaml").read_text(encoding="utf-8")
    kept.write_text(text.replace("id: maturity-2025-h2", "id: elsewhere"), encoding="utf-8")
    there, here = (told("maturity", "--before", one)["maturity-2026-h1"]["comparison"] for one in (kept, "maturity-2025-h2"))  # fmt: skip
    assert there == here | {"earlier": "elsewhere"}  # type: ignore[operator]


@pytest.mark.parametrize(
    ("was", "now", "code", "line"),
    [
        ("questionnaire: maturity", "questionnaire: capability", "unknown-questionnaire", 9),
        ("MM.L1.TRT.1:", "MM.L1.TRT.9:", "unknown-criterion", 24),
        ("kind: assessment", "kind: waiver", "", 0),
    ],
)
def test_a_file_that_cannot_be_compared_with_is_refused_with_its_place(
    tmp_path: Path, was: str, now: str, code: str, line: int, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.yaml"
    text = (reference_root() / "audits/assessments/maturity-2025-h2.yaml").read_text(encoding="utf-8")
    kept.write_text(text.replace(was, now, 1), encoding="utf-8")
    assert run(["assess", "maturity", "--before", str(kept)]) == 2
    told_ = capsys.readouterr().err
    assert code in told_
    assert f"{kept}:{line}:" in told_ or not line


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_fits_into_eighty_columns_in_both_languages(language: Language) -> None:
    rules = {name: RuleShown(name, "major", (), "fail", 100, 20, ("mail",)) for name in CAPS if name}
    for shown in (Shown(rules, CLAUSES), Shown(None, dict.fromkeys(CLAUSES, False))):
        found = [assess(REFERENCE, one, shown) for one in REFERENCE.assessments.values()]
        texts = [overview(found, language), *(render(one, REFERENCE, language, most=50) for one in found)]
        assert max(cells(line) for text in texts for line in text.splitlines()) <= 80
        assert all(("自评" in text) == (language == "zh") for text in texts)


@pytest.mark.parametrize("name", ["maturity", "capability", "five-aspects"])
def test_the_page_draws_and_tells_the_same(tmp_path: Path, name: str) -> None:
    bad = result(tmp_path / "result", {"INC-01": 30})
    found = ask(name, "--result", bad, "--format", "html", "--lang", "zh")
    assert found.exit_code == 0
    assert found.stdout.count("<polygon") == 6  # four rings, what is shown, what is said
    assert ("INC-01：30%的记录通过，要求95%" in found.stdout) == (name == "maturity")


def test_a_page_is_about_one_assessment(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assess", "--format", "html"]) == 2
    assert "name it" in capsys.readouterr().err


def test_the_same_bytes_come_out_in_every_language_and_every_time(tmp_path: Path) -> None:
    bad = result(tmp_path / "result", {"INC-01": 30})
    asked = ("maturity", "--result", bad, "--format", "json")
    assert ask(*asked).stdout == ask(*asked, "--lang", "zh").stdout


def test_tickets_of_another_time_are_noted(tmp_path: Path) -> None:
    late = result(tmp_path / "result", {}, as_of="2026-09-30T12:00:00Z")
    assert (
        "the result is of 2026-09-30, outside the period of maturity-2026-h1"
        in ask("maturity", "--result", late).stderr
    )
    good = result(tmp_path / "other", {})
    assert ask("maturity", "--result", good).stderr == ""


def test_an_unknown_assessment_is_refused_with_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assess", "maturty"]) == 2
    said = capsys.readouterr().err
    assert "unknown assessment 'maturty'" in said
    assert "maturity" in said


def test_a_result_that_cannot_be_read_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = result(tmp_path / "result", {})
    broken = (folder / "result.json").read_text("utf-8").replace('"severity": "major"', '"severity": "grave"', 1)
    (folder / "result.json").write_text(broken, encoding="utf-8")
    assert run(["assess", "maturity", "--result", str(folder)]) == 2
    assert "'severity' is none of major, minor, observation" in capsys.readouterr().err


def test_definitions_without_an_assessment_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "roles").mkdir()
    (tmp_path / "roles/roles.yaml").write_text(
        "kind: role\nid: owner\ntitle: {en: Owner, zh: 负责人}\nresponsibilities: [{en: Owns it., zh: 负责。}]\n",
        encoding="utf-8",
    )
    assert run(["assess", "--root", str(tmp_path)]) == 2
    assert "no assessment is defined" in capsys.readouterr().err


def test_the_schema_of_the_output_is_printed() -> None:
    found = CliRunner().invoke(group, ["schema", "assessment-result"])
    assert json.loads(found.stdout) == assessment_schema()

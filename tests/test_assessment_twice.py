"""An assessment computed a second time, in plain Python from the files, on the audit of a generated history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from itsmctl.audit import AuditOptions
from itsmctl.cli import group
from itsmctl.definitions import load
from itsmctl.generate import generate
from itsmctl.importers.importing import import_files
from itsmctl.reference import reference_root
from itsmctl.reports.folder import audit_to_folder

AUDITS = reference_root() / "audits"
ENDS = {"N": 15, "P": 50, "L": 85, "F": 100}
STEPS = list(ENDS)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of an audit by the rules that limit answers, with enough planted that some of them fail."""
    folder, definitions = tmp_path_factory.mktemp("twice"), load(None)
    generate(definitions, 200, 3, folder / "export", start=date(2026, 1, 1), months=6)
    import_files(
        sorted((folder / "export").glob("*.csv")), None, definitions.mappings, "Asia/Shanghai", folder / "data"
    )
    models = [one for model in definitions.questionnaires.values() for one in model.criteria.values()]
    rules = {cap.rule for one in models for cap in one.caps if cap.rule}
    cited = {
        e.id
        for a in definitions.assessments.values()
        for one in a.answers.values()
        for e in one.evidence
        if e.kind == "rule"
    }
    audit_to_folder(definitions, folder / "data", AuditOptions(rules=tuple(sorted(rules | cited))), folder / "result")
    return folder / "result"


def told(*arguments: str) -> dict[str, Any]:
    shown = CliRunner().invoke(group, ["assess", *arguments, "--format", "json"])
    assert shown.exit_code == 0, shown.output
    (one,) = json.loads(shown.stdout)["assessments"]
    return dict(one)


def plain(name: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """A questionnaire and its last assessment as they stand in their files."""
    read = [
        yaml.safe_load((AUDITS / file).read_text(encoding="utf-8"))
        for file in (f"questionnaires/{name}.yaml", f"assessments/{name}-2026-h1.yaml")
    ]
    return read[0], read[1]


def ceiling(share: float, wanted: float | None, passed: bool) -> int:
    """The place of the highest step that a share allows."""
    if passed or (wanted is not None and share >= wanted):
        return 3
    return min(2, next(place for place, step in enumerate(STEPS) if share <= ENDS[step]))


@pytest.mark.parametrize("name", ["maturity", "five-aspects"])
def test_answers_levels_and_scores_are_those_of_a_plain_count(result: Path, name: str) -> None:
    model, answers = plain(name)
    rules = {one["id"]: one for one in json.loads((result / "result.json").read_text(encoding="utf-8"))["rules"]}
    rules |= {one["id"]: one for one in json.loads((result / "result.json").read_text(encoding="utf-8"))["enquiries"]}
    found = told(name, "--result", str(result))
    shown = {one["id"]: one for one in found["criteria"]}
    stands: dict[str, int] = {}
    lowered = 0
    for criterion in model["criteria"]:
        answer = answers["answers"][criterion["id"]]
        place = STEPS.index(answer["rating"])
        if criterion.get("polarity") != "symptom":
            caps = {cap["rule"]: cap["at-least"] for cap in criterion.get("caps", ()) if "rule" in cap}
            cited = [e["rule"] for e in answer.get("evidence", ()) if "rule" in e]
            for rule in dict.fromkeys([*caps, *cited]):
                one = rules[rule]
                share = 100 * one["passed"] / one["in_scope"] if one["in_scope"] else 0.0
                place = min(place, ceiling(share, caps.get(rule), rule not in caps and one["outcome"] == "pass"))
            others = [limit for limit in shown[criterion["id"]]["limits"] if limit["source"] != "rule"]
            place = min([place, *(STEPS.index(limit["ceiling"]) for limit in others)])
            stands[criterion["id"]] = place
            lowered += place < STEPS.index(answer["rating"])
        assert shown[criterion["id"]]["shown"] == STEPS[place], criterion["id"]
    assert lowered == sum(one["said"] != one["shown"] for one in found["criteria"])
    for dimension in found["dimensions"]:
        own = [c for c in model["criteria"] if c["dimension"] == dimension["id"] and c["id"] in stands]
        worth = [model["scale"][stands[c["id"]]]["points"] for c in own]
        if not dimension["fed_by"]:
            assert dimension["shown"]["score"] == round(sum(worth) / len(worth), 4)
        if name == "maturity":
            assert dimension["shown"]["level"] == staged(own, stands)


def staged(criteria: list[Mapping[str, Any]], stands: Mapping[str, int]) -> int:
    """Level by level, until one is not reached."""
    reached = 0
    for level in range(1, 6):
        here = [stands[c["id"]] for c in criteria if c["level"] == level]
        if any(place < 2 for place in here):
            return reached
        reached = level
        if any(place < 3 for place in here):
            return reached
    return reached


def test_the_audit_lowers_something_and_raises_nothing(result: Path) -> None:
    without, with_ = told("maturity"), told("maturity", "--result", str(result))
    pairs = [(a["shown"], b["shown"]) for a, b in zip(without["criteria"], with_["criteria"], strict=True)]
    assert all(STEPS.index(b) <= STEPS.index(a) for a, b in pairs)
    assert any(a != b for a, b in pairs)
    assert with_["shown"]["score"] < without["shown"]["score"]

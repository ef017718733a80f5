"""An assessment computed a second time, in plain Python from the files, on audits of a generated history and of the public log."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from public_log import UCI, write

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


@pytest.fixture(scope="module", params=["generated", "public"])
def result(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of an audit by the rules that limit answers: of a history with enough planted that some of them fail, or of the public log."""
    folder, definitions = tmp_path_factory.mktemp("twice"), load(None)
    if request.param == "generated":
        generate(definitions, 200, 3, folder / "export", start=date(2026, 1, 1), months=6)
        exports = sorted((folder / "export").glob("*.csv"))
    elif UCI.exists():
        exports = [write(folder / "log.csv", "77")]
    else:
        pytest.skip("the public log does not lie beside the repository")
    import_files(exports, None, definitions.mappings, "Asia/Shanghai", folder / "data")
    models = [one for model in definitions.questionnaires.values() for one in model.criteria.values()]
    rules = {cap.rule for one in models for cap in one.caps if cap.rule}
    answers = [one for assessment in definitions.assessments.values() for one in assessment.answers.values()]
    cited = {evidence.id for one in answers for evidence in one.evidence if evidence.kind == "rule"}
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


def ceiling(model: Mapping[str, Any], share: float, wanted: float | None, passed: bool) -> int:
    """The place of the highest step that a share allows: its band, or the part of the way to what is wanted."""
    top = len(model["scale"]) - 1
    if passed or (wanted is not None and share >= wanted):
        return top
    if model["method"] == "levels":
        return min(top - 1, int(share * top / (wanted or 100)))
    return min(top - 1, next(place for place, step in enumerate(STEPS) if share <= ENDS[step]))


def rests_on(
    answer: Mapping[str, Any], rules: Mapping[str, Mapping[str, Any]], limits: Sequence[Mapping[str, Any]]
) -> str:
    """The strongest of what an answer rests on."""
    kinds = {kind for one in answer.get("evidence", ()) for kind in one}
    judged = [rules[one["id"]] for one in limits if one["source"] == "rule" and one["id"] in rules]
    if any(one["in_scope"] and not one["untested_because"] for one in judged):
        return "tickets"
    if kinds & {"process", "policy", "audit"} or any(
        one["source"] != "rule" and one["shown"] is not None for one in limits
    ):
        return "definitions"
    return "registers" if kinds & {"survey", "nonconformity", "review"} else "attested"


@pytest.mark.parametrize("name", ["maturity", "capability", "five-aspects"])
def test_answers_levels_scores_and_gaps_are_those_of_a_plain_count(result: Path, name: str) -> None:
    model, answers = plain(name)
    document = json.loads((result / "result.json").read_text(encoding="utf-8"))
    rules = {one["id"]: one for one in (*document["rules"], *document["enquiries"])}
    found = told(name, "--result", str(result))
    shown = {one["id"]: one for one in found["criteria"]}
    steps = [step["id"] for step in model["scale"]]
    points = [step["points"] / model["scale"][-1]["points"] for step in model["scale"]]
    stands: dict[str, int] = {}
    bases: dict[str, str] = {}
    for criterion in model["criteria"]:
        answer, limits = answers["answers"][criterion["id"]], shown[criterion["id"]]["limits"]
        place = steps.index(answer["rating"])
        if criterion.get("polarity") != "symptom":
            caps = {cap["rule"]: cap["at-least"] for cap in criterion.get("caps", ()) if "rule" in cap}
            cited = [e["rule"] for e in answer.get("evidence", ()) if "rule" in e]
            for rule in dict.fromkeys([*caps, *cited]):
                one = rules[rule]
                share = 100 * one["passed"] / one["in_scope"] if one["in_scope"] else 0.0
                passed = rule not in caps and one["outcome"] == "pass"
                place = min(place, ceiling(model, share, caps.get(rule), passed))
            place = min([place, *(steps.index(one["ceiling"]) for one in limits if one["source"] != "rule")])
            stands[criterion["id"]] = place
            bases[criterion["id"]] = rests_on(answer, rules, limits)
        assert shown[criterion["id"]]["shown"] == steps[place], criterion["id"]
    gaps = {}
    shares: dict[str, list[float]] = {}
    for dimension in found["dimensions"]:
        own = [c for c in model["criteria"] if c["dimension"] == dimension["id"] and c["id"] in stands]
        worth = {c["id"]: points[stands[c["id"]]] for c in own}
        if not dimension["fed_by"]:
            assert dimension["shown"]["score"] == round(sum(worth.values()) / len(worth), 4)
            for basis, share in dimension["rests_on"].items():
                mine = sum(value for c, value in worth.items() if bases[c] == basis) / len(worth)
                assert share == pytest.approx(mine, abs=1e-4), (dimension["id"], basis)
        for basis, share in dimension["rests_on"].items():
            shares.setdefault(basis, []).append(share)
        if name == "maturity":
            assert dimension["shown"]["level"] == staged(own, stands)
        if name == "capability":
            assert dimension["shown"]["level"] == min(stands[c["id"]] for c in own)
        gaps |= short(model, own, stands, answers.get("targets", {}).get(dimension["id"]))
    assert {one["criterion"]: (one["shown"], one["wanted"], one["short"]) for one in found["gaps"]} == {
        c: (steps[stands[c]], steps[wanted], wanted - stands[c]) for c, wanted in gaps.items()
    }
    total = sum(sum(some) for some in shares.values())
    assert found["data_share"] == pytest.approx(1 - sum(shares["attested"]) / total, abs=1e-3)


def short(
    model: Mapping[str, Any], own: Sequence[Mapping[str, Any]], stands: Mapping[str, int], target: int | None
) -> dict[str, int]:
    """What the target asks for and is not there: by stages fully below the level and largely at it, by levels the level, else largely."""
    top = len(model["scale"]) - 1
    found = {}
    for criterion in own:
        level = criterion.get("level")
        if model["method"] == "staged":
            assert target is not None and level is not None
            wanted = top if level < target else top - 1 if level == target else 0
        else:
            wanted = target if target is not None and model["method"] == "levels" else top - 1
        if stands[criterion["id"]] < wanted:
            found[criterion["id"]] = wanted
    return found


@pytest.mark.parametrize("name", ["maturity", "capability", "five-aspects"])
def test_what_moved_is_what_the_files_say(name: str) -> None:
    model, now = plain(name)
    then = yaml.safe_load((AUDITS / f"assessments/{name}-2025-h2.yaml").read_text(encoding="utf-8"))
    found = told(name)["comparison"]
    symptoms = {one["id"] for one in model["criteria"] if one.get("polarity") == "symptom"}
    asked = [one["id"] for one in model["criteria"] if one["id"] not in symptoms]
    ratings = [{c: one["answers"].get(c, {}).get("rating") for c in asked} for one in (then, now)]
    both = [(c, ratings[0][c], ratings[1][c]) for c in asked]
    moved = [{"criterion": c, "before": was, "now": is_} for c, was, is_ in both if was and is_ and was != is_]
    assert found["earlier"] == then["id"]
    assert [{key: one[key] for key in ("criterion", "before", "now")} for one in found["moved"]] == moved
    assert found["answered"] == [c for c, was, is_ in both if is_ and not was]
    assert found["dropped"] == [c for c, was, is_ in both if was and not is_]
    advice = then.get("recommendations", ())
    assert found["done"] == [one["id"] for one in advice if "done" in one]
    assert found["overdue"] == [one["id"] for one in advice if "done" not in one and one.get("due") and one["due"] <= now["assessed"]]  # fmt: skip


def test_advice_is_ranked_by_what_it_follows_from(result: Path) -> None:
    document = json.loads((result / "result.json").read_text(encoding="utf-8"))
    severities = {one["id"]: {"major": 3, "minor": 2, "observation": 1}[one["severity"]] for one in (*document["rules"], *document["enquiries"])}  # fmt: skip
    found = told("maturity", "--result", str(result))
    gaps = {one["criterion"]: one["short"] for one in found["gaps"]}
    assert found["recommendations"]
    for one in found["recommendations"]:
        because = one["because"]
        widest = max((gaps[c] for c in because["criteria"] if c in gaps), default=0)
        severity = max((severities[rule] for rule in because["rules"]), default=widest)
        frameworks = Counter(clause.partition(":")[0] for clause in because["clauses"])
        weight = max(frameworks.values(), default=1)
        assert (one["severity"], one["clause_weight"]) == (severity, weight), one["id"]
        effort = {"S": 1, "M": 3, "L": 9}[one["effort"]]
        assert one["rank"] == pytest.approx(severity * weight * max(1, len(because["services"])) / effort, abs=1e-3)
        assert because["criteria"] or one["source"] == "written", "each can be traced to what caused it"
    ranks = [(["near", "mid", "long"].index(one["horizon"]), -one["rank"]) for one in found["recommendations"]]
    assert ranks == sorted(ranks)


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

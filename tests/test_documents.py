"""Indicators and procedures: what only their builders and laws can see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from itsmctl import definitions, model
from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.schema import check_document
from itsmctl.reference import reference_root
from itsmctl.source import parse_documents

KPI: dict[str, Any] = {
    "kind": "kpi",
    "id": "k",
    "title": "K",
    "process": "incident",
    "position": "p",
    "quadrant": "operation",
    "type": "goal",
    "definition": "D",
    "unit": "percent",
    "direction": "higher",
    "target": 95,
    "period": "month",
    "measure": {"definitions": "new-services"},
}
PROCEDURE: dict[str, Any] = {
    "kind": "procedure",
    "id": "p",
    "title": "P",
    "level": "procedure",
    "process": "incident",
    "activities": ["IM1"],
    "owner": "o",
    "version": "1.0",
    "review": {"every": "12mo"},
    "purpose": "P",
    "steps": [{"text": "T"}],
}


def built(data: dict[str, Any]) -> tuple[model.Definition, list[tuple[str, int]]]:
    """A definition with the codes and lines of its problems; JSON with a line for each key is YAML too."""
    (document,) = parse_documents(json.dumps(data, indent=1), "a.yaml")
    assert check_document(document) == []
    builder = Builder(document)
    return build(builder), [(p.code, p.where.line) for p in builder.problems]


def line_of(data: dict[str, Any], key: str) -> int:
    lines = json.dumps(data, indent=1).split("\n")
    return next(n for n, line in enumerate(lines, 1) if line.strip().startswith(f'"{key}":'))


@pytest.mark.parametrize(
    ("change", "code", "at"),
    [
        ({"direction": "between"}, "wrong-target", "target"),
        ({"target": {"at-least": 1, "at-most": 2}}, "wrong-target", "target"),
        ({"direction": "between", "target": {"at-least": 3, "at-most": 2}}, "wrong-target", "target"),
        ({"alarm": 96}, "wrong-alarm", "alarm"),
        ({"direction": "lower", "target": 3, "alarm": 2}, "wrong-alarm", "alarm"),
        ({"measure": {"records": {"process": "incident", "figure": "share"}}}, "figure-incomplete", "figure"),
        ({"measure": {"records": {"process": "incident", "figure": "median", "from": "opened_at"}}}, "figure-incomplete", "figure"),
        ({"measure": {"register": {"register": "budget", "figure": "ratio", "column": "actual"}}}, "figure-incomplete", "figure"),
    ],
)  # fmt: skip
def test_an_indicator_that_means_nothing(change: dict[str, Any], code: str, at: str) -> None:
    data = {**KPI, **change}
    assert built(data)[1] == [(code, line_of(data, at))]


@pytest.mark.parametrize(
    ("change", "band"),
    [
        ({}, (95, None)),
        ({"alarm": 95}, (95, None)),
        ({"direction": "lower", "target": 3, "alarm": 5}, (None, 3)),
        ({"direction": "between", "target": {"at-least": 95, "at-most": 102}}, (95, 102)),
    ],
)
def test_the_target_of_an_indicator_is_a_band_with_open_ends(
    change: dict[str, Any], band: tuple[float | None, float | None]
) -> None:
    kpi, problems = built({**KPI, **change})
    assert isinstance(kpi, model.Kpi)
    assert problems == []
    assert (kpi.target.at_least, kpi.target.at_most) == band


@pytest.mark.parametrize(
    ("measure", "wanted"),
    [
        ({"rules": ["INC-01"]}, model.RuleShare(("INC-01",))),
        ({"clock": {"clock": "response", "process": "incident"}}, model.ClockShare("response", "incident", ())),
        ({"survey": {"survey": "s", "figure": "mean"}}, model.SurveyFigure("s", "mean")),
        ({"definitions": "roles-filled"}, model.DefinitionShare("roles-filled")),
        ({"maturity": {"of": "all"}}, model.MaturityLevel("all")),
        ({"attested": {"role": "r", "basis": "B"}}, model.Attested("r", model.Text("B", "B"))),
        (
            {"register": {"register": "contracts", "figure": "share", "where": {"result": "renewed"}}},
            model.RegisterFigure("contracts", "share", {"result": ("renewed",)}, {}, "", ""),
        ),
        (
            {"records": {"process": "incident", "figure": "count", "where": {"priority": "P1"}}},
            model.RecordFigure("incident", "count", (model.Condition("priority", "in", ("P1",)),), (), "", ""),
        ),
    ],
)
def test_what_an_indicator_is_computed_from(measure: dict[str, Any], wanted: model.Measure) -> None:
    kpi, problems = built({**KPI, "measure": measure})
    assert isinstance(kpi, model.Kpi)
    assert problems == []
    assert kpi.measure == wanted


def test_a_work_instruction_stands_under_a_procedure_and_a_procedure_under_nothing() -> None:
    assert built(PROCEDURE)[1] == []
    data = {**PROCEDURE, "under": "q"}
    assert built(data)[1] == [("procedure-under", line_of(data, "under"))]
    (document,) = parse_documents(json.dumps({**PROCEDURE, "level": "work-instruction"}), "a.yaml")
    assert [(p.code, p.values["key"]) for p in check_document(document)] == [("missing-key", "under")]


def edited(root: Path, name: str, old: str, new: str) -> list[tuple[str, str]]:
    path = root / name
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), encoding="utf-8")
    found = [(p.code, f"{p.where.file}:{p.where.line}") for p in definitions.validate(root)]
    path.write_text(before, encoding="utf-8")
    return found


def test_laws_between_the_documents(tmp_path: Path) -> None:
    source = reference_root()
    for folder in ("catalog", "roles", "policies", "audits"):
        (tmp_path / folder).mkdir()
        for path in (source / folder).rglob("*.yaml"):
            target = tmp_path / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    name = "policies/procedures/incident.yaml"
    lines = (tmp_path / name).read_text(encoding="utf-8").split("\n")
    line = lines.index("under: incident-handling") + 1
    assert edited(tmp_path, name, "under: incident-handling", "under: write-a-notice") == [
        ("under-no-procedure", f"{name}:{line}")
    ]
    name = "policies/kpis/incident.yaml"
    lines = (tmp_path / name).read_text(encoding="utf-8").split("\n")
    line = lines.index("supports: [sla-attainment]") + 1
    assert edited(tmp_path, name, "supports: [sla-attainment]", "supports: [incidents-reopened]") == [
        ("supports-no-goal", f"{name}:{line}")
    ]

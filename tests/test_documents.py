"""Indicators and procedures: what only their builders and laws can see."""

from __future__ import annotations

import json
from typing import Any

import pytest

from itsmctl import model
from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.schema import check_document
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

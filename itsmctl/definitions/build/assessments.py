"""Definitions under `audits/` by which an organisation judges itself: questionnaires and assessments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, evidence, scale, text, texts, unique_ids
from itsmctl.definitions.references import unknown
from itsmctl.source import Path_


def _questionnaire(b: Builder) -> model.Questionnaire:
    d = b.data
    for key in ("scale", "dimensions", "criteria"):
        unique_ids(b, key)
    dimensions, levels = [x["id"] for x in d["dimensions"]], [x["level"] for x in d.get("levels", ())]
    for position, x in enumerate(d["criteria"]):
        _check_criterion(b, x, ("criteria", position), dimensions, levels)
    return model.Questionnaire(
        **b.common(),
        version=d["version"],
        description=text(d.get("description")),
        method=d["method"],
        scale=scale(d["scale"]),
        levels=tuple(
            model.Level(x["level"], text(x["title"]), text(x.get("description"))) for x in d.get("levels", ())
        ),
        dimensions=tuple(_dimension(x) for x in d["dimensions"]),
        criteria={x["id"]: _criterion(x) for x in d["criteria"]},
    )


def _check_criterion(b: Builder, x: Mapping[str, Any], path: Path_, dimensions: list[str], levels: list[int]) -> None:
    if x["dimension"] not in dimensions:
        b.problems.append(unknown(b.document, (*path, "dimension"), x["dimension"], "dimension", dimensions))
    if "level" in x and x["level"] not in levels:
        known = [str(level) for level in levels]
        b.problems.append(unknown(b.document, (*path, "level"), str(x["level"]), "level", known))
    if "level" not in x and b.data["method"] == "staged":
        b.report("criterion-without-level", "in a staged model every criterion belongs to a level", path)
    if "levels" in x and len(x["levels"]) != len(b.data["scale"]):
        template = "{count} levels are described, but the scale has {steps}"
        b.report("levels-not-scale", template, (*path, "levels"), count=len(x["levels"]), steps=len(b.data["scale"]))


def _dimension(x: Mapping[str, Any]) -> model.Dimension:
    fed_by = tuple((one["questionnaire"], one["dimension"]) for one in x.get("fed-by", ()))
    return model.Dimension(x["id"], text(x["title"]), text(x.get("description")), x.get("process", ""), fed_by)


def _criterion(x: Mapping[str, Any]) -> model.QuestionnaireCriterion:
    return model.QuestionnaireCriterion(
        id=x["id"],
        text=text(x["text"]),
        dimension=x["dimension"],
        level=x.get("level"),
        polarity=x.get("polarity", "achieve"),
        evidence=tuple(x.get("evidence", ())),
        caps=tuple(
            model.Cap(one.get("rule", ""), float(one["at-least"]), one.get("coverage", ""), one.get("control", ""))
            for one in x.get("caps", ())
        ),
        levels=texts(x.get("levels")),
        clauses=tuple(x.get("clauses", ())),
    )


def _assessment(b: Builder) -> model.Assessment:
    d = b.data
    unique_ids(b, "recommendations")
    return model.Assessment(
        **b.common(),
        questionnaire=d["questionnaire"],
        period=b.effective(d["period"], ("period",)),
        assessed=b.day(d.get("assessed"), ("assessed",)),
        methods=tuple(d.get("methods", ())),
        processes=tuple(d.get("processes", ())),
        assessors=tuple(d["assessors"]),
        targets=dict(d.get("targets", {})),
        current_state=text(d.get("current-state")),
        gaps=texts(d.get("gaps")),
        answers={name: _answer(b, x, ("answers", name)) for name, x in d["answers"].items() if x is not None},
        recommendations=tuple(
            _recommendation(b, x, ("recommendations", i)) for i, x in enumerate(d.get("recommendations", ()))
        ),
    )


def _answer(b: Builder, x: Mapping[str, Any], path: Path_) -> model.Answer:
    on = b.day(x.get("on"), (*path, "on"))
    return model.Answer(x["rating"], evidence(x.get("evidence")), x.get("by", ""), on, text(x.get("note")))


def _recommendation(b: Builder, x: Mapping[str, Any], path: Path_) -> model.Recommendation:
    return model.Recommendation(
        id=x["id"],
        action=text(x["action"]),
        horizon=x["horizon"],
        criteria=tuple(x["criteria"]),
        clauses=tuple(x.get("clauses", ())),
        owner=x["owner"],
        effort=x["effort"],
        due=b.day(x["due"], (*path, "due")),
        done=b.day(x.get("done"), (*path, "done")),
    )


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {
    "assessment": _assessment,
    "questionnaire": _questionnaire,
}

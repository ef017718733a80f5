"""Definitions under `audits/` that ask people: surveys with their results."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, scale, text, texts, unique_ids
from itsmctl.definitions.references import unknown
from itsmctl.source import Path_


def _survey(b: Builder) -> model.Survey:
    d = b.data
    unique_ids(b, "scale")
    unique_ids(b, "questions")
    return model.Survey(
        **b.common(),
        audience=d["audience"],
        owner=d["owner"],
        method=text(d["method"]),
        least_answers=d.get("least-answers", 1),
        scale=scale(d["scale"]),
        questions={x["id"]: _question(x) for x in d["questions"]},
        results=tuple(_run(b, x, ("results", i)) for i, x in enumerate(d.get("results", ()))),
        responses=tuple(_response(b, x, ("responses", i)) for i, x in enumerate(d.get("responses", ()))),
    )


def _question(x: Mapping[str, Any]) -> model.Question:
    return model.Question(
        id=x["id"],
        text=text(x["text"]),
        stage=x.get("stage", ""),
        aspect=x.get("aspect", ""),
        weight=float(x.get("weight", 1)),
        measured_by=tuple(x.get("measured-by", ())),
    )


def _run(b: Builder, x: Mapping[str, Any], path: Path_) -> model.SurveyRun:
    _check_run(b, x, path)
    return model.SurveyRun(
        period=b.effective(x["period"], (*path, "period")),
        asked=b.day(x.get("asked"), (*path, "asked")),
        customer=x.get("customer", ""),
        service=x.get("service", ""),
        population=x.get("population"),
        invited=x["invited"],
        answered=x["answered"],
        counts={name: tuple(counts) for name, counts in x["counts"].items()},
        comments=texts(x.get("comments")),
        actions=texts(x.get("actions")),
    )


def _check_run(b: Builder, x: Mapping[str, Any], path: Path_) -> None:
    """More people cannot answer than were asked, nor more be asked than there are."""
    for less, more in (("answered", "invited"), ("invited", "population")):
        if x[less] > x.get(more, x[less]):
            template = "{less} is {count}, more than {more}, which is {limit}"
            b.report("more-than-asked", template, (*path, less), less=less, count=x[less], more=more, limit=x[more])
    steps = len(b.data["scale"])
    _known_questions(b, x["counts"], (*path, "counts"))
    for name, counts in x["counts"].items():
        place: Path_ = (*path, "counts", name)
        if len(counts) != steps:
            b.report("counts-not-scale", "{count} numbers, but the scale has {steps} steps", place, count=len(counts), steps=steps)  # fmt: skip
        if sum(counts) > x["answered"]:
            template = "{count} answers to one question, but only {answered} people answered"
            b.report("more-than-answered", template, place, count=sum(counts), answered=x["answered"])


def _response(b: Builder, x: Mapping[str, Any], path: Path_) -> model.Response:
    _known_questions(b, x["scores"], (*path, "scores"))
    for name, score in x["scores"].items():
        if score > len(b.data["scale"]):
            template = "score {score}, but the scale has {steps} steps"
            b.report("counts-not-scale", template, (*path, "scores", name), score=score, steps=len(b.data["scale"]))
    return model.Response(x["record"], b.day(x.get("on"), (*path, "on")), dict(x["scores"]), text(x.get("comment")))


def _known_questions(b: Builder, names: Collection[str], path: Path_) -> None:
    questions = [question["id"] for question in b.data["questions"]]
    for name in names:
        if name not in questions:
            b.problems.append(unknown(b.document, (*path, name), name, "question", questions, key=True))


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {"survey": _survey}

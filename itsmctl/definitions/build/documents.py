"""Definitions under `policies/` that people work by and are measured by: procedures and indicators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, conditions, listed, text


def _procedure(b: Builder) -> model.Procedure:
    d = b.data
    if d["level"] == "procedure" and "under" in d:
        b.report("procedure-under", "a procedure stands under no other; only a work instruction does", ("under",))
    return model.Procedure(
        **b.common(),
        level=d["level"],
        process=d["process"],
        activities=tuple(d["activities"]),
        under=d.get("under", ""),
        owner=d["owner"],
        version=d["version"],
        purpose=text(d["purpose"]),
        begins=text(d.get("begins")),
        steps=tuple(_step(step) for step in d["steps"]),
    )


def _step(step: Mapping[str, Any]) -> model.Step:
    return model.Step(text(step["text"]), step.get("role", ""), step.get("within", ""), text(step.get("evidence")))


def _kpi(b: Builder) -> model.Kpi:
    d = b.data
    return model.Kpi(
        **b.common(),
        process=d["process"],
        position=d["position"],
        quadrant=d["quadrant"],
        type=d["type"],
        supports=tuple(d.get("supports", ())),
        definition=text(d["definition"]),
        unit=d["unit"],
        direction=d["direction"],
        target=_band(b),
        alarm=d.get("alarm"),
        period=d["period"],
        minimum=d.get("minimum", 1),
        measure=_measure(b),
    )


def _band(b: Builder) -> model.Band:
    """The target with its open end; a band is written exactly where the direction asks for one."""
    target, direction, alarm = b.data["target"], b.data["direction"], b.data.get("alarm")
    if isinstance(target, dict) != (direction == "between"):
        template = "a band (`at-least`, `at-most`) is the target of direction `between`, one number that of the others"
        b.report("wrong-target", template, ("target",))
        return model.Band(None, None)
    if isinstance(target, dict):
        if target["at-least"] > target["at-most"]:
            b.report("wrong-target", "the lower end of the band lies above the upper one", ("target",))
        return model.Band(target["at-least"], target["at-most"])
    if alarm is not None and (alarm > target if direction == "higher" else alarm < target):
        b.report("wrong-alarm", "the alarm lies on the good side of the target", ("alarm",))
    return model.Band(target, None) if direction == "higher" else model.Band(None, target)


def _measure(b: Builder) -> model.Measure:
    ((kind, body),) = b.data["measure"].items()
    match kind:
        case "rules":
            return model.RuleShare(tuple(body))
        case "clock":
            return model.ClockShare(body["clock"], body["process"], conditions(body.get("where")))
        case "records":
            return _records(b, body)
        case "register":
            return _register(b, body)
        case "survey":
            return model.SurveyFigure(body["survey"], body["figure"])
        case "definitions":
            return model.DefinitionShare(body)
        case "maturity":
            return model.MaturityLevel(body["of"])
        case _:
            return model.Attested(body["role"], text(body["basis"]))


def _records(b: Builder, body: Mapping[str, Any]) -> model.RecordFigure:
    _needs(b, "records", {"share": ("where",), "median": ("from", "to")})
    return model.RecordFigure(
        body["process"],
        body["figure"],
        conditions(body.get("where")),
        conditions(body.get("of")),
        body.get("from", ""),
        body.get("to", ""),
        body.get("dated") or body.get("to") or "opened_at",
    )


def _register(b: Builder, body: Mapping[str, Any]) -> model.RegisterFigure:
    _needs(b, "register", {"share": ("where",), "ratio": ("column", "over"), "mean": ("column",)})
    where, of = (
        {column: listed(value) for column, value in sorted(body.get(key, {}).items())} for key in ("where", "of")
    )
    return model.RegisterFigure(
        body["register"], body["figure"], where, of, body.get("column", ""), body.get("over", ""), body.get("dated", "")
    )


def _needs(b: Builder, kind: str, needed: Mapping[str, tuple[str, ...]]) -> None:
    """Report the keys without which a figure cannot be computed."""
    body = b.data["measure"][kind]
    for key in needed.get(body["figure"], ()):
        if key not in body:
            template = "the figure {figure!r} needs the key {key!r}"
            b.report("figure-incomplete", template, ("measure", kind, "figure"), figure=body["figure"], key=key)


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {
    "kpi": _kpi,
    "procedure": _procedure,
}

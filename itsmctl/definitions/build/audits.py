"""Definitions under `audits/`: mappings of exports, audit plans, and the programme they belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, conditions, listed, text, texts


def _mapping(b: Builder) -> model.MappingDefinition:
    d = b.data
    columns: dict[str, tuple[str, ...]] = {}
    joined: dict[str, str] = {}
    taken: dict[str, model.Taking] = {}
    for column, source in d["columns"].items():
        if isinstance(source, dict) and "join" in source:
            columns[column], joined[column] = tuple(source["join"]), source.get("with", "/")
        elif isinstance(source, dict):
            columns[column], taken[column] = listed(source["of"]), source["take"]
        else:
            columns[column] = listed(source)
    keys = ("at", "actor", "actor-group", "process-column")
    named = {key.replace("-", "_"): listed(d.get(key, "")) for key in keys}
    return model.MappingDefinition(
        **b.common(),
        tool=d["tool"],
        format=d["format"],
        shape=d.get("shape", "records"),
        process=d.get("process", ""),
        recognise=tuple(listed(names) for names in d["recognise"]),
        missing=tuple(d.get("missing", ("",))),
        time_formats=tuple(d.get("time-formats", ("iso",))),
        zone=b.zone(d.get("zone", ""), ("zone",)),
        columns=columns,
        joined=joined,
        order_by=tuple(d.get("order-by", ())),
        at=named["at"][0],
        actor=named["actor"][0],
        actor_group=named["actor_group"][0],
        history=tuple(d.get("history", ())),
        codes={
            column: {str(key): str(value) for key, value in table.items()}
            for column, table in d.get("codes", {}).items()
        },
        table=d.get("table", "record"),
        process_column=named["process_column"][0],
        taken=taken,
        only={column: listed(values) for column, values in d.get("only", {}).items()},
        without={column: listed(values) for column, values in d.get("without", {}).items()},
        links=d.get("links", {}),
        link_type=d.get("link-type", ""),
        date_order=d.get("date-order", ""),
        header_row=d.get("header-row", 0),
        alternatives={key: names for key, names in named.items() if len(names) > 1},
    )


def _plan(b: Builder) -> model.AuditPlan:
    d = b.data
    period = b.effective(d.get("period"), ("period",))
    held, reported = b.day(d.get("held"), ("held",)), b.day(d.get("reported"), ("reported",))
    if held and reported and reported < held:
        template = "reported on {reported}, before it was held on {held}"
        b.report("reported-before-held", template, ("reported",), reported=reported, held=held)
    return model.AuditPlan(
        **b.common(),
        period_start=period.start,
        period_end=period.end,
        as_of=str(d.get("as-of", "")),
        mapping=d.get("mapping", ""),
        zone=b.zone(d.get("zone", ""), ("zone",)),
        datasets=tuple(d.get("datasets", ())),
        rules=tuple(d.get("rules", ())),
        processes=tuple(d.get("processes", ())),
        frameworks=tuple(d.get("frameworks", ())),
        fail_on=d.get("fail-on", ""),
        type=d.get("type", "tickets"),
        programme=d.get("programme", ""),
        scope=text(d.get("scope")),
        areas=tuple(d.get("areas", ())),
        auditors=tuple(d.get("auditors", ())),
        guest_auditors=tuple(d.get("guest-auditors", ())),
        planned=b.effective(d.get("planned"), ("planned",)),
        held=held,
        reported=reported,
        conclusion=text(d.get("conclusion")),
        findings=tuple(d.get("findings", ())),
        sampling=_sampling(d["sampling"]) if "sampling" in d else None,
    )


def _sampling(x: Mapping[str, Any]) -> model.SamplingPlan:
    return model.SamplingPlan(
        objective=text(x.get("objective")),
        population=conditions(x.get("population")),
        method=x["method"],
        confidence=float(x["confidence"]),
        tolerable=float(x["tolerable"]),
        expected=float(x["expected"]) if "expected" in x else None,
        allowed=x.get("allowed", 0),
        strata=tuple(x.get("strata", ())),
        always=conditions(x.get("always")),
        seed_origin=text(x.get("seed-origin")),
    )


def _programme(b: Builder) -> model.Programme:
    d = b.data
    return model.Programme(
        **b.common(),
        cycle=b.effective(d["cycle"], ("cycle",)),
        frameworks=tuple(d["frameworks"]),
        responsible=d["responsible"],
        approver=d.get("approver", ""),
        method=text(d["method"]),
        priorities=texts(d.get("priorities")),
        independence=text(d["independence"]),
        reporting=text(d["reporting"]),
    )


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {
    "audit": _plan,
    "mapping": _mapping,
    "programme": _programme,
}

"""Definitions under `audits/`: mappings of exports, and audit plans."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, listed


def _mapping(b: Builder) -> model.MappingDefinition:
    d = b.data
    columns: dict[str, tuple[str, ...]] = {}
    joined: dict[str, str] = {}
    for column, source in d["columns"].items():
        if isinstance(source, dict):
            columns[column], joined[column] = tuple(source["join"]), source.get("with", "/")
        else:
            columns[column] = listed(source)
    return model.MappingDefinition(
        **b.common(),
        tool=d["tool"],
        format=d["format"],
        shape=d["shape"],
        process=d["process"],
        recognise=tuple(d["recognise"]),
        missing=tuple(d.get("missing", ("",))),
        time_formats=tuple(d.get("time-formats", ("iso",))),
        zone=b.zone(d.get("zone", ""), ("zone",)),
        columns=columns,
        joined=joined,
        order_by=tuple(d.get("order-by", ())),
        at=d.get("at", ""),
        actor=d.get("actor", ""),
        actor_group=d.get("actor-group", ""),
        history=tuple(d.get("history", ())),
        codes={
            column: {str(key): str(value) for key, value in table.items()}
            for column, table in d.get("codes", {}).items()
        },
    )


def _plan(b: Builder) -> model.AuditPlan:
    d = b.data
    period = b.effective(d.get("period"), ("period",))
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
    )


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {
    "audit": _plan,
    "mapping": _mapping,
}

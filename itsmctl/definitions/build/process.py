"""A process, from its document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, text, unique_ids


def _process(b: Builder) -> model.Process:
    d = b.data
    for key in ("inputs", "outputs", "lanes", "activities", "states"):
        unique_ids(b, key)
    inputs, outputs = _artefacts(d["inputs"], "from"), _artefacts(d["outputs"], "to")
    titles = {artefact.id: artefact.title for artefact in (*inputs, *outputs)}
    return model.Process(
        **b.common(),
        version=d["version"],
        owner=d["owner"],
        manager=d["manager"],
        purpose=text(d["purpose"]),
        scope=text(d["scope"]),
        inputs=inputs,
        outputs=outputs,
        lanes=tuple(model.Lane(x["id"], text(x.get("title")), tuple(x.get("roles", ()))) for x in d["lanes"]),
        activities=tuple(_activity(x, titles) for x in d["activities"]),
        states=tuple(model.State(x["id"], text(x.get("title")), x["phase"], x.get("initial", False)) for x in d.get("states", ())),
        transitions={state: tuple(to) for state, to in d.get("transitions", {}).items()},
        principles={
            name: tuple(model.Principle(text(x["text"]), tuple(x.get("rules", ()))) for x in items)
            for name, items in d.get("principles", {}).items()
        },
        codes=dict(d.get("codes", {})),
        form=tuple(model.FormField(x.get("column", ""), x.get("attribute", ""), text(x.get("title")), x.get("required-in", ""), x.get("codes", "")) for x in d.get("form", ())),
        interfaces=tuple(model.Interface(x["process"], x["activity"], x["direction"], text(x["what"])) for x in d.get("interfaces", ())),
        kpis=tuple(d.get("kpis", ())),
    )  # fmt: skip


def _artefacts(items: Sequence[Mapping[str, Any]], way: str) -> tuple[model.Artefact, ...]:
    return tuple(model.Artefact(x["id"], text(x["title"]), tuple(x[way])) for x in items)


def _activity(x: Mapping[str, Any], titles: Mapping[str, model.Text]) -> model.Activity:
    flows = tuple(model.Flow(flow["to"], text(flow.get("when"))) for flow in x.get("next", ()))
    return model.Activity(
        x["id"],
        text(x.get("title")),
        x["lane"],
        text(x.get("description")),
        tuple(_work_product(product, titles) for product in x["inputs"]),
        tuple(_work_product(product, titles) for product in x["outputs"]),
        tuple(x.get("states", ())),
        tuple(x.get("procedures", ())),
        flows,
    )


def _work_product(value: Any, titles: Mapping[str, model.Text]) -> model.WorkProduct:
    """A string names an artefact of the process; one that it does not have is reported by the cross-check."""
    if isinstance(value, str):
        return model.WorkProduct(titles.get(value, model.Text(value, value)), value)
    return model.WorkProduct(text(value), "")


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {"process": _process}

"""Definitions under `policies/`: processes, codes and rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, conditions, frozen, limit, text, texts, unique_ids


def _matrix(b: Builder) -> model.PriorityMatrix:
    cells: dict[tuple[str, str], str] = {}
    for position, cell in enumerate(b.data["cells"]):
        place = (str(cell["impact"]), str(cell["urgency"]))
        if place in cells:
            b.report(
                "cell-twice",
                "impact {impact}, urgency {urgency} stands twice in the matrix",
                ("cells", position),
                impact=place[0],
                urgency=place[1],
            )
        cells[place] = str(cell["priority"])
    return model.PriorityMatrix(**b.common(), process=b.data.get("process", ""), cells=cells)


def _code_list(b: Builder) -> model.CodeList:
    codes: dict[str, model.Code] = {}
    for position, code in enumerate(b.data["codes"]):
        if code["id"] in codes:
            b.report(
                "code-twice", "code {word!r} stands twice in this list", ("codes", position, "id"), word=code["id"]
            )
        codes[code["id"]] = model.Code(
            code["id"], text(code.get("title")), b.effective(code.get("effective"), ("codes", position, "effective"))
        )
    return model.CodeList(**b.common(), column=b.data["column"], codes=tuple(codes.values()))


def _process(b: Builder) -> model.Process:
    d = b.data
    for key in ("lanes", "activities", "states"):
        unique_ids(b, key)
    return model.Process(
        **b.common(),
        version=d["version"],
        owner=d["owner"],
        manager=d["manager"],
        purpose=text(d["purpose"]),
        scope=text(d["scope"]),
        inputs=texts(d.get("inputs")),
        outputs=texts(d.get("outputs")),
        lanes=tuple(model.Lane(x["id"], text(x.get("title")), tuple(x.get("roles", ()))) for x in d["lanes"]),
        activities=tuple(_activity(x) for x in d["activities"]),
        states=tuple(model.State(x["id"], text(x.get("title")), x["phase"], x.get("initial", False)) for x in d.get("states", ())),
        transitions={state: tuple(to) for state, to in d.get("transitions", {}).items()},
        principles={
            name: tuple(model.Principle(text(x["text"]), tuple(x.get("rules", ()))) for x in items)
            for name, items in d.get("principles", {}).items()
        },
        codes=dict(d.get("codes", {})),
        form=tuple(model.FormField(x["column"], text(x.get("title")), x.get("required-in", ""), x.get("codes", "")) for x in d.get("form", ())),
        interfaces=tuple(model.Interface(x["process"], x["activity"], x["direction"], text(x["what"])) for x in d.get("interfaces", ())),
    )  # fmt: skip


def _activity(x: Mapping[str, Any]) -> model.Activity:
    flows = tuple(model.Flow(flow["to"], text(flow.get("when"))) for flow in x.get("next", ()))
    return model.Activity(
        x["id"],
        text(x.get("title")),
        x["lane"],
        text(x.get("description")),
        texts(x.get("inputs")),
        texts(x.get("outputs")),
        tuple(x.get("states", ())),
        flows,
    )


def _rule(b: Builder) -> model.Rule:
    d = b.data
    ((check, parameters),) = d["check"].items()
    return model.Rule(
        **b.common(),
        version=d.get("version", 1),
        process=d.get("process", ""),
        severity=d["severity"],
        enquiry=d.get("enquiry", False),
        scope=conditions(d.get("scope")),
        check=check,
        parameters={k: conditions(value) if k == "where" else frozen(value) for k, value in parameters.items()},
        tolerance=limit(d.get("tolerance")),
        allowance=limit(d.get("allowance")),
        rests_on=tuple(d.get("rests-on", ())),
        rationale=text(d.get("rationale")),
        remedy=text(d.get("remedy")),
        exceptions=texts(d.get("exceptions")),
    )


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {
    "code-list": _code_list,
    "priority-matrix": _matrix,
    "process": _process,
    "rule": _rule,
}

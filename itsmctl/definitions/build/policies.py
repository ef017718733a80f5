"""Definitions under `policies/` but processes and frameworks: codes and rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, conditions, frozen, limit, text, texts


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
    return model.CodeList(
        **b.common(),
        column=b.data.get("column", ""),
        attribute=b.data.get("attribute", ""),
        codes=tuple(codes.values()),
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
        parameters={k: conditions(v) if k in ("where", "must") else frozen(v) for k, v in parameters.items()},
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
    "rule": _rule,
}

"""Frameworks and crosswalks, under `policies/frameworks/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, text, texts, unique_ids
from itsmctl.source import Path_


def _framework(b: Builder) -> model.Framework:
    requirements: dict[str, model.Clause] = {}
    for position, clause in enumerate(b.data["clauses"]):
        path: Path_ = ("clauses", position)
        number = clause["number"]
        if number in requirements:
            b.report("clause-twice", "clause {number} stands twice", (*path, "number"), number=number)
        requirements[number] = model.Clause(
            number,
            text(clause.get("title")),
            clause.get("type", "requirement"),
            text(clause.get("news")),
            _objectives(b, clause, path),
            texts(clause.get("evidence")),
            tuple(_way(entry) for entry in clause.get("checked", ())),
        )
    return model.Framework(
        **b.common(),
        version=b.data["version"],
        attribution=text(b.data.get("attribution")),
        requirements=requirements,
    )


def _objectives(b: Builder, clause: Mapping[str, Any], path: Path_) -> tuple[model.Objective, ...]:
    seen: set[str] = set()
    for position, objective in enumerate(clause.get("objectives", ())):
        id_ = objective["id"]
        place = (*path, "objectives", position, "id")
        if id_ in seen:
            b.report("id-twice", "{id!r} stands twice under {key!r}", place, id=id_, key="objectives")
        if not id_.startswith((f"C{clause['number']}-", f"C{clause['number']}.")):
            template = "objective {id} stands under clause {number}; its id begins with C{number}"
            b.report("objective-elsewhere", template, place, id=id_, number=clause["number"])
        seen.add(id_)
    return tuple(
        model.Objective(objective["id"], text(objective["text"]), text(objective.get("news")))
        for objective in clause.get("objectives", ())
    )


def _way(entry: Mapping[str, Any]) -> model.WayOfChecking:
    return model.WayOfChecking(
        entry["by"], text(entry["how"]), tuple(entry.get("kinds", ())), tuple(entry.get("named", ()))
    )


def _crosswalk(b: Builder) -> model.Crosswalk:
    d = b.data
    unique_ids(b, "subjects")
    return model.Crosswalk(
        **b.common(),
        frameworks=tuple(d["frameworks"]),
        subjects=tuple(
            model.Subject(x["id"], text(x["title"]), tuple(x["clauses"]), text(x.get("note"))) for x in d["subjects"]
        ),
        alone={clause: text(entry["why"]) for entry in d.get("alone", ()) for clause in entry["clauses"]},
    )


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {
    "crosswalk": _crosswalk,
    "framework": _framework,
}

"""Definitions under `roles/`: roles, positions, assignments, RACI matrices and separated duties."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, groups, text, texts, unique_ids
from itsmctl.source import Path_


def _role(b: Builder) -> model.Role:
    return model.Role(
        **b.common(),
        process=b.data.get("process", ""),
        responsibilities=texts(b.data.get("responsibilities")),
        holders=b.data.get("holders", "one"),
        competences=_competences(b),
        groups=groups(b.data.get("groups")),
    )


def _position(b: Builder) -> model.Position:
    d = b.data
    return model.Position(
        **b.common(),
        exists=d.get("exists", True),
        holders=d.get("holders", "one"),
        responsibilities=texts(d.get("responsibilities")),
        standards=texts(d.get("standards")),
        competences=_competences(b),
        assessment=texts(d.get("assessment")),
        kpis=tuple(d.get("kpis", ())),
        training=texts(d.get("training")),
        roles=tuple(d.get("roles", ())),
    )


def _competences(b: Builder) -> tuple[model.Competence, ...]:
    unique_ids(b, "competences")
    return tuple(
        model.Competence(x["id"], text(x["title"]), x.get("proof", ""), int(x.get("renew", "0mo").removesuffix("mo")))
        for x in b.data.get("competences", ())
    )


def _assignment(b: Builder) -> model.Assignment:
    d = b.data
    common = b.common()
    appointed = d.get("appointed", {})
    if d.get("delegate") == d["person"]:
        b.report("own-delegate", "nobody stands in for themselves", ("delegate",))
    return model.Assignment(
        **common,
        person=d["person"],
        also_called=tuple(d.get("also-called", ())),
        account=d.get("account", "person"),
        role=d.get("role", ""),
        position=d.get("position", ""),
        delegate=d.get("delegate", ""),
        delegations=_delegations(b),
        competences=tuple(p for i, x in enumerate(d.get("competences", ())) if (p := _proof(b, x, ("competences", i)))),
        appointed_by=appointed.get("by", ""),
        appointed_on=b.day(appointed.get("on"), ("appointed", "on")),
    )


def _delegations(b: Builder) -> tuple[model.Delegation, ...]:
    """The absences in order of time."""
    found: list[model.Delegation] = []
    for position, x in enumerate(b.data.get("delegations", ())):
        path: Path_ = ("delegations", position)
        days = b.effective(x, path)
        if days.start is None or days.end is None:
            continue
        if x["person"] == b.data["person"]:
            b.report("own-delegate", "nobody stands in for themselves", (*path, "person"))
        where = b.document.where(path)
        found.append(model.Delegation(x["person"], days.start, days.end, text(x["reason"]), where))
    return tuple(sorted(found, key=lambda one: one.start))


def _proof(b: Builder, x: Mapping[str, Any], path: Path_) -> model.Proof | None:
    days = b.effective(x, path)
    if days.start is None:
        return None
    return model.Proof(x["competence"], days.start, days.end, text(x["proof"]), b.document.where(path))


def _raci(b: Builder) -> model.Raci:
    activities = {
        a: {letter: tuple(roles) for letter, roles in cells.items()} for a, cells in b.data["activities"].items()
    }
    return model.Raci(**b.common(), process=b.data["process"], activities=activities)


def _separation(b: Builder) -> model.Separation:
    unique_ids(b, "duties")
    duties = tuple(_duties(b, x, ("duties", position)) for position, x in enumerate(b.data["duties"]))
    return model.Separation(**b.common(), duties=duties)


def _duties(b: Builder, x: Mapping[str, Any], path: Path_) -> model.SeparatedDuties:
    seen: dict[tuple[str, str], int] = {}
    for side, body in enumerate(x["sides"]):
        for key in ("roles", "positions"):
            for position, word in enumerate(body.get(key, ())):
                if (key, word) in seen:
                    template = "{word!r} stands on two sides, so nobody could hold it"
                    b.report("on-two-sides", template, (*path, "sides", side, key, position), word=word)
                seen[key, word] = side
    return model.SeparatedDuties(
        id=x["id"],
        title=text(x["title"]),
        sides=tuple(model.Side(tuple(s.get("roles", ())), tuple(s.get("positions", ()))) for s in x["sides"]),
        within=x["within"],
        reason=text(x["reason"]),
        rules=tuple(x.get("rules", ())),
        clauses=tuple(x.get("clauses", ())),
        where=b.document.where(path),
    )


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {
    "assignment": _assignment,
    "position": _position,
    "raci": _raci,
    "role": _role,
    "separation": _separation,
}

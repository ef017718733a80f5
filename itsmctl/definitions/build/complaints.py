"""Complaints and their signs, under `policies/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, text
from itsmctl.source import Path_

SOURCES = ("rule", "kpi", "definitions", "question", "figure")
_OF_KEY_PERSON = ("most-by-one", "least-resolved")


def _complaint(b: Builder) -> model.Complaint:
    loud_from = b.data.get("loud-from")
    signs = (_sign(b, x, ("signs", place), loud_from) for place, x in enumerate(b.data["signs"]))
    return model.Complaint(**b.common(), signs=tuple(signs))


def _sign(b: Builder, x: Mapping[str, Any], path: Path_, loud_from: float | None) -> model.ComplaintSign:
    named = [source for source in SOURCES if source in x]
    if len(named) != 1:
        template = "a sign names exactly one of {allowed}; this one names {n}"
        b.report("sign-source", template, path, allowed=", ".join(SOURCES), n=len(named))
    for key in _OF_KEY_PERSON:
        if key in x and x.get("figure") != "key-person":
            b.report("sign-threshold", "{key} belongs to the figure key-person", (*path, key), key=key)
    question = x.get("question")
    return model.ComplaintSign(
        rule=x.get("rule", ""),
        kpi=x.get("kpi", ""),
        definitions=x.get("definitions"),
        question=(question["survey"], question["id"]) if question else None,
        figure=x.get("figure"),
        title=text(x.get("title")),
        minimum=x.get("minimum"),
        loud_from=x.get("loud-from", loud_from),
        most_by_one=float(x.get("most-by-one", 60)),
        least_resolved=x.get("least-resolved", 5),
    )


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {"complaint": _complaint}

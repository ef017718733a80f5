"""Definitions under `audits/` that say what was found and decided: nonconformities and management reviews."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, evidence, text, unique_ids
from itsmctl.source import Path_


def _nonconformity(b: Builder) -> model.Nonconformity:
    d = b.data
    found, closed = b.day(d["found"], ("found",)), b.day(d.get("closed"), ("closed",))
    actions = tuple(_action(b, x, ("actions", i)) for i, x in enumerate(d.get("actions", ())))
    effectiveness = _effectiveness(b)
    _check_closure(b, found, closed)
    return model.Nonconformity(
        **b.common(),
        severity=d["severity"],
        source=d["source"],
        audit=d.get("audit", ""),
        found=found,
        found_by=d["found-by"],
        rules=tuple(d.get("rules", ())),
        process=d.get("process", ""),
        service=d.get("service", ""),
        nature=text(d["nature"]),
        evidence=evidence(d.get("evidence")),
        effect=text(d.get("effect")),
        correction=_correction(b),
        cause=text(d.get("cause")),
        similar=text(d.get("similar")),
        actions=actions,
        effectiveness=effectiveness,
        system_changes=text(d.get("system-changes")),
        closed=closed,
        repeats=d.get("repeats", ""),
    )


def _action(b: Builder, x: Mapping[str, Any], path: Path_) -> model.CorrectiveAction:
    return model.CorrectiveAction(
        what=text(x["what"]),
        owner=x["owner"],
        due=b.day(x["due"], (*path, "due")),
        done=b.day(x.get("done"), (*path, "done")),
        evidence=evidence(x.get("evidence")),
        where=b.document.where(path),
    )


def _correction(b: Builder) -> model.Correction | None:
    x = b.data.get("correction")
    return model.Correction(text(x["what"]), x["by"], b.day(x["on"], ("correction", "on"))) if x else None


def _effectiveness(b: Builder) -> model.Effectiveness | None:
    x = b.data.get("effectiveness")
    if not x:
        return None
    return model.Effectiveness(
        by=x["by"],
        on=b.day(x["on"], ("effectiveness", "on")),
        result=x["result"],
        watched_from=b.day(x.get("watched-from"), ("effectiveness", "watched-from")),
        note=text(x.get("note")),
        evidence=evidence(x.get("evidence")),
    )


def _check_closure(b: Builder, found: date | None, closed: date | None) -> None:
    if found and closed and closed < found:
        b.report("closed-before-found", "closed on {closed}, before it was found on {found}", ("closed",), closed=closed, found=found)  # fmt: skip


def _review(b: Builder) -> model.ManagementReview:
    d = b.data
    unique_ids(b, "outputs")
    present = [x.get("person") for x in d["attendees"]]
    if d["chair"] not in present:
        b.report("chair-absent", "{person} chaired the review, but is not among the attendees", ("attendees",), person=d["chair"])  # fmt: skip
    return model.ManagementReview(
        **b.common(),
        held=b.day(d["held"], ("held",)),
        period=b.effective(d["period"], ("period",)),
        chair=d["chair"],
        attendees=tuple(model.Attendee(x.get("person", ""), x.get("guest", ""), x.get("role", "")) for x in d["attendees"]),
        inputs={
            name: model.ReviewInput(text(x["summary"]), x.get("trend", ""), evidence(x.get("evidence")))
            for name, x in d["inputs"].items()
        },
        outputs=tuple(_decision(b, x, ("outputs", i)) for i, x in enumerate(d["outputs"])),
        conclusion=text(d.get("conclusion")),
        next=b.day(d.get("next"), ("next",)),
    )  # fmt: skip


def _decision(b: Builder, x: Mapping[str, Any], path: Path_) -> model.Decision:
    due, done = b.day(x["due"], (*path, "due")), b.day(x.get("done"), (*path, "done"))
    return model.Decision(x["id"], text(x["decision"]), x["type"], x["owner"], due, done, b.document.where(path))


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {"nonconformity": _nonconformity, "review": _review}

"""Definitions under `audits/` that name deviations: waivers and baselines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, conditions, text, texts
from itsmctl.zones import midnight, midnight_after


def _waiver(b: Builder) -> model.Waiver:
    d = b.data
    approved, expires = _approval(b)
    return model.Waiver(
        **b.common(),
        rule=d["rule"],
        scope=conditions(d.get("scope")),
        records=tuple(d.get("records", ())),
        opened=b.effective(d.get("opened"), ("opened",)),
        reason=text(d["reason"]),
        risk=text(d["risk"]),
        measures=texts(d.get("measures")),
        author=d["author"],
        approver=d["approver"],
        authority=d["authority"],
        approved=approved,
        expires=expires,
        zone=d.get("zone", ""),
        nonconformity=d.get("nonconformity", ""),
    )


def _baseline(b: Builder) -> model.Baseline:
    d = b.data
    approved, expires = _approval(b)
    rules: set[str] = set()
    for position, found in enumerate(d["findings"]):
        if found["rule"] in rules:
            b.report("rule-twice", "rule {rule} stands here a second time", ("findings", position, "rule"), rule=found["rule"])  # fmt: skip
        rules.add(found["rule"])
    return model.Baseline(
        **b.common(),
        taken=b.moment(d["taken"], ("taken",)),
        definitions=d.get("definitions", ""),
        reason=text(d["reason"]),
        author=d["author"],
        approver=d["approver"],
        authority=d["authority"],
        approved=approved,
        expires=expires,
        findings=tuple(_known(found) for found in d["findings"]),
    )


def _known(found: Mapping[str, Any]) -> model.KnownFindings:
    return model.KnownFindings(
        found["rule"],
        tuple(found.get("records", ())),
        text(found.get("note")),
        found.get("version", 0),
        found.get("meaning", ""),
        tuple((key, one) for key, every in found.get("observed", {}).items() for one in every),
    )


def _approval(b: Builder) -> tuple[date | None, int]:
    """When it was approved, and when it ends after that."""
    d = b.data
    approved, expires = b.day(d["approved"], ("approved",)), _end(b)
    if approved and expires and expires <= midnight(approved, "UTC"):
        b.report("expires-before-approval", "it expires before it is approved on {day}", ("expires",), day=approved)
    return approved, expires


def _end(b: Builder) -> int:
    """The moment at which it ends: midnight after the last day, in its zone, where only the day is written."""
    written = str(b.data["expires"])
    zone = b.zone(b.data.get("zone", ""), ("zone",))
    if "T" in written:
        return b.moment(written, ("expires",))
    day = b.day(written, ("expires",))
    return midnight_after(day, "UTC" if b.problems else zone) if day else 0


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {"baseline": _baseline, "waiver": _waiver}

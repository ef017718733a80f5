"""Definitions under `policies/` that say what holds: documented statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, text, unique_ids
from itsmctl.source import Path_


def _policy(b: Builder) -> model.Policy:
    d = b.data
    unique_ids(b, "statements")
    common = b.common()
    approved = b.day(d["approved"], ("approved",))
    start = common["effective"].start
    if approved and start and approved > start:
        template = "approved on {approved}, though in force since {start}"
        b.report("approved-too-late", template, ("approved",), approved=approved, start=start)
    return model.Policy(
        **common,
        type=d["type"],
        version=d["version"],
        owner=d["owner"],
        approver=d["approver"],
        approved=approved,
        purpose=text(d["purpose"]),
        scope=text(d.get("scope")),
        statements=tuple(_statement(x) for x in d["statements"]),
        communicated=tuple(_told(b, x, ("communicated", i)) for i, x in enumerate(d.get("communicated", ()))),
        retention=text(d.get("retention")),
    )


def _statement(x: Mapping[str, Any]) -> model.Statement:
    clauses, processes, rules = (tuple(x.get(key, ())) for key in ("clauses", "processes", "rules"))
    return model.Statement(x["id"], text(x["text"]), clauses, processes, rules)


def _told(b: Builder, x: Mapping[str, Any], path: Path_) -> model.Communication:
    on = b.day(x.get("on"), (*path, "on"))
    share = x.get("acknowledged")
    return model.Communication(text(x["to"]), text(x["by"]), on, None if share is None else float(share))


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {"policy": _policy}

"""Agreements under `catalog/`: with customers, between teams, and with suppliers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, groups, text, texts
from itsmctl.definitions.build.clocks import clock, targets
from itsmctl.errors import Problem, did_you_mean
from itsmctl.source import Path_


def sla(b: Builder) -> model.Agreement:
    """What is promised to customers."""
    d = b.data
    clocks = {name: clock(b, name, body) for name, body in d["clocks"].items()}
    services = () if d["services"] == "any" else tuple(d["services"])
    return model.Agreement(
        **b.common(),
        services=services,
        customers=tuple(d.get("customers", ())),
        calendar=d["calendar"],
        clocks=clocks,
        attainment=_attainment(b, clocks),
        availability=d.get("availability"),
        workload_limit=_workload_limit(b),
        exceptions=texts(d.get("exceptions")),
        reporting=text(d.get("reporting")),
        agreed_on=b.day(d.get("agreed", {}).get("on"), ("agreed", "on")),
        agreed_provider=d.get("agreed", {}).get("provider", ""),
    )


def ola(b: Builder) -> model.OperationalAgreement:
    """What one team promises to another."""
    d = b.data
    return model.OperationalAgreement(
        **b.common(),
        terms=_terms(b),
        provider=d["provider"],
        groups=groups(d.get("groups")),
        commitments=texts(d.get("commitments")),
        exceptions=texts(d.get("exceptions")),
    )


def contract(b: Builder) -> model.Contract:
    """What a supplier owes us."""
    d = b.data
    renewal = d.get("renewal")
    return model.Contract(
        **b.common(),
        terms=_terms(b),
        supplier=d["supplier"],
        number=d["number"],
        manager=d["manager"],
        ours=texts(d.get("ours")),
        theirs=texts(d.get("theirs")),
        subcontractors=tuple(d.get("subcontractors", ())),
        reporting=text(d.get("reporting")),
        remedies=text(d.get("remedies")),
        disputes=text(d.get("disputes")),
        exit=text(d.get("exit")),
        renewal=model.Renewal(
            b.day(renewal["decide-by"], ("renewal", "decide-by")),
            renewal.get("automatic", False),
            text(renewal.get("notice")),
        )
        if renewal
        else None,
    )


def _terms(b: Builder) -> model.SupportTerms:
    d = b.data
    clocks = {name: _leg(b, name, body) for name, body in d["clocks"].items()}
    return model.SupportTerms(
        supports=tuple(d["supports"]),
        services=tuple(d.get("services", ())),
        scope=text(d.get("scope")),
        calendar=d["calendar"],
        clocks=clocks,
        attainment=_attainment(b, clocks),
        availability=d.get("availability"),
        workload_limit=_workload_limit(b),
        interfaces=texts(d.get("interfaces")),
    )


def _leg(b: Builder, name: str, body: Mapping[str, Any]) -> model.Leg:
    path: Path_ = ("clocks", name)
    hand_over = b.duration(body.get("hand-over", "0m"), (*path, "hand-over"))
    if hand_over.business_days:
        b.report("hand-over-in-days", "a hand-over takes hours and minutes, not business days", (*path, "hand-over"))
    return model.Leg(
        name=name,
        title=text(body["title"]),
        inside=body["leg"],
        step=body.get("step", 1),
        hand_over=hand_over.seconds,
        pauses=tuple(body.get("pause", ())),
        targets=targets(b, name, body["targets"]),
    )


def _attainment(b: Builder, clocks: Collection[str]) -> dict[str, float]:
    attainment = {name: float(share) for name, share in b.data.get("attainment", {}).items()}
    for name in attainment:
        if name not in clocks:
            b.problems.append(
                Problem("unknown-clock", "{word!r} is not a clock of this agreement; it has {allowed}", b.document.where(("attainment", name), key=True),
                        {"word": name, "allowed": ", ".join(clocks)}, suggestion=did_you_mean(name, clocks))
            )  # fmt: skip
    return attainment


def _workload_limit(b: Builder) -> model.WorkloadLimit | None:
    written = b.data.get("workload-limit")
    return model.WorkloadLimit(written.get("per-month"), text(written["beyond"])) if written else None

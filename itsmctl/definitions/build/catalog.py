"""Definitions under `catalog/`: services, customers, suppliers, with calendars and agreements beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from itsmctl import model
from itsmctl.definitions.build import agreements, calendars
from itsmctl.definitions.build.builder import Builder, groups, text, texts, unique_ids


def _service(b: Builder) -> model.Service:
    d = b.data
    unique_ids(b, "requests")
    return model.Service(
        **b.common(),
        type=d["type"],
        stage=d["stage"],
        description=text(d.get("description")),
        owner=d.get("owner", ""),
        customers=tuple(d.get("customers", ())),
        hours=d.get("hours", ""),
        criticality=d["criticality"],
        depends_on=tuple(d.get("depends-on", ())),
        supported_by=tuple(d.get("supported-by", ())),
        also_called=tuple(d.get("also-called", ())),
        stages=_stages(b),
        offering=d.get("offering", ""),
        outcome=text(d.get("outcome")),
        continuity=_continuity(b),
        requests=tuple(_request(request) for request in d.get("requests", ())),
        for_users=model.UserView(**_texts_of(d.get("for-users", {}))),
        for_technicians=_technicians(d.get("for-technicians", {})),
        capabilities={name: text(words) for name, words in d.get("capabilities", {}).items()},
        resources={name: text(words) for name, words in d.get("resources", {}).items()},
    )


def _stages(b: Builder) -> dict[model.Stage, date]:
    """The days on which the stages begin; a life does not run backwards, and the present stage has begun."""
    written = b.data.get("lifecycle", {})
    found: dict[model.Stage, date] = {}
    for stage in model.STAGES:
        day = b.day(written.get(stage), ("lifecycle", stage))
        if day is None:
            continue
        last, before = max(((d, s) for s, d in found.items()), default=(day, stage))
        if day < last:
            template = "stage {stage!r} begins on {day}, before stage {before!r} on {last}"
            b.report("stage-before", template, ("lifecycle", stage), stage=stage, day=day, before=before, last=last)
        found[stage] = day
    if written and b.data["stage"] not in written:
        template = "the service is in stage {stage!r}, but its lifecycle does not say since when"
        b.report("stage-without-day", template, ("stage",), stage=b.data["stage"])
    return found


def _continuity(b: Builder) -> model.Continuity | None:
    written = b.data.get("continuity")
    if not written:
        return None
    times = {key: b.duration(written[key], ("continuity", key)) for key in ("recovery-time", "recovery-point")}
    for key, duration in times.items():
        if duration.business_days:
            template = "a disaster keeps no office hours: write hours and minutes, not business days"
            b.report("recovery-in-days", template, ("continuity", key))
    return model.Continuity(times["recovery-time"].seconds, times["recovery-point"].seconds)


def _request(written: Mapping[str, Any]) -> model.OfferedRequest:
    return model.OfferedRequest(
        written["id"],
        text(written["title"]),
        text(written.get("for")),
        written.get("within", ""),
        written.get("approval", ""),
        written.get("group", ""),
    )


def _technicians(written: Mapping[str, Any]) -> model.TechnicianView:
    words = {key: value for key, value in written.items() if key != "groups"}
    return model.TechnicianView(groups(written.get("groups")), **_texts_of(words))


def _texts_of(written: Mapping[str, Any]) -> dict[str, model.Text]:
    """Texts by the names that the model has for them."""
    return {key.replace("-", "_"): text(words) for key, words in written.items()}


def _customer(b: Builder) -> model.Customer:
    d = b.data
    return model.Customer(
        **b.common(),
        type=d["type"],
        description=text(d["description"]),
        part_of=d.get("part-of", ""),
        region=d.get("region", ""),
        zone=b.zone(d.get("zone", ""), ("zone",)),
        users=d.get("users"),
        contact=text(d["contact"]),
        relationship_manager=d["relationship-manager"],
        channels=texts(d.get("channels")),
        escalation=text(d.get("escalation")),
        also_called=tuple(d.get("also-called", ())),
    )


def _supplier(b: Builder) -> model.Supplier:
    d = b.data
    certificates = (
        model.Certificate(c["standard"], text(c.get("scope")), b.day(c["valid-until"], ("certifications", i, "valid-until")))
        for i, c in enumerate(d.get("certifications", ()))
    )  # fmt: skip
    return model.Supplier(
        **b.common(),
        type=d["type"],
        description=text(d["description"]),
        manager=d["manager"],
        contact=text(d.get("contact")),
        criticality=d["criticality"],
        status=d.get("status", "approved"),
        hours=d.get("hours", ""),
        groups=groups(d.get("groups")),
        certifications=tuple(certificates),
        assessment=_assessment(b),
        subcontractors=tuple(d.get("subcontractors", ())),
        risks=texts(d.get("risks")),
    )


def _assessment(b: Builder) -> model.SupplierAssessment | None:
    written = b.data.get("assessment")
    if not written:
        return None
    criteria = tuple(
        model.Criterion(c["id"], text(c["title"]), float(c["weight"]), float(c["score"])) for c in written["criteria"]
    )
    whole = sum(criterion.weight for criterion in criteria)
    if abs(whole - 100) > 1e-9:
        template = "the weights of the criteria add up to {whole:g}, not to 100"
        b.report("weights-not-100", template, ("assessment", "criteria"), whole=whole)
    return model.SupplierAssessment(
        b.day(written["on"], ("assessment", "on")), written["grade"], criteria, text(written.get("conclusion"))
    )


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {
    "calendar": calendars.calendar,
    "contract": agreements.contract,
    "customer": _customer,
    "ola": agreements.ola,
    "service": _service,
    "sla": agreements.sla,
    "supplier": _supplier,
}

"""What is kept beside the tickets: articles, configuration items, improvements, complaints, and service projects."""

from __future__ import annotations

from itsmctl.generate.case import Case
from itsmctl.generate.changes import Crew
from itsmctl.generate.symptoms import Symptom
from itsmctl.model import Service

DAY = 86_400


def article(number: str, service: Service, symptom: Symptom, place: int, crew: Crew) -> Case:
    """An article about a fault: written, read by somebody else, published."""
    case = Case("knowledge", number)
    dice, diary, roster = crew.dice, crew.diary, crew.roster
    at = diary.at(place, dice)
    author = roster.anyone("knowledge-author", at, dice)
    reviewer = roster.anyone("knowledge-manager", at, dice, but=frozenset({author}))
    text = symptom.text
    case.put(
        at, author, state="draft", number=number, opened_at=at, recorded_at=at + dice.below(60), opened_by=author,
        title=f"What to do: {text.en} 处理办法：{text.zh}", service=service.id, subcategory=symptom.subcategory,
    )  # fmt: skip
    case.put(diary.at(place + 1, dice), author, state="in-review")
    read_at = diary.at(place + 3, dice)
    case.put(read_at, reviewer, state="approved", reviewer=reviewer, reviewed_at=read_at)
    case.put(read_at + dice.between(5, 60) * 60, reviewer, state="published")
    return case


def item(ci: str, service: Service, change: Case, crew: Crew) -> Case:
    """A configuration item that a change brought into operation, as the librarian keeps it."""
    case = Case("configuration", ci)
    dice, at = crew.dice, change.time("closed_at") + crew.dice.between(10, 90) * 60
    librarian = crew.roster.anyone("configuration-librarian", at, dice)
    kind = "database" if "db" in ci else "network-device" if "net" in ci or "vpn" in ci else "server"
    case.put(
        at, librarian, state="live", number=ci, opened_at=at, recorded_at=at + dice.below(60), opened_by=librarian, title=ci,
        type=kind, service=service.id, group=next(iter(service.for_technicians.groups), "platform"), change=change.number,
    )  # fmt: skip
    return case


def improvement(number: str, service: Service, place: int, crew: Crew) -> Case:
    """An improvement: weighed, carried out before its date, and looked at by somebody else."""
    case = Case("improvement", number)
    dice, diary, roster = crew.dice, crew.diary, crew.roster
    at = diary.at(place, dice)
    manager = roster.anyone("improvement-manager", at, dice)
    owner = roster.anyone("service-owner", at, dice, but=frozenset({manager}))
    case.put(
        at, owner, state="registered", number=number, opened_at=at, recorded_at=at + dice.below(60), opened_by=owner,
        title=f"Fewer calls about {service.title.en} 减少{service.title.zh}来电", service=service.id, channel="review",
    )  # fmt: skip
    case.put(diary.at(place + 2, dice), manager, state="in-analysis")
    case.put(
        diary.at(place + 5, dice), manager, state="approved", priority=dice.pick(("P2", "P3")), assignee=owner,
        due_at=diary.at(place + 30, dice, 17, 18),
    )  # fmt: skip
    case.put(diary.at(place + 7, dice), owner, state="in-progress")
    done_at = diary.at(place + dice.between(15, 28), dice)
    case.put(done_at, owner, state="implemented", resolved_at=done_at, resolved_by=owner)
    closed_at = diary.at(place + 34, dice)
    case.put(closed_at, manager, state="verified", closed_at=closed_at, closed_by=manager, closure_code="effective")
    return case


def complaint(number: str, service: Service, place: int, crew: Crew) -> Case:
    """A complaint: acknowledged on the same day, answered within two weeks, closed with the customer."""
    case = Case("relationship", number)
    dice, diary, roster = crew.dice, crew.diary, crew.roster
    at = diary.at(place, dice, 9, 12)
    manager = roster.anyone("business-relationship-manager", at, dice)
    case.put(
        at, manager, state="received", number=number, opened_at=at, recorded_at=at + dice.below(60), opened_by=manager,
        title=f"Waited too long for {service.title.en} 等待过久：{service.title.zh}", service=service.id,
        customer=next(iter(service.customers), ""), channel="service-desk", category="too-slow",
    )  # fmt: skip
    case.put(diary.at(place, dice, 13, 17), manager, state="acknowledged", assignee=manager)
    case.put(diary.at(place + 1, dice), manager, state="in-investigation")
    answered_at = diary.at(place + dice.between(3, 7), dice)
    case.put(answered_at, manager, state="answered", resolved_at=answered_at, resolved_by=manager)
    closed_at = diary.at(place + 9, dice)
    case.put(
        closed_at, manager, state="closed", closed_at=closed_at, closed_by=manager, closure_code="justified-and-mended"
    )
    return case


def project(number: str, service: Service, change: Case, crew: Crew) -> Case:
    """A service project that grew out of a change to a service as a whole."""
    case = Case("service-design-transition", number)
    dice, at = crew.dice, change.time("opened_at") + crew.dice.between(1, 3) * 3600
    manager = crew.roster.anyone("service-owner", at, dice)
    case.put(
        at, manager, state="proposed", number=number, opened_at=at, recorded_at=at + dice.below(60), opened_by=manager,
        requester=change.text("requester"), title=f"Take over 接管: {service.title.en} {service.title.zh}", service=service.id,
        category="transferred-in", change=change.number,
    )  # fmt: skip
    case.put(at + 2 * DAY, manager, state="planned", assignee=manager, due_at=at + 60 * DAY)
    return case

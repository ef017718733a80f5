"""The life of a service request: asked for, approved where that is needed, fulfilled within its time, closed."""

from __future__ import annotations

from dataclasses import dataclass

from itsmctl.generate.case import Approval, Case
from itsmctl.generate.changes import Crew
from itsmctl.generate.people import Site
from itsmctl.model import OfferedRequest, Service
from itsmctl.worktime import parse_duration

_WORKDAY = 8 * 60
_KINDS = (
    ("leaver", "closed leaver"),
    ("mover", "change-of-place mover"),
    ("access", "access role account approver guest api mailbox key declarant onboarding"),
    ("network", "vpn network port"),
    ("equipment", "device replacement scanner notebook phone machine storage"),
    ("data", "report database restore tariff copy cost centre"),
)
_CHANNELS = (("self-service", 62), ("phone", 14), ("email", 16), ("chat", 8))


@dataclass(frozen=True)
class Wish:
    """What is asked for, by whom, and when."""

    number: str
    service: Service
    offer: OfferedRequest
    site: Site
    requester: str
    customer: str
    place: int
    """The working day on which it is asked for."""


def live(wish: Wish, crew: Crew) -> Case:
    """The whole life of a request, whenever its end may be."""
    case = Case("request", wish.number)
    dice, diary, roster = crew.dice, crew.diary, crew.roster
    at = diary.at(wish.place, dice, 9, 12)
    days = max(1, -(-parse_duration(wish.offer.within).seconds_in(_WORKDAY) // (8 * 3600)))
    channel = dice.weighted(_CHANNELS)
    fulfiller = roster.anyone("request-fulfiller", at, dice)
    recorded_by = wish.requester if channel == "self-service" else roster.anyone("service-desk-agent", at, dice)
    case.put(
        at, recorded_by, state="new", number=wish.number, opened_at=at, recorded_at=at + dice.below(120), opened_by=recorded_by,
        requester=wish.requester, customer=wish.customer, channel=channel, nature="approval" if wish.offer.approval else "pre-approved",
        service=wish.service.id, item=wish.offer.id, category=_category(wish.offer.id), priority=dice.pick(("P3", "P4")),
        title=f"{wish.offer.title.en} {wish.offer.title.zh}", due_at=diary.at(wish.place + days, dice, 17, 18),
    )  # fmt: skip
    begun_at = at + dice.between(10, 50) * 60
    if wish.offer.approval:
        case.put(at + 60, recorded_by, state="awaiting-approval")
        approver = roster.anyone("request-approver", begun_at, dice, but=frozenset({wish.requester, fulfiller}))
        case.approvals.append(Approval(begun_at, approver, "request-approver", "approved"))
        case.put(begun_at + 60, approver, state="approved", approved_by=approver)
        begun_at += dice.between(5, 40) * 60
    _fulfilled(case, wish, crew, fulfiller, begun_at, days)
    return case


def _fulfilled(case: Case, wish: Wish, crew: Crew, by: str, begun_at: int, days: int) -> None:
    dice, diary = crew.dice, crew.diary
    case.put(begun_at, by, state="in-progress", group=wish.offer.group, assignee=by)
    done_on = dice.below(days)
    done_at = diary.at(wish.place + done_on, dice, 14, 17)
    what = f"{wish.offer.title.en} 已办理: {wish.offer.title.zh}"
    case.put(done_at, by, state="fulfilled", resolved_at=done_at, resolved_by=by, resolution=what)
    closed_at = diary.at(wish.place + done_on + dice.between(1, 4), dice)
    agent = crew.roster.anyone("service-desk-agent", closed_at, dice)
    case.put(closed_at, agent, state="closed", closure_code="fulfilled", closed_by=agent, closed_at=closed_at)


def _category(item: str) -> str:
    """The category that the words of an item speak of."""
    spoken = set(item.split("-"))
    return next((category for category, kinds in _KINDS if spoken & set(kinds.split())), "software")

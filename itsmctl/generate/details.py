"""What an incident says beside its life: cause, confirmation, reasons, exceptions, and how a major one was led."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itsmctl.generate.dice import Dice
from itsmctl.generate.rhythm import month_of
from itsmctl.generate.roster import Roster
from itsmctl.generate.ticket import Ticket

HOUR = 3600
SILENCE = 20 * 24 * HOUR
"""So long after the resolution a ticket may be closed without the user's word."""
_CAUSES = ("software-defect", "settings", "hardware-fault", "user-error", "supplier")
_CROWDED = (10, 60, 120, 190, 270, 40)
"""How many of a thousand tickets of the crowded service come from lack of capacity, month after month."""
_PAUSES = {
    "awaiting-user": "Asked for a picture of the message 请用户补充截图",
    "awaiting-supplier": "Part ordered 已订购备件",
    "awaiting-change": "Change is scheduled 变更已排期",
    "awaiting-problem": "Cause is being looked for 正在查找原因",
}


@dataclass(frozen=True)
class Trends:
    """Where more is wrong than elsewhere: the services and months that the plan chose."""

    months: Sequence[str]
    crowded: str
    """The service whose machines fill up."""
    unread: str
    """The month in which articles are used and not named."""
    excused: tuple[str, str]
    """The service and month of which too much is taken out of the count."""


def fill(ticket: Ticket, trends: Trends, roster: Roster, dice: Dice) -> None:
    """Fill in everything but the reason of a breach, which only the verdict can tell."""
    month, service = month_of(ticket.opened_at), ticket.service.id if ticket.service else ""
    details = ticket.details
    if ticket.resolved_at is not None:
        details["cause_code"] = _cause(ticket, service, month, trends, dice)
        if ticket.closure_code == "workaround" and dice.permille(350 if month == trends.unread else 900):
            details["article"] = f"KB{dice.between(80_001, 80_099):07d}"
    if ticket.closed_at is not None and ticket.closed_at - (ticket.resolved_at or ticket.closed_at) < SILENCE:
        details["confirmed_at"] = ticket.closed_at
    if ticket.state in _PAUSES:
        details["pause_reason"] = _PAUSES[ticket.state]
    if dice.permille(170 if (service, month) == trends.excused else 5):
        details["exception"] = dice.pick(("change-freeze", "later-date"))
        details["approved_by"] = roster.anyone(
            "service-level-manager", ticket.opened_at, dice, but=frozenset({ticket.resolved_by})
        )
    details["major"] = "true" if ticket.priority == "P1" else "false"
    if ticket.priority == "P1":
        _lead(ticket, roster, dice)


def _cause(ticket: Ticket, service: str, month: str, trends: Trends, dice: Dice) -> str:
    if ticket.caused_by:
        return "change"
    place = trends.months.index(month) if month in trends.months else 0
    if service == trends.crowded and dice.permille(_CROWDED[place % len(_CROWDED)]):
        return "capacity"
    return dice.pick(_CAUSES)


def _lead(ticket: Ticket, roster: Roster, dice: Dice) -> None:
    """Declared within a quarter of an hour, told within the hour, reviewed within two days by somebody else."""
    details = ticket.details
    manager = roster.anyone("major-incident-manager", ticket.opened_at, dice, but=frozenset({ticket.resolved_by}))
    declared_at = ticket.opened_at + dice.between(2, 13) * 60
    details |= {"manager": manager, "declared_at": declared_at, "announced_at": declared_at + dice.between(5, 50) * 60}
    if ticket.resolved_at is not None:
        details["reviewed_at"] = ticket.resolved_at + dice.between(20, 60) * HOUR
        details["reviewer"] = roster.anyone("incident-manager", ticket.resolved_at, dice)
        details["actions"] = "Watch the queue; a second pair of hands at night 监控队列；夜间增设值守"

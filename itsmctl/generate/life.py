"""A believable life for one ticket: who touches it when, in counted time of the agreement, until it is closed."""

from __future__ import annotations

from dataclasses import dataclass

from itsmctl.generate.dice import Dice
from itsmctl.generate.hours import Hours
from itsmctl.generate.people import FIRST_LINE, MONITORING, SECOND_LINE, SUPPLIERS, Staff
from itsmctl.generate.ticket import Ticket

HOUR = 3600


@dataclass(frozen=True)
class Promise:
    """What an agreement promises for one ticket, in counted seconds, and the states that stop its clock for a while."""

    hours: Hours
    response: int
    resolution: int
    pauses: frozenset[str]


@dataclass(frozen=True)
class Wish:
    """How a life should go; the defaults are an ordinary one that keeps every promise."""

    route: str = ""
    """phone, first, second, supplier, cancelled or aged; chosen by the dice when empty."""
    response_percent: int = 0
    """Share of the response target used; chosen by the dice when 0."""
    resolution_percent: int = 0
    reopens: int = 0
    hands: tuple[str, ...] = ()
    """The groups it goes through after the first line."""


ORDINARY = Wish()


@dataclass(frozen=True)
class Team:
    """Who may work on a ticket, and which group of the second line its trouble belongs to."""

    staff: Staff
    second_line: str
    closure_codes: tuple[str, ...]
    expert: str = ""
    """The only one of the second line who knows the service, and does all of its work."""


def live(ticket: Ticket, promise: Promise, team: Team, dice: Dice, wish: Wish = ORDINARY) -> None:
    """Write the updates of a ticket from its recording to its end, whenever that may be."""
    route = wish.route or _route(ticket, dice)
    response = _response_seconds(promise, dice, wish)
    budget = _resolution_seconds(ticket, promise, dice, wish, response)
    first = FIRST_LINE[ticket.site.id]
    ticket.add(ticket.recorded_at, ticket.opened_by, "new", first)
    ticket.responded_at = _responded(ticket, promise, dice, route, response)
    agent = ticket.opened_by if route == "phone" else team.staff.anyone(dice, first, ticket.site, ticket.recorded_at)
    ticket.add(ticket.responded_at, agent, "in-progress", first, agent)
    if route == "cancelled":
        _cancel(ticket, promise, dice, agent)
        return
    work = _Work(ticket, promise, team, dice, agent, route)
    if route == "phone":
        work.now += dice.between(4, 24) * 60
    else:
        work.through(wish.hands or _hands(route, team, dice), max(budget - response, 300))
    if route == "aged":
        return
    work.resolve()
    for _ in range(wish.reopens):
        work.reopen(max(promise.resolution * dice.between(4, 10) // 100, 300))
    work.close()


def _route(ticket: Ticket, dice: Dice) -> str:
    if ticket.requester == MONITORING:
        return dice.weighted((("second", 80), ("supplier", 14), ("cancelled", 6)))
    if ticket.channel == "phone" and ticket.priority not in ("P1", "P2") and dice.permille(420):
        return "phone"
    return dice.weighted((("first", 44), ("second", 40), ("supplier", 14), ("cancelled", 2)))


def _response_seconds(promise: Promise, dice: Dice, wish: Wish) -> int:
    """Never within the first minute: a person has to read it first."""
    return max(promise.response * (wish.response_percent or dice.skewed(4, 78)) // 100, 75)


def _responded(ticket: Ticket, promise: Promise, dice: Dice, route: str, response: int) -> int:
    """Who calls is answered at once, whatever the hours; others when the agreement's hours allow."""
    if route == "phone":
        return ticket.recorded_at + dice.between(20, 90)
    return max(promise.hours.after(ticket.opened_at, response), ticket.recorded_at + 20)


def _resolution_seconds(ticket: Ticket, promise: Promise, dice: Dice, wish: Wish, response: int) -> int:
    """Counted time from opening to resolution, rather one that ends while people are at work."""
    if wish.resolution_percent:
        return promise.resolution * wish.resolution_percent // 100
    low = min(response * 100 // promise.resolution + 4, 70)
    budget = 0
    for _ in range(5):
        budget = promise.resolution * dice.skewed(low, 84) // 100
        if ticket.priority == "P1" or ticket.site.is_daytime(promise.hours.after(ticket.opened_at, budget)):
            break
    return budget


def _hands(route: str, team: Team, dice: Dice) -> tuple[str, ...]:
    if route in ("phone", "first"):
        return ()
    if route == "supplier" and dice.permille(400):
        return team.second_line, dice.pick(SUPPLIERS)
    if dice.permille(120):
        return dice.pick(tuple(SECOND_LINE.values())), team.second_line
    return (team.second_line,)


def _cancel(ticket: Ticket, promise: Promise, dice: Dice, agent: str) -> None:
    assert ticket.responded_at is not None
    ticket.closed_at = promise.hours.after(ticket.responded_at, dice.between(60, 900))
    ticket.closed_by = agent
    ticket.close_notes = "Duplicate or false alarm 重复或误报"
    ticket.add(ticket.closed_at, agent, "cancelled")


class _Work:
    """Walks a ticket through its groups; `now` is the last moment at which something happened."""

    def __init__(self, ticket: Ticket, promise: Promise, team: Team, dice: Dice, agent: str, route: str) -> None:
        self.ticket, self.promise, self.team, self.dice = ticket, promise, team, dice
        self.agent, self.route = agent, route
        assert ticket.responded_at is not None
        self.now = ticket.responded_at

    def through(self, hands: tuple[str, ...], counted: int) -> None:
        """Hand the ticket through groups, with at most one wait on the way, in this much counted time."""
        wait = self._wait()
        pauses = wait in self.promise.pauses
        stops = len(hands) + 1 + (0 if not wait else 1 if pauses else 2)
        for group in hands:
            self._work(counted // stops)
            self.agent = self._engineer(group)
            self.ticket.add(self.now, self.agent, "in-progress", group, self.agent)
        if wait:
            self._work(counted // stops)
            self.ticket.vendor = self.dice.pick(SUPPLIERS).partition(": ")[2] if wait == "awaiting-supplier" else ""
            self.ticket.add(self.now, self.agent, wait)
        if self.route == "aged":
            return
        if wait:
            self._work(self.dice.skewed(1, 30) * HOUR // 2 if pauses else counted // stops)
            self.ticket.add(self.now, self.agent, "in-progress")
        self._work(counted - counted // stops * (stops - 1))

    def _engineer(self, group: str) -> str:
        if self.team.expert and group == self.team.second_line:
            return self.team.expert
        return self.team.staff.anyone(self.dice, group, self.ticket.site, self.now)

    def _work(self, counted: int) -> None:
        self.now = self.promise.hours.after(self.now, counted)

    def _wait(self) -> str:
        if self.route == "aged":
            return self.dice.pick(("", "awaiting-supplier", "awaiting-user"))
        if self.route == "supplier":
            return "awaiting-supplier"
        return "awaiting-user" if "awaiting-user" in self.promise.pauses and self.dice.permille(220) else ""

    def resolve(self) -> None:
        """Resolve it now."""
        self.ticket.resolved_at, self.ticket.resolved_by = self.now, self.agent
        self.ticket.closure_code = self.dice.pick(self.team.closure_codes)
        self.ticket.knowledge = self.dice.permille(160)
        self.ticket.close_notes = f"{self.dice.pick(_NOTES)} · log {self.ticket.number[3:]}"
        self.ticket.add(self.now, self.agent, "resolved")

    def reopen(self, counted: int) -> None:
        """The user comes back the next day, and it is resolved again."""
        back = self.promise.hours.after(self.now + self.dice.between(3, 26) * HOUR, self.dice.between(60, 5400))
        self.ticket.add(back, self.ticket.requester, "in-progress")
        self.now = self.promise.hours.after(back, counted)
        self.resolve()

    def close(self) -> None:
        """The first line closes it some days later, with or without the user's word."""
        desk = FIRST_LINE[self.ticket.site.id]
        closed = 0
        for _ in range(5):
            later = self.now + self.dice.skewed(6, 120) * HOUR
            closed = self.promise.hours.after(later, self.dice.between(60, 14_000))
            if self.ticket.site.is_daytime(closed):
                break
        by = self.team.staff.anyone(self.dice, desk, self.ticket.site, closed)
        self.ticket.closed_at, self.ticket.closed_by = closed, by
        self.ticket.confirmed = self.dice.permille(620)
        self.ticket.add(closed, by, "closed")


_NOTES = (
    "Service restarted, user confirmed 重启服务，用户已确认",
    "Configuration corrected 已更正配置",
    "Account unlocked and tested together 账号已解锁并共同测试",
    "Part replaced by the supplier 供应商已更换部件",
    "Workaround from the knowledge base applied 采用知识库中的变通方法",
    "Explained on the phone, documented 电话指导并记录",
    "Patch rolled back, monitoring is green 补丁已回退，监控恢复正常",
)

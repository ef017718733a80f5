"""How the life of an incident is bent on purpose: before it is lived, by a wish, and after, in what was written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from itsmctl.generate.dice import Dice
from itsmctl.generate.life import HOUR, ORDINARY, Team, Wish
from itsmctl.generate.people import SECOND_LINE, SUPPLIERS
from itsmctl.generate.rhythm import month_end
from itsmctl.generate.terms import Terms
from itsmctl.generate.ticket import Ticket, Update

NEWCOMER = "钱进 Qian Jin"
"""Works on nothing but what is bent."""


@dataclass(frozen=True)
class Scene:
    """What a violation may use."""

    dice: Dice
    team: Team
    cells: dict[tuple[str, str], str]
    """The priority matrix."""
    as_of: int
    batch_at: int
    batch_by: str
    leaver: str
    """Somebody who has left before the history begins, or ''."""
    terms: Callable[[Ticket], Terms | None]

    def shortly_before(self, ticket: Ticket, priority: str) -> int:
        """The moment at which nine tenths of the target of a priority have been counted."""
        terms = self.terms(ticket)
        columns = {"priority": priority, "impact": ticket.impact, "urgency": ticket.urgency}
        promise = terms.promise(columns) if terms else None
        return promise.hours.after(ticket.opened_at, promise.resolution * 9 // 10) if promise else ticket.opened_at


def calm(ticket: Ticket, scene: Scene, priority: str = "P4") -> None:
    """Give the ticket a lower priority, by the matrix, so that targets are generous."""
    cells = sorted(cell for cell, found in scene.cells.items() if found == priority)
    if cells:
        ticket.impact, ticket.urgency = scene.dice.pick(cells)
        ticket.priority = priority


def calm_phone(ticket: Ticket, scene: Scene) -> Wish:
    """Answered while the user is on the line, as no letter would be."""
    calm(ticket, scene)
    if ticket.channel != "monitoring":
        ticket.channel = "phone"
    return Wish(route="phone")


def calm_first(ticket: Ticket, scene: Scene) -> Wish:
    calm(ticket, scene)
    return Wish(route="first", resolution_percent=scene.dice.between(40, 70))


def backdate(ticket: Ticket, scene: Scene) -> None:
    assert ticket.resolved_at is not None and ticket.closed_at is not None
    later = ticket.resolved_at - ticket.recorded_at + scene.dice.between(40, 240) * 60
    ticket.recorded_at += later
    first, *rest = ticket.updates
    moved = [replace(first, at=ticket.recorded_at)]
    for number, update in enumerate(rest, start=1):
        moved.append(replace(update, at=max(update.at, ticket.recorded_at + number * 70)))
    ticket.updates = moved
    ticket.closed_at = moved[-1].at


def record_late(ticket: Ticket, scene: Scene) -> None:
    """What was done before the record existed is missing from the log, not from the columns."""
    late = ticket.opened_at + scene.dice.between(26, 44) * HOUR
    ticket.recorded_at = late
    first, *rest = ticket.updates
    ticket.updates = [replace(first, at=late)]
    ticket.updates += [
        replace(update, at=max(update.at, late + number * 70)) for number, update in enumerate(rest, start=1)
    ]
    done = {update.state: update.at for update in ticket.updates}
    ticket.resolved_at, ticket.closed_at = done.get("resolved"), done.get("closed")


def misjudge(ticket: Ticket, scene: Scene) -> Wish:
    """A loud caller is put higher, a quiet one lower, than the matrix says."""
    right = scene.cells[(ticket.impact, ticket.urgency)]
    ticket.priority = scene.dice.pick(sorted({"P2", "P3", "P4"} - {right}))
    return ORDINARY


def settled(ticket: Ticket, scene: Scene) -> Wish:
    return Wish(route=scene.dice.pick(("first", "second")))


def reopened(ticket: Ticket, scene: Scene) -> Wish:
    return Wish(route=scene.dice.pick(("first", "second")), reopens=1)


def reopened_twice(ticket: Ticket, scene: Scene) -> Wish:
    return Wish(route=scene.dice.pick(("first", "second")), reopens=2)


def quick(ticket: Ticket, scene: Scene) -> Wish:
    return Wish(route="first", resolution_percent=scene.dice.between(12, 34))


def unknown_priority(ticket: Ticket, scene: Scene) -> Wish:
    ticket.priority = "5 - Planning"
    return ORDINARY


def unknown_service(ticket: Ticket, scene: Scene) -> Wish:
    ticket.service = None
    ticket.service_name = scene.dice.pick(("Fax gateway 传真网关", "Old intranet 旧内网"))
    ticket.ci = ""
    return ORDINARY


def close_unresolved(ticket: Ticket, scene: Scene) -> None:
    """From new to closed: nobody took it up, and nobody resolved it."""
    assert ticket.resolved_at is not None
    ticket.updates = [update for update in ticket.updates if update.state == "new"]
    ticket.add(ticket.resolved_at, ticket.resolved_by, "closed")
    ticket.closed_at, ticket.closed_by = ticket.resolved_at, ticket.resolved_by
    ticket.resolved_at, ticket.resolved_by = None, ""


def step_back(ticket: Ticket, scene: Scene) -> None:
    """In progress, back to new, and in progress again."""
    insert(ticket, "new", "in-progress")


def dirty_state(ticket: Ticket, scene: Scene) -> None:
    insert(ticket, "-100", "in-progress")


def insert(ticket: Ticket, *states: str) -> None:
    place = next(i for i, update in enumerate(ticket.updates) if update.state == "in-progress")
    before = ticket.updates[place]
    extra = [replace(before, at=before.at + 7 * number, state=state) for number, state in enumerate(states, start=1)]
    ticket.updates[place + 1 : place + 1] = extra


def forget_beginning(ticket: Ticket, scene: Scene) -> None:
    ticket.updates = ticket.updates[1:]


def late_response(ticket: Ticket, scene: Scene) -> Wish:
    calm(ticket, scene, scene.dice.pick(("P3", "P4")))
    return Wish(route=scene.dice.pick(("first", "second")), response_percent=scene.dice.between(115, 210))


def late_resolution(ticket: Ticket, scene: Scene) -> Wish:
    return Wish(route=scene.dice.pick(("first", "second", "supplier")), resolution_percent=scene.dice.between(108, 190))


def close_before_resolved(ticket: Ticket, scene: Scene) -> None:
    assert ticket.resolved_at is not None and ticket.responded_at is not None
    ticket.closed_at = max(ticket.resolved_at - scene.dice.between(20, 90) * 60, ticket.opened_at + 60)
    if ticket.closed_at >= ticket.resolved_at:
        ticket.closed_at = ticket.resolved_at - 30


def no_closure_code(ticket: Ticket, scene: Scene) -> None:
    ticket.closure_code = ""


def aged(ticket: Ticket, scene: Scene) -> Wish:
    hands = list(SECOND_LINE.values())
    scene.dice.shuffle(hands)
    return Wish(route="aged", hands=tuple(hands[:2]))


def kicked(ticket: Ticket, scene: Scene) -> Wish:
    calm(ticket, scene, "P3")
    a, b, c = three(scene)
    return Wish(route="second", hands=scene.dice.pick(((a, b, a, b), (a, b, c, a, b), (a, b, a, c, a))))


def second_line(ticket: Ticket, scene: Scene) -> Wish:
    calm(ticket, scene)
    return Wish(route="second", resolution_percent=scene.dice.between(40, 70))


def close_for_the_desk(ticket: Ticket, scene: Scene) -> None:
    """Closed by the engineer who resolved it, and not by the desk."""
    if ticket.closed_at is not None:
        ticket.closed_by = ticket.resolved_by
        ticket.updates[-1] = replace(ticket.updates[-1], by=ticket.resolved_by)


def three_moves(ticket: Ticket, scene: Scene) -> Wish:
    calm(ticket, scene, "P3")
    return Wish(route="second", hands=three(scene))


def three(scene: Scene) -> tuple[str, str, str]:
    groups = list(SECOND_LINE.values())
    scene.dice.shuffle(groups)
    return groups[0], groups[1], groups[2]


def one_person(ticket: Ticket, scene: Scene) -> None:
    ticket.requester = ticket.opened_by = ticket.closed_by = ticket.resolved_by
    ticket.channel = "walk-in"
    ticket.updates = [
        replace(update, by=ticket.requester) if update.state in ("new", "closed") else update
        for update in ticket.updates
    ]


def batch(ticket: Ticket, scene: Scene) -> None:
    if ticket.resolved_at is None or ticket.resolved_at >= scene.batch_at:
        return
    ticket.closed_at = scene.batch_at + scene.dice.below(400)
    ticket.closed_by = scene.batch_by
    last = ticket.updates[-1]
    ticket.updates[-1] = Update(ticket.closed_at, scene.batch_by, "closed", last.group, last.assignee)


def by_letter(ticket: Ticket, scene: Scene) -> Wish:
    """An ordinary ticket that a user wrote, with generous targets."""
    calm(ticket, scene)
    if ticket.channel != "monitoring":
        ticket.channel = "email"
    return Wish(route="first", resolution_percent=scene.dice.between(40, 70))


def leave_out(*columns: str) -> Callable[[Ticket, Scene], None]:
    return lambda ticket, scene: ticket.left_out.update(columns)


def say_done(ticket: Ticket, scene: Scene) -> None:
    ticket.close_notes = scene.dice.pick(("done", "OK.", "已处理。"))


def urgent(ticket: Ticket, scene: Scene) -> Wish:
    calm(ticket, scene, "P2")
    return Wish(route="first", resolution_percent=scene.dice.between(40, 60))


def lie(ticket: Ticket, scene: Scene) -> None:
    """Nobody looks at it for a week."""
    place = next(i for i, update in enumerate(ticket.updates) if update.state == "in-progress")
    postpone(ticket, place + 1, 7 * 24 * HOUR)


def postpone(ticket: Ticket, place: int, seconds: int) -> None:
    """Let every update from a place on come later, and what the columns say of them."""
    assert ticket.resolved_at is not None and ticket.closed_at is not None
    ticket.updates[place:] = [replace(update, at=update.at + seconds) for update in ticket.updates[place:]]
    ticket.resolved_at, ticket.closed_at = ticket.resolved_at + seconds, ticket.closed_at + seconds


def resolve_for_report(ticket: Ticket, scene: Scene) -> None:
    """Resolved a quarter of an hour before the month ends, open again in the morning, resolved in earnest an hour later."""
    assert ticket.resolved_at is not None
    place = next(i for i, update in enumerate(ticket.updates) if update.state == "resolved")
    turn = month_end(ticket.resolved_at)
    postpone(ticket, place, turn - 900 - ticket.updates[place].at)
    told = ticket.updates[place]
    again = replace(told, at=turn + 8 * HOUR, state="in-progress")
    ticket.updates[place + 1 : place + 1] = [again, replace(told, at=again.at + HOUR)]
    ticket.resolved_at = again.at + HOUR
    if ticket.updates[-1].at <= ticket.resolved_at:
        ticket.updates[-1] = replace(ticket.updates[-1], at=ticket.resolved_at + HOUR)
    ticket.closed_at = ticket.updates[-1].at


def heaped(ticket: Ticket, scene: Scene) -> Wish:
    """One of many that a supplier ends just in time."""
    return Wish(
        route="supplier", hands=(scene.team.second_line, SUPPLIERS[0]), resolution_percent=scene.dice.between(96, 98)
    )


def idle(ticket: Ticket, scene: Scene) -> None:
    """One of many that somebody lets wait for the user until it is time to resolve them."""
    place = next(i for i, update in enumerate(ticket.updates) if update.state == "in-progress")
    end = next(i for i, update in enumerate(ticket.updates) if update.state == "resolved")
    began, ended = ticket.updates[place], ticket.updates[end]
    mine = [replace(began, by=NEWCOMER, assignee=NEWCOMER), replace(ended, by=NEWCOMER, assignee=NEWCOMER)]
    waits = replace(mine[0], at=began.at + 60, state="awaiting-user")
    back = replace(mine[0], at=max(ended.at - 600, began.at + 120))
    closed = [replace(update, assignee=NEWCOMER) for update in ticket.updates[end + 1 :]]
    ticket.updates[place:] = [mine[0], waits, back, mine[1], *closed]
    ticket.resolved_by = NEWCOMER


def say_nothing(ticket: Ticket, scene: Scene) -> None:
    ticket.close_notes = ""


def tell_secret(ticket: Ticket, scene: Scene) -> None:
    ticket.close_notes = f"New password: Winter{scene.dice.between(2024, 2026)}! 新密码已发给用户"


def take_for_request(ticket: Ticket, scene: Scene) -> None:
    ticket.nature = "request"


def blame_no_change(ticket: Ticket, scene: Scene) -> None:
    ticket.details["cause_code"] = "change"
    ticket.caused_by = ""


def hand_to_leaver(ticket: Ticket, scene: Scene) -> None:
    """Lies with somebody who has left, all the time."""
    if scene.leaver:
        ticket.updates = [replace(one, assignee=scene.leaver) if one.assignee else one for one in ticket.updates]


def close_as_leaver(ticket: Ticket, scene: Scene) -> None:
    """Closed through the account of somebody who has left."""
    if scene.leaver and ticket.closed_by:
        ticket.closed_by = scene.leaver
        ticket.updates[-1] = replace(ticket.updates[-1], by=scene.leaver)


def answer_at_once(ticket: Ticket, scene: Scene) -> None:
    ticket.responded_at = ticket.opened_at + scene.dice.between(5, 40)


def resolve_at_once(ticket: Ticket, scene: Scene) -> None:
    """Handed to another one, who resolves it half a minute later."""
    assert ticket.resolved_at is not None
    place = next(i for i, update in enumerate(ticket.updates) if update.state == "resolved")
    colleagues = ticket.updates[place].group, ticket.site.id
    crew = scene.team.staff.engineers[colleagues[0]].get(colleagues[1], ())
    other = next((person for person in crew if person != ticket.updates[place].assignee), ticket.closed_by)
    handed = replace(ticket.updates[place - 1], at=ticket.resolved_at - 30, assignee=other)
    ticket.updates[place:] = [replace(update, assignee=other) for update in ticket.updates[place:]]
    ticket.updates.insert(place, handed)


def park(ticket: Ticket, scene: Scene) -> None:
    """Waits ten days for its problem before anybody goes on."""
    assert ticket.resolved_at is not None and ticket.closed_at is not None
    place = next(i for i, update in enumerate(ticket.updates) if update.state == "in-progress")
    before, wait = ticket.updates[place], 240 * HOUR
    parked = replace(before, at=before.at + 600, state="awaiting-problem")
    again = replace(before, at=before.at + 600 + wait)
    later = [replace(update, at=update.at + wait + 600) for update in ticket.updates[place + 1 :]]
    ticket.updates[place + 1 :] = [parked, again, *later]
    ticket.resolved_at, ticket.closed_at = ticket.resolved_at + wait + 600, ticket.closed_at + wait + 600


def pause(ticket: Ticket, scene: Scene) -> None:
    """Still waits when the export is made, and nobody says for what."""
    last = ticket.updates[-1]
    if last.state == "in-progress":
        ticket.add(last.at + 1800, last.by, "awaiting-supplier")
    ticket.left_out.add("pause_reason")


def raise_and_lower(ticket: Ticket, scene: Scene) -> None:
    """Urgent for half an hour, until somebody else has looked."""
    place = next(i for i, update in enumerate(ticket.updates) if update.state == "in-progress")
    before = ticket.updates[place]
    urgent = replace(before, at=before.at + 20, priority="P2")
    ticket.updates[place + 1 : place + 1] = [urgent, replace(before, at=before.at + 30)]


def soon_late(ticket: Ticket, scene: Scene) -> Wish:
    calm(ticket, scene, "P3")
    return Wish(route="first", resolution_percent=scene.dice.between(60, 80))


def lower_in_time(ticket: Ticket, scene: Scene) -> None:
    """Was urgent until the target of that priority was all but missed; the right priority was the lower one all along."""
    assert ticket.resolved_at is not None
    moment = scene.shortly_before(ticket, "P2")
    lowered = [update for update in ticket.updates if update.at >= moment]
    if lowered and moment < ticket.resolved_at:
        earlier = [replace(update, priority="P2") for update in ticket.updates if update.at < moment]
        ticket.updates = [*earlier, replace(earlier[-1], at=moment, priority=""), *lowered]


def nearly_late(ticket: Ticket, scene: Scene) -> Wish:
    calm(ticket, scene, "P3")
    return Wish(route="first", resolution_percent=scene.dice.between(95, 97))


def stop_the_clock(ticket: Ticket, scene: Scene) -> None:
    """Waits for the user when nine tenths of the target are used up, until whoever began to wait goes on."""
    assert ticket.resolved_at is not None
    moment = scene.shortly_before(ticket, ticket.priority)
    before = [update for update in ticket.updates if update.at < moment]
    if before and before[-1].state == "in-progress" and moment < ticket.resolved_at:
        waits = replace(before[-1], at=moment, by=before[-1].assignee, state="awaiting-user")
        back = replace(waits, at=(moment + ticket.resolved_at) // 2, state="in-progress")
        ticket.updates[len(before) : len(before)] = [waits, back]


def unknown_exception(ticket: Ticket, scene: Scene) -> None:
    ticket.details |= {"exception": "busy", "approved_by": scene.batch_by}


def excuse_oneself(ticket: Ticket, scene: Scene) -> None:
    ticket.details |= {"exception": "later-date", "approved_by": ticket.resolved_by}


def deny(ticket: Ticket, scene: Scene) -> None:
    ticket.details["major"] = "false"


def declare_late(ticket: Ticket, scene: Scene) -> None:
    later = scene.dice.between(25, 90) * 60
    ticket.details |= {"declared_at": ticket.opened_at + later, "announced_at": ticket.opened_at + later + 900}


def tell_late(ticket: Ticket, scene: Scene) -> None:
    ticket.details["announced_at"] = int(ticket.details["declared_at"]) + scene.dice.between(80, 300) * 60


def lead_oneself(ticket: Ticket, scene: Scene) -> None:
    ticket.details["manager"] = ticket.resolved_by


def review_late(ticket: Ticket, scene: Scene) -> None:
    assert ticket.resolved_at is not None
    ticket.details["reviewed_at"] = ticket.resolved_at + scene.dice.between(20, 24) * 24 * HOUR


def name_no_problem(ticket: Ticket, scene: Scene) -> None:
    ticket.problem = ""


def missing_field(ticket: Ticket, scene: Scene) -> None:
    if scene.dice.permille(500):
        ticket.category = ticket.subcategory = ""
    else:
        ticket.updates = [replace(update, group="") for update in ticket.updates]

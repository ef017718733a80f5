"""What is done on purpose: each violation bends one life so that one rule must see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from itsmctl.generate.dice import Dice
from itsmctl.generate.life import HOUR, ORDINARY, Team, Wish
from itsmctl.generate.people import SECOND_LINE
from itsmctl.generate.ticket import Ticket, Update


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


@dataclass(frozen=True)
class Violation:
    """A deed: `before` changes the ticket and says how its life should go, `after` changes what was written."""

    rule: str
    what: str
    permille: int = 0
    """How many tickets of a thousand; 0 where the plan decides otherwise."""
    before: Callable[[Ticket, Scene], Wish] = lambda ticket, scene: ORDINARY
    after: Callable[[Ticket, Scene], None] = lambda ticket, scene: None
    old: bool = True
    """Needs a ticket that is over well before the export is made."""


def _calm(ticket: Ticket, scene: Scene, priority: str = "P4") -> None:
    """Give the ticket a lower priority, by the matrix, so that targets are generous."""
    cells = sorted(cell for cell, found in scene.cells.items() if found == priority)
    if cells:
        ticket.impact, ticket.urgency = scene.dice.pick(cells)
        ticket.priority = priority


def _calm_phone(ticket: Ticket, scene: Scene) -> Wish:
    """Answered while the user is on the line, as no letter would be."""
    _calm(ticket, scene)
    if ticket.channel != "monitoring":
        ticket.channel = "phone"
    return Wish(route="phone")


def _calm_first(ticket: Ticket, scene: Scene) -> Wish:
    _calm(ticket, scene)
    return Wish(route="first", resolution_percent=scene.dice.between(40, 70))


def _backdate(ticket: Ticket, scene: Scene) -> None:
    assert ticket.resolved_at is not None and ticket.closed_at is not None
    later = ticket.resolved_at - ticket.recorded_at + scene.dice.between(40, 240) * 60
    ticket.recorded_at += later
    first, *rest = ticket.updates
    moved = [replace(first, at=ticket.recorded_at)]
    for number, update in enumerate(rest, start=1):
        moved.append(replace(update, at=max(update.at, ticket.recorded_at + number * 70)))
    ticket.updates = moved
    ticket.closed_at = moved[-1].at


def _record_late(ticket: Ticket, scene: Scene) -> None:
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


def _misjudge(ticket: Ticket, scene: Scene) -> Wish:
    """A loud caller is put higher, a quiet one lower, than the matrix says."""
    right = scene.cells[(ticket.impact, ticket.urgency)]
    ticket.priority = scene.dice.pick(sorted({"P2", "P3", "P4"} - {right}))
    return ORDINARY


def _settled(ticket: Ticket, scene: Scene) -> Wish:
    return Wish(route=scene.dice.pick(("first", "second")))


def _reopened(ticket: Ticket, scene: Scene) -> Wish:
    return Wish(route=scene.dice.pick(("first", "second")), reopens=True)


def _quick(ticket: Ticket, scene: Scene) -> Wish:
    return Wish(route="first", resolution_percent=scene.dice.between(12, 34))


def _unknown_priority(ticket: Ticket, scene: Scene) -> Wish:
    ticket.priority = "5 - Planning"
    return ORDINARY


def _unknown_service(ticket: Ticket, scene: Scene) -> Wish:
    ticket.service = None
    ticket.service_name = scene.dice.pick(("Fax gateway 传真网关", "Old intranet 旧内网"))
    ticket.ci = ""
    return ORDINARY


def _close_unresolved(ticket: Ticket, scene: Scene) -> None:
    assert ticket.resolved_at is not None
    ticket.updates = [update for update in ticket.updates if update.state not in ("resolved", "closed")]
    ticket.add(ticket.resolved_at, ticket.resolved_by, "closed")
    ticket.closed_at, ticket.closed_by = ticket.resolved_at, ticket.resolved_by
    ticket.resolved_at, ticket.resolved_by = None, ""


def _step_back(ticket: Ticket, scene: Scene) -> None:
    """In progress, back to new, and in progress again."""
    _insert(ticket, "new", "in-progress")


def _dirty_state(ticket: Ticket, scene: Scene) -> None:
    _insert(ticket, "-100", "in-progress")


def _insert(ticket: Ticket, *states: str) -> None:
    place = next(i for i, update in enumerate(ticket.updates) if update.state == "in-progress")
    before = ticket.updates[place]
    extra = [replace(before, at=before.at + 7 * number, state=state) for number, state in enumerate(states, start=1)]
    ticket.updates[place + 1 : place + 1] = extra


def _forget_beginning(ticket: Ticket, scene: Scene) -> None:
    ticket.updates = ticket.updates[1:]


def _late_response(ticket: Ticket, scene: Scene) -> Wish:
    _calm(ticket, scene, scene.dice.pick(("P3", "P4")))
    return Wish(route=scene.dice.pick(("first", "second")), response_percent=scene.dice.between(115, 210))


def _late_resolution(ticket: Ticket, scene: Scene) -> Wish:
    return Wish(route=scene.dice.pick(("first", "second", "supplier")), resolution_percent=scene.dice.between(108, 190))


def _close_before_resolved(ticket: Ticket, scene: Scene) -> None:
    assert ticket.resolved_at is not None and ticket.responded_at is not None
    ticket.closed_at = max(ticket.resolved_at - scene.dice.between(20, 90) * 60, ticket.opened_at + 60)
    if ticket.closed_at >= ticket.resolved_at:
        ticket.closed_at = ticket.resolved_at - 30


def _no_closure_code(ticket: Ticket, scene: Scene) -> None:
    ticket.closure_code = ""


def _aged(ticket: Ticket, scene: Scene) -> Wish:
    hands = list(SECOND_LINE.values())
    scene.dice.shuffle(hands)
    return Wish(route="aged", hands=tuple(hands[:2]))


def _kicked(ticket: Ticket, scene: Scene) -> Wish:
    _calm(ticket, scene, "P3")
    a, b, c = _three(scene)
    return Wish(route="second", hands=scene.dice.pick(((a, b, a, b), (a, b, c, a, b), (a, b, a, c, a))))


def _three_moves(ticket: Ticket, scene: Scene) -> Wish:
    _calm(ticket, scene, "P3")
    return Wish(route="second", hands=_three(scene))


def _three(scene: Scene) -> tuple[str, str, str]:
    groups = list(SECOND_LINE.values())
    scene.dice.shuffle(groups)
    return groups[0], groups[1], groups[2]


def _one_person(ticket: Ticket, scene: Scene) -> None:
    ticket.requester = ticket.opened_by = ticket.closed_by = ticket.resolved_by
    ticket.channel = "walk-in"
    ticket.updates = [
        replace(update, by=ticket.requester) if update.state in ("new", "closed") else update
        for update in ticket.updates
    ]


def _batch(ticket: Ticket, scene: Scene) -> None:
    if ticket.resolved_at is None or ticket.resolved_at >= scene.batch_at:
        return
    ticket.closed_at = scene.batch_at + scene.dice.below(400)
    ticket.closed_by = scene.batch_by
    last = ticket.updates[-1]
    ticket.updates[-1] = Update(ticket.closed_at, scene.batch_by, "closed", last.group, last.assignee)


def _missing_field(ticket: Ticket, scene: Scene) -> None:
    if scene.dice.permille(500):
        ticket.category = ticket.subcategory = ""
    else:
        ticket.updates = [replace(update, group="") for update in ticket.updates]


VIOLATIONS: dict[str, Violation] = {
    "backdated": Violation("INT-01", "stored in the tool hours after its own resolution", 1, _calm_phone, _backdate),
    "recorded-late": Violation("INT-03", "stored more than a day after it was opened", 1, _calm_first, _record_late),
    "wrong-priority": Violation("INC-03", "priority set against the matrix of impact and urgency", 2, _misjudge),
    "unknown-priority": Violation("DQ-15", "a priority that is not on the code list", 1, _unknown_priority),
    "unknown-service": Violation("INC-04", "a service that the catalogue does not have", 1, _unknown_service),
    "closed-unresolved": Violation("INC-02", "closed without having been resolved", 1, _calm_first, _close_unresolved),
    "bad-transition": Violation("INC-24", "went back from in progress to new", 1, after=_step_back),
    "no-beginning": Violation("INC-25", "its log does not begin as new", 1, after=_forget_beginning),
    "dirty-state": Violation("DQ-09", "was in the state -100 for some seconds", 1, after=_dirty_state),
    "late-response": Violation("INC-05", "answered after the agreed response time", 3, _late_response),
    "late-resolution": Violation("INC-06", "resolved after the agreed time", 0, _late_resolution),
    "told-met": Violation("DQ-12", "the tool reports the target as met, and it was not", 0, _late_resolution),
    "told-missed": Violation("DQ-12", "the tool reports the target as missed, and it was met", 1, _settled),
    "closed-early": Violation("INC-01", "closed before it was resolved", 1, _calm_first, _close_before_resolved),
    "no-closure-code": Violation("INC-11", "closed without a closure code", 2, _settled, _no_closure_code),
    "reopened": Violation("INC-12", "resolved, reopened by the user, resolved again", 4, _reopened),
    "aged": Violation("INC-16", "open for more than thirty days", 1, _aged),
    "kicked": Violation("INC-14", "kicked from group to group and back", 1, _kicked),
    "three-moves": Violation("INC-23", "moved on to the next group three times", 1, _three_moves),
    "one-person": Violation("INT-15", "reported, resolved and closed by one person", 1, _calm_first, _one_person),
    "missing-field": Violation("DQ-08", "a mandatory field is empty", 1, after=_missing_field),
    "batch": Violation(
        "INT-04", "closed together with many others in minutes, at the end of the month", 0, _quick, _batch
    ),
    "future": Violation("DQ-07", "its record time lies after the export", 0, old=False),
}

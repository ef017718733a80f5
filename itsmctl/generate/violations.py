"""What is done on purpose: each violation bends one life so that one rule must see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from itsmctl.generate.dice import Dice
from itsmctl.generate.life import HOUR, ORDINARY, Team, Wish
from itsmctl.generate.people import SECOND_LINE, SUPPLIERS
from itsmctl.generate.rhythm import month_end
from itsmctl.generate.terms import Terms
from itsmctl.generate.ticket import Ticket, Update

_NEWCOMER = "钱进 Qian Jin"
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
    terms: Callable[[Ticket], Terms | None]

    def shortly_before(self, ticket: Ticket, priority: str) -> int:
        """The moment at which nine tenths of the target of a priority have been counted."""
        terms = self.terms(ticket)
        columns = {"priority": priority, "impact": ticket.impact, "urgency": ticket.urgency}
        promise = terms.promise(columns) if terms else None
        return promise.hours.after(ticket.opened_at, promise.resolution * 9 // 10) if promise else ticket.opened_at


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
    major: bool = False
    """Is about the handling of a major incident."""


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
    return Wish(route=scene.dice.pick(("first", "second")), reopens=1)


def _reopened_twice(ticket: Ticket, scene: Scene) -> Wish:
    return Wish(route=scene.dice.pick(("first", "second")), reopens=2)


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


def _by_letter(ticket: Ticket, scene: Scene) -> Wish:
    """An ordinary ticket that a user wrote, with generous targets."""
    _calm(ticket, scene)
    if ticket.channel != "monitoring":
        ticket.channel = "email"
    return Wish(route="first", resolution_percent=scene.dice.between(40, 70))


def _leave_out(*columns: str) -> Callable[[Ticket, Scene], None]:
    return lambda ticket, scene: ticket.left_out.update(columns)


def _say_done(ticket: Ticket, scene: Scene) -> None:
    ticket.close_notes = scene.dice.pick(("done", "OK.", "已处理。"))


def _urgent(ticket: Ticket, scene: Scene) -> Wish:
    _calm(ticket, scene, "P2")
    return Wish(route="first", resolution_percent=scene.dice.between(40, 60))


def _lie(ticket: Ticket, scene: Scene) -> None:
    """Nobody looks at it for a week."""
    place = next(i for i, update in enumerate(ticket.updates) if update.state == "in-progress")
    _postpone(ticket, place + 1, 7 * 24 * HOUR)


def _postpone(ticket: Ticket, place: int, seconds: int) -> None:
    """Let every update from a place on come later, and what the columns say of them."""
    assert ticket.resolved_at is not None and ticket.closed_at is not None
    ticket.updates[place:] = [replace(update, at=update.at + seconds) for update in ticket.updates[place:]]
    ticket.resolved_at, ticket.closed_at = ticket.resolved_at + seconds, ticket.closed_at + seconds


def _resolve_for_report(ticket: Ticket, scene: Scene) -> None:
    """Resolved a quarter of an hour before the month ends, open again in the morning, resolved in earnest an hour later."""
    assert ticket.resolved_at is not None
    place = next(i for i, update in enumerate(ticket.updates) if update.state == "resolved")
    turn = month_end(ticket.resolved_at)
    _postpone(ticket, place, turn - 900 - ticket.updates[place].at)
    told = ticket.updates[place]
    again = replace(told, at=turn + 8 * HOUR, state="in-progress")
    ticket.updates[place + 1 : place + 1] = [again, replace(told, at=again.at + HOUR)]
    ticket.resolved_at = again.at + HOUR
    if ticket.updates[-1].at <= ticket.resolved_at:
        ticket.updates[-1] = replace(ticket.updates[-1], at=ticket.resolved_at + HOUR)
    ticket.closed_at = ticket.updates[-1].at


def _heaped(ticket: Ticket, scene: Scene) -> Wish:
    """One of many that a supplier ends just in time."""
    return Wish(
        route="supplier", hands=(scene.team.second_line, SUPPLIERS[0]), resolution_percent=scene.dice.between(96, 98)
    )


def _idle(ticket: Ticket, scene: Scene) -> None:
    """One of many that somebody lets wait for the user until it is time to resolve them."""
    place = next(i for i, update in enumerate(ticket.updates) if update.state == "in-progress")
    end = next(i for i, update in enumerate(ticket.updates) if update.state == "resolved")
    began, ended = ticket.updates[place], ticket.updates[end]
    mine = [replace(began, by=_NEWCOMER, assignee=_NEWCOMER), replace(ended, by=_NEWCOMER, assignee=_NEWCOMER)]
    waits = replace(mine[0], at=began.at + 60, state="awaiting-user")
    back = replace(mine[0], at=max(ended.at - 600, began.at + 120))
    closed = [replace(update, assignee=_NEWCOMER) for update in ticket.updates[end + 1 :]]
    ticket.updates[place:] = [mine[0], waits, back, mine[1], *closed]
    ticket.resolved_by = _NEWCOMER


def _say_nothing(ticket: Ticket, scene: Scene) -> None:
    ticket.close_notes = ""


def _tell_secret(ticket: Ticket, scene: Scene) -> None:
    ticket.close_notes = f"New password: Winter{scene.dice.between(2024, 2026)}! 新密码已发给用户"


def _take_for_request(ticket: Ticket, scene: Scene) -> None:
    ticket.nature = "request"


def _blame_no_change(ticket: Ticket, scene: Scene) -> None:
    ticket.details["cause_code"] = "change"
    ticket.caused_by = ""


def _answer_at_once(ticket: Ticket, scene: Scene) -> None:
    ticket.responded_at = ticket.opened_at + scene.dice.between(5, 40)


def _resolve_at_once(ticket: Ticket, scene: Scene) -> None:
    """Handed to another one, who resolves it half a minute later."""
    assert ticket.resolved_at is not None
    place = next(i for i, update in enumerate(ticket.updates) if update.state == "resolved")
    colleagues = ticket.updates[place].group, ticket.site.id
    crew = scene.team.staff.engineers[colleagues[0]].get(colleagues[1], ())
    other = next((person for person in crew if person != ticket.updates[place].assignee), ticket.closed_by)
    handed = replace(ticket.updates[place - 1], at=ticket.resolved_at - 30, assignee=other)
    ticket.updates[place:] = [replace(update, assignee=other) for update in ticket.updates[place:]]
    ticket.updates.insert(place, handed)


def _park(ticket: Ticket, scene: Scene) -> None:
    """Waits ten days for its problem before anybody goes on."""
    assert ticket.resolved_at is not None and ticket.closed_at is not None
    place = next(i for i, update in enumerate(ticket.updates) if update.state == "in-progress")
    before, wait = ticket.updates[place], 240 * HOUR
    parked = replace(before, at=before.at + 600, state="awaiting-problem")
    again = replace(before, at=before.at + 600 + wait)
    later = [replace(update, at=update.at + wait + 600) for update in ticket.updates[place + 1 :]]
    ticket.updates[place + 1 :] = [parked, again, *later]
    ticket.resolved_at, ticket.closed_at = ticket.resolved_at + wait + 600, ticket.closed_at + wait + 600


def _pause(ticket: Ticket, scene: Scene) -> None:
    """Still waits when the export is made, and nobody says for what."""
    last = ticket.updates[-1]
    if last.state == "in-progress":
        ticket.add(last.at + 1800, last.by, "awaiting-supplier")
    ticket.left_out.add("pause_reason")


def _raise_and_lower(ticket: Ticket, scene: Scene) -> None:
    """Urgent for half an hour, until somebody else has looked."""
    place = next(i for i, update in enumerate(ticket.updates) if update.state == "in-progress")
    before = ticket.updates[place]
    urgent = replace(before, at=before.at + 20, priority="P2")
    ticket.updates[place + 1 : place + 1] = [urgent, replace(before, at=before.at + 30)]


def _soon_late(ticket: Ticket, scene: Scene) -> Wish:
    _calm(ticket, scene, "P3")
    return Wish(route="first", resolution_percent=scene.dice.between(60, 80))


def _lower_in_time(ticket: Ticket, scene: Scene) -> None:
    """Was urgent until the target of that priority was all but missed; the right priority was the lower one all along."""
    assert ticket.resolved_at is not None
    moment = scene.shortly_before(ticket, "P2")
    lowered = [update for update in ticket.updates if update.at >= moment]
    if lowered and moment < ticket.resolved_at:
        earlier = [replace(update, priority="P2") for update in ticket.updates if update.at < moment]
        ticket.updates = [*earlier, replace(earlier[-1], at=moment, priority=""), *lowered]


def _unknown_exception(ticket: Ticket, scene: Scene) -> None:
    ticket.details |= {"exception": "busy", "approved_by": scene.batch_by}


def _excuse_oneself(ticket: Ticket, scene: Scene) -> None:
    ticket.details |= {"exception": "later-date", "approved_by": ticket.resolved_by}


def _deny(ticket: Ticket, scene: Scene) -> None:
    ticket.details["major"] = "false"


def _declare_late(ticket: Ticket, scene: Scene) -> None:
    later = scene.dice.between(25, 90) * 60
    ticket.details |= {"declared_at": ticket.opened_at + later, "announced_at": ticket.opened_at + later + 900}


def _tell_late(ticket: Ticket, scene: Scene) -> None:
    ticket.details["announced_at"] = int(ticket.details["declared_at"]) + scene.dice.between(80, 300) * 60


def _lead_oneself(ticket: Ticket, scene: Scene) -> None:
    ticket.details["manager"] = ticket.resolved_by


def _review_late(ticket: Ticket, scene: Scene) -> None:
    assert ticket.resolved_at is not None
    ticket.details["reviewed_at"] = ticket.resolved_at + scene.dice.between(20, 24) * 24 * HOUR


def _name_no_problem(ticket: Ticket, scene: Scene) -> None:
    ticket.problem = ""


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
    "placeholder": Violation("DQ-11", "its solution is a placeholder", 1, _by_letter, _say_done),
    "forgotten": Violation("INC-07", "urgent, and nobody touched it for a week", 1, _urgent, _lie),
    "for-the-report": Violation("INT-05", "resolved for the report of the month", 1, _calm_first, _resolve_for_report),
    "heaped": Violation("INT-17", "one of many that ended just in time", 0, _heaped),
    "idle": Violation("INT-07", "waited for the user nearly all of the time", 0, _calm_first, _idle),
    "closed-anew": Violation("INT-11", "closed, and reported again within two hours", 2, _calm_first),
    "unconfirmed": Violation("INC-10", "closed without the user's word", 1, _calm_first, _leave_out("confirmed_at")),
    "reopened-twice": Violation("INC-13", "reopened twice", 1, _reopened_twice),
    "says-nothing": Violation("INC-17", "resolved without a word on how", 1, _by_letter, _say_nothing),
    "request": Violation("INC-18", "a request that was kept as an incident", 1, _settled, _take_for_request),
    "blames-no-change": Violation("INC-20", "caused by a change that nobody names", 1, _settled, _blame_no_change),
    "no-pause-reason": Violation("INT-08", "waits, and nobody says for what", 1, _aged, _pause),
    "lowered": Violation("INT-09", "lowered just before its target was missed", 1, _soon_late, _lower_in_time),
    "raised-and-lowered": Violation("INT-10", "urgent for some seconds", 1, _calm_first, _raise_and_lower),
    "machine-answer": Violation("INT-13", "answered by letter within a minute", 1, _by_letter, _answer_at_once),
    "resolved-at-once": Violation(
        "INT-14", "resolved half a minute after it was assigned", 1, _by_letter, _resolve_at_once
    ),
    "parked": Violation("PRB-09", "parked for days until its problem is solved", 1, _calm_first, _park),
    "secret": Violation("SEC-05", "a password in its text", 1, _calm_first, _tell_secret),
    "no-breach-reason": Violation(
        "SLM-05", "late, and nobody says why", 0, _late_resolution, _leave_out("breach_reason")
    ),
    "unknown-exception": Violation(
        "SLM-14", "taken out of the count for no reason that the agreement knows", 1, _settled, _unknown_exception
    ),
    "own-exception": Violation("SLM-15", "taken out of the count by its resolver", 1, _settled, _excuse_oneself),
    "denied": Violation("MI-01", "critical, and never declared major", after=_deny, major=True),
    "declared-late": Violation("MI-02", "declared major late", after=_declare_late, major=True),
    "led-by-resolver": Violation("MI-03", "led by the one who repaired it", after=_lead_oneself, major=True),
    "told-late": Violation("MI-04", "management was told after hours", after=_tell_late, major=True),
    "reviewed-late": Violation("MI-05", "reviewed after three weeks", after=_review_late, major=True),
    "no-actions": Violation("MI-06", "its review has no outcome", after=_leave_out("actions"), major=True),
    "no-problem": Violation("MI-07", "no problem was opened", after=_name_no_problem, major=True),
    "future": Violation("DQ-07", "its record time lies after the export", 0, old=False),
}

"""What is done on purpose: each violation bends one life so that one rule must see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from itsmctl.generate import deeds
from itsmctl.generate.deeds import Scene
from itsmctl.generate.life import ORDINARY, Wish
from itsmctl.generate.ticket import Ticket


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


VIOLATIONS: dict[str, Violation] = {
    "backdated": Violation(
        "INT-01", "stored in the tool hours after its own resolution", 1, deeds.calm_phone, deeds.backdate
    ),
    "recorded-late": Violation(
        "INT-03", "stored more than a day after it was opened", 1, deeds.calm_first, deeds.record_late
    ),
    "wrong-priority": Violation("INC-03", "priority set against the matrix of impact and urgency", 2, deeds.misjudge),
    "unknown-priority": Violation("DQ-15", "a priority that is not on the code list", 1, deeds.unknown_priority),
    "unknown-service": Violation("INC-04", "a service that the catalogue does not have", 1, deeds.unknown_service),
    "closed-unresolved": Violation(
        "INC-02", "closed without having been resolved", 1, deeds.calm_first, deeds.close_unresolved
    ),
    "bad-transition": Violation("INC-24", "went back from in progress to new", 1, after=deeds.step_back),
    "no-beginning": Violation("INC-25", "its log does not begin as new", 1, after=deeds.forget_beginning),
    "dirty-state": Violation("DQ-09", "was in the state -100 for some seconds", 1, after=deeds.dirty_state),
    "late-response": Violation("INC-05", "answered after the agreed response time", 3, deeds.late_response),
    "late-resolution": Violation("INC-06", "resolved after the agreed time", 0, deeds.late_resolution),
    "told-met": Violation("DQ-12", "the tool reports the target as met, and it was not", 0, deeds.late_resolution),
    "told-missed": Violation("DQ-12", "the tool reports the target as missed, and it was met", 1, deeds.settled),
    "closed-early": Violation(
        "INC-01", "closed before it was resolved", 1, deeds.calm_first, deeds.close_before_resolved
    ),
    "no-closure-code": Violation("INC-11", "closed without a closure code", 2, deeds.settled, deeds.no_closure_code),
    "reopened": Violation("INC-12", "resolved, reopened by the user, resolved again", 4, deeds.reopened),
    "aged": Violation("INC-16", "open for more than thirty days", 1, deeds.aged),
    "kicked": Violation("INC-14", "kicked from group to group and back", 1, deeds.kicked),
    "three-moves": Violation("INC-23", "moved on to the next group three times", 1, deeds.three_moves),
    "one-person": Violation(
        "INT-15", "reported, resolved and closed by one person", 1, deeds.calm_first, deeds.one_person
    ),
    "missing-field": Violation("DQ-08", "a mandatory field is empty", 1, after=deeds.missing_field),
    "batch": Violation(
        "INT-04", "closed together with many others in minutes, at the end of the month", 0, deeds.quick, deeds.batch
    ),
    "placeholder": Violation("DQ-11", "its solution is a placeholder", 1, deeds.by_letter, deeds.say_done),
    "forgotten": Violation("INC-07", "urgent, and nobody touched it for a week", 1, deeds.urgent, deeds.lie),
    "for-the-report": Violation(
        "INT-05", "resolved for the report of the month", 1, deeds.calm_first, deeds.resolve_for_report
    ),
    "heaped": Violation("INT-17", "one of many that ended just in time", 0, deeds.heaped),
    "idle": Violation("INT-07", "waited for the user nearly all of the time", 0, deeds.calm_first, deeds.idle),
    "closed-anew": Violation("INT-11", "closed, and reported again within two hours", 2, deeds.calm_first),
    "unconfirmed": Violation(
        "INC-10", "closed without the user's word", 1, deeds.calm_first, deeds.leave_out("confirmed_at")
    ),
    "reopened-twice": Violation("INC-13", "reopened twice", 1, deeds.reopened_twice),
    "says-nothing": Violation("INC-17", "resolved without a word on how", 1, deeds.by_letter, deeds.say_nothing),
    "request": Violation("INC-18", "a request that was kept as an incident", 1, deeds.settled, deeds.take_for_request),
    "blames-no-change": Violation(
        "INC-20", "caused by a change that nobody names", 1, deeds.settled, deeds.blame_no_change
    ),
    "no-pause-reason": Violation("INT-08", "waits, and nobody says for what", 1, deeds.aged, deeds.pause),
    "lowered": Violation(
        "INT-09", "lowered just before its target was missed", 1, deeds.soon_late, deeds.lower_in_time
    ),
    "late-pause": Violation(
        "INT-06", "its clock was stopped when time ran out", 1, deeds.nearly_late, deeds.stop_the_clock
    ),
    "raised-and-lowered": Violation("INT-10", "urgent for some seconds", 1, deeds.calm_first, deeds.raise_and_lower),
    "machine-answer": Violation(
        "INT-13", "answered by letter within a minute", 1, deeds.by_letter, deeds.answer_at_once
    ),
    "resolved-at-once": Violation(
        "INT-14", "resolved half a minute after it was assigned", 1, deeds.by_letter, deeds.resolve_at_once
    ),
    "parked": Violation("PRB-09", "parked for days until its problem is solved", 1, deeds.calm_first, deeds.park),
    "secret": Violation("SEC-05", "a password in its text", 1, deeds.calm_first, deeds.tell_secret),
    "no-breach-reason": Violation(
        "SLM-05", "late, and nobody says why", 0, deeds.late_resolution, deeds.leave_out("breach_reason")
    ),
    "unknown-exception": Violation(
        "SLM-14",
        "taken out of the count for no reason that the agreement knows",
        1,
        deeds.settled,
        deeds.unknown_exception,
    ),
    "own-exception": Violation(
        "SLM-15", "taken out of the count by its resolver", 1, deeds.settled, deeds.excuse_oneself
    ),
    "with-leaver": Violation("INC-15", "lies with somebody who has left", 1, deeds.calm_first, deeds.hand_to_leaver),
    "closed-by-leaver": Violation(
        "INT-16", "closed through the account of somebody who has left", 1, deeds.calm_first, deeds.close_as_leaver
    ),
    "denied": Violation("MI-01", "critical, and never declared major", after=deeds.deny, major=True),
    "declared-late": Violation("MI-02", "declared major late", after=deeds.declare_late, major=True),
    "led-by-resolver": Violation("MI-03", "led by the one who repaired it", after=deeds.lead_oneself, major=True),
    "told-late": Violation("MI-04", "management was told after hours", after=deeds.tell_late, major=True),
    "reviewed-late": Violation("MI-05", "reviewed after three weeks", after=deeds.review_late, major=True),
    "no-actions": Violation("MI-06", "its review has no outcome", after=deeds.leave_out("actions"), major=True),
    "no-problem": Violation("MI-07", "no problem was opened", after=deeds.name_no_problem, major=True),
    "closed-by-second-line": Violation(
        "INC-28", "closed by the engineer who had resolved it", 1, deeds.second_line, deeds.close_for_the_desk
    ),
    "future": Violation("DQ-07", "its record time lies after the export", 0, old=False),
}

"""How cases of other processes are bent, and which of them can be: what the misdeeds are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from itsmctl.generate.case import Approval, Case
from itsmctl.generate.changes import Crew
from itsmctl.generate.rhythm import DAY, midnight

HOUR = 3600
_FREEZE_ENDS = midnight(date(2026, 2, 23)) + DAY
"""When the freeze around the spring festival is over."""


def kind(*kinds: str) -> Callable[[Case], bool]:
    return lambda case: case.text("category") in kinds


def is_board_matter(case: Case) -> bool:
    return case.text("category") == "normal" and case.text("risk") != "low"


def is_undone(case: Case) -> bool:
    return case.text("outcome") == "backed-out"


def is_doubtful(case: Case) -> bool:
    return case.text("category") == "normal" and case.text("outcome") in ("partly", "with-incident")


def without(*columns: str) -> Callable[[Case, Crew], None]:
    def bend(case: Case, crew: Crew) -> None:
        for column in columns:
            case.change(column, "")

    return bend


def instead(column: str, value: str) -> Callable[[Case, Crew], None]:
    return lambda case, crew: case.change(column, value)


def approve_late(case: Case, crew: Crew) -> None:
    later = case.time("actual_start") + crew.dice.between(20, 90) * 60 - case.approvals[0].at
    case.approvals = [replace(approval, at=approval.at + later) for approval in case.approvals]


def approve_at_once(case: Case, crew: Crew) -> None:
    first, *rest = case.approvals
    case.approvals = [replace(first, at=case.time("opened_at") + crew.dice.between(8, 40)), *rest]


def approve_own_request(case: Case, crew: Crew) -> None:
    approver = case.approvals[0].approver
    case.change("requester", approver)


def make_what_one_approved(case: Case, crew: Crew) -> None:
    case.change("implementer", case.approvals[0].approver)


def test_own_work(case: Case, crew: Crew) -> None:
    case.change("tester", case.text("implementer"))


def review_own_work(case: Case, crew: Crew) -> None:
    case.change("reviewer", case.text("implementer"))


def approve_without_authority(case: Case, crew: Crew) -> None:
    """Approved by the one who keeps the records."""
    stranger = crew.roster.anyone("configuration-librarian", case.time("opened_at"), crew.dice)
    case.approvals = [Approval(a.at, stranger, a.role, a.decision) for a in case.approvals]


def ask_one_member(case: Case, crew: Crew) -> None:
    case.approvals = case.approvals[:1]


def test_late(case: Case, crew: Crew) -> None:
    case.change("tested_at", case.time("actual_start") + crew.dice.between(10, 40) * 60)


def overrun(case: Case, crew: Crew) -> None:
    case.change("actual_end", case.time("planned_end") + crew.dice.between(25, 100) * 60)


def tell_late(case: Case, crew: Crew) -> None:
    case.change("announced_at", case.time("actual_start") + crew.dice.between(5, 50) * 60)


def write_afterwards(case: Case, crew: Crew) -> None:
    case.change("recorded_at", case.time("actual_end") + crew.dice.between(2, 9) * HOUR)


def edit_plan(case: Case, crew: Crew) -> None:
    at = case.time("planned_start") - crew.dice.between(10, 30) * HOUR
    case.put(at, case.text("requester"), plan="1 change; 2 look whether it works")


def look_late(case: Case, crew: Crew) -> None:
    """Nobody says go, and all who should have look at it after a week; whoever decides alone may be of the board too."""
    case.approvals = [replace(approval, at=approval.at + 9 * 24 * HOUR) for approval in case.approvals]


def act_alone(case: Case, crew: Crew) -> None:
    """The board learns of it, but nobody with authority decided."""
    case.approvals = [approval for approval in case.approvals if approval.role != "emergency-change-authority"]
    case.approvals = [
        a for a in case.approvals if not crew.roster.holds(a.approver, ("emergency-change-authority",), a.at)
    ]


def skip(*states: str) -> Callable[[Case, Crew], None]:
    """Leave out states, and nothing else that was entered with them."""

    def bend(case: Case, crew: Crew) -> None:
        case.entries = [e for e in case.entries if e.column != "state" or e.value not in states]

    return bend


def by_another(state: str, role: str) -> Callable[[Case, Crew], None]:
    """Let a state have been entered by somebody of a role that is not of its lane."""

    def bend(case: Case, crew: Crew) -> None:
        entered = next(entry for entry in case.entries if entry.column == "state" and entry.value == state)
        other = crew.roster.holders(role, entered.at)[0]
        mark = entered.at, entered.by
        case.entries = [replace(e, by=other) if (e.at, e.by) == mark else e for e in case.entries]

    return bend


def is_approved_beforehand(case: Case) -> bool:
    return not case.approvals


def is_not_cured(case: Case) -> bool:
    """Not one of those after which incidents are watched by category."""
    return case.text("closure_code") != "removed"


def is_approved(case: Case) -> bool:
    return bool(case.approvals)


def is_approved_access(case: Case) -> bool:
    return bool(case.approvals) and case.text("category") == "access"


def misjudge(case: Case, crew: Crew) -> None:
    case.change("priority", crew.dice.pick(sorted({"P1", "P2", "P3", "P4"} - {case.text("priority")})))


def fulfil_late(case: Case, crew: Crew) -> None:
    case.change("resolved_at", case.time("due_at") + crew.dice.between(1, 9) * HOUR)


def approve_own_work(case: Case, crew: Crew) -> None:
    case.change("approved_by", case.text("resolved_by"))


def approve_own_wish(case: Case, crew: Crew) -> None:
    case.approvals = [replace(approval, approver=case.text("requester")) for approval in case.approvals]
    case.change("approved_by", case.text("requester"))


def approve_later(case: Case, crew: Crew) -> None:
    at = case.time("closed_at") - crew.dice.between(1, 20) * 60
    case.approvals = [replace(approval, at=at) for approval in case.approvals]


def change_item(case: Case, crew: Crew) -> None:
    case.put(case.time("resolved_at"), case.text("resolved_by"), ci="lq-iam-01")


def tell_shortly_before(case: Case, crew: Crew) -> None:
    case.change("announced_at", case.time("planned_start") - crew.dice.between(5, 40) * HOUR)


def is_after_freeze(case: Case) -> bool:
    return case.text("category") == "normal" and 0 < case.time("planned_start") - _FREEZE_ENDS < 9 * DAY


def move_into_freeze(case: Case, crew: Crew) -> None:
    """Done on the last evening of the freeze instead of some days after it."""
    days = (case.time("planned_start") - _FREEZE_ENDS) // DAY + 1
    for column in ("planned_start", "planned_end", "actual_start", "actual_end", "tested_at"):
        case.change(column, case.time(column) - days * DAY)


def is_quiet(case: Case) -> bool:
    """A problem that no change removes, so that nothing else hangs on its dates."""
    return not case.text("change") and case.text("closure_code") != "removed"


def is_cured(case: Case) -> bool:
    return case.text("closure_code") == "removed"


def close_before_cure(case: Case, crew: Crew) -> None:
    case.change("closed_at", case.time("resolved_at") - crew.dice.between(5, 7) * DAY)


def close_long_after_cure(case: Case, crew: Crew) -> None:
    delay(case, "closed", 15 * DAY)


def delay(case: Case, state: str, seconds: int) -> None:
    """Let a state, and everything that is entered from then on, come later."""
    since = next(entry.at for entry in case.entries if entry.column == "state" and entry.value == state)
    case.entries = [
        replace(
            entry, at=entry.at + seconds,
            value=entry.value + seconds if isinstance(entry.value, int) and entry.value >= since else entry.value,
        )
        if entry.at >= since else entry
        for entry in case.entries
    ]  # fmt: skip


def forget(case: Case, crew: Crew) -> None:
    delay(case, "investigating", 33 * DAY)


def open_before_incidents(case: Case, crew: Crew) -> None:
    case.change("opened_at", case.time("opened_at") - 20 * DAY)


def say_symptom_again(case: Case, crew: Crew) -> None:
    case.change("root_cause", case.text("title"))


def is_followed(case: Case) -> bool:
    """An incident named it as its cause, and it was closed as a success with incidents."""
    return case.text("category") == "normal" and case.text("closure_code") == "successful"


def is_small(case: Case) -> bool:
    return case.text("category") == "normal" and case.text("nature") != "service-transferred"


def look_long_ago(case: Case, crew: Crew) -> None:
    case.change("reviewed_at", case.time("opened_at") - crew.dice.between(190, 220) * DAY)


def is_deployed(case: Case) -> bool:
    return case.text("closure_code") == "deployed"


def is_regular(case: Case) -> bool:
    return case.text("closure_code") in ("deployed", "deployed-in-part")


def is_imperfect(case: Case) -> bool:
    return case.text("closure_code") in ("backed-out", "deployed-in-part")


def after_start(column: str) -> Callable[[Case, Crew], None]:
    return lambda case, crew: case.change(column, case.time("actual_start") + crew.dice.between(9, 40) * 60)


def deploy_something_else(case: Case, crew: Crew) -> None:
    case.change(
        "deployed_digest", case.text("deployed_digest")[:-1] + ("0" if case.text("deployed_digest")[-1] != "0" else "1")
    )


def close_after_a_week(case: Case, crew: Crew) -> None:
    case.change("reviewed_at", case.time("resolved_at") + crew.dice.between(5, 8) * DAY)


def deploy_before_approval(case: Case, crew: Crew) -> None:
    case.change("actual_start", case.time("opened_at") - crew.dice.between(20, 30) * DAY)


def is_confirmed(case: Case) -> bool:
    return case.text("closure_code") != "false-alarm"


def is_notified(case: Case) -> bool:
    return "due_at" in case.columns and "announced_at" in case.columns


def look_after_hours(case: Case, crew: Crew) -> None:
    delay(
        case,
        "false-alarm" if case.text("closure_code") == "false-alarm" else "assessed",
        crew.dice.between(1, 5) * HOUR,
    )


def notify_late(case: Case, crew: Crew) -> None:
    case.change("announced_at", case.time("due_at") + crew.dice.between(2, 20) * HOUR)


def pick_priority(case: Case, crew: Crew) -> None:
    case.change("priority", crew.dice.pick(sorted({"P1", "P2", "P3", "P4"} - {case.text("priority")})))


def read_own_article(case: Case, crew: Crew) -> None:
    case.change("reviewer", case.text("opened_by"))


def judge_own_improvement(case: Case, crew: Crew) -> None:
    case.change("closed_by", case.text("assignee"))


def carry_out_late(case: Case, crew: Crew) -> None:
    case.change("due_at", case.time("resolved_at") - crew.dice.between(20, 30) * DAY)


def acknowledge_late(case: Case, crew: Crew) -> None:
    delay(case, "acknowledged", 5 * DAY)


def answer_late(case: Case, crew: Crew) -> None:
    delay(case, "answered", 25 * DAY)


def withdraw_leaver_late(case: Case, crew: Crew) -> None:
    case.change("resolved_at", case.time("due_at") + crew.dice.between(5, 9) * DAY)

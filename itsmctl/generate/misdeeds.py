"""What is done on purpose to cases of other processes: each misdeed bends one so that one rule must see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from itsmctl.generate.case import Approval, Case
from itsmctl.generate.changes import Crew
from itsmctl.generate.rhythm import DAY, midnight

HOUR = 3600
_FREEZE_ENDS = midnight(date(2026, 2, 23)) + DAY
"""When the freeze around the spring festival is over."""
_EACH = 400
"""Cases of a process for each further time that a misdeed is done."""
_SMALL = 3
"""Of fewer cases only one in so many is bent."""


@dataclass(frozen=True)
class Misdeed:
    """How a case is bent, and which cases can be."""

    rule: str
    what: str
    bend: Callable[[Case, Crew], None]
    fits: Callable[[Case], bool] = lambda case: True
    process: str = "change"
    states: tuple[str, ...] = ()
    """The states in which the export must show the case; left out: its life is over by then."""


def misbehave(process: str, cases: Sequence[Case], crew: Crew, as_of: int) -> None:
    """Bend some of the cases, each at most once: those whose life is over before the export is made, unless a misdeed
    is about one that is under way."""
    free = [case for case in cases if case.entries and case.entries[0].at <= as_of]
    crew.dice.shuffle(free)
    times = 1 + len(cases) // _EACH
    left = -(-len(cases) // _SMALL) if len(cases) > 1 else 0
    for misdeed in (m for _ in range(times) for m in MISDEEDS if m.process == process):
        case = next((case for case in free if _is_ripe(case, misdeed, as_of) and misdeed.fits(case)), None)
        if case is None or not left:
            continue
        free.remove(case)
        misdeed.bend(case, crew)
        case.deed = misdeed.what
        left -= 1


def _is_ripe(case: Case, misdeed: Misdeed, as_of: int) -> bool:
    if not misdeed.states:
        return all(entry.at <= as_of for entry in case.entries)
    states = [(entry.at, str(entry.value)) for entry in case.entries if entry.column == "state" and entry.at <= as_of]
    return max(states)[1] in misdeed.states


def _kind(*kinds: str) -> Callable[[Case], bool]:
    return lambda case: case.text("category") in kinds


def _is_board_matter(case: Case) -> bool:
    return case.text("category") == "normal" and case.text("risk") != "low"


def _is_undone(case: Case) -> bool:
    return case.text("outcome") == "backed-out"


def _is_doubtful(case: Case) -> bool:
    return case.text("category") == "normal" and case.text("outcome") in ("partly", "with-incident")


def _without(*columns: str) -> Callable[[Case, Crew], None]:
    def bend(case: Case, crew: Crew) -> None:
        for column in columns:
            case.change(column, "")

    return bend


def _instead(column: str, value: str) -> Callable[[Case, Crew], None]:
    return lambda case, crew: case.change(column, value)


def _approve_late(case: Case, crew: Crew) -> None:
    later = case.time("actual_start") + crew.dice.between(20, 90) * 60 - case.approvals[0].at
    case.approvals = [replace(approval, at=approval.at + later) for approval in case.approvals]


def _approve_at_once(case: Case, crew: Crew) -> None:
    first, *rest = case.approvals
    case.approvals = [replace(first, at=case.time("opened_at") + crew.dice.between(8, 40)), *rest]


def _approve_own_request(case: Case, crew: Crew) -> None:
    approver = case.approvals[0].approver
    case.change("requester", approver)


def _make_what_one_approved(case: Case, crew: Crew) -> None:
    case.change("implementer", case.approvals[0].approver)


def _test_own_work(case: Case, crew: Crew) -> None:
    case.change("tester", case.text("implementer"))


def _review_own_work(case: Case, crew: Crew) -> None:
    case.change("reviewer", case.text("implementer"))


def _approve_without_authority(case: Case, crew: Crew) -> None:
    """Approved by the one who keeps the records."""
    stranger = crew.roster.anyone("configuration-librarian", case.time("opened_at"), crew.dice)
    case.approvals = [Approval(a.at, stranger, a.role, a.decision) for a in case.approvals]


def _ask_one_member(case: Case, crew: Crew) -> None:
    case.approvals = case.approvals[:1]


def _test_late(case: Case, crew: Crew) -> None:
    case.change("tested_at", case.time("actual_start") + crew.dice.between(10, 40) * 60)


def _overrun(case: Case, crew: Crew) -> None:
    case.change("actual_end", case.time("planned_end") + crew.dice.between(25, 100) * 60)


def _tell_late(case: Case, crew: Crew) -> None:
    case.change("announced_at", case.time("actual_start") + crew.dice.between(5, 50) * 60)


def _write_afterwards(case: Case, crew: Crew) -> None:
    case.change("recorded_at", case.time("actual_end") + crew.dice.between(2, 9) * HOUR)


def _edit_plan(case: Case, crew: Crew) -> None:
    at = case.time("planned_start") - crew.dice.between(10, 30) * HOUR
    case.put(at, case.text("requester"), plan="1 change; 2 look whether it works")


def _look_late(case: Case, crew: Crew) -> None:
    """Nobody says go, and all who should have look at it after a week; whoever decides alone may be of the board too."""
    case.approvals = [replace(approval, at=approval.at + 9 * 24 * HOUR) for approval in case.approvals]


def _act_alone(case: Case, crew: Crew) -> None:
    """The board learns of it, but nobody with authority decided."""
    case.approvals = [approval for approval in case.approvals if approval.role != "emergency-change-authority"]
    case.approvals = [
        a for a in case.approvals if not crew.roster.holds(a.approver, ("emergency-change-authority",), a.at)
    ]


def _skip_states(case: Case, crew: Crew) -> None:
    case.entries = [entry for entry in case.entries if entry.value not in ("approved", "scheduled")]


def _is_not_cured(case: Case) -> bool:
    """Not one of those after which incidents are watched by category."""
    return case.text("closure_code") != "removed"


def _is_approved(case: Case) -> bool:
    return bool(case.approvals)


def _is_approved_access(case: Case) -> bool:
    return bool(case.approvals) and case.text("category") == "access"


def _misjudge(case: Case, crew: Crew) -> None:
    case.change("priority", crew.dice.pick(sorted({"P1", "P2", "P3", "P4"} - {case.text("priority")})))


def _fulfil_late(case: Case, crew: Crew) -> None:
    case.change("resolved_at", case.time("due_at") + crew.dice.between(1, 9) * HOUR)


def _approve_own_work(case: Case, crew: Crew) -> None:
    case.change("approved_by", case.text("resolved_by"))


def _approve_own_wish(case: Case, crew: Crew) -> None:
    case.approvals = [replace(approval, approver=case.text("requester")) for approval in case.approvals]
    case.change("approved_by", case.text("requester"))


def _approve_later(case: Case, crew: Crew) -> None:
    at = case.time("closed_at") - crew.dice.between(1, 20) * 60
    case.approvals = [replace(approval, at=at) for approval in case.approvals]


def _change_item(case: Case, crew: Crew) -> None:
    case.put(case.time("resolved_at"), case.text("resolved_by"), ci="lq-iam-01")


def _tell_shortly_before(case: Case, crew: Crew) -> None:
    case.change("announced_at", case.time("planned_start") - crew.dice.between(5, 40) * HOUR)


def _is_after_freeze(case: Case) -> bool:
    return case.text("category") == "normal" and 0 < case.time("planned_start") - _FREEZE_ENDS < 9 * DAY


def _move_into_freeze(case: Case, crew: Crew) -> None:
    """Done on the last evening of the freeze instead of some days after it."""
    days = (case.time("planned_start") - _FREEZE_ENDS) // DAY + 1
    for column in ("planned_start", "planned_end", "actual_start", "actual_end", "tested_at"):
        case.change(column, case.time(column) - days * DAY)


def _is_quiet(case: Case) -> bool:
    """A problem that no change removes, so that nothing else hangs on its dates."""
    return not case.text("change") and case.text("closure_code") != "removed"


def _is_cured(case: Case) -> bool:
    return case.text("closure_code") == "removed"


def _close_before_cure(case: Case, crew: Crew) -> None:
    case.change("closed_at", case.time("resolved_at") - crew.dice.between(5, 7) * DAY)


def _close_long_after_cure(case: Case, crew: Crew) -> None:
    _delay(case, "closed", 15 * DAY)


def _delay(case: Case, state: str, seconds: int) -> None:
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


def _forget(case: Case, crew: Crew) -> None:
    _delay(case, "investigating", 33 * DAY)


def _open_before_incidents(case: Case, crew: Crew) -> None:
    case.change("opened_at", case.time("opened_at") - 20 * DAY)


def _say_symptom_again(case: Case, crew: Crew) -> None:
    case.change("root_cause", case.text("title"))


_KNOWN = ("known-error", "awaiting-change")


def _is_followed(case: Case) -> bool:
    """An incident named it as its cause, and it was closed as a success with incidents."""
    return case.text("category") == "normal" and case.text("closure_code") == "successful"


def _is_small(case: Case) -> bool:
    return case.text("category") == "normal" and case.text("nature") != "service-transferred"


def _look_long_ago(case: Case, crew: Crew) -> None:
    case.change("reviewed_at", case.time("opened_at") - crew.dice.between(190, 220) * DAY)


def _is_deployed(case: Case) -> bool:
    return case.text("closure_code") == "deployed"


def _is_regular(case: Case) -> bool:
    return case.text("closure_code") in ("deployed", "deployed-in-part")


def _is_imperfect(case: Case) -> bool:
    return case.text("closure_code") in ("backed-out", "deployed-in-part")


def _after_start(column: str) -> Callable[[Case, Crew], None]:
    return lambda case, crew: case.change(column, case.time("actual_start") + crew.dice.between(9, 40) * 60)


def _deploy_something_else(case: Case, crew: Crew) -> None:
    case.change(
        "deployed_digest", case.text("deployed_digest")[:-1] + ("0" if case.text("deployed_digest")[-1] != "0" else "1")
    )


def _close_after_a_week(case: Case, crew: Crew) -> None:
    case.change("reviewed_at", case.time("resolved_at") + crew.dice.between(5, 8) * DAY)


def _deploy_before_approval(case: Case, crew: Crew) -> None:
    case.change("actual_start", case.time("opened_at") - crew.dice.between(20, 30) * DAY)


def _is_confirmed(case: Case) -> bool:
    return case.text("closure_code") != "false-alarm"


def _is_notified(case: Case) -> bool:
    return "due_at" in case.columns and "announced_at" in case.columns


def _look_after_hours(case: Case, crew: Crew) -> None:
    _delay(
        case,
        "false-alarm" if case.text("closure_code") == "false-alarm" else "assessed",
        crew.dice.between(1, 5) * HOUR,
    )


def _notify_late(case: Case, crew: Crew) -> None:
    case.change("announced_at", case.time("due_at") + crew.dice.between(2, 20) * HOUR)


def _pick_priority(case: Case, crew: Crew) -> None:
    case.change("priority", crew.dice.pick(sorted({"P1", "P2", "P3", "P4"} - {case.text("priority")})))


def _read_own_article(case: Case, crew: Crew) -> None:
    case.change("reviewer", case.text("opened_by"))


def _judge_own_improvement(case: Case, crew: Crew) -> None:
    case.change("closed_by", case.text("assignee"))


def _carry_out_late(case: Case, crew: Crew) -> None:
    case.change("due_at", case.time("resolved_at") - crew.dice.between(20, 30) * DAY)


def _acknowledge_late(case: Case, crew: Crew) -> None:
    _delay(case, "acknowledged", 5 * DAY)


def _answer_late(case: Case, crew: Crew) -> None:
    _delay(case, "answered", 25 * DAY)


def _withdraw_leaver_late(case: Case, crew: Crew) -> None:
    case.change("resolved_at", case.time("due_at") + crew.dice.between(5, 9) * DAY)


MISDEEDS = (
    Misdeed("CHG-02", "approved after the work had begun", _approve_late, _kind("normal")),
    Misdeed("CHG-06", "made by the one who approved it", _make_what_one_approved, _kind("normal")),
    Misdeed("CHG-12", "no back-out plan", _without("backout_plan"), _kind("normal")),
    Misdeed("CHG-15", "went on after its window", _overrun, _kind("normal", "standard")),
    Misdeed("CHG-25", "written down after it was done", _write_afterwards, _kind("normal", "standard")),
    Misdeed("CHG-05", "approved by the one who asked for it", _approve_own_request, _kind("normal")),
    Misdeed("CHG-07", "tested by the one who made it", _test_own_work, _kind("normal", "standard")),
    Misdeed("CHG-03", "approved by somebody who may not", _approve_without_authority, _kind("normal")),
    Misdeed("CHG-04", "decided by one member of the board", _ask_one_member, _is_board_matter),
    Misdeed("CHG-14", "tested while it was being made", _test_late, _kind("normal", "standard")),
    Misdeed("CHG-18", "told when it had begun", _tell_late, _kind("normal")),
    Misdeed("CHG-20", "backed out, and nobody asked why", _without("actions", "problem"), _is_undone),
    Misdeed("CHG-36", "reviewed by the one who made it", _review_own_work, _kind("normal")),
    Misdeed("CHG-26", "its plan was edited after the approval", _edit_plan, _kind("normal")),
    Misdeed("CHG-33", "no incident behind the emergency", _without("incident"), _kind("emergency")),
    Misdeed("CHG-10", "nobody with authority said go", _act_alone, _kind("emergency")),
    Misdeed("CHG-32", "an emergency that everybody approved a week later", _look_late, _kind("emergency")),
    Misdeed("CHG-01", "a route that the process does not have", _instead("category", "quick"), _kind("normal")),
    Misdeed("CHG-08", "decided without an assessment", _without("risk", "assessed_at"), _kind("normal")),
    Misdeed("CHG-31", "a standard change without a model", _without("model"), _kind("standard")),
    Misdeed("CHG-09", "a model that nobody approved", _instead("model", "as-last-time"), _kind("standard")),
    Misdeed("CHG-35", "a back-out plan that says nothing", _instead("backout_plan", "Restore backup"), _kind("normal")),
    Misdeed("CHG-13", "a back-out that nobody tried", _without("backout_test"), _kind("normal")),
    Misdeed("CHG-14", "no test evidence", _without("test_evidence", "tested_at", "tester"), _kind("normal")),
    Misdeed("CHG-19", "closed without a result", _without("outcome", "closure_code"), _kind("normal")),
    Misdeed("CHG-21", "not reviewed", _without("reviewer", "reviewed_at"), _is_doubtful),
    Misdeed("CHG-23", "no configuration item", _without("ci"), _kind("normal", "standard")),
    Misdeed("CHG-28", "approved within seconds", _approve_at_once, _kind("normal")),
    Misdeed("AVL-03", "told the day before", _tell_shortly_before, _kind("normal")),
    Misdeed("CHG-16", "done during the freeze", _move_into_freeze, _is_after_freeze),
    Misdeed("CHG-22", "called a success and never looked at, and an incident followed", _without("reviewer", "reviewed_at"), _is_followed),
    Misdeed("CHG-27", "a service was handed over without a project", _instead("nature", "service-transferred"), _is_small),
    Misdeed("PRB-04", "names the symptom as its cause", _say_symptom_again, _is_quiet, "problem"),
    Misdeed("PRB-05", "closed before the change that removes its cause", _close_before_cure, _is_cured, "problem"),
    Misdeed("KNW-05", "closed weeks after the change that removed its cause", _close_long_after_cure, _is_cured, "problem"),
    Misdeed("PRB-07", "nobody touched it for more than a month", _forget, _is_quiet, "problem"),
    Misdeed("PRB-08", "opened before its first incident", _open_before_incidents, _is_quiet, "problem"),
    Misdeed("KNW-01", "a known error without a workaround", _without("workaround"), process="problem", states=_KNOWN),
    Misdeed("KNW-02", "a known error without an article", _without("knowledge"), process="problem", states=_KNOWN),
    Misdeed("KNW-06", "a known error that nobody looked at for half a year", _look_long_ago, process="problem", states=_KNOWN),
    Misdeed("REL-02", "deployed before its change was approved", _deploy_before_approval, _is_regular, "release"),
    Misdeed("REL-03", "accepted when it was being deployed", _after_start("accepted_at"), process="release"),
    Misdeed("REL-04", "its baseline was taken too late", _after_start("baselined_at"), process="release"),
    Misdeed("REL-08", "another package than the tested one was deployed", _deploy_something_else, _is_deployed, "release"),
    Misdeed("REL-07", "did not succeed, and nobody asked why", _without("actions"), _is_imperfect, "release"),
    Misdeed("REL-06", "watched for a week only", _close_after_a_week, _is_deployed, "release"),
    Misdeed("REL-01", "a type that the policy does not have", _instead("category", "hotfix"), process="release"),
    Misdeed("SEC-02", "lay for hours before anybody looked", _look_after_hours, process="security"),
    Misdeed("SEC-03", "told after the deadline", _notify_late, _is_notified, "security"),
    Misdeed("SEC-01", "priority set against the matrix", _pick_priority, _is_confirmed, "security"),
    Misdeed("SEC-06", "not classified", _without("category"), _is_confirmed, "security"),
    Misdeed("KNW-04", "published by its author without a reader", _read_own_article, process="knowledge"),
    Misdeed("CHG-24", "an item that no change accounts for", _without("change"), process="configuration"),
    Misdeed("CFG-05", "an item that no change accounts for", _without("change"), process="configuration"),
    Misdeed("CFG-01", "an item that nobody keeps", _without("group"), process="configuration"),
    Misdeed("IMP-06", "judged by the one who carried it out", _judge_own_improvement, process="improvement"),
    Misdeed("IMP-07", "approved without a rank", _without("priority"), process="improvement"),
    Misdeed("IMP-05", "carried out weeks after its date", _carry_out_late, process="improvement"),
    Misdeed("BRM-03", "acknowledged after five days", _acknowledge_late, process="relationship"),
    Misdeed("BRM-04", "answered after a month", _answer_late, process="relationship"),
    Misdeed("REQ-06", "a leaver kept what they had for days", _withdraw_leaver_late, _kind("leaver"), "request"),
    Misdeed("PRB-03", "closed, and nobody wrote down why it had happened", _without("root_cause"), process="problem"),
    Misdeed("PRB-10", "priority set against the matrix", _misjudge, process="problem"),
    Misdeed("PRB-01", "searched for without a category", _without("category"), _is_not_cured, "problem"),
    Misdeed("REQ-04", "fulfilled after the time that was promised", _fulfil_late, process="request"),
    Misdeed("REQ-05", "approved by the one who gave the access", _approve_own_work, _is_approved_access, "request"),
    Misdeed("REQ-03", "approved by the one who asked", _approve_own_wish, _is_approved, "request"),
    Misdeed("REQ-02", "fulfilled before it was approved", _approve_later, _is_approved, "request"),
    Misdeed("REQ-01", "asked for something that nobody offers", _instead("item", "favour"), process="request"),
    Misdeed("REQ-07", "changed an item without a change", _change_item, process="request"),
    Misdeed("CHG-38", "implemented without having been approved in the tool", _skip_states, _kind("normal")),
)  # fmt: skip
"""The gravest first: few cases carry only these."""

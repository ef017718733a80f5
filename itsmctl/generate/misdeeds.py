"""What is done on purpose to cases of other processes: each misdeed bends one so that one rule must see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from itsmctl.generate.case import Approval, Case
from itsmctl.generate.changes import Crew

HOUR = 3600
_EACH = 400
"""Cases of a process for each further time that a misdeed is done."""
_SMALL = 4
"""Of fewer cases only one in so many is bent."""


@dataclass(frozen=True)
class Misdeed:
    """How a case is bent, and which cases can be."""

    rule: str
    what: str
    bend: Callable[[Case, Crew], None]
    fits: Callable[[Case], bool] = lambda case: True
    process: str = "change"


def misbehave(process: str, cases: Sequence[Case], crew: Crew, as_of: int) -> None:
    """Bend some of the cases that are over before the export is made, each at most once."""
    free = [case for case in cases if isinstance(end := case.columns.get("closed_at"), int) and end <= as_of]
    crew.dice.shuffle(free)
    times = 1 + len(cases) // _EACH
    left = len(cases) // _SMALL
    for misdeed in (m for _ in range(times) for m in MISDEEDS if m.process == process):
        case = next((case for case in free if misdeed.fits(case)), None)
        if case is None or not left:
            continue
        free.remove(case)
        misdeed.bend(case, crew)
        case.deed = misdeed.what
        left -= 1


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
    Misdeed("PRB-03", "closed, and nobody wrote down why it had happened", _without("root_cause"), process="problem"),
    Misdeed("PRB-10", "priority set against the matrix", _misjudge, process="problem"),
    Misdeed("PRB-01", "searched for without a category", _without("category"), _is_not_cured, "problem"),
    Misdeed("REQ-04", "fulfilled after the time that was promised", _fulfil_late, process="request"),
    Misdeed("REQ-05", "approved by the one who gave the access", _approve_own_work, _is_approved_access, "request"),
    Misdeed("REQ-03", "approved by the one who asked", _approve_own_wish, _is_approved, "request"),
    Misdeed("REQ-02", "fulfilled before it was approved", _approve_later, _is_approved, "request"),
    Misdeed("REQ-07", "changed an item without a change", _change_item, process="request"),
    Misdeed("CHG-38", "implemented without having been approved in the tool", _skip_states, _kind("normal")),
)  # fmt: skip
"""The gravest first: few cases carry only these."""

"""What is done on purpose to cases of other processes: each misdeed bends one so that one rule must see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from itsmctl.generate import bends
from itsmctl.generate.case import Case
from itsmctl.generate.changes import Crew

_KNOWN = ("known-error", "awaiting-change")
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


MISDEEDS = (
    Misdeed("CHG-02", "approved after the work had begun", bends.approve_late, bends.kind("normal")),
    Misdeed("CHG-06", "made by the one who approved it", bends.make_what_one_approved, bends.kind("normal")),
    Misdeed("CHG-12", "no back-out plan", bends.without("backout_plan"), bends.kind("normal")),
    Misdeed("CHG-15", "went on after its window", bends.overrun, bends.kind("normal", "standard")),
    Misdeed("CHG-25", "written down after it was done", bends.write_afterwards, bends.kind("normal", "standard")),
    Misdeed("CHG-05", "approved by the one who asked for it", bends.approve_own_request, bends.kind("normal")),
    Misdeed("CHG-07", "tested by the one who made it", bends.test_own_work, bends.kind("normal", "standard")),
    Misdeed("CHG-03", "approved by somebody who may not", bends.approve_without_authority, bends.kind("normal")),
    Misdeed("CHG-04", "decided by one member of the board", bends.ask_one_member, bends.is_board_matter),
    Misdeed("CHG-14", "tested while it was being made", bends.test_late, bends.kind("normal", "standard")),
    Misdeed("CHG-18", "told when it had begun", bends.tell_late, bends.kind("normal")),
    Misdeed("CHG-20", "backed out, and nobody asked why", bends.without("actions", "problem"), bends.is_undone),
    Misdeed("CHG-36", "reviewed by the one who made it", bends.review_own_work, bends.kind("normal")),
    Misdeed("CHG-26", "its plan was edited after the approval", bends.edit_plan, bends.kind("normal")),
    Misdeed("CHG-33", "no incident behind the emergency", bends.without("incident"), bends.kind("emergency")),
    Misdeed("CHG-10", "nobody with authority said go", bends.act_alone, bends.kind("emergency")),
    Misdeed("CHG-32", "an emergency that everybody approved a week later", bends.look_late, bends.kind("emergency")),
    Misdeed("CHG-01", "a route that the process does not have", bends.instead("category", "quick"), bends.kind("normal")),
    Misdeed("CHG-08", "decided without an assessment", bends.without("risk", "assessed_at"), bends.kind("normal")),
    Misdeed("CHG-31", "a standard change without a model", bends.without("model"), bends.kind("standard")),
    Misdeed("CHG-09", "a model that nobody approved", bends.instead("model", "as-last-time"), bends.kind("standard")),
    Misdeed("CHG-35", "a back-out plan that says nothing", bends.instead("backout_plan", "Restore backup"), bends.kind("normal")),
    Misdeed("CHG-13", "a back-out that nobody tried", bends.without("backout_test"), bends.kind("normal")),
    Misdeed("CHG-14", "no test evidence", bends.without("test_evidence", "tested_at", "tester"), bends.kind("normal")),
    Misdeed("CHG-19", "closed without a result", bends.without("outcome", "closure_code"), bends.kind("normal")),
    Misdeed("CHG-21", "not reviewed", bends.without("reviewer", "reviewed_at"), bends.is_doubtful),
    Misdeed("CHG-23", "no configuration item", bends.without("ci"), bends.kind("normal", "standard")),
    Misdeed("CHG-28", "approved within seconds", bends.approve_at_once, bends.kind("normal")),
    Misdeed("AVL-03", "told the day before", bends.tell_shortly_before, bends.kind("normal")),
    Misdeed("CHG-16", "done during the freeze", bends.move_into_freeze, bends.is_after_freeze),
    Misdeed("CHG-22", "called a success and never looked at, and an incident followed", bends.without("reviewer", "reviewed_at"), bends.is_followed),
    Misdeed("CHG-27", "a service was handed over without a project", bends.instead("nature", "service-transferred"), bends.is_small),
    Misdeed("PRB-04", "names the symptom as its cause", bends.say_symptom_again, bends.is_quiet, "problem"),
    Misdeed("PRB-05", "closed before the change that removes its cause", bends.close_before_cure, bends.is_cured, "problem"),
    Misdeed("KNW-05", "closed weeks after the change that removed its cause", bends.close_long_after_cure, bends.is_cured, "problem"),
    Misdeed("PRB-07", "nobody touched it for more than a month", bends.forget, bends.is_quiet, "problem"),
    Misdeed("PRB-08", "opened before its first incident", bends.open_before_incidents, bends.is_quiet, "problem"),
    Misdeed("KNW-01", "a known error without a workaround", bends.without("workaround"), process="problem", states=_KNOWN),
    Misdeed("KNW-02", "a known error without an article", bends.without("knowledge"), process="problem", states=_KNOWN),
    Misdeed("KNW-06", "a known error that nobody looked at for half a year", bends.look_long_ago, process="problem", states=_KNOWN),
    Misdeed("REL-02", "deployed before its change was approved", bends.deploy_before_approval, bends.is_regular, "release"),
    Misdeed("REL-03", "accepted when it was being deployed", bends.after_start("accepted_at"), process="release"),
    Misdeed("REL-04", "its baseline was taken too late", bends.after_start("baselined_at"), process="release"),
    Misdeed("REL-08", "another package than the tested one was deployed", bends.deploy_something_else, bends.is_deployed, "release"),
    Misdeed("REL-07", "did not succeed, and nobody asked why", bends.without("actions"), bends.is_imperfect, "release"),
    Misdeed("REL-06", "watched for a week only", bends.close_after_a_week, bends.is_deployed, "release"),
    Misdeed("REL-01", "a type that the policy does not have", bends.instead("category", "hotfix"), process="release"),
    Misdeed("SEC-02", "lay for hours before anybody looked", bends.look_after_hours, process="security"),
    Misdeed("SEC-03", "told after the deadline", bends.notify_late, bends.is_notified, "security"),
    Misdeed("SEC-01", "priority set against the matrix", bends.pick_priority, bends.is_confirmed, "security"),
    Misdeed("SEC-06", "not classified", bends.without("category"), bends.is_confirmed, "security"),
    Misdeed("KNW-04", "published by its author without a reader", bends.read_own_article, process="knowledge"),
    Misdeed("CHG-24", "an item that no change accounts for", bends.without("change"), process="configuration"),
    Misdeed("CFG-05", "an item that no change accounts for", bends.without("change"), process="configuration"),
    Misdeed("CFG-01", "an item that nobody keeps", bends.without("group"), process="configuration"),
    Misdeed("IMP-06", "judged by the one who carried it out", bends.judge_own_improvement, process="improvement"),
    Misdeed("IMP-07", "approved without a rank", bends.without("priority"), process="improvement"),
    Misdeed("IMP-05", "carried out weeks after its date", bends.carry_out_late, process="improvement"),
    Misdeed("BRM-03", "acknowledged after five days", bends.acknowledge_late, process="relationship"),
    Misdeed("BRM-04", "answered after a month", bends.answer_late, process="relationship"),
    Misdeed("REQ-06", "a leaver kept what they had for days", bends.withdraw_leaver_late, bends.kind("leaver"), "request"),
    Misdeed("PRB-03", "closed, and nobody wrote down why it had happened", bends.without("root_cause"), process="problem"),
    Misdeed("PRB-10", "priority set against the matrix", bends.misjudge, process="problem"),
    Misdeed("PRB-01", "searched for without a category", bends.without("category"), bends.is_not_cured, "problem"),
    Misdeed("REQ-04", "fulfilled after the time that was promised", bends.fulfil_late, process="request"),
    Misdeed("REQ-05", "approved by the one who gave the access", bends.approve_own_work, bends.is_approved_access, "request"),
    Misdeed("REQ-03", "approved by the one who asked", bends.approve_own_wish, bends.is_approved, "request"),
    Misdeed("REQ-02", "fulfilled before it was approved", bends.approve_later, bends.is_approved, "request"),
    Misdeed("REQ-09", "moved to approved by the one who fulfils it", bends.by_another("approved", "request-fulfiller"), bends.is_approved, "request"),
    Misdeed("REQ-01", "asked for something that nobody offers", bends.instead("item", "favour"), process="request"),
    Misdeed("REQ-07", "changed an item without a change", bends.change_item, process="request"),
    Misdeed("CHG-38", "implemented without having been approved in the tool", bends.skip("approved", "scheduled"), bends.kind("normal")),
    Misdeed("CHG-40", "assessed by the one who keeps the records", bends.by_another("assessing", "configuration-librarian"), bends.kind("normal")),
    Misdeed("PRB-11", "searched for before anybody had assessed it", bends.skip("assessed"), bends.is_quiet, "problem"),
    Misdeed("PRB-12", "assessed by the one who had to search", bends.by_another("assessed", "problem-analyst"), bends.is_quiet, "problem"),
    Misdeed("REQ-08", "closed without having been fulfilled", bends.skip("in-progress", "fulfilled"), bends.is_approved_beforehand, "request"),
    Misdeed("REL-09", "deployed without test and acceptance", bends.skip("testing", "accepted"), process="release"),
    Misdeed("REL-10", "deployed by the one who had built it", bends.by_another("deploying", "release-builder"), process="release"),
)  # fmt: skip
"""The gravest first: few cases carry only these."""

"""The life of a change: asked for, assessed, decided by those who may, told, tested, made in its window, reviewed."""

from __future__ import annotations

from dataclasses import dataclass, field

from itsmctl.generate.case import Approval, Case
from itsmctl.generate.diary import Diary
from itsmctl.generate.dice import Dice
from itsmctl.generate.roster import Roster
from itsmctl.model import Service, Text

HOUR = 3600
_BOARD, _EMERGENCY = "change-advisory-board", "emergency-change-authority"
_WORK = (
    ("software", Text("Install the monthly patches", "安装月度补丁")),
    ("software", Text("Bring the new version into service", "新版本上线")),
    ("settings", Text("Raise the limit of connections", "提高连接数上限")),
    ("settings", Text("Renew the certificate", "更新证书")),
    ("hardware", Text("Replace the worn disks", "更换老化磁盘")),
    ("network", Text("Open the port for the new partner", "为新合作方开通端口")),
    ("data", Text("Add an index to the order tables", "为订单表增加索引")),
    ("data", Text("Archive the movements of last year", "归档上一年度的流水")),
)
_MODELS = (
    ("patch-day", 0),
    ("certificate-renewal", 3),
    ("disk-replacement", 4),
)
"""Models of standard changes, and the work that each is about."""
_SOURCES = ("business", "improvement", "capacity", "supplier", "request", "law")


@dataclass(frozen=True)
class Job:
    """What is to be changed, and when."""

    number: str
    kind: str
    """standard, normal or emergency: a code of `change-category`."""
    service: Service
    ci: str
    night: int
    start: int
    end: int
    outcome: str = "successful"
    clicked_at: int = 0
    """When it is approved among many others at one sitting, whatever its night."""
    references: dict[str, str] = field(default_factory=dict)
    """Records that it is linked to, by column; and its source, under `channel`."""


@dataclass(frozen=True)
class Crew:
    """What every change may use."""

    roster: Roster
    diary: Diary
    dice: Dice


def live(job: Job, crew: Crew) -> Case:
    """The whole life of a change, whenever its end may be."""
    case = Case("change", job.number)
    made_by = crew.roster.anyone("change-implementer", job.start, crew.dice)
    if job.kind == "emergency":
        _emergency(case, job, crew, made_by)
    else:
        _planned(case, job, crew, made_by)
    _made(case, job, crew, made_by)
    return case


def _planned(case: Case, job: Job, crew: Crew, made_by: str) -> None:
    """Asked for a week or two before, decided and told at least four working days before, tested the day before."""
    diary, dice, roster = crew.diary, crew.dice, crew.roster
    ahead = 6 if job.kind == "standard" else dice.between(7, 12)
    asked_at = diary.at(job.night - ahead, dice, 9, 12)
    if job.clicked_at:
        asked_at = job.clicked_at - dice.between(3, 30) * HOUR
    _asked(case, job, crew, asked_at)
    manager = roster.anyone("change-manager", asked_at, dice)
    if job.kind == "standard":
        assessed_at = asked_at + dice.between(10, 90) * 60
        _assessed(case, job, crew, assessed_at, manager, "low")
        decided_at = assessed_at + dice.between(20, 200) * 60
        if job.clicked_at:
            decided_at, manager = job.clicked_at, roster.holders("change-manager", job.clicked_at)[0]
        _approve(case, decided_at, manager, "change-manager")
    else:
        case.put(asked_at + dice.between(15, 90) * 60, manager, state="assessing")
        risk = dice.weighted((("low", 50), ("medium", 38), ("high", 12)))
        _assessed(case, job, crew, diary.at(job.night - ahead + 1, dice, 9, 16), manager, risk)
        case.put(case.time("assessed_at"), manager, state="awaiting-approval")
        decided_at = _decided(case, crew, diary.at(job.night - 5, dice, 9, 15), risk)
    group = next(iter(job.service.for_technicians.groups), "")
    case.put(decided_at + 90, manager, state="approved", group=group, approved_by=case.approvals[0].approver)
    told_at = decided_at + dice.between(20, 90) * 60
    case.put(told_at, made_by, state="scheduled", announced_at=told_at)
    _tested(case, crew, diary.at(job.night - 1, dice, 9, 17), made_by)


def _asked(case: Case, job: Job, crew: Crew, at: int) -> None:
    dice = crew.dice
    asked_by = crew.roster.anyone("change-requester", at, dice)
    model, work = dice.pick(_MODELS) if job.kind == "standard" else ("", dice.below(len(_WORK)))
    nature, title = _WORK[work]
    channel = job.references.get("channel") or dice.pick(_SOURCES)
    case.put(
        at, asked_by, state="new", number=job.number, opened_at=at, recorded_at=at + dice.below(300), requester=asked_by,
        opened_by=asked_by, channel=channel, nature=nature, category=job.kind, type=job.kind, model=model,
        service=job.service.id, ci=job.ci, priority="P2" if job.kind == "emergency" else dice.pick(("P3", "P4")),
        title=f"{title.en} {title.zh}: {job.ci}",
        **{column: value for column, value in job.references.items() if column != "channel"},
    )  # fmt: skip


def _assessed(case: Case, job: Job, crew: Crew, at: int, by: str, risk: str) -> None:
    ways = (
        "Start the virtual machine from the snapshot",
        "Switch back to the other node",
        "Install the version before",
    )
    case.put(
        at, by, assessed_at=at, manager=by, risk=risk, planned_start=job.start, planned_end=job.end,
        plan=f"1 snapshot of {job.ci}; 2 change; 3 smoke test; 4 watch for an hour",
        backout_plan=f"{crew.dice.pick(ways)} of {job.ci}, at the latest half an hour before the window ends",
        backout_test=f"tried on the copy of {job.ci}",
    )  # fmt: skip


def _decided(case: Case, crew: Crew, at: int, risk: str) -> int:
    """The change manager decides on low risk alone, on the rest the whole board; returns the moment of the last word."""
    dice, roster = crew.dice, crew.roster
    manager = roster.anyone("change-manager", at, dice)
    _approve(case, at, manager, "change-manager")
    if risk != "low":
        for member in roster.holders(_BOARD, at):
            at += dice.between(3, 25) * 60
            _approve(case, at, member, _BOARD)
    return at


def _approve(case: Case, at: int, approver: str, role: str) -> None:
    case.approvals.append(Approval(at, approver, role, "approved"))


def _tested(case: Case, crew: Crew, at: int, made_by: str) -> None:
    tester = crew.roster.anyone("change-tester", at, crew.dice, but=frozenset({made_by}))
    case.put(at, tester, tested_at=at, tester=tester, test_evidence=f"TR-{crew.dice.between(10_000, 99_999)}: passed")


def _emergency(case: Case, job: Job, crew: Crew, made_by: str) -> None:
    """Decided within the hour by the one who may; the board looks at it on the next working day."""
    dice, roster = crew.dice, crew.roster
    asked_at = job.start - dice.between(50, 58) * 60
    _asked(case, job, crew, asked_at)
    manager = roster.anyone("change-manager", asked_at, dice)
    _assessed(case, job, crew, asked_at + dice.between(2, 5) * 60, manager, dice.pick(("medium", "high")))
    case.put(case.time("assessed_at"), manager, state="awaiting-approval")
    decided_at = asked_at + dice.between(8, 20) * 60
    authority = roster.anyone(_EMERGENCY, decided_at, dice)
    _approve(case, decided_at, authority, _EMERGENCY)
    group = next(iter(job.service.for_technicians.groups), "")
    case.put(
        decided_at + 90, manager, state="approved", group=group, approved_by=authority, announced_at=decided_at + 90
    )
    _tested(case, crew, decided_at + dice.between(10, 25) * 60, made_by)
    looked_at = crew.diary.at(job.night + 1, dice, 9, 11)
    for member in roster.holders(_BOARD, looked_at):
        looked_at += dice.between(2, 9) * 60
        _approve(case, looked_at, member, _BOARD)


def _made(case: Case, job: Job, crew: Crew, made_by: str) -> None:
    """Made inside its window; reviewed and closed on the next day by somebody else."""
    dice = crew.dice
    began = job.start + dice.between(0, 8) * 60 + dice.below(60)
    ended = job.end - dice.between(5, 25) * 60
    case.put(began, made_by, state="implementing", implementer=made_by, assignee=made_by, actual_start=began)
    undone = job.outcome == "backed-out"
    done = "backed-out" if undone else "implemented"
    case.put(ended, made_by, state=done, actual_end=ended, outcome=job.outcome, closure_code=job.outcome)
    looked_at = crew.diary.at(job.night + 1, dice, 12, 15)
    reviewer = crew.roster.anyone("change-manager", looked_at, dice, but=frozenset({made_by}))
    actions = (
        "" if job.outcome in ("successful", "with-incident") else "Cause found, plan corrected 已查明原因并修正方案"
    )
    case.put(looked_at, reviewer, reviewer=reviewer, reviewed_at=looked_at, actions=actions)
    closed_at = looked_at + dice.between(5, 90) * 60
    case.put(closed_at, reviewer, state="closed", closed_by=reviewer, closed_at=closed_at, resolution=_result(job))


def _result(job: Job) -> str:
    match job.outcome:
        case "successful":
            return f"{job.ci} runs as planned 按计划完成"
        case "backed-out":
            return f"{job.ci} runs as before 已恢复原状"
        case "with-incident":
            return f"Done; users of {job.ci} noticed 已完成，但引发事件"
        case _:
            return f"Done in part on {job.ci} 部分完成"

"""The life of a problem: recorded after its incidents, assessed, investigated, known, removed by a change, closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from itsmctl.generate.case import Case
from itsmctl.generate.changes import Crew
from itsmctl.generate.symptoms import Symptom
from itsmctl.model import Service, Text

_CAUSES = (
    (
        "software-defect",
        Text("The program keeps a lock when a user signs off in the middle", "用户中途退出时程序未释放锁"),
    ),
    ("settings", Text("A limit was left at the value of the test system", "参数仍为测试环境的值")),
    ("capacity", Text("The logs of a day no longer fit on the disk", "单日日志已超过磁盘容量")),
    ("supplier", Text("The line of the supplier changes its route at night", "供应商线路夜间切换路由")),
    ("design", Text("Two jobs write into one table at the same minute", "两个作业同一分钟写同一张表")),
    ("hardware-fault", Text("A memory module reports errors only when it is warm", "内存条升温后才报错")),
)
_WORKAROUND = Text("Restart the service and repeat the step", "重启服务后重做该步骤")


@dataclass(frozen=True)
class Trouble:
    """What a problem is about, and how it ends: by a change, accepted as it is, or not found."""

    number: str
    service: Service
    ci: str
    category: str
    symptom: Symptom
    place: int
    """The working day on which it is recorded."""
    incidents: Sequence[str]
    change: str = ""
    night: int = 0
    """The night of the change that removes it."""


def live(trouble: Trouble, crew: Crew, cells: Mapping[tuple[str, str], str]) -> Case:
    """The whole life of a problem, whenever its end may be."""
    case = Case("problem", trouble.number)
    dice, diary, place = crew.dice, crew.diary, trouble.place
    analyst = _recorded(case, trouble, crew, cells)
    case.put(diary.at(place + 2, dice), analyst, state="investigating")
    code, cause = dice.pick(_CAUSES)
    known_at = diary.at(trouble.night - 9 if trouble.change else place + dice.between(5, 12), dice)
    if not trouble.change and dice.permille(450):
        reason = "Not found: it did not come back for weeks, and looking on costs more than it does 未查明：数周未复现，继续追查不值得"
        _ended(case, crew, place + 14, analyst, "not-found", root_cause=reason, cause_code="unknown")
        return case
    case.put(
        known_at, analyst, state="known-error", root_cause=f"{cause.en} {cause.zh}", cause_code=code, reviewed_at=known_at,
        workaround=f"{_WORKAROUND.en} {_WORKAROUND.zh}", knowledge=f"KB{dice.between(10_000, 19_999):07d}",
    )  # fmt: skip
    if trouble.change:
        waits_at = diary.at(trouble.night - 6, dice)
        case.put(waits_at, analyst, state="awaiting-change", change=trouble.change)
        _ended(case, crew, trouble.night + 2, analyst, "removed", soon=True)
    else:
        _ended(case, crew, place + 20, analyst, "accepted")
    return case


def _recorded(case: Case, trouble: Trouble, crew: Crew, cells: Mapping[tuple[str, str], str]) -> str:
    """Recorded by the problem manager, assessed on the next day; returns who is to look for the cause."""
    dice, diary, text = crew.dice, crew.diary, trouble.symptom.text
    at = diary.at(trouble.place, dice)
    manager = crew.roster.anyone("problem-manager", at, dice)
    case.put(
        at, manager, state="new", number=trouble.number, opened_at=at, recorded_at=at + dice.below(200), opened_by=manager,
        channel="trend" if len(trouble.incidents) > 1 else "incident", nature="reactive", service=trouble.service.id,
        title=f"Again and again 反复发生: {text.en} {text.zh}", incident=", ".join(trouble.incidents),
    )  # fmt: skip
    assessed_at = diary.at(trouble.place + 1, dice)
    analyst = crew.roster.anyone("problem-analyst", assessed_at, dice)
    impact, urgency = dice.pick(sorted(cells) or [("2", "2")])
    group = next(iter(trouble.service.for_technicians.groups), "")
    case.put(
        assessed_at, manager, state="assessed", impact=impact, urgency=urgency, priority=cells.get((impact, urgency), "P3"),
        ci=trouble.ci, category=trouble.category, subcategory=trouble.symptom.subcategory, assignee=analyst, group=group,
    )  # fmt: skip
    return analyst


def _ended(case: Case, crew: Crew, place: int, analyst: str, code: str, *, soon: bool = False, **values: str) -> None:
    dice, diary = crew.dice, crew.diary
    at = diary.at(place, dice)
    case.put(at, analyst, state="resolved", resolved_at=at, resolved_by=analyst, **values)
    closed_at = diary.at(place + (1 if soon else dice.between(4, 8)), dice)
    manager = crew.roster.anyone("problem-manager", closed_at, dice)
    case.put(closed_at, manager, state="closed", closure_code=code, closed_at=closed_at, closed_by=manager)

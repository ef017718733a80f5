"""The life of an information security incident: suspected, looked at at once, contained, told where it must be, closed."""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.generate.case import Case
from itsmctl.generate.changes import Crew
from itsmctl.model import Service, Text

HOUR = 3600
_KINDS = (
    ("phishing", Text("A letter asks for the password", "邮件索要密码")),
    ("malware", Text("The scanner found a program that nobody installed", "扫描发现无人安装的程序")),
    ("account", Text("Signed in from a country where nobody is", "异地登录")),
    ("loss", Text("A notebook was left on the train", "笔记本遗失在列车上")),
    ("weakness", Text("The supplier published a weakness", "供应商公布漏洞")),
)
_CHANNELS = ("desk", "monitoring", "customer")


def live(number: str, service: Service, place: int, crew: Crew, cells: Mapping[tuple[str, str], str]) -> Case:
    """The whole life of a security incident, whenever its end may be; every fourth must be told to an authority."""
    case = Case("security", number)
    dice, roster = crew.dice, crew.roster
    at = crew.diary.at(place, dice)
    analyst = roster.anyone("security-analyst", at, dice)
    category, title = dice.pick(_KINDS)
    case.put(
        at, roster.anyone("service-desk-agent", at, dice), state="new", number=number, opened_at=at,
        recorded_at=at + dice.below(60), title=f"{title.en} {title.zh}", channel=dice.pick(_CHANNELS), service=service.id,
    )  # fmt: skip
    looked_at = at + dice.between(4, 26) * 60
    if dice.permille(200):
        case.put(
            looked_at, analyst, state="false-alarm", closure_code="false-alarm", closed_at=looked_at, closed_by=analyst
        )
        return case
    impact, urgency = dice.pick(sorted(cells) or [("2", "2")])
    told = dice.permille(250)
    case.put(
        looked_at, analyst, state="assessed", impact=impact, urgency=urgency, priority=cells.get((impact, urgency), "P2"),
        category=category, nature=dice.pick(("attempt", "breach")), assignee=analyst, due_at=looked_at + 72 * HOUR if told else "",
    )  # fmt: skip
    case.put(looked_at + dice.between(10, 50) * 60, analyst, state="containing")
    if told:
        told_at = looked_at + dice.between(5, 60) * HOUR
        manager = roster.anyone("security-manager", told_at, dice)
        case.put(told_at, manager, announced_at=told_at)
    _ended(case, crew, place, analyst, "notified" if told else "contained")
    return case


def _ended(case: Case, crew: Crew, place: int, analyst: str, code: str) -> None:
    resolved_at = crew.diary.at(place + 5, crew.dice)
    case.put(resolved_at, analyst, state="resolved", resolved_at=resolved_at, resolved_by=analyst)
    closed_at = crew.diary.at(place + 7, crew.dice)
    manager = crew.roster.anyone("security-manager", closed_at, crew.dice)
    case.put(closed_at, manager, state="closed", closure_code=code, closed_at=closed_at, closed_by=manager)

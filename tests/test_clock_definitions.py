"""How a clock with switches, conditions and limits is written, and what is said of one that is written wrongly."""

from __future__ import annotations

from datetime import date

import pytest

from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.schema import check_document
from itsmctl.errors import Problem
from itsmctl.model import Agreement, Calendar, ClockCondition, ClockPolicy, Condition, PauseLimit, Slot
from itsmctl.source import parse_documents

SLA = """\
kind: sla
id: sla-line
title: Line
services: any
calendar: office
policy: {on-priority-change: restart, on-reopen: new-cycle}
clocks:
  resolution:
    title: Time to resolve
    start: [{where: {group: [Carrier]}}]
    pause: [awaiting-user, {state: awaiting-supplier, at-most: 1bd}, {where: {priority: [P4]}, name: can-wait, at-most: 2h}]
    stop: [resolved, {where: {closure_code: [fixed]}}]
    cancel: [cancelled]
    reset: [{where: {group: [Builder]}}]
    policy: {on-reopen: resume-including-resolved, max-pause-share: 50, zone-from: customer, zones: {north: Europe/Berlin}}
    targets: [{within: 4h}]
  response: {title: Response, stops-at: responded_at, targets: [{within: 30m}]}
"""
CALENDAR = """\
kind: calendar
id: office
title: Office
zone: Europe/Berlin
week: {mon: ["09:00-17:00"]}
changes:
  - {from: 2026-07-01, week: {tue: ["08:00-12:00"]}}
  - {from: 2026-09-01, week: {wed: ["22:00-06:00"]}}
days:
  - {date: 2026-07-07, title: Flood, published: 2026-07-09}
"""


def problems_of(text: str) -> list[Problem]:
    (document,) = parse_documents(text, "sla.yaml")
    problems = check_document(document)
    if not problems:
        builder = Builder(document)
        build(builder)
        problems = builder.problems
    return problems


def test_everything_a_clock_may_say() -> None:
    (document,) = parse_documents(SLA, "sla.yaml")
    assert check_document(document) == []
    sla = build(Builder(document))
    assert isinstance(sla, Agreement)
    clock = sla.clocks["resolution"]
    assert clock.states == {
        "awaiting-user": "pause",
        "awaiting-supplier": "pause",
        "resolved": "stop",
        "cancelled": "cancel",
    }
    assert clock.conditions == (
        ClockCondition("start", (Condition("group", "in", ("Carrier",)),), "start-1"),
        ClockCondition("pause", (Condition("priority", "in", ("P4",)),), "can-wait"),
        ClockCondition("stop", (Condition("closure_code", "in", ("fixed",)),), "stop-2"),
        ClockCondition("reset", (Condition("group", "in", ("Builder",)),), "reset-1"),
    )
    assert clock.limits == {"awaiting-supplier": PauseLimit(0, 1), "can-wait": PauseLimit(7200)}
    assert clock.policy == ClockPolicy(
        on_priority_change="restart",
        on_reopen="resume-including-resolved",
        max_pause_share=50,
        zone_from="customer",
        zones={"north": "Europe/Berlin"},
    )
    assert sla.clocks["response"].policy == ClockPolicy(on_priority_change="restart", on_reopen="new-cycle")
    assert not clock.is_plain


def test_a_calendar_that_changes() -> None:
    (document,) = parse_documents(CALENDAR, "calendar.yaml")
    assert check_document(document) == []
    calendar = build(Builder(document))
    assert isinstance(calendar, Calendar)
    (july, tuesday), (september, wednesday) = calendar.later
    assert (july, tuesday[1], september) == (date(2026, 7, 1), (Slot(480, 720),), date(2026, 9, 1))
    assert (wednesday[2], wednesday[3]) == ((Slot(1320, 1440),), (Slot(0, 360),))
    assert calendar.special[date(2026, 7, 7)].published == date(2026, 7, 9)


@pytest.mark.parametrize(
    ("text", "old", "new", "line", "code", "suggestion"),
    [
        (SLA, "on-priority-change: restart", "on-priority-change: restarts", 6, "not-allowed", "restart"),
        (SLA, "policy: {on-priority", "policy: {on-priorty", 6, "unknown-key", "on-priority-change"),
        (SLA, "max-pause-share: 50", "max-pause-share: 101", 15, "not-allowed", ""),
        (SLA, "north: Europe/Berlin", "north: Europe/Berln", 15, "unknown-zone", "Europe/Berlin"),
        (SLA, "group: [Carrier]", "grp: [Carrier]", 10, "unknown-key", "group"),
        (SLA, "at-most: 2h", "at-most: 2d", 11, "ambiguous-days", ""),
        (SLA, "{state: awaiting-supplier, at-most: 1bd}", "{at-most: 4h}", 11, "state-or-where", ""),
        (
            SLA,
            "{where: {priority: [P4]}, name",
            "{where: {priority: [P4]}, state: closed, name",
            11,
            "state-or-where",
            "",
        ),
        (SLA, "    cancel: [cancelled]", "    reopens: false", 13, "final-and-reopened", ""),
        (SLA, "cancel: [cancelled]", "cancel: [resolved]", 13, "state-twice", ""),
        (CALENDAR, "from: 2026-09-01", "from: 2026-06-01", 8, "changes-out-of-order", ""),
    ],
)
def test_what_is_wrong_is_named_in_its_place(
    text: str, old: str, new: str, line: int, code: str, suggestion: str
) -> None:
    assert text.count(old) == 1
    (problem,) = problems_of(text.replace(old, new))
    assert (problem.where.line, problem.code, problem.suggestion) == (line, code, suggestion)

"""Audit results for the tests of reports: a believable one in two languages, and one whose text attacks the reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from itsmctl.errors import Where
from itsmctl.model import Conditions, Effective, Gap, Limit, Names, Outcome, Parameter, Rule, Severity, Text
from itsmctl.result import (
    Attainment,
    AuditResult,
    ClockExplanation,
    Cycle,
    DatasetFacts,
    DefinitionFacts,
    Explanation,
    Moment,
    Personal,
    Piece,
    RuleResult,
    Share,
    Source,
    Verdict,
)

BANK, MAIL, WAREHOUSE = "企业网上银行 Corporate e-banking", "电子邮件", "Data warehouse 数据仓库"
NONE = Limit()
MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06")


def at(text: str) -> int:
    """A moment in Shanghai as epoch seconds."""
    return int(datetime.fromisoformat(f"{text}+08:00").timestamp())


def rule(
    id: str,
    en: str,
    zh: str,
    severity: Severity = "minor",
    check: str = "required",
    parameters: Mapping[str, Parameter] | None = None,
    clauses: tuple[str, ...] = ("iso-20000-1:8.6.1",),
    tolerance: Limit = NONE,
    enquiry: bool = False,
    scope: Conditions = (),
) -> Rule:
    return Rule(
        kind="rule",
        id=id,
        title=Text(en, zh),
        effective=Effective(),
        where=Where(f"policies/rules/{id.lower()}.yaml", 3, 1),
        aliases=(),
        version=1,
        process="incident",
        clauses=clauses,
        severity=severity,
        enquiry=enquiry,
        scope=scope,
        check=check,
        parameters=parameters or {},
        tolerance=tolerance,
        allowance=Limit(),
        rests_on=(),
        rationale=Text(
            "Without it nobody can tell what was promised, and the month's figures cannot be trusted.",
            "缺了它，谁也说不清当初承诺了什么，当月的数字也就不可信。",
        ),
        remedy=Text("Make the field mandatory at hand-over to second line.", "在转派二线时将该字段设为必填。"),
        exceptions=(),
    )


def outcome(
    rule: Rule,
    outcome: Outcome,
    in_scope: int = 0,
    failed: int = 0,
    not_testable: int = 0,
    reasons: tuple[tuple[str, int], ...] = (),
    breakdown: tuple[Share, ...] = (),
    samples: tuple[Verdict, ...] = (),
    because: str = "",
    allowed: int = 0,
    waived: int = 0,
    too_small: int = 0,
) -> RuleResult:
    return RuleResult(
        rule=rule,
        outcome=outcome,
        in_scope=in_scope,
        passed=in_scope - failed - not_testable - waived,
        failed=failed,
        not_testable=not_testable,
        waived=waived,
        not_applicable=1284 - in_scope if in_scope <= 1284 else 0,
        allowed_failures=allowed,
        reasons=reasons,
        breakdown=breakdown,
        samples=samples,
        untested_because=because,
        too_small=too_small,
    )


def verdict(rule: str, record: str, observed: str, expected: str, when: str, passed: bool | None = False) -> Verdict:
    return Verdict(rule, record, passed, observed, expected, at(when), "")


def audit_result() -> AuditResult:
    """Six months of a bank's incidents: two clocks, failures of each severity, things that could not be tested."""
    return AuditResult(
        title=Text("Incident management, first half of 2026", "2026年上半年事件管理审核"),
        as_of=at("2026-06-30T18:00"),
        zone="Asia/Shanghai",
        period_from=at("2026-01-01T00:00"),
        period_to=at("2026-07-01T00:00"),
        chosen_by_default=("plan", "as_of"),
        definitions=DefinitionFacts("8c1f0e2b7d3a4c5e6f708192a3b4c5d6e7f80912", "5b" * 32, False, False),
        dataset=_dataset(),
        rules=tuple(sorted(_rules(), key=lambda entry: entry.rule.id)),
        enquiries=_enquiries(),
        attainment=_attainment(),
        states=(
            ("closed", 1131),
            ("resolved", 58),
            ("in-progress", 49),
            ("awaiting-user", 27),
            ("assigned", 15),
            ("new", 4),
        ),
        months=(
            ("2026-01", 211, 190),
            ("2026-02", 164, 172),
            ("2026-03", 238, 221),
            ("2026-04", 220, 231),
            ("2026-05", 205, 198),
            ("2026-06", 246, 213),
        ),
        explanations=(banking_breach(), quick_fix(), long_wait()),
    )


def _dataset() -> DatasetFacts:
    return DatasetFacts(
        digest="c4" * 32,
        records=1284,
        events=9731,
        rejects=7,
        mapping="servicenow-audit-log",
        tool="ServiceNow",
        zone="Asia/Shanghai",
        opened_from="2026-01-01T01:12:00Z",
        opened_to="2026-06-30T09:41:00Z",
        sources=(
            Source("事件导出-2026Q1.csv", "1f" * 32, 4_811_220, 6204, 6202, 2),
            Source("incidents-2026Q2.csv", "9e" * 32, 4_390_117, 5731, 5726, 5),
        ),
        missing_columns=("ci", "urgency", "recorded_at"),
        history=("state", "group", "assignee", "priority"),
        warnings=(
            (
                "round-row-count",
                "incidents-2026Q2.csv has exactly 5000 rows; was the export cut off at a limit of the tool?",
            ),
        ),
        number_gaps=2,
        gaps=(Gap("INC0010017", "INC0010031", 13),),
        personal=(Personal("requester", "person", 1284), Personal("title", "mail-address", 3, sampled=True)),
    )


def _rules() -> tuple[RuleResult, ...]:
    in_time = {"clock": "resolution"}
    by_priority = (
        Share("priority", "P1", 18, 6, 0),
        Share("priority", "P2", 143, 39, 2),
        Share("priority", "P3", 702, 71, 9),
        Share("priority", "P4", 421, 12, 1),
        Share("service", BANK, 511, 88, 4),
        Share("service", MAIL, 466, 25, 6),
        Share("service", WAREHOUSE, 307, 15, 2),
    )
    slow = (
        verdict("INC-06", "INC0010234", "8h15m", "4h", "2026-03-05T11:05"),
        verdict("INC-06", "INC0010871", "72h", "40h", "2026-05-31T18:00"),
    )
    levels = rule("SLM-04", "Every service keeps its agreed level each month", "各服务每月达到约定的服务级别", "major",
                  "attainment", {"clock": "resolution", "per": ("service", "month"), "minimum": 10}, ("iso-20000-1:8.3.3",))  # fmt: skip
    missed = (
        verdict("SLM-04", f"{BANK} / 2026-03", "82.4% (70 of 85)", "at least 90% (sla-banking)", "2026-03-31T23:59"),
    )
    promise = rule("INC-06", "Incidents are resolved within their agreed time", "事件在约定时间内解决", "minor", "clock-within",
                   in_time, ("iso-20000-1:8.3.3", "iso-20000-1:8.6.1"), Limit(percent=5))  # fmt: skip
    jump = rule(
        "INC-24", "The state changes only as the process allows", "状态只按流程允许的路径变化", "minor", "transition"
    )
    code = rule("INC-11", "A closed incident has a closure code", "已关闭的事件有关闭代码", "observation")
    matrix = rule("INC-03", "Priority follows impact and urgency", "优先级由影响度和紧急度决定", "minor", "matrix")
    backdated = rule(
        "INT-01", "Records are written when it happens, not later", "记录随事写入，而不是事后补记", "major"
    )
    aged = rule(
        "INC-16", "No incident stays open for more than 30 days without a plan", "没有计划的事件不会超过三十天未结"
    )
    filled = rule(
        "DQ-08", "The columns that every rule needs are filled", "各规则所需的字段均已填写", tolerance=Limit(percent=2)
    )
    return (
        outcome(promise, "fail", 1284, 128, 12, (("no-agreement", 9), ("missing:resolved_at", 3)), by_priority, slow, allowed=63),
        outcome(levels, "fail", 18, 4, 0, (), (Share("service", BANK, 6, 3, 0), Share("service", MAIL, 6, 1, 0)), missed, too_small=1),
        outcome(jump, "fail", 1284, 31, 0, (), by_priority[:0], (verdict("INC-24", "INC0010871", "new -> closed", "a transition of the process", "2026-04-02T09:00"),)),
        outcome(code, "fail", 1131, 402, 0, (), (), (verdict("INC-11", "INC0010500", "empty: closure_code", "filled: closure_code", "2026-02-11T10:20"),)),
        outcome(matrix, "not_testable", 1284, 0, 1284, (("column-not-exported:urgency", 1284),), because="column-not-exported:urgency"),
        outcome(backdated, "not_testable", 1284, 0, 1284, because="column-not-exported:recorded_at"),
        outcome(aged, "no_data"),
        outcome(filled, "pass", 1284, 11, 0, allowed=25),
        outcome(rule("INC-01", "Opened, answered, resolved, closed: in this order", "按受理、响应、解决、关闭的顺序", "major", "ordered-times"), "pass", 1284, 0, 3, (("missing:responded_at", 3),)),
        outcome(rule("DQ-02", "The export is not cut at a limit", "导出未在上限处截断", check="row-count"), "pass", 2),
        outcome(rule("SLM-12", "Every incident has an agreement that covers it", "每个事件都有适用的协议", check="agreement"), "pass", 1284, 9, 0, allowed=12, waived=4),
    )  # fmt: skip


def _enquiries() -> tuple[RuleResult, ...]:
    passed_on = rule(
        "INC-14",
        "Why did these incidents change hands so often?",
        "这些事件为何屡次转派？",
        "observation",
        "handovers",
        {"column": "group", "most": 3},
        enquiry=True,
    )
    batch = rule(
        "INT-04",
        "Why were these closed in one go?",
        "为何一次性批量关闭？",
        "observation",
        "batch",
        {"by": "closed_by", "at": "closed_at"},
        enquiry=True,
    )
    return (
        outcome(passed_on, "fail", 1284, 37, 0, samples=(verdict("INC-14", "INC0010871", "hand-overs: 5, returns: 2", "at most hand-overs: 3, returns: 1", "2026-05-20T10:00"),)),
        outcome(batch, "fail", 1131, 26, 0, samples=(verdict("INT-04", "INC0010500", "李 娜: 26 within 10m", "fewer than 20", "2026-02-11T17:58"),)),
    )  # fmt: skip


def _attainment() -> tuple[Attainment, ...]:
    resolution = {
        BANK: ((90, 85), (70, 64), (85, 70), (92, 80), (88, 81), (86, 70)),
        MAIL: ((80, 78), (61, 60), (92, 90), (77, 70), (79, 76), (77, 75)),
        WAREHOUSE: ((41, 40), (8, 6), (52, 50), (55, 53), (47, 45), (50, 49)),
    }
    response = {
        service: tuple((judged, judged - index % 3) for index, (judged, _) in enumerate(months))
        for service, months in resolution.items()
    }
    untested = {("resolution", BANK, "2026-01"): 4, ("resolution", WAREHOUSE, "2026-02"): 1}
    return tuple(
        Attainment(clock, service, month, judged, met, agreed, untested.get((clock, service, month), 0))
        for clock, agreed, services in (("resolution", 90.0, resolution), ("response", 95.0, response))
        for service, months in services.items()
        for month, (judged, met) in zip(MONTHS, months, strict=True)
    )


def cycle(
    pieces: tuple[tuple[str, str, str, str], ...], target: int, deadline: str, verdict: str, running: bool = False
) -> Cycle:
    """A cycle from pieces of (from, to, kind, reason), adding up what they say."""
    ledger = tuple(Piece(at(start), at(end), kind, reason) for start, end, kind, reason in pieces)  # type: ignore[arg-type]
    sums = {
        kind: sum(piece.seconds for piece in ledger if piece.kind == kind) for kind in ("counted", "paused", "closed")
    }
    return Cycle(
        ledger[0].start,
        ledger[-1].end,
        running,
        sums["counted"],
        sums["paused"],
        sums["closed"],
        target,
        at(deadline),
        verdict,
        ledger,
    )  # type: ignore[arg-type]


def clock(name: str, rule: str, cycles: tuple[Cycle, ...], target: str, reason: str = "") -> ClockExplanation:
    return ClockExplanation(
        rule, name, "sla-banking", "cn-office", "Asia/Shanghai", target, "catalog/sla.yaml", 41, cycles, reason
    )


def state(when: str, old: str, new: str, actor: str = "", group: str = "") -> Moment:
    return Moment(at(when), actor, group, "state", old, new)


NAMES = Names(phases={("incident", "awaiting-user"): "paused", ("incident", "awaiting-supplier"): "paused"})
"""What the explanations know of the process of their records."""


def banking_breach() -> Explanation:
    """Two working days, a pause, a lunch break and a deadline missed."""
    resolution = cycle(
        (
            ("2026-03-04T09:10", "2026-03-04T11:20", "counted", ""),
            ("2026-03-04T11:20", "2026-03-04T14:00", "paused", "awaiting-user"),
            ("2026-03-04T14:00", "2026-03-04T18:00", "counted", ""),
            ("2026-03-04T18:00", "2026-03-05T09:00", "closed", "closed"),
            ("2026-03-05T09:00", "2026-03-05T11:05", "counted", ""),
        ),
        4 * 3600,
        "2026-03-04T15:50",
        "breached",
    )
    response = cycle((("2026-03-04T09:10", "2026-03-04T09:22", "counted", ""),), 1800, "2026-03-04T09:40", "met")
    return Explanation(
        "INC0010234",
        {
            "number": "INC0010234",
            "process": "incident",
            "service": BANK,
            "category": "登录 / 认证",
            "priority": "P2",
            "impact": "1",
            "state": "closed",
            "group": "二线-支付",
            "assignee": "王芳",
            "opened_at": "2026-03-04T01:10:00Z",
            "responded_at": "2026-03-04T01:22:00Z",
            "resolved_at": "2026-03-05T03:05:00Z",
            "closed_at": "2026-03-08T03:05:00Z",
            "resolved_by": "王芳",
            "closed_by": "李 娜",
            "source_file": "事件导出-2026Q1.csv",
            "source_row": "3121",
        },
        (
            state("2026-03-04T09:10", "", "new", "张伟", "服务台"),
            Moment(at("2026-03-04T09:10"), "张伟", "服务台", "group", "", "服务台"),
            state("2026-03-04T09:22", "new", "in-progress", "张伟", "服务台"),
            Moment(at("2026-03-04T10:05"), "张伟", "服务台", "group", "服务台", "二线-支付"),
            Moment(at("2026-03-04T10:07"), "张伟", "服务台", "assignee", "", "王芳"),
            state("2026-03-04T11:20", "in-progress", "awaiting-user", "王芳", "二线-支付"),
            state("2026-03-04T14:00", "awaiting-user", "in-progress", "王芳", "二线-支付"),
            Moment(at("2026-03-04T16:40"), "王芳", "二线-支付", "priority", "P3", "P2"),
            state("2026-03-05T11:05", "in-progress", "resolved", "王芳", "二线-支付"),
            state("2026-03-08T11:05", "resolved", "closed", "李 娜", "服务台"),
        ),
        (
            verdict("INC-01", "INC0010234", "in order", "opened_at <= responded_at <= resolved_at <= closed_at", "2026-03-04T09:10", True),
            Verdict("INC-03", "INC0010234", None, "", "", at("2026-03-04T09:10"), "column-not-exported:urgency"),
            verdict("INC-05", "INC0010234", "12m", "30m", "2026-03-04T09:22", True),
            verdict("INC-06", "INC0010234", "8h15m", "4h", "2026-03-05T11:05"),
            verdict("SLM-12", "INC0010234", "sla-banking: 4h", "an agreement with a target", "2026-03-04T09:10", True),
        ),
        (clock("response", "INC-05", (response,), "30m"), clock("resolution", "INC-06", (resolution,), "4h")),
        at("2026-06-30T18:00"),
        names=NAMES,
    )  # fmt: skip


def quick_fix() -> Explanation:
    """A life of eleven minutes, without a closure code."""
    resolution = cycle(
        (("2026-02-11T10:20:00", "2026-02-11T10:31:25", "counted", ""),), 4 * 3600, "2026-02-11T15:50", "met"
    )
    return Explanation(
        "INC0010500",
        {
            "number": "INC0010500",
            "process": "incident",
            "service": MAIL,
            "priority": "P3",
            "state": "closed",
            "group": "Service desk",
            "opened_at": "2026-02-11T02:20:00Z",
            "resolved_at": "2026-02-11T02:31:25Z",
            "closed_at": "2026-02-11T02:31:25Z",
            "closed_by": "李 娜",
        },
        (
            state("2026-02-11T10:20", "", "new", "李 娜", "Service desk"),
            state("2026-02-11T10:23", "new", "in-progress", "李 娜", "Service desk"),
            state("2026-02-11T10:31:25", "in-progress", "resolved", "李 娜", "Service desk"),
            state("2026-02-11T10:31:25", "resolved", "closed", "李 娜", "Service desk"),
        ),
        (verdict("INC-11", "INC0010500", "empty: closure_code", "filled: closure_code", "2026-02-11T10:20"),),
        (clock("resolution", "INC-06", (resolution,), "4h"),),
        at("2026-06-30T18:00"),
        names=NAMES,
    )


def long_wait() -> Explanation:
    """Two months, most of them waiting for a supplier, and still open."""
    days = [f"2026-04-{day:02}" for day in range(2, 31)] + [f"2026-05-{day:02}" for day in range(1, 32)]
    pieces: list[tuple[str, str, str, str]] = [("2026-04-02T09:00", "2026-04-02T18:00", "counted", "")]
    for before, day in zip(days, days[1:], strict=False):
        kind = "paused" if day < "2026-05-25" else "counted"
        pieces.append((f"{before}T18:00", f"{day}T09:00", "closed", "closed"))
        pieces.append((f"{day}T09:00", f"{day}T18:00", kind, "awaiting-supplier" if kind == "paused" else ""))
    return Explanation(
        "INC0010871",
        {
            "number": "INC0010871",
            "process": "incident",
            "service": WAREHOUSE,
            "priority": "P4",
            "state": "in-progress",
            "group": "Data platform",
            "opened_at": "2026-04-02T01:00:00Z",
        },
        (
            state("2026-04-02T09:00", "", "new", "monitoring", ""),
            state("2026-04-02T09:30", "new", "assigned", "张伟", "服务台"),
            state("2026-04-02T13:00", "assigned", "in-progress", "Müller, Jörg", "Data platform"),
            state("2026-04-02T18:00", "in-progress", "awaiting-supplier", "Müller, Jörg", "Data platform"),
            state("2026-05-25T09:00", "awaiting-supplier", "in-progress", "Müller, Jörg", "Data platform"),
        ),
        (
            verdict("INC-06", "INC0010871", "72h", "40h", "2026-05-31T18:00"),
            verdict("INC-24", "INC0010871", "new -> closed", "a transition of the process", "2026-04-02T09:00"),
        ),
        (
            clock(
                "resolution",
                "INC-06",
                (cycle(tuple(pieces), 40 * 3600, "2026-05-28T13:00", "running_breached", True),),
                "40h",
            ),
        ),
        at("2026-05-31T18:00"),
        names=NAMES,
    )


HOSTILE = "<script>alert(1)</script>"
TURNED = "safe\u202egnp.exe"
ENDLESS = "很长" * 4000


def hostile_result() -> AuditResult:
    """The same audit, with text in it that means harm."""
    result = audit_result()
    first = result.explanations[0]
    columns = {**first.columns, "number": f'"><img src=x onerror=alert(2)>{TURNED}', "service": HOSTILE, "category": ENDLESS, "group": "\x1b[2J\x1b]0;owned\x07{{ 7*7 }}"}  # fmt: skip
    attack = replace(first, record_id=f"x' {HOSTILE} y", columns=columns)
    entry = next(entry for entry in result.rules if entry.rule.id == "INC-06")
    sample = replace(entry.samples[0], record_id=attack.record_id, observed=ENDLESS, expected=TURNED)
    shares = (Share("service", HOSTILE, 10, 5, 0), *entry.breakdown)
    rules = tuple(replace(e, samples=(sample,), breakdown=shares) if e is entry else e for e in result.rules)
    return replace(
        result,
        title=Text(f"{HOSTILE} & {TURNED}"),
        rules=rules,
        explanations=(attack, *result.explanations[1:]),
        attainment=tuple(replace(a, service=HOSTILE) if a.service == MAIL else a for a in result.attainment),
        states=((HOSTILE, 1284),),
        dataset=replace(
            result.dataset, warnings=((HOSTILE, TURNED),), sources=(replace(result.dataset.sources[0], name=HOSTILE),)
        ),
    )

"""Failures that count apart in every report: those that a waiver excuses, with who approved it and until when."""

from __future__ import annotations

from itsmctl.language import Language, moment_text, problem_text, tr, trn, zone_of
from itsmctl.result import AuditResult, WaiverUse


def told(result: AuditResult) -> tuple[WaiverUse, ...]:
    """The waivers that excuse something, and those with which something is wrong."""
    return tuple(use for use in result.waivers if use.excused or use.problems)


def waiver_text(use: WaiverUse, result: AuditResult, language: Language) -> str:
    """What a waiver excuses, by whose approval and until when."""
    waiver = use.waiver
    zone = zone_of(waiver.zone or result.zone)
    excused = trn("{n} failure waived", "{n} failures waived", use.excused, language)
    approval = tr(
        "approved by {person} ({role}) on {day}, until {until} {zone}",
        language,
        person=waiver.approver,
        role=waiver.authority,
        day=waiver.approved or "–",
        until=moment_text(use.until, zone),
        zone=zone.key,
    )
    return excused + tr("; ", language) + approval


def problem_texts(use: WaiverUse, language: Language) -> list[str]:
    """What is wrong with a waiver."""
    return [problem_text(problem, language) for problem in use.problems]

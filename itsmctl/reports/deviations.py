"""Failures that count apart in every report: those that a waiver excuses, and those that a baseline knows."""

from __future__ import annotations

from itsmctl.language import Language, moment_text, number_text, problem_text, tr, trn, zone_of
from itsmctl.result import AuditResult, BaselineUse, RuleResult, WaiverUse


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
    elsewhere = ""
    if use.elsewhere:
        elsewhere = trn("{n} of them counted under another waiver", "{n} of them counted under another waiver", use.elsewhere, language)  # fmt: skip
    return tr("; ", language).join(part for part in (excused, elsewhere, approval) if part)


def baseline_text(use: BaselineUse, result: AuditResult, language: Language) -> str:
    """What a baseline knows, by whose approval and until when."""
    zone = zone_of(result.zone)
    known = trn("{n} failure known before", "{n} failures known before", use.known, language)
    approval = tr(
        "approved by {person} ({role}) on {day}, until {until} {zone}",
        language,
        person=use.baseline.approver,
        role=use.baseline.authority,
        day=use.baseline.approved or "–",
        until=moment_text(use.baseline.expires, zone),
        zone=zone.key,
    )
    gone = trn("{n} finding gone since", "{n} findings gone since", len(use.gone), language) if use.gone else ""
    return tr("; ", language).join(part for part in (known, gone, approval) if part)


def known_text(entry: RuleResult, language: Language) -> str:
    """How many failures of a rule are new and how many known; '' where no baseline knows any."""
    if not entry.known:
        return ""
    new, known = number_text(entry.failed - entry.known), number_text(entry.known)
    return tr("{new} new, {known} known before", language, new=new, known=known)


def problem_texts(use: WaiverUse | BaselineUse, language: Language) -> list[str]:
    """What is wrong with a waiver or baseline."""
    return [problem_text(problem, language) for problem in use.problems]

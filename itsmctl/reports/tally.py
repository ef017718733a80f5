"""What every report says first: how many rules came out how, in which order, and the one-sentence verdict."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import time

from itsmctl.language import (
    Language,
    date_text,
    epoch,
    local,
    number_text,
    percent_text,
    reason_remedy,
    reason_text,
    tr,
    trn,
    zone_of,
)
from itsmctl.model import SEVERITIES, Outcome, Rule
from itsmctl.result import AuditResult, DefinitionFacts, Explanation, RuleResult, Verdict

SYMBOLS: dict[str, str] = {
    "fail": "✕", "not_testable": "?", "no_data": "○", "pass": "✓", "waived": "~", "known": "=", "asked": "»",
}  # fmt: skip
"""An outcome is never told by colour alone."""

DEFAULT_MINIMUM = 10
"""Fewer judged tickets than this make a month's attainment noise, unless the attainment rule says otherwise."""


def with_outcome(rules: Sequence[RuleResult], outcome: Outcome) -> tuple[RuleResult, ...]:
    """The rules that came out so, worst first: by severity, then by share failed, then by id."""
    return tuple(sorted((rule for rule in rules if rule.outcome == outcome), key=_worst_first))


def _worst_first(result: RuleResult) -> tuple[int, float, str]:
    share = result.failed / result.in_scope if result.in_scope else 0.0
    return SEVERITIES.index(result.rule.severity), -share, result.rule.id


def by_severity(rules: Sequence[RuleResult]) -> tuple[tuple[str, int], ...]:
    """How many of these rules have each severity, worst first, without zeros."""
    counts = ((severity, sum(rule.rule.severity == severity for rule in rules)) for severity in SEVERITIES)
    return tuple((severity, n) for severity, n in counts if n)


def rate_text(result: RuleResult) -> str:
    """The share that failed; where some could not be tested, up to the share if all of those had failed too."""
    least = percent_text(result.failed, result.in_scope)
    most = percent_text(result.failed + result.not_testable, result.in_scope)
    return least if least == most else f"{least.removesuffix('%')}–{most}"


def title_text(result: AuditResult, language: Language) -> str:
    """The title that the plan gives the audit, or what it is."""
    return result.title.in_(language) or tr("Service management audit", language)


def headline(result: AuditResult, language: Language) -> str:
    """The verdict in one sentence, never calling clean what could not be looked at; beside a baseline, how much of it is new."""
    told = _verdict(result, language)
    failing = with_outcome(result.rules, "fail")
    if result.baseline is None or not failing:
        return told
    n, known = sum(r.failed for r in failing), sum(r.known for r in failing)
    new = trn("{new} of {n} finding is new.", "{new} of {n} findings are new.", n, language, new=number_text(n - known))
    return f"{told}{'' if language == 'zh' else ' '}{new}"


def _verdict(result: AuditResult, language: Language) -> str:
    failing = dict(by_severity(with_outcome(result.rules, "fail")))
    untested = len(with_outcome(result.rules, "not_testable"))
    passed = len(with_outcome(result.rules, "pass"))
    if failing.get("major"):
        n = failing["major"]
        return trn(
            "{n} major rule fails: a candidate for a major nonconformity.",
            "{n} major rules fail: candidates for major nonconformities.",
            n,
            language,
        )
    if failing:
        n = sum(failing.values())
        return trn(
            "No major rule fails, but {n} lesser rule does.",
            "No major rule fails, but {n} lesser rules do.",
            n,
            language,
        )
    if untested:
        return trn(
            "Nothing that could be tested fails, but {n} rule could not be tested.",
            "Nothing that could be tested fails, but {n} rules could not be tested.",
            untested,
            language,
        )
    if not result.rules and result.enquiries:
        return tr("Nothing was judged: only enquiries were asked for, and they ask.", language)
    if not passed:
        return tr("Nothing was judged: no record was in the scope of any rule.", language)
    return trn("The one rule that applies holds.", "All {n} rules that apply hold.", passed, language)


def period_text(result: AuditResult, language: Language) -> str:
    """First and last day of the audited period, or of the openings in the export up to the moment of the audit, in its zone."""
    zone = zone_of(result.zone)
    if result.period_from is not None and result.period_to is not None:
        ends_at_midnight = local(result.period_to, zone).time() == time(0)
        first, last = result.period_from, result.period_to - ends_at_midnight
    elif result.dataset.opened_from and result.dataset.opened_to:
        first, last = epoch(result.dataset.opened_from), min(epoch(result.dataset.opened_to), result.as_of - 1)
    else:
        return tr("all that the export holds", language)
    days = {"first": date_text(first, zone, language), "last": date_text(last, zone, language)}
    return tr("{first} to {last}", language, **days)


def zone_text(result: AuditResult, language: Language) -> str:
    """The zone in which days and months begin, and the export's own where that is another."""
    own = result.dataset.zone or "UTC"
    if own == result.zone:
        return result.zone
    return tr("{zone}, as the plan has it; the export was read in {own}", language, zone=result.zone, own=own)


def definitions_text(result: AuditResult, language: Language) -> str:
    """Which definitions judged: a commit, the reference set, files outside version control, or of which git tells nothing."""
    return judged_by_text(result.definitions, language)


def judged_by_text(facts: DefinitionFacts, language: Language) -> str:
    """The same of the definitions alone."""
    if facts.commit:
        short = facts.commit[:12]
        if facts.dirty:
            return tr("commit {commit}, with changes that are not committed", language, commit=short)
        return tr("commit {commit}", language, commit=short)
    if facts.is_reference:
        return tr("the reference set of itsmctl, an example company's", language)
    if facts.commit_unknown:
        return tr("commit unknown: {why}", language, why=tr(facts.commit_unknown, language))
    return tr("files outside version control", language)


def minimum_judged(result: AuditResult, clock: str) -> int:
    """How many tickets a month needs before its attainment is judged, as the attainment rule has it."""
    for rule in (entry.rule for entry in result.rules):
        minimum = rule.parameters.get("minimum")
        if rule.check == "attainment" and rule.parameters.get("clock") == clock and isinstance(minimum, int):
            return minimum
    return DEFAULT_MINIMUM


def caveat(result: RuleResult, language: Language) -> str:
    """What a passing rule must not hide: failures within its tolerance, records not testable or waived; of an enquiry, what to ask about."""
    asked = told_outcome(result.rule, result.outcome) == "asked"
    failed = tr("{n} to ask about", language, n=number_text(result.failed)) if asked else tr("{n} failed, within tolerance", language, n=number_text(result.failed))  # fmt: skip
    notes = [
        failed if result.failed else "",
        tr("{n} not testable", language, n=number_text(result.not_testable)) if result.not_testable else "",
        tr("{n} waived", language, n=number_text(result.waived)) if result.waived else "",
        small_groups(result, language),
    ]
    return tr("; ", language).join(note for note in notes if note)


def small_groups(result: RuleResult, language: Language) -> str:
    """How many groups a rule left unjudged, as they have too few records; nothing where there is none."""
    if not result.too_small:
        return ""
    return trn("{n} group too small to judge", "{n} groups too small to judge", result.too_small, language)


def default_text(name: str, language: Language) -> str:
    """What was chosen where nobody named it."""
    words = {
        "plan": tr("plan: every rule in force", language),
        "period": tr("period: that of the export", language),
        "as_of": tr("as of: the last moment of the export", language),
        "definitions": tr("definitions: the reference set of itsmctl, an example company's", language),
    }
    return words.get(name, name)


def reasons(result: RuleResult, language: Language) -> list[tuple[str, str]]:
    """Why a rule or some of its records could not be tested, each with what would make it testable."""
    if result.untested_because:
        return [(reason_text(result.untested_because, language), reason_remedy(result.untested_because, language))]
    told = [
        (
            tr(
                "{n} of {total} ({percent}): {reason}",
                language,
                n=number_text(n),
                total=number_text(result.in_scope),
                percent=percent_text(n, result.in_scope),
                reason=reason_text(reason, language),
            ),
            reason_remedy(reason, language),
        )
        for reason, n in result.reasons
    ]
    return told + ([(small_groups(result, language), reason_remedy("too-few", language))] if result.too_small else [])


def outcome_of(verdict: Verdict, enquiries: Collection[str] = ()) -> str:
    """What became of one record under one rule, as a word that SYMBOLS knows; enquiries only ask."""
    if verdict.waiver:
        return "waived"
    if verdict.passed is None:
        return "not_testable"
    return "pass" if verdict.passed else "asked" if verdict.rule in enquiries else "fail"


def told_outcome(rule: Rule, outcome: str) -> str:
    """How a rule came out, as a word that SYMBOLS knows: an enquiry never fails, it asks."""
    return "asked" if rule.enquiry and outcome == "fail" else outcome


def enquiries_of(explanation: Explanation) -> frozenset[str]:
    """The enquiries among the rules by which a record does not pass."""
    return frozenset(ground.rule.id for ground in explanation.grounds if ground.rule.enquiry)

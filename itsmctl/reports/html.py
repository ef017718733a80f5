"""The audit as one page for a board: verdict, service levels, what fails and why, and records that show it."""

from __future__ import annotations

from itsmctl.language import Language, moment_text, zone_of
from itsmctl.reports import charts, deviations, pages, tally
from itsmctl.reports.levels import levels
from itsmctl.reports.people import without_names
from itsmctl.result import AuditResult, RuleResult

CHARTS = 12
"""Services drawn for each clock, those with most tickets first; the table has them all."""


def render(result: AuditResult, language: Language = "en") -> str:
    """The whole report, in which nobody is named: people who have no pseudonym are numbered."""
    result = result if result.redaction else without_names(result)
    zone = zone_of(result.zone)
    return pages.page(
        "report.html.j2",
        language,
        result=result,
        title=tally.title_text(result, language),
        zone=zone.key,
        as_of=moment_text(result.as_of, zone),
        headline=tally.headline(result, language),
        period=tally.period_text(result, language),
        days_in=tally.zone_text(result, language),
        definitions=tally.definitions_text(result, language),
        chosen=[tally.default_text(name, language) for name in result.chosen_by_default],
        outcomes=[
            (outcome, tally.with_outcome(result.rules, outcome))
            for outcome in ("fail", "not_testable", "no_data", "pass")
        ],
        failing=[_rule_view(entry, result, language) for entry in tally.with_outcome(result.rules, "fail")],
        severities=tally.by_severity(tally.with_outcome(result.rules, "fail")),
        waived=[
            (use, deviations.waiver_text(use, result, language), deviations.problem_texts(use, language))
            for use in deviations.told(result)
        ],
        known=deviations.baseline_text(result.baseline, result, language) if result.baseline else "",
        known_problems=deviations.problem_texts(result.baseline, language) if result.baseline else [],
        known_of=lambda entry: deviations.known_text(entry, language),
        untested=[
            (entry, tally.reasons(entry, language)) for entry in tally.with_outcome(result.rules, "not_testable")
        ],
        partly=[
            (entry, tally.reasons(entry, language))
            for entry in result.rules
            if entry.outcome in ("pass", "fail") and (entry.not_testable or entry.too_small)
        ],
        passing=[
            (entry, tally.caveat(entry, language)) for entry in result.rules if entry.outcome in ("pass", "no_data")
        ],
        levels=levels(result),
        service_name=lambda service: service_name(result, service, language),
        attainment_chart=lambda service: charts.attainment(service, language),
        charts=CHARTS,
        months_chart=charts.months(result.months, language) if result.months else "",
        records=[pages.record_view(entry, language, zone.key) for entry in result.explanations],
        shown_rules={entry.rule.id for entry in result.rules if entry.outcome == "fail"},
        shown_records={entry.record_id for entry in result.explanations},
        at=lambda moment: "" if moment is None else moment_text(moment, zone),
    )


def service_name(result: AuditResult, service: str, language: Language) -> str:
    """What the catalogue calls a service; one that it does not have goes by the name in the export."""
    title = result.service_titles.get(service)
    return title.in_(language) if title else service


def _rule_view(entry: RuleResult, result: AuditResult, language: Language) -> dict[str, object]:
    """One failing rule: its shares by column, each with how wide its bar is drawn."""
    columns: dict[str, list[tuple[str, int, int, float]]] = {}
    for share in entry.breakdown:
        percent = 100 * share.failed / share.in_scope if share.in_scope else 0.0
        value = service_name(result, share.value, language) if share.column == "service" else share.value
        columns.setdefault(share.column, []).append((value, share.failed, share.in_scope, round(percent, 1)))
    return {
        "entry": entry,
        "rule": entry.rule,
        "rate": tally.rate_text(entry),
        "breakdown": [(column, shares) for column, shares in columns.items() if len(shares) > 1],
        "reasons": tally.reasons(entry, language),
    }

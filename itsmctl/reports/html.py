"""The audit as one page for a board: verdict, service levels, what fails and why, and records that show it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from itsmctl.charts.attainment import attainment
from itsmctl.charts.page import charts
from itsmctl.charts.plot import Figure
from itsmctl.charts.volume import volume
from itsmctl.figures import Figures
from itsmctl.honesty.lacking import blind_spots, wanted_columns
from itsmctl.language import Language, moment_text, tr, zone_of
from itsmctl.model import SEVERITIES
from itsmctl.reports import deviations, pages, sections, tally
from itsmctl.reports.called import conditions_text
from itsmctl.reports.clauses import FRAMEWORKS
from itsmctl.reports.honesty import gap_texts, personal_text
from itsmctl.reports.levels import levels, partial_months
from itsmctl.reports.people import without_names
from itsmctl.reports.trend import Before, trend
from itsmctl.result import AuditResult, RuleResult, Share

CHARTS = 12
"""Services drawn for each clock, those with most tickets first; the table has more of them."""
MOST_ROWS = 300
"""Services in the table of a clock; result.json has them all."""
MOST_SHARES = 15
"""Values of a column drawn for a rule; result.json has them all."""
MOST_CLEAN = 20
"""Values of which none failed that are named."""


FULL_BARS = (1, 2, 5, 10, 20, 50, 100)
"""Per cents at which the bars of a rule may end, so that small shares can be told apart."""


@dataclass(frozen=True)
class Breakdown:
    """How a rule fared by the values of a column; a bar is (value, failed, in scope, how wide it is drawn)."""

    column: str
    full: int
    """The per cent at which bars end."""
    bars: tuple[tuple[str, int, int, float], ...]
    clean: tuple[str, ...]
    """Values of which none failed."""
    left: int
    """How many that fail are not drawn; result.json has them all."""


@dataclass(frozen=True)
class View:
    """One page inside the page: the id of its first section, its name in the menu, how much it holds, its template."""

    id: str
    title: str
    template: str
    count: int = 0


def render(result: AuditResult, language: Language = "en", before: Before | None = None) -> str:
    """The whole report, in which nobody is named: people who have no pseudonym are numbered.

    With what an audit found `before`, it says what has changed since.
    """
    result = result if result.redaction else without_names(result)
    zone = zone_of(result.zone)
    script = pages.source("report/report.js")
    values = {
        **_overview(result, language),
        **_services(result, language),
        **_rules(result, language),
        **_export(result, language),
    }
    return pages.page(
        "report.html.j2",
        language,
        **values,
        result=result,
        title=tally.title_text(result, language),
        zone=zone.key,
        as_of=moment_text(result.as_of, zone),
        period=tally.period_text(result, language),
        days_in=tally.zone_text(result, language),
        definitions=tally.definitions_text(result, language),
        chosen=[tally.default_text(name, language) for name in result.chosen_by_default],
        figures=list(charts(result, language)),
        trend=trend(result, before) if before else None,
        records=[pages.record_view(entry, language, zone.key) for entry in result.explanations],
        at=lambda moment: "" if moment is None else moment_text(moment, zone),
        views=_views(result, language, bool(values["levels"]), bool(values["untested"] or values["partly"])),
        script=pages.drawn(script),
        script_digest=pages.digest(script),
    )


def _views(result: AuditResult, language: Language, levels: bool, untested: bool) -> list[View]:
    count = len(tally.with_outcome(result.rules, "not_testable"))
    found = [
        (True, View("summary", tr("Overview", language), "report/overview.html.j2")),
        (levels, View("levels", tr("Services", language), "report/services.html.j2")),
        (result.figures != Figures(), View("charts", tr("Charts", language), "charts.html.j2")),
        (bool(result.rules), View("processes", tr("Processes", language), "report/processes.html.j2")),
        (bool(result.rules or result.enquiries), _rules_view(result, language)),
        (untested, View("untested", tr("Not testable", language), "report/untested.html.j2", count)),
        (True, View("export", tr("The export", language), "report/export.html.j2")),
        (
            bool(result.explanations),
            View("records", tr("Records", language), "report/records.html.j2", len(result.explanations)),
        ),
    ]
    return [view for there, view in found if there]


def _rules_view(result: AuditResult, language: Language) -> View:
    """The page of the rules begins with those that fail, and without any with all the others."""
    first = "failing" if tally.with_outcome(result.rules, "fail") else "passing"
    return View(first, tr("Rules", language), "report/rules.html.j2", len(result.rules))


def _overview(result: AuditResult, language: Language) -> dict[str, object]:
    outcomes = [(outcome, tally.with_outcome(result.rules, outcome)) for outcome in sections.OUTCOMES]
    return {
        "headline": tally.headline(result, language),
        "outcomes": outcomes,
        "counts": [(outcome, len(rules)) for outcome, rules in outcomes],
        "severities": tally.by_severity(tally.with_outcome(result.rules, "fail")),
        "processes": sections.by_process(result),
        "process_name": lambda id: sections.process_name(result, id, language) or tr("All processes", language),
        "clauses": sections.by_clause(result),
        "clause_title": partial(_clause_title, result, language),
        "framework_name": lambda name: FRAMEWORKS.get(name, name),
        "volume": _volume(result, language),
    }


def _volume(result: AuditResult, language: Language) -> Figure | None:
    if not result.months:
        return None
    return volume(result.months, language, partial_months(result, [month for month, *_ in result.months]))


def _services(result: AuditResult, language: Language) -> dict[str, object]:
    clocks = levels(result)
    services = sections.by_service(result, clocks)
    shown = services[: sections.MOST_SERVICES]

    def label(id: str) -> str:
        return sections.name_of(result, id, language) if id else tr("no service", language)

    return {
        "levels": clocks,
        "clock_name": lambda clock: sections.clock_name(result, clock, language),
        "charts": CHARTS,
        "most_rows": MOST_ROWS,
        "services": shown,
        "services_left": len(services) - len(shown),
        "own_section": {one.service for one in shown},
        "service_label": label,
        "attainment_chart": lambda service: attainment(service, label(service.service), language),
    }


def _rules(result: AuditResult, language: Language) -> dict[str, object]:
    failing = tally.with_outcome(result.rules, "fail")
    others = [entry for entry in sections.worst_first(result.rules) if entry.outcome != "fail"]
    every = (*result.rules, *result.enquiries)
    return {
        "scope_text": lambda rule: conditions_text(rule.scope, language, result.names, rule.process),
        "failing": [_rule_view(entry, result, language) for entry in failing],
        "most_clean": MOST_CLEAN,
        "severity_rank": {severity: rank for rank, severity in enumerate(SEVERITIES)},
        "rest": [(entry, tally.caveat(entry, language)) for entry in (*others, *result.enquiries)],
        "waived": [
            (use, deviations.waiver_text(use, result, language), deviations.problem_texts(use, language))
            for use in deviations.told(result)
        ],
        "known": deviations.baseline_text(result.baseline, result, language) if result.baseline else "",
        "known_problems": deviations.problem_texts(result.baseline, language) if result.baseline else [],
        "known_of": lambda entry: deviations.known_text(entry, language),
        "wanted": wanted_columns(blind_spots(every)),
        "untested": [
            (entry, tally.reasons(entry, language)) for entry in tally.with_outcome(result.rules, "not_testable")
        ],
        "partly": [
            (entry, tally.reasons(entry, language))
            for entry in result.rules
            if entry.outcome in ("pass", "fail") and (entry.not_testable or entry.too_small)
        ],
        "shown_rules": {entry.rule.id for entry in every},
        "shown_records": {entry.record_id for entry in result.explanations},
    }


def _export(result: AuditResult, language: Language) -> dict[str, object]:
    facts = result.dataset
    return {
        "gaps": gap_texts(facts.gaps, facts.number_gaps, language),
        "personal": [personal_text(one, language) for one in facts.personal],
    }


def _clause_title(result: AuditResult, language: Language, clause: str) -> str:
    title = result.clause_titles.get(clause)
    return title.in_(language) if title else ""


def _rule_view(entry: RuleResult, result: AuditResult, language: Language) -> dict[str, object]:
    """One failing rule, with its shares by each column that tells its records apart."""
    columns: dict[str, list[Share]] = {}
    for share in entry.breakdown:
        columns.setdefault(share.column, []).append(share)
    return {
        "entry": entry,
        "rule": entry.rule,
        "rate": tally.rate_text(entry),
        "breakdown": [
            _breakdown(name, shares, result, language) for name, shares in columns.items() if len(shares) > 1
        ],
        "reasons": tally.reasons(entry, language),
    }


def _breakdown(column: str, shares: list[Share], result: AuditResult, language: Language) -> Breakdown:
    def called(share: Share) -> str:
        name = sections.name_of(result, share.value, language) if column == "service" else share.value
        return name or tr("none", language)

    def rate(share: Share) -> float:
        return min(100 * share.failed / share.in_scope, 100.0) if share.in_scope else 0.0

    failing = [share for share in shares if share.failed]
    if column != "priority":  # which has an order of its own
        failing.sort(key=rate, reverse=True)
    full = next(percent for percent in FULL_BARS if percent >= max(map(rate, failing), default=0.0))
    bars = tuple((called(s), s.failed, s.in_scope, round(100 * rate(s) / full, 1)) for s in failing[:MOST_SHARES])
    return Breakdown(column, full, bars, tuple(called(s) for s in shares if not s.failed), len(failing) - len(bars))

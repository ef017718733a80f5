"""The audit as an outline, for Markdown and workbooks: the verdict, promises, rules, what could not be tested, the export."""

from __future__ import annotations

from itsmctl.honesty.lacking import blind_spots, wanted_columns
from itsmctl.language import (
    Language,
    column_text,
    local_moments,
    moment_text,
    number_text,
    outcome_text,
    percent_text,
    reached_text,
    severity_text,
    tr,
    trn,
    zone_of,
)
from itsmctl.reports import deviations, sections, tally
from itsmctl.reports.clauses import clause_text
from itsmctl.reports.honesty import gap_texts, personal_text
from itsmctl.reports.levels import Level, levels
from itsmctl.reports.outlines import Cell, Look, Outline, Part, Table
from itsmctl.reports.people import without_names
from itsmctl.reports.phrases import phrase_text
from itsmctl.reports.trend import Before, RuleBefore, trend
from itsmctl.result import AuditResult, RuleResult

_LOOKS: dict[str, Look] = {"fail": "bad", "not_testable": "open", "pass": "good"}
_STANDINGS: dict[str, Look] = {"below": "bad", "kept": "good"}


def outline(result: AuditResult, language: Language, before: Before | None = None) -> Outline:
    """The whole audit, in which nobody is named."""
    result = result if result.redaction else without_names(result)
    zone = zone_of(result.zone)
    parts = (
        _outcomes(result, language),
        *([_trend(result, before, language)] if before else []),
        _levels(result, language),
        _rules(result, language),
        _examples(result, language),
        _waived(result, language),
        _untested(result, language),
        _enquiries(result, language),
        _export(result, language),
    )
    return Outline(
        language,
        tr("Audit report", language),
        tally.title_text(result, language),
        tally.headline(result, language),
        (
            (tr("Tickets", language), trn("{n} record", "{n} records", result.dataset.records, language)),
            (tr("Period", language), tally.period_text(result, language)),
            (tr("Judged as of", language), f"{moment_text(result.as_of, zone)} {zone.key}"),
            (tr("Days and months in", language), tally.zone_text(result, language)),
            (tr("Definitions", language), tally.definitions_text(result, language)),
        ),
        tuple(part for part in parts if not part.empty),
        (
            (tr("Definitions", language), f"SHA-256 {result.definitions.digest}"),
            (tr("Tickets", language), f"SHA-256 {result.dataset.digest}"),
        ),
    )


def _outcomes(result: AuditResult, language: Language) -> Part:
    head = (tr("Process", language), *(outcome_text(outcome, language) for outcome in sections.OUTCOMES))
    rows = tuple(_process(result, group, language) for group in sections.by_process(result))
    title = trn("{n} rule, and how it came out", "{n} rules, and how they came out", len(result.rules), language)
    return Part(title, tables=(Table(head, rows, (1, 2, 3, 4)),) if rows else ())


def _process(result: AuditResult, group: sections.Outcomes, language: Language) -> tuple[Cell, ...]:
    name = sections.process_name(result, group.id, language) or tr("All processes", language)
    return name, *(n for _, n in group.counts)


def _trend(result: AuditResult, before: Before, language: Language) -> Part:
    found = trend(result, before)
    head = (tr("Rule", language), tr("Demand", language), tr("before", language), tr("now", language))
    rows = tuple(
        (
            change.now.rule.id, change.now.rule.title.in_(language), _told(change.before, language), _told(change.now, language),
        )
        for change in (*found.outcomes, *found.shares)
    )  # fmt: skip
    day = moment_text(found.as_of, zone_of(result.zone))
    lead = "" if rows else tr("Every rule that can be compared came out as before.", language)
    return Part(
        tr("Since the audit of {day}", language, day=day), lead=lead, tables=(Table(head, rows),) if rows else ()
    )


def _told(entry: RuleBefore | RuleResult, language: Language) -> str:
    share = f" {percent_text(entry.failed, entry.in_scope)}" if entry.failed else ""
    return f"{outcome_text(entry.outcome, language)}{share}"


def _levels(result: AuditResult, language: Language) -> Part:
    parts = []
    for clock in levels(result):
        head = (tr("Service", language), tr("Month", language), tr("Agreed", language), tr("in time", language), tr("judged", language), tr("not testable", language))  # fmt: skip
        lines = [(one.service, level) for one in clock.services for level in (one.whole, *one.months) if level.judged]
        whole = tuple(_level(result, service, level, language) for service, level in lines)
        short = [number for number, (_, level) in enumerate(lines) if not level.month]
        table = Table(head, tuple(whole[n] for n in short), (2, 3, 4, 5), tuple(_STANDINGS.get(lines[n][1].standing, "") for n in short), whole=whole)  # fmt: skip
        if whole:
            parts.append(Part(sections.clock_name(result, clock.clock, language), tables=(table,)))
    return Part(tr("Service levels", language), parts=tuple(parts))


def _level(result: AuditResult, service: str, level: Level, language: Language) -> tuple[Cell, ...]:
    name = sections.name_of(result, service, language) if service else tr("no service", language)
    agreed = "–" if level.agreed is None else f"{level.agreed:g}%"
    share = reached_text(level.met, level.judged, level.not_testable)
    return name, level.month or tr("Period", language), agreed, share, level.judged, level.not_testable


def _rules(result: AuditResult, language: Language) -> Part:
    head = (tr("Rule", language), tr("Demand", language), tr("Severity", language), tr("Outcome", language), tr("failed", language), tr("in scope", language),
            tr("not testable", language), tr("Clauses", language))  # fmt: skip
    entries = sections.worst_first(result.rules)
    rows = tuple(
        (
            entry.rule.id, entry.rule.title.in_(language), severity_text(entry.rule.severity, language), outcome_text(entry.outcome, language),
            entry.failed, entry.in_scope, entry.not_testable, tr("; ", language).join(clause_text(clause) for clause in entry.rule.clauses),
        )
        for entry in entries
    )  # fmt: skip
    table = Table(head, rows, (4, 5, 6), tuple(_LOOKS.get(entry.outcome, "") for entry in entries))
    return Part(tr("Rules", language), tables=(table,) if rows else ())


def _examples(result: AuditResult, language: Language) -> Part:
    """Some records of each rule that fails, with why and what to do."""
    zone = zone_of(result.zone)
    head = (tr("record", language), tr("observed", language), tr("expected", language), tr("at", language))
    parts = []
    for entry in tally.with_outcome(result.rules, "fail"):
        rows = tuple(
            (
                one.record_id, *(local_moments(phrase_text(told, language), zone) for told in (one.observed, one.expected)),
                "" if one.at is None else moment_text(one.at, zone),
            )
            for one in entry.samples
        )  # fmt: skip
        said = [entry.rule.rationale.in_(language), entry.rule.remedy.in_(language)]
        lead = tr("{n} of {total} failed", language, n=number_text(entry.failed), total=number_text(entry.in_scope))
        tables = (Table(head, rows),) if rows else ()
        title = f"{entry.rule.id} {entry.rule.title.in_(language)}"
        parts.append(Part(title, lead=lead, paragraphs=tuple(text for text in said if text), tables=tables))
    return Part(tr("Rules that fail", language), parts=tuple(parts))


def _waived(result: AuditResult, language: Language) -> Part:
    points = tuple(
        f"{use.waiver.rule} · {use.waiver.id}{tr(': ', language)}{deviations.waiver_text(use, result, language)}"
        for use in deviations.told(result)
    )
    return Part(tr("Waived", language), points=points)


def _untested(result: AuditResult, language: Language) -> Part:
    entries = [entry for entry in result.rules if entry.outcome == "not_testable"]
    head = (tr("Rule", language), tr("Demand", language), tr("Why not", language), tr("What would help", language))
    rows = tuple(
        (entry.rule.id, entry.rule.title.in_(language), reason, remedy)
        for entry in entries
        for reason, remedy in tally.reasons(entry, language)
    )
    wanted = wanted_columns(blind_spots((*result.rules, *result.enquiries)))
    columns = (tr("Column", language), tr("rules by this alone", language), tr("with other columns", language))
    lines = tuple((_wanted(one.column, one.history, language), len(one.alone), len(one.with_others)) for one in wanted)
    tables = (Table(head, rows),) if rows else ()
    parts = (Part(tr("What to export next", language), tables=(Table(columns, lines, (1, 2)),)),) if lines else ()
    return Part(tr("What could not be tested, and why", language), tables=tables, parts=parts)


def _wanted(column: str, history: bool, language: Language) -> str:
    name = column_text(column, language)
    return tr("history of {column}", language, column=name) if history else name


def _enquiries(result: AuditResult, language: Language) -> Part:
    head = (tr("Rule", language), tr("Question", language), tr("Outcome", language), tr("records to ask about", language), tr("in scope", language))  # fmt: skip
    rows = tuple(
        (
            entry.rule.id,
            entry.rule.title.in_(language),
            outcome_text(tally.told_outcome(entry.rule, entry.outcome), language),
            entry.failed,
            entry.in_scope,
        )
        for entry in result.enquiries
    )
    lead = tr("These are questions, not verdicts. They look at patterns of behaviour, which often have a good reason: ask before you judge. Nobody is named here.", language)  # fmt: skip
    return Part(tr("Enquiries", language), lead=lead, tables=(Table(head, rows, (3, 4)),)) if rows else Part("")


def _export(result: AuditResult, language: Language) -> Part:
    head = (
        tr("File", language),
        tr("rows read", language),
        tr("imported", language),
        tr("rejected", language),
        "SHA-256",
    )
    rows = tuple((one.name, one.rows_read, one.rows_imported, one.rows_rejected, one.sha256) for one in result.dataset.sources)  # fmt: skip
    facts = result.dataset
    points = tuple(f"{phrase_text(message, language)} [{code}]" for code, message in facts.warnings)
    parts = (
        Part(tr("Gaps in the ticket numbers", language), points=tuple(gap_texts(facts.gaps, facts.number_gaps, language))),
        Part(tr("Personal data", language), points=tuple(personal_text(one, language) for one in facts.personal)),
    )  # fmt: skip
    tables = (Table(head, rows, (1, 2, 3)),) if rows else ()
    return Part(tr("How honest is the export?", language), points=points, tables=tables, parts=tuple(part for part in parts if not part.empty))  # fmt: skip

"""The audit for a terminal: counts first, then what fails, then what could not be tested, in 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.language import (
    Language,
    column_text,
    moment_text,
    number_text,
    severity_text,
    tr,
    trn,
    zone_of,
)
from itsmctl.reports import deviations
from itsmctl.reports.attained import attained
from itsmctl.reports.phrases import phrase_text
from itsmctl.reports.plain import cells, cut, fit, right, shown, wrap
from itsmctl.reports.rejects import reject_lines
from itsmctl.reports.tally import (
    SYMBOLS,
    by_severity,
    caveat,
    default_text,
    definitions_text,
    headline,
    period_text,
    rate_text,
    reasons,
    small_groups,
    title_text,
    with_outcome,
    zone_text,
)
from itsmctl.reports.trend import Before
from itsmctl.reports.trend_text import trend_lines
from itsmctl.result import AuditResult, RuleResult

_COLORS = {"fail": "31", "not_testable": "33", "pass": "32", "head": "1", "dim": "2"}


def render(
    result: AuditResult,
    language: Language = "en",
    width: int = 80,
    color: bool = False,
    before: Before | None = None,
) -> str:
    """The summary of an audit in so many columns, ending in a newline; with what has changed since an audit `before`."""
    lines = [*_head(result, language, width, color)]
    if before:
        lines += ["", *(_paint(line, role, color) for line, role in trend_lines(result, before, language, width))]
    lines += _attained(result, language, width, color)
    lines += _failing(result, language, width, color)
    lines += _known(result, language, width, color)
    lines += _waived(result, language, width, color)
    lines += _untested(result, language, width, color)
    lines += _enquiries(result, language, width, color)
    lines += _rest(result, language, width, color)
    lines += _honesty(result, language, width, color)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _paint(text: str, role: str, color: bool) -> str:
    return f"\x1b[{_COLORS[role]}m{text}\x1b[0m" if color and role in _COLORS else text


def _head(result: AuditResult, language: Language, width: int, color: bool) -> Iterator[str]:
    zone = zone_of(result.zone)
    for line in wrap(shown(title_text(result, language)), width):
        yield _paint(line, "head", color)
    for line in wrap(headline(result, language), width):
        yield _paint(line, "fail" if with_outcome(result.rules, "fail") else "head", color)
    yield ""
    facts = [
        trn("{n} record", "{n} records", result.dataset.records, language),
        trn("{n} change of a field", "{n} changes of fields", result.dataset.events, language),
        trn("{n} rule", "{n} rules", len(result.rules), language),
    ]
    yield " · ".join(facts)
    for outcome, words in (
        ("fail", tr("fail", language)),
        ("not_testable", tr("could not be tested", language)),
        ("no_data", tr("had no record in scope", language)),
        ("pass", tr("pass", language)),
    ):
        rules = [entry for entry in result.rules if entry.outcome == outcome]
        severities = tr(", ", language).join(
            f"{number_text(n)} {severity_text(severity, language)}" for severity, n in by_severity(rules)
        )
        detail = f"  ({severities})" if outcome == "fail" and rules else ""
        line = f"  {SYMBOLS[outcome]} {right(number_text(len(rules)), 4)} {words}{detail}"
        yield _paint(line, outcome, color and bool(rules))
    yield ""
    for label, value in (
        (tr("Judged as of", language), f"{moment_text(result.as_of, zone)} {zone.key}"),
        (tr("Period", language), period_text(result, language)),
        (tr("Days and months in", language), zone_text(result, language)),
        (tr("Definitions", language), definitions_text(result, language)),
    ):
        yield from _labelled(label, value, width)
    if result.chosen_by_default:
        names = tr("; ", language).join(default_text(name, language) for name in result.chosen_by_default)
        yield from _labelled(tr("Not named, so chosen", language), names, width)


def _labelled(label: str, value: str, width: int) -> Iterator[str]:
    """`label  value`, the value wrapped under itself."""
    margin = 22
    for number, line in enumerate(wrap(shown(value), width - margin)):
        yield fit("" if number else label, margin) + line


def _heading(text: str, color: bool) -> list[str]:
    return ["", _paint(text, "head", color)]


def _attained(result: AuditResult, language: Language, width: int, color: bool) -> Iterator[str]:
    lines = attained(result, language, width)
    if lines:
        yield from _heading(tr("Service levels by month", language), color)
    for line, below in lines:
        yield _paint(line, "fail" if below else "", color)


def _failing(result: AuditResult, language: Language, width: int, color: bool) -> Iterator[str]:
    rules = with_outcome(result.rules, "fail")
    if not rules:
        return
    yield from _heading(tr("Rules that fail", language), color)
    yield from _table(rules, language, width, color)


def _table(rules: tuple[RuleResult, ...], language: Language, width: int, color: bool) -> Iterator[str]:
    """rule, severity, failed, in scope, per cent, title: numbers to the right, the title takes what is left."""
    head = [tr("rule", language), tr("severity", language), tr("failed", language), tr("in scope", language), "%"]
    rows = [
        [
            entry.rule.id,
            severity_text(entry.rule.severity, language),
            number_text(entry.failed),
            number_text(entry.in_scope),
            rate_text(entry),
        ]
        for entry in rules
    ]
    widths = [max(cells(row[index]) for row in [head, *rows]) for index in range(5)]
    left = sum(widths) + 4 * 2 + 4
    titles = [tr("title", language)] + [_title(entry, language) for entry in rules]
    for number, (row, title) in enumerate(zip([head, *rows], titles, strict=True)):
        line_cells = [
            fit(cell, size) if index < 2 else right(cell, size)
            for index, (cell, size) in enumerate(zip(row, widths, strict=True))
        ]
        mark = SYMBOLS[rules[number - 1].outcome] if number else " "
        first, *more = wrap(title, width - left) or [""]
        line = f"{mark} " + "  ".join(line_cells) + "  " + first
        yield _paint(line, rules[number - 1].outcome if number else "dim", color)
        yield from (" " * left + rest for rest in more)


def _title(entry: RuleResult, language: Language) -> str:
    title = shown(entry.rule.title.in_(language))
    notes = [note for note in (deviations.known_text(entry, language), small_groups(entry, language)) if note]
    return tr("{rule} ({note})", language, rule=title, note=tr("; ", language).join(notes)) if notes else title


def _waived(result: AuditResult, language: Language, width: int, color: bool) -> Iterator[str]:
    uses = deviations.told(result)
    if uses:
        yield from _heading(tr("Waived", language), color)
    for use in uses:
        yield from wrap(f"{SYMBOLS['waived']} {fit(use.waiver.rule, 8)} {shown(use.waiver.id)}", width)
        yield from wrap(shown(deviations.waiver_text(use, result, language)), width, " " * 11)
        for problem in deviations.problem_texts(use, language):
            yield from wrap(f"! {shown(problem)}", width, " " * 11)


def _known(result: AuditResult, language: Language, width: int, color: bool) -> Iterator[str]:
    use = result.baseline
    if use is None:
        return
    yield from _heading(tr("Known before", language), color)
    yield from wrap(f"{SYMBOLS['known']} {shown(use.baseline.id)}", width)
    yield from wrap(shown(deviations.baseline_text(use, result, language)), width, " " * 11)
    for problem in deviations.problem_texts(use, language):
        yield from wrap(f"! {shown(problem)}", width, " " * 11)


def _untested(result: AuditResult, language: Language, width: int, color: bool) -> Iterator[str]:
    rules = with_outcome(result.rules, "not_testable")
    if not rules:
        return
    yield from _heading(tr("Could not be tested, and why", language), color)
    same: dict[tuple[tuple[str, str], ...], list[RuleResult]] = {}
    for entry in rules:
        same.setdefault(tuple(reasons(entry, language)), []).append(entry)
    for told, entries in same.items():
        for entry in entries:
            title = shown(entry.rule.title.in_(language))
            yield _paint(
                cut(f"{SYMBOLS['not_testable']} {fit(entry.rule.id, 8)} {title}", width), "not_testable", color
            )
        for reason, remedy in told:
            yield from wrap(shown(reason), width, " " * 11)
            yield from wrap(f"→ {remedy}", width, " " * 11) if remedy else ()


def _enquiries(result: AuditResult, language: Language, width: int, color: bool) -> Iterator[str]:
    asked = [entry for entry in result.enquiries if entry.failed or entry.outcome == "not_testable"]
    if not asked:
        return
    yield from _heading(tr("Enquiries: questions to ask, not verdicts", language), color)
    for entry in asked:
        title = shown(entry.rule.title.in_(language))
        found = tr("{n} of {total}", language, n=number_text(entry.failed), total=number_text(entry.in_scope))
        if not entry.failed:
            found = "; ".join(reason for reason, _ in reasons(entry, language))
        mark = " " if entry.failed else SYMBOLS["not_testable"]
        lines = wrap(f"{title}{tr(': ', language)}{shown(found)}", width - 11)
        start = fit(f"{mark} {entry.rule.id}", 11)
        yield from ((" " * 11 if number else start) + line for number, line in enumerate(lines))


def _rest(result: AuditResult, language: Language, width: int, color: bool) -> Iterator[str]:
    passed = sorted((entry for entry in result.rules if entry.outcome == "pass"), key=lambda entry: entry.rule.id)
    empty = sorted((entry for entry in result.rules if entry.outcome == "no_data"), key=lambda entry: entry.rule.id)
    if passed:
        names = [_with_caveat(entry, language) for entry in passed]
        yield from _heading(tr("Pass", language), color)
        yield from wrap(f"{SYMBOLS['pass']} " + tr(", ", language).join(names), width)
    if empty:
        yield from _heading(tr("No data: no record was in scope", language), color)
        yield from wrap(f"{SYMBOLS['no_data']} " + tr(", ", language).join(entry.rule.id for entry in empty), width)


def _with_caveat(entry: RuleResult, language: Language) -> str:
    note = caveat(entry, language)
    return tr("{rule} ({note})", language, rule=entry.rule.id, note=note) if note else entry.rule.id


def _honesty(result: AuditResult, language: Language, width: int, color: bool) -> Iterator[str]:
    facts = result.dataset
    if not (facts.warnings or facts.rejects or facts.missing_columns):
        return
    yield from _heading(tr("About the export", language), color)
    if facts.rejects:
        yield "! " + trn("{n} value or row was set aside", "{n} values or rows were set aside", facts.rejects, language)
        for line in reject_lines(facts.set_aside, language):
            yield from (f"  {'-' if not number else ' '} {part}" for number, part in enumerate(wrap(line, width - 4)))
    for code, message in facts.warnings:
        lines = wrap(f"{shown(phrase_text(message, language))} [{code}]", width - 2)
        yield from (f"{'!' if not number else ' '} {line}" for number, line in enumerate(lines))
    if facts.missing_columns and "missing-columns" not in dict(facts.warnings):
        names = tr(", ", language).join(column_text(name, language) for name in facts.missing_columns)
        yield from wrap("! " + tr("Not in the export: {columns}", language, columns=names), width)

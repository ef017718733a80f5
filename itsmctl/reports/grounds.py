"""What a failing verdict rests on, as labelled lines for a terminal and a page, and as plain values."""

from __future__ import annotations

from itsmctl.language import Language, number_text, tr, trn
from itsmctl.reports import demands, tally
from itsmctl.reports.pages import clause_text
from itsmctl.reports.phrases import phrase_text
from itsmctl.result import Applied, Explanation, ExportRow, Ground

MOST_ROWS = 10
"""Rows that a person reads; JSON has all of them."""


def ground_title(ground: Ground, language: Language) -> str:
    """The rule, what it demands, and in which version."""
    rule = ground.rule
    title = rule.title.in_(language)
    return tr("{rule} {title} (version {n})", language, rule=rule.id, title=title, n=rule.version)


def ground_lines(ground: Ground, language: Language) -> list[tuple[str, str]]:
    """Each thing that the verdict rests on: its label, and what it is."""
    verdict = ground.verdict
    lines = [
        (tr("Observed", language), phrase_text(verdict.observed, language)),
        (tr("Expected", language), phrase_text(verdict.expected, language)),
    ]
    return [(label, text) for label, text in lines if text] + basis_lines(ground, language)


def basis_lines(ground: Ground, language: Language) -> list[tuple[str, str]]:
    """The same without what was observed and expected, for a page that says so already."""
    clauses = tr("; ", language).join(clause_text(clause) for clause in ground.rule.clauses)
    lines = [
        *((tr("Applied", language), applied_text(applied)) for applied in ground.applied),
        (tr("Rows", language), _rows_text(ground.rows, language)),
        (tr("Clauses", language), clauses),
    ]
    return [(label, text) for label, text in lines if text]


def applied_text(applied: Applied) -> str:
    """A parameter with its place: `most: 3 [policies/rules/incident.yaml:281]`."""
    place = f"{applied.where.file}:{applied.where.line}" if applied.where.line else applied.where.file
    value = demands.value_text(applied.value)
    return f"{applied.name}: {value} [{place}]" if place else f"{applied.name}: {value}"


def judged_by_line(explanation: Explanation, language: Language) -> str:
    """Which version of the definitions judged."""
    facts = explanation.judged_by
    if facts is None:
        return ""
    told = tally.judged_by_text(facts, language)
    return tr("Judged by {definitions}, SHA-256 {digest}", language, definitions=told, digest=facts.digest[:16])


def _rows_text(rows: tuple[ExportRow, ...], language: Language) -> str:
    shown = [
        tr("{record} ({file}, row {row})", language, record=one.record_id, file=one.file, row=one.row)
        for one in rows[:MOST_ROWS]
    ]
    text = tr(", ", language).join(shown)
    if len(rows) == 1:
        return text
    count = trn("{n} record", "{n} records", len(rows), language)
    more = len(rows) - len(shown)
    rest = tr("{n} more, all of them with --format json", language, n=number_text(more)) if more else ""
    return f"{count}{tr(': ', language)}{tr('; ', language).join(p for p in (text, rest) if p)}" if rows else ""


def ground_document(ground: Ground) -> dict[str, object]:
    """A ground as plain values, with every row."""
    return {
        "rule": ground.rule.id,
        "version": ground.rule.version,
        "meaning": ground.rule.meaning,
        "clauses": list(ground.rule.clauses),
        "record_id": ground.verdict.record_id,
        "observed": ground.verdict.observed,
        "expected": ground.verdict.expected,
        "applied": [
            {
                "name": one.name,
                "value": demands.value_text(one.value),
                "file": one.where.file,
                "line": one.where.line,
            }
            for one in ground.applied
        ],
        "rows": [{"record_id": one.record_id, "file": one.file, "row": one.row} for one in ground.rows],
    }

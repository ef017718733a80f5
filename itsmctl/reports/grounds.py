"""What a failing verdict rests on, as labelled lines for a terminal and a page, and as plain values."""

from __future__ import annotations

from itsmctl.language import Language, column_text, iso, local_moments, number_text, tr, trn, zone_of
from itsmctl.model import APPROVAL, Names
from itsmctl.reports import demands, tally
from itsmctl.reports.called import value_text
from itsmctl.reports.clauses import clause_text
from itsmctl.reports.phrases import phrase_text
from itsmctl.result import Applied, Explanation, ExportRow, Ground, Moment

MOST_ROWS = 10
"""Rows that a person reads; JSON has all of them."""


def ground_title(ground: Ground, language: Language) -> str:
    """The rule, what it demands, and in which version."""
    rule = ground.rule
    title = rule.title.in_(language)
    return tr("{rule} {title} (version {n})", language, rule=rule.id, title=title, n=rule.version)


def ground_lines(ground: Ground, names: Names, language: Language, zone: str) -> list[tuple[str, str]]:
    """Each thing that the verdict rests on: its label, and what it is, with moments on the clocks of the zone."""
    verdict = ground.verdict
    lines = [
        (tr("Observed", language), phrase_text(verdict.observed, language)),
        (tr("Expected", language), phrase_text(verdict.expected, language)),
    ]
    rests = basis_lines(ground, language)
    if ground.values:
        rests.insert(0, (tr("Values", language), _values_text(ground, names, language)))
    if ground.changes:
        rests.insert(len(rests) - 1, (tr("Changes", language), _changes_text(ground, names, language)))
    every = [(label, text) for label, text in lines if text] + rests
    return [(label, local_moments(text, zone_of(zone))) for label, text in every]


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


def _values_text(ground: Ground, names: Names, language: Language) -> str:
    """Each column that was looked at with what stands in it."""
    told = (
        f"{column_text(column, language)}{tr(': ', language)}{_shown(ground, names, column, value, language)}"
        for column, value in ground.values.items()
    )
    return tr("; ", language).join(told)


def _shown(ground: Ground, names: Names, column: str, value: str, language: Language) -> str:
    called = value_text(names, ground.rule.process, column, value, language)
    return phrase_text(value, language) if called == value and value else called or "–"


def _changes_text(ground: Ground, names: Names, language: Language) -> str:
    """Each change that was looked at, with its row: the last ones, where there are many."""
    changes = ground.changes
    shown = [_change_text(one, ground, names, language) for one in changes[-MOST_ROWS:]]
    text = tr("; ", language).join(shown)
    more = len(changes) - len(shown)
    if not more:
        return text
    before = tr("{n} earlier, all of them with --format json", language, n=number_text(more))
    return f"{before}{tr('; ', language)}{text}"


def _change_text(one: Moment, ground: Ground, names: Names, language: Language) -> str:
    """When it was, what it was, whose it was, and where it stands."""
    if one.field == APPROVAL:
        decided = _shown(ground, names, one.field, one.new, language)
        what = tr("{approver}: {decision}", language, approver=one.actor, decision=decided)
    else:
        old, new = (_shown(ground, names, one.field, value, language) for value in (one.old, one.new))
        what = f"{column_text(one.field, language)}{tr(': ', language)}{old} → {new}"
        if one.actor:
            what = tr("{what} by {actor}", language, what=what, actor=one.actor)
    what = f"{iso(one.at)} {what}"
    return tr("{what} ({file}, row {row})", language, what=what, file=one.file, row=one.row) if one.file else what


def ground_document(ground: Ground) -> dict[str, object]:
    """A ground as plain values, with every row."""
    return {
        "rule": ground.rule.id,
        "version": ground.rule.version,
        "meaning": ground.rule.meaning,
        "enquiry": ground.rule.enquiry,
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
        "values": dict(ground.values),
        "changes": [
            {
                "at": iso(one.at),
                "actor": one.actor,
                "field": one.field,
                "old": one.old,
                "new": one.new,
                "file": one.file,
                "row": one.row,
            }
            for one in ground.changes
        ],
    }

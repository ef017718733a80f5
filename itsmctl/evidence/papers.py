"""Working papers as workbooks: a sheet for each rule with its findings, and a sheet for each clause, with room for the auditor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from itsmctl import __version__
from itsmctl.evidence.reading import COUNTS, Judged, JudgedRule
from itsmctl.evidence.statement.told import ClauseWords, FrameworkWords, RuleWords, StatementWords
from itsmctl.language import Language, msg, outcome_text, reason_text, severity_text, tr
from itsmctl.model import Clause, Definitions
from itsmctl.reports.phrases import phrase_text
from itsmctl.reports.plain import shown
from itsmctl.reports.workbooks import LONGEST_CELL, Book, Cell
from itsmctl.result import ExportRow, Verdict
from itsmctl.sampling.answers import COLUMN_NAMES

Found = tuple[Verdict, ExportRow | None]
MOST_FINDINGS = 20_000
"""Findings in one workbook; more make it slow to open, and nobody reads them there."""
_ROOM = (("examiner", 16), ("date", 12), ("remark", 40))
"""Columns that the auditor fills in."""
_FINDING = (
    (msg("Record"), 22), (msg("Source file"), 22), (msg("Source row"), 12), (msg("Observed"), 44), (msg("Expected"), 44), (msg("At"), 20), (msg("Reason"), 30),
    (msg("Waiver"), 20), (msg("Baseline"), 16),
)  # fmt: skip
_COUNT_NAMES: Mapping[str, str] = {
    "in_scope": msg("In scope"),
    "passed": msg("Passed"),
    "failed": msg("Failed"),
    "not_testable": msg("Not testable"),
    "waived": msg("Waived"),
    "not_applicable": msg("Not in scope"),
}


def share(rules: Sequence[JudgedRule]) -> int:
    """How many findings of each rule a workbook holds."""
    failing = sum(rule.found > 0 for rule in rules)
    return max(100, MOST_FINDINGS // max(failing, 1))


def rules_book(
    definitions: Definitions, judged: Judged, words: StatementWords, found: Mapping[str, Sequence[Found]]
) -> bytes:
    """The rules with their counts, and a sheet for each that has findings: those are `found`, by rule, with their rows of the export."""
    language = words.language
    book = Book(words.audit, f"itsmctl {__version__}")
    _facts(book, words)
    columns = [
        (tr("Rule", language), 12), (tr("Title", language), 44), (tr("Severity", language), 14),
        (tr("Outcome", language), 14), *((tr(text, language), 12) for text in _COUNT_NAMES.values()),
        (tr("Tolerated", language), 12), (tr("Clauses", language), 40), (tr("Where", language), 40), *_room(language),
    ]  # fmt: skip
    book.sheet(tr("Rules", language), columns, [_rule(definitions, rule, language) for rule in judged.rules])
    for rule in judged.rules:
        if rule.id in found:
            _findings(book, rule, found[rule.id], language)
    return book.finish()


def clauses_book(definitions: Definitions, words: StatementWords) -> bytes:
    """The clauses with their strength, and a sheet for each clause of the framework that the system is built on."""
    language = words.language
    book = Book(words.audit, f"itsmctl {__version__}")
    _facts(book, words)
    columns = [
        (tr("Framework", language), 16), (tr("Clause", language), 12), (tr("Title", language), 44),
        (tr("Strength", language), 14), (tr("Outcome", language), 20), (tr("Definitions", language), 12),
        (tr("Rules", language), 12), (tr("Registers", language), 12), (tr("Open nonconformities", language), 12),
        (tr("Not evidenced", language), 60), *_room(language),
    ]  # fmt: skip
    every = [(framework, clause) for framework in words.frameworks for clause in framework.clauses]
    book.sheet(tr("Clauses", language), columns, [_overview(framework, clause) for framework, clause in every])
    for framework in words.frameworks[:1]:
        requirements = definitions.frameworks[framework.id].requirements
        for clause in framework.clauses:
            _clause(book, clause, requirements[clause.number], language)
    return book.finish()


def _facts(book: Book, words: StatementWords) -> None:
    language = words.language
    lines = [*words.facts, *(("", text) for text in words.principles)]
    book.sheet(tr("Audit", language), [(tr("What", language), 24), (words.audit, 100)], lines)


def _room(language: Language) -> list[tuple[str, int]]:
    return [(tr(COLUMN_NAMES[name], language), width) for name, width in _ROOM]


def _rule(definitions: Definitions, result: JudgedRule, language: Language) -> list[Cell]:
    rule = definitions.rules[result.id]
    return [
        rule.id, _cell(rule.title.in_(language)), severity_text(result.severity, language),
        outcome_text(result.outcome, language), *(result.counts[name] for name in COUNTS), result.allowed_failures,
        _cell(", ".join(result.clauses)), f"{rule.where.file}:{rule.where.line}", *[None] * len(_ROOM),
    ]  # fmt: skip


def _findings(book: Book, rule: JudgedRule, found: Sequence[Found], language: Language) -> None:
    columns = [*((tr(text, language), width) for text, width in _FINDING), *_room(language)]
    book.sheet(rule.id, columns, _lines(rule, found, language))


def _lines(rule: JudgedRule, found: Sequence[Found], language: Language) -> Iterator[list[Cell]]:
    for verdict, row in found:
        yield [
            _cell(verdict.record_id), _cell(row.file) if row else None, row.row if row else None, _cell(phrase_text(verdict.observed, language)),
            _cell(phrase_text(verdict.expected, language)),
            None if verdict.at is None else datetime.fromtimestamp(verdict.at, UTC),
            _cell(reason_text(verdict.reason, language)) if verdict.reason else None, _cell(verdict.waiver), _cell(verdict.baseline),
            *[None] * len(_ROOM),
        ]  # fmt: skip
    left_out = rule.found - len(found)
    if left_out > 0:
        text = tr("{n} more findings are in tables/findings.parquet and result/findings.csv", language, n=left_out)
        yield [text, *[None] * (len(_FINDING) - 1 + len(_ROOM))]


def _overview(framework: FrameworkWords, clause: ClauseWords) -> list[Cell]:
    return [
        framework.id, clause.number, _cell(clause.title), clause.strength, clause.outcome, len(clause.defined),
        len(clause.rules), len(clause.records), len(clause.open), _cell("\n".join(clause.lacking)), *[None] * len(_ROOM),
    ]  # fmt: skip


def _clause(book: Book, words: ClauseWords, clause: Clause, language: Language) -> None:
    columns = [
        (tr("What", language), 22), (tr("Id", language), 24), (tr("Title", language), 60), (tr("Where", language), 40),
        (tr("Version", language), 26), (tr("Outcome", language), 16), (tr("Records", language), 40), *_room(language),
    ]  # fmt: skip
    lines = [[*line, *[None] * (7 - len(line) + len(_ROOM))] for line in _about(words, clause, language)]
    book.sheet(words.number, columns, lines)


def _about(words: ClauseWords, clause: Clause, language: Language) -> Iterator[list[Cell]]:
    """What is asked, what answers it, and what does not, one line each."""
    yield [tr("Clause", language), words.number, _cell(words.title), None, None, _cell(words.strength), words.outcome]
    for objective in clause.objectives:
        yield [tr("What it is after", language), objective.id, _cell(objective.text.in_(language))]
    for wanted in clause.evidence:
        yield [tr("Evidence wanted", language), None, _cell(wanted.in_(language))]
    for head, definitions in (("Defined", words.defined), ("Recorded", words.records)):
        for one in definitions:
            yield [tr(head, language), f"{one.kind} {one.id}", _cell(one.title), one.place, one.version]
    for head, rules in (("Tested", words.rules), ("Enquiries, no verdict", words.enquiries)):
        for rule in rules:
            yield _rule_line(tr(head, language), rule)
    for text in words.open:
        yield [tr("Open nonconformities", language), None, _cell(text)]
    for text in words.lacking:
        yield [tr("Not evidenced", language), None, _cell(text)]


def _rule_line(head: str, rule: RuleWords) -> list[Cell]:
    records = f"{rule.population}. {rule.why}" if rule.why else rule.population
    return [head, rule.id, _cell(rule.title), rule.severity, f"v{rule.version}", rule.outcome, _cell(records)]


def _cell(text: str) -> str:
    """A text that a cell can hold and that looks like what it is."""
    if len(text) <= LONGEST_CELL // 4 and text.isprintable():
        return text
    return "\n".join(shown(line, LONGEST_CELL // 4) for line in text.split("\n"))

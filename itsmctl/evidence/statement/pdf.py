"""The statement for printing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from itsmctl.evidence.statement.told import ClauseWords, DefinitionWords, FrameworkWords, RuleWords, StatementWords
from itsmctl.language import Language, tr
from itsmctl.reports.plain import shown
from itsmctl.reports.printing import Paragraph, Table, printed, run, text
from itsmctl.reports.tally import SYMBOLS
from itsmctl.reports.typesetting import Run

_COLORS = {
    "fail": "#b3401a", "none": "#b3401a", "not_testable": "#7d5c00", "partial": "#7d5c00", "pass": "#17708c",
    "strong": "#17708c", "no_data": "#66707b", "attested": "#66707b",
}  # fmt: skip
_SYMBOL = re.compile(r"^[^\w(“]+ ")
"""The sign in front of a strength or an outcome: neither font has it, and the word says the same."""

_SIGNS = re.compile(rf"[{re.escape(''.join(SYMBOLS.values()))}] ")


def pdf(words: StatementWords) -> bytes:
    """The bytes of the document: every framework in short, the first one clause by clause and by process."""
    heading = tr("Statement, clause by clause", words.language)
    foot = f"{shown(words.audit, 60)} · {heading}"
    return printed(f"{heading}: {shown(words.audit)}", foot, _story(words), words.language)


def _story(words: StatementWords) -> Iterator[Paragraph | Table]:
    language = words.language
    yield text(words.audit, "soft")
    yield text(tr("Statement, clause by clause", language), "title")
    yield Table([[text(name, "soft"), text(value)] for name, value in words.facts], (110, 371))
    for principle in words.principles:
        yield text(principle, "small")
    for number, framework in enumerate(words.frameworks):
        yield from _framework(framework, language, full=number == 0)


def _framework(framework: FrameworkWords, language: Language, *, full: bool) -> Iterator[Paragraph | Table]:
    yield text(f"{framework.title} · {framework.version}", "h1")
    yield text(" · ".join(f"{_word(strength)} {n}" for _, strength, n in framework.counts))
    if not full:
        yield text(tr("In full, clause by clause, in statement.html.", language), "small")
    yield _overview(framework, language)
    if full:
        for clause in framework.clauses:
            yield from _clause(clause, language)
        yield text(tr("By process", language), "h1")
        yield text(tr("What is each process's own; the strength is that of this part alone.", language), "small")
        for process in framework.processes:
            yield text(f"{process.title} ({process.id} {process.version})", "h2")
            yield text(f"{process.place} · {_SIGNS.sub('', process.outcomes)}", "small")
            for told in process.open:
                yield text(f"{tr('Open nonconformities', language)}: {told}", "small")
            yield _parts(process.clauses, language)
    if framework.attribution:
        yield text(framework.attribution, "small")


def _overview(framework: FrameworkWords, language: Language) -> Table:
    heads = ["clause", "", "strength", "last result", "definitions", "rules", "registers", "still open"]
    rows = [[text(tr(head, language) if head else "", "soft") for head in heads]]
    for clause in framework.clauses:
        counts = (clause.defined, clause.rules, clause.records, clause.open)
        rows.append(
            [
                text(clause.number),
                text(clause.title),
                _colored(clause.strength, clause.code),
                _colored(clause.outcome, clause.outcome_code),
                *(text(str(len(found) or "-")) for found in counts),
            ]
        )
    return Table(rows, (44, 143, 46, 92, 50, 28, 44, 34), head=True)


def _clause(clause: ClauseWords, language: Language) -> Iterator[Paragraph | Table]:
    yield text(f"{clause.number} {clause.title}", "h2")
    yield text(f"{_word(clause.strength)} · {_word(clause.outcome)}", "small")
    parts = (
        ("Defined", _first(clause.defined, language)),
        ("Tested", [_rule(rule) for rule in clause.rules]),
        ("Enquiries, no verdict", [_rule(rule) for rule in clause.enquiries]),
        ("Recorded", _first(clause.records, language)),
        ("Open nonconformities", [[run(told)] for told in clause.open]),
        ("Not evidenced", [[run(told)] for told in clause.lacking] or [[run("–")]]),
    )
    yield Table([[text(tr(head, language), "soft"), Paragraph(lines)] for head, lines in parts if lines], (90, 391))


MOST_LINES = 8
"""Definitions of one clause that are told on paper; the page for a browser tells them all."""


def _first(found: Sequence[DefinitionWords], language: Language) -> list[list[Run]]:
    """The first of the definitions, and how many more there are."""
    lines = [[_definition(one)] for one in found[:MOST_LINES]]
    if len(found) > MOST_LINES:
        lines.append([run(tr("… and {n} more in statement.html", language, n=len(found) - MOST_LINES))])
    return lines


def _parts(clauses: Sequence[ClauseWords], language: Language) -> Table:
    heads = ["clause", "", "strength", "last result", "rules", "definitions"]
    rows = [[text(tr(head, language) if head else "", "soft") for head in heads]]
    for clause in clauses:
        rules = ", ".join(f"{rule.id} {_word(rule.outcome)}" for rule in clause.rules)
        names = ", ".join(one.id for one in (*clause.defined, *clause.records))
        signs = [_colored(clause.strength, clause.code), _colored(clause.outcome, clause.outcome_code)]
        rows.append([text(clause.number), text(clause.title), *signs, text(rules, "small"), text(names, "small")])
    return Table(rows, (44, 100, 44, 72, 100, 121), head=True)


def _definition(one: DefinitionWords) -> Run:
    version = f"; {one.version}" if one.version else ""
    return run(f"{one.kind} {one.id} {one.title} [{one.place}{version}]")


def _rule(rule: RuleWords) -> list[Run]:
    why = f"; {rule.why}" if rule.why else ""
    return [
        run(f"{rule.id} v{rule.version} {rule.title}: "),
        run(_word(rule.outcome), _COLORS.get(rule.code, "")),
        run(f" ({rule.severity}; {rule.population}{why})"),
    ]


def _word(text: str) -> str:
    return _SYMBOL.sub("", text)


def _colored(words: str, code: str) -> Paragraph:
    return Paragraph([[run(_word(words), _COLORS.get(code, ""))]])

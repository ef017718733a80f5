"""The statement for printing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from itsmctl.evidence.statement.told import ClauseWords, DefinitionWords, FrameworkWords, RuleWords, StatementWords
from itsmctl.language import Language, tr
from itsmctl.reports.plain import shown
from itsmctl.reports.printing import markup, printed, runs, short, table, text
from itsmctl.reports.tally import SYMBOLS

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

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


def _story(words: StatementWords) -> Iterator[Flowable]:
    language = words.language
    yield text(words.audit, "soft")
    yield text(tr("Statement, clause by clause", language), "title")
    yield table([[text(name, "soft"), text(value)] for name, value in words.facts], (110, 371))
    for principle in words.principles:
        yield text(principle, "small")
    for number, framework in enumerate(words.frameworks):
        yield from _framework(framework, language, full=number == 0)


def _framework(framework: FrameworkWords, language: Language, *, full: bool) -> Iterator[Flowable]:
    from reportlab.platypus import CondPageBreak

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
            yield CondPageBreak(110)
            yield text(f"{process.title} ({process.id} {process.version})", "h2")
            yield text(f"{process.place} · {_SIGNS.sub('', process.outcomes)}", "small")
            for told in process.open:
                yield text(f"{tr('Open nonconformities', language)}: {told}", "small")
            yield _parts(process.clauses, language)
    if framework.attribution:
        yield text(framework.attribution, "small")


def _overview(framework: FrameworkWords, language: Language) -> Flowable:
    heads = ["clause", "", "strength", "last result", "definitions", "rules", "registers", "still open"]
    rows: list[list[Flowable | str]] = [[text(tr(head, language) if head else "", "soft") for head in heads]]
    for clause in framework.clauses:
        counts = (clause.defined, clause.rules, clause.records, clause.open)
        rows.append(
            [
                short(clause.number),
                text(clause.title),
                _colored(clause.strength, clause.code),
                _colored(clause.outcome, clause.outcome_code),
                *(str(len(found) or "-") for found in counts),
            ]
        )
    return table(rows, (44, 143, 46, 92, 50, 28, 44, 34), head=True)


def _clause(clause: ClauseWords, language: Language) -> Iterator[Flowable]:
    from reportlab.platypus import CondPageBreak

    yield CondPageBreak(90)
    yield text(f"{clause.number} {clause.title}", "h2")
    yield text(f"{_word(clause.strength)} · {_word(clause.outcome)}", "small")
    parts = (
        ("Defined", _shortened([_definition(one) for one in clause.defined], language)),
        ("Tested", [_rule(rule) for rule in clause.rules]),
        ("Enquiries, no verdict", [_rule(rule) for rule in clause.enquiries]),
        ("Recorded", _shortened([_definition(one) for one in clause.records], language)),
        ("Open nonconformities", [runs(told) for told in clause.open]),
        ("Not evidenced", [runs(told) for told in clause.lacking] or ["–"]),
    )
    rows = [[text(tr(head, language), "soft"), markup("<br/>".join(lines))] for head, lines in parts if lines]
    yield table(rows, (90, 391))


MOST_LINES = 8
"""Definitions of one clause that are told on paper; the page for a browser tells them all."""


def _shortened(lines: Sequence[str], language: Language) -> list[str]:
    kept = list(lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        kept.append(runs(tr("… and {n} more in statement.html", language, n=len(lines) - MOST_LINES)))
    return kept


def _parts(clauses: Sequence[ClauseWords], language: Language) -> Flowable:
    heads = ["clause", "", "strength", "last result", "rules", "definitions"]
    rows: list[list[Flowable | str]] = [[text(tr(head, language) if head else "", "soft") for head in heads]]
    for clause in clauses:
        rules = ", ".join(f"{rule.id} {_word(rule.outcome)}" for rule in clause.rules)
        names = ", ".join(one.id for one in (*clause.defined, *clause.records))
        signs = [_colored(clause.strength, clause.code), _colored(clause.outcome, clause.outcome_code)]
        rows.append([short(clause.number), text(clause.title), *signs, short(rules), short(names)])
    return table(rows, (44, 100, 44, 72, 100, 121), head=True)


def _definition(one: DefinitionWords) -> str:
    version = f"; {one.version}" if one.version else ""
    return runs(f"{one.kind} {one.id} {one.title} [{one.place}{version}]")


def _rule(rule: RuleWords) -> str:
    told = f"{runs(f'{rule.id} v{rule.version} {rule.title}:')} {_color(_word(rule.outcome), rule.code)}"
    why = f"; {rule.why}" if rule.why else ""
    return told + runs(f" ({rule.severity}; {rule.population}{why})")


def _word(text: str) -> str:
    return _SYMBOL.sub("", text)


def _color(text: str, code: str) -> str:
    return f'<font color="{_COLORS[code]}">{runs(text)}</font>' if code in _COLORS else runs(text)


def _colored(text: str, code: str) -> Flowable:
    return markup(_color(_word(text), code))

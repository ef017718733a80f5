"""One clause for a terminal: what it is after, which evidence is wanted, how it is checked, and what there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from itsmctl.coverage import ClauseCoverage, FrameworkCoverage
from itsmctl.language import Language, tr
from itsmctl.model import Clause, Definition, Definitions, within
from itsmctl.reports.coverage_words import CLASSES, kind_text, outcome_text, strength_text
from itsmctl.reports.plain import cells, fit, wrap


def page(
    coverage: FrameworkCoverage,
    reference: str,
    definitions: Definitions,
    language: Language = "en",
    width: int = 80,
    color: bool = False,
) -> str:
    """The clause named, or where it is a heading every clause below it, ending in a newline."""
    number = reference.partition(":")[2]
    pages = [
        "\n".join(_page(clause, definitions, language, min(width, 100), color)) + "\n"
        for clause in coverage.clauses
        if within(clause.clause.number, number)
    ]
    return "\n".join(pages)


def _page(
    coverage: ClauseCoverage, definitions: Definitions, language: Language, width: int, color: bool
) -> Iterator[str]:
    clause = coverage.clause
    framework = definitions.frameworks[coverage.framework]
    yield _bold(f"{clause.number} {clause.title.in_(language)}", color)
    yield f"{framework.title.in_(language)} · {framework.version}"
    yield f"{strength_text(coverage.strength, language)} · {outcome_text(coverage, language)}"
    if clause.news.in_(language):
        yield from wrap(clause.news.in_(language), width)
    yield from _objectives(clause, language, width, color)
    if clause.evidence:
        yield from _heading(tr("Evidence wanted", language), color)
        for text in clause.evidence:
            yield from _bullet("·", text.in_(language), width, 4)
    yield from _ways(coverage, language, width, color)
    yield from _there(coverage, language, width, color)
    if coverage.counterparts:
        yield from _heading(tr("Elsewhere", language), color)
        yield from _listed(coverage.counterparts, definitions, language, width)


def _bold(text: str, color: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if color else text


def _heading(text: str, color: bool) -> list[str]:
    return ["", _bold(text, color)]


def _bullet(mark: str, text: str, width: int, margin: int) -> Iterator[str]:
    """A mark, and the text wrapped beside it."""
    for position, line in enumerate(wrap(text, width - margin)):
        yield ("  " + fit("" if position else mark, margin - 2) + line).rstrip()


def _objectives(clause: Clause, language: Language, width: int, color: bool) -> Iterator[str]:
    if not clause.objectives:
        return
    yield from _heading(tr("What it is after", language), color)
    margin = 4 + max(cells(objective.id) for objective in clause.objectives)
    for objective in clause.objectives:
        news = objective.news.in_(language)
        yield from _bullet(objective.id, objective.text.in_(language) + (f" ({news})" if news else ""), width, margin)


def _ways(coverage: ClauseCoverage, language: Language, width: int, color: bool) -> Iterator[str]:
    if not coverage.clause.checked:
        return
    yield from _heading(tr("How it is checked", language), color)
    margin = 4 + max(cells(tr(CLASSES[way.by], language)) for way in coverage.clause.checked)
    for way in coverage.clause.checked:
        yield from _bullet(tr(CLASSES[way.by], language), way.how.in_(language), width, margin)


def _there(coverage: ClauseCoverage, language: Language, width: int, color: bool) -> Iterator[str]:
    found = coverage.standing
    yield from _heading(tr("What stands for it", language), color)
    for definition in (*found.definitions, *found.registers, *found.rules, *found.enquiries):
        yield from _bullet("·", _line(definition, language), width, 4)
    for kind, named in coverage.gaps:
        template = "a {kind} that names it is missing" if named else "no {kind} is defined"
        yield from _bullet("○", tr(template, language, kind=kind_text(kind, language)), width, 4)
    if not any((found.definitions, found.registers, found.rules, found.enquiries, coverage.gaps)):
        yield f"  {tr('nothing yet', language)}"
    if found.through:
        text = tr("borrowed from {clauses}", language, clauses=tr(", ", language).join(found.through))
        yield from wrap(text, width, "  ")


def _line(definition: Definition, language: Language) -> str:
    return (
        f"{kind_text(definition.kind, language)} {definition.id} {definition.title.in_(language)} [{definition.where}]"
    )


def _listed(references: Sequence[str], definitions: Definitions, language: Language, width: int) -> Iterator[str]:
    for reference in references:
        framework, _, number = reference.partition(":")
        title = definitions.frameworks[framework].requirements[number].title.in_(language)
        yield from _bullet("·", f"{reference} {title}", width, 4)

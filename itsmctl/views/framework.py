"""A framework clause by clause: what each is after, what stands for it, how strong that is, and what came of it."""

from __future__ import annotations

from itsmctl.coverage import STRENGTHS, ClauseCoverage, FrameworkCoverage
from itsmctl.language import Language, tr
from itsmctl.model import Definitions
from itsmctl.reports.coverage_words import CLASSES, kind_text, outcome_text, strength_text
from itsmctl.views.page import Block, Facts, Grid, Page, Points, Section, Words
from itsmctl.views.wording import called, clauses_text


def page(coverage: FrameworkCoverage, definitions: Definitions, language: Language) -> Page:
    """The page of a framework: an overview, then every clause."""
    framework = coverage.framework
    heads = (tr("clause", language), tr("title", language), tr("stands", language), tr("outcome", language))
    rows = tuple(
        (
            f"{framework.id} {one.clause.number}",
            one.clause.title.in_(language),
            strength_text(one.strength, language),
            outcome_text(one, language, short=True),
        )
        for one in coverage.clauses
    )
    counts = tuple((strength_text(strength, language), str(coverage.count(strength))) for strength in STRENGTHS)
    return Page(
        title=f"{framework.title.in_(language)} · {framework.id}",
        subtitle=tr("framework", language) + f" · {framework.version}",
        blocks=(Words(framework.attribution.in_(language)), Facts(counts), Grid(heads, rows)),
        sections=tuple(_clause(one, definitions, language) for one in coverage.clauses),
        source=str(framework.where),
    )


def _clause(coverage: ClauseCoverage, definitions: Definitions, language: Language) -> Section:
    clause = coverage.clause
    blocks: list[Block] = [
        Words(clause.news.in_(language)),
        Points(tuple(f"{o.id}: {o.text.in_(language)}" for o in clause.objectives)),
        Facts(
            (
                (tr("Stands", language), strength_text(coverage.strength, language)),
                (tr("Outcome", language), outcome_text(coverage, language)),
                *_standing(coverage, definitions, language),
                (tr("Missing", language), _gaps(coverage, language)),
                (tr("Evidence wanted", language), tr("; ", language).join(e.in_(language) for e in clause.evidence)),
                (tr("How it is checked", language), _ways(coverage, language)),
                (tr("Elsewhere", language), clauses_text(definitions, coverage.counterparts, language)),
            )
        ),
    ]
    return Section(f"{clause.number} {clause.title.in_(language)}", tuple(blocks))


def _standing(coverage: ClauseCoverage, definitions: Definitions, language: Language) -> tuple[tuple[str, str], ...]:
    """What stands for the clause, by kind."""
    found = coverage.standing
    by_kind: dict[str, list[str]] = {}
    for one in (*found.definitions, *found.registers):
        by_kind.setdefault(one.kind, []).append(called(definitions.of_kind(one.kind), one.id, language))
    rules = tr(", ", language).join(rule.id for rule in (*found.rules, *found.enquiries))
    rows = [(kind_text(kind, language), tr(", ", language).join(names)) for kind, names in by_kind.items()]
    return (*rows, (tr("Rules", language), rules))


def _gaps(coverage: ClauseCoverage, language: Language) -> str:
    return tr("; ", language).join(
        tr("a {kind} that names it" if named else "any {kind}", language, kind=kind_text(kind, language))
        for kind, named in coverage.gaps
    )


def _ways(coverage: ClauseCoverage, language: Language) -> str:
    return tr("; ", language).join(
        f"{tr(CLASSES[way.by], language)}{tr(': ', language)}{way.how.in_(language)}" for way in coverage.clause.checked
    )

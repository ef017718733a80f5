"""An assessment as it was written down: who judged what, when and how, each answer with its evidence, and what was advised."""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.language import Language, tr
from itsmctl.model import Answer, Assessment, Definitions, Evidence
from itsmctl.reports.assessment_words import EFFORTS, HORIZONS, concluded_text
from itsmctl.reports.coverage_words import kind_text
from itsmctl.views.page import Facts, Grid, Page, Section, Words
from itsmctl.views.wording import called, day_text, listed, period_text, sentences


def page(definitions: Definitions, made: Assessment, language: Language) -> Page:
    """The page of an assessment."""
    facts = (
        (tr("Questionnaire", language), called(definitions.questionnaires, made.questionnaire, language)),
        (tr("Period", language), period_text(made.period, language)),
        (tr("Concluded", language), concluded_text(made, language)),
        (tr("Assessors", language), tr(", ", language).join(made.assessors)),
        (tr("Processes", language), listed(definitions.processes, made.processes, language)),
    )
    answers = tuple(_answer(definitions, made, id_, answer, language) for id_, answer in made.answers.items())
    heads = ("", tr("criterion", language), tr("answer", language), tr("evidence", language), tr("given by", language))
    return Page(
        title=f"{made.title.in_(language)} · {made.id}",
        subtitle=tr("assessment", language),
        blocks=(Words(made.current_state.in_(language)), Facts(facts)),
        sections=(
            Section(tr("Gaps", language), (sentences(made.gaps, language),)),
            Section(tr("Recommendations", language), (_advice(definitions, made, language),)),
            Section(tr("Targets", language), (_targets(definitions, made, language),)),
            Section(tr("Answers", language), (Grid(heads, answers),)),
        ),
        source=str(made.where),
    )


def _advice(definitions: Definitions, made: Assessment, language: Language) -> Grid:
    heads = ("", tr("what to do", language), tr("horizon", language), tr("effort", language), tr("owner", language), tr("due", language), tr("done", language))  # fmt: skip
    rows = tuple(
        (
            one.id,
            one.action.in_(language),
            tr(HORIZONS[one.horizon], language),
            tr(EFFORTS[one.effort], language),
            called(definitions.roles, one.owner, language) if one.owner else "",
            day_text(one.due),
            day_text(one.done),
        )
        for one in made.recommendations
    )
    return Grid(heads, rows)


def _targets(definitions: Definitions, made: Assessment, language: Language) -> Grid:
    asked = definitions.questionnaires.get(made.questionnaire)
    titles = {one.id: one.title.in_(language) for one in asked.dimensions} if asked else {}
    rows = tuple((titles.get(id_, id_), str(level)) for id_, level in made.targets.items())
    return Grid((tr("dimension", language), tr("level", language)), rows)


def _answer(
    definitions: Definitions, made: Assessment, id_: str, answer: Answer, language: Language
) -> tuple[str, ...]:
    asked = definitions.questionnaires.get(made.questionnaire)
    criterion = asked.criteria.get(id_) if asked else None
    evidence = tr("; ", language).join(_evidence(definitions, answer.evidence, language))
    note = answer.note.in_(language)
    return (
        id_,
        criterion.text.in_(language) if criterion else "",
        answer.rating,
        tr("; ", language).join(part for part in (evidence, note) if part),
        tr(", ", language).join(part for part in (answer.by, day_text(answer.on)) if part),
    )


def _evidence(definitions: Definitions, evidence: tuple[Evidence, ...], language: Language) -> Iterator[str]:
    """What an answer rests on: a definition by its title, a document by what is said of it."""
    for one in evidence:
        if one.kind == "document":
            yield one.document.in_(language)
        elif one.kind == "rule":
            yield one.id
        else:
            yield f"{kind_text(one.kind, language)}{tr(': ', language)}{called(definitions.of_kind(one.kind), one.id, language)}"

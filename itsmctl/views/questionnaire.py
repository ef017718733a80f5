"""A questionnaire as it is put to people: its scale, its levels, and every criterion by dimension."""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.language import Language, msg, tr, trn
from itsmctl.model import Definitions, Questionnaire, QuestionnaireCriterion
from itsmctl.views.page import Block, Facts, Grid, Page, Section, Words
from itsmctl.views.wording import called, clauses_text

METHODS = {
    "staged": msg("a level is reached once all below it are"),
    "levels": msg("each criterion is answered by a level"),
    "mean": msg("the mean of all answers counts"),
}


def page(definitions: Definitions, asked: Questionnaire, language: Language) -> Page:
    """The page of a questionnaire."""
    heads = (tr("step", language), tr("title", language), tr("share achieved", language), tr("points", language))
    scale = tuple(
        (step.id, step.title.in_(language), _span(step.start, step.end), f"{step.points:g}") for step in asked.scale
    )
    levels = tuple((str(one.level), one.title.in_(language), one.description.in_(language)) for one in asked.levels)
    held = (
        called(definitions.assessments, a.id, language)
        for a in definitions.assessments.values()
        if a.questionnaire == asked.id
    )
    facts = (
        (tr("Version", language), asked.version),
        (tr("Method", language), tr(METHODS[asked.method], language)),
        (tr("Criteria", language), trn("{n} criterion", "{n} criteria", len(asked.criteria), language)),
        (tr("Assessments", language), tr(", ", language).join(held)),
    )
    return Page(
        title=f"{asked.title.in_(language)} · {asked.id}",
        subtitle=tr("questionnaire", language),
        blocks=(Words(asked.description.in_(language)), Facts(facts)),
        sections=(
            Section(tr("Scale", language), (Grid(heads, scale),)),
            Section(tr("Levels", language), (Grid((tr("level", language), tr("title", language), tr("what it looks like", language)), levels),)),
            *_dimensions(definitions, asked, language),
        ),
        source=str(asked.where),
    )  # fmt: skip


def _span(start: float | None, end: float | None) -> str:
    """15–50%, or nothing where the scale is not one of shares."""
    return "" if start is None or end is None else f"{start:g}–{end:g}%"


def _dimensions(definitions: Definitions, asked: Questionnaire, language: Language) -> Iterator[Section]:
    """Every dimension with its criteria; those without one come last."""
    heads = ("", tr("level", language), tr("criterion", language), tr("clauses", language))
    for dimension in asked.dimensions:
        rows = tuple(
            _criterion(definitions, c, language) for c in asked.criteria.values() if c.dimension == dimension.id
        )
        process = called(definitions.processes, dimension.process, language) if dimension.process else ""
        blocks: tuple[Block, ...] = (
            Words(dimension.description.in_(language)),
            Facts(((tr("Process", language), process),)),
            Grid(heads, rows),
        )
        yield Section(dimension.title.in_(language) or dimension.id, blocks)
    rest = tuple(_criterion(definitions, c, language) for c in asked.criteria.values() if not c.dimension)
    yield Section(tr("Criteria", language), (Grid(heads, rest),))


def _criterion(definitions: Definitions, one: QuestionnaireCriterion, language: Language) -> tuple[str, ...]:
    """A criterion; a symptom of a level says so."""
    text = one.text.in_(language)
    told = tr("sign: {text}", language, text=text) if one.polarity == "symptom" else text
    level = "" if one.level is None else str(one.level)
    return one.id, level, told, clauses_text(definitions, one.clauses, language)

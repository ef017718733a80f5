"""An assessment as a workbook to fill in: each question in both languages with what limits its answer, and a list to choose from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from itsmctl.assessment.answer_sheet import ABOUT_SHEET, ANSWERS_SHEET, ASSESSMENT, COLUMNS, cells_of
from itsmctl.assessment.rating import Rated
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.language import LANGUAGES, Language, tr
from itsmctl.model import Assessment, Questionnaire
from itsmctl.output import write_file
from itsmctl.reports.assessment_words import ceiling_text
from itsmctl.reports.workbooks import LONGEST_CELL, Book

_WIDTHS = {
    "criterion": 14, "dimension": 18, "level": 8, "question": 46, "other": 34, "limits": 40,
    "answer": 10, "by": 20, "on": 12, "note_en": 34, "note_zh": 34, "evidence": 30,
}  # fmt: skip


def workbook(assessment: Assessment, questionnaire: Questionnaire, rated: Sequence[Rated], language: Language) -> bytes:
    """The bytes of the workbook, the same for the same answers; raises ItsmctlError where a text is too long for a cell."""
    book = Book(assessment.title.in_(language), f"{questionnaire.id} {questionnaire.version}")
    columns = [(tr(title, language), _WIDTHS[key]) for key, title in COLUMNS.items()]
    lines = [_line(one, questionnaire, language) for one in rated]
    _check_lengths(rated, lines)
    steps = [step.id for step in questionnaire.scale]
    book.sheet(tr(ANSWERS_SHEET, language), columns, lines, (list(COLUMNS).index("answer"), steps))
    book.sheet(
        tr(ABOUT_SHEET, language),
        [(tr("What", language), 28), ("", 90)],
        [(ASSESSMENT, assessment.id), *_about(assessment, questionnaire, language)],
    )
    return book.finish()


def write_new(path: Path, content: bytes) -> None:
    """Write the workbook, never over another file: somebody may have filled that in."""
    if os.path.lexists(path):
        template = "there is a file of this name already, and somebody may have filled it in; name another"
        raise ItsmctlError(Problem("output-exists", template, Where(str(path))))
    write_file(path, content)


def _line(rated: Rated, questionnaire: Questionnaire, language: Language) -> tuple[str, ...]:
    criterion = rated.criterion
    other = next(one for one in LANGUAGES if one != language)
    dimension = next(one for one in questionnaire.dimensions if one.id == criterion.dimension)
    limits = "\n".join(ceiling_text(questionnaire, limit, language) for limit in rated.limits)
    if not rated.scored:
        limits = tr("a symptom: asked about, never counted", language)
    level = "" if criterion.level is None else str(criterion.level)
    asked = (
        criterion.id, dimension.title.in_(language), level, criterion.text.in_(language), criterion.text.in_(other), limits
    )  # fmt: skip
    return (*asked, *cells_of(rated.answer).values())


def _about(assessment: Assessment, questionnaire: Questionnaire, language: Language) -> list[tuple[str, str]]:
    steps = [(f"  {step.id}", step.title.in_(language)) for step in questionnaire.scale]
    return [
        (tr("Title", language), assessment.title.in_(language)),
        (tr("Questionnaire", language), f"{questionnaire.id} {questionnaire.version}"),
        (tr("Answers", language), ""),
        *steps,
    ]


def _check_lengths(rated: Sequence[Rated], lines: Sequence[Sequence[str]]) -> None:
    too_long = [
        (one.criterion.id, len(cell))
        for one, line in zip(rated, lines, strict=True)
        for cell in line
        if len(cell) > LONGEST_CELL
    ]
    if too_long:
        template = "a text of {criterion} has {n} characters; a cell of a workbook holds {most}"
        raise ItsmctlError(
            Problem("text-too-long", template, values={"criterion": criterion, "n": n, "most": LONGEST_CELL})
            for criterion, n in too_long
        )

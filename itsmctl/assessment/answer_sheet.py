"""Answers as cells of a sheet, and back from whoever filled it in: every row understood, or none is taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from itsmctl.assessment.answers import no_such_step, people_of, step_named
from itsmctl.definitions.references import EVIDENCE
from itsmctl.errors import ItsmctlError, Problem, Where, did_you_mean, unknown_at
from itsmctl.language import msg
from itsmctl.model import Answer, Assessment, Definitions, Evidence, Questionnaire, Text
from itsmctl.sheets import Lines, columns_named, read_sheets, sheet_named, text_of

ANSWERS_SHEET, ABOUT_SHEET = msg("Answers"), msg("About")
ASSESSMENT = "assessment"
"""What the row of the second sheet is called that says of which assessment the answers are."""
BETWEEN = " || "
"""Between the English and the Chinese of a document that an answer rests on."""

ASKED: Mapping[str, str] = {
    "criterion": msg("Criterion"),
    "dimension": msg("Dimension"),
    "level": msg("Level"),
    "question": msg("Question"),
    "other": msg("In the other language"),
    "limits": msg("Limited by"),
}
GIVEN: Mapping[str, str] = {
    "answer": msg("Answer"),
    "by": msg("Given by"),
    "on": msg("Given on"),
    "note_en": msg("Note in English"),
    "note_zh": msg("Note in Chinese"),
    "evidence": msg("Evidence, one to a line"),
}
"""The columns that people fill in; the others are only to be read."""
COLUMNS: Mapping[str, str] = {**ASKED, **GIVEN}


def cells_of(answer: Answer | None) -> dict[str, str]:
    """An answer as the cells that people fill in; all are empty where there is none."""
    if answer is None:
        return dict.fromkeys(GIVEN, "")
    return {
        "answer": answer.rating,
        "by": answer.by,
        "on": answer.on.isoformat() if answer.on else "",
        "note_en": answer.note.en,
        "note_zh": answer.note.zh,
        "evidence": "\n".join(_evidence_text(one) for one in answer.evidence),
    }


def _evidence_text(one: Evidence) -> str:
    if one.kind != "document":
        return f"{one.kind}: {one.id}"
    parts = dict.fromkeys(part for part in (one.document.en, one.document.zh) if part)
    return f"document: {BETWEEN.join(parts)}"


def read_answers(
    path: Path, assessment: Assessment, questionnaire: Questionnaire, definitions: Definitions
) -> dict[str, Answer | None]:
    """The answers of a workbook that differ from those of the assessment; None where one was taken out.

    Raises ItsmctlError with everything that is wrong in it, by row and column.
    """
    sheets = read_sheets(path)
    _check_assessment(sheet_named(sheets, ABOUT_SHEET, path), assessment, path)
    name, lines = sheet_named(sheets, ANSWERS_SHEET, path)
    reader = _Reader(f"{path} [{name}]", assessment, questionnaire, definitions)
    given = dict(reader.rows(lines))
    if reader.problems:
        raise ItsmctlError(reader.problems)
    return given


def _check_assessment(sheet: tuple[str, Lines], assessment: Assessment, path: Path) -> None:
    name, lines = sheet
    for number, line in enumerate(lines, 1):
        if line and text_of(line[0]) == ASSESSMENT:
            found = text_of(line[1]) if len(line) > 1 else ""
            if found in (assessment.id, *assessment.aliases):
                return
            template = "these are the answers of another assessment: {found!r}, not {wanted!r}"
            where, values = Where(f"{path} [{name}]", row=number), {"found": found, "wanted": assessment.id}
            raise ItsmctlError(Problem("other-assessment", template, where, values))
    template = "the row {name!r} is missing, so nobody can tell which assessment these answers are of"
    raise ItsmctlError(Problem("no-assessment-named", template, Where(f"{path} [{name}]"), {"name": ASSESSMENT}))


class _Reader:
    """Reads one sheet, and keeps what is wrong with it."""

    def __init__(
        self, place: str, assessment: Assessment, questionnaire: Questionnaire, definitions: Definitions
    ) -> None:
        self.place, self.assessment = place, assessment
        self.questionnaire, self.definitions = questionnaire, definitions
        self.problems: list[Problem] = []
        self._titles: Mapping[str, str] = {}

    def rows(self, lines: Lines) -> Iterator[tuple[str, Answer | None]]:
        """Each criterion whose cells say something new; a row without a criterion in which nothing stands is none."""
        columns, missing = columns_named(lines[0] if lines else (), COLUMNS, ("criterion", "answer"), self.place)
        self.problems += missing
        if missing:
            return
        self._titles = {key: title for key, (_, title) in columns.items()}
        seen: dict[str, int] = {}
        for number, line in enumerate(lines[1:], 2):
            cells = {key: text_of(line[at]).strip() if at < len(line) else "" for key, (at, _) in columns.items()}
            criterion = cells.pop("criterion")
            given = {key: text for key, text in cells.items() if key in GIVEN}
            if not criterion and not any(given.values()):
                continue
            if self._known(criterion, number, seen):
                yield from self._answer(criterion, number, given)

    def _known(self, criterion: str, row: int, seen: dict[str, int]) -> bool:
        if criterion not in self.questionnaire.criteria:
            known = tuple(self.questionnaire.criteria)
            self.problems.append(unknown_at(self._where(row, "criterion"), criterion, "criterion", known))
        elif criterion in seen:
            values = {"word": criterion, "row": seen[criterion]}
            self._report("criterion-twice", "{word} stands here a second time; the first is row {row}", row, "criterion", values)  # fmt: skip
        else:
            seen[criterion] = row
            return True
        return False

    def _answer(self, criterion: str, row: int, given: Mapping[str, str]) -> Iterator[tuple[str, Answer | None]]:
        before = self.assessment.answers.get(criterion)
        told = {key: text.strip() for key, text in cells_of(before).items()}
        new = {key: text for key, text in given.items() if text != told[key]}
        if not new:
            return
        if not given["answer"]:
            if before is not None:
                yield criterion, None
            else:
                self._report("answer-missing", "there is no answer, only what goes with one", row, "answer", {})
            return
        count = len(self.problems)
        answer = self._with(before or Answer(given["answer"], (), "", None, Text()), new, row)
        if len(self.problems) == count:
            yield criterion, answer

    def _with(self, before: Answer, new: Mapping[str, str], row: int) -> Answer:
        """An answer with the cells that say something new; what nobody touched stays just as it was."""
        answer = before
        if "answer" in new:
            step = step_named(new["answer"], self.questionnaire.scale)
            if step is None:
                found = no_such_step(new["answer"], self.questionnaire.scale)
                self.problems.append(replace(found, where=self._where(row, "answer")))
            else:
                answer = replace(answer, rating=step.id)
        note = Text(new.get("note_en", answer.note.en), new.get("note_zh", answer.note.zh))
        answer = replace(answer, by=new.get("by", answer.by), note=note)
        if new.get("by") and new["by"] not in (people := people_of(self.definitions)):
            self.problems.append(unknown_at(self._where(row, "by"), new["by"], "person", people))
        if "on" in new:
            answer = replace(answer, on=self._day(new["on"], row))
        if "evidence" in new:
            answer = replace(answer, evidence=tuple(self._evidence(new["evidence"], row)))
        return answer

    def _day(self, text: str, row: int) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self._report("bad-day", "{text!r} is not a day; write it like 2026-06-30", row, "on", {"text": text})
            return None

    def _evidence(self, text: str, row: int) -> Iterator[Evidence]:
        for line in filter(None, (part.strip() for part in text.splitlines())):
            kind, _, named = (part.strip() for part in line.partition(":"))
            if kind == "document" and named:
                english, _, chinese = named.partition(BETWEEN)
                yield Evidence(kind, "", Text(english.strip(), chinese.strip() or english.strip()))
            elif kind not in EVIDENCE or not named:
                allowed = ", ".join((*EVIDENCE, "document"))
                template = "{line!r} is no evidence; write KIND: NAME, where KIND is one of {allowed}"
                near = did_you_mean(kind, (*EVIDENCE, "document"))
                self._report("bad-evidence", template, row, "evidence", {"line": line, "allowed": allowed}, near)
            elif named not in self.definitions.of_kind(kind):
                known = tuple(self.definitions.of_kind(kind))
                self.problems.append(unknown_at(self._where(row, "evidence"), named, kind, known))
            else:
                yield Evidence(kind, named, Text())

    def _where(self, row: int, column: str) -> Where:
        return Where(self.place, row=row, column_name=self._titles.get(column, ""))

    def _report(
        self, code: str, template: str, row: int, column: str, values: Mapping[str, object], near: str = ""
    ) -> None:
        self.problems.append(Problem(code, template, self._where(row, column), values, suggestion=near))

"""Answers given anew, put into the file of their assessment: all of them or none, and nothing else in it moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from itsmctl.definitions.editing import document_of, with_entries
from itsmctl.definitions.writing import one_line, replace_text
from itsmctl.errors import Problem, did_you_mean
from itsmctl.model import Answer, Assessment, Definitions, Questionnaire, ScaleStep, Text
from itsmctl.source import decode, read_bytes

Given = Mapping[str, Answer | None]
"""New answers by criterion; None takes one back."""


def write_answers(root: Path, assessment: Assessment, questionnaire: Questionnaire, given: Given) -> None:
    """Put answers into the file of an assessment; raises ItsmctlError, and leaves the file, where anything is wrong with it."""
    place = assessment.where.file
    path = root / PurePosixPath(place)
    text = decode(read_bytes(path, place), place)
    document = document_of(text, assessment.where, "assessment", assessment.id)
    entries = {name: None if answer is None else one_line(_data(answer)) for name, answer in given.items()}
    replace_text(root, place, with_entries(text, document, "answers", entries, tuple(questionnaire.criteria)))


def changed(assessment: Assessment, given: Given) -> dict[str, Answer | None]:
    """Those of the answers that differ from what the assessment says."""
    return {name: answer for name, answer in given.items() if answer != assessment.answers.get(name)}


def _data(answer: Answer) -> dict[str, object]:
    """An answer as it stands in a file."""
    data: dict[str, object] = {"rating": answer.rating}
    if answer.evidence:
        data["evidence"] = [
            {one.kind: _text(one.document) if one.kind == "document" else one.id} for one in answer.evidence
        ]
    data |= {"by": answer.by} if answer.by else {}
    data |= {"on": answer.on.isoformat()} if answer.on else {}
    return data | ({"note": _text(answer.note)} if answer.note != Text() else {})


def _text(text: Text) -> object:
    """A text that is the same in both languages is written once."""
    if text.en == text.zh:
        return text.en
    return {language: words for language, words in (("en", text.en), ("zh", text.zh)) if words}


def _both(title: Text) -> str:
    """A title in each of its languages: an answer may be given in either."""
    return " ".join(dict.fromkeys(words for words in (title.en, title.zh) if words))


def people_of(definitions: Definitions) -> list[str]:
    """Who may answer: the people of the assignments, as these name them."""
    return sorted({one.person for one in definitions.assignments.values()})


def step_named(word: str, scale: Sequence[ScaleStep]) -> ScaleStep | None:
    """The step of a scale by its id or its title in any language, however it is written."""
    wanted = word.strip().casefold()
    names = [(step, {name.casefold() for name in (step.id, step.title.en, step.title.zh) if name}) for step in scale]
    return next((step for step, known in names if wanted in known), None)


def no_such_step(word: str, scale: Sequence[ScaleStep]) -> Problem:
    """What to say of a word that is none of the answers."""
    words = [*(step.id for step in scale), *(name for step in scale for name in (step.title.en, step.title.zh) if name)]
    values = {"word": word, "allowed": ", ".join(f"{step.id} ({_both(step.title)})" for step in scale)}
    near = step_named(did_you_mean(word, words), scale)
    template = "{word!r} is none of the answers: {allowed}"
    return Problem("unknown-answer", template, values=values, suggestion=near.id if near else "")

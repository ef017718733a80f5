"""An assessment by what a person types."""

from __future__ import annotations

from pathlib import Path

from itsmctl.assessment.comparison import last_assessed
from itsmctl.definitions.references import unknown_at
from itsmctl.errors import ItsmctlError, Problem, Where, did_you_mean
from itsmctl.model import Assessment, Definitions, Questionnaire


def latest(definitions: Definitions) -> tuple[Assessment, ...]:
    """The last assessment by each questionnaire; raises ItsmctlError where there is none at all."""
    found = (last_assessed(definitions.assessments.values(), name, None) for name in definitions.questionnaires)
    known = tuple(one for one in found if one is not None)
    if not known:
        raise ItsmctlError(Problem("no-assessment", "no assessment is defined"))
    return known


def find_assessment(definitions: Definitions, word: str) -> Assessment:
    """An assessment by its id, also an earlier one, or the last one by the questionnaire of this id."""
    for one in definitions.assessments.values():
        if word == one.id or word in one.aliases:
            return one
    last = last_assessed(definitions.assessments.values(), word, None)
    if last is not None:
        return last
    known = [*definitions.assessments, *(one.questionnaire for one in latest(definitions))]
    values = {"what": "assessment", "word": word, "allowed": ", ".join(known)}
    template = "unknown {what} {word!r}; known: {allowed}"
    raise ItsmctlError(Problem("unknown-assessment", template, values=values, suggestion=did_you_mean(word, known)))


def find_earlier(definitions: Definitions, word: str, assessment: Assessment) -> Assessment:
    """Another assessment by the same questionnaire, by its id, or in a file that stands outside the definitions."""
    others = {
        one.id: one
        for one in definitions.assessments.values()
        if one.questionnaire == assessment.questionnaire and one.id != assessment.id
    }
    if word in others:
        return others[word]
    if Path(word).suffix not in (".yaml", ".yml"):
        raise ItsmctlError(unknown_at(Where(), word, "assessment", tuple(others)))
    from itsmctl.definitions.outside import assessment_in

    return assessment_in(Path(word), definitions.questionnaires[assessment.questionnaire])


def find_criterion(questionnaire: Questionnaire, word: str) -> str:
    """The id of a criterion, in any case of letters."""
    found = next((name for name in questionnaire.criteria if name.casefold() == word.casefold()), "")
    if found:
        return found
    raise ItsmctlError(unknown_at(Where(), word, "criterion", tuple(questionnaire.criteria)))

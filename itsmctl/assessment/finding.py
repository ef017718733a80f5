"""An assessment by what a person types."""

from __future__ import annotations

from pathlib import Path

from itsmctl.assessment.comparison import last_assessed
from itsmctl.errors import ItsmctlError, Problem, Where, did_you_mean, unknown_at
from itsmctl.model import Assessment, Definitions, Questionnaire
from itsmctl.reference import SUFFIXES


def concluded(definitions: Definitions) -> tuple[Assessment, ...]:
    """The last assessment by each questionnaire that was answered."""
    found = (last_assessed(definitions.assessments.values(), name, None) for name in definitions.questionnaires)
    return tuple(one for one in found if one is not None)


def latest(definitions: Definitions) -> tuple[Assessment, ...]:
    """The last assessment by each questionnaire; raises ItsmctlError where there is none at all."""
    known = concluded(definitions)
    if not known:
        raise ItsmctlError(_none_concluded(definitions))
    return known


def _none_concluded(definitions: Definitions) -> Problem:
    """Why there is none to show, and how there comes to be one."""
    if definitions.assessments:
        template = "no assessment is concluded yet; by its id it can be shown: {names}"
        return Problem("no-assessment", template, values={"names": ", ".join(definitions.assessments)})
    template = "no assessment is defined; begin one: itsmctl assess new {name}"
    return Problem("no-assessment", template, values={"name": next(iter(definitions.questionnaires), "QUESTIONNAIRE")})


def find_assessment(definitions: Definitions, word: str) -> Assessment:
    """An assessment by its id, also an earlier one, or the last one by the questionnaire of this id; one that is not concluded, if none is."""
    for one in definitions.assessments.values():
        if word == one.id or word in one.aliases:
            return one
    every = definitions.assessments.values()
    last = last_assessed(every, word, None) or next((one for one in every if one.questionnaire == word), None)
    if last is not None:
        return last
    if not definitions.assessments:
        raise ItsmctlError(_none_concluded(definitions))
    known = list(dict.fromkeys((*definitions.assessments, *(one.questionnaire for one in every))))
    values = {"what": "assessment", "word": word, "allowed": ", ".join(known)}
    template = "unknown {what} {word!r}; known: {allowed}"
    raise ItsmctlError(Problem("unknown-assessment", template, values=values, suggestion=did_you_mean(word, known)))


def find_questionnaire(definitions: Definitions, word: str) -> Questionnaire:
    """A questionnaire by its id."""
    for one in definitions.questionnaires.values():
        if word == one.id or word in one.aliases:
            return one
    raise ItsmctlError(unknown_at(Where(), word, "questionnaire", tuple(definitions.questionnaires)))


def find_earlier(definitions: Definitions, word: str, assessment: Assessment) -> Assessment:
    """Another assessment by the same questionnaire, by its id, or in a file that stands outside the definitions."""
    others = {
        one.id: one
        for one in definitions.assessments.values()
        if one.questionnaire == assessment.questionnaire and one.id != assessment.id
    }
    if word in others:
        return others[word]
    if Path(word).suffix not in SUFFIXES:
        raise ItsmctlError(unknown_at(Where(), word, "assessment", tuple(others)))
    from itsmctl.definitions.outside import assessment_in

    return assessment_in(Path(word), definitions.questionnaires[assessment.questionnaire])


def find_criterion(questionnaire: Questionnaire, word: str) -> str:
    """The id of a criterion, in any case of letters."""
    found = next((name for name in questionnaire.criteria if name.casefold() == word.casefold()), "")
    if found:
        return found
    raise ItsmctlError(unknown_at(Where(), word, "criterion", tuple(questionnaire.criteria)))

"""A survey by what a person types, and the period that it last asked about."""

from __future__ import annotations

from itsmctl.errors import ItsmctlError, Problem, Where, unknown_at
from itsmctl.experience import periods_of
from itsmctl.model import Definitions, Effective, Survey


def find_survey(definitions: Definitions, word: str) -> Survey:
    """A survey by its id; without a word the one with answers that asks about most stages."""
    if not word:
        known = [one for one in definitions.surveys.values() if one.results]
        if not known:
            raise ItsmctlError(Problem("no-survey", "no survey with results is defined"))
        return max(known, key=lambda one: len({question.stage for question in one.questions.values()}))
    for one in definitions.surveys.values():
        if word in (one.id, *one.aliases):
            return one
    raise ItsmctlError(unknown_at(Where(), word, "survey", tuple(definitions.surveys)))


def last_period(survey: Survey) -> Effective:
    """The period of its last run."""
    found = periods_of(survey)
    if not found:
        template = "nobody has answered this survey yet: it has no results"
        raise ItsmctlError(Problem("no-answers", template, survey.where))
    return found[-1]

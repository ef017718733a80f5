"""The form in a terminal: one question after another, with what limits its answer; nothing is written before the end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from itsmctl.errors import Where, unknown_at
from itsmctl.language import Language, msg, problem_line, tr

if TYPE_CHECKING:
    from itsmctl.assessment.rating import Rated
    from itsmctl.model import Answer, Questionnaire

KEEP, BACK, TAKE_BACK, STOP, HELP = "", "<", "-", ".", "?"
_HELP = (
    (msg("Enter"), msg("keep the answer, or leave the question open")),
    (BACK, msg("to the question before")),
    (TAKE_BACK, msg("take the answer back")),
    (STOP, msg("write what was answered, and stop")),
    ("Ctrl-C", msg("stop and write nothing")),
)


def ask(
    questionnaire: Questionnaire, rated: Sequence[Rated], people: Sequence[str], start: str, by: str, language: Language,
    width: int,
) -> dict[str, Answer | None]:  # fmt: skip
    """The answers that are new, from the criterion `start` or the first open question on until the last one or a stop."""
    form = _Form(questionnaire, rated, people, by, language, width)
    place = form.place_of(start)
    while place < len(rated):
        form.show(place)
        word = form.word(place)
        if word == STOP:
            break
        if word == TAKE_BACK:
            form.given[rated[place].criterion.id] = None
        elif word not in (KEEP, BACK):
            form.answer(place, word)
        place = max(0, place - 1) if word == BACK else place + 1
    return {
        one.criterion.id: form.given[one.criterion.id]
        for one in rated
        if one.criterion.id in form.given and form.given[one.criterion.id] != one.answer
    }


class _Form:
    """What was answered so far."""

    def __init__(
        self, questionnaire: Questionnaire, rated: Sequence[Rated], people: Sequence[str], by: str, language: Language,
        width: int,
    ) -> None:  # fmt: skip
        self.questionnaire, self.rated, self.people, self.by = questionnaire, rated, people, by
        self.language, self.width = language, width
        self.given: dict[str, Answer | None] = {}

    def place_of(self, criterion: str) -> int:
        """Where to begin: there, else with the first open question, else with the first."""
        wanted = [one.criterion.id == criterion if criterion else one.answer is None for one in self.rated]
        return wanted.index(True) if True in wanted else 0

    def _answer_of(self, place: int) -> Answer | None:
        one = self.rated[place]
        return self.given.get(one.criterion.id, one.answer)

    def show(self, place: int) -> None:
        """The question in both languages, the answers allowed, and what limits them."""
        from itsmctl.reports.assessment_words import question_lines

        click.echo("")
        for line in question_lines(self.questionnaire, self.rated, place, self.language, self.width):
            click.echo(line)

    def word(self, place: int) -> str:
        """The answer, or what to do; asks again until it is one of them."""
        from itsmctl.assessment.answers import no_such_step, step_named

        now = self._answer_of(place)
        while True:
            prompt = tr("Answer [{now}] (? for help)", self.language, now=now.rating if now else "")
            word = _typed(prompt, "")
            if word == HELP:
                for key, told in _HELP:
                    click.echo(f"  {tr(key, self.language):7} {tr(told, self.language)}")
            elif word in (KEEP, BACK, TAKE_BACK, STOP):
                return word
            elif step := step_named(word, self.questionnaire.scale):
                return step.id
            else:
                click.echo(problem_line(no_such_step(word, self.questionnaire.scale), self.language))

    def answer(self, place: int, rating: str) -> None:
        """Ask who says so and why; what is left as it is stays."""
        from itsmctl.model import Answer, Text

        one, now = self.rated[place], self._answer_of(place) or Answer(rating, (), "", None, Text())
        self.by = self._person(self.by or now.by)
        before = now.note.in_(self.language)
        note = self._text(msg("Note"), before)
        text = now.note if note == before else Text(note, note)
        self.given[one.criterion.id] = replace(now, rating=rating, by=self.by, note=text)
        self._warn(one, rating)

    def _person(self, default: str) -> str:
        """Who says so: one of those whom an assignment names, or nobody."""
        while True:
            name = self._text(msg("Given by"), default)
            if not name or name in self.people:
                return name
            problem = unknown_at(Where(), name, "person", self.people)
            click.echo(problem_line(problem, self.language))
            default = problem.suggestion

    def _text(self, title: str, default: str) -> str:
        shown = tr(title, self.language) + (f" [{default}]" if default else "")
        found = _typed(shown, default)
        return "" if found == TAKE_BACK else found

    def _warn(self, one: Rated, rating: str) -> None:
        """Say at once that an answer will not stand."""
        from itsmctl.reports.assessment_words import step_text

        ceiling = min((limit.ceiling for limit in one.limits), default=len(self.questionnaire.scale) - 1)
        said = next(place for place, step in enumerate(self.questionnaire.scale) if step.id == rating)
        if one.scored and said > ceiling:
            shown = step_text(self.questionnaire, ceiling)
            click.echo("  " + tr("it will stand as {step}: no more is shown", self.language, step=shown))


def _typed(prompt: str, default: str) -> str:
    """What was typed; where no keyboard is, it is shown as if it had been."""
    word = str(click.prompt(prompt, default=default, show_default=False)).strip()
    if not sys.stdin.isatty():
        click.echo(word)
    return word

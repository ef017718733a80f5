"""A survey: whom it asks what, on which scale, and what every run of it brought in."""

from __future__ import annotations

from itsmctl.language import Language, msg, number_text, percent_text, tr
from itsmctl.model import Definitions, Survey, SurveyRun
from itsmctl.views.experience import ASPECTS, STAGES
from itsmctl.views.page import Facts, Grid, Page, Section, Words
from itsmctl.views.wording import called, day_text, period_text, sentences

AUDIENCES = {"customers": msg("customers"), "users": msg("users"), "employees": msg("employees")}


def page(definitions: Definitions, survey: Survey, language: Language) -> Page:
    """The page of a survey; how its answers stand beside the tickets is told by `itsmctl scorecard`."""
    steps = tr(", ", language).join(f"{one.id} {one.title.in_(language)}" for one in survey.scale)
    facts = (
        (tr("Asks", language), tr(AUDIENCES[survey.audience], language)),
        (tr("Kept by", language), called(definitions.roles, survey.owner, language) if survey.owner else ""),
        (tr("Least answers", language), number_text(survey.least_answers)),
        (tr("Scale", language), steps),
        (tr("Answers to tickets", language), number_text(len(survey.responses)) if survey.responses else ""),
    )
    return Page(
        title=f"{survey.title.in_(language)} · {survey.id}",
        subtitle=tr("survey", language),
        blocks=(Words(survey.method.in_(language)), Facts(facts)),
        sections=(
            Section(tr("Questions", language), (_questions(survey, language),)),
            Section(tr("Runs", language), (_runs(definitions, survey, language),)),
            *(_said(definitions, run, language) for run in survey.results),
        ),
        source=str(survey.where),
    )


def _questions(survey: Survey, language: Language) -> Grid:
    heads = (
        "",
        tr("question", language),
        tr("stage", language),
        tr("aspect", language),
        tr("measured by", language),
    )
    rows = tuple(
        (
            one.id,
            one.text.in_(language),
            tr(STAGES[one.stage], language) if one.stage else "",
            tr(ASPECTS[one.aspect], language) if one.aspect else "",
            tr(", ", language).join(one.measured_by),
        )
        for one in survey.questions.values()
    )
    return Grid(heads, rows)


def _runs(definitions: Definitions, survey: Survey, language: Language) -> Grid:
    heads = (
        tr("period", language),
        tr("asked on", language),
        tr("of whom", language),
        tr("asked", language),
        tr("answered", language),
        tr("share", language),
    )
    rows = tuple(
        (
            period_text(run.period, language),
            day_text(run.asked),
            _of_whom(definitions, run, language),
            number_text(run.invited),
            number_text(run.answered),
            percent_text(run.answered, run.invited) if run.invited else "",
        )
        for run in survey.results
    )
    return Grid(heads, rows)


def _of_whom(definitions: Definitions, run: SurveyRun, language: Language) -> str:
    """The customer and the service that a run was about, as far as it was about one."""
    parts = (
        called(definitions.customers, run.customer, language) if run.customer else "",
        called(definitions.services, run.service, language) if run.service else "",
    )
    return tr("; ", language).join(part for part in parts if part)


def _said(definitions: Definitions, run: SurveyRun, language: Language) -> Section:
    """What people wrote in a run, and what was done about it."""
    about = (period_text(run.period, language), _of_whom(definitions, run, language))
    title = " · ".join(part for part in about if part)
    done = Words(tr("What was done about it:", language) if run.actions else "")
    blocks = (sentences(run.comments, language), done, sentences(run.actions, language))
    return Section(title, blocks)

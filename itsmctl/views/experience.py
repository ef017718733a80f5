"""Customer experience as a page: who answered, each stage with its factors, where figures and feelings part, what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from itsmctl.experience import Experience, Factor, StageIndex, Turnout
from itsmctl.language import Language, msg, points_text, tr, trn
from itsmctl.model import Definitions, Effective
from itsmctl.output import schema_beside
from itsmctl.reports.assessment_words import percent
from itsmctl.reports.json import titles
from itsmctl.views.page import Facts, Grid, Page, Points, Section, Words
from itsmctl.views.wording import period_text

FORMAT = "itsmctl/experience/v1"
STAGES: Mapping[str, str] = {
    "sales": msg("Sales"),
    "deployment": msg("Deployment"),
    "operation": msg("Operation"),
    "": msg("All questions"),
}
ASPECTS: Mapping[str, str] = {"function": msg("what there is"), "quality": msg("how well it is done")}
KEY = (
    ("point", msg("felt")),
    ("point below", msg("felt, much less than measured")),
    ("measured", msg("measured in tickets")),
    ("before", msg("felt in the period before")),
    ("index", msg("index of the stage")),
)
"""What the marks of the drawing mean."""
BETTER, WORSE, LEVEL = "▲", "▼", "≈"


def page(found: Experience, definitions: Definitions, language: Language) -> Page:
    """The page of a survey in one period."""
    survey = found.survey
    return Page(
        survey.title.in_(language),
        period_text(found.period, language),
        (Facts(_turnout(found, language)), Words(_caveat(found, language))),
        (
            Section(tr("Index of each stage, in per cent satisfied", language), (_stages(found, language),)),
            *(Section(stage_text(one, language), (_factors(one, language),)) for one in found.stages if not one.aspect),
            Section(tr("Green outside, red inside", language), (_melons(found, language),)),
            Section(tr("By customer", language), (_customers(found, definitions, language),)),
            Section(tr("What follows from it", language), (Points(_actions(found, language)),)),
        ),
        str(survey.where),
    )


def stage_text(stage: StageIndex, language: Language) -> str:
    """A stage by name, with its aspect where it is one."""
    name = tr(STAGES[stage.stage], language)
    return f"{name} · {tr(ASPECTS[stage.aspect], language)}" if stage.aspect else name


def _turnout(found: Experience, language: Language) -> tuple[tuple[str, str], ...]:
    now, least = found.turnout, found.survey.least_answers
    sizes = tr("{answered} of {invited}", language, answered=now.answered, invited=now.invited)
    told = f"{sizes} ({percent(now.rate)})"
    if found.turnout_before:
        told += tr(", before: {rate}", language, rate=percent(found.turnout_before.rate))
    return (
        (tr("Could be asked", language), "" if now.population is None else str(now.population)),
        (tr("Answered", language), told),
        (tr("A figure needs", language), tr("{n} answers", language, n=least)),
    )


def _caveat(found: Experience, language: Language) -> str:
    if not found.enough:
        return tr("Too few answered: no figure is shown.", language)
    measured = any(factor.is_measured for stage in found.stages for factor in stage.factors)
    if measured or not any(one.measured_by for one in found.survey.questions.values()):
        return ""
    return tr("No tickets were looked at: nothing is measured. Give --result DIR.", language)


def _stages(found: Experience, language: Language) -> Grid:
    heads = ("", msg("felt"), msg("before"), msg("index"), msg("measured part"))
    rows = tuple(
        (
            stage_text(one, language),
            percent(one.felt),
            percent(one.felt_before),
            percent(one.index),
            percent(one.data_share),
        )
        for one in found.stages
    )
    return Grid(tuple(tr(head, language) for head in heads), rows)


def _factors(stage: StageIndex, language: Language) -> Grid:
    heads = ("", msg("felt"), msg("moved"), msg("measured"), msg("gap"), msg("rules"))
    return Grid(tuple(tr(head, language) for head in heads), tuple(_factor(one, language) for one in stage.factors))


def _factor(factor: Factor, language: Language) -> tuple[str, ...]:
    few = trn("{n} answer only", "{n} answers only", factor.asked.n, language)
    return (
        factor.question.text.in_(language),
        few if factor.felt is None else percent(factor.felt),
        moved_text(factor),
        percent(factor.measured.share) if factor.measured else "",
        _points(factor.felt, factor.measured.share) if factor.measured else "",
        ", ".join(factor.measured.rules if factor.measured else factor.question.measured_by),
    )


def moved_text(factor: Factor) -> str:
    """By how much it moved, with a sign of whether that is more than chance."""
    change = factor.change
    if change is None:
        return ""
    sign = LEVEL if not change.clear else BETTER if change.value > 0 else WORSE
    return f"{sign} {_points(factor.felt, factor.felt_before)}"


def _points(now: float | None, before: float | None) -> str:
    return "" if now is None or before is None else points_text(100 * now, 100 * before, 0)


def _melons(found: Experience, language: Language) -> Points:
    template = "{factor} Measured {measured} ({rules}), felt {felt}."
    return Points(
        tuple(
            tr(template, language, factor=one.question.text.in_(language), measured=percent(one.measured.share), rules=", ".join(one.measured.rules), felt=percent(one.felt))
            for one in found.melons
            if one.measured
        )
    )  # fmt: skip


def _customers(found: Experience, definitions: Definitions, language: Language) -> Grid:
    whole = [one for one in found.stages if not one.aspect]
    rows = tuple(
        (
            definitions.customers[name].title.in_(language),
            *(percent(one.felt) for one in stages if not one.aspect),
        )
        for name, stages in found.customers.items()
    )
    return Grid(("", *(stage_text(one, language) for one in whole)), rows if len(rows) > 1 else ())


def _actions(found: Experience, language: Language) -> tuple[str, ...]:
    runs = (run for run in found.survey.results if run.period == found.period)
    return tuple(action.in_(language) for run in runs for action in run.actions)


def experience_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of `data`."""
    return schema_beside(__file__, "experience")


def data(found: Experience) -> dict[str, object]:
    """The same for a program; shares are from 0 to 1."""
    return {
        "format": FORMAT,
        "survey": found.survey.id,
        "titles": titles(found.survey.title),
        "period": _period(found.period),
        "before": _period(found.before) if found.before else None,
        "turnout": _turnout_data(found.turnout),
        "turnout_before": _turnout_data(found.turnout_before) if found.turnout_before else None,
        "least_answers": found.survey.least_answers,
        "stages": [_stage_data(one) for one in found.stages],
        "customers": {
            name: {one.stage: _rounded(one.felt) for one in stages if not one.aspect}
            for name, stages in found.customers.items()
        },
        "history": [
            {"period": _period(period), "felt": {stage: _rounded(share) for stage, share in shares.items()}}
            for period, shares in found.history
        ],
        "melons": [one.question.id for one in found.melons],
    }


def _period(period: Effective) -> dict[str, str | None]:
    start, end = period.start, period.end
    return {"from": start.isoformat() if start else None, "to": end.isoformat() if end else None}


def _turnout_data(turnout: Turnout) -> dict[str, object]:
    return {
        "population": turnout.population,
        "invited": turnout.invited,
        "answered": turnout.answered,
        "rate": _rounded(turnout.rate),
    }


def _stage_data(stage: StageIndex) -> dict[str, object]:
    return {
        "stage": stage.stage,
        "aspect": stage.aspect,
        "felt": _rounded(stage.felt),
        "felt_before": _rounded(stage.felt_before),
        "index": _rounded(stage.index),
        "data_share": _rounded(stage.data_share),
        "factors": [] if stage.aspect else _factors_data(stage.factors),
    }


def _factors_data(factors: Sequence[Factor]) -> list[dict[str, object]]:
    return [
        {
            "question": one.question.id,
            "titles": titles(one.question.text),
            "weight": one.question.weight,
            "answered": one.asked.n,
            "satisfied": one.asked.hits,
            "felt": _rounded(one.felt),
            "felt_before": _rounded(one.felt_before),
            "moved": one.change is not None and one.change.clear,
            "measured": _rounded(one.measured.share) if one.measured else None,
            "rules": list(one.measured.rules) if one.measured else [],
            "gap": _rounded(one.gap),
        }
        for one in factors
    ]


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)

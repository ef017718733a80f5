"""What the reports of an assessment say in words: standings, limits and advice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from itsmctl.assessment import Assessed
from itsmctl.assessment.advice import Advice
from itsmctl.assessment.comparison import Comparison
from itsmctl.assessment.levels import Standing
from itsmctl.assessment.limits import NO_DATA, NOT_JUDGED, Limit
from itsmctl.assessment.rating import Basis, Rated
from itsmctl.language import Language, msg, reason_text, severity_text, tr
from itsmctl.model import Assessment, Definitions, Effort, Horizon, Questionnaire, QuestionnaireCriterion
from itsmctl.reports.plain import wrap

BASES: Mapping[Basis, str] = {
    "tickets": msg("tickets"),
    "definitions": msg("definitions"),
    "registers": msg("registers"),
    "attested": msg("people's word"),
}
HORIZONS: Mapping[Horizon, str] = {"near": msg("Near term"), "mid": msg("Middle term"), "long": msg("Long term")}
EFFORTS: Mapping[Effort, str] = {"S": msg("days"), "M": msg("weeks"), "L": msg("months")}

_OPEN, _REACH = msg("Answer what is open: {text}"), msg("Bring about: {text}")
_CONTROL = {
    "reviewed": msg("reviews: {shown} of the documents were reviewed in time, {wanted} wanted"),
    "approved": msg("approvals: {shown} of the documents stand as approved by those who may, {wanted} wanted"),
}
_MENDED = {
    "reviewed": msg("Review the documents whose review is overdue"),
    "approved": msg("Let those who may approve it approve the last version of each document, so that git shows it"),
}
_WHYS = {NOT_JUDGED: msg("the audit did not judge it"), NO_DATA: msg("no record in its scope")}


_HARDLY = 1e-9
"""What sums of fractions are off by."""


def percent(share: float | None) -> str:
    """A share of 0 to 1 as 58%, never rounded to a bare 0% or 100% that is not so; where there is none, a dash."""
    if share is None:
        return "–"
    if _HARDLY < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 - _HARDLY else f"{100 * share:.0f}%"


def level_text(questionnaire: Questionnaire, level: int | None, language: Language) -> str:
    """2 Repeatable; a level that is none of the model's is told by its number alone."""
    if level is None:
        return "–"
    titles = {one.level: one.title.in_(language) for one in questionnaire.levels}
    return f"{level} {titles[level]}" if level in titles else str(level)


def concluded_text(assessment: Assessment, language: Language) -> str:
    """The day on which it was concluded, or that it is not."""
    return str(assessment.assessed) if assessment.assessed else tr("not concluded", language)


def standing_text(questionnaire: Questionnaire, standing: Standing, language: Language) -> str:
    """Level 2 Repeatable, 58%; where the model has no levels, the share alone."""
    if questionnaire.method == "mean":
        return percent(standing.score)
    level = level_text(questionnaire, standing.level, language)
    return tr("level {level}, {share}", language, level=level, share=percent(standing.score))


def step_text(questionnaire: Questionnaire, place: int | None) -> str:
    """The step of the scale at a place; a dash where nobody answered."""
    return "–" if place is None else questionnaire.scale[place].id


def limit_text(limit: Limit, language: Language) -> str:
    """What lowered an answer, in one phrase."""
    shown = "–" if limit.share is None else f"{limit.share:.4g}%"
    wanted = "–" if limit.wanted is None else f"{limit.wanted:.4g}%"
    values = {"id": limit.id.partition(":")[2] or limit.id, "shown": shown, "wanted": wanted}
    if limit.source == "coverage":
        return tr("{id}: definitions stand for {shown} of its clauses, {wanted} wanted", language, **values)
    if limit.source == "control":
        return tr(_CONTROL[limit.id], language, **values)
    if limit.why:
        return tr("{head}: {text}", language, head=limit.id, text=_why(limit.why, language))
    if limit.wanted is None:
        return tr("{id}: not passed, {shown} of its records are", language, **values)
    return tr("{id}: {shown} of its records pass, {wanted} wanted", language, **values)


def ceiling_text(questionnaire: Questionnaire, limit: Limit, language: Language) -> str:
    """What one source of evidence shows, and the best answer that it allows."""
    if limit.share is None and limit.source == "control":
        return tr("approvals: {wanted} wanted; nobody looked in git", language, wanted=f"{limit.wanted:.4g}%")
    if limit.share is None:
        if limit.wanted is None:
            return tr("{id}: must be passed; no tickets looked at", language, id=limit.id)
        return tr("{id}: {wanted} wanted; no tickets looked at", language, id=limit.id, wanted=f"{limit.wanted:.4g}%")
    text = limit_text(limit, language)
    if limit.ceiling == len(questionnaire.scale) - 1:
        return tr("{text}: every answer stands", language, text=text)
    return tr("{text}: at most {step}", language, text=text, step=step_text(questionnaire, limit.ceiling))


def _why(why: str, language: Language) -> str:
    return tr(_WHYS[why], language) if why in _WHYS else reason_text(why, language)


def since_text(compared: Comparison, language: Language) -> str:
    """With what it is compared, and by what."""
    title = compared.earlier.title.in_(language)
    if compared.as_shown:
        return tr("Since “{title}”, as shown", language, title=title)
    return tr("Since “{title}”, as people say", language, title=title)


def question_lines(
    questionnaire: Questionnaire, rated: Sequence[Rated], place: int, language: Language, width: int
) -> Iterator[str]:
    """One question as people are asked it: both languages, what limits its answer, and the answers to choose from."""
    one = rated[place]
    criterion = one.criterion
    other: Language = "en" if language == "zh" else "zh"
    dimension = next(each for each in questionnaire.dimensions if each.id == criterion.dimension)
    head = [f"[{place + 1}/{len(rated)}] {criterion.id}", dimension.title.in_(language)]
    head += [] if criterion.level is None else [tr("level {level}", language, level=criterion.level)]
    head += [] if one.scored else [tr("a symptom: asked about, never counted", language)]
    yield from wrap(" · ".join(head), width)
    for text in dict.fromkeys((criterion.text.in_(language), criterion.text.in_(other))):
        yield from wrap(f"  {text}", width, "  ")
    for limit in one.limits if one.scored else ():
        yield from wrap("  ≤ " + ceiling_text(questionnaire, limit, language), width, "    ")
    yield from wrap("  " + "   ".join(_choices(questionnaire, criterion, language)), width, "  ")


def _choices(questionnaire: Questionnaire, criterion: QuestionnaireCriterion, language: Language) -> Iterator[str]:
    """The answers, each with what it means for this criterion, else on the whole."""
    for place, step in enumerate(questionnaire.scale):
        told = criterion.levels[place] if criterion.levels else step.title
        yield f"{step.id} {told.in_(language)}"


def action_text(advice: Advice, assessed: Assessed, definitions: Definitions, language: Language) -> str:
    """What to do, in one sentence."""
    if advice.recommendation is not None:
        return advice.recommendation.action.in_(language)
    if advice.source == "coverage":
        numbers = tr(", ", language).join(name.partition(":")[2] for name in advice.clauses)
        return tr("Write the definitions that these clauses lack: {clauses}", language, clauses=numbers)
    if advice.source == "control":
        return tr(_MENDED[advice.id], language)
    if advice.source == "rule":
        rule = definitions.rules[advice.id]
        if advice.effort == "S":  # nobody could look
            return tr("Let tickets show it: {title}", language, title=rule.title.in_(language))
        return rule.remedy.in_(language) or rule.title.in_(language)
    text = _wanted_text(advice, assessed, language)
    template = _OPEN if advice.source == "open" else _REACH
    return tr(template, language, text=text)


def _wanted_text(advice: Advice, assessed: Assessed, language: Language) -> str:
    """What a criterion claims; where it describes each level instead, what the wanted one looks like."""
    model = assessed.questionnaire
    criterion = model.criteria[advice.id]
    gap = next((gap for gap in assessed.gaps if gap.rated.criterion.id == advice.id), None)
    if gap is None or not criterion.levels or advice.source == "open":
        return criterion.text.in_(language)
    dimension = next(one for one in model.dimensions if one.id == criterion.dimension)
    wanted = criterion.levels[gap.wanted].in_(language)
    return tr("{head}: {text}", language, head=dimension.title.in_(language), text=wanted)


def cause_text(advice: Advice, definitions: Definitions, language: Language) -> str:
    """Everything that a piece of advice follows from."""
    rules = [f"{name} ({severity_text(definitions.rules[name].severity, language)})" for name in advice.rules]
    clauses = [name.partition(":")[2] for name in advice.clauses]
    groups = ((advice.criteria, ""), (rules, ""), (clauses, msg("clauses")), (advice.services, msg("services")))
    between = tr(", ", language)
    parts = [
        f"{tr(head, language)} {between.join(names)}".strip() if head else between.join(names)
        for names, head in groups
        if names
    ]
    return " · ".join(parts)

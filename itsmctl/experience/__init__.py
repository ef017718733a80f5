"""Customer experience: what people answer stage by stage, beside what tickets measure of the same, and what moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

from itsmctl.assessment.shown import RuleShown
from itsmctl.model import Effective, Question, Survey, SurveyRun
from itsmctl.scorecard.comparing import Change, Proportion, share_change

Stage = Literal["sales", "deployment", "operation"]
STAGES: tuple[Stage, ...] = ("sales", "deployment", "operation")
"""The stages of a customer's way, in their order; a question may belong to none."""

MELON = 0.15
"""Measured so much better than felt, and the survey is what a melon is: green outside, red inside."""


@dataclass(frozen=True)
class Measured:
    """What tickets show of the same: of the records that each rule judged, those that passed it."""

    rules: Mapping[str, Proportion]

    @property
    def share(self) -> float | None:
        """The mean over the rules, 0 to 1: one counts tickets, another months; None where no rule found a record."""
        return weighted([(1.0, one.share if one.n else None) for one in self.rules.values()])


@dataclass(frozen=True)
class Factor:
    """One question: what people say now and said before, and what is measured where rules measure the same."""

    question: Question
    asked: Proportion
    """Of all who answered it, those who are satisfied."""
    before: Proportion
    measured: Measured | None
    least: int

    @property
    def felt(self) -> float | None:
        """The share satisfied; None where too few answered for a figure."""
        return self.asked.share if self.asked.n >= self.least else None

    @property
    def felt_before(self) -> float | None:
        """The same in the period before."""
        return self.before.share if self.before.n >= self.least else None

    @property
    def change(self) -> Change | None:
        """What moved since the period before, and how sure that is; None where it cannot be told."""
        if self.felt is None or self.felt_before is None:
            return None
        return share_change(self.before, self.asked)

    @property
    def is_measured(self) -> bool:
        """Whether tickets show anything of it."""
        return self.measured is not None and self.measured.share is not None

    @property
    def value(self) -> float | None:
        """What counts in the index: the measured share where there is one, else what people say."""
        return self.measured.share if self.measured and self.is_measured else self.felt

    @property
    def gap(self) -> float | None:
        """Felt less measured; None where one of the two is missing."""
        if self.felt is None or self.measured is None or self.measured.share is None:
            return None
        return self.felt - self.measured.share

    @property
    def melon(self) -> bool:
        """Whether the figures are much better than what people say."""
        return self.gap is not None and self.gap <= -MELON


@dataclass(frozen=True)
class StageIndex:
    """One stage, or one aspect of it: its factors, and the weighted mean of them."""

    stage: str
    aspect: str
    """Empty for a whole stage."""
    factors: tuple[Factor, ...]

    @property
    def felt(self) -> float | None:
        """What people say, all factors together."""
        return weighted([(one.question.weight, one.felt) for one in self.factors])

    @property
    def felt_before(self) -> float | None:
        """What they said in the period before."""
        return weighted([(one.question.weight, one.felt_before) for one in self.factors])

    @property
    def index(self) -> float | None:
        """Of each factor what is measured, else what people say."""
        return weighted([(one.question.weight, one.value) for one in self.factors])

    @property
    def data_share(self) -> float | None:
        """The part of the weight of what has a figure that is measured."""
        known = [one for one in self.factors if one.value is not None]
        return weighted([(one.question.weight, float(one.is_measured)) for one in known])


@dataclass(frozen=True)
class Turnout:
    """How many there are, were asked and answered."""

    population: int | None
    """None where a run does not say."""
    invited: int
    answered: int

    @property
    def rate(self) -> float | None:
        """The share of those asked who answered."""
        return self.answered / self.invited if self.invited else None


@dataclass(frozen=True)
class Experience:
    """A survey in one period, by stages; `customers` are the same for each customer whose runs it has."""

    survey: Survey
    period: Effective
    before: Effective | None
    turnout: Turnout
    turnout_before: Turnout | None
    stages: tuple[StageIndex, ...]
    customers: Mapping[str, tuple[StageIndex, ...]]
    history: tuple[tuple[Effective, Mapping[str, float | None]], ...]
    """What people said of each stage in every period, oldest first."""

    @property
    def enough(self) -> bool:
        """Whether as many answered as the survey asks for before a figure is shown."""
        return self.turnout.answered >= self.survey.least_answers

    @property
    def melons(self) -> tuple[Factor, ...]:
        """Factors that tickets show much better than people feel them, the widest gap first."""
        found = (factor for stage in self.stages if not stage.aspect for factor in stage.factors if factor.melon)
        return tuple(sorted(found, key=lambda factor: (factor.gap or 0.0, factor.question.id)))


def periods_of(survey: Survey) -> tuple[Effective, ...]:
    """The periods in which it was run, oldest first."""
    found = {run.period for run in survey.results}
    return tuple(sorted(found, key=lambda period: (str(period.end), str(period.start))))


def experience(survey: Survey, rules: Mapping[str, RuleShown] | None, period: Effective) -> Experience:
    """A survey in a period, beside what an audit found; without one, nothing is measured."""
    earlier = [one for one in periods_of(survey) if str(one.end) < str(period.end)]
    before = earlier[-1] if earlier else None
    now = [run for run in survey.results if run.period == period]
    then = [run for run in survey.results if run.period == before]
    customers = dict.fromkeys(run.customer for run in now if run.customer)
    return Experience(
        survey,
        period,
        before,
        _turnout(now),
        _turnout(then) if then else None,
        _stages(survey, now, then, rules),
        {
            name: _stages(survey, [r for r in now if r.customer == name], [r for r in then if r.customer == name], None)
            for name in customers
        },
        tuple((one, _felt(survey, one)) for one in (*earlier, period)),
    )


def _turnout(runs: Sequence[SurveyRun]) -> Turnout:
    sizes = [run.population for run in runs]
    known = [size for size in sizes if size is not None]
    return Turnout(
        sum(known) if len(known) == len(sizes) else None,
        sum(run.invited for run in runs),
        sum(run.answered for run in runs),
    )


def _felt(survey: Survey, period: Effective) -> dict[str, float | None]:
    runs = [run for run in survey.results if run.period == period]
    return {one.stage: one.felt for one in _stages(survey, runs, [], None) if not one.aspect}


def _stages(
    survey: Survey, now: Sequence[SurveyRun], then: Sequence[SurveyRun], rules: Mapping[str, RuleShown] | None
) -> tuple[StageIndex, ...]:
    """Each stage that is asked about, and behind it its aspects where it has several."""
    factors = [_factor(survey, question, now, then, rules) for question in survey.questions.values()]
    found = []
    for stage in (*STAGES, ""):
        own = tuple(one for one in factors if one.question.stage == stage)
        if own:
            found.append(StageIndex(stage, "", own))
        aspects = dict.fromkeys(one.question.aspect for one in own if one.question.aspect)
        if len(aspects) > 1:
            found += [StageIndex(stage, a, tuple(one for one in own if one.question.aspect == a)) for a in aspects]
    return tuple(found)


def _factor(
    survey: Survey, question: Question, now: Sequence[SurveyRun], then: Sequence[SurveyRun],
    rules: Mapping[str, RuleShown] | None,
) -> Factor:  # fmt: skip
    measured = _measured(question, rules) if rules is not None and question.measured_by else None
    return Factor(
        question, _answers(survey, question, now), _answers(survey, question, then), measured, survey.least_answers
    )


def _answers(survey: Survey, question: Question, runs: Sequence[SurveyRun]) -> Proportion:
    """Over several runs each answer counts once, whoever's it is."""
    counts = [run.counts[question.id] for run in runs if question.id in run.counts]
    good = [place for place, step in enumerate(survey.scale) if step.satisfied]
    return Proportion(sum(one[place] for one in counts for place in good), sum(map(sum, counts)))


def _measured(question: Question, rules: Mapping[str, RuleShown]) -> Measured:
    """Over the rules that could be tested; those that could not say nothing, and a record that could not is not as it should be."""
    known = [
        one for name in question.measured_by if (one := rules.get(name)) and one.outcome != "no_data" and not one.why
    ]
    return Measured({rule.id: Proportion(rule.passed, rule.in_scope) for rule in known})


def weighted(shares: Sequence[tuple[float, float | None]]) -> float | None:
    """The mean of (weight, share) over those that there are; None where there are none, or none weighs anything."""
    known = [(weight, share) for weight, share in shares if share is not None]
    total = fsum(weight for weight, _ in known)
    return fsum(weight * share for weight, share in known) / total if total else None

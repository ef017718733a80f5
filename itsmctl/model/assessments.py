"""How an organisation judges itself: questionnaires and their answers, surveys and their results."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from itsmctl.model.definition import Definition, Effective, Text
from itsmctl.values import value

Horizon = Literal["near", "mid", "long"]

Effort = Literal["S", "M", "L"]
"""Days, weeks, months."""


@value
class Evidence:
    """What a statement rests on: a kind of definition (or `document`) and its id (or its description)."""

    kind: str
    id: str
    document: Text


@value
class ScaleStep:
    """A step of a scale, from lowest to highest; `start` and `end` are the share achieved in per cent."""

    id: str
    title: Text
    points: float
    start: float | None
    end: float | None
    satisfied: bool


@value
class Level:
    """A level of a model."""

    level: int
    title: Text
    description: Text


@value
class Dimension:
    """A dimension of a questionnaire; `fed_by` are (questionnaire, dimension) whose results count here too."""

    id: str
    title: Text
    description: Text
    process: str
    fed_by: tuple[tuple[str, str], ...]


@value
class Cap:
    """What must be reached for an answer to stand: the per cent of a rule's records that pass, or of clauses with definitions."""

    rule: str
    """Empty where something else is meant."""
    at_least: float
    coverage: str = ""
    """The clauses at or below this FRAMEWORK:NUMBER; empty where something else is meant."""
    control: Literal["", "reviewed", "approved"] = ""
    """Of the documents that are reviewed at intervals, those reviewed in time, or approved by those who may."""


@value
class QuestionnaireCriterion:
    """What is claimed or asked; a `symptom` is a sign of its level and earns nothing."""

    id: str
    text: Text
    dimension: str
    level: int | None
    polarity: Literal["achieve", "symptom"]
    evidence: tuple[str, ...]
    caps: tuple[Cap, ...]
    levels: tuple[Text, ...]
    clauses: tuple[str, ...]


@value
class Questionnaire(Definition):
    """Criteria by which an organisation judges itself."""

    version: str
    description: Text
    method: Literal["staged", "levels", "mean"]
    scale: tuple[ScaleStep, ...]
    levels: tuple[Level, ...]
    dimensions: tuple[Dimension, ...]
    criteria: Mapping[str, QuestionnaireCriterion]


@value
class Answer:
    """The answer to one criterion; without evidence it is the judgement of the person who gave it."""

    rating: str
    evidence: tuple[Evidence, ...]
    by: str
    on: date | None
    note: Text


@value
class Recommendation:
    """What to do next, by when, and which criteria it helps."""

    id: str
    action: Text
    horizon: Horizon
    criteria: tuple[str, ...]
    clauses: tuple[str, ...]
    owner: str
    effort: Effort
    due: date | None
    done: date | None


@value
class Assessment(Definition):
    """Answers to a questionnaire for one period, with targets by dimension and recommendations."""

    questionnaire: str
    period: Effective
    assessed: date | None
    methods: tuple[str, ...]
    processes: tuple[str, ...]
    assessors: tuple[str, ...]
    targets: Mapping[str, int]
    current_state: Text
    gaps: tuple[Text, ...]
    answers: Mapping[str, Answer]
    recommendations: tuple[Recommendation, ...]


@value
class Question:
    """A question of a survey, with the rules that measure the same from tickets."""

    id: str
    text: Text
    stage: str
    aspect: str
    weight: float
    measured_by: tuple[str, ...]


@value
class SurveyRun:
    """One run: whom it asked, how many answered, and how often each step was chosen, by question."""

    period: Effective
    asked: date | None
    customer: str
    service: str
    population: int | None
    invited: int
    answered: int
    counts: Mapping[str, tuple[int, ...]]
    comments: tuple[Text, ...]
    actions: tuple[Text, ...]


@value
class Response:
    """One answer that belongs to a ticket; scores count from 1."""

    record: str
    on: date | None
    scores: Mapping[str, int]
    comment: Text


@value
class Survey(Definition):
    """A survey with its questions and the results of its runs."""

    audience: Literal["customers", "users", "employees"]
    owner: str
    method: Text
    least_answers: int
    scale: tuple[ScaleStep, ...]
    questions: Mapping[str, Question]
    results: tuple[SurveyRun, ...]
    responses: tuple[Response, ...]

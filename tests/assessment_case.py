"""A small management system to assess: two dimensions, three levels, and what tickets and clauses show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from itsmctl.assessment.shown import RuleShown, Shown
from itsmctl.errors import Where
from itsmctl.model import (
    Answer,
    Assessment,
    Cap,
    Definitions,
    Dimension,
    Effective,
    Evidence,
    Level,
    Outcome,
    Questionnaire,
    QuestionnaireCriterion,
    Recommendation,
    ScaleStep,
    Severity,
    Text,
)

NOWHERE = Where("system.yaml")
STEPS = (("N", 0, 15, 0.0), ("P", 15, 50, 0.33), ("L", 50, 85, 0.67), ("F", 85, 100, 1.0))
BANDED = tuple(ScaleStep(name, Text(name), points, start, end, False) for name, start, end, points in STEPS)
NUMBERED = tuple(ScaleStep(str(n), Text(str(n)), float(n), None, None, False) for n in range(5))
N, P, L, F = range(4)


def criterion(
    name: str, dimension: str, level: int | None = None, *, caps: Sequence[Cap] = (), symptom: bool = False,
    clauses: Sequence[str] = (), evidence: Sequence[str] = (),
) -> QuestionnaireCriterion:  # fmt: skip
    """A criterion that is called what it is."""
    polarity = "symptom" if symptom else "achieve"
    return QuestionnaireCriterion(
        name, Text(name), dimension, level, polarity, tuple(evidence), tuple(caps), (), tuple(clauses)
    )


def questionnaire(
    criteria: Sequence[QuestionnaireCriterion], method: str = "staged", *, name: str = "q",
    scale: Sequence[ScaleStep] = BANDED, levels: Sequence[int] = (1, 2, 3), dimensions: Sequence[Dimension] = (),
) -> Questionnaire:  # fmt: skip
    """A questionnaire; its dimensions are those of its criteria, unless they are given."""
    own = tuple(Dimension(one, Text(one), Text(), "", ()) for one in dict.fromkeys(c.dimension for c in criteria))
    assert method in ("staged", "levels", "mean")
    return Questionnaire(
        "questionnaire", name, Text(name), Effective(), NOWHERE, (),
        "1", Text(), method,  # type: ignore[arg-type]
        tuple(scale), tuple(Level(n, Text(str(n)), Text()) for n in levels), tuple(dimensions) or own,
        {one.id: one for one in criteria},
    )  # fmt: skip


def assessment(
    answers: Mapping[str, str | Answer], *, name: str = "now", of: str = "q", on: date = date(2026, 6, 24),
    targets: Mapping[str, int] | None = None, recommendations: Sequence[Recommendation] = (),
) -> Assessment:  # fmt: skip
    """An assessment; an answer is a rating, or what `answer` makes."""
    given = {key: one if isinstance(one, Answer) else answer(one) for key, one in answers.items()}
    return Assessment(
        "assessment", name, Text(name), Effective(), NOWHERE, (),
        of, Effective(), on, (), (), (), targets or {}, Text(), (), given, tuple(recommendations),
    )  # fmt: skip


def answer(rating: str, **evidence: str) -> Answer:
    """An answer with its evidence, as kind=id."""
    return Answer(rating, tuple(Evidence(kind, name, Text()) for kind, name in evidence.items()), "", None, Text())


def system(questionnaires: Sequence[Questionnaire], assessments: Sequence[Assessment]) -> Definitions:
    """Definitions that hold nothing else."""
    return Definitions(
        Path(), False, (), "",
        questionnaires={one.id: one for one in questionnaires}, assessments={one.id: one for one in assessments},
    )  # fmt: skip


def rule(
    name: str, passed: int, in_scope: int = 100, *, outcome: Outcome | None = None, severity: Severity = "minor",
    clauses: Sequence[str] = (), services: Sequence[str] = (), why: str = "",
) -> RuleShown:  # fmt: skip
    """What became of a rule that lets no failure through."""
    found: Outcome = outcome or ("pass" if passed == in_scope else "fail")
    return RuleShown(name, severity, tuple(clauses), found, in_scope, passed, tuple(services), why)


def tickets(*rules: RuleShown, clauses: Mapping[str, bool] | None = None) -> Shown:
    """What an audit showed."""
    return Shown({one.id: one for one in rules}, clauses or {})

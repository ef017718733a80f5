"""Answers as they were given and as they stand: never above what the evidence allows, and what each of them rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from itsmctl.assessment.limits import Limit, limits_of
from itsmctl.assessment.shown import Shown
from itsmctl.model import Answer, Assessment, Questionnaire, QuestionnaireCriterion, ScaleStep

Basis = Literal["tickets", "definitions", "registers", "attested"]

BASES: tuple[Basis, ...] = ("tickets", "definitions", "registers", "attested")
"""From the strongest."""

_OF_EVIDENCE: dict[str, Basis] = {
    "process": "definitions",
    "policy": "definitions",
    "audit": "definitions",
    "survey": "registers",
    "nonconformity": "registers",
    "review": "registers",
}
"""What a piece of evidence makes an answer rest on; another assessment, or a document that is only told of, is people's word."""


@dataclass(frozen=True)
class Rated:
    """The answer to one criterion; `said` and `shown` are places on the scale, None where it is open."""

    criterion: QuestionnaireCriterion
    answer: Answer | None
    said: int | None
    shown: int | None
    limits: tuple[Limit, ...]
    basis: Basis

    @property
    def scored(self) -> bool:
        """Whether it counts; a symptom never does."""
        return self.criterion.polarity == "achieve"

    @property
    def lowered_by(self) -> tuple[Limit, ...]:
        """The limits that it was said to be above."""
        return () if self.said is None else tuple(limit for limit in self.limits if limit.ceiling < self.said)

    @property
    def unchecked(self) -> bool:
        """Whether a rule limits it, and no tickets were looked at."""
        return any(limit.source == "rule" and limit.share is None for limit in self.limits)

    @property
    def unapproved(self) -> bool:
        """Whether approvals limit it, and nobody looked in git for them."""
        return any(limit.source == "control" and limit.share is None for limit in self.limits)


def rate(assessment: Assessment, questionnaire: Questionnaire, shown: Shown) -> tuple[Rated, ...]:
    """Every criterion of the questionnaire with its answer, in the order in which they are asked."""
    return tuple(
        _rated(criterion, assessment.answers.get(criterion.id), questionnaire.scale, shown, assessment.assessed)
        for criterion in questionnaire.criteria.values()
    )


def _rated(
    criterion: QuestionnaireCriterion, answer: Answer | None, scale: Sequence[ScaleStep], shown: Shown, day: date | None
) -> Rated:
    said = next((place for place, step in enumerate(scale) if answer and step.id == answer.rating), None)
    # Evidence that a symptom is strong would be no reason to call it weak.
    limits = limits_of(criterion, answer, scale, shown, day) if criterion.polarity == "achieve" else ()
    stands = None if said is None else min([said, *(limit.ceiling for limit in limits)])
    return Rated(criterion, answer, said, stands, limits, _basis(answer, limits))


def _basis(answer: Answer | None, limits: Sequence[Limit]) -> Basis:
    found: list[Basis] = [_OF_EVIDENCE.get(one.kind, "attested") for one in answer.evidence] if answer else []
    for limit in limits:
        if limit.source != "rule":
            found += ["definitions"] if limit.share is not None else []
        elif limit.share is not None and not limit.why:
            found.append("tickets")
    return min(found, key=BASES.index, default="attested")

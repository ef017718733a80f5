"""Gaps: criteria that stand lower than the level aimed at asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from itsmctl.assessment.levels import DimensionResult, largely
from itsmctl.assessment.limits import Limit
from itsmctl.assessment.rating import Rated
from itsmctl.model import Assessment, Questionnaire


@dataclass(frozen=True)
class Gap:
    """A criterion with the place on the scale that it should have."""

    rated: Rated
    wanted: int

    @property
    def short(self) -> int:
        """How many steps are missing; an open answer lacks them all."""
        return self.wanted - (self.rated.shown or 0)

    @property
    def held_back_by(self) -> tuple[Limit, ...]:
        """The limits below what is wanted: without them gone, no answer would help."""
        return tuple(limit for limit in self.rated.limits if limit.ceiling < self.wanted)


def target(assessment: Assessment, questionnaire: Questionnaire, result: DimensionResult) -> int | None:
    """The level aimed at in a dimension: the one that the assessment names, else the next; None where there are no levels."""
    if questionnaire.method == "mean":
        return None
    levels = sorted(level.level for level in questionnaire.levels)
    if questionnaire.method == "levels":
        levels = sorted(int(step.points) for step in questionnaire.scale)
    here = result.shown.level if result.shown.level is not None else levels[0] - 1
    return assessment.targets.get(result.dimension.id, next((level for level in levels if level > here), levels[-1]))


def gaps(questionnaire: Questionnaire, rated: Sequence[Rated], targets: Mapping[str, int | None]) -> tuple[Gap, ...]:
    """Every criterion that stands lower than its dimension's target asks for, in the order in which they are asked."""
    found = []
    for one in rated:
        wanted = _wanted(questionnaire, one, targets[one.criterion.dimension])
        if one.scored and wanted is not None and (one.shown is None or one.shown < wanted):
            found.append(Gap(one, wanted))
    return tuple(found)


def _wanted(questionnaire: Questionnaire, rated: Rated, aim: int | None) -> int | None:
    """The place that a target asks of a criterion; None where it asks nothing of it."""
    scale = questionnaire.scale
    match questionnaire.method:
        case "mean":
            return largely(scale)
        case "levels":
            return next((place for place, step in enumerate(scale) if aim is not None and step.points >= aim), None)
        case "staged":
            level = rated.criterion.level
            if level is None or aim is None or level > aim:
                return None
            return largely(scale) if level == aim else len(scale) - 1

"""From answers to results: a level or a mean for each dimension, and how much of it rests on what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from itsmctl.assessment.rating import BASES, Basis, Rated
from itsmctl.model import Dimension, Questionnaire, ScaleStep

HALF = 50.0
"""Per cent above which something counts as largely achieved."""


@dataclass(frozen=True)
class Standing:
    """Where somebody stands: the level where the model has one, the mean share achieved (0 to 1), None where nothing was answered."""

    level: int | None
    score: float | None


@dataclass(frozen=True)
class DimensionResult:
    """One dimension, as people say and as it is shown."""

    dimension: Dimension
    said: Standing
    shown: Standing
    rests_on: Mapping[Basis, float]
    """The shown score in parts, by what they rest on."""
    by_level: Mapping[int, float | None]
    """The shown mean of the criteria of each level; None where it has none, or none was answered."""
    open: tuple[str, ...]
    """Criteria without an answer that would count."""
    fed_by: tuple[str, ...] = ()
    """The assessments whose results count here too."""


def largely(scale: Sequence[ScaleStep]) -> int:
    """The place of the lowest step that counts as reached: more than half, by what the steps say, else by their points."""
    share = [step.start for step in scale if step.start is not None]
    if len(share) == len(scale):
        return next((place for place, start in enumerate(share) if start >= HALF), len(scale) - 1)
    return next(place for place, step in enumerate(scale) if 100 * _worth(scale, place) > HALF)


def _worth(scale: Sequence[ScaleStep], place: int) -> float:
    """What a step counts for, from 0 (the lowest) to 1 (the highest)."""
    points = [step.points for step in scale]
    return (scale[place].points - min(points)) / (max(points) - min(points)) if max(points) > min(points) else 0.0


def dimension_result(questionnaire: Questionnaire, dimension: Dimension, rated: Sequence[Rated]) -> DimensionResult:
    """The result of one dimension by its own criteria alone."""
    own = [one for one in rated if one.criterion.dimension == dimension.id and one.scored]
    said = [(one, one.said) for one in own]
    shown = [(one, one.shown) for one in own]
    return DimensionResult(
        dimension,
        _standing(questionnaire, said),
        _standing(questionnaire, shown),
        _rests_on(questionnaire, own),
        {
            level.level: _mean(questionnaire, [(one, at) for one, at in shown if one.criterion.level == level.level])
            for level in questionnaire.levels
        },
        tuple(one.criterion.id for one in own if one.said is None),
    )


_Places = Sequence[tuple[Rated, int | None]]
"""Criteria and where each of them stands on the scale."""


def _standing(questionnaire: Questionnaire, places: _Places) -> Standing:
    score = _mean(questionnaire, places)
    match questionnaire.method:
        case "staged":
            return Standing(None if score is None else _staged(questionnaire, places), score)
        case "levels":
            answered = [place for _, place in places if place is not None]
            return Standing(int(questionnaire.scale[min(answered)].points) if answered else None, score)
        case "mean":
            return Standing(None, score)


def _staged(questionnaire: Questionnaire, places: _Places) -> int:
    """The highest level whose criteria are all largely achieved, and those of every level below fully.

    One below the lowest level where not even that is reached. An open criterion holds its level back.
    """
    scale, levels = questionnaire.scale, sorted(level.level for level in questionnaire.levels)
    reached = levels[0] - 1
    for level in levels:
        here = [place for one, place in places if one.criterion.level == level]
        if not all(place is not None and place >= largely(scale) for place in here):
            break
        reached = level
        if not all(place == len(scale) - 1 for place in here):
            break
    return reached


def _mean(questionnaire: Questionnaire, places: _Places) -> float | None:
    worth = [_worth(questionnaire.scale, place) for _, place in places if place is not None]
    return fsum(worth) / len(worth) if worth else None


def _rests_on(questionnaire: Questionnaire, own: Sequence[Rated]) -> dict[Basis, float]:
    answered = [(one.basis, _worth(questionnaire.scale, one.shown)) for one in own if one.shown is not None]
    return {
        basis: fsum(worth for found, worth in answered if found == basis) / len(answered) if answered else 0.0
        for basis in BASES
    }


def feed(result: DimensionResult, others: Mapping[str, DimensionResult]) -> DimensionResult:
    """A dimension into which the results of others, by their assessments, count as much each as its own answers."""
    parts = [result, *others.values()]
    return DimensionResult(
        result.dimension,
        Standing(result.said.level, mean(part.said.score for part in parts)),
        Standing(result.shown.level, mean(part.shown.score for part in parts)),
        rests_on([part for part in parts if part.shown.score is not None]),
        result.by_level,
        result.open,
        tuple(others),
    )


def rests_on(parts: Sequence[DimensionResult]) -> dict[Basis, float]:
    """The mean of what several results rest on."""
    return {basis: fsum(part.rests_on[basis] for part in parts) / len(parts) if parts else 0.0 for basis in BASES}


def mean(scores: Iterable[float | None]) -> float | None:
    """The mean of the scores that there are."""
    found = [score for score in scores if score is not None]
    return fsum(found) / len(found) if found else None


def overall(results: Sequence[DimensionResult], *, said: bool) -> Standing:
    """The whole: the lowest level of its dimensions, and the mean of their scores.

    While a dimension has no level, neither has the whole: leaving a question open must not lift it.
    """
    standings = [result.said if said else result.shown for result in results]
    levels = [standing.level for standing in standings]
    lowest = min((level for level in levels if level is not None), default=None)
    return Standing(None if None in levels else lowest, mean(standing.score for standing in standings))

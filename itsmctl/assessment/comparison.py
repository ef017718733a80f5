"""What moved since the assessment before: answers as they were given, for what tickets showed then is not known now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from itsmctl.assessment.levels import DimensionResult, Standing, overall
from itsmctl.assessment.rating import Rated
from itsmctl.model import Assessment, Recommendation


@dataclass(frozen=True)
class Moved:
    """A criterion whose answer differs; places on the scale."""

    criterion: str
    before: int
    now: int


@dataclass(frozen=True)
class Comparison:
    """Two assessments by the same questionnaire, both as people said, or where it is known what tickets showed then, as shown."""

    earlier: Assessment
    dimensions: Mapping[str, Standing]
    """Where each dimension stood, by its id."""
    overall: Standing
    moved: tuple[Moved, ...]
    """In the order in which they are asked; symptoms are left out."""
    answered: tuple[str, ...]
    """Criteria that were open then and are not now."""
    dropped: tuple[str, ...]
    """Criteria that were answered then and are open now."""
    done: tuple[Recommendation, ...]
    """The earlier recommendations that are done."""
    overdue: tuple[Recommendation, ...]
    """Those that were due by the day of this assessment and are not."""
    as_shown: bool = False


def last_assessed(among: Iterable[Assessment], questionnaire: str, until: date | None) -> Assessment | None:
    """The assessment by a questionnaire that was concluded last, on this day at the latest; any day where it is None."""
    known = [
        (one.assessed, one.id, one)
        for one in among
        if one.questionnaire == questionnaire and one.assessed and (until is None or one.assessed <= until)
    ]
    return max(known, key=lambda entry: entry[:2])[2] if known else None


def earlier_than(assessment: Assessment, among: Iterable[Assessment]) -> Assessment | None:
    """The last assessment by the same questionnaire that was concluded before this one, which may not be concluded yet."""
    until = assessment.assessed - timedelta(days=1) if assessment.assessed else None
    return last_assessed(among, assessment.questionnaire, until)


def compare(
    assessment: Assessment,
    rated: Sequence[Rated],
    earlier: Assessment,
    before: Sequence[Rated],
    dimensions: Sequence[DimensionResult],
    *,
    as_shown: bool = False,
) -> Comparison:
    """Lay an assessment over an earlier one whose answers and dimensions are given."""

    def place(one: Rated) -> int | None:
        return one.shown if as_shown else one.said

    then = {one.criterion.id: place(one) for one in before}
    pairs = [(one.criterion.id, then.get(one.criterion.id), place(one)) for one in rated if one.scored]
    open_ = [one for one in earlier.recommendations if one.done is None]
    return Comparison(
        earlier,
        {result.dimension.id: result.shown if as_shown else result.said for result in dimensions},
        overall(dimensions, said=not as_shown),
        tuple(Moved(n, was, is_) for n, was, is_ in pairs if was is not None and is_ is not None and was != is_),
        tuple(name for name, was, is_ in pairs if was is None and is_ is not None),
        tuple(name for name, was, is_ in pairs if was is not None and is_ is None),
        tuple(one for one in earlier.recommendations if one.done is not None),
        tuple(one for one in open_ if one.due and assessment.assessed and one.due <= assessment.assessed),
        as_shown,
    )

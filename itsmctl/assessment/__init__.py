"""Assessment: where an organisation stands by its own answers, never higher than its tickets and definitions show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from itsmctl.assessment.advice import Advice, advise
from itsmctl.assessment.comparison import Comparison, compare, earlier_than, last_assessed
from itsmctl.assessment.gaps import Gap, gaps, target
from itsmctl.assessment.levels import DimensionResult, Standing, dimension_result, feed, overall, rests_on
from itsmctl.assessment.rating import Basis, Rated, rate
from itsmctl.assessment.shown import Shown
from itsmctl.model import Assessment, Definitions, Dimension, Questionnaire


@dataclass(frozen=True)
class Assessed:
    """An assessment with everything that is computed from it."""

    assessment: Assessment
    questionnaire: Questionnaire
    with_tickets: bool
    rated: tuple[Rated, ...]
    dimensions: tuple[DimensionResult, ...]
    said: Standing
    shown: Standing
    rests_on: Mapping[Basis, float]
    """The shown score in parts, by what they rest on."""
    targets: Mapping[str, int | None]
    gaps: tuple[Gap, ...]
    advice: tuple[Advice, ...]
    comparison: Comparison | None
    """With the assessment before; None where there is none."""

    @property
    def data_share(self) -> float | None:
        """The part of the shown score (0 to 1) that rests on more than people's word; None where there is no score."""
        total = sum(self.rests_on.values())
        return (total - self.rests_on["attested"]) / total if total else None

    @property
    def lowered(self) -> tuple[Rated, ...]:
        """The answers that stand lower than they were given."""
        return tuple(one for one in self.rated if one.lowered_by)


def assess(
    definitions: Definitions,
    assessment: Assessment,
    shown: Shown,
    *,
    before: Assessment | None = None,
    shown_then: Shown | None = None,
) -> Assessed:
    """Compute an assessment by what tickets and definitions show, and lay it over the one before.

    `before` is another one to lay it over; with `shown_then`, what was shown at that time, both are taken as shown.
    """
    questionnaire = definitions.questionnaires[assessment.questionnaire]
    rated = rate(assessment, questionnaire, shown)
    dimensions = _dimensions(definitions, assessment, rated, shown)
    targets = {result.dimension.id: target(assessment, questionnaire, result) for result in dimensions}
    found = gaps(questionnaire, rated, targets)
    return Assessed(
        assessment,
        questionnaire,
        shown.rules is not None,
        rated,
        dimensions,
        overall(dimensions, said=True),
        overall(dimensions, said=False),
        rests_on([result for result in dimensions if result.shown.score is not None]),
        targets,
        found,
        advise(assessment, questionnaire, found, shown),
        _comparison(definitions, assessment, rated, before, shown_then),
    )


def _dimensions(
    definitions: Definitions, assessment: Assessment, rated: Sequence[Rated], shown: Shown
) -> tuple[DimensionResult, ...]:
    questionnaire = definitions.questionnaires[assessment.questionnaire]
    own = [dimension_result(questionnaire, dimension, rated) for dimension in questionnaire.dimensions]
    return tuple(feed(one, _feeding(definitions, assessment, one.dimension, shown)) for one in own)


def _feeding(
    definitions: Definitions, assessment: Assessment, dimension: Dimension, shown: Shown
) -> dict[str, DimensionResult]:
    """The results that count in a dimension too, by their assessments: of each the last one not after this one."""
    found = {}
    for name, other in dimension.fed_by:
        feeding = last_assessed(definitions.assessments.values(), name, assessment.assessed)
        if feeding is not None:
            questionnaire = definitions.questionnaires[name]
            chosen = next(one for one in questionnaire.dimensions if one.id == other)
            found[feeding.id] = dimension_result(questionnaire, chosen, rate(feeding, questionnaire, shown))
    return found


def _comparison(
    definitions: Definitions,
    assessment: Assessment,
    rated: Sequence[Rated],
    before: Assessment | None,
    shown_then: Shown | None,
) -> Comparison | None:
    earlier = before or earlier_than(assessment, definitions.assessments.values())
    if earlier is None:
        return None
    # What the tickets of another period show says nothing about then: unless that is known, both are as people said.
    shown = shown_then or Shown()
    then = rate(earlier, definitions.questionnaires[earlier.questionnaire], shown)
    dimensions = _dimensions(definitions, earlier, then, shown)
    return compare(assessment, rated, earlier, then, dimensions, as_shown=shown_then is not None)

"""The road map of adoption (沿途下蛋): what is missing by coverage and by assessment, as one row of steps, the smallest useful first.

A step of the coverage makes clauses stronger; where it also takes away what holds a criterion back, or serves a clause that a
gap is about, it closes that gap too. What no such step closes is left to the recommendations of the assessments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from itsmctl.assessment import Assessed
from itsmctl.assessment.advice import Advice
from itsmctl.assessment.gaps import Gap
from itsmctl.coverage.steps import Step, StepCode
from itsmctl.model import Effort, Questionnaire, within

Size = Literal["minutes", "days", "weeks", "months"]
SIZES: tuple[Size, ...] = ("minutes", "days", "weeks", "months")
_OF_CODE: Mapping[StepCode, Size] = {
    "audit": "minutes", "name": "minutes", "export": "days", "write": "days", "define": "days", "rule": "days",
    "ask": "days", "mend": "weeks", "record": "weeks",
}  # fmt: skip
_OF_EFFORT: Mapping[Effort, Size] = {"S": "days", "M": "weeks", "L": "months"}


@dataclass(frozen=True)
class Proposed:
    """One step: of the coverage, or a recommendation of an assessment; and everything that it is good for."""

    size: Size
    clauses: tuple[str, ...]
    """Requirements that it serves."""
    criteria: tuple[str, ...]
    """Gaps of the assessments that it closes, or a part of them."""
    step: Step | None = None
    advice: Advice | None = None
    of: Assessed | None = None
    """The assessment that recommends it."""
    unasked: Questionnaire | None = None
    """A questionnaire that nobody has answered yet: the step is to do so."""

    @property
    def use(self) -> int:
        """How many requirements and gaps it serves."""
        return len(self.clauses) + len(self.criteria)


def propose(
    steps: Sequence[Step], assessments: Sequence[Assessed], unasked: Sequence[Questionnaire] = ()
) -> tuple[Proposed, ...]:
    """Every step, the smallest first, and among those of a size the most useful; `unasked` are questionnaires without answers."""
    gaps = [gap for one in assessments for gap in one.gaps]
    found = [_of_step(step, gaps) for step in steps]
    closed = {name for one in found for name in one.criteria}
    found += [one for assessed in assessments for one in _of_advice(assessed, closed)]
    found += [_of_questions(one) for one in unasked]
    order = {id(one): place for place, one in enumerate(found)}
    return tuple(sorted(found, key=lambda one: (SIZES.index(one.size), -one.use, order[id(one)])))


def _of_questions(questionnaire: Questionnaire) -> Proposed:
    """To assess oneself is a matter of an afternoon or two, and shows what of all the rest is worth while."""
    clauses = (clause for criterion in questionnaire.criteria.values() for clause in criterion.clauses)
    return Proposed("days", tuple(dict.fromkeys(clauses)), (), unasked=questionnaire)


def _of_step(step: Step, gaps: Iterable[Gap]) -> Proposed:
    closes = tuple(dict.fromkeys(gap.rated.criterion.id for gap in gaps if _helps(step, gap)))
    return Proposed(_OF_CODE[step.code], step.clauses, closes, step=step)


def _helps(step: Step, gap: Gap) -> bool:
    """Whether a step takes away what holds a gap back; where nothing measures it, whether it serves a clause of it."""
    held = gap.held_back_by
    if step.code in ("audit", "export", "mend"):
        return any(limit.source == "rule" and (limit.id in step.what or step.code == "audit") for limit in held)
    if step.code in ("write", "define", "name"):
        by_coverage = [limit.id for limit in held if limit.source == "coverage"]
        if any(within(clause, reference) for clause in step.clauses for reference in by_coverage):
            return True
    return not held and any(within(clause, own) for clause in step.clauses for own in gap.rated.criterion.clauses)


def _of_advice(assessed: Assessed, closed: set[str]) -> Iterator[Proposed]:
    """What people or the assessment recommend, but for what the steps of the coverage close already."""
    for advice in assessed.advice:
        left = tuple(name for name in advice.criteria if name not in closed)
        if advice.recommendation is not None or left:
            criteria = advice.criteria if advice.recommendation else left
            yield Proposed(_OF_EFFORT[advice.effort], advice.clauses, criteria, advice=advice, of=assessed)

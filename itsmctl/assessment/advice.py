"""Advice: what would close the gaps, ranked by severity × requirements × services over effort, and why.

Recommendations that people wrote come with the gaps that they close; a gap without one gets one from what holds it
back: the remedy of a failing rule, the clauses without definitions, or the criterion itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from itsmctl.assessment.gaps import Gap
from itsmctl.assessment.limits import Limit
from itsmctl.assessment.shown import RuleShown, Shown
from itsmctl.model import Assessment, Effort, Horizon, Questionnaire, Recommendation, Severity

Source = Literal["written", "rule", "coverage", "control", "criterion", "open"]

HORIZONS: tuple[Horizon, ...] = ("near", "mid", "long")

EFFORTS: Mapping[Effort, int] = {"S": 1, "M": 3, "L": 9}
"""Days, weeks and months, each some three times as dear as the one before."""

SEVERITIES: Mapping[Severity, int] = {"major": 3, "minor": 2, "observation": 1}


@dataclass(frozen=True)
class Advice:
    """One thing to do, and everything that it follows from."""

    source: Source
    id: str
    """`R-01` where people wrote it; else the rule, the clause, the kind of control or the criterion that it is about."""
    horizon: Horizon
    effort: Effort
    severity: int
    """Of the gravest rule that holds a gap back, 3 to 1; where none does, the steps that the widest gap is short of."""
    criteria: tuple[str, ...]
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    services: tuple[str, ...]
    """Those of which tickets failed the rules."""
    recommendation: Recommendation | None = None

    @property
    def clause_weight(self) -> int:
        """How many requirements it serves, in the framework where these are most; 1 at least."""
        counts: dict[str, int] = defaultdict(int)
        for clause in self.clauses:
            counts[clause.partition(":")[0]] += 1
        return max(counts.values(), default=1)

    @property
    def rank(self) -> float:
        """severity × requirements × services / effort; only services that tickets show are counted, 1 at least."""
        return self.severity * self.clause_weight * max(1, len(self.services)) / EFFORTS[self.effort]


def advise(
    assessment: Assessment, questionnaire: Questionnaire, gaps: Sequence[Gap], shown: Shown
) -> tuple[Advice, ...]:
    """What to do about the gaps: near before far, and within a horizon what ranks highest first."""
    found = [*_written(assessment, gaps, shown), *_computed(assessment, questionnaire, gaps, shown)]
    return tuple(sorted(found, key=lambda one: (HORIZONS.index(one.horizon), -one.rank, one.id)))


def _written(assessment: Assessment, gaps: Sequence[Gap], shown: Shown) -> Iterator[Advice]:
    for one in assessment.recommendations:
        if one.done is None:
            closes = [gap for gap in gaps if gap.rated.criterion.id in one.criteria]
            limits = [limit for gap in closes for limit in gap.held_back_by]
            clauses = (*one.clauses, *(clause for gap in closes for clause in gap.rated.criterion.clauses))
            yield _advice("written", one.id, one.horizon, one.effort, closes, limits, clauses, shown, one)


def _computed(
    assessment: Assessment, questionnaire: Questionnaire, gaps: Sequence[Gap], shown: Shown
) -> Iterator[Advice]:
    taken = {name for one in assessment.recommendations if one.done is None for name in one.criteria}
    left = [gap for gap in gaps if gap.rated.criterion.id not in taken]
    by_limit: dict[tuple[str, str], list[tuple[Gap, Limit]]] = defaultdict(list)
    for gap in left:
        for limit in gap.held_back_by:
            by_limit[limit.source, limit.id].append((gap, limit))
        if not gap.held_back_by:
            yield _about_criterion(questionnaire, gap, shown)
    for held in by_limit.values():
        yield _about_limit(held, shown)


def _about_limit(held: Sequence[tuple[Gap, Limit]], shown: Shown) -> Advice:
    """What holds several gaps back is mended once; where nobody could look, looking comes first and is little work."""
    limit = held[0][1]
    gaps = [gap for gap, _ in held]
    if limit.source == "coverage":
        return _advice("coverage", limit.id, "near", "M", gaps, [], shown.uncovered(limit.id), shown)
    if limit.source == "control":
        asked = [clause for gap in gaps for clause in gap.rated.criterion.clauses]
        return _advice("control", limit.id, "near", "S", gaps, [], asked, shown)
    found = shown.rules.get(limit.id) if shown.rules else None
    unseen = bool(limit.why)
    horizon: Horizon = "near" if unseen or (found is not None and found.severity == "major") else "mid"
    clauses = [clause for gap in gaps for clause in gap.rated.criterion.clauses]
    return _advice("rule", limit.id, horizon, "S" if unseen else "M", gaps, [limit], clauses, shown)


def _about_criterion(questionnaire: Questionnaire, gap: Gap, shown: Shown) -> Advice:
    source: Source = "open" if gap.rated.said is None else "criterion"
    effort: Effort = "S" if gap.short <= 1 or source == "open" else "M" if gap.short == 2 else "L"
    criterion = gap.rated.criterion
    horizon = "near" if source == "open" else _horizon(questionnaire, gap)
    return _advice(source, criterion.id, horizon, effort, [gap], [], criterion.clauses, shown)


def _horizon(questionnaire: Questionnaire, gap: Gap) -> Horizon:
    """Near: the two lowest levels. Long: the highest one, and what only people's judgement can tell. Else mid."""
    levels = sorted(level.level for level in questionnaire.levels)
    level = gap.rated.criterion.level if questionnaire.method == "staged" else gap.wanted
    if gap.rated.criterion.evidence == ("judgement",) or (levels and level == levels[-1]):
        return "long"
    return "near" if levels and level in levels[:2] else "mid"


def _advice(
    source: Source, id_: str, horizon: Horizon, effort: Effort, gaps: Sequence[Gap], limits: Sequence[Limit],
    clauses: Iterable[str], shown: Shown, recommendation: Recommendation | None = None,
) -> Advice:  # fmt: skip
    rules = dict.fromkeys(limit.id for limit in limits if limit.source == "rule")
    found: list[RuleShown] = [shown.rules[rule] for rule in rules if shown.rules and rule in shown.rules]
    steps = max((gap.short for gap in gaps), default=0)
    return Advice(
        source, id_, horizon, effort,
        severity=max((SEVERITIES[rule.severity] for rule in found), default=steps),
        criteria=tuple(gap.rated.criterion.id for gap in gaps),
        rules=tuple(rules),
        clauses=tuple(dict.fromkeys([*clauses, *(clause for rule in found for clause in rule.clauses)])),
        services=tuple(sorted({service for rule in found for service in rule.services})),
        recommendation=recommendation,
    )  # fmt: skip

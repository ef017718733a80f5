"""What the answers about a sample say of the whole population: rates, upper limits, projection, conclusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from typing import Literal

from itsmctl.errors import ItsmctlError, Problem
from itsmctl.sampling.allocating import is_proportional
from itsmctl.sampling.answers import Answer, Part
from itsmctl.sampling.limits import upper_limit
from itsmctl.sampling.sample import Sample
from itsmctl.sampling.sizing import MOST_ALLOWED, size_for

Conclusion = Literal["supported", "inconclusive", "not-supported"]
Basis = Literal["one draw", "sum of strata"]
SHOWN = 10


@dataclass(frozen=True)
class Estimate:
    """What a part of the sample says of the part of the population that it was drawn from."""

    label: str
    records: int
    examined: int
    deviations: int
    rate: Fraction
    limit: Fraction
    conclusion: Conclusion

    @property
    def projected(self) -> Fraction:
        """Deviations in the population, if it deviates as the sample does."""
        return self.rate * self.records

    @property
    def at_most(self) -> int:
        """Deviations in the population at the upper limit."""
        return floor(self.limit * self.records)


@dataclass(frozen=True)
class Evaluation:
    """A sample evaluated; targeted records are told apart, and nothing is projected from them."""

    sample: Sample
    whole: Estimate
    basis: Basis
    strata: tuple[Estimate, ...]
    deviating: tuple[Answer, ...]
    not_examined: tuple[Answer, ...]
    """Those that count as deviations because nobody could examine them."""
    replaced: tuple[tuple[Answer, Answer], ...]
    """Each record that was no part of the population after all, and the reserve that stands in for it."""
    targeted: int
    targeted_deviating: tuple[Answer, ...]
    without_examiner: int
    sample_would_do: int
    """So many records, with as many deviations as were found, would support the population; 0 where none would, or where it
    is the strata that keep it from being supported."""


def evaluate(sample: Sample, answers: Mapping[Part, Sequence[Answer]], *, close: bool = False) -> Evaluation:
    """Evaluate a sample by the answers of its working paper.

    A row without an answer is refused: the paper is not finished. With `close` it counts as not examined, and what was not
    examined counts as a deviation, since a record that cannot be shown to be in order is not.
    """
    standing, replaced = _standing_in(answers)
    examined = [*standing, *answers["targeted"]]
    unanswered = [answer for answer in examined if answer.result is None]
    if unanswered and not close:
        raise ItsmctlError(_unanswered(unanswered))
    examined = [replace(a, result="not examined") if a.result is None else a for a in examined]
    drawn, targeted = examined[: len(standing)], examined[len(standing) :]
    strata = tuple(_stratum(sample, number, drawn, replaced) for number in range(1, len(sample.strata) + 1))
    whole, basis = _whole(sample, strata)
    return Evaluation(
        sample,
        whole,
        basis,
        strata,
        tuple(a for a in drawn if a.result == "deviation"),
        tuple(a for a in drawn if a.result == "not examined"),
        tuple(replaced),
        len(targeted),
        tuple(a for a in targeted if a.result != "pass"),
        sum(not a.examiner for a in examined),
        _would_do(sample, whole) if whole.conclusion == "inconclusive" and basis == "one draw" else 0,
    )


def best_limit(sample: Sample) -> Fraction:
    """The upper limit where no deviation is found: the most that the sample can show."""
    none = Fraction(0)
    strata = []
    for one in sample.strata:
        limit = _limit(sample, one.records, one.sample, 0, sample.aim.risk)
        strata.append(_estimate(sample, one.label, one.records, one.sample, 0, none, limit))
    whole, _ = _whole(sample, strata)
    return whole.limit


def _standing_in(answers: Mapping[Part, Sequence[Answer]]) -> tuple[list[Answer], list[tuple[Answer, Answer]]]:
    """The answers that count, with the next reserves of a stratum in place of what was replaced in it."""
    waiting = {
        number: [a for a in answers["reserves"] if a.stratum == number]
        for number in {a.stratum for a in answers["units"]}
    }
    standing: list[Answer] = []
    replaced: list[tuple[Answer, Answer]] = []
    problems: list[Problem] = []
    for answer in answers["units"]:
        stands = answer
        while stands.result == "replaced" and waiting[answer.stratum]:
            reserve = waiting[answer.stratum].pop(0)
            replaced.append((stands, reserve))
            stands = reserve
        standing.append(stands)
        if stands.result == "replaced":
            template = "no reserve is left to stand in for {unit!r}; examine it, or count it as not examined"
            problems.append(Problem("no-reserve", template, stands.where, {"unit": stands.unit}))
    for spare in (a for some in waiting.values() for a in some if a.result is not None):
        template = "{unit!r} is a reserve that stands in for nothing: reserves are taken in their order, as many as were replaced"
        problems.append(Problem("reserve-not-needed", template, spare.where, {"unit": spare.unit}))
    if problems:
        raise ItsmctlError(problems)
    return standing, replaced


def _unanswered(rows: Sequence[Answer]) -> list[Problem]:
    template = "nothing is said about {unit!r}: the paper is not finished (with --close it counts as not examined, and so as a deviation)"
    told = [Problem("no-answer", template, row.where, {"unit": row.unit}) for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        template = "and {n} more rows without an answer"
        told.append(Problem("no-answer", template, values={"n": len(rows) - SHOWN}))
    return told


def _stratum(
    sample: Sample, number: int, drawn: Sequence[Answer], replaced: Sequence[tuple[Answer, Answer]]
) -> Estimate:
    """One stratum; a record that is no part of the population makes the stratum smaller by itself."""
    stratum = sample.strata[number - 1]
    mine = [answer for answer in drawn if answer.stratum == number]
    records = stratum.records - sum(answer.stratum == number for answer, _ in replaced)
    deviations = sum(answer.result != "pass" for answer in mine)
    rate = Fraction(deviations, len(mine)) if mine else Fraction(0)
    return _estimate(
        sample,
        stratum.label,
        records,
        len(mine),
        deviations,
        rate,
        _limit(sample, records, len(mine), deviations, sample.aim.risk),
    )


def _whole(sample: Sample, strata: Sequence[Estimate]) -> tuple[Estimate, Basis]:
    """The whole population: as one draw where the strata gave their shares, else stratum by stratum, each at part of the risk."""
    records, n = sum(one.records for one in strata), sum(one.examined for one in strata)
    deviations = sum(one.deviations for one in strata)
    rate = sum((one.rate * one.records for one in strata), Fraction(0)) / records
    if len(strata) == 1 or is_proportional([one.examined for one in strata], [one.records for one in strata]):
        limit = _limit(sample, records, n, deviations, sample.aim.risk)
        return _estimate(sample, "", records, n, deviations, rate, max(limit, rate)), "one draw"
    share = sample.aim.risk / len(strata)
    each = (_limit(sample, one.records, one.examined, one.deviations, share) * one.records for one in strata)
    return _estimate(sample, "", records, n, deviations, rate, sum(each, Fraction(0)) / records), "sum of strata"


def _limit(sample: Sample, records: int, n: int, deviations: int, risk: Fraction) -> Fraction:
    return upper_limit(sample.aim.method, n, deviations, risk, records) if n else Fraction(1)


def _estimate(
    sample: Sample, label: str, records: int, n: int, deviations: int, rate: Fraction, limit: Fraction
) -> Estimate:
    tolerable = sample.aim.tolerable
    conclusion: Conclusion = "supported" if limit <= tolerable else "inconclusive"
    if rate > tolerable:
        conclusion = "not-supported"
    return Estimate(label, records, n, deviations, rate, limit, conclusion)


def _would_do(sample: Sample, whole: Estimate) -> int:
    """How large the sample must be for as many deviations as were found."""
    if whole.deviations > MOST_ALLOWED:
        return 0
    try:
        aim = replace(sample.aim, allowed=whole.deviations, expected=Fraction(0), population=whole.records)
        return size_for(aim).n
    except ItsmctlError:  # in so small a population, so many deviations are already too many
        return 0

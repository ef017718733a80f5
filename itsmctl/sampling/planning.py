"""From the population and an aim to a sample that is ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from itsmctl.errors import ItsmctlError, Problem
from itsmctl.model import SamplingPlan
from itsmctl.sampling.allocating import Allocation, allocate
from itsmctl.sampling.drawing import check_seed
from itsmctl.sampling.frame import Frame
from itsmctl.sampling.sample import Sample, Stratum
from itsmctl.sampling.sizing import Aim, size_for


@dataclass(frozen=True)
class Purpose:
    """What the sample is about, in words, and how it is divided."""

    objective: str
    attribute: str
    control: str
    query: str
    allocation: Allocation = "proportional"
    minimum: int = 1


def source_of(digest: str) -> str:
    """Where a population comes from: the dataset, by its digest."""
    return f"dataset {digest}"


def sample_from(frame: Frame, aim: Aim, purpose: Purpose) -> Sample:
    """The sample for an aim from a population: its size, its strata, and the digest of what it will be drawn from."""
    population = frame.population
    sized = size_for(replace(aim, population=population.size))
    sizes = [len(units) for _, units in population.strata]
    drawn = allocate(sized.n, sizes, purpose.allocation, purpose.minimum)
    strata = zip(population.strata, drawn, strict=True)
    return Sample(
        objective=purpose.objective,
        attribute=purpose.attribute,
        control=purpose.control,
        query=purpose.query,
        source=source_of(frame.dataset),
        period=frame.period,
        outside=max(frame.records - population.size - len(population.targeted), 0),
        completeness=frame.completeness,
        population_sha256=population.digest,
        targeted=len(population.targeted),
        targeted_sha256=population.targeted_digest,
        aim=sized.aim,
        n=sum(drawn),
        allowed=sized.allowed,
        allocation=purpose.allocation,
        strata=tuple(Stratum(label, len(units), size) for (label, units), size in strata),
    )


def with_seed(sample: Sample, seed: str, origin: str) -> Sample:
    """The sample with the seed of its draw; raises ItsmctlError without an origin, or where it was drawn before."""
    if sample.seed:
        template = (
            "this sample was drawn with the seed {seed!r} already; whoever draws until it suits proves nothing: "
            "for another sample fix a population of its own, and keep both"
        )
        raise ItsmctlError(Problem("drawn-already", template, values={"seed": sample.seed}))
    check_seed(seed)
    if not origin.strip():
        template = "say with --seed-origin who or what the seed comes from, so that others believe it was not chosen"
        raise ItsmctlError(Problem("no-seed-origin", template))
    return replace(sample, seed=seed, seed_origin=origin.strip())


def aim_of_plan(planned: SamplingPlan) -> Aim:
    """The aim that an audit plan writes down."""
    share = {
        key: Fraction(str(value or 0)) / 100
        for key, value in (
            ("confidence", planned.confidence),
            ("tolerable", planned.tolerable),
            ("expected", planned.expected),
        )
    }
    return Aim(planned.method, share["confidence"], share["tolerable"], share["expected"], planned.allowed)

"""How many records to examine: the smallest sample that keeps the risk of relying too much, by a named method."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import ceil, floor
from typing import Literal, assert_never, get_args

from itsmctl.errors import ItsmctlError, Problem
from itsmctl.language import msg
from itsmctl.sampling import tails

Method = Literal["binomial", "hypergeometric", "poisson"]
METHODS: tuple[Method, ...] = get_args(Method)
FORMULAS: dict[Method, str] = {
    "binomial": msg("smallest n with P(X <= c | n, p) <= risk"),
    "hypergeometric": msg("smallest n with P(X <= c | N, ceil(p * N), n) <= risk"),
    "poisson": msg("n = ceil(R(c, risk) / p)"),
}
MOST = 100_000
"""No sample is larger: so many records are not read by people, they are judged by a rule."""
MOST_ALLOWED = 500
"""Beyond so many allowed deviations the expected rate is too near the tolerable one to tell them apart by reading."""
LEAST_CONFIDENCE = Fraction(1, 2)


@dataclass(frozen=True)
class Aim:
    """What a sample is to show: rates and confidence as fractions of 1, `population` 0 where it is not said.

    `allowed` deviations are allowed in any case; a larger sample allows as many as its expected rate makes of it.
    """

    method: Method
    confidence: Fraction
    tolerable: Fraction
    expected: Fraction = Fraction(0)
    allowed: int = 0
    population: int = 0

    @property
    def risk(self) -> Fraction:
        """The risk of relying on a population that is not acceptable."""
        return 1 - self.confidence


@dataclass(frozen=True)
class Size:
    """The size for an aim: examine `n` records, and rely on the population where at most `allowed` deviate."""

    aim: Aim
    n: int
    allowed: int
    risk: Fraction
    """The risk that really remains; whole records make it a little smaller than the one accepted."""

    @property
    def is_census(self) -> bool:
        """Whether the whole population is examined, so that nothing is left to chance."""
        return bool(self.aim.population) and self.n >= self.aim.population

    def document(self) -> dict[str, object]:
        """The plan as plain values: percentages as numbers, null where nothing was said."""
        aim = self.aim
        return {
            "method": aim.method,
            "formula": FORMULAS[aim.method],
            "confidence": percent_number(aim.confidence),
            "tolerable": percent_number(aim.tolerable),
            "expected": percent_number(aim.expected),
            "population": aim.population or None,
            "n": self.n,
            "allowed": self.allowed,
            "remaining_risk": round(float(self.risk * 100), 4),
        }


def size_for(aim: Aim) -> Size:
    """The smallest sample for an aim; raises ItsmctlError where the aim contradicts itself, or no sample reaches it."""
    check(aim)
    most = aim.population if aim.method == "hypergeometric" else MOST
    c = aim.allowed
    while c <= max(aim.allowed, MOST_ALLOWED):
        # The sizes that allow exactly c deviations: beyond `last` the expected rate allows one more.
        first = c + 1 if c == aim.allowed else max(floor((c - 1) / aim.expected) + 1, c)
        last = min(floor(c / aim.expected), most) if aim.expected else most
        n = _smallest(aim, c, first, last)
        if n:
            return _within_population(Size(aim, n, c, Fraction(*at_most(aim, n, c))))
        if last == most:
            break
        c += 1
    raise ItsmctlError(_unreachable(aim))


def _smallest(aim: Aim, c: int, first: int, last: int) -> int:
    """The smallest n from `first` to `last` with which c allowed deviations keep the risk, or 0; the risk falls as n grows."""
    high = first
    while high <= last and not at_most(aim, high, c).within(aim.risk):
        if high == last:
            return 0
        high = min(2 * high, last)
    sizes = range(high // 2 if high > first else first, high + 1)
    return sizes[bisect_left(sizes, True, key=lambda n: at_most(aim, n, c).within(aim.risk))] if first <= last else 0


def at_most(aim: Aim, n: int, c: int) -> tails.Chance:
    """The chance of at most c deviations in n records of a population that is just not acceptable."""
    match aim.method:
        case "binomial":
            return tails.binomial(n, c, aim.tolerable)
        case "hypergeometric":
            return tails.hypergeometric(n, c, aim.population, ceil(aim.tolerable * aim.population))
        case "poisson":
            return tails.poisson(c, n * aim.tolerable)
        case _:
            assert_never(aim.method)


def check(aim: Aim) -> None:
    """Raise ItsmctlError where an aim makes no sense whatever the size."""
    if aim.method == "hypergeometric" and not aim.population:
        template = "the hypergeometric method draws from a population of known size; name it with --population"
        raise ItsmctlError(Problem("no-population", template))
    if aim.expected >= aim.tolerable:
        template = (
            "the expected rate ({expected}) is not below the tolerable one ({tolerable}): no sample could support reliance; "
            "first mend what fails"
        )
        values = {"expected": percent(aim.expected), "tolerable": percent(aim.tolerable)}
        raise ItsmctlError(Problem("expected-too-high", template, values=values))


def _within_population(found: Size) -> Size:
    """A sample is never larger than the population; where it would be, everything is examined."""
    population = found.aim.population
    return replace(found, n=population, risk=Fraction(0)) if 0 < population <= found.n else found


def _unreachable(aim: Aim) -> Problem:
    if aim.method == "hypergeometric" and aim.allowed >= (most := ceil(aim.tolerable * aim.population)):
        template = "in a population of {population}, {most} deviations are already too many, so a sample cannot allow {allowed}"
        values: dict[str, object] = {"most": most, "population": aim.population, "allowed": aim.allowed}
        return Problem("allowed-too-many", template, values=values)
    template = (
        "no sample of at most {most} records tells an expected rate of {expected} from a tolerable one of {tolerable}; "
        "raise the tolerable rate, or accept less confidence"
    )
    values = {"most": MOST, "expected": percent(aim.expected), "tolerable": percent(aim.tolerable)}
    return Problem("sample-too-large", template, values=values)


def aim_of(
    method: str | None, confidence: str, tolerable: str, expected: str, allowed: int, population: int | None
) -> Aim:
    """The aim that somebody typed, every mistake in it at once."""
    wanted = {
        "--confidence": (parse_confidence, confidence),
        "--tolerable": (parse_tolerable, tolerable),
        "--expected": (parse_percent, expected),
    }
    read: dict[str, Fraction] = {}
    problems: list[Problem] = []
    for option, (parse, text) in wanted.items():
        try:
            read[option] = parse(text, option)
        except ItsmctlError as error:
            problems += error.problems
    if problems:
        raise ItsmctlError(problems)
    named = next((m for m in METHODS if m == method), "hypergeometric" if population else "binomial")
    return Aim(named, read["--confidence"], read["--tolerable"], read["--expected"], allowed, population or 0)


def parse_percent(text: str, option: str) -> Fraction:
    """A percentage such as `5`, `0.5` or `5%` as a fraction of 1, exactly; raises ItsmctlError for anything else."""
    try:
        number = Decimal(text.strip().removesuffix("%").rstrip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number < 100 or len(text) > 20:
        template = "{option}: {text!r} is not a percentage from 0 to below 100, such as 5 or 0.5"
        raise ItsmctlError(Problem("bad-percent", template, values={"option": option, "text": text[:40]}))
    return Fraction(number) / 100


def parse_confidence(text: str, option: str) -> Fraction:
    """The confidence of a sample; raises ItsmctlError where tossing a coin would give as much."""
    confidence = parse_percent(text, option)
    if confidence < LEAST_CONFIDENCE:
        hint = percent(confidence * 100) if LEAST_CONFIDENCE <= confidence * 100 < 1 else ""
        template = (
            "{option}: a confidence of {confidence} is no confidence; 50 per cent is the least, 90 and 95 are usual"
        )
        values = {"option": option, "confidence": percent(confidence)}
        raise ItsmctlError(Problem("bad-confidence", template, values=values, suggestion=hint))
    return confidence


def parse_tolerable(text: str, option: str) -> Fraction:
    """The tolerable rate, which is not nothing: that nothing at all deviates, no sample can show."""
    tolerable = parse_percent(text, option)
    if not tolerable:
        template = "{option}: no sample can show that nothing at all deviates; examine the whole population, or tolerate more than nothing"
        raise ItsmctlError(Problem("nothing-tolerable", template, values={"option": option}))
    return tolerable


def percent(share: Fraction) -> str:
    """A fraction of 1 as people write a percentage: 5%, 0.5%, and four digits where it does not come out."""
    exact = share * 100
    text = f"{float(exact):.4f}".rstrip("0").rstrip(".") if exact.denominator > 1 else str(exact.numerator)
    return f"{text}%"


def percent_number(share: Fraction) -> int | float:
    """A fraction of 1 as a percentage for machines."""
    exact = share * 100
    return exact.numerator if exact.denominator == 1 else float(exact)

"""The size of a sample told: what to examine, by which method, and what each number of deviations would mean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction

from itsmctl.errors import ItsmctlError
from itsmctl.language import Language, msg, number_text, tr, trn
from itsmctl.reports.plain import cells, fit, wrap
from itsmctl.reports.sampling import pairs
from itsmctl.sampling.limits import upper_limit
from itsmctl.sampling.sizing import FORMULAS, METHODS, Aim, Method, Size, percent, size_for

FORMAT = "itsmctl/sample-plan/v1"
METHOD_NAMES: dict[Method, str] = {
    "binomial": msg("binomial"),
    "hypergeometric": msg("hypergeometric"),
    "poisson": msg("Poisson"),
}
SMALL_SHARE = Fraction(1, 20)
"""From this share of the population on, the methods that take it as endless ask for more than is needed."""
_SHOWN = 4


def render(size: Size, language: Language, width: int) -> str:
    """The plan for a terminal, with a line end at its end."""
    return "\n".join(_lines(size, language, width)) + "\n"


def _lines(size: Size, language: Language, width: int) -> Iterator[str]:
    aim = size.aim
    records = trn("Examine {n} record.", "Examine {n} records.", size.n, language)
    rely = (
        trn("With at most {n} deviation, the population is supported.", "With at most {n} deviations, the population is supported.", size.allowed, language)
        if size.allowed
        else tr("With no deviation, the population is supported.", language)
    )  # fmt: skip
    yield from wrap(tr("{one} {two}", language, one=records, two=rely), width)
    yield ""
    method = tr(METHOD_NAMES[aim.method], language) + tr(": ", language) + tr(FORMULAS[aim.method], language)
    population = number_text(aim.population) if aim.population else tr("not named, taken as endless", language)
    yield from pairs(
        [
            (tr("method", language), method),
            (tr("confidence", language), _confidence(size, language)),
            (tr("tolerable rate", language), percent(aim.tolerable)),
            (tr("expected rate", language), percent(aim.expected)),
            (tr("population", language), population),
            (tr("other methods", language), _others(aim, language)),
        ],
        width,
    )
    if size.is_census:
        yield ""
        yield from wrap(tr("That is the whole population: nothing is left to chance.", language), width)
        return
    yield ""
    yield from _meanings(size, language)
    yield from _advice(size, language, width)


def _confidence(size: Size, language: Language) -> str:
    template = "{confidence}: a risk of relying too much of {risk} is accepted, {rest} remains"
    values = {"confidence": percent(size.aim.confidence), "risk": percent(size.aim.risk), "rest": percent(size.risk)}
    return tr(template, language, **values)


def _others(aim: Aim, language: Language) -> str:
    """The same aim by the other methods, where they have an answer."""
    told = []
    for method in METHODS:
        if method != aim.method and (aim.population or method != "hypergeometric"):
            told.append(f"{tr(METHOD_NAMES[method], language)} {_size_by(method, aim)}")
    return " · ".join(told)


def _size_by(method: Method, aim: Aim) -> str:
    try:
        return number_text(
            size_for(Aim(method, aim.confidence, aim.tolerable, aim.expected, aim.allowed, aim.population)).n
        )
    except ItsmctlError:  # this method has no sample for the aim, which is an answer too
        return "–"


def _meanings(size: Size, language: Language) -> Iterator[str]:
    """What the upper limit would be for each number of deviations, up to the first that is too many."""
    found = list(range(max(0, size.allowed - _SHOWN), size.allowed + 2))
    labels = (tr("deviations found", language), tr("upper limit", language))
    size_of_label = max(cells(label) for label in labels)
    for label, row in zip(labels, ([str(k) for k in found], [_limit(size, k) for k in found]), strict=True):
        yield f"  {fit(label, size_of_label)}" + "".join(f"{cell:>8}" for cell in row)


def _limit(size: Size, k: int) -> str:
    aim = size.aim
    population = aim.population if aim.method == "hypergeometric" else 0
    return f"{float(upper_limit(aim.method, size.n, k, aim.risk, population) * 100):.1f}%"


def _advice(size: Size, language: Language, width: int) -> Iterator[str]:
    aim = size.aim
    if aim.method != "hypergeometric" and aim.population and Fraction(size.n, aim.population) > SMALL_SHARE:
        template = (
            "The sample is {share} of the population: the hypergeometric method, which knows its size, asks for less."
        )
        yield ""
        yield from wrap(tr(template, language, share=percent(Fraction(size.n, aim.population))), width)


def as_json(size: Size) -> str:
    """The plan for machines: percentages as numbers, null where nothing was said."""
    return json.dumps({"format": FORMAT, **size.document()}, ensure_ascii=False, indent=2) + "\n"

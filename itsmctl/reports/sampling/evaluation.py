"""What a sample says of its population, told: conclusion, limits, projection, and what the answers were."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil

from itsmctl.language import Language, msg, number_text, tr, trn
from itsmctl.reports.plain import cells, cut, fit, right, shown, wrap
from itsmctl.reports.sampling import pairs
from itsmctl.reports.sampling.plan import METHOD_NAMES
from itsmctl.sampling.answers import Answer
from itsmctl.sampling.evaluating import Basis, Conclusion, Estimate, Evaluation
from itsmctl.sampling.sizing import percent, percent_number

FORMAT = "itsmctl/sample-evaluation/v1"
SYMBOLS: dict[Conclusion, str] = {"supported": "✓", "inconclusive": "?", "not-supported": "✗"}
_SENTENCES: dict[Conclusion, str] = {
    "supported": msg(
        "Supported: with a confidence of {confidence}, no more than {limit} of the population deviate, and {tolerable} would be tolerable."
    ),
    "inconclusive": msg(
        "Inconclusive: about {rate} of the population deviate, which would be tolerable; but as many as {limit} may, and only {tolerable} is tolerable."
    ),
    "not-supported": msg(
        "Not supported: about {rate} of the population deviate, more than the {tolerable} that is tolerable; it may be {limit}."
    ),
}
_BASES: dict[Basis, str] = {
    "one draw": msg("the whole sample as one draw"),
    "sum of strata": msg(
        "the sum of the strata, each at its part of the risk: the strata were not sampled by their shares"
    ),
}
_LISTED = 12


def render(found: Evaluation, language: Language, width: int) -> str:
    """The evaluation for a terminal."""
    return "\n".join(line.rstrip() for line in _lines(found, language, width)) + "\n"


def conclusion_text(found: Evaluation, language: Language) -> str:
    """The conclusion in a sentence."""
    whole, aim = found.whole, found.sample.aim
    values = {"confidence": percent(aim.confidence), "tolerable": percent(aim.tolerable)}
    return tr(_SENTENCES[whole.conclusion], language, rate=_share(whole.rate), limit=rounded_up(whole.limit), **values)


def _lines(found: Evaluation, language: Language, width: int) -> Iterator[str]:
    sample, whole = found.sample, found.whole
    yield from wrap(shown(sample.objective), width)
    yield from wrap(f"{SYMBOLS[whole.conclusion]} {conclusion_text(found, language)}", width)
    yield ""
    yield from pairs(
        [
            (tr("examined", language), tr("{n} of {all} records", language, n=number_text(whole.examined), all=number_text(whole.records))),
            (tr("deviations", language), _deviations(found, language)),
            (tr("rate", language), _share(whole.rate)),
            (tr("upper limit", language), tr("{limit} ({method})", language, limit=rounded_up(whole.limit), method=tr(METHOD_NAMES[sample.aim.method], language))),
            (tr("it rests on", language), tr(_BASES[found.basis], language)),
            (tr("projected", language), _projection(whole, language)),
        ],
        width,
    )  # fmt: skip
    if len(found.strata) > 1:
        yield ""
        yield from _strata(found, language, width)
    yield ""
    yield from _named(tr("Deviating", language), found.deviating, language, width)
    yield from _named(tr("Not examined, counted as deviating", language), found.not_examined, language, width)
    yield from _targeted(found, language, width)
    yield from _advice(found, language, width)


def _deviations(found: Evaluation, language: Language) -> str:
    text = tr("{n}, where {allowed} were allowed", language, n=found.whole.deviations, allowed=found.sample.allowed)
    untold = len(found.not_examined)
    if untold:
        text += tr(" ({n} of them not examined)", language, n=untold)
    return text


def _projection(whole: Estimate, language: Language) -> str:
    template = "about {n} deviations among {all} records, {most} at most"
    values = {"n": number_text(round(whole.projected)), "all": number_text(whole.records)}
    return tr(template, language, most=number_text(whole.at_most), **values)


def _strata(found: Evaluation, language: Language, width: int) -> Iterator[str]:
    head = (
        tr("Stratum", language), tr("Population", language), tr("Examined", language), tr("Deviations", language),
        tr("Rate", language), tr("Upper limit", language),
    )  # fmt: skip
    rows = [
        (
            f"{SYMBOLS[one.conclusion]} {shown(one.label)}", number_text(one.records), number_text(one.examined), number_text(one.deviations),
            _share(one.rate) if one.examined else "–", rounded_up(one.limit),
        )
        for one in found.strata
    ]  # fmt: skip
    sizes = [max(cells(row[place]) for row in (head, *rows)) for place in range(len(head))]
    room = max(8, min(sizes[0], width - sum(sizes[1:]) - 2 * len(head)))
    for label, *figures in (head, *rows):
        columns = "  ".join(right(cell, size) for cell, size in zip(figures, sizes[1:], strict=True))
        yield cut(f"  {fit(cut(label, room), room)}  {columns}", width)


def _named(title: str, answers: Sequence[Answer], language: Language, width: int) -> Iterator[str]:
    if answers:
        names = [shown(answer.unit, 40) for answer in answers[:_LISTED]]
        more = f" … +{len(answers) - _LISTED}" if len(answers) > _LISTED else ""
        yield from wrap(f"{title}{tr(': ', language)}{' · '.join(names)}{more}", width)


def _targeted(found: Evaluation, language: Language, width: int) -> Iterator[str]:
    if found.targeted:
        template = "Targeted, and not projected: {n} of {all} deviate."
        values = {"n": number_text(len(found.targeted_deviating)), "all": number_text(found.targeted)}
        yield from wrap(tr(template, language, **values), width)
        yield from _named(tr("Deviating", language), found.targeted_deviating, language, width)


def _advice(found: Evaluation, language: Language, width: int) -> Iterator[str]:
    if found.replaced:
        swaps = " · ".join(f"{shown(gone.unit, 40)} → {shown(reserve.unit, 40)}" for gone, reserve in found.replaced)
        yield from wrap(tr("Replaced: {pairs}", language, pairs=swaps), width)
    if found.without_examiner:
        one = trn("{n} answer names no examiner.", "{n} answers name no examiner.", found.without_examiner, language)
        yield from wrap(f"! {one}", width)
    if found.sample_would_do:
        template = (
            "With as many deviations, a sample of {n} records would support the population. An extension only counts "
            "if it was written down before this draw."
        )
        yield from wrap(tr(template, language, n=number_text(found.sample_would_do)), width)


def _share(share: Fraction) -> str:
    """A rate with two decimals."""
    return percent(Fraction(round(share * 10_000), 10_000))


def rounded_up(limit: Fraction) -> str:
    """A limit with two decimals, rounded up: what is promised not to be passed is not made smaller."""
    return percent(Fraction(ceil(limit * 10_000), 10_000))


def as_json(found: Evaluation) -> str:
    """The evaluation for machines: percentages as numbers, the conclusion in both languages."""
    sample = found.sample
    document = {
        "format": FORMAT,
        "conclusion": found.whole.conclusion,
        "in_words": {"en": conclusion_text(found, "en"), "zh": conclusion_text(found, "zh")},
        "objective": sample.objective,
        "control": sample.control,
        "method": sample.aim.method,
        "confidence": percent_number(sample.aim.confidence),
        "tolerable": percent_number(sample.aim.tolerable),
        "allowed": sample.allowed,
        **_estimate(found.whole),
        "basis": found.basis,
        "strata": [{"stratum": one.label, **_estimate(one)} for one in found.strata],
        "deviating": [answer.unit for answer in found.deviating],
        "not_examined": [answer.unit for answer in found.not_examined],
        "replaced": [{"unit": gone.unit, "by": reserve.unit, "why": gone.remark} for gone, reserve in found.replaced],
        "targeted": {"examined": found.targeted, "deviating": [answer.unit for answer in found.targeted_deviating]},
        "without_examiner": found.without_examiner,
        "sample_would_do": found.sample_would_do or None,
        "population_sha256": sample.population_sha256,
        "seed": sample.seed,
        "fingerprint": sample.fingerprint,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _estimate(one: Estimate) -> dict[str, object]:
    return {
        "population": one.records,
        "n": one.examined,
        "deviations": one.deviations,
        "rate": round(float(one.rate * 100), 4),
        "upper_limit": round(float(one.limit * 100), 4),
        "projected": round(float(one.projected), 2),
        "at_most": one.at_most,
        "verdict": one.conclusion,
    }

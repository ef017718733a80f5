"""What was fixed, and what was drawn, told."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from itsmctl.language import Language, number_text, outcome_text, tr, trn
from itsmctl.reports.plain import cells, cut, fit, right, shown, wrap
from itsmctl.reports.sampling import pairs
from itsmctl.reports.sampling.evaluation import rounded_up
from itsmctl.reports.sampling.plan import METHOD_NAMES
from itsmctl.sampling.drawing import recipe
from itsmctl.sampling.evaluating import best_limit
from itsmctl.sampling.sample import PAPER_FILE, WORKBOOK_FILE, Sample
from itsmctl.sampling.sizing import percent


def fixed_text(sample: Sample, folder: Path, language: Language, width: int, units: Sequence[str] = ()) -> str:
    """A population that was fixed, with its digest to write down."""
    return "\n".join(_fixed(sample, folder, language, width)) + "\n"


def _fixed(sample: Sample, folder: Path, language: Language, width: int) -> Iterator[str]:
    yield from wrap(
        trn("Population fixed: {n} record.", "Population fixed: {n} records.", sample.population, language), width
    )
    yield f"  {sample.population_sha256}"
    yield from wrap(
        tr("Write this digest down where nobody can change it, before anybody knows the seed.", language), width
    )
    yield ""
    yield from pairs(_about(sample, language), width)
    yield ""
    yield from _strata(sample, language, width)
    yield ""
    best = best_limit(sample)
    if best > sample.aim.tolerable:
        template = (
            "The strata do not give their shares: even without a deviation as many as {limit} of the population may deviate, and "
            "only {tolerable} is tolerable. Divide into fewer strata, or into none."
        )
        values = {"limit": rounded_up(best), "tolerable": percent(sample.aim.tolerable)}
        yield from wrap(f"! {tr(template, language, **values)}", width)
        yield ""
    yield from wrap(tr("Then let the seed be drawn where all can see it, and:", language), width)
    yield f"  itsmctl sample draw {shlex.quote(str(folder))} --seed SEED --seed-origin TEXT"


def _about(sample: Sample, language: Language) -> list[tuple[str, str]]:
    aim = sample.aim
    tests = tr(", ", language).join(
        f"{test.rule} {outcome_text(test.outcome, language)}" for test in sample.completeness
    )
    return [
        (tr("objective", language), shown(sample.objective)),
        (tr("records meant", language), shown(sample.query)),
        (tr("records outside", language), number_text(sample.outside)),
        (tr("targeted", language), number_text(sample.targeted) if sample.targeted else ""),
        (tr("completeness", language), tests or tr("no rule asks whether records are missing", language)),
        (tr("method", language), tr(METHOD_NAMES[aim.method], language)),
        (tr("confidence", language), percent(aim.confidence)),
        (tr("tolerable rate", language), percent(aim.tolerable)),
        (tr("sample", language), _how_many(sample, language)),
    ]


def _how_many(sample: Sample, language: Language) -> str:
    return trn("{n} record, {allowed} deviations allowed", "{n} records, {allowed} deviations allowed", sample.n, language, allowed=sample.allowed)  # fmt: skip


def _strata(sample: Sample, language: Language, width: int) -> Iterator[str]:
    """Strata with their numbers, population and sample."""
    head = ("#", tr("Stratum", language), tr("Population", language), tr("Sample", language))
    rows = [
        (str(number), shown(one.label), number_text(one.records), number_text(one.sample))
        for number, one in enumerate(sample.strata, 1)
    ]
    sizes = [max(cells(row[place]) for row in (head, *rows)) for place in range(4)]
    room = min(sizes[1], width - sizes[0] - sizes[2] - sizes[3] - 8)
    for number, label, records, drawn in (head, *rows):
        yield f"  {right(number, sizes[0])}  {fit(cut(label, room), room)}  {right(records, sizes[2])}  {right(drawn, sizes[3])}"


def drawn_text(sample: Sample, folder: Path, language: Language, width: int, units: Sequence[str]) -> str:
    """A draw, and the recipe that gives it again without itsmctl."""
    return "\n".join(_drawn(sample, units, folder, language, width)) + "\n"


def _drawn(sample: Sample, units: Sequence[str], folder: Path, language: Language, width: int) -> Iterator[str]:
    template = "Drawn: {n} of {all} records, with the seed {seed} ({origin})."
    values = {"n": number_text(len(units)), "all": number_text(sample.population), "seed": sample.seed}
    yield from wrap(tr(template, language, origin=shown(sample.seed_origin), **values), width)
    yield ""
    yield from wrap(" · ".join(shown(unit, 40) for unit in units), width, "  ")
    yield ""
    template = "Fill in {xlsx} or {yaml} in the folder, then:"
    yield from wrap(tr(template, language, xlsx=WORKBOOK_FILE, yaml=PAPER_FILE), width)
    yield f"  itsmctl sample evaluate {shlex.quote(str(folder / WORKBOOK_FILE))}"
    yield ""
    yield from wrap(tr("The same draw without itsmctl, in the folder of the population:", language), width)
    yield ""
    yield from (f"  {line}" for line in recipe(sample.seed, sample.sizes).splitlines())


def as_json(sample: Sample, units: Sequence[str]) -> str:
    """The sample for machines: what is sealed, its fingerprint, and what was drawn."""
    document = {**sample.document(), "fingerprint": sample.fingerprint, "units": list(units)}
    if sample.seed:
        document["recipe"] = recipe(sample.seed, sample.sizes)
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
